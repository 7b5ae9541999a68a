"""Numbers of payment cards in what people typed, in whatever groups and digits they stand."""

import re
import unicodedata
from html import unescape
from typing import Final
from urllib.parse import unquote

_RUN: Final = re.compile(r"(?<!\d)(?:\d{13,19}|\d{3,7}(?:[\s\u2010-\u2015._·-]\d{2,7}){2,5})(?!\d)")
_SPREAD: Final = re.compile(r"(?<!\d)\d++(?:[\W_]{1,4}+\d++){2,4000}+")
"""Groups of digits with any signs between."""
_GROUP: Final = re.compile(r"\d+")
_SIZES: Final = re.compile(r"(?=(44443?|4441|46[45]))")
"""How cards have their digits in groups: so they are found amid other numbers, too."""
_ONE_BY_ONE: Final = re.compile(r"1{14,16}")
_SIZE_MAX: Final = 9
_DATE: Final = r"(?:0[1-9]|1[0-2])(?:20)?[2-4]\d"
_DATED: Final = re.compile(
    rf"(?<!\d)(?:{_DATE}(?P<behind>\d{{16}})|(?P<before>\d{{16}})(?:\d{{3,4}})?{_DATE}(?:\d{{3,4}})?)(?!\d)"
)
"""A card with its date right before or behind it, and its check number: other long numbers have no month there."""
_ISSUED: Final = re.compile(r"4|5[1-5]|2[2-7]|3[47]|35|6[0-5]")
"""How the numbers of cards begin: asked for where chance would find too many."""
_CARD_DIGITS: Final = 16
_PAIR: Final = re.compile(r"(?<!\d)\d{4,12}[\W_]{1,4}\d{4,12}(?!\d)")


def holds_card(value: str) -> bool:
    """Whether a value has the number of a card in it.

    >>> holds_card("4111/1111/1111/1111 12/29"), holds_card("٤١١١ ١١١١ ١١١١ ١١١١"), holds_card("2024-11-28 10:30:00")
    (True, True, False)
    """
    decoded = unescape(unquote(value) if "%" in value else value)
    plain = _with_plain_digits(decoded)
    return (
        any(_is_card(found[0]) for found in _RUN.finditer(plain))
        or any(map(_is_grouped, _SPREAD.findall(plain)))
        or any(_is_issued(found["behind"] or found["before"]) for found in _DATED.finditer(plain))
        or any(map(_is_pair, _PAIR.findall(plain)))
    )


def _is_pair(run: str) -> bool:
    """Whether two groups are a card: of four, eight or twelve digits each, as nobody writes other numbers."""
    sizes = [len(group) for group in _GROUP.findall(run)]
    return sum(sizes) == _CARD_DIGITS and not any(size % 4 for size in sizes) and _is_issued(run)


def _is_issued(value: str) -> bool:
    return _ISSUED.match(value) is not None and _is_card(value)


def _is_grouped(run: str) -> bool:
    groups = _GROUP.findall(run)
    sizes = "".join(f"{min(len(group), _SIZE_MAX)}" for group in groups)
    if _ONE_BY_ONE.fullmatch(sizes) and _is_card(run):
        return True
    found = ((one.start(), len(one[1])) for one in _SIZES.finditer(sizes))
    return any(_is_card("".join(groups[start : start + count])) for start, count in found)


def _is_card(value: str) -> bool:
    """13 to 19 digits as cards have them, with a right check digit (Luhn)."""
    digits = [int(char) for char in value if char in "0123456789"]
    if not 13 <= len(digits) <= 19 or not 2 <= digits[0] <= 6:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _with_plain_digits(text: str) -> str:
    """The text with the digits of all scripts as ours, and without signs that nobody sees."""
    if text.isascii():
        return text
    return "".join(
        f"{unicodedata.digit(char)}" if char.isdigit() else "" if unicodedata.category(char) == "Cf" else char
        for char in text
    )
