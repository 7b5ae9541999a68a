"""What is said to have gone, and stands in the page all the same.

While a dialog is open, many a page hides what is behind it from screen readers: a heading is plain text until the
dialog closes, and then that plain text seems to go.
"""

from collections.abc import Iterable
from typing import Final

from pipeline.codegen.locators.text_matchers import readable
from pipeline.semantics.text import caption
from pipeline.semantics.verbs import CANCEL, is_commit
from schemas.elements import Element
from schemas.events import Appeared, Change, Gone, TextChanged
from schemas.stories import BackStep, ClickStep, GotoStep, PressStep, ReloadStep, Step

CHARS_MIN: Final = 4
"""A shorter text stands in others by chance."""


def still_standing(steps: Iterable[Step]) -> frozenset[tuple[str, str]]:
    """The plain texts that went away where an earlier text with them in it stands as it did, and the texts that a save
    brought and that went as the dialog was closed; each by the step's event id and the text. Whoever looks for the
    words may find them in the page: what was saved stands in its list."""
    standing: dict[str, dict[str, None]] = {}
    saved: set[str] = set()
    found = set()
    for step in steps:
        if _only_closes(step):
            found |= {(step.event_id, text) for text in _left(step.changes) if _is_of(text, saved)}
        elif is_commit(step):
            saved |= set(_came(step.changes))
        if step.loads or isinstance(step, GotoStep | ReloadStep | BackStep):
            standing[step.tab_id] = {}
        texts = standing.setdefault(step.tab_id, {})
        for text in _left(step.changes):
            texts.pop(text, None)
        found |= {(step.event_id, text_of(one.element)) for one in step.changes if _stands(one, texts)}
        texts.update(dict.fromkeys(_came(step.changes)))
    return frozenset(found)


def _only_closes(step: Step) -> bool:
    escapes = isinstance(step, PressStep) and step.key == "Escape"
    return escapes or (isinstance(step, ClickStep) and CANCEL.match(caption(step.target)) is not None)


def _is_of(text: str, saved: Iterable[str]) -> bool:
    return len(text) >= CHARS_MIN and any(text in one or one in text for one in saved if len(one) >= CHARS_MIN)


def text_of(element: Element) -> str:
    """What tells the text of an element from others."""
    return readable(element.text or element.name or "")


def _stands(change: Change, texts: Iterable[str]) -> bool:
    if not isinstance(change, Gone) or change.element.role is not None:
        return False
    text = text_of(change.element)
    return len(text) >= CHARS_MIN and any(text in other for other in texts)


def _left(changes: Iterable[Change]) -> list[str]:
    gone = [text_of(change.element) for change in changes if isinstance(change, Gone)]
    return [*gone, *(readable(change.before) for change in changes if isinstance(change, TextChanged))]


def _came(changes: Iterable[Change]) -> list[str]:
    came = (change for change in changes if isinstance(change, Appeared) and not change.transient)
    new = [text_of(change.element) for change in came if change.element.visible]
    return [*new, *(readable(change.after) for change in changes if isinstance(change, TextChanged))]
