"""A page that draws a part of itself anew says again what it showed before: that is no effect of the step."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.tickers import only_around, ticking, ticks
from schemas.elements import ById, ByText, ByTitle, Candidate, Element
from schemas.events import Appeared, Typed, ValueChanged
from schemas.stories import ClickStep, FillStep, Step
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

PAGE = at("/users")
SIZE = Element(
    tag="input",
    role="textbox",
    name="Page size",
    id="truncate",
    candidates=(Candidate(locator=ById(value="truncate"), count=1),),
)
ADD = by_role("button", "button", "Add user")


def _code(*steps: Step) -> str:
    return write_test(story(*steps)).code


def _opens(*changes: Appeared | ValueChanged) -> ClickStep:
    return ClickStep(target=by_role("button", "button", "Users"), **base(PAGE, PAGE, changes=changes))


def _adds(value: str) -> ClickStep:
    drawn = (Appeared(element=SIZE), ValueChanged(element=SIZE, after=value))
    return ClickStep(target=ADD, **base(PAGE, PAGE, changes=drawn))


@pytest.mark.parametrize("before", [(ValueChanged(element=SIZE, after="100"),), (Appeared(element=SIZE),)])
def test_a_field_drawn_anew_with_its_value_is_not_asserted(before: tuple[Appeared | ValueChanged, ...]) -> None:
    """Whether its value was told before, or only that the field is there."""
    after_opening = _code(_opens(*before), _adds("100")).split('name="Add user"')[1]
    assert "to_have_value" not in after_opening


def test_a_field_with_another_value_is_asserted() -> None:
    """That is what came of the step."""
    code = _code(_opens(ValueChanged(element=SIZE, after="100")), _adds("50"))
    assert 'to_have_value("50")' in code.split('name="Add user"')[1]


def test_a_field_that_the_user_filled_in_is_asserted_when_it_is_drawn_anew() -> None:
    """That it still holds the value shows that it was kept."""
    typed = FillStep(target=SIZE, value=Typed(text="50"), before="100", **base(PAGE, PAGE))
    code = _code(_opens(ValueChanged(element=SIZE, after="100")), typed, _adds("50"))
    assert 'to_have_value("50")' in code.split('name="Add user"')[1]


def test_a_time_drawn_anew_while_the_user_types_is_not_asserted() -> None:
    """It is that of the page's last look at its server, and comes again by itself."""

    def refreshed(time: str) -> Appeared:
        return Appeared(element=by_text("span", f"Synced at {time}, all is well"))

    def fills(*changes: Appeared) -> FillStep:
        return FillStep(target=by_label("Name"), value=Typed(text="Ann"), **base(PAGE, PAGE, changes=changes))

    again = ticking((_opens(refreshed("03:51:24")), fills(refreshed("03:51:26"))))
    assert ticks(refreshed("03:51:31"), again)
    assert not ticking((_opens(refreshed("03:51:24")), fills()))


def test_a_place_with_a_hint_says_nothing_of_the_words_that_changed_in_it() -> None:
    """It is found by what the pointer shows there, before as after; one whose words are found is told by them."""
    hint = Candidate(locator=ByTitle(value="Shortcut: g u"), count=1)
    place = Element(tag="li", role="listitem", name="Shortcut: g u", text="Unread (7)", candidates=(hint,))
    told = place.model_copy(
        update={"candidates": (hint, Candidate(locator=ByText(value="Unread (7)"), count=1)), "name": None}
    )
    assert only_around(Appeared(element=place))
    assert not only_around(Appeared(element=told))
    icon = place.model_copy(update={"text": None})
    assert not only_around(Appeared(element=icon))
