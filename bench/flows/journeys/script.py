"""What the scripts of all apps are made with.

Every journey is a function of a page, the app's base address and a `Turn`; its label names the flow that a person would
say it is: whoever does the same thing has the same label, however they got there.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

PAGE = Any
Run = Callable[[PAGE, str, "Turn"], None]


@dataclass(frozen=True)
class Turn:
    """One run of a journey: its number (0 is the plain one) and the chance that varies it."""

    number: int
    chance: random.Random

    def some(self, share: float) -> bool:
        """Whether this run does what a share of the runs do; the plain run does nothing extra."""
        return self.number > 0 and self.chance.random() < share

    def one(self, *things: Any) -> Any:
        return things[self.number % len(things)]


@dataclass(frozen=True)
class Journey:
    """`flow` is the label of truth, `pattern` the label of what it is about."""

    app: str
    name: str
    flow: str
    pattern: str
    run: Run


JOURNEYS: Final[list[Journey]] = []


def journey(app: str, name: str, flow: str, pattern: str) -> Callable[[Run], Run]:
    """Adds a journey."""

    def add(run: Run) -> Run:
        JOURNEYS.append(Journey(app, name, flow, pattern, run))
        return run

    return add


def write(field: Any, text: str) -> None:
    """Types as a person does, over what stands there."""
    field.click()
    if field.evaluate("e => !!(e.value || (e.isContentEditable && e.innerText.trim()))"):
        field.press("ControlOrMeta+a")
        field.press("Delete")
    field.press_sequentially(text, delay=4)


def sign_in(turn: Turn, user: Any, password: Any, values: tuple[str, str], submit: Any) -> None:
    """Fills in the two fields in some order, with second thoughts, and sends them off by button or Enter."""
    fills = [(user, values[0]), (password, values[1])]
    if turn.some(0.25):
        write(user, values[0][:-1] + "x")
    if turn.some(0.3):
        fills.reverse()
    for field, value in fills:
        write(field, value)
    if turn.some(0.3):
        password.press("Enter")
    else:
        submit.click()
