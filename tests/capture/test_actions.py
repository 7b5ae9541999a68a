"""Each kind of action, done by a real user's input in real Chromium, arrives as one event that says what was done."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from schemas.elements import ByRole, ByText, Candidate, Element
from schemas.events import Event
from tests.capture.site import Site

pytestmark = pytest.mark.slow
Record = Callable[[str, Callable[[Page], None]], list[Event]]
ACTIONS = {"click", "fill", "select", "check", "press", "upload", "drag", "hover", "scroll"}


def actions(events: list[Event]) -> list[Any]:
    return [one for one in events if one.kind in ACTIONS]


def unique(element: Element) -> list[Candidate]:
    return [one for one in element.candidates if one.count == 1]


def test_form_is_recorded_as_filled_in(record: Record) -> None:
    """Typing, choosing, ticking, a date and a file are one event each, in order, with what the user chose."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("Ada")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("About").press_sequentially("One\ntwo")
        page.get_by_label("Country").select_option("ch")
        page.get_by_label("Send me news").check()
        page.get_by_label("Pro").check()
        page.get_by_label("Start").fill("2025-11-30")
        page.get_by_label("Photo").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"x"})

    found = actions(record("form.html", do))
    assert [one.kind for one in found] == ["fill", "fill", "fill", "select", "check", "check", "fill", "upload"]
    name, mail, about, country, news, plan, start, photo = found
    typed = [one.value.text for one in (name, mail, about, start)]
    assert typed == ["Ada", "ada@example.com", "One\ntwo", "2025-11-30"]
    assert [(one.value, one.label) for one in country.options] == [("ch", "Switzerland")]
    assert (news.checked, plan.checked) == (True, True)
    assert photo.files == ("me.png",)
    assert [one.target.label for one in (name, news, plan)] == ["Name", "Send me news", "Pro"]
    assert ByRole(role="radio", name="Pro") in [one.locator for one in unique(plan.target)]


def test_changed_field_tells_its_value_before(record: Record) -> None:
    """A field typed into twice says what it held before the second time."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("Ada")
        page.get_by_label("E-mail").press_sequentially("a@b.c")
        page.get_by_label("Name").press("End")
        page.get_by_label("Name").press_sequentially(" L.")

    name = [one for one in actions(record("form.html", do)) if one.kind == "fill"][-1]
    assert (name.before, name.value.text) == ("Ada", "Ada L.")


def test_unticking_is_recorded(record: Record) -> None:
    """A box that is ticked and unticked gives two events with its state after each."""

    def do(page: Page) -> None:
        page.get_by_label("Send me news").check()
        page.wait_for_timeout(600)
        page.get_by_label("Send me news").uncheck()

    assert [one.checked for one in actions(record("form.html", do))] == [True, False]


def test_keyboard_ticks_a_box(record: Record) -> None:
    """Space on a box is the same as a click on it; the key itself is no event."""

    def do(page: Page) -> None:
        page.get_by_label("Send me news").focus()
        page.keyboard.press("Space")

    assert [(one.kind, one.checked) for one in actions(record("form.html", do))] == [("check", True)]


@pytest.mark.parametrize(
    ("how", "expected"), [("click", (1, "left")), ("dblclick", (2, "left")), ("right", (1, "right"))]
)
def test_clicks(record: Record, how: str, expected: tuple[int, str]) -> None:
    """A double click is one event, not three; a click with the right button is one that says so."""

    def do(page: Page) -> None:
        label = page.get_by_text("Milk")
        {"click": label.click, "dblclick": label.dblclick, "right": lambda: label.click(button="right")}[how]()

    (click,) = actions(record("list.html", do))
    assert (click.clicks, click.button) == expected
    assert ByText(value="Milk") in [one.locator for one in unique(click.target)]


def test_click_with_a_modifier(record: Record) -> None:
    """Keys held during a click are told."""
    (click,) = actions(record("list.html", lambda page: page.get_by_text("Milk").click(modifiers=["Shift"])))
    assert click.modifiers == ("Shift",)


def test_enter_in_a_field_follows_its_fill(record: Record) -> None:
    """The text comes before the key that sends it, and the click that the page makes of the key is no event."""

    def do(page: Page) -> None:
        page.get_by_placeholder("What to buy?").press_sequentially("Eggs")
        page.keyboard.press("Enter")

    fill, press = actions(record("list.html", do))
    assert (fill.kind, fill.value.text) == ("fill", "Eggs")
    assert (press.kind, press.key) == ("press", "Enter")


def test_enter_that_submits_a_form_is_one_event(record: Record) -> None:
    """The browser's own click on the submit button, when Enter sends a form, is no click of the user."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("Ada")
        page.keyboard.press("Enter")
        page.get_by_text("Welcome, Ada").wait_for()

    assert [one.kind for one in actions(record("form.html", do))] == ["fill", "press"]


