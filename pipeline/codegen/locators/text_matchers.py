"""What a name or a text is matched by: the text itself, cut where it is long, or a pattern where parts of it vary."""

import re
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.expressions import Expr, Literal, Name, Pattern, method
from pipeline.codegen.python.quoting import pattern_of
from pipeline.semantics.generated import fixed_words, parts
from pipeline.semantics.text import is_shortcut

NAME_CHARS_MAX: Final = 80
"""Longer names and texts are cut at a word: Playwright matches parts."""
PENALTY_VOLATILE: Final = 60
PENALTY_CUT: Final = 380
"""For names of which only a part is left, which other elements may have as well: a place in a named group is surer."""
PENALTY_DOUBTFUL: Final = 6_000
"""For texts that may not be unique once their volatile parts are gone: better than a place in a list."""
_BLANK = re.compile("[\ufeff\ue000-\uf8ff\U000f0000-\U0010fffd]+")
_NOTHING: Final = re.compile("[\u200b\u00ad]+")
"""What Playwright leaves out of every text."""
_JOINERS: Final = "\u200c\u200d\u2060"
"""What no word begins or ends with. Within one they are letters of some scripts and hold pictures of several parts
together."""
_LOOSE_JOINERS: Final = re.compile(rf"(?<!\S)[{_JOINERS}]+|[{_JOINERS}]+(?!\S)")
_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Which way a text runs: nobody sees it, and at its ends it is no part that a match needs."""
_LOOSE_ENDS: Final = " \t\n,;·|–—(/"
"""What is left hanging at the end of a text whose next part varies."""
_LOOSE_BEGINNINGS: Final = " )]}.:,;·|–—"
_LETTER = re.compile(r"[^\W_]")
_COUNTER = re.compile(r"\(\d+\)|\[\d+\]|(?<=\s)\d+\+?$")


def readable(text: str) -> str:
    """A name without icon-font and invisible characters, white space collapsed."""
    words = _LOOSE_JOINERS.sub("", _NOTHING.sub("", _BLANK.sub(" ", text)))
    return " ".join(words.split()).strip(f" {_JOINERS}{_MARKS}")


@dataclass(frozen=True)
class Matcher:
    """What to match a name or text with: a literal or a regular expression; None where the text can't be used."""

    expr: Expr | None
    penalty: int = 0
    exact: bool = False
    pieces: tuple[str, ...] = ()
    """Of a regular expression: the texts that stand in it, in their order."""


def matcher(text: str, exact: bool, fixed: tuple[str, ...], gap: str = r"\s+") -> Matcher:
    """The argument for `name=` or `get_by_text`: volatile parts become patterns, icons and overlong ends are cut.
    `gap` is what stands for white space in a pattern: names have single spaces, texts come as they are in the page."""
    shown = readable(text)
    if is_shortcut(shown):
        return Matcher(None)
    if not _LETTER.search(shown) and not (exact and shown):
        return Matcher(None)
    if shown != " ".join(text.split()):
        exact = False
    cut = parts(shown, fixed)
    if any(part.pattern for part in cut):
        stable = fixed_words(cut)
        if not stable:
            return Matcher(None)
        if len(stable) == 1:
            # Where little is left, other texts of the page may have it as well.
            kept = stable[0].strip(_LOOSE_ENDS).lstrip(_LOOSE_BEGINNINGS)
            little = len(kept) < max(10, len(shown) // 2)
            return Matcher(Literal(shortened(kept)), PENALTY_DOUBTFUL if little else PENALTY_CUT)
        pieces = tuple(part.text.strip() for part in cut if part.pattern is None and part.text.strip())
        return Matcher(regex(pattern_of(cut, gap)), PENALTY_VOLATILE, pieces=pieces)
    short = shortened(shown)
    return Matcher(Literal(short), min(10, len(short) // 10), exact and short == shown)


def counter_free(text: str, fixed: tuple[str, ...]) -> bool:
    """Whether the text has no number that looks like a counter or an id."""
    hit = _COUNTER.search(text)
    return hit is None or any(hit[0] in word for word in fixed)


def shortened(text: str) -> str:
    """The text, cut at a word before NAME_CHARS_MAX."""
    if len(text) <= NAME_CHARS_MAX:
        return text
    return text[:NAME_CHARS_MAX].rsplit(None, 1)[0]


def regex(pattern: str) -> Expr:
    """`re.compile("…")`."""
    return method(Name("re"), "compile", Pattern(pattern))
