"""What widget libraries make of gestures: each of these was found on one of their pages by a person driven by seed."""

import pytest
from playwright.sync_api import Page

from schemas.elements import ByText
from schemas.events import Click, Effect, Fill
from tests.capture.site import Site
from tests.capture.test_actions import Record, actions
from tests.capture.told import texts, until_told

pytestmark = pytest.mark.slow

MENUBAR = """<!doctype html><title>Editor</title><button>Insert</button><button>Format</button><p id="menu"></p>
<script>const menu = document.querySelector("#menu"), items = { Insert: "Picture…", Format: "Bold letters" };
for (const one of document.querySelectorAll("button")) {
  one.onclick = () => { menu.textContent = menu.textContent === items[one.innerText] ? "" : items[one.innerText] };
  one.onpointerenter = () => { if (menu.textContent) menu.textContent = items[one.innerText] };
}</script>"""


def test_what_the_pointer_brings_is_no_effect_of_the_click_before(record: Record, site: Site) -> None:
    """An open menu bar shows the next menu as the pointer comes by: nobody clicked for that."""
    site.pages["/menubar.html"] = (MENUBAR, "text/html; charset=utf-8", {})

    def do(page: Page) -> None:
        page.get_by_role("button", name="Insert").click()
        until_told(page, site, "effect", 2)
        page.get_by_role("button", name="Format").hover()
        page.wait_for_timeout(2_500)  # the pointer rests there: what comes late would be told by now
        page.get_by_role("button", name="Format").click()

    events = record("menubar.html", do)
    (first, _) = (one for one in events if isinstance(one, Click))
    shown = [text for one in events if isinstance(one, Effect) and one.cause == first.id for text in texts(one)]
    assert shown == ["Picture…"]


CELL = """<!doctype html><title>Grid</title><div role="gridcell" aria-label="Active" style="width: 90px; height: 30px">
<i style="display: block; width: 90px; height: 30px">no</i></div><script>const cell = document.querySelector("div");
cell.onmousedown = () => { if (!cell.querySelector("input")) {
  cell.innerHTML = '<input type="checkbox" style="width: 90px; height: 30px; margin: 0">' } };</script>"""


def test_a_press_that_the_next_one_follows_at_once_is_told(record: Record, site: Site) -> None:
    """A cell becomes a box under the pointer: the browser makes no click of the first press, and the second one, a
    double click's, ticks the box."""
    site.pages["/cell.html"] = (CELL, "text/html", {})

    def do(page: Page) -> None:
        page.mouse.move(40, 20)
        page.mouse.dblclick(40, 20)

    first, second = actions(record("cell.html", do))
    assert (first.kind, first.target.text, second.target.type) == ("click", "no", "checkbox")
    assert (second.kind, second.checked) == ("check", True)


SLOTTED = """<!doctype html><title>Order</title><my-choice><em style="pointer-events: none">Take away</em></my-choice>
<script>customElements.define("my-choice", class extends HTMLElement { constructor() { super();
this.attachShadow({ mode: "open" }).innerHTML = "<p><slot></slot></p>";
this.onclick = () => { this.title = "chosen" } } })
</script>"""


def test_a_part_that_lets_the_pointer_through_finds_nothing(record: Record, site: Site) -> None:
    """The words of a component stand in a part that no click reaches: Playwright would wait there for ever."""
    site.pages["/slotted.html"] = (SLOTTED, "text/html", {})
    (click,) = actions(record("slotted.html", lambda page: page.locator("my-choice").click()))
    assert not [one for one in click.target.candidates if isinstance(one.locator, ByText) and one.count == 1]


LOOKUP = """<!doctype html><title>Trip</title><label>City <input type="select-one" autocomplete="new-password"></label>
<label>Code <input type="select-one" autocomplete="new-password" name="password"></label>"""


