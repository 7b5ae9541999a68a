"""What needs no step."""

import pytest

from schemas.elements import Element
from schemas.events import Appeared, Gone, Scroll, Stroke
from schemas.stories import CheckStep, FillStep
from tests.stories.by_hand import Journey, alert, button, heading, link, textbox

EMAIL = textbox("Email", id="email")
START = "Open shop.example"


def test_fills_of_one_field_are_one() -> None:
    """The last value counts; the value before is that before the first."""
    journey = Journey().opens().fill(EMAIL, "a", before="old").fill(EMAIL, "ab").fill(EMAIL, "abc")
    _, fill = journey.steps()
    assert isinstance(fill, FillStep)
    assert (fill.value.text, fill.before) == ("abc", "old")


def test_a_corrected_field_is_filled_once() -> None:
    """Going back to a field before anything else happened replaces its first value."""
    name = textbox("Name", id="name")
    journey = Journey().opens().fill(EMAIL, "wrong").fill(name, "Ann").click(EMAIL).fill(EMAIL, "right")
    assert journey.said() == [START, "Fill in 'Name' with 'Ann'", "Fill in 'Email' with 'right'"]


def test_what_only_the_first_of_two_fills_showed_never_comes() -> None:
    """The first text is not typed again: what the page showed for it, and took away for the second, is no effect."""
    nothing, found = Element(tag="div", text="Nothing found for these letters"), Element(tag="div", text="Split")
    typed = (Stroke(text="Be"),)
    journey = Journey().opens().fill(EMAIL, "Be", keys=typed).shows_new(nothing).press(EMAIL, "Tab")
    _, fill = journey.fill(EMAIL, "e", keys=typed).shows_new(found).loses(nothing).steps()
    assert [change.element.text for change in fill.changes if isinstance(change, Appeared | Gone)] == ["Split"]


def test_a_field_filled_again_after_a_refusal_stays_twice() -> None:
    """Between the two something was tried: both belong to the story."""
    journey = Journey().opens().fill(EMAIL, "wrong").click(button("Send")).shows_new(alert("Invalid"))
    journey.fill(EMAIL, "right").click(button("Send")).shows_new(alert("Thanks"))
    assert len(journey.steps()) == 5


@pytest.mark.parametrize("key", ["Tab", "End", "ArrowLeft"])
def test_focus_and_caret_are_no_steps(key: str) -> None:
    """A click that only focuses a field, and keys that only move the caret, are left out."""
    journey = Journey().opens().click(EMAIL).press(EMAIL, key).fill(EMAIL, "x")
    assert journey.said() == [START, "Fill in 'Email' with 'x'"]


def test_a_tab_that_the_page_took_for_itself_stays() -> None:
    """A table that goes on to its next cell shows nothing new, and yet other keys would go to another field."""
    journey = Journey().opens().fill(EMAIL, "x").press(EMAIL, "Tab").touches().click(EMAIL)
    assert journey.said()[2] == "Press Tab in 'Email'"


def test_a_click_on_a_field_that_shows_something_stays() -> None:
    """It was more than focusing."""
    journey = Journey().opens().click(EMAIL).shows_new(heading("Suggestions")).fill(EMAIL, "x")
    assert len(journey.steps()) == 3


def test_enter_stays() -> None:
    """Enter does something, even where nothing was seen to come of it."""
    assert Journey().opens().fill(EMAIL, "x").press(EMAIL, "Enter").said()[-1] == "Press Enter in 'Email'"


def test_the_halves_of_a_double_click_are_left_out() -> None:
    """Two clicks right before a double click on the same element are the double click."""
    icon = button("Readme")
    journey = Journey().opens().click(icon).click(icon, 100).click(icon, 10, clicks=2)
    assert journey.said() == [START, "Double-click the button 'Readme'"]


def test_an_impatient_second_click_is_left_out() -> None:
    """Where the first click already led away, the second one is not repeated."""
    journey = Journey().opens().click(link("Next")).leads_to("https://shop.example/next").click(link("Next"), 200)
    assert len(journey.steps()) == 2


def test_two_clicks_that_each_count_stay() -> None:
    """A counter's button may be meant twice."""
    journey = Journey().opens().click(button("+")).shows_new(alert("1")).click(button("+"), 300).shows_new(alert("2"))
    assert len(journey.steps()) == 3


def test_a_click_on_nothing_is_left_out() -> None:
    """No role, no effect: nobody would repeat it."""
    journey = Journey().opens().click(Element(tag="div", text="Some text")).click(button("Go")).shows_new(alert("Gone"))
    assert journey.said() == [START, "Click the button 'Go'"]


def test_a_click_that_puts_the_caret_into_a_drawn_text_stays() -> None:
    """The text of an editor may be drawn beside the field out of sight that takes its keys."""
    line, taker = Element(tag="span", text="x = 1"), Element(tag="textarea", role="textbox", visible=False)
    journey = Journey().opens().click(line).fill(taker, "y", keys=(Stroke(text="y"),), by_keys=True)
    assert journey.said()[1] == "Click the element 'x = 1'"


