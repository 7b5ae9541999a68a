"""Where a password of the environment may be typed: into a field that the page itself shows to be one for a password.

Whoever may send events can say that a comment was a password, and the test that follows from it would publish the
tester's own. What a sender says of a field is not believed: the test finds the field by something that says so on the
page where it runs, or it finds nothing.
"""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.codegen.python.expressions import Attr, Call, Expr, Index, Literal, method
from pipeline.codegen.values.credentials import PASSWORD
from pipeline.semantics.secret_words import kind_by_words
from schemas.elements import Element

MASKED_NOTE: Final = "A value was withheld by the page's masking; the test types a placeholder."
UNASKED_NOTE: Final = "Nothing of this field says that it takes a password; the test types a placeholder."
_TYPE: Final = "password"
_PLAIN: Final = re.compile(r"[\w.:\[\]-]{1,100}")
"""A value of an attribute that may stand in a path."""
_PICKS: Final = frozenset({"nth", "filter", "and_", "or_"})
"""Methods that take some of what was found: their texts are of what stands around."""


def password_field(value: Expr | None, on: Expr, target: Element) -> Expr | None:
    """The field that a value is typed into, found so that it takes no password of the environment unless the page says
    that it takes one; None where nothing of the field says so. All other values go where they went."""
    if not _is_password(value) or any(map(kind_by_words, _own_texts(on))):
        return on
    for attribute, text in _attributes(target):
        if _PLAIN.fullmatch(text) and (text == _TYPE if attribute == "type" else kind_by_words(text)):
            return method(on, "locator", f'xpath=self::*[@{attribute}="{text}"]')
    return None


def _is_password(value: Expr | None) -> bool:
    match value:
        case Index(key=Literal(value=str(name))):
            return name.startswith(PASSWORD)
        case _:
            return False


def _attributes(target: Element) -> Iterator[tuple[str, str]]:
    yield "type", target.type or ""
    yield "name", target.name_attribute or ""
    yield "autocomplete", target.autocomplete or ""
    yield "id", target.id or ""


def _own_texts(on: Expr) -> Iterator[str]:
    """The texts by which the field itself is found, not what it stands in."""
    match on:
        case Attr(of=of):
            yield from _own_texts(of)
        case Call(function=Attr(of=of, name=name)) if name in _PICKS:
            yield from _own_texts(of)
        case Call(args=args, keywords=keywords):
            told = (*args, *(value for _, value in keywords))
            yield from (one.value for one in told if isinstance(one, Literal) and isinstance(one.value, str))
