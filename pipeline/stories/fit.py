"""A story that is too large for one message is made smaller, the least needed first, and says so."""

from collections.abc import Callable
from typing import Final

from schemas import limits
from schemas.codecs import to_json
from schemas.elements import Element
from schemas.stories import Step, Story

ENVELOPE_BYTES: Final = 20_000
"""Room left for tags, patterns and the message's own headers."""

TERSE_FACTOR: Final = 3
"""The canonical JSON is at most so many times as long as one without any default, which is much quicker to make: the
difference is the tags of unions and the empty fields of records that clients read."""


def fitted(story: Story, bytes_max: int = limits.MESSAGE_BYTES_MAX - ENVELOPE_BYTES) -> Story:
    """The story itself where its JSON has at most `bytes_max` bytes, else a reduced one that has."""
    if TERSE_FACTOR * len(story.model_dump_json(exclude_defaults=True)) <= bytes_max:
        return story
    for reduce, note in _REDUCTIONS:
        if len(to_json(story)) <= bytes_max:
            return story
        smaller = reduce(story)
        if smaller != story:
            story = smaller.model_copy(update={"notes": tuple(dict.fromkeys((*story.notes, note)))})
    while len(story.steps) > 1 and len(to_json(story)) > bytes_max:
        half = max(1, len(story.steps) // 2)
        story = story.model_copy(update={"steps": story.steps[:half], "actions": story.actions[:half]})
        note = "Only the first steps are kept: the story was too large."
        story = story.model_copy(update={"notes": tuple(dict.fromkeys((*story.notes, note)))})
    return story


def _fewer_requests(story: Story) -> Story:
    return story.model_copy(update={"network_requests": story.network_requests[:100]})


def _candidates(most: int) -> Callable[[Story], Story]:
    def reduce(story: Story) -> Story:
        return story.model_copy(update={"steps": tuple(_slimmer(step, most) for step in story.steps)})

    return reduce


def _slimmer(step: Step, most: int) -> Step:
    update: dict[str, object] = {
        "changes": tuple(change.model_copy(update={"element": _slim(change.element, most)}) for change in step.changes),
        "opened_changes": tuple(
            change.model_copy(update={"element": _slim(change.element, most)}) for change in step.opened_changes
        ),
    }
    target, onto = getattr(step, "target", None), getattr(step, "onto", None)
    if isinstance(target, Element):
        update["target"] = _slim(target, most)
    if isinstance(onto, Element):
        update["onto"] = _slim(onto, most)
    return step.model_copy(update=update)


def _slim(element: Element, most: int) -> Element:
    return element.model_copy(update={"candidates": element.candidates[:most], "ancestors": element.ancestors[:most]})


def _changes(most: int) -> Callable[[Story], Story]:
    def reduce(story: Story) -> Story:
        steps = tuple(
            step.model_copy(update={"changes": step.changes[:most], "opened_changes": step.opened_changes[:most]})
            for step in story.steps
        )
        return story.model_copy(update={"steps": steps})

    return reduce


_REDUCTIONS: Final[tuple[tuple[Callable[[Story], Story], str], ...]] = (
    (_fewer_requests, "Only the first 100 requests are kept: the story was too large."),
    (_candidates(6), "Only the best ways to find each element are kept: the story was too large."),
    (_changes(12), "Only the first effects of each step are kept: the story was too large."),
    (_candidates(2), "Only the best ways to find each element are kept: the story was too large."),
    (_changes(3), "Only the first effects of each step are kept: the story was too large."),
)
