"""The one place where captured text becomes characters of a program, a regular expression or a CSS selector.

Everything captured is hostile. `quoted` gives a Python literal without anything that can't be seen or that deceives,
`escaped` the text as part of a regular expression (understood alike by Python and by JavaScript, which runs it in the
browser), `css_string` a CSS string.
"""

import re
import unicodedata
from typing import Final

from pipeline.semantics.generated import Part

_SPECIAL = re.compile(r"([.*+?^${}()|\[\]\\/])")
PLAIN_IN_ADDRESS: Final = re.compile(r"[A-Za-z0-9._~-]+")
"""A value that every browser and server writes in an address as it was typed."""
_TURNS: Final = frozenset({"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"})
"""Directions of writing that show the code around a character in another order."""
_COMBINING: Final = re.compile("[\u0300-\u036f]")
"""Marks that change the Latin letter before them."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CSS_IDENT = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*\Z")
_CSS_UNSAFE = re.compile(r"[^ -~\u00a0-\U0010ffff]|[\ud800-\udfff\"\\]")


def quoted(text: str) -> str:
    """A Python string literal with this value, on one line, double quotes unless that needs escapes. Letters and signs
    stand in it as people see them; what can't be seen, or deceives, is escaped."""
    single = ascii(text) if text.isascii() else _shown(repr(text), _strangers(text))
    if single[0] == "'" and '"' not in text and "'" not in text:
        return f'"{single[1:-1]}"'
    return single


def quoted_pattern(pattern: str) -> str:
    """A Python literal for a regular expression: a raw one, as people write it, where nothing in it needs an escape."""
    one = quoted(pattern)
    is_seen = one[1:-1] == pattern.replace("\\", "\\\\") and one[0] not in pattern
    ends_whole = (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 0
    return f"r{one[0]}{pattern}{one[0]}" if is_seen and ends_whole else one


def is_plain(char: str) -> bool:
    """Whether a character can be seen, keeps the order of a line, and stands for itself."""
    if char.isascii():
        return True
    kind, same = unicodedata.category(char), unicodedata.normalize("NFKC", char)
    seen = kind[0] in "LMNPS" and not _COMBINING.match(char) and unicodedata.bidirectional(char) not in _TURNS
    return seen and (kind == "No" or len(same) > 1 or not same.isascii())


def _shown(literal: str, strangers: frozenset[str]) -> str:
    """A literal with escapes for what is not plain."""
    return "".join(char if is_plain(char) and char not in strangers else ascii(char)[1:-1] for char in literal)


def _strangers(text: str) -> frozenset[str]:
    """The letters of other scripts in words with Latin ones: a Greek `o` in a Latin word deceives."""
    words = (word for word in _LETTERS.findall(text) if _LATIN.search(word))
    return frozenset(char for word in words for char in word if _is_stranger(char))


def _is_stranger(char: str) -> bool:
    return unicodedata.category(char)[0] == "L" and not unicodedata.name(char, "").startswith("LATIN ")


def escaped(text: str, gap: str = r"\s+") -> str:
    """A regular expression that matches exactly this text; `gap` stands for each run of white space."""
    return gap.join(_SPECIAL.sub(r"\\\1", word) for word in re.split(r"\s+", text))


def pattern_of(cut: tuple[Part, ...], gap: str = r"\s+") -> str:
    """The regular expression for a text in parts, without volatile parts at its ends."""
    inner = list(cut)
    while inner and inner[0].pattern:
        inner.pop(0)
    while inner and inner[-1].pattern:
        inner.pop()
    if inner:
        inner[0] = Part(inner[0].text.lstrip(), inner[0].pattern)
        inner[-1] = Part(inner[-1].text.rstrip(), inner[-1].pattern)
    return "".join(part.pattern or escaped(part.text, gap) for part in inner)


def css_string(text: str) -> str:
    """A CSS string in double quotes with this value."""
    return '"' + _CSS_UNSAFE.sub(lambda hit: f"\\{ord(hit[0]):x} ", text.replace("\0", "\ufffd")) + '"'


def is_css_identifier(text: str) -> bool:
    """Whether the text can stand in a selector as it is, after `#` or `.` or as a tag or attribute."""
    return text.isascii() and _CSS_IDENT.match(text) is not None
