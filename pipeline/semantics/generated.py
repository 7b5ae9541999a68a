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
from pipeline.semantics.lexicon import AGES, BEFORE_DATES, DAYS, MONTHS, SPANS

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?(?:UTC|GMT|Z\b|[+-]\d{2}:?\d{2}))?"
_HOUR = r"\b(?:1[0-2]|0?[1-9])\s?[AaPp]\.?\s?[Mm]\b\.?"
_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|(?:{DAYS},?\s+)?{MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b"
    rf"|(?:{DAYS},?\s+)?\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?{MONTHS}(?:,?\s+\d{{4}})?\b"
    rf"|{MONTHS}(?:\s+{MONTHS})?\s+\d{{4}}"
    r"|\b\d{1,2}(?:\.|º)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d{2}\b"
    r"|\d{4}年\d{1,2}月\d{1,2}日"
)
_TOOK = (
    r"\b\d+(?:\.\d+)?\s?(?:ms|seconds?|secs?|s)\b"
    r"|(?i:(?<=\btime)\W{0,3}|(?<=\bleft)\W{0,3}|(?<=elapsed)\W{0,3}|(?<=remaining)\W{0,3})\d+(?:\s*/\s*\d+)?\b"
)
_UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PERIOD = rf"\A(?:{MONTHS}|{DAYS})\Z|(?i:{BEFORE_DATES}){MONTHS}\Z"
"""A month or day alone, and a month at the end behind a word of dates, where the recorder may have cut one: `Created
Nov.`; others are names: `Assigned to June`."""
_HEX = r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b|\b(?=[0-9A-F]*\d)(?=[0-9A-F]*[A-F])[0-9A-F]{12,}\b"
# Looked for where a run of its signs begins, not at each word of the run: that would read `a-a-a-…` ever again.
_RUN = r"(?:(?<![A-Za-z0-9_-])|(?<=(?<![A-Za-z0-9_-])-))"
_LONG_WORD = (
    rf"{_RUN}\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{{24,}}\b"
    r"|(?<![\d.,$€£¥])\b\d{5,}\b(?![.,]?\d|\s?[$€£¥%])|\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{8,}\b"
)
_MIXED = (
    r"(?<!\w)(?=[a-z0-9]{12,}(?!\w))[a-z]*\d+[a-z]+\d+[a-z0-9]*(?!\w)"
    r"|(?<!\w)(?=[a-z0-9]{6,11}(?!\w))[a-z]*\d+[a-z]+\d+[a-z]+\d*[a-z0-9]*(?!\w)"
)
_HOST = r"(?:https?://)?\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{2,5})?\b|::1\b"
_SIZE = r"\b\d+(?:[.,]\d+)?\s?(?:[KMGT]i?B|[kmgt]B|[Bb]ytes)\b|\A\d+\sB\Z"
_VERSION_END = r"(?:[+~-][A-Za-z0-9][A-Za-z0-9.+~-]{0,40})?"
"""What makers and packagers put after a version: `-rc1`, `+dfsg-3~deb12u7`."""
_VERSION = (
    rf"\bv\d+(?:\.\d+)+\b{_VERSION_END}|\b\d+\.\d+\.\d+\b{_VERSION_END}"
    r"|(?i:(?<=\bversion )|(?<=\brevision )|(?<=\bbuild )|(?<=\brev )|(?<=\bpid )|(?<=\bport ))\d+\b"
)
_RATE = (
    r"\b\d+(?:[.,]\d+)?\s?(?:(?:[KMGTkmgt]i?[Bb]|[Bb]|[kKMG]?bits?|[Bb]ytes|msgs?|req(?:uest)?s?)?/s(?:ec)?"
    r"|[KMGTkmgt]i?[Bb]?ps)\b"
    r"|\b\d+[.,]\d+\s?%|\A\d{1,3}\s?%\Z"
)
_SPAN = r"\d{1,4}\s?(?:ms|s|secs?|m|mins?|h|hrs?|d|days?|w)"
_LASTED = rf"\A[<>~≈]\s?{_SPAN}\Z|\A{_SPAN}(?:[\s,]{{1,2}}{_SPAN}){{1,3}}\Z"
"""A text that is all of how long something lasts by now: `< 1m`, `2h 5m`."""
_MEASURED = r"\A[-−]?\d+(?:[.,]\d+)?\s?(?:°\s?[CF]|[KMG]?Hz|m[VA]|dBm?|[rR][pP][mM]|fps)\Z"
"""A text that is all of a meter's reading."""
_OF_LIMIT = r"\b\d+\s?/\s?(?:∞|(?i:unlimited)\b)"
"""How much of a limit is used by now: `8 / Unlimited`."""
_PAGED = r"\(\d+\s?[-–]\s?\d+\s?/\s?\d+\)"
"""Which of how many things a page lists: `(1-25/316)`."""
_FOLDER = (
    r"(?<![\w./:~-])/(?:home|tmp|var|root|Users|mnt|srv|opt|dev|run|private|usr)(?:/[\w.+@-]+)+"
    r"|\b[A-Z]:\\[\w.+@\\ -]+"
)
"""A place in the file system of the server."""
_TICKET_NUMBER = r"(?<=[\[(])[A-Z][A-Z0-9]{1,9}-\d+(?=[\])])|\A[A-Z][A-Z0-9]{1,9}-\d+(?=\s?[:\]·|])"
"""The number of a ticket, where it stands as one: `[SUP-417]`, `SUP-417: The lamp`."""
_IN_BRACKETS = r"(?<=\()(?:[a-z0-9]{5}(?:-[a-z0-9]{5})+|[a-z0-9]{6}(?:-[a-z0-9]{6})+)(?=\))"
"""What a page adds to a name so that it is the only one, in groups of one length: `Add folder (pvehx-vckrt)`."""
_COUNT = r"(?<=\s\()(?:[2-9]|\d{2,4})(?=\)\s*\Z)"
"""How many things there are, behind what they are called: `Components (7)`. Others add some and take some away; a first
one (`Cart (1)`) is the user's own."""
_WITHHELD = r"•{3}"
"""What stands where the recorder read a secret: the page shows something else there."""
_LONG_DECIMAL = r"\b\d+\.\d{7,}\b"
"""More places than anybody writes down: `4.408098436506364`."""
_YEAR = r"(?<![\d.,])(?:19|20)\d{2}(?![\d.,]*\d)"

