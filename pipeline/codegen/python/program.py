"""The generated program as statements, and their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Final, assert_never

from pipeline.codegen.python.context_options import in_browser
from pipeline.codegen.python.expressions import (
    INDENT,
    LINE_CHARS_MAX,
    Attr,
    Call,
    Contains,
    Equal,
    Expr,
    Index,
    Joined,
    Lambda,
    Listing,
    Literal,
    Name,
    Or,
    flat,
    function,
    lines,
)
from pipeline.codegen.python.nodes import once_per_node
from pipeline.codegen.python.parametrize import bound, fits, parametrized
from pipeline.semantics.browsers import USUAL, Browser
from schemas.generated_tests import Parameter

FILL_CREDENTIAL: Final = "fill_credential"
"""The fixture of an exported project that types what comes from the environment, on the app's own pages only."""
UNIQUE: Final = "unique"
"""The fixture that makes a name another in each run."""
UNIQUE_NAME: Final = "name"
"""The variable that such a name gets."""
DRAG: Final = "drag"
"""The fixture that drags as a hand does, in moves that pages can follow."""
SETTLED: Final = "settled"
"""The fixture that waits until an editor is ready for the next keys."""
_TYPING: Final = frozenset({"fill", "insert_text", "press_sequentially", "type"})
"""Methods whose last argument is typed."""
FIXTURES: Final = {
    FILL_CREDENTIAL: "Callable[[Locator, str], None]",
    UNIQUE: "Callable[[str], str]",
    DRAG: "Callable[..., None]",
    SETTLED: "Callable[..., None]",
}
"""The fixtures of an exported project that tests call, with their types."""


@dataclass(frozen=True)
class Run:
    """An expression as a statement: an action or an `expect(…)…`. `fixed` says that it stays as it is in each row of a
    test with parameters."""

    expr: Expr
    fixed: bool = False


@dataclass(frozen=True)
class Assign:
    name: str
    expr: Expr


@dataclass(frozen=True)
class Assert:
    expr: Expr


@dataclass(frozen=True)
class With:
    """`with expr as name:` around statements; without the name where it is empty."""

    expr: Expr
    name: str
    body: tuple["Statement", ...]


@dataclass(frozen=True)
class Blank:
    """An empty line between two phases."""


@dataclass(frozen=True)
class Remark:
    """A comment before a statement. The words are ours, never the page's."""

    text: str


Statement = Run | Assign | Assert | With | Blank | Remark


