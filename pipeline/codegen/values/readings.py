"""Values that a page made up and that the user typed later: a test reads them from the page, as a person does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.expressions import Expr, Index, Literal, method
from pipeline.semantics.generated import is_token
from schemas.elements import Element
from schemas.events import Appeared, ShownIn, TextChanged, ValueChanged
from schemas.stories import FillStep, Step

AROUND_CHARS_MAX: Final = 60
"""Of the text around a value so much tells where it stands."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value to be read after the step of this number: from an element, where it stands between two texts, or, of a
    field, as what it holds."""

    step: int
    value: str
    element: Element
    before: str = ""
    after: str = ""
    in_field: bool = False


def readings(steps: Sequence[Step]) -> tuple[Reading, ...]:
    """What the story typed though a program had made it: each with the latest sight of it before, never after the
    user typed it first."""
    found: dict[str, Reading] = {}
    typed: set[str] = set()
    for place, step in enumerate(steps):
        if not isinstance(step, FillStep) or step.value.secret or step.value.shown_in is not None:
            continue
        value = step.value.text.strip()
        if value not in typed and value == step.value.text and is_token(value):
            seen = _seen(steps[:place], value)
            if seen is not None:
                found[value] = seen
        typed.add(value)
    return tuple(found.values())


def _seen(steps: Sequence[Step], value: str) -> Reading | None:
    word = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
    for place in range(len(steps) - 1, -1, -1):
        for change in steps[place].changes:
            match change:
                case ValueChanged(element=element, after=after) if after == value:
                    ways = _other_ways(element, value)
                    if ways is not None:
                        return Reading(place, value, ways, in_field=True)
                case Appeared(element=element, transient=False):
                    reading = _in_text(place, word, value, element, element.text or "")
                    if reading is not None:
                        return reading
                case TextChanged(element=element, after=after):
                    reading = _in_text(place, word, value, element, after)
                    if reading is not None:
                        return reading
                case _:
                    pass
    return None


def _in_text(place: int, word: re.Pattern[str], value: str, element: Element, text: str) -> Reading | None:
    hits = list(word.finditer(text))
    ways = _other_ways(element, value)
    if len(hits) != 1 or ways is None or element.masked or element.text_cut:
        return None
    before, after = text[: hits[0].start()], text[hits[0].end() :]
    if len(before) > AROUND_CHARS_MAX or (not before and len(after) > AROUND_CHARS_MAX):
        return None
    return Reading(place, value, ways, before, after)


def _other_ways(element: Element, value: str) -> Element | None:
    """The element with the ways to find it alone that don't need the value; None without any."""
    kept = tuple(one for one in element.candidates if one.count == 1 and value not in one.model_dump_json())
    return element.model_copy(update={"candidates": kept}) if kept else None


def between(text: Expr, before: str, after: str) -> Expr:
    """What of a text stands between two others; "" for none."""
    if before:
        text = Index(method(text, "partition", before), Literal(2))
    if after:
        text = Index(method(text, "partition", _head(after)), Literal(0))
    return text


def before_secret(shown: ShownIn) -> str:
    """The shortest end of the text before the secret, from a word on, that is found nowhere earlier in it."""
    words = shown.before.split()
    for count in range(min(2, len(words)), len(words)):
        tail = " ".join(words[-count:]) + shown.before[len(shown.before.rstrip()) :]
        if " ".join(words).count(tail.rstrip()) == 1:
            return tail
    return shown.before


def _head(after: str) -> str:
    """The first characters after a secret."""
    return after[:1] if after[:1] in "\"'”’»,;)" else after[:12].rstrip() or after
