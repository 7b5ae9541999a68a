"""What is done in editors: the letters come when the page is ready for them, and what an editor shows is asserted."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pipeline.codegen import write_test
from pipeline.codegen.project.conftest_file import Wanted, conftest
from schemas.elements import ByRole, ByTag, Candidate, Element
from schemas.events import Appeared, Change, Choice, StateChanged, Stroke, Typed, ValueChanged
from schemas.stories import ClickStep, FillStep, PressStep, SelectStep, Step
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story
from tests.codegen.conftest import waiter

PAGE = at("/")
EDITOR = Element(
    tag="div",
    role="textbox",
    name="Pad",
    editable=True,
    candidates=(Candidate(locator=ByRole(role="textbox", name="Pad"), count=1),),
)
LIST = ClickStep(target=by_role("button", "button", "List"), **base(PAGE))
PAD = 'page.get_by_role("textbox", name="Pad")'
RESTLESS = """<!doctype html><button onmousedown="event.preventDefault()" onclick="put(5)">List</button>
<div role="textbox" contenteditable="true"></div><script>
function put(times) {
  document.querySelector("div").focus();
  document.querySelector("div").append("x");
  window.times = times;
  if (times) setTimeout(() => put(times - 1), 300);
}</script>"""


def _code(*steps: Step) -> str:
    return write_test(story(*steps)).code


def _typed(value: str, before: str = "", keys: tuple[Stroke, ...] = (), **more: Any) -> FillStep:
    strokes = keys or (Stroke(text=value),)
    return FillStep(
        target=EDITOR, value=Typed(text=value), before=before, keys=strokes, by_keys=True, **base(PAGE), **more
    )


def _clicked(target: Element, *changes: Change, **more: Any) -> ClickStep:
    return ClickStep(target=target, changes=changes, **base(PAGE), **more)


def _lines(code: str) -> list[str]:
    return [line.strip() for line in code.splitlines()]


def test_keys_after_a_button_wait_for_the_editor() -> None:
    """The page gives the editor its focus and caret back when it pleases: what is typed before that is lost."""
    lines = _lines(_code(LIST, _typed("pears"), _clicked(by_label("Title"))))
    place = lines.index('page.keyboard.type("pears")')
    assert lines[place - 1] == f"settled({PAD})"
    pressed = PressStep(target=EDITOR, key="Enter", **base(PAGE))
    assert f"settled({PAD})" in _code(LIST, pressed, LIST)


def test_keys_wait_where_the_key_before_had_the_page_empty_the_editor() -> None:
    """A line that is sent, or becomes a tag, may be taken away a moment later, with the letters that came since."""
    sent = PressStep(target=EDITOR, key="Enter", changes=(ValueChanged(element=EDITOR, before="pears"),), **base(PAGE))
    lines = _lines(_code(_clicked(EDITOR), _typed("pears"), sent, _typed("plums"), LIST))
    assert lines[lines.index('page.keyboard.type("plums")') - 1].startswith("settled(")
    kept = sent.model_copy(update={"changes": ()})
    assert "settled(" not in _code(_clicked(EDITOR), _typed("pears"), kept, _typed("plums"), LIST)


CHOICE = SelectStep(target=by_label("Kind", tag="select"), options=(Choice(value="b", label="Blue"),), **base(PAGE))
CHANGED = StateChanged(element=by_role("button", "button", "Bold"), state="pressed", after=False)


def test_a_choice_takes_the_focus_from_where_one_was_typing() -> None:
    """A choice by a script would leave it there: an editor's toolbar goes on showing its text, and a field whose
    leaving the page answers is never left. Where a field's page answers nothing, a choice alone is enough."""
    focus = 'page.get_by_label("Kind").focus()'
    lines = _lines(_code(_clicked(EDITOR), _typed("pears"), CHOICE, LIST))
    assert lines[lines.index('page.get_by_label("Kind").select_option(label="Blue")') - 1] == focus
    filled = FillStep(target=by_label("Title"), value=Typed(text="pears"), **base(PAGE))
    answered = CHOICE.model_copy(update={"changes": (CHANGED,)})
    assert focus in _code(filled, answered, LIST)
    assert focus not in _code(filled, CHOICE, LIST)
    assert focus not in _code(LIST, answered, LIST)


