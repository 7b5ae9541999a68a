"""What the page shows after each action arrives as one effect of it, the telling parts first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from schemas.elements import ByRole, ByText
from schemas.events import Event
from tests.capture.site import END, Site
from tests.capture.told import effect_after, texts

pytestmark = pytest.mark.slow
GONE_MAX = 12
"""Items of the same document that one effect tells as gone (capture/src/page/diff.ts)."""
Record = Callable[[str, Callable[[Page], None]], list[Event]]


def test_touch_is_told_where_nothing_can_be_read(record: Record) -> None:
    """A click that the page answers by a class alone is told from a click on nothing."""

    def do(page: Page) -> None:
        page.locator(".star").nth(1).click()
        page.wait_for_timeout(400)
        page.get_by_text("Rate it").click(position={"x": 5, "y": 5})

    events = record("records.html", do)
    clicks = [event.id for event in events if event.kind == "click"]
    touched = {event.cause: event.touched for event in events if event.kind == "effect"}
    assert [touched[name] for name in clicks] == [True, False]


ROVING = """() => {
  document.body.innerHTML =
    "<ul><li><span role=button>Data</span></li><li><span>Notes</span></li></ul><p hidden>Chosen</p>";
  document.querySelector("ul").addEventListener("click", (event) => {
    for (const one of document.querySelectorAll("span")) one.removeAttribute("role");
    event.target.setAttribute("role", "button");
    document.querySelector("p").hidden = false;
  });
}"""


def test_what_takes_turns_at_being_a_control_has_not_come(record: Record) -> None:
    """In a list of which one entry at a time is a control, the entries that change roles were there before."""

    def do(page: Page) -> None:
        page.evaluate(ROVING)
        page.wait_for_timeout(700)
        page.get_by_text("Notes").click()
        page.get_by_text("Chosen").wait_for()

    assert texts(effect_after(record("list.html", do), "click")) == ["Chosen"]


LATE = """() => {
  document.body.innerHTML = "<button>Save</button><p></p>";
  const later = (ms) => () => new Promise((go) => setTimeout(go, ms));
  document.querySelector("button").onclick = () => fetch("/answered").then(later(1300))
    .then(() => fetch("/answered?again")).then(later(60))
    .then(() => { document.querySelector("p").textContent = "All was saved"; });
}"""


def test_what_an_answer_brings_while_the_pointer_moves_comes_of_the_action(record: Record) -> None:
    """However late: the page was not at rest when the pointer moved."""

    def do(page: Page) -> None:
        page.evaluate(LATE)
        page.wait_for_timeout(700)
        page.get_by_role("button").click()
        for at in range(60):
            page.mouse.move(300 + at, 200 + at % 7)
            page.wait_for_timeout(30)
        page.get_by_text("All was saved").wait_for()
        page.wait_for_timeout(800)

    events = record("list.html", do)
    click = next(one for one in events if one.kind == "click")
    told = [text for one in events if one.kind == "effect" and one.cause == click.id for text in texts(one)]
    assert "All was saved" in told


def test_new_row_text_count_and_message(record: Record) -> None:
    """Adding to a list: the message, the new item, the changed number and the count, what was typed ranked high."""

    def do(page: Page) -> None:
        page.get_by_placeholder("What to buy?").press_sequentially("Eggs")
        page.get_by_role("button", name="Add").click()
        page.get_by_text("Item added").wait_for()

    effect = effect_after(record("list.html", do), "click")
    assert texts(effect)[:2] == ["Item added", "Eggs"]
    assert effect.changes[0].element.live
    number = next(one for one in effect.changes if one.change == "text")
    assert (number.before, number.after) in {("2", "3"), ("Open items: 2", "Open items: 3")}
    count = next(one for one in effect.changes if one.change == "count")
    assert (count.before, count.after, count.items.count) == (2, 3, 3)
    value = next(one for one in effect.changes if one.change == "value")
    assert (value.before, value.after) == ("Eggs", "")
    assert effect.settled


def test_list_that_is_drawn_anew(record: Record) -> None:
    """A row is gone although its element stays and shows the next row's text, as frameworks redraw lists."""

    def do(page: Page) -> None:
        page.get_by_label("Find").press_sequentially("bob")
        page.get_by_label("Find").press("Enter")
        page.get_by_text("Ada has 2 teas").wait_for(state="detached")

    effect = effect_after(record("redrawn.html", do), "press")
    assert texts(effect, "gone") == ["Ada has 2 teas", "Cleo has 3 cocoas"]
    assert not texts(effect)


