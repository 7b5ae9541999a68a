"""The page at the beginning and at the end of a story, with the texts that told the user where they were."""

from collections.abc import Sequence
from typing import Final

from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import short
from schemas import limits
from schemas.events import Page
from schemas.stories import GotoStep, State, Step

STATE_TEXT_CHARS_MAX: Final = 120


def initial_state(steps: Sequence[Step]) -> State:
    first = steps[0]
    assert isinstance(first, GotoStep)
    title = first.after.title if first.after is not None else ""
    if not title and len(steps) > 1 and steps[1].page.url == first.url:
        title = steps[1].page.title
    return State(url=first.url, title=title, texts=_texts(first))


def final_state(steps: Sequence[Step], page: Page) -> State:
    """The last page. Its texts are what the last step that showed anything showed there."""
    telling = next((step for step in reversed(steps) if step.changes), None)
    same_page = telling is not None and (telling.after is None or telling.after.url in ("", page.url))
    return State(url=page.url, title=page.title, texts=_texts(telling) if telling is not None and same_page else ())


def _texts(step: Step) -> tuple[str, ...]:
    meaning = meaning_of(step)
    found = dict.fromkeys([*meaning.messages, *meaning.headings, *filter(None, meaning.shown)])
    return tuple(dict.fromkeys(short(text, STATE_TEXT_CHARS_MAX) for text in list(found)[: limits.STATE_TEXTS_MAX]))
