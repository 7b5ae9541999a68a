"""What a story is printed as does not depend on what was printed before."""

import orjson
import pytest

from bench.flows.synthetic import traffic
from pipeline.generate import stories_of_window
from schemas import codecs
from schemas.base import Value
from schemas.codecs import PRINTED_BYTES_MAX, PrintedValues, dump, to_json
from schemas.stories import PatternMatch, Story

STORIES = [story for _, window in traffic(60, 5) for story in stories_of_window(window)]


def anew(story: Story) -> bytes:
    """Its JSON, with nothing of it known."""
    return orjson.dumps(dump(story))


@pytest.mark.parametrize("story", STORIES[:40], ids=lambda story: story.id)
def test_a_story_is_printed_alike_however_often(story: Story) -> None:
    """Also with other tags, with some of its steps, and with a step in the place of another."""
    match = PatternMatch(name="login", similarity=0.9)
    tagged = story.model_copy(update={"tags": ("login",), "patterns": (match,)})
    fewer = story.model_copy(update={"steps": story.steps[:1], "actions": story.actions[:1]})
    other = story.steps[0].model_copy(update={"said": "otherwise"})
    changed = tagged.model_copy(update={"steps": (other, *story.steps[1:])})
    for one in (story, tagged, fewer, changed, tagged, story):
        assert to_json(one) == anew(one)


def test_the_parts_of_a_story_are_printed_once_for_all_its_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are printed to be measured, sent and stored."""
    monkeypatch.setattr(codecs, "PRINTED_PARTS", PrintedValues(PRINTED_BYTES_MAX, codecs._items))
    story = STORIES[0]
    to_json(story)
    kept = codecs.PRINTED_PARTS.of(story.steps), codecs.PRINTED_PARTS.of(story.actions)
    to_json(story.model_copy(update={"tags": ("login",)}))
    assert (codecs.PRINTED_PARTS.of(story.steps), codecs.PRINTED_PARTS.of(story.actions)) == kept


def test_the_parts_of_stories_are_kept_up_to_the_bound_and_twice_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """At PRINTED_BYTES_MAX: what has so many bytes of JSON is at hand together; once twice as much came, it is printed
    anew."""
    monkeypatch.setattr(codecs, "PRINTED_PARTS", PrintedValues(PRINTED_BYTES_MAX, codecs._items))
    story = STORIES[0]
    long = story.steps[0].model_copy(update={"said": "s" * 4_000})
    size = len(to_json([long]))

    def parts() -> tuple[Value, ...]:
        return (long.model_copy(),)

    first = parts()
    kept = codecs.PRINTED_PARTS.of(first)
    for _ in range(PRINTED_BYTES_MAX // size - 1):
        codecs.PRINTED_PARTS.of(parts())
    assert codecs.PRINTED_PARTS.of(first) is kept
    for _ in range(2 * (PRINTED_BYTES_MAX // size + 2)):
        codecs.PRINTED_PARTS.of(parts())
    assert codecs.PRINTED_PARTS.of(first) is not kept