def test_keys_wait_for_an_editor_behind_a_field_out_of_sight() -> None:
    """After a button; a click on the lines that are drawn beside the field is one in the editor."""
    taker = by_label("Code", tag="textarea").model_copy(update={"visible": False})
    typed = _typed("x = 1").model_copy(update={"target": taker})
    assert "settled(" in _code(LIST, typed, LIST)
    # What the field holds is put there while it is used.
    assert "not_to_have_value" not in _code(LIST, typed.model_copy(update={"before": "first = 1"}), LIST)
    assert "settled(" not in _code(_clicked(by_text("span", "first = 1"), position=(4, 4)), typed, LIST)


def test_keys_after_a_click_in_the_editor_wait_for_nothing() -> None:
    """The click itself gives the focus; and what is typed goes on where it was."""
    click = _clicked(EDITOR, position=(10, 10))
    assert "settled" not in _code(click, _typed("pears"), PressStep(target=EDITOR, key="Enter", **base(PAGE)), LIST)


@pytest.mark.parametrize(("place", "waits"), [((12, 9), True), ((200, 9), False)])
def test_a_second_click_at_the_same_place_is_no_double_click(place: tuple[float, float], waits: bool) -> None:
    """A test types so fast that pages which count clicks themselves would take it for one."""
    code = _code(_clicked(EDITOR, position=(10, 10)), _typed("pears"), _clicked(EDITOR, position=place), LIST)
    assert (", focused=False)" in code) == waits
    code = _code(_clicked(EDITOR, position=(10, 10)), LIST, _clicked(EDITOR, position=place), LIST)
    assert (", focused=False)" in code) == waits


@pytest.mark.parametrize(("keys", "told"), [("End", False), ("a", False), ("ArrowDown", True)])
def test_a_click_before_the_caret_goes_to_an_end_tells_no_place(keys: str, told: bool) -> None:
    """Where in a long text an editor was clicked says nothing if the first key goes to an end of the text anyway."""
    click = _clicked(EDITOR, position=(529.0, 14891.0))
    typed = _typed("pears", keys=(Stroke(key=keys, modifiers=("Control",)), Stroke(text="pears")))
    code = _code(click, typed)
    assert ("14891" in code) is told
    assert told or f"{PAD}.click(delay=120)" in code


def test_all_lines_that_were_typed_are_asserted() -> None:
    """A letter that is lost in the first of them is noticed."""
    keys = (Stroke(text="pears"), Stroke(key="Enter"), Stroke(text="plums"))
    code = _code(LIST, _typed("Fruit\npears\nplums\nEnd", before="Fruit\n\nEnd", keys=keys), LIST)
    assert f'expect({PAD}).to_contain_text("pears plums", use_inner_text=True)' in "".join(_lines(code))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (" p\tBuy fruit", " p b\tBuy fruit", '.locator("b").filter(has_text="Buy fruit").first).to_be_visible()'),
        (" p\tpears", " ul li\tpears", '.locator("li").filter(has_text="pears").first).to_be_visible()'),
        (" p b\tBuy fruit", " p\tBuy fruit", '.locator("b").filter(has_text="Buy fruit")).to_have_count(0)'),
        ("", " p\tDear customer", ').to_contain_text("Dear customer")'),
        (" p\tBuy plums", " p\tBuy", ').not_to_contain_text("Buy plums", use_inner_text=True)'),
    ],
)
def test_what_a_button_made_of_a_text_is_asserted(before: str, after: str, expected: str) -> None:
    """It is set apart or no longer, it came, or what was typed was taken back."""
    made = ValueChanged(element=EDITOR, before=before, after=after)
    code = _code(_typed("plums"), _clicked(LIST.target, made), _clicked(by_label("Title")))
    assert f"expect({PAD}{expected}" in "".join(_lines(code)).replace("pad.", f"{PAD}.")


def test_of_typing_what_it_set_apart_is_asserted_beside_the_text() -> None:
    """A shortcut among the keys made a list of the lines."""
    made = ValueChanged(element=EDITOR, after=" ul li\tpears\n p\tplums")
    code = "".join(_lines(_code(_typed("pears\nplums", changes=(made,)), LIST)))
    assert '.locator("li").filter(has_text="pears").first).to_be_visible()' in code
    assert "plums" in code.partition("expect")[2]


