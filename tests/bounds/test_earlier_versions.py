"""What an earlier version wrote under wider bounds is read on, cut to today's."""

from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from agents.wire import JsonWire
from schemas import limits
from schemas.avro import story_to_avro
from schemas.base import Value
from schemas.codecs import BadInput, from_json, to_json
from schemas.events import EVENT
from schemas.generated_tests import GENERATED_TEST
from schemas.stories import STORY, ClickStep, GotoStep, Story
from tests.bounds.test_largest import element, everything
from tests.storage.samples import a_story, a_test

LONG_CHARS = 50
"""Longer texts are those of the page and the user, not our own words."""
OUR_NUMBERS = ("v", "clicks", "version", "sessions")


def wider(value: Any) -> Any:
    """What wider bounds would have let through: longer texts and lists, numbers beyond their ranges."""
    match value:
        case str():
            return value * 3 if len(value) > LONG_CHARS else value
        case int() | float() if not isinstance(value, bool):
            return value * 1_000
        case list():
            return [wider(one) for one in value] * 2
        case dict():
            return {name: one if name in OUR_NUMBERS else wider(one) for name, one in value.items()}
        case _:
            return value


def starts_alike(cut: Any, whole: Any) -> bool:
    """Whether `cut` says the beginning of what `whole` says."""
    match cut:
        case dict():
            return all(starts_alike(one, whole[name]) for name, one in cut.items())
        case list():
            return len(cut) <= len(whole) and all(map(starts_alike, cut, whole))
        case str():
            return bool(whole.startswith(cut))
        case int() | float():
            return bool(abs(cut) <= abs(whole))
        case _:
            return cut is whole


def cut(adapter: TypeAdapter[Any], value: Value) -> None:
    """Asserts that this value, made wider, can't be made any more, and is read, at its old size where it was full."""
    earlier = wider(orjson.loads(to_json(value)))
    with pytest.raises(ValidationError):
        adapter.validate_json(orjson.dumps(earlier))
    read = from_json(adapter, orjson.dumps(earlier))
    assert starts_alike(orjson.loads(to_json(read)), earlier)


def large_story() -> Story:
    """A story with all that nests: elements, the ways to them, scopes of these."""
    steps = (
        GotoStep(event_id="1", at_ms=1, url="/" + "u" * (limits.URL_CHARS_MAX - 1)),
        ClickStep(event_id="2", at_ms=2, target=element("w"), position=(1, limits.PLACE_PX_MAX)),
    )
    return a_story(title="t" * limits.TEXT_CHARS_MAX, notes=("n" * limits.NOTE_CHARS_MAX,) * 90, steps=steps)


def test_events_beyond_the_bounds_are_cut() -> None:
    """In every kind of event, however deep the too long text or list, or the too large number, lies."""
    for event in everything("w"):
        cut(EVENT, event)


def test_stories_and_tests_beyond_the_bounds_are_cut() -> None:
    """The same of what is derived from them."""
    cut(STORY, large_story())
    cut(GENERATED_TEST, a_test(large_story()))


def test_the_stories_topic_is_read_on() -> None:
    """As JSON and as Avro."""
    notes = ("n" * 9_000,) * (limits.STORY_NOTES_MAX + 1)
    earlier = large_story().model_copy(update={"title": "t" * 900, "notes": notes})
    wire = JsonWire()
    read = wire.read_story(to_json(earlier))
    assert read.title == "t" * limits.TEXT_CHARS_MAX
    assert read.notes == ("n" * limits.NOTE_CHARS_MAX,) * limits.STORY_NOTES_MAX
    assert wire.read_story(story_to_avro(1, earlier)) == read


@pytest.mark.parametrize(
    "change",
    [{"title": 7}, {"version": "x"}, {"id": ""}, {"steps": [{"type": "fly"}]}, {"closed_by": "n" * 900}, {"app": None}],
)
def test_what_is_wrong_otherwise_is_still_refused(change: dict[str, Any]) -> None:
    """Only sizes are forgiven, also beside a size that could be."""
    fields = {**orjson.loads(to_json(a_story())), "sentence": "s" * (limits.SENTENCE_CHARS_MAX + 1)}
    assert len(from_json(STORY, orjson.dumps(fields)).sentence) == limits.SENTENCE_CHARS_MAX
    with pytest.raises(BadInput, match=next(iter(change))):
        from_json(STORY, orjson.dumps(fields | change))
