"""Keys, drags and orders in a test: what was done is one thing, what it must lead to another."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from pipeline.codegen.python.allow_list import ForbiddenCode, check_code
from pipeline.codegen.typing import STATEMENTS_MAX
from pipeline.intake.formats.native import native_event
from pipeline.privacy.pseudonyms import hidden
from schemas import limits
from schemas.elements import ById, ByPath, ByRole, ByText, Candidate, Element, PathStep
from schemas.events import Appeared, Caret, Choice, CountChanged, Fill, Gone, ShownIn, StateChanged, Stroke, Typed
from schemas.stories import CheckStep, ClickStep, DragStep, FillStep, PressStep, SelectStep, Step
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

PAGE = at("/")
EDITOR = Element(tag="div", editable=True, candidates=(Candidate(locator=ById(value="text"), count=1),))
KEYS = (
    Stroke(text="call back"),
    Stroke(key="Home", modifiers=("Shift",)),
    Stroke(key="b", modifiers=("Control",)),
)
GO = ClickStep(target=by_role("button", "button", "Go"), **base(PAGE))


def _code(*steps: Step) -> str:
    return write_test(story(*steps)).code


def _typed(target: Element, value: str, **more: Any) -> FillStep:
    return FillStep(target=target, value=Typed(text=value), **base(PAGE), **more)


def test_an_editor_gets_the_keys_as_they_were_pressed() -> None:
    """Shortcuts and selections are pressed, nothing is filled in, and the text that came of it is asserted."""
    code = _code(_typed(EDITOR, "Hello call back", before="Hello", keys=KEYS, by_keys=True), GO)
    keys = [line.strip() for line in code.splitlines() if "keyboard" in line]
    assert keys == [
        'page.keyboard.type("call back")',
        'page.keyboard.press("Shift+Home", delay=100)',
        'page.keyboard.press("ControlOrMeta+b")',
    ]
    assert ".fill(" not in code
    assert 'expect(page.locator("#text")).to_contain_text("Hello call back")' in code


def test_a_click_in_an_editor_is_held_where_keys_move_its_caret() -> None:
    """An editor may put its caret back a moment after the press: what a quick key did by then is lost."""

    def code(keys: tuple[Stroke, ...]) -> str:
        typed = _typed(EDITOR, "Hello call back", before="Hello", keys=keys, by_keys=True)
        return _code(ClickStep(target=EDITOR, **base(PAGE)), typed, GO)

    assert 'page.locator("#text").click(delay=120)' in code(KEYS)
    assert 'page.locator("#text").click()' in code(KEYS[:1])


def test_what_was_pasted_is_put_in_at_once() -> None:
    """The clipboard of the machine that runs a test holds something else."""
    code = _code(_typed(EDITOR, "x", keys=(Stroke(text="x", pasted=True),), by_keys=True), GO)
    assert 'page.keyboard.insert_text("x")' in code


@pytest.mark.parametrize(
    ("text", "way"),
    [("LGFPDIT7SKNNJVJZA4FC7QNC", "fill"), ("LGFPDIT7SKNNJVJZA4FC7QN", "press_sequentially")],
)
def test_a_long_id_is_pasted(text: str, way: str) -> None:
    """Where a page asks the server about each letter, the answers for a long id come in any order: it is put in at
    once, as people do who paste it. Shorter ones are typed where the page answers."""
    heading = Appeared(element=by_role("h4", "heading", "Device known", level=4))
    code = _code(FillStep(target=by_label("Device"), value=Typed(text=text), **base(PAGE, changes=(heading,))), GO)
    assert f'.{way}("{text}")' in code


@pytest.mark.parametrize(
    ("caret", "begins"),
    [("end", '.press("End")'), ("start", '.press("Home")'), ("all", ".select_text()")],
)
def test_keys_in_a_field_begin_where_the_caret_was(caret: Caret, begins: str) -> None:
    """In a field that the page takes part in, what is typed goes where the user's went."""
    code = _code(
        _typed(by_label("Phone"), "12-3", before="1", keys=(Stroke(text="23"),), caret=caret, by_keys=True), GO
    )
    assert f'page.get_by_label("Phone"){begins}\n' in code
    assert 'page.get_by_label("Phone").press_sequentially("23")' in code


@pytest.mark.parametrize("keys", [(), (Stroke(key="a"),) * (STATEMENTS_MAX + 1)])
def test_text_without_its_keys_is_filled_in_and_said(keys: tuple[Stroke, ...]) -> None:
    """Where keys are not known, or nobody could read them all, the test says that it fills in the whole."""
    written = write_test(story(_typed(by_label("Phone"), "12-3", keys=keys, by_keys=True), GO))
    assert '.fill("12-3")' in written.code
    assert any("Not all keys" in note for note in written.notes)
    assert "\n    Not all keys pressed in a field are known: the test fills in the text as a whole.\n" in written.code