def test_what_says_most_is_told_gone_wherever_it_stood(record: Record) -> None:
    """A dialog closes and a long table before it folds up: its heading is told, though many rows come first."""

    def do(page: Page) -> None:
        page.evaluate(
            """() => document.body.insertAdjacentHTML("beforeend", `<table id="t">${[...Array(30).keys()].map((n) =>
              `<tr><td>Measure ${n} of ${n * 7}</td></tr>`).join("")}</table><section id="s"><h3>Edit the thing</h3>
              <button onclick="t.remove(); s.remove()">Keep it</button></section>`)"""
        )
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Keep it").click()

    gone = texts(effect_after(record("redrawn.html", do), "click"), "gone")
    assert gone[0] == "Edit the thing"
    assert len(gone) <= GONE_MAX


def test_what_another_element_still_says_is_not_found_gone(record: Record) -> None:
    """A list that is called as the label of its field closes, and a word goes whose twin stays: the list is told by its
    role and name, and the word in no way by which a test would look for nothing."""

    def do(page: Page) -> None:
        page.evaluate(
            """() => document.body.insertAdjacentHTML("beforeend", `<p id="c">City</p><p>Noon</p><div id="s">
              <div role="listbox" aria-label="City"><div role="option">Bern</div></div><div>Noon</div><p>Noonday sun</p>
              <button onclick="s.remove()">Close</button></div>`)"""
        )
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Close").click()

    effect = effect_after(record("redrawn.html", do), "click")
    gone = {one.element.role or one.element.text: one for one in effect.changes if one.change == "gone"}
    locators = {said: [each.locator for each in one.element.candidates] for said, one in gone.items()}
    assert locators["listbox"] == [ByRole(by="role", role="listbox", name="City", exact=True)]
    assert locators["paragraph"] == [ByText(by="text", value="Noonday sun", exact=True)]
    assert locators["Noon"] == []


TWIN = """document.body.insertAdjacentHTML("beforeend", `<select style="position: absolute; width: 1px; height: 1px">
  <option>Bern</option></select><div id="s"><p role="option">Bern</p><p role="option">Rome</p></div>
  <button onclick="s.remove()">Close</button>`)"""


def test_what_went_is_counted_with_what_else_is_called_so(record: Record) -> None:
    """The browser's own list behind a drawn one has the same options, which nobody sees: until the drawn one is gone,
    a test would find two of them."""

    def do(page: Page) -> None:
        page.evaluate(TWIN)
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Close").click()

    effect = effect_after(record("redrawn.html", do), "click")
    gone = {one.element.name: one.element.candidates for one in effect.changes if one.change == "gone"}
    assert [one.count for one in gone["Bern"]] == [2]
    assert [one.count for one in gone["Rome"]] == [0]


def test_what_is_kept_from_screen_readers_stays_what_it_was(record: Record) -> None:
    """A list that opens hides the rest of the page from screen readers: nothing else came or went for the eye."""
    effect = effect_after(record("redrawn.html", lambda page: page.get_by_role("button", name="More").click()), "click")
    assert texts(effect) == ["Print"]
    assert not texts(effect, "gone")


def test_message_that_goes_again_is_transient(record: Record) -> None:
    """A toast that was gone before the end is told as one that doesn't stay, and the removed row as gone."""

    def do(page: Page) -> None:
        page.get_by_role("listitem").filter(has_text="Bread").get_by_role("button", name="Delete").click()
        page.get_by_text("Item deleted").wait_for()
        page.get_by_text("Item deleted").wait_for(state="detached")

    effect = effect_after(record("list.html", do), "click")
    toast = next(one for one in effect.changes if one.change == "appeared")
    assert (toast.element.text, toast.transient) == ("Item deleted", True)
    assert "Bread" in texts(effect, "gone")


