"""What a page does while the button is down, where it was pressed, and by what a test presses it again."""

import pytest
from playwright.sync_api import Page

from schemas.events import Check, Click, Dialog, Request
from tests.capture.test_gestures import PAGE, Record, fills

pytestmark = pytest.mark.slow


def test_the_place_is_told_where_the_middle_is_another_control(record: Record) -> None:
    """A head whose middle keeps its clicks to itself, and a bar on which only the place says anything."""

    def do(page: Page) -> None:
        page.locator(".head").click(position={"x": 20, "y": 20})
        page.locator("#bar").click(position={"x": 30, "y": 10})
        page.locator("#quiet").click()

    clicks = [one for one in record(PAGE, do) if isinstance(one, Click)]
    assert clicks[0].position == (20, 20)
    assert clicks[-1].position is None


ROWS = """<ul><li><i style="display:inline-block; width:30px"></i>
  <span id="row" style="display:inline-block; width:220px">
  <span tabindex="-1">timber.txt and other words</span></span></li></ul>
  <p id="cell" style="width:220px; cursor:default"><span style="cursor:pointer">Terms of use of the port</span></p>"""


def test_a_part_that_holds_all_words_is_clicked_like_the_whole(record: Record) -> None:
    """A click beside the middle needs no place where all words stand in a part that does nothing by itself; with a
    place, no way to the part is told, for the place is one in the whole."""

    def do(page: Page) -> None:
        page.evaluate("html => { document.body.innerHTML = html }", ROWS)
        page.locator("#row").click(position={"x": 205, "y": 9})
        page.wait_for_timeout(700)
        page.locator("#cell").click(position={"x": 205, "y": 9})

    row, cell = (one for one in record(PAGE, do) if isinstance(one, Click))
    assert row.position is None
    assert cell.position is not None
    assert not [one for one in cell.target.candidates if one.locator.by == "text"]


STAR = """<div role="button" onclick="this.dataset.open = 1" style="width: 400px">Offer for the harbour
  <label onclick="event.stopPropagation(); this.textContent = 'Starred'">Star</label> <label>Draft</label></div>"""


def test_a_label_that_does_something_itself_is_what_was_pressed(record: Record) -> None:
    """One without a control says no more than other words, unless it has a handler of its own."""

    def do(page: Page) -> None:
        page.evaluate("html => { document.body.innerHTML = html }", STAR)
        page.get_by_text("Draft").click()
        page.wait_for_timeout(700)
        page.get_by_text("Star", exact=True).click()

    draft, star = (one for one in record(PAGE, do) if isinstance(one, Click))
    assert (draft.target.tag, star.target.tag, star.target.text) == ("div", "label", "Star")


ROW_TOOLS = """<style>.row, i { cursor: pointer } i { display: inline-block; width: 14px; height: 14px }</style>
  <div class="row" onclick="this.dataset.open = 1"><b>Sea charts</b>
    <i title="Delete package"></i> <i title="Edit package"></i></div>
  <div class="row"><b>Tide tables</b> <i title="Delete package"></i> <i title="Edit package"></i></div>"""


def test_an_icon_with_a_title_is_what_was_pressed(record: Record) -> None:
    """A drawn icon is called by its title, not by the words of the row around it that takes clicks too."""

    def do(page: Page) -> None:
        page.evaluate("html => { document.body.innerHTML = html }", ROW_TOOLS)
        page.locator("i").nth(2).click()
        page.wait_for_timeout(700)
        page.get_by_text("Sea charts").click()

    icon, name = (one for one in record(PAGE, do) if isinstance(one, Click))
    assert icon.target.title == "Delete package"
    assert icon.target.text != "Tide tables"
    assert name.target.text == "Sea charts"


DRAWN_BOX = """<style>input { position: absolute; width: 1px; height: 1px; opacity: 0; pointer-events: none }</style>
<label><input type=checkbox><i>☐</i> <span>I agree</span></label>"""