def test_a_copied_value_is_read_from_the_page() -> None:
    """What differs at each visit is copied again, not typed as it was."""
    shown = ShownIn(candidates=(Candidate(locator=ById(value="code"), count=1),))
    step = FillStep(target=by_label("Code"), value=Typed(text="TR-1", shown_in=shown), **base(PAGE))
    code = _code(step, GO)
    assert 'copied = page.locator("#code").inner_text()' in code
    assert 'page.get_by_label("Code").fill(copied)' in code
    assert "TR-1" not in code


def test_a_key_goes_to_what_has_the_focus() -> None:
    """An element that has no name but its place is not looked for: it has the focus."""
    path = Candidate(locator=ByPath(steps=(PathStep(tag="div", nth_of_type=3),)), count=1)
    nameless = Element(tag="div", candidates=(path,))
    assert 'page.keyboard.press("ArrowDown")' in _code(PressStep(target=nameless, key="ArrowDown", **base(PAGE)), GO)


def test_a_drop_may_lie_outside_the_corner_of_its_target() -> None:
    """A negative coordinate is written, not refused, and the project's fixture drags in moves that pages can follow."""
    step = DragStep(
        target=by_text("li", "Tea"), onto=by_text("li", "Salt"), position=(3, 4), onto_position=(-2, 5), **base(PAGE)
    )
    code = _code(step, GO)
    assert 'target_position={"x": -2, "y": 5}' in code
    assert "    drag(" in code
    assert "drag: Callable[..., None]" in code


@pytest.mark.parametrize(("kind", "way"), [("select-one", "press_sequentially("), ("date", "fill(")])
def test_a_type_that_browsers_do_not_know_is_a_text(kind: str, way: str) -> None:
    """The box of a replaced select answers each key; a date is no text that one types."""
    shown = Appeared(element=by_text("li", "Bern", role="option"))
    field = by_label("City", type=kind)
    assert f'.{way}"2026-03-10")' in _code(_typed(field, "2026-03-10", changes=(shown,)), GO)


def test_a_drag_on_which_the_page_makes_room_goes_the_same_way() -> None:
    """Which of two places a page makes depends on where the pointer came from."""
    step = DragStep(target=by_text("li", "Tea"), onto=by_text("li", "Salt"), path=((0.4, 3), (-8, 20)), **base(PAGE))
    assert 'path="0,3 -8,20"' in _code(step, GO)


@pytest.mark.parametrize("expression", ["-page", "not 1", "~1"])
def test_only_numbers_have_a_sign(expression: str) -> None:
    """The allow-list takes a negative number and no other sign."""
    with pytest.raises(ForbiddenCode):
        check_code(
            f"from playwright.sync_api import Page\n\n\ndef test_x(page: Page) -> None:\n    page.goto({expression})\n"
        )


def test_the_order_of_what_was_sorted_is_asserted() -> None:
    """The number stays the same: the texts in their order tell."""
    items = Candidate(locator=ByRole(role="listitem"), count=2)
    change = CountChanged(element=Element(tag="ul"), items=items, before=2, after=2, texts=("Tea", "Milk"))
    step = ClickStep(target=by_role("button", "button", "Sort"), **base(PAGE, PAGE, changes=(change,)))
    assert 'expect(page.get_by_role("listitem")).to_have_text(["Tea", "Milk"])' in _code(step)


def test_a_state_that_the_element_does_not_say_is_not_asserted() -> None:
    """`details` and `summary` have no `aria-expanded`."""
    for tag in ("details", "summary"):
        change = StateChanged(element=by_text(tag, "More"), state="expanded", after=True)
        step = ClickStep(target=by_text("summary", "More"), **base(PAGE, PAGE, changes=(change,)))
        assert "aria-expanded" not in _code(step)


def test_an_accessible_name_is_no_visible_text() -> None:
    """What only screen readers hear is not looked for in the element's text."""
    close = Element(
        tag="button",
        role="button",
        name="Close",
        name_from="aria",
        candidates=(Candidate(locator=ById(value="x"), count=1),),
    )
    step = ClickStep(target=by_text("p", "Open"), **base(PAGE, PAGE, changes=(Appeared(element=close),)))
    assert "to_contain_text" not in _code(step)


