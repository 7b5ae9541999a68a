"""Comments on what a reader of a test would ask about: why it waits, why it types key by key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal
from pipeline.codegen.python.program import Program, Remark, Run, Statement, With

GETS_DATA: Final = "Wait for the page's data: many a page draws its form anew with it."
"""Said by whoever writes that a test waits for data; what it waits for is nothing that the page saves."""


@dataclass(frozen=True)
class Rule:
    """What is said before the first statement of its kind. The words are ours, never the page's."""

    says: str
    is_meant: Callable[[Statement], bool]


def _calls(name: str) -> Callable[[Statement], bool]:
    """Whether a statement calls the method of this name, last in its chain."""

    def is_meant(statement: Statement) -> bool:
        match statement:
            case Run(expr=Call(function=Attr(name=called))):
                return called == name
            case _:
                return False

    return is_meant


def _waits_for_value(statement: Statement) -> bool:
    match statement:
        case Run(expr=Call(function=Attr(name="not_to_have_value"), args=(Literal(value=""),))):
            return True
        case _:
            return False


def _waits_for_answer(statement: Statement) -> bool:
    match statement:
        case With(expr=Call(function=Attr(name="expect_response"))):
            return True
        case With(body=body):
            return any(map(_waits_for_answer, body))
        case _:
            return False


def _takes_one(statement: Statement) -> bool:
    match statement:
        case Run(expr=Call(function=Attr(of=Call(args=(found,)), name="to_be_visible"))):
            return _is_first(found)
        case _:
            return False


def _takes_one_of_several(statement: Statement) -> bool:
    """Whether it takes the first of those that have a text in them."""
    match statement:
        case Run(expr=Call(function=Attr(of=Call(args=(found,))))) if _takes_one(statement):
            return _has_text(found)
        case _:
            return False


def _has_text(found: Expr) -> bool:
    match found:
        case Attr(of=Call(function=Attr(name="filter"), keywords=(("has_text", _),))):
            return True
        case _:
            return False


def _may_stand_twice(statement: Statement) -> bool:
    return _takes_one(statement) and not _takes_one_of_several(statement)


def _is_first(found: Expr) -> bool:
    return isinstance(found, Attr) and found.name == "first"


RULES: Final = (
    Rule("The page takes no input until its script has loaded.", _calls("wait_for_load_state")),
    Rule("The field holds a value already: wait for it, or the page may overwrite what is typed.", _waits_for_value),
    Rule("Typed key by key, because the page reacts to each key.", _calls("press_sequentially")),
    Rule("The page saves in the background: wait until the server has answered.", _waits_for_answer),
    Rule("The page opens a dialog: answer it as the user did.", _calls("once")),
    Rule("The page may show this twice for a moment: one match is enough.", _may_stand_twice),
    Rule("Others may match as well: one of them is enough.", _takes_one_of_several),
)


EXPLAINED: Final = (Run, With)
"""The statements that rules are about."""


def _gets_data(before: Sequence[Statement], statement: Statement) -> bool:
    """Whether it was said before the statement that it waits for data."""
    return any(isinstance(one, Remark) and one.text == GETS_DATA for one in before) and _waits_for_answer(statement)


def add_remarks(program: Program) -> None:
    """Puts each rule's comment before the first statement that it is about."""
    waiting = list(RULES)
    body: list[Statement] = []
    moved: dict[int, int] = {}
    for place, statement in enumerate(program.body):
        moved[place] = len(body)
        if type(statement) in EXPLAINED and not _gets_data(program.body[:place][-1:], statement):
            for rule in [rule for rule in waiting if rule.is_meant(statement)]:
                waiting.remove(rule)
                body.append(Remark(rule.says))
        body.append(statement)
    program.move(body, moved)
