"""What the person did, what the page did about it, and what a field holds afterwards are told apart."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from schemas.events import Check, Click, Drag, Event, Fill, Press, Select

pytestmark = pytest.mark.slow

Record = Callable[[str, Callable[[Page], None]], list[Event]]
PAGE = "gestures.html"
UP_MS = 3_000
"""For how long a key that went down may make clicks."""


def fills(events: list[Event]) -> list[Fill]:
    return [one for one in events if isinstance(one, Fill)]


def _presses(events: list[Event]) -> list[str]:
    return [one.key for one in events if isinstance(one, Press)]


def test_the_keys_of_an_editor_are_told_as_pressed(record: Record) -> None:
    """Text, selections and shortcuts in their order, with the text that came of them; the click says where."""

    def do(page: Page) -> None:
        page.get_by_label("Text").click(position={"x": 3, "y": 9})
        page.keyboard.type("Hi ")
        page.keyboard.press("Shift+Home")
        page.keyboard.press("Control+b")
        page.get_by_role("heading").click()

    events = record(PAGE, do)
    (fill,) = fills(events)
    assert [stroke.text or stroke.key for stroke in fill.keys] == ["Hi ", "Home", "b"]
    assert [stroke.modifiers for stroke in fill.keys] == [(), ("Shift",), ("Control",)]
    assert fill.by_keys
    assert fill.value.text == "Hi First line."
    click = next(one for one in events if isinstance(one, Click))
    assert click.position is not None


def test_text_by_an_input_method_is_among_the_keys(record: Record) -> None:
    """What no key spells (a composed word, an emoji) is told as the text that it is."""

    def do(page: Page) -> None:
        page.get_by_label("Text").click()
        page.keyboard.type("a")
        page.keyboard.insert_text("日本🙏")

    (fill,) = fills(record(PAGE, do))
    assert "".join(stroke.text for stroke in fill.keys) == "a日本🙏"


def test_a_field_that_the_page_takes_part_in_is_told_by_its_keys(record: Record) -> None:
    """The page takes letters away: what was typed is one thing, what the field holds another."""

    def do(page: Page) -> None:
        page.get_by_label("Code").click()
        page.keyboard.type("1a2")

    (fill,) = fills(record(PAGE, do))
    assert (fill.value.text, fill.by_keys, fill.keys[0].text) == ("12", True, "1a2")


def test_no_key_of_a_secret_is_told(record: Record) -> None:
    """A password has no keys, nor has a text in which it stands."""

    def do(page: Page) -> None:
        page.get_by_label("Password").click()
        page.keyboard.type("hunter22")
        page.get_by_label("Text").click()
        page.keyboard.type("it is hunter22")

    first, second = fills(record(PAGE, do))
    assert (first.value.text, first.keys) == ("", ())
    assert second.keys == ()
    assert "hunter22" not in second.value.text


def test_what_the_page_puts_into_a_field_is_no_fill(record: Record) -> None:
    """What a script puts into a field after it was left, or into a select while the mouse goes down, the page did."""

    def do(page: Page) -> None:
        page.get_by_label("City").click()
        page.keyboard.type("Rome")
        page.get_by_label("Code").click()
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Large").click()

    events = record(PAGE, do)
    assert [fill.value.text for fill in fills(events)] == ["Rome"]
    assert not [one for one in events if isinstance(one, Select)]


def test_what_never_stands_still_is_clicked_by_what_it_is_in(record: Record) -> None:
    """Tests wait until what they click is at rest: the nearest element around that is, and the place in it."""

    def do(page: Page) -> None:
        box = page.locator("#pulse").bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    click = next(one for one in record(PAGE, do) if isinstance(one, Click))
    assert click.target.id == "around"
    assert click.position is not None


def test_what_only_glows_is_clicked_itself(record: Record) -> None:
    """Endless animations of colours, shadows and backgrounds, in a host without a box, take no click from a field,
    button or link in them, nor does a part of it that turns; the middle is as good as any place."""

    def do(page: Page) -> None:
        for one in (
            page.get_by_label("Username"),
            page.get_by_label("Password"),
            page.get_by_role("link", name="Help"),
        ):
            one.click(position={"x": 20, "y": 10})
        wheel = page.locator("button .wheel").bounding_box()
        assert wheel
        page.mouse.click(wheel["x"] + wheel["width"] / 2, wheel["y"] + wheel["height"] / 2)

    clicks = [one for one in record("glowing.html", do) if isinstance(one, Click)]
    names = [one.target.name for one in clicks]
    assert names[:3] == ["Username", "Password", "Help"]
    assert "Continue" in names[3]
    assert [one.position for one in clicks] == [None] * 4


def test_what_turns_in_what_glows_is_clicked_by_the_nearest_at_rest(record: Record) -> None:
    """Only as far out as it must be: not to what lies around the background that changes its colours."""

    def do(page: Page) -> None:
        box = page.locator("#turn .wheel").bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    (click,) = (one for one in record("glowing.html", do) if isinstance(one, Click))
    assert click.target.id == "turn"
    assert click.position is not None


def test_keys_go_to_what_has_the_focus(record: Record) -> None:
    """Letters in a list box, Space on a switch that takes it when it goes up, and on what is pressed by it: no secret
    is written there, whatever is asked for beside it. What took a key is told as it was before the page answered.
    Enter that leads from one part of an editor into the next is told between the texts of both."""

    def do(page: Page) -> None:
        page.get_by_role("listbox").focus()
        page.keyboard.type("se")
        page.get_by_role("switch").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Remarks").focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(100)
        page.get_by_label("Block").focus()
        page.keyboard.type("x")
        page.keyboard.press("Enter")
        page.keyboard.type("y")

    events = record(PAGE, do)
    assert _presses(events) == ["s", "e", " ", " ", "Enter"]
    assert [one.target.name for one in events if isinstance(one, Press)][2:] == ["Quiet", "Remarks", "Block"]
    told = [one.value.text if isinstance(one, Fill) else one.kind for one in events if isinstance(one, Fill | Press)]
    assert told[-3:] == ["xOne", "press", "y"]


def test_a_letter_that_a_list_hands_on_is_text(record: Record) -> None:
    """The page moves the focus to a field, and the browser writes the letter there: it was typed once."""

    def do(page: Page) -> None:
        page.get_by_role("option", name="Third").focus()
        page.keyboard.type("78")

    events = record(PAGE, do)
    assert [fill.value.text for fill in fills(events)] == ["78"]
    assert _presses(events) == []


def test_a_click_by_a_key_is_one_on_what_has_the_focus(record: Record) -> None:
    """Not on what the pointer pressed before, even where that is gone."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Once").click()
        page.keyboard.press("Space")

    clicks = [one for one in record(PAGE, do) if isinstance(one, Click)]
    assert [(one.target.name, one.by_key) for one in clicks] == [("Once", False), ("More", True)]