def test_the_box_of_a_replaced_select_is_no_password(record: Record, site: Site) -> None:
    """Some give the box that looks up a select's choices the type of the select; one called a password stays one."""
    site.pages["/lookup.html"] = (LOOKUP, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_label("City").press_sequentially("Bern")
        page.get_by_label("Code").press_sequentially("hunter22!")

    fills = [one.value for one in record("lookup.html", do) if isinstance(one, Fill)]
    assert [(one.text, one.secret) for one in fills] == [("Bern", None), ("", "password")]


NAMED_BY_SLOT = """<!doctype html><title>Order</title><my-radio role="radio" aria-checked="false">Small</my-radio>
<script>customElements.define("my-radio", class extends HTMLElement { constructor() { super();
this.attachShadow({ mode: "open" }).innerHTML = "<label><slot></slot></label>";
this.onclick = () => this.setAttribute("aria-checked", "true"); } })
</script>"""


def test_the_words_in_a_slot_are_those_of_their_component(record: Record, site: Site) -> None:
    """A text is hit that stands in a slot, within a label of nothing: neither has a place of its own in the page."""
    site.pages["/slot.html"] = (NAMED_BY_SLOT, "text/html", {})

    def do(page: Page) -> None:
        words = "const range = document.createRange(); range.selectNode(document.querySelector('my-radio').firstChild)"
        box = page.evaluate("() => { " + words + "; return range.getBoundingClientRect().toJSON() }")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    (click,) = actions(record("slot.html", do))
    assert (click.target.role, click.target.name, click.position) == ("radio", "Small", None)


LABELLED = """<!doctype html><title>Order</title>
<label id="drink" style="display: block; position: relative"><b style="position: absolute; inset: 0">Drink</b>
<button aria-label="Drink, tea"></button></label><label>Colour <button>Red</button></label>"""


def test_a_button_that_the_words_of_its_label_lie_over_is_pressed_by_them(record: Record, site: Site) -> None:
    """A click on the button itself would meet the words; where it is free, it is what is pressed."""
    site.pages["/order.html"] = (LABELLED, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_text("Drink").click()
        page.get_by_text("Colour").click(position={"x": 3, "y": 5})

    drink, colour = (one for one in record("order.html", do) if isinstance(one, Click))
    assert (drink.target.tag, drink.target.text) == ("label", "Drink")
    assert (colour.target.tag, colour.target.name) == ("button", "Colour")


BLOCKS = """<!doctype html><title>Page</title><input aria-label="Title">
<div style="height: 300px">Text</div><p></p><script>const menu = document.querySelector("p");
onmousemove = ({ clientY: y }) => { menu.innerHTML = y > 150 ? "<button>Add block</button>" : "" }</script>"""


def test_what_the_pointer_brings_on_its_way_is_no_effect_of_the_typing_before(record: Record, site: Site) -> None:
    """A page shows a handle beside the line that the pointer moves on, within the same element as before."""
    site.pages["/blocks.html"] = (BLOCKS, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_label("Title").press_sequentially("Plan")
        page.mouse.move(100, 100)
        page.wait_for_timeout(3_000)  # what was typed is no news any more
        page.mouse.move(100, 200)
        page.mouse.click(100, 210)

    events = record("blocks.html", do)
    (fill,) = (one for one in events if isinstance(one, Fill))
    assert not [text for one in events if isinstance(one, Effect) and one.cause == fill.id for text in texts(one)]


DRAWN = """<!doctype html><title>Code</title><style>pre { cursor: text; width: 400px; height: 60px }
span { position: fixed; width: 3px; height: 0; overflow: hidden }</style><pre>first = 1</pre>
<span><textarea aria-label="Code"></textarea></span>
<script>document.querySelector("pre").onmousedown = (event) => {
  event.preventDefault(); document.querySelector("textarea").focus() }</script>"""


def test_a_click_in_drawn_text_says_where(record: Record, site: Site) -> None:
    """The text of an editor is drawn beside the field that takes its keys: the caret goes to where one clicked."""
    site.pages["/drawn.html"] = (DRAWN, "text/html", {})

    def do(page: Page) -> None:
        page.locator("pre").click(position={"x": 30, "y": 8})
        page.keyboard.type("x")

    click, fill = actions(record("drawn.html", do))
    assert (click.position, fill.kind) == ((30, 8), "fill")


ARCHIVE = """<!doctype html><title>Mail</title><p>Letter of Ada</p><script>
addEventListener("keydown", async ({ key }) => {
  if (key !== "e") return;
  await fetch("/api/archive", { method: "POST", body: "1" });
  setTimeout(() => { document.querySelector("p").textContent = "Archived" }, 200) })</script>"""


def test_a_letter_for_which_the_page_asks_a_server_is_told(record: Record, site: Site) -> None:
    """The shortcut shows nothing until the server has answered; a letter that means nothing is not told."""
    site.pages["/mail.html"] = (ARCHIVE, "text/html", {})

    def do(page: Page) -> None:
        page.keyboard.press("x")
        page.wait_for_timeout(100)
        page.keyboard.press("e")
        page.get_by_text("Archived").wait_for()

    assert [(one.kind, one.key) for one in actions(record("mail.html", do))] == [("press", "e")]
