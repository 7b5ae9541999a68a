"""Values that differed between sessions of a flow, as parameters of its test."""

from collections.abc import Sequence
from typing import Final

from pipeline.sessions import Session, exact_of, input_of
from schemas.generated_tests import Parameter
from schemas.stories import FillStep, Step

ROWS_MAX: Final = 3
"""Rows of a test with parameters, the representative's own first."""


def parameters_of(
    own: Session, others: Sequence[Session], agreed: Sequence[Step], rare: frozenset[str]
) -> tuple[Parameter, ...]:
    """What was typed after signing in, as parameters: a row is a session that differs in nothing else, saw all that
    the agreed steps keep, and typed nothing `rare`, which may tell who somebody is."""
    steps = own.story.steps
    secret = max((at for at, step in enumerate(steps) if isinstance(step, FillStep) and step.value.secret), default=-1)
    places = [at for at, step in enumerate(steps) if at > secret and isinstance(step, FillStep) and step.value.text]
    first = tuple(_typed(own, own, place) for place in places)
    rows = [first]
    for other in others:
        row = tuple(_typed(own, other, place) for place in places)
        known = not any(text in rare for text, mine in zip(row, first, strict=True) if text != mine)
        if row not in rows and all(row) and known and _differs_only_in(own, other, places, agreed):
            rows.append(row)
    columns = list(zip(*rows[:ROWS_MAX], strict=True))
    varied = [column for column in columns if len(set(column)) > 1]
    if len({column[0] for column in columns}) < len(columns):
        return ()  # the same value twice: which of the two a text echoes can't be told
    names = ["value" if number == 0 else f"value_{number + 1}" for number in range(len(varied))]
    return tuple(Parameter(name=name, values=column) for name, column in zip(names, varied, strict=True))


def _typed(own: Session, session: Session, place: int) -> str:
    at = session.places.get(own.tokens[place])
    step = None if at is None else session.story.steps[at]
    return step.value.text if isinstance(step, FillStep) else ""


def _differs_only_in(own: Session, other: Session, places: Sequence[int], agreed: Sequence[Step]) -> bool:
    """Whether the other session took the same steps with the same inputs, save those, and saw what is kept."""
    for place, step in enumerate(agreed):
        at = other.places.get(own.tokens[place])
        if at is None or (place not in places and input_of(other.story.steps[at]) != input_of(step)):
            return False
        shown = other.shown(at, opened=False)
        if any(exact_of(change, own.masked) not in shown for change in step.changes):
            return False
    return True
