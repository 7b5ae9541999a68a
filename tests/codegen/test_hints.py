"""What a page says of what the pointer or the cursor rests on is no outcome."""

import pytest

from pipeline.codegen import write_test
from pipeline.stories.titles import title_and_sentence
from schemas.elements import ByTitle, Candidate
from schemas.events import Appeared
from schemas.stories import ClickStep, HoverStep
from tests.codegen.by_hand import at, base, by_role, by_text, story

PAGE = at("/notes")


@pytest.mark.parametrize("name", ["chart-tooltip", "ant-tooltip-inner", "v-tooltip__content", "MuiTooltip-tooltip"])
def test_hints_of_what_the_pointer_rests_on_are_not_asserted(name: str) -> None:
    """A press may leave the pointer above anything, which then says what it is; who rests on it wants to read that."""
    hint = Appeared(element=by_text("div", "Groceries 172.14 EUR", classes=(name,)))
    button = by_role("button", "button", "Save")
    click = ClickStep(target=button, **base(PAGE, PAGE, changes=(hint,)))
    hover = HoverStep(target=button, **base(PAGE, PAGE, changes=(hint,)))
    assert "Groceries" not in write_test(story(click)).code
    assert "Groceries" in write_test(story(hover)).code


@pytest.mark.parametrize("name", ["tooltip-trigger", "x-tooltip__trigger", "tooltipped", "has-tooltip"])
def test_what_a_hint_is_for_is_no_hint(name: str) -> None:
    """Its class speaks of the hint that it would show."""
    shown = Appeared(element=by_text("div", "Groceries 172.14 EUR", classes=(name,)))
    click = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(shown,)))
    assert "Groceries" in write_test(story(click)).code


def test_a_hint_of_a_field_is_no_answer() -> None:
    """A list that completes what is typed tells screen readers on each page how it is used."""
    hint = by_text("span", "Type 2 or more characters for results.", role="status", live=True)
    shown = (Appeared(element=hint), Appeared(element=by_role("h1", "heading", "New link", level=1)))
    opened = ClickStep(
        target=by_role("a", "link", "Add"), **base(at("/"), at("/new"), changes=shown, navigates=True, loads=True)
    )
    code = write_test(story(opened)).code
    assert 'get_by_role("heading", name="New link")' in code
    assert "characters" not in code
    assert "characters" not in title_and_sentence((opened,), (), frozenset())[1]


def test_a_title_beside_a_text_says_less_than_what_is_seen() -> None:
    """The keys that open an entry of the menu come up where the pointer rests: no outcome of a click elsewhere."""
    hint = "Keyboard Shortcut: g u"
    found = Candidate(locator=ByTitle(value=hint), count=1)
    entry = by_text("li", "Unread (7)", role="listitem", name=hint, name_from="title", title=hint, candidates=(found,))
    shown = tuple(Appeared(element=one) for one in (entry, by_text("p", "Ferries run."), by_text("p", "Seals swim.")))
    opened = ClickStep(
        target=by_role("a", "link", "Ferries"), **base(at("/"), at("/7"), changes=shown, navigates=True, loads=True)
    )
    code = write_test(story(opened)).code
    assert "Ferries run." in code
    assert "Shortcut" not in code
