"""One assertion that a test could make."""

from dataclasses import dataclass
from typing import Final

from pipeline.codegen.locators.finder import expect
from pipeline.codegen.python.expressions import Attr, Call, Expr, method

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


def not_seen(found: Expr) -> Expr:
    """`expect(…)` that what went away is not seen any more. Nobody counted who else said the text of an element that
    went, and `to_be_hidden` fails where two say it while they go: of those with the same text none is seen."""
    match found:
        case Call(function=Attr(name="get_by_text")):
            return method(expect(method(found, "filter", visible=True)), "to_have_count", 0)
        case _:
            return method(expect(found), "to_be_hidden")


def subject_of(statement: Expr) -> Expr:
    """What an expectation looks for, without the choice of one of several."""
    match statement:
        case Call(function=Attr(of=Call(args=(Attr(of=found, name="first"),)))):
            return found
        case Call(function=Attr(of=Call(args=(Call(function=Attr(of=found), keywords=(("visible", _),)),)))):
            return found
        case Call(function=Attr(of=Call(args=(found,)))):
            return found
        case _:
            return statement


def says_part(says: str, text: str) -> bool:
    """Whether one of two texts stands in the other."""
    return bool(says) and (says.lower() in text.lower() or text.lower() in says.lower())
