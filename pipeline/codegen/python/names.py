"""Names of tests, files and variables, plain ASCII words, and the one sentence about them, whatever was captured."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from pipeline.codegen.python.quoting import is_plain
from pipeline.semantics.text import is_name

WORDS_MAX = 12
NAME_CHARS_MAX = 64
SENTENCE_WORDS_MAX = 32
SENTENCE_WORD_CHARS_MAX: Final = 40
CHARS_KEPT: Final = 1_024
"""Characters of which it is remembered whether a sentence keeps them."""
_SIGNS: Final = frozenset(" ,.:;'’“”…()+-–/%&@#=*!?€$£×_[]")
"""Signs that a sentence keeps: none ends a docstring or begins an escape."""
_QUOTES: Final = str.maketrans(dict.fromkeys('"„«»', "'"))
_LEADING: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or", "than", "that"}
    | {"the", "their", "to", "with"}
)
"""Words that only lead on to the next one: no name ends with them."""
CLAUSE_WORDS_MIN: Final = 4
"""With fewer words, what is left of a clause that was cut says something else ("and check" of "and check out")."""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def slug(text: str) -> str:
    """At most WORDS_MAX words of a-z and 0-9, joined by underscores; empty if the text has none. One that is too long
    ends where it says something whole: before an `and`, or at a word that needs no other one behind it."""
    plain = re.sub(r"[‘’'`]", "", _plain(text.replace("’", "")))
    words = re.findall(r"[a-z0-9]{1,20}", plain.lower())
    kept: list[str] = []
    for word in words[:WORDS_MAX]:
        if len("_".join([*kept, word])) > NAME_CHARS_MAX:
            break
        kept.append(word)
    return "_".join(kept if len(kept) == len(words) else _whole(kept))


def _whole(words: list[str]) -> list[str]:
    """The words up to where they say something whole."""
    ands = [place for place, word in enumerate(words) if word == "and" and place]
    if ands and len(words) - 1 - ands[-1] < CLAUSE_WORDS_MIN:
        words = words[: ands[-1]]
    end = next((place for place in range(len(words), 0, -1) if words[place - 1] not in _LEADING), 0)
    return words[:end] or words


SEARCHED: Final = "search_text"
"""The variable for what was typed into a search field."""


def variable_name(stem: str, number: int) -> str:
    """The name of the first, second, … variable with this stem: `field`, `field_2`; APP_PASSWORD, APP_PASSWORD_2."""
    return stem if number == 1 else f"{stem}_{number}"


def stem_of(name: str) -> str:
    """The stem of a variable's name: `field` of `field_2`."""
    return name.rstrip("0123456789").rstrip("_")


def function_name(title: str) -> str:
    """A function name for a story's title, such as `test_sign_in_with_a_wrong_password`."""
    return f"test_{slug(title) or 'flow'}"


def sentence(text: str, otherwise: str) -> str:
    """A docstring's sentence, as people read it: letters, digits and signs that can't end a docstring are kept."""
    for source in (text, otherwise):
        shown = unicodedata.normalize("NFC", source).translate(_QUOTES)
        kept = re.sub("'{2,}", "'", "".join(map(_kept, shown)))
        words = [_short(word) for word in kept.split()]
        if any(map(is_name, words)):
            told = " ".join(words[:SENTENCE_WORDS_MAX]).rstrip(" ,.")
            return told[0].upper() + told[1:] + (" …" if len(words) > SENTENCE_WORDS_MAX else ".")
    return "A flow."


def _short(word: str) -> str:
    """A word of at most SENTENCE_WORD_CHARS_MAX characters: one that is cut says so, and its quotes are closed."""
    if len(word) <= SENTENCE_WORD_CHARS_MAX:
        return word
    closing = word[len(word.rstrip("',")) :] if word.startswith("'") else ""
    return f"{word[: SENTENCE_WORD_CHARS_MAX - 1 - len(closing)]}…{closing}"


@lru_cache(maxsize=CHARS_KEPT)
def _kept(char: str) -> str:
    """The character, or a space in the place of one that a sentence doesn't keep."""
    kind = unicodedata.category(char)
    is_shown = kind[0] in "LMN" or (kind[0] == "S" and not char.isascii())
    return char if char in _SIGNS or (is_plain(char) and is_shown) else " "