def test_a_choice_that_goes_away_with_being_made_is_clicked() -> None:
    """`check` would wait for the box, which the page has taken away by then."""
    radio = by_role("input", "radio", "Parcel shop", type="radio")
    gone = Gone(element=Element(tag="div", role="radio", name="Parcel shop", text="Parcel shop"))
    step = CheckStep(target=radio, **base(PAGE, PAGE, changes=(gone,)))
    assert 'name="Parcel shop").click()' in _code(step, GO)
    assert "to_be_checked" not in _code(step)


def test_that_nothing_is_chosen_is_asserted_by_what_the_page_says_of_it() -> None:
    """A list from which the last choice was taken back is answered by "none", which says little elsewhere."""
    pets = by_role("select", "listbox", "Pets")
    parts = [by_text("dd", f"{part} of the long list") for part in ("Head", "Middle", "Foot", "Margin")]
    shown = [by_text("dd", "none"), *parts]
    told = [Appeared(element=one.model_copy(update={"role": "definition"})) for one in shown]
    send = ClickStep(target=by_role("button", "button", "Go"), **base(PAGE, PAGE, changes=(*told[1:], told[0])))
    assert 'get_by_text("none", exact=True)' in _code(SelectStep(target=pets, options=(), **base(PAGE)), send)
    some = SelectStep(target=pets, options=(Choice(value="d", label="Dogs"),), **base(PAGE))
    assert 'get_by_text("none")' not in _code(some, send)


def _fill_event(**more: Any) -> dict[str, Any]:
    told = {"kind": "fill", "id": "e", "app": "a", "session_id": "s", "journey_id": "j", "at_ms": 1}
    return {**told, "target": {"tag": "div", "editable": True}, "value": {"text": "x"}, "by_keys": True, **more}


@pytest.mark.parametrize(("count", "kept"), [(limits.STROKES_MAX, limits.STROKES_MAX), (limits.STROKES_MAX + 1, 0)])
def test_keys_beyond_their_bound_are_left_out_as_a_whole(count: int, kept: int) -> None:
    """A part of the keys would make another text."""
    event = native_event(_fill_event(keys=[{"key": "Home"}] * count))
    assert isinstance(event, Fill)
    assert len(event.keys) == kept


def test_no_keys_of_a_secret() -> None:
    """Whatever a producer sends: the keys of a password are never kept."""
    field = {"tag": "input", "type": "password"}
    event = native_event(_fill_event(target=field, value={"text": "hunter22"}, keys=[{"text": "hunter22"}]))
    assert isinstance(event, Fill)
    assert event.value.text == ""
    assert event.keys == ()


def test_keys_of_a_made_up_value_are_left_out() -> None:
    """They would spell what the made-up value hides."""
    told = story(_typed(EDITOR, "Anna Fischer", keys=(Stroke(text="Anna Fischer"),), by_keys=True), GO)
    step = hidden(told, {"Anna Fischer": "Ello Vispar"}).steps[0]
    assert isinstance(step, FillStep)
    assert step.keys == ()
    assert step.value.text == "Ello Vispar"


def test_all_that_a_saved_row_says_is_asserted() -> None:
    """A number of rows doesn't tell a right result from a wrong one; the row's text does, long as it is."""
    text = "To do: Write offer, Call Ben, Fix printer; Doing: Plan trip, Hire cook; Done: Pay rent"
    row = Element(
        tag="li", role="listitem", text=text, candidates=(Candidate(locator=ByText(value=text[:24]), count=1),)
    )
    step = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(Appeared(element=row),)))
    request = {"url": "http://127.0.0.1:9000/api/save", "method": "POST", "status": 200, "cause": step.event_id}
    code = write_test(story(step, networkRequests=[request])).code
    assert f'.to_contain_text(\n        "{text}"\n    )' in code


def test_items_that_were_swapped_are_waited_for() -> None:
    """Months that slide stand there twice for a moment: the day is clicked once there is one of it."""
    gone = Gone(element=Element(tag="div", role="gridcell", name="31", text="31"))
    following = ClickStep(target=by_role("button", "button", "Next month"), **base(PAGE, PAGE, changes=(gone,)))
    day = by_role("button", "gridcell", "17")
    code = _code(following, ClickStep(target=day, **base(PAGE)), GO)
    waits = 'expect(page.get_by_role("gridcell", name="17")).to_have_count(1)'
    assert code.index(waits) < code.index('page.get_by_role("gridcell", name="17").click()')


