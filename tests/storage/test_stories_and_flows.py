"""Stories and flows in storage, on every database."""

import threading

import pytest

from agents.storage import PageRequest, Storage, StoryFilter
from agents.storage.sql.arrivals import Arrival
from pipeline.flows.consensus import SAMPLES_MAX, sampled
from pipeline.flows.ids import flow_id
from schemas import limits
from schemas.codecs import BadInput, to_json
from schemas.stories import State
from tests.storage.samples import APP, a_story, a_test


def test_the_same_story_twice_changes_nothing(storage: Storage) -> None:
    """Putting an equal story again answers the same state and counts it once."""
    first = storage.put_story(a_story())
    assert storage.put_story(a_story()) == first
    assert first.support == 1 == storage.support(first.flow_id)
    assert storage.counts().stories == 1


def test_a_new_version_replaces_the_story(storage: Storage) -> None:
    """The last version written is the one that is there, with its tags, and the flow wants a new test."""
    storage.put_story(a_story())
    storage.put_test(a_test(a_story()))
    storage.note_published(a_test(a_story()))
    assert not storage.put_story(a_story()).needs_test
    state = storage.put_story(a_story(version=4, title="Sign in twice", tags=("search",)))
    stored = storage.story("s1")
    assert stored is not None
    assert stored.story.title == "Sign in twice"
    assert state.support == 1
    assert state.needs_test
    assert not storage.stories(StoryFilter(tag="login")).items
    assert len(storage.stories(StoryFilter(tag="search")).items) == 1


def test_the_draw_is_that_of_the_pure_core(storage: Storage) -> None:
    """Whatever the order of arrival, the stories with the smallest ids speak for the flow, as in the core."""
    told = [a_story(f"{number:02}", version=1 + number) for number in range(SAMPLES_MAX + 5)]
    for story in reversed(told):
        state = storage.put_story(story)
    drawn = sampled(told)
    assert state.sampled == tuple((story.id, story.version) for story in drawn)
    assert tuple(storage.sessions(state.flow_id)) == drawn
    assert state.support == len(told)


def test_what_several_tests_are_written_from_is_read_together(storage: Storage) -> None:
    """The stories of each flow in their order; a flow that changed since its state was taken is left out."""
    told = [a_story(f"{number:02}", flow_key=f"{number % 4}") for number in range(8)]
    states = storage.put_stories(told)
    bodies = storage.drawn_bodies(states)
    assert bodies == {
        state.flow_id: [body for one in told for body in [to_json(one).decode()] if one.id in dict(state.sampled)]
        for state in states
    }
    storage.put_story(a_story("00", flow_key="0", version=4))
    storage.put_story(a_story("01", flow_key="9"))
    storage.withdraw_story("02")
    assert storage.drawn_bodies(states) == {flow_id(APP, "3"): bodies[flow_id(APP, "3")]}


def test_a_story_outside_of_the_draw_changes_nothing(storage: Storage) -> None:
    """In the steady state a new session leaves the flow's test as it is."""
    told = [a_story(f"{number:02}") for number in range(SAMPLES_MAX)]
    storage.put_stories(told)
    test = a_test(*told)
    assert storage.put_test(test)
    assert storage.note_published(test)
    assert not storage.put_story(a_story("99")).needs_test
    assert storage.put_story(a_story("000")).needs_test
    assert [state.flow_id for state in storage.unsettled_flows()] == [test.flow_id]


def test_order_of_ids_is_by_code_point(storage: Storage) -> None:
    """`Z` comes before `a` on every database, as in the pure core."""
    storage.put_story(a_story("a"))
    state = storage.put_story(a_story("Z"))
    assert [name for name, _ in state.sampled] == ["Z", "a"]


def test_withdrawing_a_story_leaves_the_others(storage: Storage) -> None:
    """After a tombstone the other stories speak for the flow, and their test is wanted."""
    storage.put_story(a_story("a"))
    storage.put_test(a_test(a_story("a")))
    storage.put_story(a_story("b"))
    state = storage.withdraw_story("a")
    assert state is not None
    assert (state.sampled, state.support, state.needs_test) == ((("b", 3),), 1, True)
    assert storage.withdraw_story("a") is None


def test_an_empty_flow_needs_no_test(storage: Storage) -> None:
    """When its last story is withdrawn, the flow says that its test has to go."""
    storage.put_story(a_story())
    storage.put_test(a_test(a_story()))
    state = storage.withdraw_story("s1")
    assert state is not None
    assert state.support == 0
    assert state.needs_no_test
    assert storage.counts().flows == 0


def test_a_story_that_moves_tells_what_it_left(storage: Storage) -> None:
    """A version with another flow key leaves its old flow, whose new state comes along."""
    storage.put_story(a_story("a"))
    storage.put_story(a_story("b"))
    state = storage.put_story(a_story("a", version=4, flow_key="search"))
    assert state.flow_id == flow_id(APP, "search")
    assert state.support == 1
    assert state.left is not None
    assert state.left.support == 1
    assert state.left.sampled == (("b", 3),)