def test_states(record: Record) -> None:
    """Expanding and disabling are told as states, and what they reveal as appeared."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="More").click()
        page.get_by_role("heading", name="Extras").wait_for()

    effect = effect_after(record("list.html", do), "click")
    assert texts(effect)[:2] == ["Extras", "Two shops are near you."]
    state = next(one for one in effect.changes if one.change == "state")
    assert (state.state, state.after, state.element.name) == ("expanded", True, "More")


def test_disabled_by_the_page(record: Record) -> None:
    """A button that the page switches off is told."""
    events = record("list.html", lambda page: page.get_by_role("button", name="Done").first.click())
    effect = effect_after(events, "click")
    assert [(one.state, one.after) for one in effect.changes if one.change == "state"] == [("disabled", True)]


def test_switch_of_the_pages_own_making(record: Record) -> None:
    """A click on a switch made of a box tells its new state."""
    effect = effect_after(record("widgets.html", lambda page: page.get_by_role("switch").click()), "click")
    assert [(one.state, one.after) for one in effect.changes if one.change == "state"] == [("checked", True)]


def test_words_on_a_button_that_is_named_otherwise(record: Record) -> None:
    """The words that can be seen are told, also where the button's name for screen readers says something else."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="submit").click()
        page.get_by_text("Sent").wait_for()

    changes = effect_after(record("widgets.html", do), "click").changes
    assert [(one.before, one.after) for one in changes if one.change == "text"] == [("Send", "Sent")]


@pytest.mark.parametrize("accept", [True, False])
def test_dialog(record: Record, accept: bool) -> None:
    """A browser dialog: its words, the answer, and the click that asked."""

    def do(page: Page) -> None:
        page.once("dialog", lambda dialog: dialog.accept() if accept else dialog.dismiss())
        page.get_by_role("button", name="Clear all").click()

    events = record("list.html", do)
    click = next(one for one in events if one.kind == "click")
    (dialog,) = [one for one in events if one.kind == "dialog"]
    assert (dialog.dialog, dialog.message, dialog.accepted) == ("confirm", "Really clear the list?", accept)
    assert dialog.cause == click.id
    assert ("Milk" in texts(effect_after(events, "click"), "gone")) is accept


def test_effect_before_the_next_action(record: Record) -> None:
    """A user who goes on at once: each effect is sent before the next action, and of its own action."""

    def do(page: Page) -> None:
        for name in ("Eggs", "Salt"):
            page.get_by_placeholder("What to buy?").press_sequentially(name)
            page.keyboard.press("Enter")

    events = record("list.html", do)
    presses = [one for one in events if one.kind == "press"]
    for press, name in zip(presses, ("Eggs", "Salt"), strict=True):
        (effect,) = [one for one in events if one.kind == "effect" and one.cause == press.id]
        assert name in texts(effect)
    ids = {press.id for press in presses}
    order = [one.kind for one in events if one.kind in {"fill", "press"} or getattr(one, "cause", None) in ids]
    assert order == ["fill", "press", "effect", "fill", "press", "effect"]


def test_effects_inside_frames(record: Record) -> None:
    """What changes in a frame is told with the way to the frame."""

    def do(page: Page) -> None:
        page.frame_locator("[name=inner]").get_by_label("Amount").press_sequentially("12")
        page.frame_locator("[name=inner]").get_by_role("button").click()

    effect = effect_after(record("frames.html", do), "click")
    paid = next(one for one in effect.changes if one.element.text == "Paid 12")
    assert len(paid.element.frames) == 1


def test_effects_inside_shadow_roots(record: Record) -> None:
    """What changes in a shadow root is told, and counted through the roots."""
    events = record("shadow.html", lambda page: page.get_by_role("button", name="Switch on").nth(1).click())
    effect = effect_after(events, "click")
    change = next(one for one in effect.changes if "Bath is on" in (one.element.text or ""))
    assert [one.count for one in change.element.candidates if one.locator == ByText(value="Bath is on")] == [1]


