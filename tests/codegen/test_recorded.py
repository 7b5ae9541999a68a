"""From a real session to a test that works: each kind of action and effect is recorded in Chromium on a page of ours,
written as a test, run on the page, and run on a broken copy of it, where it must fail."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from pipeline.codegen import write_test
from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from schemas.generated_tests import GeneratedTest
from tests.capture.conftest import capture_js
from tests.capture.site import END, Site, collector_handler, pages_handler

__all__ = ["capture_js"]
pytestmark = pytest.mark.slow


@dataclass
class Shop(Site):
    """Our pages and the collector; `broken` is what the pages say instead: (right, wrong)."""

    broken: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Our pages, whole unless told otherwise."""
    shop = Shop()

    class Pages(pages_handler(shop)):  # type: ignore[misc]
        def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            for right, wrong in shop.broken:
                body = body.replace(right.encode(), wrong.encode())
            super().answer(status, body, kind, **headers)

    pages = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    collector = ThreadingHTTPServer(("127.0.0.1", 0), collector_handler(shop))
    shop.port, shop.collector_port = pages.server_address[1], collector.server_address[1]
    for server in (pages, collector):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield shop
    for server in (pages, collector):
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Case:
    """A session on a page, and what to break there."""

    name: str
    path: str
    do: Callable[[Page], None]
    right: str
    wrong: str
    expected: str | tuple[str, ...] = ""
    """Something that the program must contain, or ways to say it: how late the page answers decides between them."""
    unexpected: str = ""
    """Something that it must not."""


def _sign_up(page: Page) -> None:
    page.get_by_label("Name").press_sequentially("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Country").select_option(label="Austria")
    page.get_by_label("Send me news").check()
    page.get_by_label("Pro").check()
    page.get_by_label("Start").fill("2031-02-03")
    page.get_by_label("Photo").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"x"})
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your account was saved.").wait_for()


def _add(page: Page) -> None:
    page.get_by_placeholder("What to buy?").press_sequentially("Cheese")
    page.get_by_placeholder("What to buy?").press("Enter")
    page.get_by_text("Item added").wait_for()


def _delete(page: Page) -> None:
    page.get_by_role("listitem").filter(has_text="Bread").get_by_role("button", name="Delete").click()


def _rename(page: Page) -> None:
    page.get_by_text("Milk").dblclick()


def _menu(page: Page) -> None:
    page.get_by_text("Milk").click(button="right")


def _clear(page: Page) -> None:
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear all").click()


def _offers(page: Page) -> None:
    page.get_by_role("button", name="Load offers").click()
    page.get_by_text("Cheese, half the price").wait_for()


def _expand(page: Page) -> None:
    page.get_by_role("button", name="More").click()


def _edit_row(page: Page) -> None:
    page.get_by_role("row").filter(has_text="Alan Turing").get_by_role("button", name="Edit").click()


def _delete_in_a_menu(page: Page) -> None:
    page.get_by_role("row").filter(has_text="Garden hose").get_by_role("button", name="Actions").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_text("Deleted product").wait_for()


def _archive(page: Page) -> None:
    page.get_by_role("button", name="Archive everything").click()
    page.get_by_text("All products were archived.").wait_for()


def _popup(page: Page) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Open by script").click()
    opened.value.get_by_role("button", name="Press me").click()
    opened.value.get_by_text("Thank you").wait_for()
    opened.value.wait_for_timeout(600)


def _download(page: Page) -> None:
    with page.expect_download():
        page.get_by_role("link", name="Get the numbers").click()
    page.get_by_role("link", name="Go there").click()
    page.get_by_role("heading", name="The other page").wait_for()


def _publish(page: Page) -> None:
    page.get_by_label("Note").press_sequentially("For May", delay=30)
    page.get_by_label("Text").press_sequentially("Spring", delay=30)
    page.wait_for_timeout(400)
    page.get_by_label("Text").press_sequentially(" sale", delay=30)
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published").wait_for()


def _pay(page: Page) -> None:
    frame = page.frame_locator("iframe[name=inner]")
    frame.get_by_label("Amount").press_sequentially("42")
    frame.get_by_role("button", name="Pay").click()


def _bath(page: Page) -> None:
    page.locator("room-card").nth(1).get_by_role("button", name="Switch on").click()


def _spa(page: Page) -> None:
    page.get_by_role("link", name="Team").click()
    page.get_by_role("heading", name="Team").wait_for()
    page.get_by_role("link", name="Plans").click()
    page.get_by_role("heading", name="Plans").wait_for()
    page.wait_for_timeout(400)
    page.go_back()
    page.get_by_role("heading", name="Team").wait_for()


def _hover(page: Page) -> None:
    page.get_by_text("File menu").hover()
    page.get_by_role("link", name="New file").click()


