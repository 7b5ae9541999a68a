"""What a test says of its end, and whether another session came to the same end: apart from what each user typed."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.program import UNIQUE
from pipeline.flows.trace import Session
from pipeline.privacy.pseudonyms import typed_texts
from pipeline.semantics.elements import DATA, named
from pipeline.semantics.text import clean
from schemas.generated_tests import GeneratedTest
from schemas.stories import CheckStep

_SHOWS: Final = frozenset({"to_be_visible", "to_have_text", "to_contain_text"})
"""Assertions that say what is seen; the others name an element to say something else of it."""
_NO_TEXTS: Final = frozenset({"get_by_role", "locator", "get_by_test_id"})


@dataclass(frozen=True, slots=True)
class EndText:
    """A text that the test looks for after its last step; `pattern`: a regular expression that finds it."""

    text: str
    pattern: bool = False


def end_texts(test: GeneratedTest) -> tuple[EndText, ...]:
    """The texts that the assertions after the last step see, those of the first row where it has several, and names
    that are made unique as users typed them."""
    values = {one.name: one.values[0] for one in test.parameters if one.values}
    values |= dict(_made_unique(test, values))
    found: dict[EndText, None] = {}
    for matcher, call in _end_assertions(test):
        if matcher in _SHOWS:
            found |= dict.fromkeys(_texts(call, values))
    return tuple(found)


def _made_unique(test: GeneratedTest, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The variables of the names that the test makes unique, with what these are made of."""
    for node in ast.walk(ast.parse(test.code)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=called), args=[made_of])) if (
                called == UNIQUE
            ):
                yield name, _value(made_of, values)


def _end_assertions(test: GeneratedTest) -> list[tuple[str, ast.Call]]:
    """The assertions after the last step, each with the name of its matcher."""
    begins = [line for line in test.step_lines if line > 0]
    calls = [
        node.value
        for node in ast.walk(ast.parse(test.code))
        if begins and isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and node.lineno > begins[-1]
    ]
    named = [(call.func.attr, call) for call in calls if isinstance(call.func, ast.Attribute)]
    return [(name, call) for name, call in named if "expect(" in ast.unparse(call.func)]


def _texts(node: ast.expr, values: Mapping[str, str]) -> Iterator[EndText]:
    """The texts in the calls of a chain."""
    if isinstance(node, ast.Attribute):
        yield from _texts(node.value, values)
    if not isinstance(node, ast.Call):
        return
    yield from _texts(node.func, values)
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    for value in [*([] if name in _NO_TEXTS else node.args), *(one.value for one in node.keywords)]:
        match value:
            case ast.Call(func=ast.Attribute(attr="compile"), args=[pattern, *_]):
                text = _value(pattern, values)
                if text:
                    yield EndText(text, pattern=True)
            case ast.Call() | ast.Attribute():
                yield from _texts(value, values)
            case _:
                text = _value(value, values)
                if text.strip():
                    yield EndText(text)


def _value(node: ast.expr, values: Mapping[str, str]) -> str:
    """The text that an expression makes of constants and of the row's values; "" where it is another one."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name):
            return values.get(name, "")
        case ast.BinOp(left=left, right=right):
            return _value(left, values) + _value(right, values)
        case ast.Call(func=ast.Attribute(attr="escape"), args=[inner]):
            return re.escape(_value(inner, values))
        case ast.JoinedStr(values=parts):
            return "".join(
                _value(part.value if isinstance(part, ast.FormattedValue) else part, values) for part in parts
            )
        case _:
            return ""


class Reader:
    """Reads texts of one session apart from what its user typed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        steps = session.story.steps
        given = {text.strip() for text in typed_texts(steps)}
        given |= {clean(named(step.target)) for step in steps if isinstance(step, CheckStep)}
        words = sorted(filter(None, given), key=lambda text: (-len(text), text))
        self._given = [re.compile(rf"(?<!\w){re.escape(text)}(?!\w)") for text in words]

    def read(self, text: str) -> str:
        """The text with what was typed or ticked as place-holders."""
        told = clean(text)
        for word in self._given:
            told = word.sub(DATA, told)
        return self._session.masked(told)


def says(wanted: EndText, by: Reader, shown: Iterable[str], of: Reader) -> bool:
    """Whether what one session's test looks for stands in one of the texts that another session was shown."""
    if wanted.pattern:
        return any(re.search(wanted.text, one) for one in shown)
    text = by.read(wanted.text)
    return any(text in of.read(one) for one in shown)


def lost(test: GeneratedTest, own: Session, newer: GeneratedTest, theirs: Session) -> tuple[str, ...]:
    """What a test says of its end and a newer one does not: with any of it, the newer one would be weaker."""
    mine, other = Reader(own), Reader(theirs)
    kept = [(other.read(one.text), one.pattern) for one in end_texts(newer)]
    texts = [
        one.text
        for one in end_texts(test)
        if not any(one.pattern == pattern and mine.read(one.text) in text for text, pattern in kept)
    ]
    before = Counter(matcher for matcher, _ in _end_assertions(test) if matcher not in _SHOWS)
    after = Counter(matcher for matcher, _ in _end_assertions(newer))
    return (*texts, *(matcher for matcher in before if before[matcher] > after[matcher]))
