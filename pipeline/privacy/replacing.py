"""Texts replaced wherever they stand in other texts: in any case and spacing, as addresses spell them, and cut off.

All are looked for in one pass, by how they begin: many texts cost hardly more than few, whatever they are made of.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

from pipeline.semantics.addresses import slug

WORD_CHARS_MIN: Final = 3
"""Shorter values stand in other texts by chance: only texts that are nothing else are replaced."""
CUT_CHARS_MIN: Final = 8
"""So much of a value's beginning, where a text was cut after it, is taken for that value."""
_FEW: Final = 16
"""Up to so many beginnings it is quicker to ask first whether a text holds one of them at all."""
_CACHED: Final = 2_000
"""Texts of which the result is kept: a story repeats its own."""
_UNEVEN: Final = re.compile(r"[^\S ]|  ")
_BLANKS_OR_SIGN: Final = re.compile(r"\s+|\S")


class _Sorted:
    """Texts that begin alike, in order."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = sorted(set(texts))
        self._longest = max(map(len, self._texts))
        self._within: list[int] = []  # of each text, the longest other one that it begins with
        around: list[int] = []
        for at, text in enumerate(self._texts):
            while around and not text.startswith(self._texts[around[-1]]):
                around.pop()
            self._within.append(around[-1] if around else -1)
            around.append(at)

    def at(self, text: str, at: int) -> Iterable[str]:
        """Those that stand in a text at this place, the longest first."""
        # Whatever begins what stands there also begins the last one that is not behind it in the order.
        place = bisect_right(self._texts, text[at : at + self._longest]) - 1
        while place >= 0:
            if text.startswith(self._texts[place], at):
                yield self._texts[place]
            place = self._within[place]

    def beginning_with(self, piece: str) -> str | None:
        """One that begins with this piece."""
        place = bisect_left(self._texts, piece)
        found = self._texts[place : place + 1]
        return found[0] if found and found[0].startswith(piece) else None


class Replacer:
    """Replaces the texts of `instead` by what it names for each."""

    def __init__(self, instead: Mapping[str, str]) -> None:
        self._instead = instead
        self._made: dict[str, str] = {}
        self._lines: dict[str, str] = {}
        for text, made in sorted(instead.items(), key=lambda pair: (-len(pair[0]), pair[0])):
            lines = list(zip(text.splitlines(), made.splitlines(), strict=False)) if "\n" in text else []
            for old, new in ((text, made), *lines):
                self._add(" ".join(old.split()), " ".join(new.split()))
        self._by_head = _grouped(self._made, WORD_CHARS_MIN)
        self._cut = _grouped((line for line in self._lines if len(line) > CUT_CHARS_MIN), CUT_CHARS_MIN)
        self._replaced = lru_cache(maxsize=_CACHED)(self._look_through)

    def __call__(self, text: str) -> str:
        """The text with all of them replaced."""
        return self._instead.get(text) or self._replaced(text)

    def _add(self, line: str, other: str) -> None:
        if len(line) < WORD_CHARS_MIN:
            return
        self._lines.setdefault(line, other)
        for spell in (str, quote, _quote_all, quote_plus, slug, _underscored):
            if len(spell(line)) >= WORD_CHARS_MIN:
                self._made.setdefault(_folded(spell(line)), spell(other))

    def _look_through(self, text: str) -> str:
        even, places = _evened(text)
        folded = _folded(even)
        if len(self._by_head) <= _FEW and not any(head in folded for head in self._by_head):
            return text
        out, done = [], 0
        for at in range(len(folded) - WORD_CHARS_MIN + 1):
            if at < done or folded[at : at + WORD_CHARS_MIN] not in self._by_head:
                continue
            found = self._whole(folded, at) or self._beginning(even, at)
            if found is not None:
                made, end = found
                out += [text[places[done] : places[at]], made]
                done = end
        return "".join([*out, text[places[done] :]]) if out else text

    def _whole(self, folded: str, at: int) -> tuple[str, int] | None:
        """What stands for the text at this place, and where that ends."""
        for text in self._by_head[folded[at : at + WORD_CHARS_MIN]].at(folded, at):
            end = at + len(text)
            # A short one counts only as a word of its own, a long one within words as well.
            alone = len(text) < CUT_CHARS_MIN and text.isascii()
            if not alone or not (_is_word(folded[at - 1 : at]) or _is_word(folded[end : end + 1])):
                return self._made[text], end
        return None

    def _beginning(self, even: str, at: int) -> tuple[str, int] | None:
        """The same for the beginning of a text, where what holds it was cut off."""
        group = self._cut.get(even[at : at + CUT_CHARS_MIN])
        if group is None:
            return None
        found = (even.find(mark, at + CUT_CHARS_MIN) for mark in ("…", "..."))
        for end in (len(even), *(place for place in found if place >= 0)):
            line = group.beginning_with(even[at:end])
            if line is not None:
                return self._lines[line][: end - at], end
        return None


def _grouped(texts: Iterable[str], chars: int) -> dict[str, _Sorted]:
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(text[:chars], []).append(text)
    return {head: _Sorted(group) for head, group in groups.items()}


def _evened(text: str) -> tuple[str, range | list[int]]:
    """The text with one blank for each run of them, and where each of its signs stands in the text."""
    if _UNEVEN.search(text) is None:
        return text, range(len(text) + 1)
    found = list(_BLANKS_OR_SIGN.finditer(text))
    even = "".join(" " if hit[0].isspace() else hit[0] for hit in found)
    return even, [*(hit.start() for hit in found), len(text)]


def _folded(text: str) -> str:
    """The text without case, as long as it was."""
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(map(_folded_sign, text))


def _folded_sign(sign: str) -> str:
    return next((one for one in (sign.casefold(), sign.lower()) if len(one) == 1), sign)


def _is_word(sign: str) -> bool:
    return sign == "_" or sign.isalnum()


def _quote_all(text: str) -> str:
    return quote(text, safe="")


def _underscored(text: str) -> str:
    return slug(text).replace("-", "_")
