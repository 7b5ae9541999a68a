"""Names that say nothing but in which row of a table something stands: another thing stands there tomorrow."""

from pipeline.semantics.object_names import is_row
from pipeline.semantics.text import numbers_row
from schemas.elements import ByLabel, ByRole, ByText, ByTitle, Candidate, Element, Locator
from schemas.stories import CheckStep, ClickStep, Step


def by_words_of_rows(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, each control in a row found by what is written in the row instead of the row's number."""
    return tuple(map(_by_words, steps))


def _by_words(step: Step) -> Step:
    if not isinstance(step, CheckStep | ClickStep) or not numbers_row(step.target.name):
        return step
    found = _without_numbers(step.target)
    return step if found is step.target else step.model_copy(update={"target": found})


def _without_numbers(element: Element) -> Element:
    """The element without the ways by the number of its row; the same where nothing else in the row tells it."""
    kept = tuple(one for one in element.candidates if not _says_number(one))
    told = any(one.count == 1 and any(map(is_row, one.within)) for one in kept)
    return element.model_copy(update={"candidates": kept}) if told else element


def _says_number(candidate: Candidate) -> bool:
    names = (_name(one) for one in (candidate.locator, *(scope.locator for scope in candidate.within)))
    return any(map(numbers_row, names))


def _name(locator: Locator) -> str | None:
    match locator:
        case ByRole(name=name):
            return name
        case ByLabel(value=name) | ByText(value=name) | ByTitle(value=name):
            return name
        case _:
            return None
