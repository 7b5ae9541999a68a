"""What something is called that says more while the pointer is on it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.steps.draft import Draft
from schemas import limits
from schemas.elements import ById, ByPath, ByRole, ByTestId, Element
from schemas.events import Appeared, Change
from schemas.stories import ClickStep, HoverStep

_WORDLESS: Final = (ById, ByTestId, ByPath)


def call_as_it_came(drafts: Sequence[Draft]) -> None:
    """Has what the step before showed, and the user then pressed, called as it came. A page may say more of it under
    the pointer (`Red Press to select`, which was `Red`), and nobody finds it by that before."""
    for before, draft in pairwise(drafts):
        step = draft.step
        if isinstance(step, ClickStep | HoverStep) and (came := _as_it_came(step.target, before.changes)) is not None:
            draft.step = step.model_copy(update={"target": came})


def _as_it_came(target: Element, changes: Sequence[Change]) -> Element | None:
    """The target with the name and the ways of what came, where that is one alone, says less, and is the same by
    something that names and texts don't tell: a `Delete` that appeared is not the one of a row that was there."""
    name = target.name or ""
    if target.name_from != "content" or not target.text or name == target.text:
        return None
    shown = [change.element for change in changes if isinstance(change, Appeared)]
    like = [one for one in shown if (one.tag, one.role, one.text) == (target.tag, target.role, target.text)]
    if len(like) != 1 or not like[0].name or not name.startswith(f"{like[0].name} "):
        return None
    if not _steady(target) & _steady(like[0]):
        return None
    steady = [one for one in target.candidates if not (isinstance(one.locator, ByRole) and one.locator.name == name)]
    ways = (*like[0].candidates, *steady)[: limits.CANDIDATES_MAX]
    return target.model_copy(update={"name": like[0].name, "candidates": ways})


def _steady(element: Element) -> set[str]:
    """Ways to find it alone, or at its place, that say nothing of its words."""
    ways = [one for one in element.candidates if isinstance(one.locator, _WORDLESS)]
    told = {one.model_dump_json(exclude={"count"}) for one in ways if not any(hop.has_text for hop in one.within)}
    if element.id:
        told.add(f"id {element.id}")
    if element.test_id:
        told.add(f"test id {element.test_id}")
    return told
