"""Names of tests and files, which are plain ASCII words, and the one sentence about them, whatever was captured."""

import re
import unicodedata
from typing import Final

from pipeline.codegen.python.quoting import is_plain

WORDS_MAX = 9
NAME_CHARS_MAX = 64
SENTENCE_WORDS_MAX = 32
SENTENCE_WORD_CHARS_MAX: Final = 40
_SIGNS: Final = frozenset(" ,.:;'’()+-–/%&@#=*!?€$£×")
"""Signs that a sentence keeps: none ends a docstring or begins an escape."""
_QUOTES: Final = str.maketrans(dict.fromkeys('"“”„«»', "'"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def slug(text: str) -> str:
    """At most nine words of a-z, joined by underscores; empty if the text has none."""
    plain = re.sub(r"[‘’'`]", "", _plain(text.replace("’", "")))
    words = re.findall(r"[a-z]{1,20}", plain.lower())[:WORDS_MAX]
    out = ""
    for word in words:
        if len(out) + len(word) + 1 > NAME_CHARS_MAX:
            break
        out += f"_{word}" if out else word
    return out


def function_name(title: str) -> str:
    """A function name for a story's title, such as `test_sign_in_with_a_wrong_password`."""
    return f"test_{slug(title) or 'flow'}"


def sentence(text: str, otherwise: str) -> str:
    """A docstring's sentence, as people read it: letters, digits and signs that can't end a docstring are kept."""
    for source in (text, otherwise):
        shown = unicodedata.normalize("NFC", source).translate(_QUOTES)
        kept = re.sub("'{2,}", "'", "".join(char if _is_kept(char) else " " for char in shown))
        words = [word[:SENTENCE_WORD_CHARS_MAX] for word in kept.split()]
        if any(char.isalnum() for word in words for char in word):
            told = " ".join(words[:SENTENCE_WORDS_MAX]).rstrip(" ,.")
            return told[0].upper() + told[1:] + (" …" if len(words) > SENTENCE_WORDS_MAX else ".")
    return "A flow."


def _is_kept(char: str) -> bool:
    return char in _SIGNS or (is_plain(char) and unicodedata.category(char)[0] in "LMN")