def test_what_others_wrote_and_changes_in_each_run_is_not_asserted() -> None:
    """A text that went was not typed here; a time is another in each run."""
    made = ValueChanged(element=EDITOR, before=" p\tDraft of Ada", after=" p\tSaved 10:45")
    code = _code(_typed("plums"), _clicked(LIST.target, made), _clicked(by_label("Title")))
    assert "Draft" not in code
    assert "Saved" not in code


def test_what_was_parted_is_not_gone() -> None:
    """Enter in the middle of a line makes two of it."""
    made = ValueChanged(element=EDITOR, before=" p\tBuy plums", after=" p\tBuy\n p\tplums")
    enter = PressStep(target=EDITOR, key="Enter", changes=(made,), **base(PAGE))
    assert "not_to_contain" not in _code(_typed("plums"), enter, LIST)


def test_the_hint_of_what_is_clicked_next_is_not_asserted() -> None:
    """It shows while the pointer is on it, which is the person's and not the step's."""
    hint = by_text("span", "Italic")
    icon = by_role("button", "button", "Italic", name_from="aria")
    code = _code(_clicked(by_label("Title"), Appeared(element=hint)), _clicked(icon), LIST)
    assert 'get_by_text("Italic")' not in code


def test_a_menu_that_the_next_click_closes_is_opened_as_a_hand_does() -> None:
    """Pages that hear all presses take one that comes at once for the same; a menu from which one chooses is none."""
    menu, save, item = (
        by_role(*one)
        for one in (("button", "button", "More"), ("button", "button", "Save"), ("div", "menuitem", "Help"))
    )
    opens, closes = (StateChanged(element=menu, state="expanded", after=after) for after in (True, False))
    assert _code(_clicked(menu, opens), _clicked(save, closes), LIST).count(".click(delay=120)") == 2
    assert ".click(delay=120)" not in _code(_clicked(menu, opens), _clicked(menu, closes), LIST)
    assert ".click(delay=120)" not in _code(_clicked(menu, opens), _clicked(item), LIST)


@pytest.fixture
def page(chromium: Browser) -> Page:
    page = chromium.new_page()
    page.set_content(RESTLESS)
    return page


@pytest.mark.slow
def test_an_editor_is_settled_once_its_page_leaves_it_alone(page: Page) -> None:
    """It has the focus, and nothing came for as long as a hand takes to the keys."""
    page.get_by_role("button").click()
    waiter()(page.get_by_role("textbox"))
    assert page.evaluate("times") == 0
    page.keyboard.type("a")
    assert "a" in page.get_by_role("textbox").inner_text()


@pytest.mark.slow
def test_an_editor_without_the_focus_is_not_settled(page: Page) -> None:
    """Keys would go elsewhere: the test fails instead. A click gives it the focus by itself."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"settled"})), "conftest", "exec"), scope)
    assert page.get_by_role("textbox").evaluate(scope["AT_REST"], [100, 400, True]) is False
    assert page.get_by_role("textbox").evaluate(scope["AT_REST"], [100, 400, False]) is True


def test_what_was_typed_is_looked_for_where_no_second_editor_is_found() -> None:
    """A dialog with a text field, or another cell, came with the last key: what found one text field finds two."""
    alone = Candidate(locator=ByRole(role="textbox"), count=1)
    by_class = Candidate(locator=ByTag(tag="div", classes=("lines",)), count=1)
    editor = Element(tag="div", role="textbox", editable=True, candidates=(alone, by_class))
    typed = FillStep(
        target=editor, value=Typed(text="buy ropes"), keys=(Stroke(text="buy ropes"),), by_keys=True, **base(PAGE)
    )
    assert 'expect(page.get_by_role("textbox")).to_contain_text("buy ropes")' in _code(typed, LIST)
    dialog = Appeared(element=by_label("File name", role="textbox"))
    second = ValueChanged(element=editor.model_copy(update={"candidates": (alone.model_copy(update={"count": 2}),)}))
    for change in (dialog, second):
        code = _code(typed.model_copy(update={"changes": (change,)}), LIST)
        assert 'expect(page.locator("div.lines")).to_contain_text("buy ropes")' in code
        assert 'settled(page.get_by_role("textbox"))' in code or 'page.get_by_role("textbox").press' in code
