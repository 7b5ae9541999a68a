"""Names of fields that say what the field holds: they are others as soon as it holds something else."""

import re
from typing import Final

from schemas.elements import ById, ByLabel, ByPlaceholder, ByRole, ByTestId, ByText, Candidate
from schemas.stories import FillStep, Step

_FIGURE: Final = re.compile(r"\d{1,9}([.,]\d{1,9})?")


def by_steady_names(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, each of their fields found by what stays."""
    return tuple(map(_steady, steps))


def _steady(step: Step) -> Step:
    """The step, its field found by no name that has the figure in it which the field held (`Keep it for 180 days`);
    the same step where nothing else finds the field."""
    if not isinstance(step, FillStep) or not _FIGURE.fullmatch(step.before):
        return step
    kept = tuple(one for one in step.target.candidates if not _says(one, step.before))
    if len(kept) == len(step.target.candidates) or not any(map(_finds, kept)):
        return step
    kept = tuple(one for one in kept if not (isinstance(one.locator, ByRole) and one.locator.name is None))
    return step.model_copy(update={"target": step.target.model_copy(update={"candidates": kept})})


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