def test_a_click_on_a_plain_element_that_does_something_stays() -> None:
    """Not everything clickable says so."""
    journey = Journey().opens().click(Element(tag="div", text="Open me")).shows_new(heading("Opened"))
    assert journey.said()[-1] == "Click the element 'Open me'"


def test_a_click_that_the_page_answered_unseen_stays() -> None:
    """A star that was coloured, a hidden field that was set: the form is sent with it."""
    journey = Journey().opens().click(Element(tag="i", classes=("star",))).touches()
    assert len(journey.steps()) == 2


def test_without_effects_a_named_element_is_believed() -> None:
    """Formats that carry no effects can't show that a click did nothing; only page backgrounds are left out."""
    journey = Journey("challenge").opens().click(Element(tag="div", text="71% passed")).click(Element(tag="body"))
    assert journey.said() == [START, "Click the element '71% passed'"]


def test_a_label_and_its_box_are_one() -> None:
    """The click on the label and the change of the box are the same act."""
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree")
    journey = Journey().opens().click(Element(tag="label", text="I agree"))
    journey.at_ms -= 990
    _, step = journey.check(box).steps()
    assert isinstance(step, CheckStep)


@pytest.mark.parametrize("answered", [False, True])
def test_a_box_ticked_and_unticked_is_both(answered: bool) -> None:
    """What the first click did beyond the box (a calendar closed, an editor kept it) isn't undone by the second, and
    to untick what is not ticked does nothing; ticked twice is ticked once."""
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree", id="agree")
    journey = Journey().opens().check(box)
    if answered:
        journey = journey.loses(heading("March"))
    assert journey.check(box, checked=False).said() == [START, "Tick 'I agree'", "Untick 'I agree'"]
    assert Journey().opens().check(box).check(box).said() == [START, "Tick 'I agree'"]


@pytest.mark.parametrize(("toggles", "kept"), [(2, 2), (3, 1), (4, 2), (5, 1)])
def test_a_box_toggled_there_and_back_is_as_it_is_left(toggles: int, kept: int) -> None:
    """What came before the last two, or before the one by which it ends other than it began, changed nothing."""
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree", id="agree")
    journey = Journey().opens().shows_new(heading("Rules"))
    for number in range(toggles):
        journey = journey.check(box, checked=number % 2 == 0)
    ends = ["Tick 'I agree'", "Untick 'I agree'"] if toggles % 2 == 0 else ["Tick 'I agree'"]
    assert journey.said() == [START, *ends]
    assert len(ends) == kept


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_box_toggled_thrice_is_that_where_the_page_answered_before_the_last(answered: int) -> None:
    """The answer may stay; one to the last belongs to the tick that is left. Where no effects are known,
    nobody knows of answers; two boxes have nothing in common."""
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree", id="agree")
    journey = Journey().opens()
    for number in range(3):
        journey = journey.check(box, checked=number != 1)
        journey = journey.loses(heading("March")) if number == answered else journey
    assert len(journey.steps()) == (2 if answered == 2 else 4)
    assert len(Journey().opens().check(box).check(box, checked=False).check(box).steps()) == 4
    other = box.model_copy(update={"id": "news", "name": "News"})
    assert len(Journey().opens().shows_new(heading("Rules")).check(box).check(other).check(box).steps()) == 4


@pytest.mark.parametrize(("toggles", "title"), [(2, "untick 'I agree'"), (3, "tick 'I agree'")])
def test_a_title_tells_how_a_box_was_left(toggles: int, title: str) -> None:
    """Also where the page answered each time, so that all of them are steps."""
    box = Element(tag="input", type="checkbox", role="checkbox", name="I agree", id="agree")
    journey = Journey().opens().fill(textbox("Title"), "Rope")
    for number in range(toggles):
        journey = journey.check(box, checked=number % 2 == 0).shows_new(alert(f"Rule {number}"))
    told = journey.click(button("Save")).asks("/api/things").shows_new(alert("Saved")).story()
    assert sum(isinstance(step, CheckStep) for step in told.steps) == toggles
    assert f", {title} and" in told.title or f" and {title}" in told.title
    assert told.title.count("'I agree'") == 1


def test_scrolling_twice_is_scrolling_once() -> None:
    """The last position counts."""
    journey = Journey().opens().add(Scroll, y_px=100).add(Scroll, y_px=900)
    assert len(journey.steps()) == 2


def test_a_field_left_as_it_was_is_no_step() -> None:
    """The same value as before changes nothing."""
    assert Journey().opens().fill(EMAIL, "same", before="same").click(button("A")).shows_new(alert("x")).said() == [
        START,
        "Click the button 'A'",
    ]


def test_a_click_that_folds_up_a_list_stays() -> None:
    """What was open beside the field before may go by the click alone, and not by filling in the next field."""
    journey = Journey().opens().fill(textbox("Tag"), "lab").click(EMAIL).loses(heading("Suggestions")).fill(EMAIL, "x")
    said = [START, "Fill in 'Tag' with 'lab'", "Click the field 'Email'", "Fill in 'Email' with 'x'"]
    assert journey.said() == said
