"""Stories that are kept by their JSON: the right ones, and no more than the bound says."""

import pytest

from agents import wire
from agents.storage.recent_stories import TOLD_MIN, RecentStories, ToldStories, json_of
from agents.wire import JsonWire
from pipeline.activities.flow_key import kinds_done
from pipeline.generate import stories_of_window
from pipeline.windowing.closed_window import ClosedWindow
from schemas.codecs import from_json, to_json
from schemas.events import Navigation
from schemas.stories import STORY, Story


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


def read_again(body: str) -> Story:
    return from_json(STORY, body)


def test_what_was_told_of_a_story_is_known_when_it_comes_from_the_topic() -> None:
    """What it does and its canonical JSON; of a story with other JSON nothing is."""
    known, (body, story), (other, _) = ToldStories(10), told(1), told(2)
    known.note(body.encode(), story)
    came, stranger = read_again(body), read_again(other)
    known.recall(body.encode(), came)
    known.recall(other.encode(), stranger)
    assert (json_of.known(came), kinds_done.known(came)) == (to_json(story), kinds_done(read_again(body)))
    assert (json_of.known(stranger), kinds_done.known(stranger)) == (None, None)


def test_a_story_that_was_told_long_ago_is_known_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the story itself is not kept any more; one with a field that we don't know is another one, whose JSON
    is printed anew."""
    monkeypatch.setattr(wire, "RECENT", RecentStories(10))
    codec, (body, story) = JsonWire(), told(3)
    raw = codec.story(story)
    came = codec.read_story(raw)
    assert came is not story
    assert (json_of.known(came), kinds_done.known(came)) == (body.encode(), kinds_done.known(story))
    strange = codec.read_story(raw[:-1] + b',"theirs":"x"}')
    assert json_of.known(strange) is None
    assert json_of(strange) == body.encode()


def test_no_more_is_known_of_told_stories_than_the_bound_says() -> None:
    """With a bound of 2: the last two are known, and never more than five of any."""
    known, pairs = ToldStories(2), [told(number) for number in range(1, 9)]
    for body, story in pairs:
        known.note(body.encode(), story)
    found = []
    for body, _ in reversed(pairs):
        came = read_again(body)
        known.recall(body.encode(), came)
        found.append(json_of.known(came) is not None)
    assert found[:2] == [True, True]
    assert sum(found) <= 5


def test_the_stories_that_were_told_last_are_known_up_to_the_bound() -> None:
    """At TOLD_MIN: so many that came last are known, and nothing is left of one that twice as many came after."""
    known, (body, story) = ToldStories(TOLD_MIN), told(1)

    def is_known(raw: bytes) -> bool:
        came = read_again(body)
        known.recall(raw, came)
        return json_of.known(came) is not None

    raws = [b"%d" % number for number in range(3 * TOLD_MIN)]
    for raw in raws[:TOLD_MIN]:
        known.note(raw, story)
    assert is_known(raws[0])
    for raw in raws[1:]:
        known.note(raw, story)
    assert is_known(raws[-TOLD_MIN])
    assert not is_known(raws[1])