@dataclass
class Program:
    """The body of one function in the making. `actions` and `assertions` list its statements by kind, as text; `page`
    names its argument, the page that it begins with, and `browser` is what its browser has that others of tests have
    not. `step` is the place of the story's step that is being written."""

    body: list[Statement] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    parameters: tuple[Parameter, ...] = ()
    page: str = "page"
    browser: Browser = USUAL
    step: int = 0
    _begins: dict[int, int] = field(default_factory=dict)
    """The place in `body` of each step's first statement."""

    def act(self, *statements: Statement) -> None:
        """Adds statements that do something."""
        for statement in statements:
            self._add(statement)
            self.actions += _plain(statement)

    def check(self, statement: Statement) -> None:
        """Adds a statement that asserts something."""
        self._add(statement)
        self.assertions += _plain(statement)

    def pause(self) -> None:
        """Ends a phase."""
        if self.body and not isinstance(self.body[-1], Blank):
            self.body.append(Blank())

    def bind(self, parameters: tuple[Parameter, ...]) -> bool:
        """Puts the parameters' variables in the place of their values, from where one is typed on: before that the page
        doesn't know it, and the same words are others. False, and nothing, where one can't be."""
        if not parameters:
            return False
        start = next((place for place, one in enumerate(self.body) if _types(one, parameters)), 0)
        before, after = self.body[:start], self.body[start:]
        exprs = [expr for statement in after if not _is_fixed(statement) for expr in _exprs(statement)]
        if not all(fits(exprs, parameter) for parameter in parameters):
            return False
        self.body = [*before, *(one if _is_fixed(one) else _bound(one, parameters) for one in after)]
        self.parameters = parameters
        return True

    def make_unique(self, names: Sequence[str]) -> None:
        """Gives these texts a variable each, with a name that is another in each run; one that is a parameter keeps its
        variable. A text that stands where it can't be put together stays as it is."""
        made: list[Assign] = []
        for text in names:
            row = next((one for one in self.parameters if one.values[0] == text), None)
            if row is not None:
                made.append(Assign(row.name, function(UNIQUE, Name(row.name))))
                continue
            exprs = [expr for statement in self.body for expr in _exprs(statement)]
            number = sum(1 for one in made if one.name.startswith(UNIQUE_NAME)) + 1
            named = Parameter(name=UNIQUE_NAME if number == 1 else f"{UNIQUE_NAME}_{number}", values=(text,))
            if fits(exprs, named):
                self.body = [_bound(one, (named,)) for one in self.body]
                made.append(Assign(named.name, function(UNIQUE, Literal(text))))
        self.body = [*made, *self.body]
        self._begins = {step: place + len(made) for step, place in self._begins.items()}

    def move(self, body: list[Statement], moved: Mapping[int, int]) -> None:
        """Takes another body: `moved` says where in it each statement's place is now."""
        self.body = body
        self._begins = {step: moved.get(place, len(body)) for step, place in self._begins.items()}

    def _add(self, statement: Statement) -> None:
        self._begins.setdefault(self.step, len(self.body))
        self.body.append(statement)

    def file(self, name: str, docstring: str, notes: tuple[str, ...], steps: int) -> tuple[str, tuple[int, ...]]:
        """The whole file of a test, and the line of it, from 1, on which each of the story's `steps` begins; 0 for one
        without statements. `notes` stand in its docstring, a line each."""
        head = self._head(name, docstring, notes)
        imports = module([self], [])
        line = 1 + imports.count("\n") + _line_count(head)
        at = []
        for statement in self.body:
            at.append(line)
            line += _line_count(_inner_lines(statement))
        lines = tuple(at[self._begins[step]] if step in self._begins else 0 for step in range(steps))
        return imports + "\n".join([*head, *self._statements(), ""]), lines

    def function(self, name: str, docstring: str, notes: tuple[str, ...] = ()) -> list[str]:
        """The function alone, as lines; `notes` stand in its docstring, a line each."""
        return [*self._head(name, docstring, notes), *self._statements()]

    def _statements(self) -> list[str]:
        body = list(self.body)
        while body and isinstance(body[-1], Blank):
            body.pop()
        return [line for statement in body for line in _inner_lines(statement)]

    def _head(self, name: str, docstring: str, notes: tuple[str, ...]) -> list[str]:
        """The function up to its first statement."""
        names = _all_names(self)
        taken = [f"{fixture}: {kind}" for fixture, kind in FIXTURES.items() if fixture in names]
        arguments = [f"{self.page}: Page", *taken, *(f"{parameter.name}: str" for parameter in self.parameters)]
        return [
            *in_browser(self.browser),
            *parametrized(self.parameters),
            *_head(name, arguments),
            *_documented(docstring, notes),
        ]


def fixtures_of(code: str) -> frozenset[str]:
    """The fixtures that a test takes."""
    return frozenset(fixture for fixture, kind in FIXTURES.items() if f" {fixture}: {kind}" in code)


def _documented(docstring: str, notes: tuple[str, ...]) -> list[str]:
    told = wrap(docstring, LINE_CHARS_MAX - len(INDENT) - 6, break_on_hyphens=False)
    head = [f'{INDENT}"""{told[0]}', *(INDENT + line for line in told[1:])]
    if not notes:
        return [*head[:-1], f'{head[-1]}"""']
    return [*head, "", *(f"{INDENT}{note}" for note in notes), f'{INDENT}"""']


def module(programs: Sequence[Program], functions: Sequence[str]) -> str:
    """A file with these functions, as lines, and the imports that their programs need."""
    names = {found for program in programs for found in _all_names(program)}
    standard = [f"import {module}" for module in ("os", "re") if module in names]
    if names & FIXTURES.keys():
        standard.append("from collections.abc import Callable")
    head = [*standard, *([""] if standard else [])]
    decorated = any(program.parameters or program.browser != USUAL for program in programs)
    head += ["import pytest"] if decorated else []
    imported = [
        *(["Locator"] if names & {FILL_CREDENTIAL} else []),
        "Page",
        *(["expect"] if "expect" in names else []),
    ]
    head += [f"from playwright.sync_api import {', '.join(imported)}", "", ""]
    return "\n".join([*head, *functions, ""])


def _head(name: str, arguments: Sequence[str]) -> list[str]:
    """The first line, or as many as there must be: the arguments on one line, else a line for each."""
    one = f"def {name}({', '.join(arguments)}) -> None:"
    if len(one) <= LINE_CHARS_MAX:
        return [one]
    together = f"{INDENT}{', '.join(arguments)}"
    inner = [together] if len(together) <= LINE_CHARS_MAX else [f"{INDENT}{argument}," for argument in arguments]
    return [f"def {name}(", *inner, ") -> None:"]