@pytest.mark.parametrize(
    ("shown", "way"), [("Corner shop", "press_sequentially"), ("Saved", "fill")], ids=["taken away", "still there"]
)
def test_after_a_field_that_the_page_took_away_keys_are_typed(shown: str, way: str) -> None:
    """Tab made a text of it: the page may be at work on that yet, and would lose what is filled in faster than a user
    can. A form, whose fields stay, is filled in."""
    payee, notes = by_label("Payee"), by_label("Notes")
    told = Appeared(element=by_text("span", shown))
    tab = PressStep(target=payee, key="Tab", **{**base(PAGE), "changes": (told,)})
    code = _code(_typed(payee, "Corner shop"), tab, _typed(notes, "weekly groceries"), GO)
    assert f'page.get_by_label("Notes").{way}("weekly groceries")' in code


def test_keys_are_typed_where_typing_enables_a_button() -> None:
    """Some pages hear nothing but keys; a password that the test makes up is typed so as well."""
    confirm = by_role("button", "button", "Confirm")
    enabled = StateChanged(element=confirm, state="disabled", before=True, after=False)
    press = ClickStep(target=confirm, **base(PAGE))
    name = FillStep(target=by_label("Name"), value=Typed(text="Rose"), **base(PAGE, changes=(enabled,)))
    assert 'page.get_by_label("Name").press_sequentially("Rose")' in _code(name, press)
    again = by_label("Repeat password").model_copy(update={"type": "password"})
    secret = Typed(secret="password", token="t")
    typed = FillStep(
        target=by_label("New password").model_copy(update={"type": "password"}), value=secret, **base(PAGE)
    )
    code = _code(typed, FillStep(target=again, value=secret, **base(PAGE, changes=(enabled,))), press)
    assert 'page.get_by_label("Repeat password").press_sequentially("' in code


def test_what_a_button_wrote_into_a_field_is_asserted_and_not_typed() -> None:
    """A test that filled it in would not notice a button that writes nothing. What was typed or pasted after such a
    button has keys, and is filled in; so is all that comes from recordings without keys."""
    area, sign = by_label("Text"), by_role("button", "button", "Signature")
    first = (Stroke(text="When?"),)

    def code(*more: Stroke, typed: tuple[Stroke, ...] = first) -> str:
        stay = [_typed(area, "When?", keys=typed), ClickStep(target=sign, **base(PAGE))]
        return _code(*stay, _typed(area, "When?--Ana", before="When?", keys=more), GO)

    assert 'to_have_value("When?--Ana")' in code()
    assert 'fill("When?--Ana")' not in code()
    assert 'fill("When?--Ana")' in code(Stroke(text="--Ana"))
    assert 'fill("When?--Ana")' in code(typed=())


@pytest.mark.parametrize(
    ("added", "pattern"),
    [
        (" 2026-11-30 19:52", r"^When\?\s+.+"),
        (" 3f2504e0-4f89-11d3-9a0c-0305e82c3301", r"^When\?\s+[0-9a-fA-F-]{36}"),
        ("--Ana 19:52, 30 November 2026 (UTC)", r"^When\?--Ana\s+.+,\s+.+\s+\(UTC\)"),
    ],
)
def test_what_a_button_writes_anew_each_time_is_asserted_by_a_pattern(added: str, pattern: str) -> None:
    """Another day has another date. The field gets the recorded text then, by which the page tells of it later."""
    area, insert = by_label("Text"), by_role("button", "button", "Insert")
    stay = [_typed(area, "When?", keys=(Stroke(text="When?"),)), ClickStep(target=insert, **base(PAGE))]
    code = _code(*stay, _typed(area, f"When?{added}", before="When?"), GO)
    assert f're.compile(r"{pattern}")' in code.split("to_have_value(")[1]
    assert f'to_have_value("When?{added}")' not in code
    assert code.index("re.compile") < code.index(f'fill("When?{added}")')


def test_what_a_button_writes_for_who_signed_in_is_not_asserted_to_the_letter() -> None:
    """Another user may run the test, with another signature: that something is there behind the text is sure."""
    area, sign = by_label("Text"), by_role("button", "button", "Signature")
    secret = FillStep(target=by_label("Password"), value=Typed(secret="password", token="p1"), **base(at("/login")))
    enters = [
        FillStep(target=by_label("User"), value=Typed(text="member7"), **base(at("/login"))),
        secret,
        ClickStep(target=by_role("button", "button", "Sign in"), **base(at("/login"), at("/"), navigates=True)),
    ]
    stay = [_typed(area, "When?", keys=(Stroke(text="When?"),)), ClickStep(target=sign, **base(PAGE))]
    code = _code(*enters, *stay, _typed(area, "When?--Ana", before="When?"), GO)
    assert r'to_have_value(re.compile(r"^When\?[\s\S]+"))' in code
    assert 'to_have_value("When?--Ana")' not in code