def test_shortcut_is_recorded(record: Record) -> None:
    """A key with a modifier that the page reacts to is an event with both."""
    (press,) = actions(record("editor.html", lambda page: page.keyboard.press("Control+s")))
    assert (press.key, press.modifiers) == ("s", ("Control",))


def test_single_key_command_is_recorded_where_the_page_takes_it(record: Record) -> None:
    """A printable key outside fields counts only if the page makes something of it: it stops the key, or is another
    page at once. Where a password may be typed, that is no sign: the page may be at work on something else."""

    def do(page: Page) -> None:
        page.keyboard.press("q")
        page.keyboard.press("?")
        page.keyboard.press("h")
        page.wait_for_timeout(100)
        page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'password' }))")
        page.keyboard.press("h")

    assert [one.key for one in actions(record("editor.html", do))] == ["?", "h"]


FIELD = "Object.assign(document.createElement('input'), { id: 'secret', %s })"
IN_SHADOW = f"document.body.appendChild(document.createElement('p')).attachShadow({{ mode: 'open' }}).append({FIELD})"
IN_FRAME = f"document.body.appendChild(document.createElement('iframe')).contentDocument.body.append({FIELD})"
IN_PAGE = f"document.body.append({FIELD})"


def _shown(page: Page) -> None:
    """The page shows what was typed as a password."""
    page.locator("#secret").fill("seagull")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("Object.assign(document.querySelector('#secret'), { type: 'text', id: 'word' })")


@pytest.mark.parametrize(
    ("field", "before"),
    [
        (IN_SHADOW % "type: 'password'", lambda _: None),
        (IN_FRAME % "type: 'password'", lambda _: None),
        (IN_PAGE % "type: 'password'", _shown),
        (IN_PAGE % "autocomplete: 'one-time-code'", lambda _: None),
        (IN_PAGE % "autocomplete: 'cc-number'", lambda _: None),
    ],
    ids=["shadow tree", "frame", "revealed", "code", "card"],
)
def test_no_letter_is_told_by_chance_where_a_secret_may_be_typed(
    record: Record, field: str, before: Callable[[Page], None]
) -> None:
    """It may be one of the secret that went beside its field, while a text of the page ticks on."""

    def do(page: Page) -> None:
        page.evaluate(field)
        page.wait_for_timeout(100)
        before(page)
        page.evaluate("addEventListener('keydown', () => document.querySelector('#saved').append('.'))")
        page.keyboard.press("w")
        page.wait_for_timeout(100)
        page.keyboard.press("?")

    assert [one.key for one in actions(record("editor.html", do)) if one.kind == "press"] == ["?"]


def test_the_delete_key_is_recorded_for_things_and_not_for_letters(record: Record) -> None:
    """Outside of fields it is meant for what is chosen, whether the page stops its usual meaning or not."""

    def do(page: Page) -> None:
        page.get_by_label("Message").press("Delete")
        page.get_by_role("button", name="Settings").focus()
        page.keyboard.press("Delete")

    assert [one.key for one in actions(record("editor.html", do)) if one.kind == "press"] == ["Delete"]