def _all_names(program: Program) -> frozenset[str]:
    return frozenset().union(*map(_names, program.body))


@once_per_node
def _names(statement: Statement) -> frozenset[str]:
    found: set[str] = set()
    _gather(statement, found)
    return frozenset(found)


@once_per_node
def _inner_lines(statement: Statement) -> tuple[str, ...]:
    """A statement of the function, as lines."""
    return tuple(_lines(statement, INDENT))


def _lines(statement: Statement, indent: str) -> list[str]:
    match statement:
        case Run(expr=expr):
            return lines(expr, indent)
        case Assign(name=name, expr=expr):
            return lines(expr, indent, f"{name} = ")
        case Assert(expr=expr):
            return lines(expr, indent, "assert ")
        case With(expr=expr, name=name, body=body):
            return [
                *lines(expr, indent, "with ", f" as {name}:" if name else ":"),
                *(line for inner in body for line in _lines(inner, indent + INDENT)),
            ]
        case Blank():
            return [""]
        case Remark(text=text):
            return [f"{indent}# {text}"]
        case _:
            assert_never(statement)


def _line_count(written: Sequence[str]) -> int:
    return sum(1 + one.count("\n") for one in written)


def _types(statement: Statement, parameters: tuple[Parameter, ...]) -> bool:
    """Whether a statement types the value of one of the parameters."""
    values = [parameter.values[0] for parameter in parameters]
    ends = [expr.args[-1] for expr in _exprs(statement) if isinstance(expr, Call) and expr.args and _is_typing(expr)]
    return any(isinstance(end, Literal) and end.value in values for end in ends)


def _is_typing(call: Call) -> bool:
    return isinstance(call.function, Attr) and call.function.name in _TYPING


def _is_fixed(statement: Statement) -> bool:
    return isinstance(statement, Run) and statement.fixed


def _exprs(statement: Statement) -> list[Expr]:
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            return [expr]
        case With(expr=expr, body=body):
            return [expr, *(inner for one in body for inner in _exprs(one))]
        case Blank() | Remark():
            return []
        case _:
            assert_never(statement)


def _bound(statement: Statement, parameters: tuple[Parameter, ...]) -> Statement:
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            return replace(statement, expr=bound(expr, parameters))
        case With(expr=expr, body=body):
            inner = tuple(_bound(one, parameters) for one in body)
            return replace(statement, expr=bound(expr, parameters), body=inner)
        case Blank() | Remark():
            return statement
        case _:
            assert_never(statement)


def _plain(statement: Statement) -> list[str]:
    """The statement's parts, each in one line, without their surroundings."""
    match statement:
        case Run(expr=expr):
            return [flat(expr)]
        case Assign(name=name, expr=expr):
            return [f"{name} = {flat(expr)}"]
        case Assert(expr=expr):
            return [f"assert {flat(expr)}"]
        case With(expr=expr, name=name, body=body):
            return [
                f"with {flat(expr)}" + (f" as {name}" if name else ""),
                *(line for inner in body for line in _plain(inner)),
            ]
        case Blank() | Remark():
            return []
        case _:
            assert_never(statement)


def _gather(statement: Statement, found: set[str]) -> None:
    match statement:
        case Run(expr=expr) | Assign(expr=expr) | Assert(expr=expr):
            _gather_of(expr, found)
        case With(expr=expr, body=body):
            _gather_of(expr, found)
            for inner in body:
                _gather(inner, found)
        case Blank() | Remark():
            pass
        case _:
            assert_never(statement)


def _gather_of(expr: Expr, found: set[str]) -> None:
    match expr:
        case Name(id=name):
            found.add(name)
        case Literal():
            return
        case Attr(of=inner) | Lambda(body=inner):
            _gather_of(inner, found)
        case Call(function=called, args=args, keywords=keywords):
            _gather_of(called, found)
            for part in (*args, *(value for _, value in keywords)):
                _gather_of(part, found)
        case Index(of=left, key=right) | Or(left=left, right=right) | Equal(left=left, right=right):
            _gather_of(left, found)
            _gather_of(right, found)
        case Contains(whole=left, part=right):
            _gather_of(left, found)
            _gather_of(right, found)
        case Listing(items=parts) | Joined(parts=parts):
            for part in parts:
                _gather_of(part, found)
        case _:
            assert_never(expr)
