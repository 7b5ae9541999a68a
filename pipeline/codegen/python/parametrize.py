"""Values that differ between sessions as parameters of the test."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar, assert_never
from typing import Literal as TypingLiteral
from urllib.parse import unquote

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
    Pattern,
)
from pipeline.codegen.python.quoting import PLAIN_IN_ADDRESS, quoted
from pipeline.semantics.addresses import slug
from schemas.generated_tests import Parameter

VALUE_CHARS_MIN: Final = 3
"""Shorter texts stand in other words by chance."""
T = TypeVar("T", bound=Expr)
_Use = TypingLiteral["text", "pattern", "address"]


def parametrized(parameters: Sequence[Parameter]) -> list[str]:
    """The decorator as lines; none without parameters."""
    if not parameters:
        return []
    names = quoted(", ".join(parameter.name for parameter in parameters))
    rows = list(zip(*(parameter.values for parameter in parameters), strict=True))
    cells = [quoted(row[0]) if len(row) == 1 else f"({', '.join(map(quoted, row))})" for row in rows]
    ids = ", ".join(quoted(f"p{number}") for number in range(1, len(rows) + 1))
    one = f"@pytest.mark.parametrize({names}, [{', '.join(cells)}], ids=[{ids}])"
    if len(one) <= LINE_CHARS_MAX:
        return [one]
    listed = [f"{INDENT * 2}{cell}," for cell in cells]
    around = [f"{INDENT}{names},", f"{INDENT}[", *listed, f"{INDENT}],", f"{INDENT}ids=[{ids}],"]
    return ["@pytest.mark.parametrize(", *around, ")"]


def fits(exprs: Sequence[Expr], parameter: Parameter) -> bool:
    """Whether the value stands in these expressions as it is, and never in a form that can't be put together: in a
    pattern, in an address made of it or one in which another value is written otherwise."""
    value = parameter.values[0]
    if len(value) < VALUE_CHARS_MIN or "\n" in value:
        return False
    found, plain = False, all(map(PLAIN_IN_ADDRESS.fullmatch, parameter.values))
    for text, use in (pair for expr in exprs for pair in _texts(expr)):
        if whole(value).search(text):
            if use == "pattern" or (use == "address" and not plain):
                return False
            found = True
        elif slug(value) and slug(value) in slug(unquote(text)):
            return False
    return found


def bound(expr: T, parameters: Sequence[Parameter]) -> T:
    """The expression with the parameters' names in the place of their values."""
    match expr:
        case Pattern():
            return expr
        case Literal(value=str() as text):
            return _joined(text, parameters)  # type: ignore[return-value]
        case Name() | Literal() | Joined():
            return expr
        case Attr(of=of):
            return replace(expr, of=bound(of, parameters))
        case Call(function=called, args=args, keywords=keywords):
            return replace(
                expr,
                function=bound(called, parameters),
                args=tuple(bound(arg, parameters) for arg in args),
                keywords=tuple((key, bound(value, parameters)) for key, value in keywords),
            )
        case Index(of=of, key=key):
            return replace(expr, of=bound(of, parameters), key=bound(key, parameters))
        case Listing(items=items):
            return replace(expr, items=tuple(bound(item, parameters) for item in items))
        case Or(left=left, right=right) | Equal(left=left, right=right):
            return replace(expr, left=bound(left, parameters), right=bound(right, parameters))
        case Contains(whole=whole, part=part):
            return replace(expr, whole=bound(whole, parameters), part=bound(part, parameters))
        case Lambda(body=body):
            return replace(expr, body=bound(body, parameters))
        case _:
            assert_never(expr)


def texts_in(expr: Expr) -> list[str]:
    """The constant texts of an expression."""
    return [text for text, _ in _texts(expr)]


def whole(value: str) -> re.Pattern[str]:
    """Finds a value where it stands as words of their own."""
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")


def _joined(text: str, parameters: Sequence[Parameter]) -> Expr:
    for parameter in sorted(parameters, key=lambda one: -len(one.values[0])):
        hit = whole(parameter.values[0]).search(text)
        if hit is None:
            continue
        ends = [_joined(part, parameters) for part in (text[: hit.start()], text[hit.end() :]) if part]
        first = ends[:1] if hit.start() else []
        last = ends[len(first) :]
        parts = [piece for end in (*first, Name(parameter.name), *last) for piece in _pieces(end)]
        return parts[0] if len(parts) == 1 else Joined(tuple(parts))
    return Literal(text)


def _pieces(expr: Expr) -> list[Literal | Name]:
    if isinstance(expr, Joined):
        return list(expr.parts)
    assert isinstance(expr, (Literal, Name))
    return [expr]


_USES: Final[dict[str, _Use]] = {
    "compile": "pattern",
    "locator": "pattern",
    "goto": "pattern",
    "to_have_url": "address",
}
"""What the arguments of a method are, where they are no plain texts."""


def _texts(expr: Expr, use: _Use = "text") -> list[tuple[str, _Use]]:
    """The constants of an expression and what each is: a text, a regular expression or selector, or an address."""
    match expr:
        case Pattern(value=str() as text):
            return [(text, "pattern")]
        case Literal(value=str() as text):
            return [(text, use)]
        case Name() | Literal() | Joined():
            return []
        case Attr(of=of):
            return _texts(of)
        case Call(function=called, args=args, keywords=keywords):
            taken = _USES.get(called.name, "text") if isinstance(called, Attr) else "text"
            inner = [pair for arg in (*args, *(value for _, value in keywords)) for pair in _texts(arg, taken)]
            return [*_texts(called), *inner]
        case Index(of=of, key=key):
            return [*_texts(of), *_texts(key)]
        case Listing(items=items):
            return [pair for item in items for pair in _texts(item)]
        case Or(left=left, right=right) | Equal(left=left, right=right):
            return [*_texts(left), *_texts(right)]
        case Contains(whole=whole, part=part):
            return [*_texts(whole), *_texts(part)]
        case Lambda(body=body):
            return _texts(body)
        case _:
            assert_never(expr)
