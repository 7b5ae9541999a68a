"""The fixture that drags in exported tests, on pages that look at the pointer only now and then."""

import pytest
from playwright.sync_api import Browser, Page

from tests.codegen.conftest import dragger

pytestmark = pytest.mark.slow

LIST = """<!doctype html><style>li { height: 30px; width: 200px; background: #eee; user-select: none }</style>
<ul><li>Tea</li><li>Milk</li><li>Salt</li></ul><button onclick="this.textContent = 'Saved'">Save</button>
<script>let held = null, looked = 0, dropped = 0;
addEventListener("mousedown", (event) => { held = event.target.closest("li") });
addEventListener("mousemove", (event) => {
  if (!held || performance.now() - looked < 30) return;
  looked = performance.now();
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("li");
  if (over && over !== held) over[held.compareDocumentPosition(over) & 4 ? "after" : "before"](held);
});
addEventListener("mouseup", () => { if (held) dropped = performance.now(); held = null });
addEventListener("click", (event) => { if (performance.now() - dropped < 50) event.stopPropagation() }, true);
</script>"""


@pytest.fixture
def page(chromium: Browser) -> Page:
    page = chromium.new_page(viewport={"width": 600, "height": 400})
    page.set_content(LIST)
    return page


def test_a_page_that_looks_now_and_then_sees_the_drag(page: Page) -> None:
    """It sorts its list as the pointer passes, one place in each look, and swallows a click that comes with the drop:
    the moves give it time to see each place, and the drag ends when the page is done with it."""
    dragger()(page.get_by_text("Tea"), page.get_by_text("Salt"))
    page.get_by_role("button").click()
    assert page.get_by_role("listitem").all_inner_texts() == ["Milk", "Salt", "Tea"]
    assert page.get_by_role("button").inner_text() == "Saved"


def test_the_drag_goes_the_recorded_way(page: Page) -> None:
    """Down past the second item and back again: the places that the pointer passed are passed in their order."""
    page.evaluate("window.way = []; addEventListener('mousemove', (event) => way.push([event.clientX, event.clientY]))")
    places = {"source_position": {"x": 10, "y": 5}, "target_position": {"x": 20, "y": 6}}
    dragger()(page.get_by_text("Tea"), page.get_by_text("Salt"), **places, path="0,30 5,80 10,60 10,61")
    (x, y), *passed = page.evaluate("way")
    assert [(to_x - x, to_y - y) for to_x, to_y in passed] == [(0, 30), (5, 80), (10, 60), (10, 61)]
