"""Flows that people merge and part, on every database: ids stay, and what happened is told."""

import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.storage import CannotMerge, NoSuchFlow, Storage
from agents.storage.sql import merges
from pipeline.activities.flow_key import KEY_VERSION
from pipeline.flows.ids import flow_id
from tests.storage.samples import APP, a_story, a_test

ENTER, BUTTON, SEARCH = (flow_id(APP, key) for key in ("enter", "button", "search"))


def filled(storage: Storage) -> None:
    storage.put_stories(
        [a_story("a", flow_key="button"), a_story("b", flow_key="button"), a_story("c", flow_key="enter")]
    )


def in_flows(storage: Storage) -> dict[str, str]:
    return {item.story.id: item.flow_id for item in storage.stories().items}


def test_merged_stories_speak_for_one_flow(storage: Storage) -> None:
    """All stories count for the other flow, whose test is wanted anew; the merged one is empty and says so."""
    filled(storage)
    storage.put_test(a_test(a_story("c", flow_key="enter")))
    left = storage.merge_flow(ENTER, BUTTON)
    assert (left.support, left.merged_into) == (0, BUTTON)
    assert left.sample is not None
    assert left.sample.id == "c"
    taken = storage.flow(BUTTON)
    assert (taken.support, taken.merged) == (3, (ENTER,))
    assert storage.flow_state(BUTTON).needs_test
    assert storage.flow_state(ENTER).needs_no_test
    assert {state.flow_id for state in storage.unsettled_flows(by_hand=True)} == {ENTER, BUTTON}


def test_stories_that_come_later_go_where_their_flow_went(storage: Storage) -> None:
    """A merged flow gets no story any more, neither a new one nor a new version of one that it had."""
    filled(storage)
    storage.merge_flow(ENTER, BUTTON)
    state = storage.put_story(a_story("d", flow_key="enter"))
    assert (state.flow_id, state.support) == (BUTTON, 4)
    state = storage.put_story(a_story("c", flow_key="enter", version=9))
    assert (state.flow_id, state.support, state.left) == (BUTTON, 4, None)
    assert storage.support(ENTER) == 0


def test_parting_gives_back_what_came_in_between_too(storage: Storage) -> None:
    """A parted flow has its old id and all stories of its key, those that came while it was merged included."""
    filled(storage)
    storage.merge_flow(ENTER, BUTTON)
    storage.put_story(a_story("d", flow_key="enter"))
    parted = storage.part_flow(ENTER)
    assert (parted.support, parted.merged_into) == (2, None)
    assert in_flows(storage) == {"a": BUTTON, "b": BUTTON, "c": ENTER, "d": ENTER}
    assert [(one.change, one.other, one.stories) for one in parted.changes] == [
        ("merged into", BUTTON, 1),
        ("parted from", BUTTON, 2),
    ]
    assert [(one.change, one.other, one.stories) for one in storage.flow(BUTTON).changes] == [
        ("took in", ENTER, 1),
        ("gave back", ENTER, 2),
    ]


def test_a_flow_takes_those_along_that_were_merged_into_it(storage: Storage) -> None:
    """Merging on and parting again moves the whole group; within it nothing changes."""
    filled(storage)
    storage.put_story(a_story("s", flow_key="search"))
    storage.merge_flow(ENTER, BUTTON)
    storage.merge_flow(BUTTON, SEARCH)
    assert set(in_flows(storage).values()) == {SEARCH}
    storage.part_flow(BUTTON)
    assert in_flows(storage) == {"a": BUTTON, "b": BUTTON, "c": BUTTON, "s": SEARCH}
    storage.part_flow(ENTER)
    assert in_flows(storage)["c"] == ENTER


def test_the_same_again_changes_nothing(storage: Storage) -> None:
    """Merging what is merged, and parting what is not, is taken and noted nowhere: an answer may get lost."""
    filled(storage)
    first = storage.merge_flow(ENTER, BUTTON)
    assert storage.merge_flow(ENTER, BUTTON) == first
    parted = storage.part_flow(ENTER)
    assert storage.part_flow(ENTER) == parted


def test_what_cannot_be_merged_is_refused(storage: Storage) -> None:
    """Unknown flows, oneself, another app, circles, and a second home, each with its reason."""
    filled(storage)
    storage.put_stories([a_story("o", app="other", flow_key="x"), a_story("s", flow_key="search")])
    with pytest.raises(NoSuchFlow):
        storage.merge_flow(ENTER, "nobody\0")
    with pytest.raises(NoSuchFlow):
        storage.part_flow("nobody")
    with pytest.raises(CannotMerge, match="itself"):
        storage.merge_flow(ENTER, ENTER)
    with pytest.raises(CannotMerge, match="different apps"):
        storage.merge_flow(ENTER, flow_id("other", "x"))
    storage.merge_flow(ENTER, BUTTON)
    with pytest.raises(CannotMerge, match="part it first"):
        storage.merge_flow(BUTTON, ENTER)
    with pytest.raises(CannotMerge, match="already"):
        storage.merge_flow(ENTER, SEARCH)