def test_a_box_without_a_place_of_its_own_is_ticked_by_its_words(record: Record) -> None:
    """A box of no size is no field out of sight that takes an editor's keys: the pressed words of its label find it."""

    def do(page: Page) -> None:
        page.evaluate("html => { document.body.innerHTML = html }", DRAWN_BOX)
        page.get_by_text("I agree").click()

    (check,) = (one for one in record(PAGE, do) if isinstance(one, Check))
    assert check.target.covered
    assert {"I agree"} == {one.locator.value for one in check.target.candidates if one.locator.by == "text"}


ON_RELEASE = """() => {
  document.body.innerHTML = "<button id=menu>Kernel</button><div id=item role=menuitem>Shut down</div><p>Empty</p>";
  const item = document.getElementById("item");
  item.addEventListener("mouseup", () => fetch("/answered?by=release", { method: "DELETE" }));
  document.querySelector("p").addEventListener("mousedown", () => fetch("/answered?by=press"));
}"""


def test_what_a_page_asks_before_the_click_comes_of_the_click(record: Record) -> None:
    """A menu that acts when the button goes up, or down, asks the server before the browser makes a click of it."""

    def do(page: Page) -> None:
        page.evaluate(ON_RELEASE)
        page.get_by_text("Kernel").click()
        for place in (page.get_by_role("menuitem"), page.get_by_text("Empty")):
            place.hover()
            page.mouse.down()
            page.wait_for_timeout(100)
            page.mouse.up()
            page.wait_for_timeout(300)

    events = record(PAGE, do)
    _, item, empty = (one for one in events if isinstance(one, Click))
    asked = {one.url.rpartition("=")[2]: one.cause for one in events if isinstance(one, Request)}
    assert asked == {"release": item.id, "press": empty.id}


SAVED_WHEN_LEFT = """() => {
  document.body.innerHTML = "<label>A <input id=a></label><label>B <input></label><button>Next</button><p>Empty</p>";
  document.getElementById("a").addEventListener("%s", () => fetch("/answered?by=a", { method: "PUT" }));
}"""


@pytest.mark.parametrize("by", ["change", "blur"])
@pytest.mark.parametrize("place", ["B", "Next", "Empty"])
def test_what_a_field_asks_as_it_is_left_comes_of_what_was_typed(record: Record, by: str, place: str) -> None:
    """The field is left as the button goes down elsewhere, and asks for its own."""

    def do(page: Page) -> None:
        page.evaluate(SAVED_WHEN_LEFT % by)
        page.get_by_label("A").press_sequentially("hello")
        (page.get_by_label("B") if place == "B" else page.get_by_text(place)).click()
        page.wait_for_timeout(300)

    events = record(PAGE, do)
    (fill,) = fills(events)
    assert [one.cause for one in events if isinstance(one, Request)] == [fill.id]


def test_a_question_as_the_button_goes_down_comes_of_the_click(record: Record) -> None:
    """And a press of which nothing comes says nothing of what is done later."""

    def do(page: Page) -> None:
        page.on("dialog", lambda dialog: dialog.accept())
        page.evaluate("() => { document.body.innerHTML = '<button>Open</button><button>Remove</button><input>' }")
        page.evaluate("() => { document.querySelectorAll('button')[1].onmousedown = () => confirm('Sure?') }")
        page.get_by_role("button", name="Open").click()
        page.get_by_role("button", name="Remove").click()
        page.get_by_role("textbox").press_sequentially("a")
        page.get_by_role("textbox").click()
        page.wait_for_timeout(400)
        page.evaluate("() => fetch('/answered?by=timer')")
        page.wait_for_timeout(400)
        page.get_by_role("textbox").press("Escape")

    events = record(PAGE, do)
    (asked,) = (one for one in events if isinstance(one, Dialog))
    remove = next(one for one in events if isinstance(one, Click) and one.target.name == "Remove")
    assert asked.cause == remove.id
    (timer,) = (one for one in events if isinstance(one, Request))
    assert timer.cause in (None, *(one.id for one in fills(events)))
