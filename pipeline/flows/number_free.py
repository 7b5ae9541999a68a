"""What is left of a text that is another one in each session: what stands before or after a number, or nothing."""

import re
from typing import Final

from pipeline.semantics.text import is_editor
from schemas.elements import ByRole, ByText, Candidate, Element
from schemas.events import Change, ValueChanged

WORDS_MIN: Final = 3
"""Fewer words may stand anywhere."""
_SENTENCE: Final = re.compile(r"[^.!?\d]*[^\W\d]{2}['\"’”»)]?[.!?]['\"’”»)]?(?=\s)")

_COUNTED: Final = re.compile(r"\d{1,9}\s+([^\W\d]\D*)")


def first_sentences(text: str) -> str:
    """The whole sentences before the first number; nothing where they say too little.

    `The code is not the right one. Only 1 attempt is left.` gives `The code is not the right one.`
    """
    at = 0
    while (found := _SENTENCE.match(text, at)) is not None:
        at = found.end()
    said = text[:at].strip()
    rest = text[at:]
    return said if len(said.split()) >= WORDS_MIN and any(char.isdigit() for char in rest) else ""


def after_number(text: str) -> str:
    """What a text says after the one number with which it begins: `Results for: rye` of `2 Results for: rye`."""
    found = _COUNTED.fullmatch(text.strip())
    return found[1] if found else ""


def name_without_number(element: Element) -> str:
    """The accessible name of an element that shows a number which is none of its name; else nothing."""
    name = element.name or ""
    return name if any(map(str.isdigit, element.text or "")) and not any(map(str.isdigit, name)) else ""


def saying_end(element: Element, said: str) -> Element:
    """The element as one that says this, with which its name ends; found by its role and that."""
    ways = tuple(
        one.model_copy(update={"locator": one.locator.model_copy(update={"name": said, "exact": False})})
        for one in element.candidates
        if isinstance(one.locator, ByRole) and (one.locator.name or "").endswith(said) and one.count == 1
    )
    return element.model_copy(update={"text": said, "name": said, "candidates": ways})


def saying(element: Element, said: str) -> Element:
    """The element as one that says this, with which its text begins; found by it where it was found by that text."""
    candidates = tuple(_saying(one, said) for one in element.candidates)
    name = said if (element.name or "").startswith(said) else element.name
    return element.model_copy(update={"text": said, "name": name, "candidates": candidates})


def _saying(candidate: Candidate, said: str) -> Candidate:
    locator = candidate.locator
    if isinstance(locator, ByText) and locator.value.startswith(said):
        return candidate.model_copy(update={"locator": locator.model_copy(update={"value": said, "exact": False})})
    if isinstance(locator, ByRole) and (locator.name or "").startswith(said):
        return candidate.model_copy(update={"locator": locator.model_copy(update={"name": said, "exact": False})})
    return candidate


def without_text(change: Change) -> list[Change]:
    """What is left of a change where it shows one session's own text: of an editor, how it is found now."""
    if not isinstance(change, ValueChanged) or not is_editor(change.element):
        return []
    return [change.model_copy(update={"before": "", "after": ""})]
