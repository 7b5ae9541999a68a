"""Tables of rules: what decides what steps were for, with a name and an example for each."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Rule(Generic[Read]):
    """One line of a table; the first whose `read` finds something decides.

    `name` is what an explanation calls it. `example` is a journey and the title that it gets by this rule, as
    `open /login; fill 'User'; type password; click 'Log in'; comes /home => Log in`; the tests run it.
    """

    name: str
    example: str
    read: Read
