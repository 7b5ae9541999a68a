"""Things are found by what stays: by no figure that they held, no caption that changes, no text of what is beside."""

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.locators.finder import ordinal
from schemas.elements import ById, ByLabel, ByPath, ByRole, ByTag, ByText, Candidate, Element, PathStep, Scope
from schemas.events import Appeared, TextChanged, Typed
from schemas.stories import CheckStep, ClickStep, FillStep
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story
from tests.codegen.test_what_stays_true import PAGE


def test_a_field_is_found_by_no_name_that_says_what_it_held() -> None:
    """`Keep it for 180 days` is called otherwise as soon as it is 99; where nothing else names it, it is found so."""
    named = Candidate(locator=ByLabel(value="Keep it for 180 days"), count=1)
    by_id = Candidate(locator=ById(value="keep-days"), count=1)

    def code_for(*ways: Candidate, before: str = "180") -> str:
        field = by_label("Keep it for 180 days", candidates=ways)
        step = FillStep(target=field, value=Typed(text="99"), before=before, **base(PAGE))
        return write_test(story(step)).code

    assert '"#keep-days").fill("99")' in code_for(named, by_id)
    alone = Candidate(locator=ByRole(role="spinbutton"), count=1)  # as long as the page has no other one
    assert '"#keep-days").fill("99")' in code_for(named, alone, by_id)
    assert 'get_by_label("Keep it for 180 days")' in code_for(named)
    assert 'get_by_label("Keep it for 180 days")' in code_for(named, by_id, before="18")


def test_a_list_is_found_by_no_text_that_is_one_of_its_options() -> None:
    """What is chosen now stands there, often below the field of the list, where it can't be clicked; a text that is no
    option is what people see, and names the element best."""
    ways = (
        Candidate(locator=ByText(value="Europe/Vienna"), count=1),
        Candidate(locator=ById(value="timezone"), count=1),
    )
    chooser = Element(tag="div", text="Europe/Vienna", candidates=ways)

    def code_for(*offered: str) -> str:
        options = tuple(Appeared(element=by_role("div", "option", one)) for one in offered)
        return write_test(story(ClickStep(target=chooser, **base(PAGE), changes=options))).code

    assert 'locator("#timezone").click()' in code_for("Europe/Vienna", "Europe/Rome")
    assert 'get_by_text("Europe/Vienna").click()' in code_for("Open", "Close")


def test_a_button_without_a_box_is_pressed_by_what_holds_it() -> None:
    """Its sign is drawn around it, and no one can press what takes no room."""
    bare = by_role("button", "button", "Clear", visible=False)
    code = write_test(story(ClickStep(target=bare, **base(PAGE)))).code
    assert 'get_by_role("button", name="Clear").locator("..").click()' in code


def test_figures_behind_the_name_of_an_entry_are_not_looked_for() -> None:
    """How many there are is another number tomorrow; a number in the name of a row is its name, and figures behind
    figures are another number: the week of the 29th is not that of any day with a 2 in front."""

    def code_for(text: str, row_text: str) -> str:
        row = Scope(locator=ByTag(tag="div", classes=("entry",)), has_text=row_text, count=1)
        way = Candidate(locator=ByText(value=text), within=(row,), count=1)
        return write_test(story(ClickStep(target=by_text("span", text, candidates=(way,)), **base(PAGE)))).code

    assert r'filter(has_text=re.compile(r"Open\s*\d+"))' in code_for("Open", "Open12")
    assert 'filter(has_text="Server12")' in code_for("Restart", "Server12")
    assert 'filter(has_text="29")' in code_for("2", "29")


def test_a_place_among_several_is_explained() -> None:
    """A number alone tells a reader nothing: which of how many it is stands above its first use, in our words."""
    star = by_role("i", "button", "Rate").model_copy(
        update={"candidates": (Candidate(locator=ByRole(role="button", name="Rate"), count=10, index=3),)}
    )
    steps = [ClickStep(target=star, **base(PAGE)) for _ in range(2)]
    test = write_test(story(*steps))
    assert (
        "    # The button is the 4th of 10: only its place tells it from the others.\n"
        '    page.get_by_role("button", name="Rate").nth(3).click()' in test.code
    )
    assert test.code.count("#") == 1
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 22, 113)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "22nd",
        "113th",
    ]