def test_filters_hold_together(storage: Storage) -> None:
    """Each filter narrows, and several narrow together."""
    storage.put_stories(
        [a_story("a"), a_story("b", session_id="session-2"), a_story("c", app="other.example", tags=("search",))]
    )

    def ids(**wanted: str) -> list[str]:
        return sorted(item.story.id for item in storage.stories(StoryFilter(**wanted)).items)

    assert ids() == ["a", "b", "c"]
    assert ids(app=APP) == ["a", "b"]
    assert ids(app=APP, session_id="session-2") == ["b"]
    assert ids(tag="search") == ["c"]
    assert ids(flow_id=flow_id(APP, "sign in"), session_id="session-1") == ["a"]
    assert ids(app="'; DROP TABLE stories; --") == []
    assert ids(session_id="a\0b\ud800") == []


def test_pages_are_newest_first_and_complete(storage: Storage) -> None:
    """Following the cursors gives every story once, the newest first, ties by id."""
    starts = [f"2024-01-0{day}T00:00:00.000Z" for day in (1, 2, 2, 2, 3, 4, 5)]
    storage.put_stories([a_story(f"s{n}", start_timestamp=start) for n, start in enumerate(starts)])
    seen, cursor = [], None
    while True:
        page = storage.stories(page=PageRequest(limit=2, cursor=cursor))
        seen += [item.story.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]


def test_pages_of_long_stories_are_shorter_and_complete(storage: Storage) -> None:
    """A page holds as many as have room on it, one at least; the cursors still give every story once."""
    texts = tuple(f"{number:04}" + "x" * 190 for number in range(limits.STATE_TEXTS_MAX))
    long = State(url="https://shop.example/", texts=texts)
    each = len(to_json(a_story("s0", initial_state=long, final_state=long)))
    count = 2 * limits.PAGE_CHARS_MAX // each + 3
    storage.put_stories([a_story(f"s{n:03}", initial_state=long, final_state=long) for n in range(count)])
    pages, cursor = [], None
    while True:
        page = storage.stories(page=PageRequest(limit=limits.PAGE_ITEMS_MAX, cursor=cursor))
        pages.append([item.story.id for item in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [one for page in pages for one in page] == [f"s{n:03}" for n in reversed(range(count))]
    assert len(pages) > 1
    assert all(len(page) == 1 or len(page) * each <= limits.PAGE_CHARS_MAX for page in pages)


@pytest.mark.parametrize("cursor", ["", "x", "é", "bm9uc2Vuc2U", "WzEsMl0", "W10", "\ud800", "A" * 5000])
def test_a_cursor_of_somebody_elses_is_bad_input(storage: Storage, cursor: str) -> None:
    """Garbage in the place of a cursor is refused with a reason, not a crash."""
    with pytest.raises(BadInput, match="cursor"):
        storage.stories(page=PageRequest(cursor=cursor))


def test_hostile_ids_come_back_as_they_were(storage: Storage) -> None:
    """Ids that look like paths, SQL or markup are just text."""
    for name in ("../../etc/passwd", "'; DROP TABLE stories; --", '<script>"', "%00", "a/b?c#d", "é\N{PILE OF POO}"):
        storage.put_story(a_story(name, flow_key=name, tags=(name,)))
        stored = storage.story(name)
        assert stored is not None
        assert stored.story.id == name
        assert [item.story.id for item in storage.stories(StoryFilter(tag=name)).items] == [name]


def test_workers_at_once_count_each_story_once(storage: Storage, storage_url: str) -> None:
    """Several workers bringing the same and different stories of one flow give the true support."""

    def bring(names: list[str]) -> None:
        mine = Storage.open(storage_url)
        for name in names:
            mine.put_story(a_story(name))
        mine.close()

    shared = [f"shared-{n}" for n in range(8)]
    threads = [threading.Thread(target=bring, args=([*shared, f"own-{n}"],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.support(flow_id(APP, "sign in")) == 12 == storage.counts().stories


def test_arrivals_are_read_in_pages_in_the_order_of_storing(storage: Storage) -> None:
    """Each version is an arrival of its own, of the story that is there; other apps' are left out where one is asked
    for."""
    start = Arrival("", "")
    storage.put_stories([a_story(name) for name in ("b", "a", "c")])
    storage.put_story(a_story("other", app="other.example"))
    first = storage.arrivals(start)
    assert sorted(one.story_id for one in first) == ["a", "b", "c", "other"]
    assert storage.arrivals(start, APP, limit=2) + storage.arrivals(first[1], APP) == first[:3]
    storage.put_story(a_story("a", version=4))
    before, after = ({one.story_id: one.stored_at for one in found} for found in (first, storage.arrivals(start)))
    assert after["a"] >= before["a"]
    assert {name: at for name, at in after.items() if name != "a"} == {
        name: at for name, at in before.items() if name != "a"
    }
    storage.withdraw_story("b")
    assert [one.story.id for one in storage.stories_named(["b", "c"])] == ["c"]
