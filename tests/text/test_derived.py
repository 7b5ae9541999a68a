"""What is kept of answers: the right ones, and no more of them than the bound says."""

from collections import Counter

from pipeline.semantics.derived import ELEMENTS_MAX, TEXTS_MAX, once_per_element, once_per_text
from pipeline.semantics.text import caption
from schemas.elements import Element


def test_an_element_is_read_once() -> None:
    """The same element is read once; an equal one is another element."""
    read: Counter[str] = Counter()

    @once_per_element
    def name(target: Element) -> str:
        read[target.name or ""] += 1
        return target.name or ""

    one, other = Element(name="Save"), Element(name="Save")
    assert [name(one), name(one), name(other), name(other)] == ["Save"] * 4
    assert read["Save"] == 2


def test_no_more_elements_are_kept_than_the_bound_says() -> None:
    """Beyond ELEMENTS_MAX the older answers go: the first element is read again."""
    read: Counter[str] = Counter()

    @once_per_element
    def name(target: Element) -> str:
        read[target.name or ""] += 1
        return target.name or ""

    first = Element(name="first")
    others = [Element(name=f"{number}") for number in range(ELEMENTS_MAX)]
    for target in (first, *others, first):
        assert name(target) == target.name
    assert read["first"] == 2
    assert set(read.values()) == {1, 2}


def test_an_element_is_never_taken_for_one_that_is_gone() -> None:
    """Elements that come and go, and so would have each other's identity, have their own captions."""
    for number in range(4 * ELEMENTS_MAX):
        assert caption(Element(name=f"Button {number}")) == f"Button {number}"


def test_no_more_texts_are_kept_than_the_bound_says() -> None:
    """Beyond TEXTS_MAX the text that was not asked for longest goes."""
    read: Counter[str] = Counter()

    @once_per_text
    def upper(text: str) -> str:
        read[text] += 1
        return text.upper()

    for text in ("first", "first", *map(str, range(TEXTS_MAX)), "first"):
        assert upper(text) == text.upper()
    assert read["first"] == 2
    assert read["0"] == 1