@pytest.mark.parametrize(
    "leave",
    [
        lambda page: page.get_by_role("heading").click(),
        lambda page: page.evaluate("document.body.appendChild(document.createElement('iframe')).focus()"),
        lambda page: page.wait_for_timeout(UP_MS + 100),
    ],
    ids=["pointer", "frame", "time"],
)
def test_a_click_is_told_after_a_key_that_nobody_heard_go_up(record: Record, leave: Callable[[Page], None]) -> None:
    """A dialog, a frame or another window hears of that; a click without a pointer is by a voice or a screen reader."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Keep").focus()
        page.keyboard.down("Enter")
        leave(page)
        page.get_by_role("button", name="More").focus()
        session = page.context.new_cdp_session(page)
        session.send("Input.dispatchKeyEvent", {"type": "char", "text": "\r"})  # a click, and no key goes down
        page.wait_for_timeout(100)

    events = record(PAGE, do)
    assert _presses(events) == ["Enter"]
    assert [one.target.name for one in events if isinstance(one, Click)][-1:] == ["More"]


def test_a_key_that_the_page_acts_on_and_lets_through_is_told(record: Record) -> None:
    """Many a page clicks by a script, and lets the browser do what it does with the key; what the browser makes a click
    of is told once, and a letter where a password may be typed is told by nothing but a page that takes it."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Unfold").focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(100)
        page.get_by_role("button", name="Keep").focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(100)
        page.get_by_label("Pinned").focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(100)

    told = [(one.kind, one.target.name) for one in record(PAGE, do) if isinstance(one, Check | Click | Press)]
    assert told == [("press", "Unfold"), ("click", "Keep"), ("check", "Pinned")]


def test_a_key_on_a_box_right_after_its_label_is_not_lost(record: Record) -> None:
    """The browser makes a click on the box of one on its label, and another of the Space key."""

    def do(page: Page) -> None:
        page.get_by_text("Pinned").click()
        page.keyboard.press("Space")
        page.wait_for_timeout(50)

    checks = [one for one in record(PAGE, do) if isinstance(one, Check)]
    assert [(one.target.name, one.checked) for one in checks] == [("Pinned", True), ("Pinned", False)]


def test_a_box_that_is_called_by_its_state_is_clicked(record: Record) -> None:
    """Who ticks it by its name and looks whether it is ticked doesn't find it any more."""

    def do(page: Page) -> None:
        page.get_by_role("checkbox", name="Unchecked").click()

    told = [one for one in record(PAGE, do) if one.kind in ("click", "check")]
    assert [(one.kind, one.target.name) for one in told] == [("click", "Unchecked")]


def test_what_a_field_cannot_read_is_told_by_its_keys(record: Record) -> None:
    """Letters in a number: no script reads them, the value is none, and the form isn't sent with them."""

    def do(page: Page) -> None:
        page.get_by_label("Pieces").select_text()
        page.keyboard.type("one")
        page.get_by_label("Code").focus()

    (fill,) = fills(record(PAGE, do))
    assert (fill.before, fill.value.text, fill.by_keys, fill.caret) == ("1", "", True, "all")
    assert [stroke.text for stroke in fill.keys] == ["one"]


