"""Names of tests and files, and the one sentence about them: plain ASCII words, whatever was captured."""

import re
import unicodedata

WORDS_MAX = 9
NAME_CHARS_MAX = 64
SENTENCE_WORDS_MAX = 24


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
    """A docstring's sentence: only words of ASCII letters and digits, and commas, are kept of the text."""
    for source in (text, otherwise):
        plain = re.sub(r"[‘’'`]", "", _plain(source))
        words = re.findall(r"[A-Za-z0-9]{1,24}(?:-[A-Za-z0-9]{1,24})?,?", plain)[:SENTENCE_WORDS_MAX]
        if words:
            joined = " ".join(words).rstrip(",")
            return joined[0].upper() + joined[1:] + "."
    return "A flow."
