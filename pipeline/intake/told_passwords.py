"""Passwords that an app made and tells: `Added user ada with password CYgTm^A97MSd`.

No field takes them, so nothing but the words before them and their looks tells what they are. Only what no word looks
like is taken for one: `Your password is too short` says something about a password.
"""

import re
from typing import Final

from pipeline.semantics import urls

_WORD: Final = r"passwo(?:rd|rt)|passphrase|passcode|kennwort|contraseña|mot de passe|senha"
_WHOSE: Final = r"(?:\s{1,3}(?:for|of|für|von|de|para|pour|del)\s{1,3}[^\s:=]{1,64})?"
_SAYS: Final = r"(?:(?:is|was|to|now|ist|lautet|es|será|est)[\s:]{1,3}){0,2}"
_MARKS: Final = "\"'“”„«»‘’`(\\["
_TOLD: Final = re.compile(
    rf"(?P<before>(?:{_WORD}){_WHOSE}(?:\s{{1,3}}|[{_MARKS}\])]{{0,2}}\s?[:=]\s{{0,3}}){_SAYS}[{_MARKS}]{{0,2}})"
    r"(?P<told>[^\s\"'“”„«»‘’`]{6,64})",
    re.IGNORECASE,
)
_EDGES: Final = ".,;:!?()[]{}<>"
_LETTER: Final = re.compile(r"[A-Za-z]")
_DIGIT: Final = re.compile(r"\d")
_SIGN_WITHIN: Final = re.compile(r"\w[\^%$#!*~=+?|]+\w")
_HOW_MANY: Final = re.compile(r"\d+\W?[a-z]+", re.IGNORECASE)
"""`8-character`: a rule for passwords."""
_RUNS: Final = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_RUN_CHARS: Final = 1.7
"""Letters of one kind stand together no longer on average where chance wrote them."""
DRAWN_CHARS_MIN: Final = 8
"""Shorter texts of letters alone, or with digits, may be names (`GitHub`, `SHA256`)."""


def without_passwords(text: str) -> str:
    """The text with `withheld` for the passwords that it tells.

    >>> without_passwords("Added user ada with password CYgTm^A97MSd.")
    'Added user ada with password withheld.'
    >>> without_passwords("Your password is too short")
    'Your password is too short'
    """
    return _TOLD.sub(_withheld, text)


def _withheld(found: re.Match[str]) -> str:
    told = found["told"]
    bare = told.strip(_EDGES)
    if not _looks_drawn(bare):
        return found[0]
    at = told.index(bare)
    # A sign at its end may be one of the password's own; what ends a sentence tells nothing.
    return found["before"] + told[:at] + urls.WITHHELD + told[at + len(bare) :]


def _looks_drawn(text: str) -> bool:
    """Whether a text looks as no word does: letters and digits in it, signs between them, or capitals in turns."""
    if len(text) < 6 or not _LETTER.search(text) or _HOW_MANY.fullmatch(text):
        return False
    digits, both = _DIGIT.search(text) is not None, text not in (text.lower(), text.upper())
    if digits and (both or len(text) >= DRAWN_CHARS_MIN):
        return True
    if _SIGN_WITHIN.search(text):
        return True
    return len(text) >= DRAWN_CHARS_MIN and len(_RUNS.findall(text)) * _RUN_CHARS > len(text)