def test_appeared_elements_can_be_found_again(record: Record) -> None:
    """What appeared carries its candidates with their counts."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="More").click()

    heading = effect_after(record("list.html", do), "click").changes[0].element
    assert [one.count for one in heading.candidates if one.locator == ByRole(role="heading", name="Extras")] == [1]


def test_dialog_element_comes_first(record: Record) -> None:
    """An opened dialog ranks before what stands in it."""
    events = record("editor.html", lambda page: page.get_by_role("button", name="Settings").click())
    first = effect_after(events, "click").changes[0].element
    assert (first.role, first.name) == ("dialog", "Settings")


def test_what_a_button_makes_of_an_editors_text_is_told(record: Record) -> None:
    """The lines that became others, each as the tags around it and the text; nothing of what stayed."""

    def do(page: Page) -> None:
        page.get_by_text("Buy fruit").click(click_count=3, position={"x": 20, "y": 8})
        page.get_by_role("button", name="Bold").click()
        page.wait_for_timeout(400)

    (change,) = effect_after(record("pad.html", do), "click").changes
    assert change.change == "value"
    assert (change.element.name, change.before, change.after) == ("Pad", " p\tBuy fruit", " p b\tBuy fruit")


EDITORS = """<!doctype html><title>Editors</title>
<div role="textbox" contenteditable="true" aria-label="Open"><p>Seen <b data-mask>Zor Ablin</b></p></div>
<section data-mask><div contenteditable="true" aria-label="Kept"><p>Doctor Quell</p></div></section>
<div contenteditable="true" aria-label="Password"><p>open sesame</p></div>
<button onclick="document.querySelectorAll('p').forEach((one, n) => one.append(['Mirow', 'Tavik', 'Bresto'][n]))">
Sign</button>"""


def test_of_editors_nothing_masked_is_told(page: Page, site: Site) -> None:
    """Neither a masked part of an editor, nor one that stands in a masked region or takes a secret."""
    site.pages["/editors.html"] = (EDITORS, "text/html", {})
    page.goto(f"{site.url}/editors.html")
    page.get_by_role("button", name="Sign").click()
    page.wait_for_timeout(400)
    page.evaluate(END)
    told = [
        change
        for event in site.events()
        if event.kind == "effect"
        for change in event.changes
        if change.change == "value"
    ]
    assert [(change.element.name, change.after) for change in told] == [("Open", " p\tMirow")]
    assert not any(word in site.told() for word in ("Ablin", "Quell", "sesame", "Tavik"))


def test_a_large_page_is_known_before_somebody_acts_on_it(page: Page, site: Site) -> None:
    """What 12,000 elements show is looked at in slices once the page is quiet, so that a press doesn't wait for it."""
    row = "<tr><td>Order ${i}</td><td><b>Somebody</b></td><td><button>Edit</button></td></tr>"
    draw = f"many.innerHTML = `<table>${{Array.from({{ length: 2000 }}, (_, i) => `{row}`).join('')}}</table>`"
    site.pages["/large.html"] = ("<!doctype html><title>Orders</title><main id='many'></main>", "text/html", {})
    page.goto(f"{site.url}/large.html")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent_s() -> float:
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return float(metrics["TaskDuration"])

    page.wait_for_timeout(5_000)
    begun = looked = spent_s()
    page.evaluate(draw)
    quiet = 0
    for _ in range(60):
        page.wait_for_timeout(500)
        looked, before = spent_s(), looked
        quiet = quiet + 1 if looked - before < 0.02 else 0
        if quiet == 4:  # on a busy machine the slices may begin late
            break
    page.get_by_role("button").first.hover()
    hovered = spent_s()
    page.mouse.down()
    # A press alone takes about a quarter of drawing and looking, one that looks itself two thirds and more.
    assert spent_s() - hovered < (looked - begun) / 2


def test_scrolling_that_loads_more(record: Record) -> None:
    """Scrolling is told where the page grew by it, with what came as its effect; other scrolling is not."""

    def do(page: Page) -> None:
        page.mouse.move(300, 300)
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(900)
        page.mouse.wheel(0, 5000)
        page.get_by_role("button", name="Item 21").wait_for()
        page.wait_for_timeout(900)
        page.get_by_role("button", name="Item 21").click()

    events = record("endless.html", do)
    scroll, click = [one for one in events if one.kind in {"scroll", "click"}]
    assert (scroll.target, scroll.y_px > 0, click.target.name) == (None, True, "Item 21")
    assert "Item 21" in texts(effect_after(events, "scroll"))
