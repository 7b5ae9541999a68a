"""Long messages are asserted by what they say before what a program made up, or before they were cut."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.assertions.salience import first_clause
from schemas.elements import ByText, Candidate, Element
from schemas.events import Appeared
from schemas.stories import ClickStep
from tests.codegen.by_hand import at, base, by_role, story

PAGE, THANKS = at("/checkout", "Checkout"), at("/thank-you", "Thank you")
PLACED = "Your order has been placed and a confirmation email has been sent"
MESSAGE = f"{PLACED} - your order number is 100001. Please keep it and quote it when you write to us"


def ordered(message: str, found_by: str, is_cut: bool) -> str:
    """The test of a journey that ends at a page with this message and several headings."""
    said = Element(
        tag="p",
        role="paragraph",
        text=message,
        text_cut=is_cut,
        candidates=(Candidate(locator=ByText(value=found_by), count=1),),
    )
    heads = [by_role("h2", "heading", name, level=2) for name in ("Shipping", "Address", "Payment")]
    changes = tuple(Appeared(element=one) for one in (*heads, said))
    place = by_role("button", "button", "Place order")
    return write_test(story(ClickStep(target=place, **base(PAGE, THANKS, changes=changes)))).code


@pytest.mark.parametrize(("found_by", "is_cut"), [(MESSAGE, False), ("Your order has been placed", True)])
def test_a_long_message_is_asserted_by_its_first_clause(found_by: str, is_cut: bool) -> None:
    """Neither the number that the app made up nor the end that was cut off hides what the message says; that says more
    than a heading of the page."""
    code = ordered(MESSAGE, found_by, is_cut)
    assert f'page.get_by_text("{PLACED}")' in " ".join(code.split()).replace("( ", "(").replace(" )", ")")
    assert "100001" not in code
    assert code.index(PLACED) < code.index("Shipping")


def test_a_text_that_others_have_too_is_not_cut() -> None:
    """Where another text of the page holds the words by which a cut one was found, it is not looked for."""
    assert PLACED not in ordered(MESSAGE, "quote it", True)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (MESSAGE, PLACED),
        ("Order 100001 placed.", ""),
        (
            "The upload has been stored under /home/ada/files/one.pdf, and can be opened by all who have the link.",
            "",
        ),
        ("Thank you! - your number is 100017, and we will write to you as soon as somebody has looked at it here.", ""),
        ("Nothing in this long sentence was made by a program, so it is looked for as it stands, from end to end.", ""),
    ],
)
def test_clauses(text: str, clause: str) -> None:
    """A clause ends at a sign before the first thing made up; short texts, folders, three words and plain texts have
    none."""
    assert first_clause(text) == clause


def test_no_clause_is_endless() -> None:
    """A first clause of more than a hundred characters is not taken."""
    long = "word " * 30
    assert first_clause(f"{long.strip()} - number 100017.") == ""
    assert first_clause(f"{long[:80].strip()} - number 100017.") == long[:80].strip()
