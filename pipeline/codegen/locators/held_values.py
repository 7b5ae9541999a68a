"""Names that say what a field or a list holds: they are others as soon as it holds something else."""

import re
from typing import Final

from schemas.elements import ById, ByLabel, ByPlaceholder, ByRole, ByTestId, ByText, Candidate
from schemas.events import Appeared
from schemas.stories import ClickStep, FillStep, Step

_FIGURE: Final = re.compile(r"\d{1,9}([.,]\d{1,9})?")


def by_steady_names(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, each of their fields and lists found by what stays."""
    return tuple(map(_steady, steps))


def _steady(step: Step) -> Step:
    """The step, its field found by no name that has the figure in it which the field held (`Keep it for 180 days`), and
    its list by no text that is one of its options; the same step where nothing else finds it."""
    match step:
        case FillStep(before=figure) if _FIGURE.fullmatch(figure):
            kept = tuple(one for one in step.target.candidates if not _says(one, figure))
        case ClickStep() if _shows_its_choice(step):
            # Such a text often lies below the field of its list, and can't be clicked itself.
            kept = tuple(one for one in step.target.candidates if not isinstance(one.locator, ByText))
        case _:
            return step
    if len(kept) == len(step.target.candidates) or not any(map(_finds, kept)):
        return step
    kept = tuple(one for one in kept if not (isinstance(one.locator, ByRole) and one.locator.name is None))
    return step.model_copy(update={"target": step.target.model_copy(update={"candidates": kept})})


def _shows_its_choice(step: ClickStep) -> bool:
    """Whether the click opened a list in which the text that was clicked is one to choose."""
    text = step.target.text
    options = (change.element for change in step.changes if isinstance(change, Appeared))
    return step.target.role is None and any(one.role == "option" and text in (one.name, one.text) for one in options)


def _says(candidate: Candidate, figure: str) -> bool:
    match candidate.locator:
        case ByRole(name=str(text)) | ByLabel(value=text) | ByText(value=text):
            return re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", text) is not None
        case _:
            return False


def _finds(candidate: Candidate) -> bool:
    match candidate.locator:
        case ById() | ByTestId() | ByPlaceholder() | ByLabel() | ByRole(name=str()):
            return candidate.count == 1
        case _:
            return False
