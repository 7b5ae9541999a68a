"""A hover is told where what was used next was only there, or could only be pressed, because of it."""

import pytest
from playwright.sync_api import Page

from schemas.events import Effect
from tests.capture.site import Site
from tests.capture.test_actions import Record, actions
from tests.capture.told import texts, until_told

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("at_rest", [False, True])
def test_hover_is_told_where_the_click_depended_on_it(record: Record, site: Site, at_rest: bool) -> None:
    """A menu that opens under the pointer: the hover comes before the click on what it showed, which is called by its
    name, also where the page was looked at before and it was hidden by then."""

    def do(page: Page) -> None:
        if at_rest:
            until_told(page, site, "effect")
            page.wait_for_timeout(400)
        page.get_by_text("File menu").hover()
        page.get_by_role("link", name="New file").click()

    hover, click = actions(record("pointer.html", do))
    assert (hover.kind, hover.target.text) == ("hover", "File menu")
    assert click.target.name == "New file"


STEPPER = """<!doctype html><title>Order</title><style>.box { position: relative; width: 200px }
.steps { position: absolute; right: 0; top: 0; height: 100%; width: 0; overflow: hidden }
.box:hover .steps { width: 24px }</style>
<div class="box"><input aria-label="Days" value="2" style="width: 100%"><span class="steps" role="button"
aria-label="Less" onclick="document.querySelector('input').value--">-</span></div><p>Costs</p>"""