def test_escape_closes_a_dialog(record: Record) -> None:
    """Escape is an event of its own."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Settings").click()
        page.keyboard.press("Escape")

    click, press = actions(record("editor.html", do))
    assert (click.kind, press.kind, press.key) == ("click", "press", "Escape")


def test_rich_text_is_one_fill(record: Record) -> None:
    """What is typed into an editable region is one fill, lines and all."""

    def do(page: Page) -> None:
        page.get_by_label("Message").click()
        page.keyboard.type("Dear all,\nhello")

    fill = actions(record("editor.html", do))[-1]
    assert (fill.kind, fill.target.editable) == ("fill", True)
    assert fill.value.text.split() == ["Dear", "all,", "hello"]


def test_key_that_commits_a_tag(record: Record) -> None:
    """A comma that the page takes for "done" comes after the text that it commits."""

    def do(page: Page) -> None:
        page.get_by_label("Tags").first.press_sequentially("red,blue,")

    events = actions(record("editor.html", do))
    found = [(one.kind, one.value.text if one.kind == "fill" else one.key) for one in events]
    assert found == [("fill", "red"), ("press", ","), ("fill", "blue"), ("press", ",")]


def test_enter_that_sends_a_message(record: Record) -> None:
    """Enter in a text of several lines is a key of its own where the page sends the text off."""

    def do(page: Page) -> None:
        page.get_by_label("Chat").press_sequentially("Hi there")
        page.keyboard.press("Enter")
        page.get_by_text("You said: Hi there").wait_for()

    fill, press = actions(record("editor.html", do))
    assert (fill.value.text, press.key) == ("Hi there", "Enter")


def test_drag_and_drop(record: Record) -> None:
    """The browser's own drag and drop is one event with both ends, and no click."""
    (drag,) = actions(record("pointer.html", lambda page: page.locator("#from").drag_to(page.locator("#to"))))
    assert drag.path == ()  # the page stays as it is until the drop
    assert (drag.target.text, drag.onto.text) == ("Card A", "Column B")


def test_dragging_by_pointer_events(record: Record) -> None:
    """Something that the page moves along with the pointer is a drag with its places."""

    def do(page: Page) -> None:
        box = page.get_by_label("Volume").bounding_box()
        assert box
        page.mouse.move(box["x"] + 10, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 10, steps=5)
        page.mouse.up()

    (drag,) = actions(record("pointer.html", do))
    assert (drag.kind, drag.target.role, drag.position) == ("drag", "slider", (10, 10))


def test_click_on_a_drawing_has_its_place(record: Record) -> None:
    """Where there is nothing but pixels, the place inside the element is told."""
    (click,) = actions(record("pointer.html", lambda page: page.locator("#pad").click(position={"x": 30, "y": 20})))
    assert click.position is not None
    assert [round(part) for part in click.position] == [30, 20]


def test_icon_belongs_to_what_can_be_clicked(record: Record) -> None:
    """A click on a drawing without words is one on the box that shows a hand under the pointer."""
    (click,) = actions(record("pointer.html", lambda page: page.locator("svg").click()))
    assert click.target.classes == ("card",)


def test_press_that_opens_something_over_itself(record: Record) -> None:
    """A select box of the page's own making that covers itself on the press: the click is on the box alone."""

    def do(page: Page) -> None:
        page.get_by_role("combobox", name="Colour").click(delay=60)
        page.get_by_role("option", name="Blue").click()

    first, second = actions(record("widgets.html", do))
    assert (first.kind, first.target.name, second.kind, second.target.name) == ("click", "Colour", "click", "Blue")


