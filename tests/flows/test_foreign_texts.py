"""What other sessions typed is found as words, in any case."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.flows.foreign_texts import ForeignTexts

_LETTERS = "aAbBkKsSiI_9 .-'" + "\u017f\u212a\u0131\u0130\u00e9\u00c9\u00df"
_TEXTS = st.text(_LETTERS, min_size=1, max_size=4)


@given(st.lists(_TEXTS, max_size=4), st.text(_LETTERS, max_size=14))
def test_words_are_found_as_a_pattern_finds_them(texts: list[str], text: str) -> None:
    """With plain letters and with others, the answer is that of one case-insensitive pattern of whole words."""
    found = any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE) for one in texts)
    assert ForeignTexts(texts).stand_in(text) == found


def test_a_part_of_a_word_is_no_word() -> None:
    """A text within a longer word is not found, one between signs is, also where the first place is in a word."""
    known = ForeignTexts(["milk"])
    assert not known.stand_in("Buttermilk_2 milky")
    assert known.stand_in("Buttermilk, Milk.")
    assert not ForeignTexts([]).stand_in("caf\u00e9")
