"""Pages with many elements: what is told of them is as right as of small ones, and asks little of the browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from schemas.elements import ByRole, ByText
from schemas.events import Click, Event
from tests.capture.site import END, Site

pytestmark = pytest.mark.slow

ROWS = "".join(f"<tr><td>Order {one}</td><td>is open</td><td><button>Edit</button></td></tr>" for one in range(400))
LABELLED = f"""<label for=pay>Pay now</label> <button id=pay>&euro;</button><table><tbody>{ROWS}</tbody></table><script>
window.asked = 0;
const own = Object.getOwnPropertyDescriptor(HTMLButtonElement.prototype, "labels");
const counted = {{ ...own, get() {{ asked += 1; return own.get.call(this) }} }};
Object.defineProperty(HTMLButtonElement.prototype, "labels", counted);
</script>"""

CHANGING = """<p id=said>0</p><div id=all>
<button>Go</button> <button>Go</button> <div id=third>Go</div></div><button id=next>Next</button><script>
const steps = [
  () => third.setAttribute("role", "button"),
  () => third.style.visibility = "hidden",
  () => third.style.visibility = "",
  () => all.setAttribute("aria-hidden", "true"),
  () => all.removeAttribute("aria-hidden"),
  () => all.append(Object.assign(document.createElement("button"), { textContent: "Go" })),
  () => third.removeAttribute("role"),
];
let done = 0;
next.onclick = () => { steps[done++](); said.textContent = done };
</script>"""

LONG = f"""<main><h2>Big <b>sale</b> of orders</h2><div>{"".join(f"<p>Order {one} is open</p>" for one in range(400))}
</div></main>"""


@pytest.fixture
def shown(page: Page, site: Site) -> Callable[[str], Page]:
    """Shows a page with this body."""

    def show(body: str) -> Page:
        site.pages["/many.html"] = (f"<!doctype html><title>Orders</title>{body}", "text/html; charset=utf-8", {})
        page.goto(f"{site.url}/many.html")
        return page

    return show


def clicks(page: Page, site: Site) -> list[Click]:
    """The clicks of the journey, which ends."""
    page.evaluate(END)
    assert page.evaluate("journeywright.errors()") == {"count": 0, "last": ""}
    events: list[Event] = site.events()
    return [one for one in events if isinstance(one, Click)]


def count(click: Click, locator: ByRole | ByText) -> int | None:
    """How many elements the locator was told to find."""
    return next((one.count for one in click.target.candidates if one.locator == locator and not one.within), None)


def test_labels_of_controls_are_known_without_asking_each(shown: Callable[[str], Page], site: Site) -> None:
    """For the labels of one button a browser walks the whole page: among many buttons it isn't asked, and the one that
    a label names is called by it."""
    page = shown(LABELLED)
    page.get_by_role("button", name="Edit").first.click()
    page.get_by_role("button", name="Pay now").click()
    edit, pay = clicks(page, site)
    assert (edit.target.name, pay.target.name) == ("Edit", "Pay now")
    assert count(edit, ByRole(role="button", name="Edit")) == 400
    assert count(pay, ByRole(role="button", name="Pay now")) == 1
    assert page.evaluate("asked") == 0


def test_counts_follow_each_kind_of_change(shown: Callable[[str], Page], site: Site) -> None:
    """Texts, roles, styles, what is hidden from readers, and elements that come: after each of them the number of
    elements of a name is Playwright's."""
    page = shown(CHANGING)
    found = page.get_by_role("button", name="Go")
    right = []
    for step in range(8):
        page.wait_for_function("(step) => said.textContent === String(step)", arg=step)
        right.append(found.count() or None)
        page.locator("#all button").first.click()
        if step < 7:
            page.get_by_role("button", name="Next").click()
    told = [count(one, ByRole(role="button", name="Go")) for one in clicks(page, site) if one.target.text == "Go"]
    assert right == [2, 3, 2, 3, None, 3, 4, 3]
    assert told == right


def test_words_amid_much_text(shown: Callable[[str], Page], site: Site) -> None:
    """Where a page has thousands of words, those of one element are found as often as Playwright finds them, also words
    that stand in two elements."""
    page = shown(LONG)
    page.get_by_text("Order 7 is open").click()
    page.get_by_text("Big sale of orders").click()
    order, sale = clicks(page, site)
    assert count(order, ByText(value="Order 7 is open")) == page.get_by_text("Order 7 is open").count() == 1
    assert count(sale, ByText(value="Big sale of orders")) in (None, 1)
    assert sale.target.text == "Big sale of orders"
