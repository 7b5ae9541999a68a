"""Texts are replaced wherever they stand, and many of them cost hardly more than one."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.privacy.replacing import CUT_CHARS_MIN, Replacer
from tests.text.costs import grows_too_fast

WORDS = ("ann", "anna", "annabel", "Anna Lee", "anna lee holm", "holm", "a-b", "Ünal", "straße", "ab12", "99", "日本")
NOISE = (" ", "  ", "\n", "-", "…", "...", "x", "%20", "?q=", "_", "'")


def slow(instead: dict[str, str], text: str) -> str:
    """What must come out of short texts that address spelling leaves alone: the longest first, at each place."""
    if text in instead:
        return instead[text]
    longest = sorted((one for one in instead if len(one) > 2), key=lambda one: (-len(one), one))
    made = {one.casefold(): instead[one] for one in reversed(longest)}

    def pattern(one: str) -> str:
        inner = r"\s+".join(map(re.escape, one.split()))
        return rf"(?<!\w){inner}(?!\w)" if len(one) < CUT_CHARS_MIN and one.isascii() else inner

    if not longest:
        return text
    whole = re.compile("|".join(map(pattern, longest)), re.IGNORECASE)
    return whole.sub(lambda hit: made[" ".join(hit[0].split()).casefold()], text)


@given(
    st.lists(
        st.sampled_from([one for one in WORDS if "-" not in one and " " not in one and one.isascii()]), min_size=1
    ),
    st.lists(st.sampled_from((*WORDS, *NOISE)), max_size=12),
)
@settings(max_examples=300, deadline=None)
def test_each_text_is_replaced_where_it_stands(texts: list[str], parts: list[str]) -> None:
    """As a search for each of them, the longest first, would find them."""
    instead = {text: f"<{number}>" for number, text in enumerate(dict.fromkeys(texts))}
    text = "".join(parts)
    assert Replacer(instead)(text) == slow(instead, text)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.lists(st.sampled_from(NOISE), max_size=6))
@settings(max_examples=300, deadline=None)
def test_nothing_of_a_text_is_left(texts: list[str], around: list[str]) -> None:
    """Whatever stands around it and beside it, in capitals and in any spacing."""
    long = [text for text in dict.fromkeys(texts) if len(text) >= CUT_CHARS_MIN]
    replace = Replacer(dict.fromkeys(texts, "~"))
    for text, noise in product(long, around or [""]):
        for told in (text, text.upper(), text.replace(" ", "\n  ")):
            assert text.casefold().split()[0] not in replace(f"{noise}{told}{noise}").casefold()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Saved 'Garden  hose'.", "Saved 'Xxxxxx yyyy'."),
        ("/p/garden-hose?q=Garden+hose", "/p/xxxxxx-yyyy?q=Xxxxxx+yyyy"),
        ("/p/Garden%20hose", "/p/Xxxxxx%20yyyy"),
        ("Saved Garden h", "Saved Xxxxxx y"),
        ("Saved Garden h… today", "Saved Xxxxxx y… today"),
        ("Saved Garden house", "Saved Garden house"),
        ("Garden\n hose is here", "Xxxxxx yyyy is here"),
        ("Kinderwagen", "Kinderwagen"),
    ],
)
def test_spellings_and_texts_that_were_cut(text: str, kept: str) -> None:
    """Addresses spell it otherwise, lists cut it off; a text that only begins so stays."""
    assert Replacer({"Garden hose": "Xxxxxx yyyy", "Kind": "Abcd"})(text) == kept


@pytest.mark.parametrize("unit", ["a", "a b ", "aaaaaaa…", "é"])
@pytest.mark.parametrize("nested", [True, False])
def test_what_is_replaced_costs_in_proportion(unit: str, nested: bool) -> None:
    """Values in proportion to the text, which begin alike or each with the other; the text goes on otherwise."""

    def work(text: str) -> None:
        ends = range(len(text) // 20)
        values = (f"{(unit * 60)[: number % 60 if nested else 48]}z{number}" for number in ends)
        Replacer(dict.fromkeys(values, "x"))(text)

    assert not grows_too_fast(work, lambda chars: (unit * chars)[:chars] + "y", 1_500)
