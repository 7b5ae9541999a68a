"""That a deleted thing is missing from the list that a test comes to after the deletion."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.assertions.lists.removed import STEPS_BACK_MAX
from schemas.elements import Element
from schemas.events import Appeared, Change
from schemas.stories import ClickStep
from tests.codegen.by_hand import at, base, by_role, by_text, story

LIST = at("/tickets/")
BOARD = at("/board/")
TICKET = at("/tickets/3/")
GONE = 'expect(page.get_by_role("link", name="Lamp is dark")).to_be_hidden()'


def _ticket(number: int, name: str) -> Element:
    return by_role("a", "link", name, text=name, href=f"/tickets/{number}/")


CRANE, DOOR, LAMP = _ticket(1, "Crane stalls"), _ticket(4, "Door is open"), _ticket(3, "Lamp is dark")


def _came(*elements: Element) -> tuple[Change, ...]:
    return tuple(Appeared(element=one) for one in elements)


def _deleted(
    *now: Element, before: tuple[Element, ...] = (), thing: Element = LAMP, says: str = "Delete it", between: int = 0
) -> list[str]:
    """The lines of the test of who deletes a ticket on its own page by a button that `says` so, after so many steps
    there, and comes to a list with what is there `now`."""
    opens = ClickStep(target=by_role("a", "link", "All"), **base(BOARD, LIST, changes=_came(*before), navigates=True))
    looks = ClickStep(target=by_role("a", "link", "Board"), **base(LIST, BOARD, navigates=True, loads=True))
    takes = ClickStep(target=thing, **base(BOARD, TICKET, navigates=True, loads=True))
    rests = [ClickStep(target=by_role("button", "button", "Follow"), **base(TICKET, TICKET)) for _ in range(between)]
    sure = ClickStep(
        target=by_role("button", "button", says), **base(TICKET, LIST, changes=_came(*now), navigates=True)
    )
    return [line.strip() for line in write_test(story(opens, looks, takes, *rests, sure)).code.splitlines()]


def test_the_link_of_a_deleted_thing_is_not_among_its_kind() -> None:
    """The list was not seen before; links to things of the same kind stand there now."""
    lines = _deleted(CRANE, DOOR)
    assert lines[lines.index(GONE) - 1] == 'expect(page.get_by_role("link", name="Crane stalls")).to_be_visible()'


@pytest.mark.parametrize(
    "now",
    [
        (CRANE,),
        (CRANE, DOOR, LAMP),
        (_ticket(1, "Help"), by_role("a", "link", "About", href="/about")),
        (by_role("a", "link", "Crane stalls", href="/cranes/1/"), by_role("a", "link", "Door", href="/doors/4/")),
    ],
)
def test_a_list_that_may_hold_it_or_others_tells_nothing(now: tuple[Element, ...]) -> None:
    """Too few of its kind, itself among them, or links to other kinds of things."""
    assert GONE not in _deleted(*now)


@pytest.mark.parametrize(
    ("said", "asserted"), [("Saved by others", True), ("The ticket Lamp is dark is deleted.", False)]
)
def test_a_name_that_is_no_link_is_gone_from_the_list_it_stood_in(said: str, asserted: bool) -> None:
    """Others of the list are there again. What is found by its text alone would be found in a message, too."""
    names = [by_text("div", name) for name in ("Crane stalls", "Door is open", "Lamp is dark")]
    message = by_text("div", said, role="status")
    lines = _deleted(*names[:2], message, before=tuple(names))
    assert ('expect(page.get_by_text("Lamp is dark").filter(visible=True)).to_have_count(0)' in lines) is asserted


@pytest.mark.parametrize("says", ["OK, archive without delete", "Yes, undo delete", "Accept all cookies"])
def test_what_was_not_deleted_is_not_missing(says: str) -> None:
    """It may have gone for another reason, and come back."""
    assert GONE not in _deleted(CRANE, DOOR, says=says)


@pytest.mark.parametrize(("between", "asserted"), [(STEPS_BACK_MAX - 1, True), (STEPS_BACK_MAX, False)])
def test_a_thing_is_looked_for_in_so_many_steps(between: int, asserted: bool) -> None:
    """What was clicked longer ago is not looked at."""
    assert (GONE in _deleted(CRANE, DOOR, between=between)) is asserted