def _drag(page: Page) -> None:
    page.get_by_text("Card A").drag_to(page.get_by_text("Column B"))


def _switch(page: Page) -> None:
    page.locator("x-row").nth(1).get_by_label("Power").check()
    page.get_by_text("Fan is on").wait_for()
    page.wait_for_timeout(700)


def _note(page: Page) -> None:
    page.get_by_label("Note").press_sequentially("Oil the fan", delay=10)
    page.keyboard.press("Tab")
    page.get_by_text("Kept Oil the fan").wait_for()


def _budget(page: Page) -> None:
    page.get_by_test_id("budget").nth(1).click()
    page.get_by_text("Budget of Rent").wait_for()


def _open_node(page: Page) -> None:
    page.get_by_text("Node A").dblclick()
    page.get_by_role("heading", name="Edit node").wait_for()


def _canvas(page: Page) -> None:
    page.locator("canvas").click(position={"x": 50, "y": 20})


def _chat(page: Page) -> None:
    page.get_by_label("Chat").press_sequentially("Good morning")
    page.get_by_label("Chat").press("Enter")


def _write(page: Page) -> None:
    page.get_by_role("textbox", name="Message").click()
    page.get_by_role("textbox", name="Message").press_sequentially("Dear all")
    page.keyboard.press("Control+s")
    page.get_by_text("All saved").wait_for()


def _end_of_the_pad(page: Page) -> None:
    page.get_by_role("textbox", name="Pad").click()
    page.keyboard.press("Control+End", delay=100)


def _list_in_a_pad(page: Page) -> None:
    _end_of_the_pad(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="List").click()
    page.wait_for_timeout(900)
    page.keyboard.type("pears")
    page.keyboard.press("Enter")
    page.keyboard.type("plums")


def _bold_in_a_pad(page: Page) -> None:
    page.get_by_text("Buy fruit").click(click_count=3, position={"x": 20, "y": 8})
    page.get_by_role("button", name="Bold").click()


def _undo_in_a_pad(page: Page) -> None:
    _end_of_the_pad(page)
    page.keyboard.type(" and bread")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(600)


def _mark_by_key(page: Page) -> None:
    """Space on a button that hears the mouse alone does nothing."""
    page.get_by_role("button", name="Highlight").click()
    page.get_by_role("button", name="Highlight").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Keep").click()


def _unfold_by_key(page: Page) -> None:
    """Space, which the page clicks by and doesn't stop."""
    page.get_by_role("button", name="Unfold").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Keep").click()


def _menu_left_open(page: Page) -> None:
    page.get_by_role("button", name="More").click()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Wipe").click()


def _late_script(page: Page) -> None:
    page.get_by_role("link", name="New page").click()
    page.wait_for_url("**/late.html?new")
    page.wait_for_load_state()
    page.get_by_label("Title").press_sequentially("Spring sale")
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved as").wait_for()


def _tick_the_drawing(page: Page) -> None:
    page.get_by_text("Wrap as a gift").click()
    page.get_by_text("Wrapped as a gift").wait_for()


def _find(page: Page) -> None:
    page.get_by_label("Find").press_sequentially("bob")
    page.get_by_label("Find").press("Enter")
    page.get_by_text("Ada has 2 teas").wait_for(state="detached")


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("paragraph").wait_for()