def test_a_switch_that_is_renamed_is_found_by_its_new_name() -> None:
    """Many a switch is called by what it would do next: after the step, its old name finds nothing."""
    switch = by_role("input", "switch", "Toggle heating on")
    now = TextChanged(
        element=by_role("input", "switch", "Toggle heating off"), before="Toggle heating on", after="Toggle heating off"
    )
    code = write_test(story(CheckStep(target=switch, checked=True, **base(PAGE, PAGE, changes=(now,))))).code
    assert 'get_by_role("switch", name="Toggle heating on").check()' in code
    assert 'expect(page.get_by_role("switch", name="Toggle heating off")).to_be_checked()' in code
    assert 'expect(page.get_by_role("switch", name="Toggle heating on"))' not in code


def test_a_window_is_found_without_the_button_that_closes_it() -> None:
    """The head of a window has its button in its name; nobody calls it so."""
    opened = (Appeared(element=by_role("h2", "heading", "Add account Close")),)
    code = write_test(
        story(ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=opened)))
    ).code
    assert 'get_by_role("heading", name="Add account")' in code


def test_a_heading_within_the_head_of_a_window_is_told_from_it() -> None:
    """Without its button the head is called as the heading in it, and both would be found."""
    opened = (
        Appeared(element=by_role("div", "heading", "Add account Close")),
        Appeared(element=by_role("div", "heading", "Add account")),
    )
    code = write_test(
        story(ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=opened)))
    ).code
    assert 'get_by_role("heading", name="Add account Close")' in code


def test_a_box_is_found_by_the_words_of_its_row_not_by_the_row_s_number() -> None:
    """`Select row 3` is another thing's box as soon as one is added above; where no words tell the row, it is all there
    is."""
    numbered = Candidate(locator=ByRole(role="checkbox", name="Select row 3"), count=1)
    cell = Scope(locator=ByRole(role="gridcell", name="Select row 3"))
    in_cell = Candidate(locator=ByRole(role="checkbox", name="Select row"), within=(cell,), count=1)
    row = Scope(locator=ByRole(role="row"), has_text="picker")
    in_row = Candidate(locator=ByRole(role="checkbox", name="Select row"), within=(row,), count=1)

    def code_for(name: str, *ways: Candidate) -> str:
        box = by_role("input", "checkbox", name, candidates=ways)
        return write_test(story(CheckStep(target=box, checked=True, **base(PAGE)))).code

    assert 'filter(has_text="picker")' in code_for("Select row 3", numbered, in_cell, in_row)
    assert "row 3" not in code_for("Select row 3", numbered, in_cell, in_row)
    assert 'name="Select row 3").check()' in code_for("Select row 3", numbered, in_cell)
    named = Candidate(locator=ByRole(role="checkbox", name="Row 3 of the choir"), count=1)
    assert 'name="Row 3 of the choir").check()' in code_for("Row 3 of the choir", named, in_row)


def test_a_tag_whose_classes_look_generated_is_found_by_its_path() -> None:
    """It was the only one with these classes; of the tag alone there are many."""
    by_classes = Candidate(locator=ByTag(tag="div", classes=("sd-dropdown__value",)), count=1)
    by_path = Candidate(locator=ByPath(steps=(PathStep(tag="div", nth_of_type=3),)), count=1)
    step = ClickStep(target=Element(tag="div", candidates=(by_classes, by_path)), **base(PAGE))
    assert 'page.locator("div:nth-of-type(3)").click()' in write_test(story(step)).code


@pytest.mark.parametrize(
    ("says", "is_whole"), [("Name", True), ("Warehouse", False), ("Q3", False)], ids=["word", "long", "number"]
)
def test_a_short_word_is_looked_for_as_a_whole(says: str, is_whole: bool) -> None:
    """Rows that come later may hold it in a longer word, or across two cells: `Hanna` beside `Menu`."""
    shown = Appeared(element=by_text("span", says))
    click = ClickStep(target=by_role("button", "button", "Open"), **base(at("/"), at("/list"), changes=(shown,)))
    assert (f'get_by_text("{says}", exact=True)' in write_test(story(click)).code) is is_whole


def test_a_short_word_among_others_is_looked_for_by_it() -> None:
    """What an element says beside it is no part of the locator."""
    found = Candidate(locator=ByText(value="Name"), count=1)
    shown = Appeared(element=Element(tag="span", text="Name of the ship", candidates=(found,)))
    click = ClickStep(target=by_role("button", "button", "Open"), **base(at("/"), at("/list"), changes=(shown,)))
    assert "exact" not in write_test(story(click)).code
