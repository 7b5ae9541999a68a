"""Where a value of the environment may be typed: into a field that the page itself shows to be one for such a value.

Whoever may send events can say that a comment was a password, the number of a card or a login name, and the test that
follows from it would publish the tester's own. What a sender says of a field is not believed: the test finds the field
by something that says so on the page where it runs, or it finds nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pipeline.codegen.python.expressions import Attr, Call, Expr, Index, Literal, Or, method
from pipeline.codegen.values.credentials import CODE_NAMES, PASSWORD, USER
from pipeline.semantics.secret_words import folded, kind_by_words, names_code
from schemas.elements import Element

MASKED_NOTE: Final = "A value was withheld by the page's masking; the test types a placeholder."
UNASKED_NOTE: Final = "Nothing of this field says that it takes such a secret; the test types a placeholder."
_PLAIN: Final = re.compile(r"[\w.:\[\]-]{1,100}")
"""A value of an attribute that may stand in a path."""
_PICKS: Final = frozenset({"nth", "filter", "and_", "or_"})
"""Methods that take some of what was found: their texts are of what stands around."""
_LOGIN_WORDS: Final = re.compile(
    r"user|login|log.?in|sign.?in|e-?mail|account|\bid\b|identi|benutz|anmeld|konto|utilis|usuari|correo|cuenta|compte|"
    r"utent|gebruik|anvand|bruker|brugern|kaytt|uzivat|uzytk|kullan|felhaszn|utilizator|пользов|користув|логин|логін|почт|"
    r"χρηστ|用[户戶]|[帐账帳][号號户戶]|ユーザ|メール|사용자|아이디|משתמש|مستخدم|ผู้ใช้|^\W*name\W*$|phone|mobil"
)
"""What pages call fields for the name that somebody signs in by."""
_BESIDE_IT: Final = 'xpath=self::*[ancestor::*[.//input[@type="password"]]]'
"""The field, where the page asks for a password beside."""


def asked_field(value: Expr | None, on: Expr, target: Element) -> Expr | None:
    """The field that a value is typed into, found so that it takes no value of the environment unless the page says
    that it takes one of that kind; None where nothing of the field says so. What is no such value goes anywhere."""
    return _field(_variable(value), on, target)


def field_for_shown(kind: str, on: Expr, target: Element) -> Expr | None:
    """The same of a secret of this kind that is read from the page."""
    return _field(CODE_NAMES.get(kind, PASSWORD), on, target)


def _field(variable: str, on: Expr, target: Element) -> Expr | None:
    asks = next((words for name, words in _ASKS.items() if variable.startswith(name)), None)
    if asks is None or any(map(asks, _own_texts(on))):
        return on
    for attribute, text in _attributes(target):
        if _PLAIN.fullmatch(text) and asks(text):
            return method(on, "locator", f'xpath=self::*[@{attribute}="{text}"]')
    if variable.startswith(USER) and target.in_password_form:
        return method(on, "locator", _BESIDE_IT)
    return None


def _asks_password(text: str) -> bool:
    return kind_by_words(text) in ("password", "otp")


def _asks_code(text: str) -> bool:
    return kind_by_words(text) in ("password", "otp") or names_code(text)


def _asks_card(text: str) -> bool:
    return kind_by_words(text) == "card"


def _asks_name(text: str) -> bool:
    return kind_by_words(text) is None and _LOGIN_WORDS.search(folded(text)) is not None


_ASKS: Final[Mapping[str, Callable[[str], bool]]] = {
    PASSWORD: _asks_password,
    CODE_NAMES["otp"]: _asks_code,
    CODE_NAMES["card"]: _asks_card,
    USER: _asks_name,
}


def _variable(value: Expr | None) -> str:
    """The variable of the environment that is read; "" for none."""
    match value:
        case Index(key=Literal(value=str(name))):
            return name
        case Or(left=Call(args=(Literal(value=str(name)), *_))):
            return name
        case _:
            return ""


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
