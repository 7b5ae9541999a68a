"""Variables for locators that a test uses often, or that leave no room in a line for what is done with them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal, Name, flat
from pipeline.codegen.python.program import Assert, Assign, Blank, Program, Remark, Run, Statement, With

USES_MIN: Final = 4
"""A locator that is used so often gets a variable,"""
LONG_CHARS: Final = 80
"""one longer than that where it is used twice,"""
WIDE_CHARS: Final = 110
"""and one that no line has room for in any case."""
_LOCATORS: Final = frozenset(
    {
        "locator", "get_by_role", "get_by_label", "get_by_placeholder", "get_by_alt_text", "get_by_text",
        "get_by_title", "get_by_test_id", "filter", "first", "nth", "content_frame",
    }
)  # fmt: skip
STEMS: Final = {
    "textbox": "field", "searchbox": "field", "spinbutton": "field", "combobox": "choice", "listbox": "choice",
    "button": "button", "link": "link", "checkbox": "box", "radio": "box", "switch": "box", "menuitem": "item",
    "option": "item", "treeitem": "item", "heading": "heading", "row": "row", "dialog": "dialog_box", "cell": "cell",
    "gridcell": "cell",
}  # fmt: skip
"""Names of variables by the role of what is found; words of ours, whatever was captured."""
FIELD: Final = "field"
OTHER: Final = "element"


def share_locators(program: Program) -> None:
    """Puts variables in the place of such locators, each given its value right before its first use."""
    counts = Counter(flat(found) for statement in program.body for found in _used(statement))
    taken: Counter[str] = Counter()
    named: dict[str, Name] = {}
    body: list[Statement] = []
    moved: dict[int, int] = {}
    for place, statement in enumerate(program.body):
        moved[place] = len(body)
        for found in _used(statement):
            code = flat(found)
            if code in named or not _deserves(code, counts[code]):
                continue
            stem = _stem(found)
            taken[stem] += 1
            named[code] = Name(stem if taken[stem] == 1 else f"{stem}_{taken[stem]}")
            body.append(Assign(named[code].id, found))
        body.append(_with_names(statement, named) if named else statement)
    program.move(body, moved)


def _deserves(code: str, uses: int) -> bool:
    return uses >= (1 if len(code) > WIDE_CHARS else 2 if len(code) > LONG_CHARS else USES_MIN)


def _stem(found: Expr) -> str:
    role = next((arg.value for call in _calls(found) for arg in call.args[:1] if isinstance(arg, Literal)), "")
    way = found.function.name if isinstance(found, Call) and isinstance(found.function, Attr) else ""
    if way in ("get_by_label", "get_by_placeholder"):
        return FIELD
    return STEMS.get(str(role), OTHER) if way == "get_by_role" else OTHER


def _calls(expr: Expr) -> Iterator[Call]:
    """The calls of a chain, the last first."""
    while isinstance(expr, Call | Attr):
        if isinstance(expr, Call):
            yield expr
            expr = expr.function
        else:
            expr = expr.of


def _used(statement: Statement) -> Iterator[Expr]:
    """The locators that a statement acts on or expects something of."""
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            yield from _subjects(expr)
        case With(body=body):
            for one in body:
                yield from _used(one)
        case Blank() | Remark():
            return


def _subjects(expr: Expr) -> Iterator[Expr]:
    match expr:
        case Call(function=Attr(of=of, name=name)) if name not in _LOCATORS:
            yield from ([of] if _is_locator(of) else _subjects(of))
        case Call(function=Name(), args=args):
            yield from (arg for arg in args if _is_locator(arg))
        case _:
            return


def _is_locator(expr: Expr) -> bool:
    """Whether the whole chain, from a page on, only looks for something."""
    at: Expr = expr
    while not isinstance(at, Name):
        match at:
            case Call(function=Attr(of=of, name=name)) | Attr(of=of, name=name) if name in _LOCATORS:
                at = of
            case _:
                return False
    return at is not expr


def _with_names(statement: Statement, named: dict[str, Name]) -> Statement:
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            return replace(statement, expr=_replaced(expr, named))
        case With(body=body):
            return replace(statement, body=tuple(_with_names(one, named) for one in body))
        case Blank() | Remark():
            return statement


def _replaced(expr: Expr, named: dict[str, Name]) -> Expr:
    match expr:
        case Call(function=Attr(of=of, name=name), args=args) if name not in _LOCATORS:
            inner = named.get(flat(of)) or _replaced(of, named)
            return replace(expr, function=Attr(inner, name), args=args)
        case Call(function=Name(), args=args):
            return replace(expr, args=tuple(named.get(flat(arg)) or arg for arg in args))
        case _:
            return expr