CASES = (
    Case("form", "form.html", _sign_up, "Welcome, ", "Goodbye, ", 'select_option(label="Austria")'),
    Case("enter", "list.html", _add, "items.append(li);", "", '.press("Enter")'),
    Case("within_row", "list.html", _delete, "li.remove();", "", 'filter(has_text="Bread")'),
    Case("double_click", "list.html", _rename, '"!"', '"?"', ".dblclick()"),
    Case("right_click", "list.html", _menu, "document.body.append(menu)", "", 'button="right"'),
    Case("dialog", "list.html", _clear, "items.replaceChildren();", "", "dialog.accept()"),
    Case("late", "list.html", _offers, "Cheese, half the price", "undefined", ""),
    Case("expanded", "list.html", _expand, "extra.hidden = !extra.hidden;", "", ""),
    Case("table", "table.html", _edit_row, '"Editing "', '"Deleted "', 'filter(has_text="Alan Turing")'),
    Case("row_menu", "records.html", _delete_in_a_menu, "Deleted product", "Kept product", 'has_text="Garden hose"'),
    Case("icons", "records.html", _archive, "All products were", "No products were", 'name="Important Archive'),
    Case("popup", "tabs.html", _popup, "'Thank you'", "'Error'", "expect_popup()"),
    Case("download", "tabs.html", _download, 'href="other.html"', 'href="form.html"', "expect_download()"),
    Case("frame", "frames.html", _pay, '"Paid "', '"Refused "', ".content_frame"),
    Case("shadow", "shadow.html", _bath, '" is on"', '" is off"', ""),
    Case("single_page", "spa.html", _spa, 'e.state?.to ?? "Home"', '"Home"', "page.go_back()"),
    Case("hover", "pointer.html", _hover, "say('New file')", "say('No file')", ".hover()"),
    Case("drag", "pointer.html", _drag, "Card A is in column B", "Card A is lost", "drag("),
    Case(
        "component_in_row", "panel.html", _switch, '"on" : "off"', '"off" : "on"',
        expected='locator("x-row").filter(has_text="Fan Power").get_by_role("checkbox", name="Power")',
        unexpected="is on 2",
    ),
    Case(
        "click_answered_first", "panel.html", _switch, "/api/power", "/api/lost",
        expected='expect_response(re.compile(r"/api/power$"))',
    ),
    Case(
        "saved_when_left", "panel.html", _note, '"Kept "', '"Lost "',
        expected=('name="Note").blur()', 'name="Note").press("Tab")'),
    ),
    Case(
        "number_in_row", "panel.html", _budget, "Budget of ", "Nothing of ",
        'get_by_test_id("row").filter(has_text="Rent").get_by_test_id("budget").click()',
    ),
    Case("second_press", "pointer.html", _open_node, "<h2>Edit node", "<h2>No node", '"Node A").dblclick()'),
    Case("canvas", "pointer.html", _canvas, '"Dot at "', '"Nothing at "', "position="),
    Case("chat", "editor.html", _chat, '"You said: "', '"Not sent: "', '.press("Enter")'),
    Case("late_script", "late.html", _late_script, "'Saved as '", "'Lost '", 'to_have_value("spring-sale")'),
    Case(
        "saved_while_typed", "draft.html", _publish, "Published: ", "Lost: ",
        expected='expect_response(lambda response: "sale" in (response', unexpected='May" in',
    ),
    Case("covered_box", "redrawn.html", _tick_the_drawing, "Wrapped as", "Sent as", '("Wrap as a gift").check()'),
    Case("redrawn_list", "redrawn.html", _find, "show(all.filter", "void (all.filter", ".to_have_count(0)"),
    Case("box_with_the_same_words", "preview.html", _preview, "append(shown)", "append()"),
    Case(
        "list_button", "pad.html", _list_in_a_pad, "REST_MS = 700", "REST_MS = 60_000",
        expected='.locator("li").filter(has_text="pears")',
    ),
    Case("bold_button", "pad.html", _bold_in_a_pad, 'make("bold")', "pad.focus()", '.locator("b").filter('),
    Case("undo_button", "pad.html", _undo_in_a_pad, 'make("undo")', "pad.focus()", "not_to_contain_text("),
    Case("space_key", "gestures.html", _mark_by_key, "Kept with", "Lost with", 'name="Highlight").press("Space")'),
    Case("key_let_through", "gestures.html", _unfold_by_key, '= "Fold"', '= "Lost"', 'name="Unfold").press("Space")'),
    Case("menu_left_open", "pad.html", _menu_left_open, "performance.now() - pressed < 100", "pressed", "delay=120"),
    Case("rich_text", "editor.html", _write, '"All saved"', '"Not saved"', "ControlOrMeta+s"),
)  # fmt: skip


def recorded(case: Case, shop: Shop, chromium: Browser, recorder: str) -> GeneratedTest:
    """The test that is written from the session."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    told = f'{{"endpoint": "{shop.endpoint}", "app": "pages"}}'
    context.add_init_script(script=f"if (window.top === window) window.JOURNEYWRIGHT = {told};\n{recorder}\n")
    try:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{shop.url}/{case.path}")
        case.do(page)
        page.wait_for_timeout(600)
        for opened in context.pages:
            opened.evaluate(END)
    finally:
        context.close()
    events = tuple(shop.events())
    story = build_story(ClosedWindow("story", len(events), "pages", events[0].journey_id, "end", events))
    assert story is not None
    return write_test(story)


def _bare(code: str) -> str:
    """The code without its white space: where a line is broken says nothing."""
    return "".join(code.split())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_recorded_session_becomes_a_test_that_notices(
    case: Case, shop: Shop, chromium: Browser, capture_js: str, run_code: Callable[[str, str], None]
) -> None:
    """The written test passes on the page and fails on a copy in which the outcome is wrong."""
    test = recorded(case, shop, chromium, capture_js)
    ways = (case.expected,) if isinstance(case.expected, str) else case.expected
    assert any(_bare(way) in _bare(test.code) for way in ways), test.code
    assert not case.unexpected or case.unexpected not in test.code, test.code
    try:
        run_code(test.code, shop.url)
    except Exception as error:
        raise AssertionError(f"{error}\n{test.code}") from error
    shop.broken = [(case.right, case.wrong)]
    with pytest.raises(Exception, match=r"expect|Timeout"):
        run_code(test.code, shop.url)
