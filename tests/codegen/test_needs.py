"""What must exist before the first step of a test: the things that the story used and had not made."""

import pytest

from pipeline.codegen import write_test
from schemas.elements import ByRole, Candidate, Element, Scope
from schemas.events import Appeared, Choice
from schemas.stories import ClickStep, SelectStep
from tests.codegen.by_hand import at, base, by_label, by_role, story

PAGE = at("/notes")


@pytest.mark.parametrize(("kind", "needs"), [("submit", ()), (None, ("Make a copy",))])
def test_the_row_of_a_form_s_button_is_no_thing_that_is_needed(kind: str | None, needs: tuple[str, ...]) -> None:
    """Old pages lay forms out in tables; a button of another kind acts on the thing in its row."""
    page = at("/issues/issue3")
    within = (Scope(locator=ByRole(role="row"), has_text="Make a copy", count=1),)
    found = Candidate(locator=ByRole(role="button", name="Submit"), within=within, count=1)
    button = Element(tag="input", type=kind, role="button", name="Submit", candidates=(found,))
    chosen = SelectStep(
        target=by_label("Status", tag="select"), options=(Choice(value="2", label="resolved"),), **base(page)
    )
    test = write_test(story(chosen, ClickStep(target=button, **base(page))))
    assert tuple(need.name for need in test.needs) == needs


@pytest.mark.parametrize(("heading", "needs"), [("Rope and Knot", ("Rope and Knot",)), ("Details", ())])
def test_a_thing_that_a_link_showed_in_a_window_of_the_page_is_needed(heading: str, needs: tuple[str, ...]) -> None:
    """A script shows the page of the thing over the list; the heading says that it is the thing of the link."""
    link = by_role("a", "link", "Rope and Knot").model_copy(update={"href": "/books/9"})
    shown = (Appeared(element=by_role("h2", "heading", heading, level=2)),)
    opens = ClickStep(target=link, **base(PAGE, PAGE, changes=shown))
    test = write_test(story(opens, ClickStep(target=by_role("button", "button", "Lend"), **base(PAGE))))
    assert tuple(need.name for need in test.needs) == needs


@pytest.mark.parametrize(("tags", "needs"), [(("delete",), ("Safety rules",)), (("view",), ())])
def test_what_the_title_says_was_changed_is_needed(tags: tuple[str, ...], needs: tuple[str, ...]) -> None:
    """Where the address of a thing says nothing of its kind, as that of a wiki in one page."""
    home = at("/")
    link = by_role("a", "link", "Safety rules").model_copy(update={"href": "#Safety%20rules"})
    shown = (Appeared(element=by_role("h2", "heading", "Safety rules", level=2)),)
    opens = ClickStep(target=link, **base(home, home, changes=shown))
    told = story(opens, ClickStep(target=by_role("button", "button", "Go"), **base(home)))
    told = told.model_copy(update={"title": "Delete 'Safety rules'", "tags": tags})
    assert tuple(need.name for need in write_test(told).needs) == needs


@pytest.mark.parametrize(
    ("row", "pressed", "answer", "brought", "needs"),
    [
        ("Are you sure? yes, no", "Mark as read", "yes", True, ()),
        ("Mark as read", "Mark as read", "yes", True, ()),
        ("Who pays the harbour dues? Delete", "More", "Delete", False, ("Who pays the harbour dues? Delete",)),
        ("Who pays the dues? Edit Delete", "More", "Delete", True, ("Who pays the dues? Edit Delete",)),
        ("Who pays the harbour dues?", "More", "", True, ("Who pays the harbour dues?",)),
        ("Harbour dues", "Harbour dues", "Delete", True, ("Harbour dues",)),
    ],
)
def test_what_asks_whether_one_is_sure_is_no_thing_that_is_needed(
    row: str, pressed: str, answer: str, brought: bool, needs: tuple[str, ...]
) -> None:
    """The question stands in a row with its answers, in the place of the button that brought it. A thing that ends with
    a question mark, or that a button unfolds, is needed."""
    button = Element(tag="button", role="button", name=pressed, text=pressed)
    within = (Scope(locator=ByRole(role="listitem"), has_text=row, count=1),)
    found = Candidate(locator=ByRole(role="button", name=answer), within=within, count=1)
    answers = Element(tag="button", role="button", name=answer, text=answer, candidates=(found,))
    page = at("/shelves/7")
    asks = ClickStep(target=button, **base(page, changes=(Appeared(element=answers),) if brought else ()))
    test = write_test(story(asks, ClickStep(target=answers, **base(page))))
    assert tuple(need.name for need in test.needs) == needs


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("TourRainy commute", ("Rainy commute",)),
        ("Tour Rainy commute", ("Tour Rainy commute", "Rainy commute")),
        ("Monday's", ("Monday's", "Rainy commute")),
    ],
)
def test_a_cell_with_its_column_s_caption_is_no_other_thing_than_its_link(cell: str, needs: tuple[str, ...]) -> None:
    """The caption is for small screens, and on others out of sight: the page has no gap behind it."""
    within = (Scope(locator=ByRole(role="row"), has_text=cell, count=1),)
    link = by_role("a", "link", "Rainy commute")
    found = Candidate(locator=ByRole(role="link"), within=within, count=1)
    link = link.model_copy(update={"candidates": (*link.candidates, found)})
    opens = ClickStep(target=link, **base(at("/tours"), at("/tours/7"), navigates=True))
    test = write_test(story(opens, ClickStep(target=by_role("button", "button", "Ride"), **base(at("/tours/7")))))
    assert tuple(need.name for need in test.needs) == needs
