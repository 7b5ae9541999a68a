"""What a program made up and will make otherwise next time: ids, times, dates, ages, tokens, sizes, versions.

The one place that knows such things by their looks. A text is cut into parts: fixed ones, and generated ones each with
the regular expression that stands for it. What people typed is fixed, whatever it looks like.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.semantics.derived import once_per_text
from pipeline.semantics.generated_patterns import UUID, generated_in
from pipeline.semantics.lexicon import SPANS

_NUMBER: Final = re.compile(r"\d+")
_AGE: Final = re.compile(rf"(?i:(?:[^\W\d]{{2,10}}\s+){{0,2}}(?:{SPANS}))")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_TICKET: Final = r"[A-Z][A-Z0-9]{1,9}-\d+"
"""`SUP-417`"""
_SHORT_HEX: Final = r"(?<![0-9a-fA-F])(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}"
_IDS: Final = re.compile(rf"\d+|{UUID}|{_SHORT_HEX}|{_TICKET}")
_SHORT_MIXED: Final = re.compile(r"(?=(?:.*\d){2})(?=.*[A-Za-z])[A-Za-z0-9]{6,11}")
_DIGITS_FIRST: Final = re.compile(r"[A-Za-z]{0,9}\d[A-Za-z0-9]{0,30}[A-Za-z][A-Za-z0-9]{3,30}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
TOKEN_CHARS_MIN: Final = 4
GROUP_CHARS_MIN: Final = 5
_VOWEL: Final = re.compile(r"[aeiouy]")
_HUMPS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LETTERS_MIN: Final = 16
"""Names in addresses that are put together from words are seldom so long."""
_MIXED_CHARS_MIN: Final = 12
"""Letters and digits in turns are no word from so many on."""


@dataclass(frozen=True)
class Part:
    """A piece of a text: `pattern` is None where it is fixed, else the regular expression that stands for it."""

    text: str
    pattern: str | None = None


@once_per_text
def parts(text: str, fixed: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """The text cut into fixed and volatile parts. `fixed` are texts that the story itself typed."""
    kept = [(at, at + len(word)) for word in fixed if word and word in text for at in _places(text, word)]
    return _cut(text, tuple(kept))


@once_per_text
def _cut(text: str, kept: tuple[tuple[int, int], ...]) -> tuple[Part, ...]:
    """The text in parts; what is generated ends where one of the places begins that are `kept`. Remembered by these
    places: most stories typed nothing that stands in a text, and all of them share its parts then."""
    out: list[Part] = []
    at = 0
    for kind, hit in generated_in(text):
        typed = [(start, end) for start, end in kept if start < hit.end() and hit.start() < end]
        if typed and kind.is_time and _is_chance(text, hit, typed):
            typed = []
        within = [start for start, _ in typed]
        # Of a folder with the name that was typed, the folder is the server's all the same.
        ends = min(within, default=hit.end()) if kind.is_folder else hit.end()
        if ends <= hit.start() or (within and ends == hit.end()):
            continue
        if hit.start() > at:
            out.append(Part(text[at : hit.start()]))
        out.append(Part(text[hit.start() : ends], kind.written))
        at = ends
    if at < len(text):
        out.append(Part(text[at:]))
    return tuple(out)


def _is_chance(text: str, time: re.Match[str], typed: Sequence[tuple[int, int]]) -> bool:
    """Whether the story typed only some of the numbers of a date or time: an amount of 30 makes no date its own."""
    numbers = [(hit.start(), hit.end()) for hit in _NUMBER.finditer(text, time.start(), time.end())]
    all_typed = all(any(start <= one and other <= end for start, end in typed) for one, other in numbers)
    return not all_typed and all(text[start:end].isdigit() for start, end in typed)


def _places(text: str, word: str) -> list[int]:
    """Where the word stands by itself: a typed "0" is no part of a date."""
    found = []
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        alone = not _goes_on(text[max(0, at - 1) : at]) and not _goes_on(text[end : end + 1])
        if alone:
            found.append(at)
        at = text.find(word, end if alone else at + 1)
    return found


def _goes_on(char: str) -> bool:
    """Whether a word goes on with this character, as in regular expressions; each word would need one of its own."""
    return char.isalnum() or char == "_"


def is_volatile(text: str, fixed: tuple[str, ...] = ()) -> bool:
    return any(part.pattern for part in parts(text, fixed))


@once_per_text
def is_age(text: str) -> bool:
    """Whether a text is all of how long something lasts or ago it was by now: `24 minutes`, `less than a minute`."""
    return _AGE.fullmatch(text.strip()) is not None


@once_per_text
def shape(text: str) -> str:
    """The text with every number alike: equal shapes differ in numbers only."""
    return re.sub(r"\d+", "0", text)


def fixed_words(cut: Iterable[Part]) -> list[str]:
    """The fixed parts of a text that say something by themselves."""
    return [part.text for part in cut if part.pattern is None and telling(part.text)]


def telling(text: str) -> bool:
    """Whether a fixed part says something by itself: a word or a few characters at least."""
    return bool(_WORDS.search(text)) and len(text.strip()) >= 3


@once_per_text
def is_id(part: str) -> bool:
    """Whether a program made it: a number, letters and digits mixed, or many letters in any case that make no words."""
    if _IDS.fullmatch(part) or _is_of_no_words(part):
        return True
    changes = sum(1 for left, right in pairwise(part) if left.isdigit() != right.isdigit())
    return (len(part) >= _MIXED_CHARS_MIN and changes >= 3) or (changes >= 2 and bool(_SHORT_MIXED.fullmatch(part)))


def _is_of_no_words(part: str) -> bool:
    """Whether capitals cut a long row of letters into pieces of which three or more have no vowel, and none is a longer
    word: `sjgHnhjGxxgLirvE`, not `htmlToPdfConverter`."""
    if len(part) < _LETTERS_MIN or not part.isascii() or not part.isalpha():
        return False
    pieces = [piece.lower() for piece in _HUMPS.findall(part) if len(piece) > 2]
    voiceless = [piece for piece in pieces if not _VOWEL.search(piece)]
    return len(voiceless) > 2 and not any(len(piece) > 5 for piece in pieces if piece not in voiceless)


def begins_with_digits(part: str) -> bool:
    """Whether a part of an address has digits before letters, as words have not: it may well be an id (`1naaxysz`)."""
    return _DIGITS_FIRST.fullmatch(part) is not None


def is_token(text: str) -> bool:
    """Whether a whole text is one thing that a program made: no date or time, no number that people count with."""
    if len(text) < TOKEN_CHARS_MIN or not _TOKEN.fullmatch(text):
        return False
    letters = text.replace("-", "").replace("_", "")
    if letters.isdigit():
        return letters == text and len(text) > TOKEN_CHARS_MIN
    return is_id(letters) or is_id(text) or _is_grouped(text)


def _is_grouped(text: str) -> bool:
    """Whether a text is groups of one length, of which one is no word: `pvehx-vckrt`."""
    groups = text.casefold().split("-")
    same = len(groups) > 1 and len(set(map(len, groups))) == 1 and len(groups[0]) >= GROUP_CHARS_MIN
    return same and any(not _VOWEL.search(group) for group in groups)


@once_per_text
def looks_generated(word: str) -> bool:
    """Whether an id, class or attribute value looks like made by a machine: digits in its midst, a hash, no vowels."""
    if len(word) > 40 or re.search(r"[^\w\-.\[\]:/ ]", word):
        return True
    if re.search(
        r"\d{3,}|^[:_]?r\w*:|:_?r\w+:|_r_\w+_|[«»]|__\w{5}$|^css-|^sc-|^jss\d|^ember\d|^yui_|^ext-|^ui-id-|^mui-|^radix-|^headlessui",
        word,
    ):
        return True
    runs = re.findall(r"\d+|[a-z]+|[A-Z]+|[^\w]|_", word)
    if len(runs) > 3 and sum(1 for run in runs if run.isdigit()) >= 2:
        return True
    return any(_hash_like(piece) for piece in re.split(r"[-_.:\[\]/ ]+", word) if piece)


def _hash_like(piece: str) -> bool:
    if len(piece) >= 6 and re.search(r"\d", piece) and re.search(r"[a-zA-Z]\d+[a-zA-Z]", piece):
        return True
    if len(piece) >= 5 and re.search(r"[a-z][A-Z]{2,}[a-z]|[A-Z]\d|\d[A-Z]", piece):
        return True
    return bool(re.search(r"[bcdfghjklmnpqrstvwxz]{6,}", piece.lower())) and not re.search(r"[A-Z]", piece[1:])
