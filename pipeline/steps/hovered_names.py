"""What something is called that says more while the pointer is on it."""

from collections.abc import Sequence
from typing import Final

from pipeline.steps.draft import Draft
from schemas import limits
from schemas.elements import ById, ByPath, ByRole, ByTestId, Element
from schemas.events import Appeared, Change
from schemas.stories import ClickStep, HoverStep

BACK_MAX: Final = 10
"""So many steps before are looked at."""

_WORDLESS: Final = (ById, ByTestId, ByPath)


def call_as_it_came(drafts: Sequence[Draft]) -> None:
    """Has what one of the steps before showed, and the user then pressed, called as it came. A page may say more of it
    under the pointer (`Red Press to select`, which was `Red`), and nobody finds it by that before."""
    for place, draft in enumerate(drafts):
        step = draft.step
        if isinstance(step, ClickStep | HoverStep) and (came := _came(step.target, drafts[:place])) is not None:
            draft.step = step.model_copy(update={"target": came})


def _came(target: Element, before: Sequence[Draft]) -> Element | None:
    """The target as the latest step showed it that did; before a page was left, all was something else."""
    for draft in reversed(before[-BACK_MAX:]):
        if (found := _as_it_came(target, draft.changes)) is not None:
            return found
        if draft.loads:
            break
    return None


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
