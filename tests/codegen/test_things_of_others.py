"""What others made, or the app does by itself, is not asserted on the way."""

from pipeline.codegen import write_test
from schemas.elements import Ancestor
from schemas.events import Appeared, Gone, TextChanged, Typed
from schemas.stories import ClickStep, FillStep, GotoStep
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

PAGE = at("/notes")


def test_a_button_that_went_away_while_one_typed_is_not_missed() -> None:
    """It shows a state of the app's own; an entry of a list that is left out by what was typed is another matter."""

    def gone(role: str, text: str) -> Gone:
        return Gone(element=by_role("div", role, text, text=text))

    changes = (gone("button", "Server online"), gone("option", "Bakery"))
    typed = FillStep(target=by_label("Find"), value=Typed(text="Corner"), **base(PAGE, PAGE, changes=changes))
    more = ClickStep(target=by_role("button", "button", "More"), **base(PAGE))
    code = write_test(story(typed, more)).code
    assert "Server online" not in code
    alone = typed.model_copy(update={"changes": changes[1:]})
    assert "Bakery" in write_test(story(alone, more)).code


def test_rows_of_a_page_on_the_way_are_others_things() -> None:
    """Of a list that a click only led to, no row is asserted but the one that the story uses; what a form that was
    sent off shows is its effect."""
    lists, cell = at("/limits"), (Ancestor(tag="tr", role="row"),)

    def shown(text: str) -> Appeared:
        return Appeared(element=by_text("span", text).model_copy(update={"ancestors": cell}))

    changes = (shown("truck-98"), Appeared(element=by_text("p", "Slots")))
    led = ClickStep(
        target=by_role("button", "button", "Limits"), **base(PAGE, lists, changes=changes, navigates=True, loads=True)
    )
    more = ClickStep(target=by_role("button", "button", "More"), **base(lists))
    code = write_test(story(led, more)).code
    assert "truck-98" not in code
    typed = FillStep(target=by_label("Find"), value=Typed(text="truck"), **base(PAGE))
    sent = led.model_copy(update={"target": by_role("button", "button", "Go")})
    assert "truck-98" in write_test(story(typed, sent, more)).code


def test_a_page_is_known_by_its_own_name() -> None:
    """Not by a heading of what is listed on it, which is there for others' doing."""
    shown = (
        Appeared(element=by_role("h1", "heading", "Roadmap", level=1)),
        Appeared(element=by_role("h2", "heading", "Milestone: Spring sale 84", level=2)),
    )
    opened = GotoStep(url="https://example.com/roadmap", **base(at("/roadmap"), at("/roadmap"), changes=shown))
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(at("/roadmap")))
    code = write_test(story(opened, saved)).code
    assert 'get_by_role("heading", name="Roadmap")' in code
    assert "Milestone" not in code


def test_which_entries_a_log_holds_together_is_not_asserted() -> None:
    """An announcer takes in what is said next and lets the rest go when it pleases."""
    log = by_text("div", "21,0429").model_copy(update={"role": "log", "live": True, "text": "21,0429"})
    changes = (TextChanged(element=log, before="21,042", after="21,0429"), Appeared(element=by_text("p", "Nine days")))
    press = ClickStep(target=by_role("button", "button", "More"), **base(PAGE, PAGE, changes=changes))
    code = write_test(story(press)).code
    assert "21,0429" not in code
    assert "Nine days" in code


def test_what_the_next_words_sweep_away_is_not_asserted() -> None:
    """A list of suggestions and its headings are what the app has loaded until then; what stays may be asserted."""
    opened = (Appeared(element=by_text("div", "Suggested payees")), Appeared(element=by_text("p", "Balance of 12.00")))
    click = ClickStep(target=by_role("div", "combobox", "Payee"), **base(PAGE, PAGE, changes=opened))
    swept = (Gone(element=by_text("div", "Suggested payees")),)
    typed = FillStep(target=by_label("Payee"), value=Typed(text="Corner shop"), **base(PAGE, PAGE, changes=swept))
    code = write_test(story(click, typed, ClickStep(target=by_role("button", "button", "Add"), **base(PAGE)))).code
    assert "Suggested payees" not in code
    assert "Balance of 12.00" in code
