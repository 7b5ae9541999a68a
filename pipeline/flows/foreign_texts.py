"""Texts that other sessions typed, looked for as words in what a page shows."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.privacy.pseudonyms import typed_texts
from pipeline.semantics.elements import is_search
from schemas.stories import Story

FOREIGN_CHARS_MIN: Final = 4
"""Shorter texts of other sessions stand in the app's own words by chance."""


class ForeignTexts:
    """Finds any of the texts in another one, in any case, and not within a longer word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = sorted(texts)
        self._lower = [text.lower() for text in self._texts]
        self._ascii = all(map(str.isascii, self._texts))
        self._pattern: re.Pattern[str] | None = None

    def stand_in(self, text: str) -> bool:
        """Whether one of them does. Plain letters are looked for without a pattern: to compile it for texts that are
        others with each session costs more than all searches."""
        if self._ascii and text.isascii():
            lower = text.lower()
            return any(_is_word_of(lower, one) for one in self._lower)
        if self._pattern is None:
            words = "|".join(map(re.escape, self._texts)) or "(?!)"
            self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        return self._pattern.search(text) is not None


def typed_by_others(own: Story, others: Sequence[Story]) -> ForeignTexts:
    """Finds what other sessions typed and this one didn't: where a page shows that, it shows what was there already.
    Who searches makes nothing."""
    mine = " ".join(typed_texts(own.steps)).casefold()
    made = ([step for step in other.steps if not is_search(step)] for other in others)
    texts = {text.strip() for steps in made for text in typed_texts(steps)}
    return ForeignTexts(text for text in texts if len(text) >= FOREIGN_CHARS_MIN and text.casefold() not in mine)


def _is_word_of(text: str, word: str) -> bool:
    begin = text.find(word)
    while begin >= 0:
        end = begin + len(word)
        if not _continues(text[begin - 1 : begin]) and not _continues(text[end : end + 1]):
            return True
        begin = text.find(word, begin + 1)
    return False


def _continues(sign: str) -> bool:
    """Whether a sign, or the end of a text, belongs to the word beside it."""
    return sign.isalnum() or sign == "_"
