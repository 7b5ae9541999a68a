"""One assertion that a test could make."""

from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.expressions import Expr

CHANGES_MAX: Final = 40
"""Changes of a step that are looked at: the recorder sends the telling ones first."""
TEXT_CHARS_MAX: Final = 160
"""Longer texts and values are not asserted as a whole."""


@dataclass(frozen=True)
class Check:
    """One assertion. `kind` and `says` keep the chosen ones different from each other; `soon` puts it first. `before`
    is waited for where the page would let the assertion pass too early."""

    statement: Expr
    score: int
    kind: str
    says: str = ""
    soon: bool = False
    uses_re: bool = False
    before: Expr | None = None


def says_part(says: str, text: str) -> bool:
    """Whether one of two texts stands in the other."""
    return bool(says) and (says.lower() in text.lower() or text.lower() in says.lower())