def test_tab_into_a_cell_that_becomes_a_field(record: Record) -> None:
    """Tab is an action where the page answers it: a field comes to be by it, or goes."""

    def do(page: Page) -> None:
        page.get_by_role("cell", name="10").click()
        page.keyboard.type("11")
        page.keyboard.press("Tab")
        page.keyboard.type("22")
        page.keyboard.press("Tab")

    events = record("widgets.html", do)
    found = actions(events)
    assert [one.kind for one in found] == ["click", "fill", "press", "fill", "press"]
    assert (found[1].value.text, found[2].key, found[3].value.text) == ("11", "Tab", "22")
    assert [one.touched for one in events if one.kind == "effect" and one.cause == found[2].id] == [True]


CITIES = """<!doctype html><title>Shift</title><div class="pick"><input><span>Choose a city</span></div>
<div class="pick"><input><span>Choose a skill</span></div><p id="open" hidden>No such city</p><script>
const box = document.querySelector("input"), hint = document.querySelector("span");
box.oninput = () => { hint.textContent = box.value ? "" : "Choose a city"; open_.hidden = false };
const open_ = document.querySelector("#open");
box.onkeydown = (event) => { if (event.key === "Tab") { open_.hidden = true; box.value = "" } };
</script>"""


def test_tab_in_a_field_that_was_found_by_what_typing_hides(record: Record, site: Site) -> None:
    """The words by which the field was told from others are gone once something stands in it: the key is told by what
    is there then."""
    site.pages["/cities.html"] = (CITIES, "text/html", {})

    def do(page: Page) -> None:
        page.locator("input").first.click()
        page.keyboard.type("zzz")
        page.keyboard.press("Tab")

    fill, press = [one for one in actions(record("cities.html", do)) if one.kind in ("fill", "press")]
    assert "Choose a city" in fill.target.candidates[0].model_dump_json()
    assert all("Choose a city" not in one.model_dump_json() for one in press.target.candidates)


def test_field_that_the_page_empties_after_each_key(record: Record) -> None:
    """A code editor swallows each key: all that was typed is one fill."""
    (fill,) = actions(record("widgets.html", lambda page: page.get_by_label("Code").press_sequentially("x=1")))
    assert fill.value.text == "x=1"


def test_selecting_text_is_no_action(record: Record) -> None:
    """Marking text with the pointer is neither a click nor a drag."""

    def do(page: Page) -> None:
        start = page.get_by_text("A longer text").bounding_box()
        end = page.get_by_text("to there.").bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 20, start["y"] + 5)
        page.mouse.down()
        page.mouse.move(end["x"] + 40, end["y"] + 5, steps=4)
        page.mouse.up()

    assert actions(record("widgets.html", do)) == []


def test_range_is_filled(record: Record) -> None:
    """A slider of the browser's own is filled with its value."""
    (fill,) = actions(record("widgets.html", lambda page: page.get_by_label("Loudness").fill("8")))
    assert (fill.kind, fill.value.text, fill.before) == ("fill", "8", "5")


def test_scripted_clicks_are_not_the_users(record: Record) -> None:
    """What a script of the page clicks is no action."""
    assert actions(record("list.html", lambda page: page.evaluate("document.getElementById('add').click()"))) == []


def test_files_of_an_input_in_no_document(record: Record) -> None:
    """They are told with the control that opened the chooser; two choices by the same one are two."""

    def add(page: Page, name: str) -> None:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Add a photo").click()
        chooser.value.set_files([{"name": name, "mimeType": "image/png", "buffer": b"\x89PNG"}])
        page.get_by_text(name).wait_for()

    def do(page: Page) -> None:
        add(page, "dinner.png")
        page.wait_for_timeout(700)
        add(page, "taxi.png")

    uploads = [one for one in record("photo.html", do) if one.kind == "upload"]
    assert [one.files for one in uploads] == [("dinner.png",), ("taxi.png",)]
    assert {(one.chooser, one.target.name) for one in uploads} == {(True, "Add a photo")}
