"""Stories that are kept by their JSON: the right ones, and no more than the bound says."""

from agents.storage.recent_stories import RecentStories
from pipeline.generate import stories_of_window
from pipeline.windowing.closed_window import ClosedWindow
from schemas.codecs import to_json
from schemas.events import Navigation
from schemas.stories import Story


def told(number: int) -> tuple[str, Story]:
    opened = Navigation(
        id="1", app="shop", session_id="s", journey_id="j", at_ms=number, url=f"https://shop.test/{number}"
    )
    (story,) = stories_of_window(ClosedWindow(f"{number}", 1, "shop", "j", "end", (opened,)))
    return to_json(story).decode(), story


def test_a_story_that_was_kept_is_not_parsed_again() -> None:
    """The very value that was stored is answered for its JSON, and equals what parsing gives."""
    recent, (body, story) = RecentStories(), told(1)
    assert recent.story(body) == story
    recent.keep(body, story)
    assert recent.story(body) is story


def test_no_more_stories_are_kept_than_the_bound_says() -> None:
    """Beyond the bound those that were kept first go; one that is larger than the bound is not kept at all."""
    pairs = [told(number) for number in range(1, 4)]
    recent = RecentStories(sum(len(body) for body, _ in pairs[1:]))
    for body, story in pairs:
        recent.keep(body, story)
    assert recent.story(pairs[2][0]) is pairs[2][1]
    assert recent.story(pairs[1][0]) is pairs[1][1]
    assert recent.story(pairs[0][0]) is not pairs[0][1]
    small = RecentStories(10)
    small.keep(*pairs[0])
    assert small.story(pairs[0][0]) is not pairs[0][1]
