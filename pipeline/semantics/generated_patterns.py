"""The patterns of generated texts, one for each kind, and where they match in a text.

A text is looked through for a kind only where it has the signs of it: all patterns over all places of a text cost a
hundred microseconds, and most texts have none of the signs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.semantics.lexicon import AGE_SIGNS, AGES, BEFORE_DATES, DAYS, MONTHS

UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
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

_DIGIT: Final = re.compile(r"\d")
_SIGN_OF_DATE: Final = re.compile(rf"\d[-/.]\d|(?:19|20)\d{{2}}|\d年|{MONTHS}")
_SIGN_OF_AGE: Final = re.compile(AGE_SIGNS, re.I)
_SIGN_OF_PERIOD: Final = re.compile(f"{MONTHS}|{DAYS}")


@dataclass(frozen=True, slots=True)
class GeneratedPattern:
    """One kind of generated text. `pattern` finds it, `written` is the regular expression that stands for it in a test.

    Its signs, without which it stands in no text: a `digit`, one of the `chars`, what the pattern `sign` finds.
    """

    pattern: re.Pattern[str]
    written: str = ".+"
    digit: bool = True
    chars: str = ""
    sign: re.Pattern[str] | None = None
    is_time: bool = False
    is_folder: bool = False


PATTERNS: Final = (
    GeneratedPattern(re.compile(_MOMENT), chars=":", sign=_SIGN_OF_DATE, is_time=True),
    GeneratedPattern(re.compile(f"(?i:{AGES})"), digit=False, sign=_SIGN_OF_AGE),
    GeneratedPattern(re.compile(rf"\b{UUID}\b"), "[0-9a-fA-F-]{36}", chars="-", digit=False),
    GeneratedPattern(re.compile(_DATE), sign=_SIGN_OF_DATE, is_time=True),
    GeneratedPattern(re.compile(_PERIOD), sign=_SIGN_OF_PERIOD, digit=False),
    GeneratedPattern(re.compile(rf"\b{_CLOCK}"), chars=":", is_time=True),
    GeneratedPattern(re.compile(_HOUR), chars="Mm"),
    GeneratedPattern(re.compile(_HOST), chars=".:h", digit=False),
    GeneratedPattern(re.compile(_HEX), "[0-9a-fA-F]+"),
    GeneratedPattern(re.compile(_LONG_WORD), r"[\w-]+"),
    GeneratedPattern(re.compile(_MIXED), "[a-z0-9]+"),
    GeneratedPattern(re.compile(_TOOK)),
    GeneratedPattern(re.compile(_VERSION)),
    GeneratedPattern(re.compile(_RATE), chars="/p%"),
    GeneratedPattern(re.compile(_MEASURED)),
    GeneratedPattern(re.compile(_LASTED)),
    GeneratedPattern(re.compile(_SIZE), chars="Bb"),
    GeneratedPattern(re.compile(_OF_LIMIT), chars="/"),
    GeneratedPattern(re.compile(_PAGED), chars="/"),
    GeneratedPattern(re.compile(_FOLDER), chars="/\\", digit=False, is_folder=True),
    GeneratedPattern(re.compile(_IN_BRACKETS), r"[\w-]+", chars="(", digit=False),
    GeneratedPattern(re.compile(r"#\d+\b"), r"#\d+", chars="#"),
    GeneratedPattern(re.compile(_COUNT), r"\d+", chars="("),
    GeneratedPattern(re.compile(_TICKET_NUMBER), r"[A-Z0-9]+-\d+", chars="-"),
    GeneratedPattern(re.compile(_LONG_DECIMAL), r"[\d.]+", chars="."),
    GeneratedPattern(re.compile(_WITHHELD), chars="•", digit=False),
    GeneratedPattern(re.compile(_YEAR), r"\d{4}"),
)
"""Where two begin at one place, the first of them is it."""
_WITHOUT_DIGITS: Final = tuple(kind for kind in PATTERNS if not kind.digit)


def generated_in(text: str) -> Iterator[tuple[GeneratedPattern, re.Match[str]]]:
    """Where what a program made stands in the text, from left to right; each begins where the one before ends, or
    later."""
    found = [(kind, hit) for kind in _possible(text) if (hit := kind.pattern.search(text))]
    while found:
        # Of several that begin at one place min gives the first: `found` keeps the order of PATTERNS.
        first = min(found, key=_start)
        yield first
        end = first[1].end()
        found = [
            (kind, later)
            for kind, hit in found
            if (later := hit if hit.start() >= end else kind.pattern.search(text, end)) is not None
        ]


def _start(found: tuple[GeneratedPattern, re.Match[str]]) -> int:
    return found[1].start()


def _possible(text: str) -> list[GeneratedPattern]:
    """The kinds of which the text has the signs."""
    chars = set(text)
    return [
        kind
        for kind in (PATTERNS if _DIGIT.search(text) else _WITHOUT_DIGITS)
        if (not kind.chars or not chars.isdisjoint(kind.chars)) and (kind.sign is None or kind.sign.search(text))
    ]
