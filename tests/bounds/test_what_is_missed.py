"""What our own code stumbles over while it tells stories of files costs that one story or test."""

import pytest

from pipeline import generate
from pipeline.stories.splitting import NoStory, build_stories
from pipeline.windowing.closed_window import ClosedWindow
from schemas.events import Click, End, Event, Recording
from schemas.stories import Story
from tests.bounds.journeys import WINDOWING
from tests.bounds.test_largest import common, small


def journey(name: str) -> list[Event]:
    own = {"app": name, "journey_id": name, "session_id": name}
    return [
        Click(**common(name, 0) | own, target=small("a", 0)),
        End(**common(name, 1) | own),
    ]


def test_a_window_that_can_not_be_told_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with what went wrong; the others are told."""

    def build(window: ClosedWindow) -> tuple[Story, ...]:
        if window.app == "bad":
            raise OverflowError
        return build_stories(window)

    monkeypatch.setattr(generate, "build_stories", build)
    missed: list[str] = []
    stories = generate.stories_of(
        [*journey("bad"), *journey("good")], WINDOWING, lambda what, error: missed.append(f"{what} {error!r}")
    )
    assert [story.app for story in stories] == ["good"]
    assert missed == ["no story of journey 'bad' of app 'bad' OverflowError()"]


def test_a_test_that_can_not_be_written_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for tests."""
    write = generate.test_of
    monkeypatch.setattr(generate, "test_of", lambda told, least: 1 / 0 if told[0].app == "bad" else write(told, least))
    missed: list[str] = []
    stories = generate.stories_of([*journey("bad"), *journey("good")], WINDOWING)
    tests = generate.tests_of(stories, missed=lambda what, _error: missed.append(what))
    assert [test.app for test in tests] == ["good"]
    assert len(missed) == 1


@pytest.mark.parametrize("more", [{"chunk": "x"}, {"left_out": "a page that was too large to be kept"}])
def test_a_recording_that_tells_nothing_is_no_silence(more: dict[str, str]) -> None:
    """A window of which nothing can be told because its recording can't be read is said to be so; beside something that
    can be told it is a note."""
    unreadable = Recording(**common("a", 5), **more)
    window = ClosedWindow("id", 2, "a", "j", "end", (unreadable, End(**common("a", 6))))
    with pytest.raises(NoStory):
        build_stories(window)
    clicked = Click(**common("a", 0), target=small("a", 0))
    (story,) = build_stories(ClosedWindow("id", 2, "a", "j", "end", (clicked, unreadable)))
    assert any("recording" in note for note in story.notes)