def test_a_drop_is_told_by_what_stood_there(record: Record) -> None:
    """What lies under the pointer at the end is the card itself: the target is what stood there before."""

    def do(page: Page) -> None:
        page.mouse.move(60, page.get_by_text("Milk").bounding_box()["y"] + 5)  # type: ignore[index]
        page.mouse.down()
        page.mouse.move(60, page.get_by_text("Eggs").bounding_box()["y"] + 5, steps=10)  # type: ignore[index]
        page.mouse.up()

    (drag,) = (one for one in record(PAGE, do) if isinstance(one, Drag))
    assert (drag.target.text, drag.onto.text) == ("Milk", "Eggs")
    assert drag.path  # the list makes room on the way
    assert [y for _, y in drag.path] == sorted(y for _, y in drag.path)


SORTED_ON_THE_WAY = """() => {
  document.body.innerHTML = "<ul aria-label=Tasks></ul><p>Nothing</p><output></output>";
  const list = document.querySelector("ul"), names = ["Write", "Call", "Pay"];
  const draw = () => (list.innerHTML = names.map((one) => "<li draggable=true>" + one + "</li>").join(""));
  const say = (text) => (document.querySelector("output").textContent = text);
  let dragged, before;
  list.ondragstart = (event) => {
    [dragged, before] = [event.target.textContent, names.join()];
    event.target.addEventListener("dragend", () => {
      say("");
      if (event.dataTransfer.dropEffect === "none" && window.putsBack) names.splice(0, 9, ...before.split(","));
      draw();
    });
    say("Drop it in the list");
  };
  list.ondragover = (event) => {
    event.preventDefault();
    const [from, to] = [names.indexOf(dragged), names.indexOf(event.target.textContent)];
    if (to < 0 || from === to) return;
    names.splice(to, 0, ...names.splice(from, 1));
    draw();
  };
  draw();
}"""


def _drags(record: Record, *onto: str, key: str = "", puts_back: bool = False) -> list[tuple[str, str]]:
    """What is told of a drag of the last task by these, that a key may end."""

    def do(page: Page) -> None:
        page.evaluate(SORTED_ON_THE_WAY)
        page.evaluate("on => (window.putsBack = on)", puts_back)
        page.get_by_text("Pay").hover()
        page.mouse.down()
        for name in onto:
            page.get_by_text(name, exact=True).hover()
        if key:
            page.keyboard.press(key)
        page.mouse.up()
        page.mouse.move(300, 300)
        page.mouse.move(310, 300)

    return [(one.target.text, one.onto.name) for one in record(PAGE, do) if isinstance(one, Drag)]


def test_a_drag_that_the_page_did_on_the_way_needs_no_drop(record: Record) -> None:
    """What would take the drop is gone by then: the page has drawn its list anew. It is told once."""
    assert _drags(record, "Write") == [("Pay", "Tasks")]


@pytest.mark.parametrize(("onto", "key"), [(["Nothing"], ""), (["Nothing"], "Escape"), (["Write"], "Escape")])
def test_a_drag_that_was_given_up_is_not_told(record: Record, onto: list[str], key: str) -> None:
    """Let go where nothing takes it, or ended by Escape; the page showed where it could go, and put it back."""
    assert _drags(record, *onto, key=key, puts_back=True) == []


def test_a_way_holds_each_place_where_the_pointer_came_to_something_else(record: Record) -> None:
    """There the browser sends `dragenter` in the place of `dragover`; lists make room by where one was."""

    def do(page: Page) -> None:
        page.evaluate(SORTED_ON_THE_WAY)
        page.evaluate("document.head.insertAdjacentHTML('beforeend', '<style>li { height: 20px; margin: 0 }</style>')")
        page.mouse.move(100, page.get_by_text("Write").bounding_box()["y"] + 3)  # type: ignore[index]
        page.mouse.down()
        page.mouse.move(102, page.get_by_text("Pay").bounding_box()["y"] + 3, steps=20)  # type: ignore[index]
        page.mouse.up()
        page.mouse.move(300, 300, steps=2)

    (drag,) = (one for one in record(PAGE, do) if isinstance(one, Drag))
    assert {round(y) for _, y in drag.path} == {*range(2, 41, 2)}


def test_a_copied_text_says_where_it_stood(record: Record) -> None:
    """The value in the field came from the page: the place is told with it."""

    def do(page: Page) -> None:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator("#code-shown").select_text()
        page.keyboard.press("Control+c")
        page.get_by_label("City").click()
        page.keyboard.press("Control+v")

    (fill,) = fills(record(PAGE, do))
    assert fill.value.text == "TR-1042"
    assert fill.value.shown_in is not None
