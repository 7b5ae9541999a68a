"""A control in whose place another one stands now: `Leave` where `Join` was, in the row of the same thing."""

from collections.abc import Iterator, Set
from typing import Final

from pipeline.codegen.assertions.check import Check
from pipeline.codegen.locators.finder import Finder, expect
from pipeline.codegen.python.expressions import method
from pipeline.semantics.object_names import is_row, row_of
from pipeline.semantics.text import caption
from schemas.elements import ByRole, Candidate, Element
from schemas.events import Appeared, Gone
from schemas.stories import ClickStep, Step

SCORE: Final = 62


def replaced_control(finder: Finder, step: Step) -> Check | None:
    """That the row of what was clicked has another control of its kind, where the clicked one went away."""
    if not isinstance(step, ClickStep) or step.navigates:
        return None
    used, thing = step.target, row_of(step.target)
    went = any(isinstance(change, Gone) and _is_like(change.element, used) for change in step.changes)
    if not (thing and went):
        return None
    told = {thing, *(scope.has_text for way in used.candidates for scope in way.within if is_row(scope))}
    came = (change.element for change in step.changes if isinstance(change, Appeared) and not change.transient)
    for element in came:
        root = finder.root(element)
        if element.role != used.role or caption(element) == caption(used) or root is None:
            continue
        for way in _within(element, told):
            if (found := finder.candidate(root, way)) is not None:
                shown = method(expect(found.expr), "to_be_visible")
                return Check(shown, SCORE, "changed", f"{caption(element)} {thing}")
    return None


def _is_like(element: Element, other: Element) -> bool:
    return element.role == other.role and caption(element) == caption(other) != ""


def _within(element: Element, told: Set[str | None]) -> Iterator[Candidate]:
    """The ways that find it alone by its name, in the row that was told by one of these texts."""
    for way in element.candidates:
        named = isinstance(way.locator, ByRole) and bool(way.locator.name)
        if named and way.count == 1 and any(scope.has_text and scope.has_text in told for scope in way.within):
            yield way
