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


def test_what_asks_whether_one_is_sure_is_no_thing_that_is_needed() -> None:
    """The question stands in a row with its answers, in the place of the button that brought it."""
    within = (Scope(locator=ByRole(role="listitem"), has_text="Are you sure? yes, no", count=1),)
    button = Element(tag="button", role="button", name="Mark as read", text="Mark as read")
    yes = Element(tag="button", role="button", name="yes", text="yes")
    asked = yes.model_copy(
        update={"candidates": (Candidate(locator=ByRole(role="button", name="yes"), within=within, count=1),)}
    )
    page = at("/shelves/7")
    test = write_test(story(ClickStep(target=button, **base(page)), ClickStep(target=asked, **base(page))))
    assert test.needs == ()
    within = (Scope(locator=ByRole(role="listitem"), has_text="Mark as read", count=1),)
    stands = yes.model_copy(
        update={"candidates": (Candidate(locator=ByRole(role="button", name="yes"), within=within, count=1),)}
    )
    test = write_test(story(ClickStep(target=button, **base(page)), ClickStep(target=stands, **base(page))))
    assert test.needs == ()
