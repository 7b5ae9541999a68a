"""A control that takes the place of the one that was clicked says what came of the click."""

import pytest

from pipeline.codegen import write_test
from schemas.elements import Ancestor, ByRole, Candidate, Element, Scope
from schemas.events import Appeared, Change, Gone
from schemas.stories import ClickStep
from tests.codegen.by_hand import at, base, by_role, by_text, story

GROUPS = at("/me/groups")
ASSERTED = 'get_by_role("listitem").filter(has_text="lights").get_by_role("button", name="Leave")'


def _button(name: str, thing: str = "lights", count: int = 2, row: str = "") -> Element:
    """A button that the page has several times, and once in the item of a thing."""
    scope = Scope(locator=ByRole(role="listitem"), has_text=thing, count=1)
    named = Candidate(locator=ByRole(role="button", name=name), count=count)
    inside = Candidate(locator=ByRole(role="button", name=name), within=(scope,), count=1)
    item = Ancestor(tag="li", role="listitem", name=row or thing)
    return Element(tag="button", role="button", name=name, text=name, candidates=(named, inside), ancestors=(item,))


@pytest.mark.parametrize(
    ("changes", "is_asserted"),
    [
        ((Gone(element=by_role("button", "button", "Join")), Appeared(element=_button("Leave"))), True),
        ((Gone(element=by_role("button", "button", "Join")), Appeared(element=_button("Leave", "pilots"))), False),
        ((Appeared(element=_button("Leave")),), False),
    ],
    ids=["in its place", "of another thing", "beside it"],
)
def test_what_stands_where_the_clicked_control_stood_is_asserted(
    changes: tuple[Change, ...], is_asserted: bool
) -> None:
    """With the thing that it is for; the item's whole text is put together, and no person would look for it."""
    glued = Appeared(element=by_text("li", "Leave lightsLights", role="listitem"))
    step = ClickStep(target=_button("Join"), **base(GROUPS, GROUPS, changes=(*changes, glued)))
    code = " ".join(write_test(story(step)).code.split()).replace("( ", "(").replace(" )", ")")
    assert (ASSERTED in code) is is_asserted
    assert ("Leave lightsLights" in code) is not is_asserted


def test_the_row_is_known_by_the_text_that_told_it_when_it_was_clicked() -> None:
    """Which may be longer than what one reads there, as the label of the row's box is."""
    label, row = "Select Ana Brekke, Learner", "Select Ana Brekke ana H-101"
    changes = Gone(element=by_role("button", "button", "Join")), Appeared(element=_button("Leave", label, row=row))
    step = ClickStep(target=_button("Join", label, row=row), **base(GROUPS, GROUPS, changes=changes))
    code = " ".join(write_test(story(step)).code.split()).replace("( ", "(").replace(" )", ")")
    assert f'filter(has_text="{label}").get_by_role("button", name="Leave")).to_be_visible()' in code
