"""A story that is too large for one message is made smaller, the least needed first, and says so.

However large it was, the last step always comes out small enough: that the first page was opened. All else that is left
then has bounds of its own, and a test adds them up.
"""

from collections.abc import Callable
from typing import Final

from pipeline.semantics.wording import said
from schemas import limits
from schemas.codecs import to_json
from schemas.elements import Element
from schemas.stories import GotoStep, NetworkRequest, Step, Story

ENVELOPE_BYTES: Final = 40_000
"""Room left for tags and patterns, for what Avro repeats beside the JSON, and for the message's own headers."""


def fitted(story: Story, bytes_max: int = limits.MESSAGE_BYTES_MAX - ENVELOPE_BYTES) -> Story:
    """The story itself where its JSON has at most `bytes_max` bytes, else a reduced one that has."""
    for reduce, note in _REDUCTIONS:
        if len(to_json(story)) <= bytes_max:
            return story
        smaller = reduce(story)
        if smaller != story:
            story = _noted(smaller, note)
    story = _requests_within(story, bytes_max // 4)
    while len(story.steps) > 1 and len(to_json(story)) > bytes_max:
        half = max(1, len(story.steps) // 2)
        story = story.model_copy(update={"steps": story.steps[:half], "actions": story.actions[:half]})
        story = _noted(story, "Only the first steps are kept: the story was too large.")
    if len(to_json(story)) > bytes_max:
        story = _noted(opened_only(story), "Only the first page is kept: the story was too large.")
    return story


def _noted(story: Story, note: str) -> Story:
    known = tuple(one for one in story.notes if one != note)[: limits.STORY_NOTES_MAX - 1]
    return story if note in story.notes else story.model_copy(update={"notes": (*known, note)})


def _fewer_requests(story: Story) -> Story:
    return story.model_copy(update={"network_requests": story.network_requests[:100]})


def _requests_within(story: Story, bytes_max: int) -> Story:
    """The story with the first of its requests, as many as have room."""
    kept: list[NetworkRequest] = []
    for request in story.network_requests:
        bytes_max -= len(to_json(request)) + 1
        if bytes_max < 0:
            cut = story.model_copy(update={"network_requests": tuple(kept)})
            return _noted(cut, "Only the first requests are kept: the story was too large.")
        kept.append(request)
    return story


def opened_only(story: Story) -> Story:
    """What is left of a story whose first step alone is too large: that a page was opened."""
    first = story.steps[0]
    url = first.url if isinstance(first, GotoStep) else first.page.url or story.initial_state.url
    step = GotoStep(event_id=first.event_id, at_ms=first.at_ms, tab_id=first.tab_id, url=url)
    spoken = step.model_copy(update={"said": said(step)[: limits.SAID_CHARS_MAX]})
    return story.model_copy(update={"steps": (spoken,), "actions": story.actions[:1], "network_requests": ()})


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
