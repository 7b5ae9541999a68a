"""Expressions of the generated program as a small tree, and their text.

Nobody writes code as text here: a caller builds `call(attr(page, "goto"), literal("/login"))`, and only this module
turns the tree into characters. Every captured string goes through `literal` (see `quoting`), every name is checked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from pipeline.codegen.python.nodes import once_per_node
from pipeline.codegen.python.quoting import quoted, quoted_pattern

LINE_CHARS_MAX = 100
INDENT = "    "


@dataclass(frozen=True)
class Name:
    """A variable or a builtin: an identifier of ours."""

    id: str


@dataclass(frozen=True)
class Literal:
    """A constant: text, bytes, number, truth value."""

    value: str | bytes | int | float | bool


@dataclass(frozen=True)
class Pattern(Literal):
    """A regular expression, which stands in the code as a raw text."""

    value: str


@dataclass(frozen=True)
class Attr:
    of: "Expr"
    name: str


@dataclass(frozen=True)
class Call:
    function: "Expr"
    args: tuple["Expr", ...] = ()
    keywords: tuple[tuple[str, "Expr"], ...] = ()


@dataclass(frozen=True)
class Index:
    of: "Expr"
    key: "Expr"


@dataclass(frozen=True)
class Listing:
    """A list, or a dict when `keys` are given (then as many keys as items)."""

    items: tuple["Expr", ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Or:
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True)
class Equal:
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True)
class Contains:
    """`part in (whole)`"""

    whole: "Expr"
    part: "Expr"


@dataclass(frozen=True)
class Joined:
    """Texts put together: `"Page '" + value + "' created"`."""

    parts: tuple["Literal | Name", ...]


@dataclass(frozen=True)
class Lambda:
    argument: str
    body: "Expr"


Expr = Name | Literal | Attr | Call | Index | Listing | Or | Equal | Contains | Joined | Lambda
Plain = Expr | str | int | float | bool


def literal(value: str | bytes | int | float | bool) -> Literal:
    return Literal(value)


def method(of: Expr, called: str, /, *args: Plain, **keywords: Plain) -> Call:
    """`of.called(args…, keyword=…)`; plain values become literals."""
    return Call(
        Attr(of, called),
        tuple([_expr(arg) for arg in args]) if args else (),
        tuple([(key, _expr(value)) for key, value in keywords.items()]) if keywords else (),
    )


def function(name: str, *args: Plain, **keywords: Plain) -> Call:
    """`name(args…, keywords…)`."""
    return Call(Name(name), tuple(map(_expr, args)), tuple((key, _expr(value)) for key, value in keywords.items()))


def _expr(value: Plain) -> Expr:
    return Literal(value) if isinstance(value, (str, int, float, bool)) else value


def _checked(name: str) -> str:
    if not (name.isascii() and name.isidentifier()):
        raise AssertionError("a name of the generated program is not an identifier")
    return name


@once_per_node
def flat(expr: Expr) -> str:
    """The expression in one line."""
    match expr:
        case Name(id=name):
            return _checked(name)
        case Literal():
            return _constant(expr)
        case Attr(of=of, name=name):
            return f"{flat(of)}.{_checked(name)}"
        case Call(function=called):
            return f"{flat(called)}({', '.join(_arguments(expr))})"
        case Index(of=of, key=key):
            return f"{flat(of)}[{flat(key)}]"
        case Listing():
            return _listing(expr)
        case Or(left=left, right=right):
            return f"{flat(left)} or {flat(right)}"
        case Equal(left=left, right=right):
            return f"{flat(left)} == {flat(right)}"
        case Contains(whole=whole, part=part):
            return f"{flat(part)} in {flat(whole) if isinstance(whole, Listing) else f'({flat(whole)})'}"
        case Joined(parts=parts):
            return " + ".join(flat(part) for part in parts)
        case Lambda(argument=argument, body=body):
            return f"lambda {_checked(argument)}: {flat(body)}"
        case _:
            assert_never(expr)


def _constant(expr: Literal) -> str:
    if isinstance(expr, Pattern):
        return quoted_pattern(expr.value)
    if isinstance(expr.value, bytes):
        return _bytes(expr.value)
    return quoted(expr.value) if isinstance(expr.value, str) else repr(expr.value)


def _bytes(value: bytes) -> str:
    """In double quotes, as texts are."""
    code = repr(value)
    return code if code.startswith('b"') else 'b"' + code[2:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _listing(listing: Listing) -> str:
    if not listing.keys:
        return f"[{', '.join(flat(item) for item in listing.items)}]"
    return "{" + ", ".join(f"{quoted(k)}: {flat(i)}" for k, i in zip(listing.keys, listing.items, strict=True)) + "}"


def _arguments(call: Call) -> list[str]:
    return [flat(arg) for arg in call.args] + [f"{_checked(key)}={flat(value)}" for key, value in call.keywords]


def _chain(expr: Expr) -> list[Call]:
    """The calls of `a(…).b(…).c(…)`, last first."""
    calls: list[Call] = []
    while True:
        match expr:
            case Call(function=called):
                calls.append(expr)
                expr = called
            case Attr(of=of) | Index(of=of):
                expr = of
            case _:
                return calls


def lines(expr: Expr, indent: str, before: str = "", after: str = "") -> list[str]:
    """The expression as lines, `before` and `after` on the first and last one: broken in the last call of its chain up
    to which it has room in a line, as formatters do, and a long text at the ends of its lines and words."""
    one = f"{indent}{before}{flat(expr)}{after}"
    calls = [call for call in _chain(expr) if call.args or call.keywords]
    if len(one) <= LINE_CHARS_MAX:
        return [one]
    if isinstance(expr, Listing):
        return _broken_listing(expr, indent, before, after)
    if not calls:
        return _broken_text(expr, indent, before, after) or [one]
    heads = ((call, f"{indent}{before}{flat(call.function)}(") for call in calls)
    opened = next((call for call, head in heads if len(head) <= LINE_CHARS_MAX), calls[-1])
    head, tail = flat(opened.function), flat(expr)[len(flat(opened)) :]
    inner = indent + INDENT
    body: list[str] = []
    together = f"{inner}{', '.join(_arguments(opened))}"
    if len(together) <= LINE_CHARS_MAX:
        return [f"{indent}{before}{head}(", together, f"{indent}){tail}{after}"]
    parts = [(None, arg) for arg in opened.args] + list(opened.keywords)
    for key, value in parts:
        comma = "," if len(parts) > 1 else ""
        body += lines(value, inner, f"{_checked(key)}=" if key else "", comma)
    return [f"{indent}{before}{head}(", *body, f"{indent}){tail}{after}"]


def _broken_listing(listing: Listing, indent: str, before: str, after: str) -> list[str]:
    """A long list or dict with each item on lines of its own."""
    begin, end = "{}" if listing.keys else "[]"
    names = [f"{quoted(key)}: " for key in listing.keys] or [""] * len(listing.items)
    items = [lines(item, indent + INDENT, name, ",") for name, item in zip(names, listing.items, strict=True)]
    return [f"{indent}{before}{begin}", *(line for item in items for line in item), f"{indent}{end}{after}"]


def _broken_text(expr: Expr, indent: str, before: str, after: str) -> list[str]:
    """A long text as several literals, one below the other; nothing where it has no place to be broken."""
    if not isinstance(expr, Literal) or not isinstance(expr.value, str | bytes):
        return []
    as_code = quoted_pattern if isinstance(expr, Pattern) else quoted
    inner = indent + INDENT if before else indent
    room = LINE_CHARS_MAX - len(inner) - 3
    if isinstance(expr.value, bytes):
        pieces = [_bytes(piece) for piece in _pieces_of_bytes(expr.value, room)]
    else:
        pieces = [as_code(piece) for piece in _pieces(expr.value, room, as_code)]
    if len(pieces) < 2:
        return []
    if not before:
        return [*(inner + piece for piece in pieces[:-1]), f"{inner}{pieces[-1]}{after}"]
    return [f"{indent}{before}(", *(inner + piece for piece in pieces), f"{indent}){after}"]


_WORD: Final = re.compile(r"\S+\s*|\s+")
_PLACES: Final = re.compile(r"(?:\\.|[^\\])[^\\/?&#=.,;:-]*")
"""Parts of a word without a gap, as an address or a pattern is: each begins with a sign, or a whole escape."""


def _pieces(text: str, room: int, as_code: Callable[[str], str]) -> list[str]:
    """The text cut after its line breaks, and where a line is too long, after words; a word that is too long itself
    before one of its signs."""
    out: list[str] = []
    for line in text.splitlines(keepends=True):
        piece = ""
        words = _WORD.findall(line)
        for part in (part for word in words for part in (_PLACES.findall(word) if len(word) > room else [word])):
            if piece and len(as_code(piece + part)) > room:
                out.append(piece)
                piece = ""
            piece += part
        if piece:
            out.append(piece)
    return out


def _pieces_of_bytes(value: bytes, room: int) -> list[bytes]:
    """The bytes cut after line breaks, and where a line is too long, as late as there is room."""
    out: list[bytes] = []
    for line in value.splitlines(keepends=True):
        piece = b""
        for byte in (line[at : at + 1] for at in range(len(line))):
            if len(_bytes(piece + byte)) > room:
                out.append(piece)
                piece = b""
            piece += byte
        out.append(piece)
    return out