def test_merging_is_bounded(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many flows as the bound says come into one, and not one more."""
    monkeypatch.setattr(merges, "MERGED_MAX", 2)
    storage.put_stories([a_story(key, flow_key=key) for key in "abcd"])
    into, *others = (flow_id(APP, key) for key in "abcd")
    storage.merge_flow(others[0], into)
    storage.merge_flow(others[1], into)
    with pytest.raises(CannotMerge, match="no more than 2"):
        storage.merge_flow(others[2], into)


def test_a_saved_test_stays_with_its_merged_flow(storage: Storage) -> None:
    """What a person saved outlives the merge; it leaves the topic, once."""
    filled(storage)
    test = a_test(a_story("c", flow_key="enter"))
    storage.put_test(test)
    storage.note_published(test)
    storage.save_edit(test.id, "def test_mine(page):\n    page.goto('/')\n", None)
    storage.merge_flow(ENTER, BUTTON)
    assert ENTER in {state.flow_id for state in storage.unsettled_flows(by_hand=True)}
    assert storage.withdraw_test(test.id) is None
    kept = storage.test(test.id)
    assert kept is not None
    assert kept.saved
    assert ENTER not in {state.flow_id for state in storage.unsettled_flows(by_hand=True)}


def test_flows_are_listed_with_what_was_merged(storage: Storage) -> None:
    """The flows of an app, the most frequent first; a merged one stands with the one that it is in."""
    filled(storage)
    storage.put_story(a_story("s", flow_key="search"))
    storage.merge_flow(ENTER, SEARCH)
    assert [(one.flow_id, one.support, one.merged) for one in storage.flows(APP)] in (
        [(SEARCH, 2, (ENTER,)), (BUTTON, 2, ())],
        [(BUTTON, 2, ()), (SEARCH, 2, (ENTER,))],
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_merging_and_parting_keeps_every_story_once(data: st.DataObject, storage: Storage) -> None:
    """Whatever people do in whatever order: every story is in one flow, each flow counts those that it has, and once
    all flows are parted, each story is in the flow that its key names."""
    keys = "abcde"
    flows = [flow_id(APP, key) for key in keys]
    for flow in flows:
        if storage.support(flow):
            storage.part_flow(flow)
    storage.put_stories([a_story(f"{key}{n}", flow_key=key) for key in keys for n in range(2)])
    for _ in range(data.draw(st.integers(1, 8))):
        one, other = data.draw(st.sampled_from(flows)), data.draw(st.sampled_from(flows))
        if data.draw(st.booleans()):
            storage.part_flow(one)
        else:
            try:
                storage.merge_flow(one, other)
            except CannotMerge:
                continue
        stands = list(in_flows(storage).values())
        assert len(stands) == 2 * len(keys)
        assert [storage.support(flow) for flow in flows] == [stands.count(flow) for flow in flows]
    for flow in flows:
        storage.part_flow(flow)
    assert in_flows(storage) == {f"{key}{n}": flow_id(APP, key) for key in keys for n in range(2)}


def test_of_what_was_done_the_newest_is_kept(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Merged and parted ever again, a flow tells the last of it and no more than that, each with its own changes."""
    monkeypatch.setattr(merges, "CHANGES_MAX", 3)
    filled(storage)
    for _ in range(2):
        storage.merge_flow(ENTER, BUTTON)
        storage.part_flow(ENTER)
    assert [one.change for one in storage.flow(ENTER).changes] == ["parted from", "merged into", "parted from"]
    assert [one.change for one in storage.flow(BUTTON).changes] == ["gave back", "took in", "gave back"]
    storage.merge_flow(ENTER, BUTTON)
    assert [one.change for one in storage.flow(ENTER).changes] == ["merged into", "parted from", "merged into"]


def test_workers_at_once_lose_no_story(storage: Storage, storage_url: str) -> None:
    """While stories come from several workers, flows are merged and parted: each story ends in the right flow."""
    storage.put_stories([a_story("b", flow_key="button"), a_story("e", flow_key="enter")])

    def bring(worker: int) -> None:
        mine = Storage.open(storage_url)
        for number in range(12):
            mine.put_story(a_story(f"{worker}-{number}", flow_key=random.Random(number).choice(("button", "enter"))))
        mine.close()

    threads = [threading.Thread(target=bring, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        storage.merge_flow(ENTER, BUTTON)
        storage.part_flow(ENTER)
    for thread in threads:
        thread.join()
    stands = in_flows(storage)
    assert len(stands) == 38
    for item in storage.stories().items:
        assert item.flow_id == flow_id(APP, item.story.flow_key)
    assert storage.support(ENTER) + storage.support(BUTTON) == 38


NEWER = KEY_VERSION + 1
"""A version of the rules that is still to come."""


def carried(storage: Storage, keys: dict[str, str]) -> None:
    """What a start does after an upgrade by which the keys of these flows are told otherwise."""
    for flow in storage.flows_behind(NEWER):
        storage.carry_over(flow, lambda story: keys[story.flow_key], NEWER)


def test_flows_keep_their_ids_when_keys_are_told_otherwise(storage: Storage) -> None:
    """Stories that come with the newer key count for the flow that there was, whose test stays; it says so."""
    filled(storage)
    test = a_test(a_story("c", flow_key="enter"))
    storage.put_test(test)
    storage.note_published(test)
    carried(storage, {"button": "button", "enter": "newer"})
    assert storage.flows_behind(NEWER) == []
    state = storage.put_story(a_story("d", flow_key="newer"))
    assert (state.flow_id, state.support) == (ENTER, 2)
    assert storage.put_story(a_story("c", flow_key="newer", version=9)).flow_id == ENTER
    assert storage.test(test.id) is not None
    assert [one.change for one in storage.flow(ENTER).changes] == ["known as"]
    assert storage.flow(BUTTON).changes == ()


def test_two_flows_that_have_become_one_are_merged(storage: Storage) -> None:
    """Where newer rules see one thing in what were two, one of the two ids speaks for both."""
    filled(storage)
    carried(storage, {"button": "newer", "enter": "newer"})
    stands = set(in_flows(storage).values())
    assert len(stands) == 1
    assert stands < {ENTER, BUTTON}
    assert storage.put_story(a_story("d", flow_key="newer")).support == 4


def test_a_flow_that_came_before_the_old_one_was_looked_at_joins_it(storage: Storage) -> None:
    """Stories with the newer key that another worker has stored already come to the flow with the older id."""
    filled(storage)
    storage.put_story(a_story("d", flow_key="newer"))
    carried(storage, {"button": "button", "enter": "newer", "newer": "newer"})
    assert in_flows(storage)["d"] == in_flows(storage)["c"]
    assert storage.support(in_flows(storage)["c"]) == 2


def test_carrying_over_again_changes_nothing(storage: Storage) -> None:
    """A start that was broken off is begun anew."""
    filled(storage)
    keys = {"button": "newer", "enter": "other"}
    carried(storage, keys)
    before = (storage.flow(ENTER), storage.flow(BUTTON))
    for flow in (ENTER, BUTTON):
        storage.carry_over(flow, lambda story: keys[story.flow_key], NEWER)
    assert (storage.flow(ENTER), storage.flow(BUTTON)) == before


def test_merges_by_hand_outlast_newer_rules(storage: Storage) -> None:
    """What people merged stays one, though each of the two keys is another one by the newer rules."""
    filled(storage)
    storage.merge_flow(ENTER, BUTTON)
    carried(storage, {"button": "newer button", "enter": "newer enter"})
    for key in ("newer button", "newer enter"):
        assert storage.put_story(a_story(key, flow_key=key)).flow_id == BUTTON


def test_newer_rules_may_bring_any_number_together(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound of merging by hand stops no upgrade."""
    monkeypatch.setattr(merges, "MERGED_MAX", 2)
    storage.put_stories([a_story(key, flow_key=key) for key in "abcdef"])
    carried(storage, dict.fromkeys("abcdef", "newer"))
    assert len(set(in_flows(storage).values())) == 1


def test_what_newer_rules_name_asks_for_no_test(storage: Storage) -> None:
    """Flows that are known by another key too are not asked for again and again."""
    filled(storage)
    carried(storage, {"button": "newer", "enter": "enter"})
    assert storage.unsettled_flows(by_hand=True) == []


@pytest.mark.parametrize("change", ["put", "withdraw"])
def test_a_story_is_counted_where_it_is_when_its_turn_comes(storage: Storage, storage_url: str, change: str) -> None:
    """A new version and a withdrawal that wait for a merge take the story where the merge has put it."""
    storage.put_stories([a_story("b", flow_key="button"), a_story("e", flow_key="enter")])
    mine = Storage.open(storage_url)

    def act() -> None:
        if change == "put":
            mine.put_story(a_story("e", flow_key="enter", version=5))
        else:
            mine.withdraw_story("e")

    threads = [threading.Thread(target=act), threading.Thread(target=storage.merge_flow, args=(ENTER, BUTTON))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mine.close()
    assert storage.support(ENTER) == 0
    assert storage.support(BUTTON) == len(in_flows(storage))
