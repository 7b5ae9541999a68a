"""Changes that say nothing: texts that tick by themselves, and things that only moved."""

from typing import Final

from pipeline.codegen.locators import readable
from pipeline.semantics.generated import shape
from schemas.events import Appeared, Change, Gone, TextChanged
from schemas.stories import FillStep, HoverStep, ScrollStep, Step

TICKS_MAX: Final = 3
"""A text whose number changed more often in one story is a clock or a counter."""


def ticking(steps: tuple[Step, ...]) -> frozenset[str]:
    """Shapes of texts whose numbers change by themselves: while the user typed, or all the time."""
    seen: dict[str, int] = {}
    out = set()
    for step in steps:
        for change in step.changes:
            if not isinstance(change, TextChanged) or shape(change.before) != shape(change.after):
                continue
            found = shape(readable(change.after))
            seen[found] = seen.get(found, 0) + 1
            if isinstance(step, (FillStep, HoverStep, ScrollStep)) or seen[found] > TICKS_MAX:
                out.add(found)
    return frozenset(out)


def ticks(change: Change, shapes: frozenset[str]) -> bool:
    """Whether the change is a tick of such a text."""
    if isinstance(change, TextChanged):
        return shape(readable(change.after)) in shapes
    if isinstance(change, (Appeared, Gone)):
        return shape(readable(change.element.text or "")) in shapes
    return False


def only_moved(change: Change, changes: tuple[Change, ...]) -> bool:
    """Whether what went away is still shown elsewhere, as a part of what appeared."""
    if not isinstance(change, Gone):
        return False
    text = readable(change.element.text or change.element.name or "")
    shown = [other.element.text or "" for other in changes if isinstance(other, Appeared)]
    shown += [other.after for other in changes if isinstance(other, TextChanged)]
    return any(text in readable(other) for other in shown)