def test_hover_that_makes_room_for_a_control_is_told(record: Record, site: Site) -> None:
    """The buttons of a number are no wider than nothing until the pointer is over its field."""
    site.pages["/stepper.html"] = (STEPPER, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_label("Days").hover()
        page.get_by_role("button", name="Less").click()

    hover, click = actions(record("stepper.html", do))
    assert (hover.kind, hover.target.name, click.target.name) == ("hover", "Days", "Less")


ROWS = """<!doctype html><title>Posts</title><style>.acts {{ position: relative; {hidden} }}
.row:hover .acts {{ {shown} }}</style>
<table><tr class="row"><td>Old trees</td>
<td><span class="acts"><a href="#" role="button">Trash</a></span></td></tr></table>"""


@pytest.mark.parametrize(
    ("hidden", "shown", "is_told"),
    [
        ("left: -9999em", "position: static", True),
        ("left: -9999em", "left: 0", True),
        ("clip-path: inset(100%)", "clip-path: none", True),
        ("transform: translateX(-9999px)", "transform: translateX(0)", True),
        ("max-width: 0; display: inline-block; overflow: hidden", "max-width: 200px", True),
        ("pointer-events: none", "pointer-events: auto", True),
        ("display: inline-block", "transform: scale(1.05)", False),
        ("color: gray", "color: red; left: 2px", False),
    ],
)
def test_hover_that_brings_a_control_back_is_told(
    record: Record, site: Site, hidden: str, shown: str, is_told: bool
) -> None:
    """The controls of a row stand outside the window, or can't be pressed, until the pointer is over the row; one that
    only moves or grows a little could be pressed before."""
    site.pages["/rows.html"] = (ROWS.format(hidden=hidden, shown=shown), "text/html", {})

    def do(page: Page) -> None:
        page.get_by_text("Old trees").hover()
        page.get_by_role("button", name="Trash").click()

    *hover, click = actions(record("rows.html", do))
    assert click.target.name == "Trash"
    assert [one.kind for one in hover] == (["hover"] if is_told else [])


def test_hover_by_script_is_told(record: Record, site: Site) -> None:
    """The same for a menu that a script makes when the pointer comes."""

    def do(page: Page) -> None:
        until_told(page, site, "effect")
        page.wait_for_timeout(400)  # what the page shows without the pointer is known by then
        page.get_by_role("button", name="Edit menu").hover()
        page.wait_for_timeout(1_000)  # a busy page looks late at what the pointer brought
        page.get_by_role("button", name="Undo").click()

    assert [(one.kind, one.target.name) for one in actions(record("pointer.html", do))] == [
        ("hover", "Edit menu"),
        ("click", "Undo"),
    ]


MENUS = """<!doctype html><title>Desk</title><style>ul ul { display: none } li:hover > ul { display: block }</style>
<ul><li><a href="#">Admin</a><ul><li><a href="#">Queues</a>
<ul><li><a href="#made">Create</a></li></ul></li></ul></li></ul>"""


def test_menus_within_menus_are_told_from_the_first(record: Record, site: Site) -> None:
    """Each menu is only there while the pointer is over the entry that brings it."""
    site.pages["/desk.html"] = (MENUS, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_role("link", name="Admin").hover()
        page.get_by_role("link", name="Queues").hover()
        page.get_by_role("link", name="Create").click()

    told = [(one.kind, one.target.name or one.target.text) for one in actions(record("desk.html", do))]
    assert told == [("hover", "Admin"), ("hover", "Queues"), ("click", "Create")]


BUSY = """<!doctype html><title>Desk</title><ul><li id="theme">Theme</li></ul><p>Text</p><script>
const send = window.fetch;
theme.onpointerenter = () => setTimeout(() => {
  document.body.insertAdjacentHTML("beforeend", "<div role=menu><div role=menuitem>Dark</div></div>");
  send("/answered");
}, 50);
</script>"""


def test_a_menu_that_opens_while_the_page_is_answered_is_told(record: Record, site: Site) -> None:
    """A page that writes down by itself what is open gets its answers while the pointer is on its way."""
    site.pages["/busy.html"] = (BUSY, "text/html", {})

    def do(page: Page) -> None:
        until_told(page, site, "effect")
        page.get_by_text("Text").hover()
        page.wait_for_timeout(400)
        page.get_by_text("Theme").hover()
        page.wait_for_timeout(1_000)
        page.get_by_role("menuitem", name="Dark").click()

    told = [(one.kind, one.target.name or one.target.text) for one in actions(record("busy.html", do))]
    assert told == [("hover", "Theme"), ("click", "Dark")]


LOADING = """<!doctype html><title>Desk</title><ul><li id="theme">Theme</li></ul><p>Text</p><script>
theme.onpointerenter = () => document.body.insertAdjacentHTML("beforeend", "<p id=dark role=button>Dark</p>");
</script><img src="/late.js" alt="">"""


def test_a_menu_that_opens_while_the_page_loads_is_told(record: Record, site: Site) -> None:
    """Nobody waits for the last picture of a page before pointing at something."""
    site.pages["/loading.html"] = (LOADING, "text/html", {})

    def do(page: Page) -> None:
        page.goto(f"{site.url}/loading.html", wait_until="domcontentloaded")
        assert page.evaluate("document.readyState") == "interactive"
        page.get_by_text("Text").hover()
        page.get_by_text("Theme").hover()
        page.wait_for_timeout(150)
        page.get_by_text("Dark").click()

    told = [(one.kind, one.target.name or one.target.text) for one in actions(record("pointer.html", do))]
    assert told == [("hover", "Theme"), ("click", "Dark")]


ACCOUNT = """<!doctype html><title>Desk</title>
<div id="who" style="cursor: pointer">Signed in as <span>Ada</span></div><p>Text</p>
<ul id="menu" style="display: none"><li><a href="#out">Sign out</a></li></ul>
<script>who.onmouseenter = () => { menu.style.display = "block"; };</script>"""


def test_a_menu_of_what_shows_a_hand_is_told(record: Record, site: Site) -> None:
    """Many a page opens the user's menu as the pointer comes to a name that only looks as if one could press it."""
    site.pages["/account.html"] = (ACCOUNT, "text/html", {})

    def do(page: Page) -> None:
        until_told(page, site, "effect")
        page.get_by_text("Text").hover()
        page.wait_for_timeout(400)
        page.get_by_text("Ada").hover()
        page.wait_for_timeout(1_000)
        page.get_by_role("link", name="Sign out").click()

    told = [(one.kind, one.target.name or one.target.text) for one in actions(record("account.html", do))]
    assert told == [("hover", "Signed in as Ada"), ("click", "Sign out")]


def test_hovering_for_nothing_is_no_event(record: Record) -> None:
    """The pointer passes over a lot on its way: none of that is told."""

    def do(page: Page) -> None:
        page.get_by_text("File menu").hover()
        page.get_by_text("Column B").hover()
        page.get_by_text("Card A").click()

    assert [one.kind for one in actions(record("pointer.html", do))] == ["click"]


PORTS = """<!doctype html><title>Plan</title><svg width="300" height="100">
<g class="thing"><rect class="port" x="10" y="10" width="20" height="20"></rect><text x="40" y="25">Mill</text></g>
<g class="thing"><rect class="port" x="10" y="50" width="20" height="20"></rect><text x="40" y="65">Bridge</text></g>
</svg><script>for (const one of document.querySelectorAll("rect"))
for (const [type, on] of [["mouseover", true], ["mouseout", false]])
one.addEventListener(type, () => one.classList.toggle("port-hovered", on))</script>"""


def test_class_that_the_pointer_gives_is_no_way_to_find_it(record: Record, site: Site) -> None:
    """What a page marks while the pointer is on it is found by what else it is, as nobody points at it yet."""
    site.pages["/ports.html"] = (PORTS, "text/html", {})
    (click,) = actions(record("ports.html", lambda page: page.locator("rect.port").nth(1).click()))
    classes = [one.locator.classes for one in click.target.candidates if one.locator.by == "tag"]
    assert set(classes) == {("port",)}
    assert any(scope.has_text == "Bridge" for one in click.target.candidates for scope in one.within)


AT_REST_MS = 3_000
LARGE = """<!doctype html><title>Colours</title><button onclick="list.hidden = false">Choose</button>
<ul id="list" hidden><li>Red</li><li>Green</li><li>Blue</li></ul><p id="hint">None</p><div></div>
<script>for (const one of document.querySelectorAll("li"))
one.onmouseover = () => (hint.textContent = one.textContent + " it is")
document.querySelector("div").innerHTML = "<p>Line <b>of</b> <a href='#'>text</a></p>".repeat(1500)</script>"""


def test_on_a_large_page_too_what_the_pointer_passed_is_no_effect_of_the_click_before(
    record: Record, site: Site
) -> None:
    """Nobody looks at it each time the pointer comes to another element, and what it does there still is its own."""
    site.pages["/large.html"] = (LARGE, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_role("button", name="Choose").click()
        page.wait_for_timeout(AT_REST_MS)
        for name in ("Red", "Green", "Blue"):
            page.get_by_text(name, exact=True).hover()
            page.wait_for_timeout(300)
        page.get_by_text("Blue", exact=True).click()

    events = record("large.html", do)
    first = next(one for one in events if one.kind == "click")
    effects = [one for one in events if isinstance(one, Effect) and one.cause == first.id]
    assert "Red" in [text for effect in effects for text in texts(effect)]
    assert not [one for effect in effects for one in effect.changes if "it is" in (one.element.text or "")]
