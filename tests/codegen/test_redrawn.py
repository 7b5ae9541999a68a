"""A page that draws a part of itself anew says again what it showed before: that is no effect of the step."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.tickers import hint_was_there, ticking, ticks
from schemas.elements import ById, ByText, ByTitle, Candidate, Element
from schemas.events import Appeared, Change, Gone, TextChanged, Typed, ValueChanged
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


def _opens(*changes: Change) -> ClickStep:
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


@pytest.mark.parametrize("way", ["gone", "text"])
def test_a_place_with_a_hint_says_nothing_of_the_words_that_changed_in_it(way: str) -> None:
    """It is found by what the pointer shows there, before as after; one that was not there before is news, and one
    whose words are found is told by them."""

    def place(text: str, *more: Candidate) -> Element:
        hint = Candidate(locator=ByTitle(value="Shortcut: g u"), count=1)
        return Element(tag="li", role="listitem", name="Shortcut: g u", text=text, candidates=(hint, *more))

    gone: dict[str, Change] = {
        "gone": Gone(element=place("Unread (8)")),
        "text": TextChanged(element=place("Unread (7)"), before="Unread (8)", after="Unread (7)"),
    }
    came = Appeared(element=place("Unread (7)"))
    by_hint = 'expect(page.get_by_title("Shortcut: g u")).to_be_visible()'
    assert by_hint not in _code(_opens(gone[way], came))
    assert by_hint in _code(_opens(came))
    told = Appeared(element=place("Unread (7)", Candidate(locator=ByText(value="Unread (7)"), count=1)))
    assert hint_was_there(came, (gone[way], came))
    assert not hint_was_there(told, (gone[way], told))


@pytest.mark.parametrize(
    ("title", "text", "role"),
    [("urgent", "urgent", None), ("Jane Doe was assigned", "JD", None), ("Progress", "3 of 5 done", "generic")],
)
def test_a_new_thing_that_is_found_by_its_hint_is_asserted(title: str, text: str, role: str | None) -> None:
    """It was not there before: that it is there now came of the step. Another place with another hint that went says
    nothing of it."""
    ways = (Candidate(locator=ByTitle(value=title), count=1), Candidate(locator=ByText(value=text), count=2))
    new = Element(tag="span", role=role, text=text, candidates=ways)
    other = Element(tag="span", text="AB", candidates=(Candidate(locator=ByTitle(value="Ann Bee"), count=1),))
    assert f'expect(page.get_by_title("{title}")).to_be_visible()' in _code(_opens(Appeared(element=new)))
    assert not hint_was_there(Appeared(element=new), (Gone(element=other), Appeared(element=new)))
