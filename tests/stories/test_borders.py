"""One window becomes several stories where somebody signs out and somebody signs in to do something else; else one."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codegen import write_test
from pipeline.generate import stories_of
from pipeline.stories import splitting
from pipeline.stories.build import build_story
from pipeline.stories.splitting import SIGN_OUTS_MAX, build_stories
from pipeline.windowing.ids import PARTS_MAX, part_ids
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from schemas.stories import GotoStep, Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, password, sign_in, textbox, window


def enters(journey: Journey, user: str) -> Journey:
    return sign_in(journey.opens(f"{HOME}login"), user)


def makes(journey: Journey, noun: str, name: str) -> Journey:
    journey.fill(textbox(f"{noun.capitalize()} title"), name).click(button(f"Create {noun}"))
    return journey.leads_to(f"{HOME}{noun}s/7").shows_new(alert(f"{noun.capitalize()} '{name}' created."))


def leaves(journey: Journey) -> Journey:
    return journey.click(button("Sign out")).leads_to(f"{HOME}login").shows_new(heading("Sign in"))


def two() -> Journey:
    """Ann makes a project and leaves; Bob comes and makes a ticket."""
    journey = leaves(makes(enters(Journey(), "ann@example.com"), "project", "Spring sale"))
    return makes(enters(journey, "bob@example.com"), "ticket", "Broken lamp").end()


def test_two_users_errands_are_two_stories() -> None:
    """Each has its own steps from the first page on, its own title and flow; each gives a test that signs in."""
    first, second = build_stories(two().window())
    assert (first.title, second.title) == (
        "Create the project 'Spring sale' and sign out",
        "Create the ticket 'Broken lamp'",
    )
    assert (first.id, second.id) == part_ids("story-1")[:2]
    assert first.version == second.version == len(two().events)
    assert first.flow_key != second.flow_key
    for story, user in ((first, "ann@example.com"), (second, "bob@example.com")):
        assert isinstance(story.steps[0], GotoStep)
        code = write_test(story).code
        assert code.count('os.environ["APP_PASSWORD"]') == 1
        assert user in code
    assert "lamp" not in write_test(first).code
    assert "Spring" not in write_test(second).code


def test_no_event_is_lost_between_the_parts() -> None:
    """What the sign-out caused stays with it, even where it came after the next step had begun."""
    journey = two()
    late = next(event for event in journey.events if getattr(event, "changes", ()) and "Sign in" in str(event))
    moved = late.model_copy(update={"at_ms": journey.events[-1].at_ms + 1})
    parts = build_stories(window([event for event in journey.events if event != late] + [moved]))
    assert [part.title for part in parts] == [story.title for story in build_stories(journey.window())]
    assert "Sign in" in str(parts[0].steps[-1].changes)


def _same_thing(journey: Journey) -> Journey:
    """Bob looks after what Ann made."""
    journey = leaves(makes(enters(journey, "ann@example.com"), "project", "Spring sale"))
    return makes(enters(journey, "bob@example.com"), "ticket", "About the Spring sale")


def _only_in_again(journey: Journey) -> Journey:
    """Somebody signs out and in again, and does nothing more."""
    journey = leaves(makes(enters(journey, "ann@example.com"), "project", "Spring sale"))
    return enters(journey, "ann@example.com")


def _nothing_before(journey: Journey) -> Journey:
    """Ann only looked in; the one goal is Bob's."""
    return makes(enters(leaves(enters(journey, "ann@example.com")), "bob@example.com"), "ticket", "Broken lamp")


def _new_password(journey: Journey) -> Journey:
    """The password was changed: it is needed to sign in again."""
    journey = makes(enters(journey, "ann@example.com"), "project", "Spring sale")
    journey.fill(password("New password"), secret="password").fill(password("Repeat it"), secret="password")
    journey.fill(textbox("Hint"), "sea").fill(textbox("Colour"), "blue").click(button("Save"))
    return makes(enters(leaves(journey), "ann@example.com"), "ticket", "Broken lamp")


def _refused(journey: Journey) -> Journey:
    """Bob can't get in."""
    journey = leaves(makes(enters(journey, "ann@example.com"), "project", "Spring sale"))
    return sign_in(journey, "bob@example.com", fails=True)


def _two_goals_signed_in_once(journey: Journey) -> Journey:
    """Within one sign-in there is no border: the second goal alone would not be signed in."""
    journey = makes(enters(journey, "ann@example.com"), "project", "Spring sale")
    return makes(journey.opens(HOME), "ticket", "Broken lamp")


WHOLE = (_same_thing, _only_in_again, _nothing_before, _new_password, _refused, _two_goals_signed_in_once)


@pytest.mark.parametrize("done", WHOLE, ids=[done.__name__ for done in WHOLE])
def test_what_belongs_together_stays_one(done: Callable[[Journey], Journey]) -> None:
    """The story is the one of the whole window, byte for byte."""
    whole = done(Journey()).window()
    assert to_json(build_stories(whole)) == to_json([build_story(whole)])


def test_so_many_parts_and_no_more() -> None:
    """What comes after the last border stays in the last part."""
    journey = Journey()
    for number in range(PARTS_MAX + 1):
        word = ("amber", "basil", "cedar", "delta")[number]
        journey = leaves(makes(enters(journey, f"user{number}@example.com"), ("project", "ticket")[number % 2], word))
    parts = build_stories(journey.window())
    assert [part.id for part in parts] == list(part_ids("story-1"))
    assert "delta" in str(parts[-1].steps)


@given(st.permutations(range(len(two().events))))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_events_does_not_matter(order: list[int]) -> None:
    """The same events give the same stories."""
    events = two().events

    def told(places: list[int]) -> list[Story]:
        return stories_of([events[place] for place in places], Windowing(gap_ms=1_800_000))

    assert to_json(told(order)) == to_json(told(sorted(order)))
    assert len(told(order)) == 2


def test_only_so_many_sign_outs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each, all that comes before and after it is read: a window of nothing but sign-outs costs no more than
    others, nor does one that signs in after each."""
    looked: list[int] = []
    monkeypatch.setattr(splitting, "_is_border", lambda _story, before, _after: looked.append(len(before)) is not None)
    leaving, signing_in = Journey(), Journey()
    for _ in range(60):
        leaves(leaving)
        leaves(enters(signing_in, "ada"))
    assert len(build_stories(leaving.window())) == 1
    assert not looked
    assert len(build_stories(signing_in.window())) == 1
    assert len(looked) == SIGN_OUTS_MAX


def test_a_sign_out_alone_is_a_story() -> None:
    """With nothing after it there is nothing to part."""
    assert len(build_stories(leaves(Journey()).window())) == 1
