"""Passwords that an app made and tells: `Added user ada with password CYgTm^A97MSd`.

No field takes them, so nothing but the words before them and their looks tells what they are. Only what no word looks
like is taken for one, and only where the words say that it comes: `Your password is too short` says something about a
password, `Password iPhone15Pro` is a caption.
"""

import re
from typing import Final

_WORDS: Final = (
    "password",
    "passwort",
    "passphrase",
    "passcode",
    "kennwort",
    "contraseña",
    "contrasen\u0303a",
    "contrasena",
    "mot de passe",
    "senha",
)
_FIRST: Final = "".join(sorted({form for word in _WORDS for form in (word[0], word[0].upper())}))
_TELLING: Final = re.compile(rf"[{_FIRST}](?i:{'|'.join(word[1:] for word in _WORDS)})")
"""The words, in any case. Their first letters stand in a class of their own: such a search skips what is none."""
_TELLING_CHARS_MIN: Final = min(map(len, _WORDS)) + len("=") + 6
_WORD: Final = "|".join(_WORDS)
_WHOSE: Final = r"(?:\s{1,3}(?:for|of|für|von|de|da|para|pour|del)(?:\s{1,3}[^\s:=]{1,64}){1,3}?)?"
_SAYS: Final = (
    r"(?:(?:is|was|has been|now|(?:re)?set to|changed to|ist|lautet|wurde auf|es|será|est|sera|é)"
    r"(?:\s{0,3}[:=]\s{0,3}|\s{1,3}))"
)
_OPENS: Final = "\"'`“„”«»‘’"
_EDGES: Final = ".,;:!?()[]{}<>" + _OPENS
_TOLD: Final = re.compile(
    rf"(?P<before>(?:(?<!\w)(?:with|mit|con|avec|com)\s{{1,3}}(?:\w{{1,20}}\s{{1,3}}){{0,2}}(?:{_WORD})\s{{1,3}}{_SAYS}{{0,3}}"
    rf"|(?:{_WORD}){_WHOSE}(?:[{_OPENS})\]]{{0,2}}\s{{0,3}}[:=：]\s{{0,3}}{_SAYS}{{0,3}}"
    rf"|[{_OPENS})\]]{{0,2}}\s{{1,3}}{_SAYS}{{1,3}}|\s{{1,3}}(?=[{_OPENS}]))))"
    r"(?:(?P<mark>[\"'`])(?P<plain>[^\n]{1,64}?)(?P=mark)(?!\w)|[“„”](?P<high>[^\n“”]{1,64})[“”]"
    r"|[«»](?P<angle>[^\n«»]{1,64})[«»]|[‘’](?P<single>[^\n‘’]{1,64})[‘’](?!\w)|(?P<told>\S{6,4000}))",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"[A-Za-z]")
_DIGIT: Final = re.compile(r"\d")
_SIGN_WITHIN: Final = re.compile(r"\w[\^%$#!*~=+?|]+\w")
_CAPITAL_WITHIN: Final = re.compile(r"[a-z][^A-Z\s]{0,60}[A-Z]")
_ADDRESS: Final = re.compile(r"\w{1,20}://")
_HOW_MANY: Final = re.compile(
    r"(?:min|max)?\W?\d{1,3}(?:-\d{1,3})?\W?(?:char|digit|letter|symbol|sign|hour|day|month|zeichen|ziffer|stell|car[aá]c)\w{0,10}",
    re.IGNORECASE,
)
"""`8-character`, `min8chars`: a rule for passwords."""
_DONE_TO_IT: Final = re.compile(r"\w{1,20}-[a-z]{2,20}ed")
"""`Base64-encoded`, `2fa-enabled`."""
_RUNS: Final = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_RUN_CHARS: Final = 1.7
"""Letters of one kind stand together no longer on average where chance wrote them."""
DRAWN_CHARS_MIN: Final = 8
"""Shorter texts of letters alone, or with digits, may be names (`GitHub`, `SHA256`)."""
HIDDEN: Final = "•••"
"""What the recorder puts in the place of texts that a page masks: no test looks for it."""


def may_tell(text: str) -> bool:
    """Whether a text has a word for passwords in it, and room for one: quick, since every text is asked."""
    return len(text) >= _TELLING_CHARS_MIN and _TELLING.search(text) is not None


def without_passwords(text: str) -> str:
    """The text with `•••` for the passwords that it tells.

    >>> without_passwords("Added user ada with password CYgTm^A97MSd.")
    'Added user ada with password •••.'
    >>> without_passwords("Your password is too short")
    'Your password is too short'
    """
    return _TOLD.sub(_hidden, text) if may_tell(text) else text


def _hidden(found: re.Match[str]) -> str:
    which = found.lastgroup or "told"
    told = found[which]
    bare = told.strip(_EDGES)
    if _ADDRESS.match(bare) or not any(map(_looks_drawn, bare.split())):
        return found[0]
    start = found.start(which) - found.start() + told.index(bare)
    # A sign at its end may be one of the password's own; what ends a sentence tells nothing.
    return found[0][:start] + HIDDEN + found[0][start + len(bare) :]


def _looks_drawn(text: str) -> bool:
    """Whether a text looks as no word does: letters and digits in it, signs between them, or capitals in turns."""
    if len(text) < 6 or not _LETTER.search(text) or _HOW_MANY.fullmatch(text) or _DONE_TO_IT.fullmatch(text):
        return False
    digits, both = _DIGIT.search(text) is not None, text not in (text.lower(), text.upper())
    if digits and (both or len(text) >= DRAWN_CHARS_MIN):
        return True
    if _SIGN_WITHIN.search(text) and (digits or _CAPITAL_WITHIN.search(text)):
        return True
    return len(text) >= DRAWN_CHARS_MIN and len(_RUNS.findall(text)) * _RUN_CHARS > len(text)