_MOMENT = rf"(?:{_DATE})(?:T|,?\s+(?:at\s+)?)(?:{_CLOCK})"
_TIME_OF_DAY = rf"\b{_CLOCK}"
_KINDS: tuple[tuple[str, str], ...] = (
    (_MOMENT, ".+"),
    (f"(?i:{AGES})", ".+"),
    (rf"\b{_UUID}\b", "[0-9a-fA-F-]{36}"),
    (_DATE, ".+"),
    (_PERIOD, ".+"),
    (_TIME_OF_DAY, ".+"),
    (_HOUR, ".+"),
    (_HOST, ".+"),
    (_HEX, "[0-9a-fA-F]+"),
    (_LONG_WORD, r"[\w-]+"),
    (_MIXED, "[a-z0-9]+"),
    (_TOOK, ".+"),
    (_VERSION, ".+"),
    (_RATE, ".+"),
    (_MEASURED, ".+"),
    (_LASTED, ".+"),
    (_SIZE, ".+"),
    (_OF_LIMIT, ".+"),
    (_PAGED, ".+"),
    (_FOLDER, ".+"),
    (_IN_BRACKETS, r"[\w-]+"),
    (r"#\d+\b", r"#\d+"),
    (_COUNT, r"\d+"),
    (_TICKET_NUMBER, r"[A-Z0-9]+-\d+"),
    (_LONG_DECIMAL, r"[\d.]+"),
    (_WITHHELD, ".+"),
    (_YEAR, r"\d{4}"),
)
_TIMES: Final = frozenset({_MOMENT, _DATE, _TIME_OF_DAY})
_NUMBER: Final = re.compile(r"\d+")
_VOLATILE = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (pattern, _) in enumerate(_KINDS)))
_AGE: Final = re.compile(rf"(?i:(?:[^\W\d]{{2,10}}\s+){{0,2}}(?:{SPANS}))")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_TICKET: Final = r"[A-Z][A-Z0-9]{1,9}-\d+"
"""`SUP-417`"""
_SHORT_HEX: Final = r"(?<![0-9a-fA-F])(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}"
_IDS: Final = re.compile(rf"\d+|{_UUID}|{_SHORT_HEX}|{_TICKET}")
_SHORT_MIXED: Final = re.compile(r"(?=(?:.*\d){2})(?=.*[A-Za-z])[A-Za-z0-9]{6,11}")
_DIGITS_FIRST: Final = re.compile(r"[A-Za-z]{0,9}\d[A-Za-z0-9]{0,30}[A-Za-z][A-Za-z0-9]{3,30}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
TOKEN_CHARS_MIN: Final = 4
GROUP_CHARS_MIN: Final = 5
_VOWEL: Final = re.compile(r"[aeiouy]")
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
    for hit in _VOLATILE.finditer(text):
        kind = next(i for i in range(len(_KINDS)) if hit.group(f"k{i}") is not None)
        typed = [(start, end) for start, end in kept if start < hit.end() and hit.start() < end]
        if typed and _KINDS[kind][0] in _TIMES and _is_chance(text, hit, typed):
            typed = []
        within = [start for start, _ in typed]
        # Of a folder with the name that was typed, the folder is the server's all the same.
        ends = min(within, default=hit.end()) if _KINDS[kind][0] is _FOLDER else hit.end()
        if ends <= hit.start() or (within and ends == hit.end()):
            continue
        if hit.start() > at:
            out.append(Part(text[at : hit.start()]))
        out.append(Part(text[hit.start() : ends], _KINDS[kind][1]))
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
    """Whether a program made it: a number, or letters and digits mixed."""
    if _IDS.fullmatch(part):
        return True
    changes = sum(1 for left, right in pairwise(part) if left.isdigit() != right.isdigit())
    return (len(part) >= _MIXED_CHARS_MIN and changes >= 3) or (changes >= 2 and bool(_SHORT_MIXED.fullmatch(part)))


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
