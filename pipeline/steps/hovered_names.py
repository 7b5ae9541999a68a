"""What something is called that says more while the pointer is on it."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.steps.draft import Draft
from schemas import limits
from schemas.elements import ByRole, Element
from schemas.events import Appeared, Change
from schemas.stories import ClickStep, HoverStep


def call_as_it_came(drafts: Sequence[Draft]) -> None:
    """Has what the step before showed, and the user then pressed, called as it came. A page may say more of it under
    the pointer (`Red Press to select`, which was `Red`), and nobody finds it by that before."""
    for before, draft in pairwise(drafts):
        step = draft.step
        if isinstance(step, ClickStep | HoverStep) and (came := _as_it_came(step.target, before.changes)) is not None:
            draft.step = step.model_copy(update={"target": came})


def _as_it_came(target: Element, changes: Sequence[Change]) -> Element | None:
    """The target with the name and the ways of what came, where that is one alone and says less."""
    name = target.name or ""
    if target.name_from != "content" or not target.text or name == target.text:
        return None
    shown = [change.element for change in changes if isinstance(change, Appeared)]
    like = [one for one in shown if (one.tag, one.role, one.text) == (target.tag, target.role, target.text)]
    if len(like) != 1 or not like[0].name or not name.startswith(f"{like[0].name} "):
        return None
    steady = [one for one in target.candidates if not (isinstance(one.locator, ByRole) and one.locator.name == name)]
    ways = (*like[0].candidates, *steady)[: limits.CANDIDATES_MAX]
    return target.model_copy(update={"name": like[0].name, "candidates": ways})
