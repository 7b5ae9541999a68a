"""Variables for locators that a test uses often, or that leave no room in a line for what is done with them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal, Name, flat
from pipeline.codegen.python.names import variable_name
from pipeline.codegen.python.program import Assert, Assign, Blank, Program, Remark, Run, Statement, With

USES_MIN: Final = 4
"""A locator that is used so often gets a variable,"""
LONG_CHARS: Final = 80
"""one longer than that where it is used twice,"""
WIDE_CHARS: Final = 110
"""and one that no line has room for in any case."""
FRAME_USES_MIN: Final = 2
"""A frame that is looked into so often gets a variable."""
FRAMES_MAX: Final = 5
"""Frames of a test that get one."""
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
    "gridcell": "cell", "alert": "message", "status": "message",
}  # fmt: skip
"""Names of variables by the role of what is found; words of ours, whatever was captured."""
_NARROWING: Final = frozenset({"filter", "nth"})
"""Ways that choose among what was found."""
FIELD: Final = "field"
OTHER: Final = "element"


def share_locators(program: Program) -> None:
    """Puts variables in the place of such locators, each given its value right before its first use; of what stands in
    a frame, first one for the frame."""
    counts = _counts(program)
    if any("content_frame" in code for code in counts):
        _share_frames(program)
        counts = _counts(program)
    if not any(_deserves(code, uses) for code, uses in counts.items()):
        return
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
            named[code] = Name(variable_name(stem, taken[stem]))
            body.append(Assign(named[code].id, found))
        body.append(_with(statement, lambda expr: _replaced(expr, named)) if named else statement)
    program.move(body, moved)


def _counts(program: Program) -> Counter[str]:
    """How often each locator, as code, is used."""
    return Counter(flat(found) for statement in program.body for found in _used(statement))


def _share_frames(program: Program) -> None:
    for number in range(1, FRAMES_MAX + 1):
        used = (found for statement in program.body for found in _used(statement))
        frames = Counter(flat(frame) for found in used for frame in _frames(found))
        often = [code for code, uses in frames.items() if uses >= FRAME_USES_MIN]
        if not often:
            break
        _share_frame(program, min(often, key=len), Name(variable_name("frame", number)))


def _frames(found: Expr) -> Iterator[Expr]:
    """The frames in which a locator looks."""
    at = found
    while isinstance(at, Call | Attr):
        if isinstance(at, Attr) and at.name == "content_frame":
            yield at
        at = at.function if isinstance(at, Call) else at.of


def _share_frame(program: Program, code: str, name: Name) -> None:
    """Puts a variable in the place of a frame, given its value right before its first use."""

    def within(expr: Expr) -> Expr:
        match expr:
            case Attr(of=of):
                return name if flat(expr) == code else replace(expr, of=within(of))
            case Call(function=function, args=args):
                return replace(expr, function=within(function), args=tuple(map(within, args)))
            case _:
                return expr

    body: list[Statement] = []
    moved: dict[int, int] = {}
    first = True
    for place, statement in enumerate(program.body):
        moved[place] = len(body)
        frames = (frame for found in _used(statement) for frame in _frames(found) if flat(frame) == code)
        if (frame := next(frames, None)) is not None:
            if first:
                body.append(Assign(name.id, frame))
            first, statement = False, _with(statement, within)
        body.append(statement)
    program.move(body, moved)


def _deserves(code: str, uses: int) -> bool:
    return uses >= (1 if len(code) > WIDE_CHARS else 2 if len(code) > LONG_CHARS else USES_MIN)


def _stem(found: Expr) -> str:
    told = (call for call in _calls(found) if isinstance(call.function, Attr) and call.function.name not in _NARROWING)
    role = next((arg.value for call in told for arg in call.args[:1] if isinstance(arg, Literal)), "")
    ways = [call.function.name for call in _calls(found) if isinstance(call.function, Attr)]
    way = next((one for one in ways if one not in _NARROWING), "")
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


def _with(statement: Statement, replaced: Callable[[Expr], Expr]) -> Statement:
    """The statement with each of its expressions replaced."""
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            return replace(statement, expr=replaced(expr))
        case With(body=body):
            return replace(statement, body=tuple(_with(one, replaced) for one in body))
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
