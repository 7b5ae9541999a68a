"""What the recorder tells of pages: navigations and their causes, requests and their answers, downloads, the end."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from schemas.events import Event
from tests.capture.site import END, Site
from tests.capture.told import effect_after, texts

pytestmark = pytest.mark.slow
Record = Callable[[str, Callable[[Page], None]], list[Event]]


def test_first_page_of_a_journey(record: Record, site: Site) -> None:
    """The first load is a navigation without a cause and an effect that tells what the page shows."""
    events = record("form.html", lambda page: None)
    assert [(one.kind, one.cause) for one in events[:2]] == [("navigation", None), ("effect", None)]
    effect: Any = events[1]
    assert texts(effect)[0] == "Sign up"
    assert effect.after.title == "Sign up"
    assert effect.after.url == f"{site.url}/form.html"
    assert events[-1].kind == "end"


def test_full_page_load_is_the_effect_of_the_click(record: Record, site: Site) -> None:
    """A form sent to the server: navigation, request and effect of the next document belong to the click."""

    def do(page: Page) -> None:
        page.get_by_label("Name").press_sequentially("Ada")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Welcome, Ada").wait_for()

    events = record("form.html", do)
    click = next(one for one in events if one.kind == "click")
    after = events[events.index(click) + 1 :]
    assert [(one.kind, getattr(one, "cause", "")) for one in after[:3]] == [
        ("navigation", click.id),
        ("request", click.id),
        ("effect", click.id),
    ]
    request: Any = after[1]
    assert (request.method, request.url, request.status, request.type) == ("POST", f"{site.url}/saved", 200, "document")
    effect = effect_after(events, "click")
    assert texts(effect)[:2] == ["Your account was saved.", "Welcome, Ada"]
    assert "Sign up" in texts(effect, "gone")
    assert "Home" not in texts(effect)
    assert (effect.page.title, effect.after.title) == ("Sign up", "Saved")


def test_field_that_is_the_same_on_the_next_page_is_no_effect(record: Record) -> None:
    """A field that the next document shows with the same value has not changed."""

    def do(page: Page) -> None:
        page.get_by_role("link", name="Next page").click()
        page.wait_for_url("**/records.html?page=2")

    events = record("records.html", do)
    assert [change.change for change in effect_after(events, "click").changes if change.change == "value"] == []


def test_typed_address_has_no_cause(record: Record, site: Site) -> None:
    """Right after a click the user types another address: that load followed from nothing on the page."""

    def do(page: Page) -> None:
        page.get_by_label("Name").click()
        page.goto(f"{site.url}/list.html")

    events = record("form.html", do)
    assert [(one.how, one.cause) for one in events if one.kind == "navigation"] == [("load", None), ("load", None)]


def test_reload_and_back(record: Record, site: Site) -> None:
    """Reloading and going back in the browser are told as what they are."""

    def do(page: Page) -> None:
        page.get_by_label("Name").click()
        page.reload()
        page.get_by_role("link", name="Other page").click()
        page.get_by_role("heading", name="The other page").wait_for()
        page.go_back()
        page.get_by_role("heading", name="Sign up").wait_for()

    events = record("form.html", do)
    click = [one for one in events if one.kind == "click"][-1]
    assert [(one.how, one.cause) for one in events if one.kind == "navigation"] == [
        ("load", None),
        ("reload", None),
        ("load", click.id),
        ("back_forward", None),
    ]


def test_content_from_the_server(record: Record, site: Site) -> None:
    """What a request brings belongs to the click that sent it, as does the request with its status."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Load offers").click()
        page.get_by_text("Cheese").wait_for()

    events = record("list.html", do)
    click = next(one for one in events if one.kind == "click")
    (request,) = [one for one in events if one.kind == "request"]
    assert (request.method, request.url) == ("GET", f"{site.url}/api/offers")
    assert (request.status, request.cause) == (200, click.id)
    assert texts(effect_after(events, "click"))[:2] == ["Offers of the week", "Cheese, half the price"]


def test_answer_that_takes_its_time(record: Record) -> None:
    """A change well after the page was quiet still belongs to the one effect of its action."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Ask the shop").click()
        page.get_by_text("The shop is open.").wait_for()

    assert "The shop is open." in texts(effect_after(record("list.html", do), "click"))


def test_failed_request(record: Record, site: Site) -> None:
    """An XMLHttpRequest that fails tells its status, and the alert comes first."""

    def do(page: Page) -> None:
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Could not save").wait_for()

    events = record("spa.html", do)
    (request,) = [one for one in events if one.kind == "request"]
    assert (request.method, request.status, request.type) == ("POST", 500, "xmlhttprequest")
    effect = effect_after(events, "click")
    assert (effect.changes[0].element.role, effect.changes[0].element.text) == ("alert", "Could not save")


LED = """<!doctype html><title>Things</title><button>Save</button><script>
const byXhr = (method, url) => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.onloadend = done;
  request.open(method, url);
  request.send();
});
document.querySelector("button").onclick = async (event) => {
  await fetch("/api/led", { method: "POST" });
  await byXhr("POST", "/api/led");
  await fetch("/api/plain#top");
  await byXhr("GET", "/api/plain#top");
  await byXhr("GET", "/api/fail");
  event.target.textContent = "Saved";
};
</script>"""


def test_a_request_that_was_led_elsewhere_is_told_as_such(record: Record, site: Site) -> None:
    """A script sees only what came in the end; who watches the requests sees the server lead elsewhere first."""
    site.pages["/led.html"] = (LED, "text/html", {})

    def do(page: Page) -> None:
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Saved").wait_for()

    asked = [one for one in record("led.html", do) if one.kind == "request"]
    assert [(one.method, one.status) for one in asked] == [
        ("POST", 302), ("POST", 302), ("GET", 200), ("GET", 200), ("GET", 500)
    ]  # fmt: skip


def test_who_asked_for_a_page_is_told(record: Record, site: Site) -> None:
    """A page that sends the browser on by itself, at once or later, asked for the next one; an address that is opened
    over a page was asked for by the user, however soon after the one before."""

    def do(page: Page) -> None:
        page.goto(f"{site.url}/moved.html")
        page.wait_for_url("**/form.html")
        page.goto(f"{site.url}/list.html")
        page.evaluate("location.replace('table.html')")
        page.wait_for_url("**/table.html")

    moves = [one for one in record("other.html", do) if one.kind == "navigation"]
    assert [(one.url.rpartition("/")[2], one.cause, one.asked_by) for one in moves] == [
        ("other.html", None, None),
        ("moved.html", None, "user"),
        ("form.html", None, "page"),
        ("list.html", None, "user"),
        ("table.html", None, "page"),
    ]


def test_single_page_navigation(record: Record, site: Site) -> None:
    """history.pushState is a navigation of its click, and the new view the effect; back by a button as well."""

    def do(page: Page) -> None:
        page.get_by_role("link", name="Team").click()
        page.get_by_role("heading", name="Team").wait_for()
        page.get_by_role("button", name="Back").click()
        page.get_by_role("heading", name="Home").wait_for()

    events = record("spa.html", do)
    clicks = [one for one in events if one.kind == "click"]
    moves = [(one.how, one.cause, one.url.removeprefix(site.url)) for one in events if one.kind == "navigation"][1:]
    assert moves == [("spa", clicks[0].id, "/spa/team?tab=1"), ("back_forward", clicks[1].id, "/spa.html")]
    first = next(one for one in events if one.kind == "effect" and one.cause == clicks[0].id)
    assert {"Team", "All about team."} <= {*texts(first), *(one.element.text for one in first.changes)}


def test_going_back_at_once_leaves_the_view_to_its_click(record: Record) -> None:
    """Whoever goes back before a view of a single page has come to rest: the click's effect still is that view."""

    def do(page: Page) -> None:
        page.get_by_role("link", name="Team").click()
        page.get_by_role("heading", name="Team").wait_for()
        page.go_back()
        page.get_by_role("heading", name="Home").wait_for()

    events = record("spa.html", do)
    click = next(one for one in events if one.kind == "click")
    effect = next(one for one in events if one.kind == "effect" and one.cause == click.id)
    assert {"Team", "All about team."} <= {*texts(effect), *(one.element.text for one in effect.changes)}


def test_fragment_navigation(record: Record) -> None:
    """A link within the page is a navigation that says so."""
    events = record("spa.html", lambda page: page.get_by_role("link", name="Notes").click())
    assert [one.how for one in events if one.kind == "navigation"] == ["load", "hash"]


def test_who_set_a_fragment_is_told(record: Record, site: Site) -> None:
    """A page that names in its address what it has saved, long after the last action, did so by itself; a fragment
    that is opened over the page was asked for by the user."""

    def do(page: Page) -> None:
        page.wait_for_timeout(1_500)
        page.evaluate("location.hash = 'draft-7'")
        page.wait_for_timeout(500)
        page.goto(f"{site.url}/spa.html#notes")

    moves = [one for one in record("spa.html", do) if one.kind == "navigation"][1:]
    assert [(one.url.rpartition("#")[2], one.how, one.cause, one.asked_by) for one in moves] == [
        ("draft-7", "hash", None, "page"),
        ("notes", "hash", None, None),
    ]


def test_download_is_told(page: Page, site: Site, record: Record) -> None:
    """A link that downloads gives a download event with the file's name."""

    def do(page: Page) -> None:
        with page.expect_download():
            page.get_by_role("link", name="Get the numbers").click()

    (download,) = [one for one in record("tabs.html", do) if one.kind == "download"]
    assert download.filename == "numbers.csv"
    assert site.kind("click")[0].id == download.cause


def test_attachment_is_a_download(page: Page, site: Site, record: Record) -> None:
    """A link whose answer is a file to keep: a download, and no page that never came."""

    def do(page: Page) -> None:
        with page.expect_download():
            page.get_by_role("link", name="Export").click()
        page.get_by_role("heading").click()

    events = record("tabs.html", do)
    (download,) = [one for one in events if one.kind == "download"]
    assert (download.filename, download.cause) == ("report.csv", site.kind("click")[0].id)
    assert [one.kind for one in events].count("navigation") == 1


def test_nothing_follows_the_end(page: Page, site: Site, record: Record) -> None:
    """After the end nothing is sent until the user does something again, and that is another journey."""
    record("list.html", lambda page: page.get_by_role("button", name="More").click())
    page.get_by_role("button", name="More").click()
    page.evaluate(END)
    journeys = list(dict.fromkeys(one.journey_id for one in site.events()))
    assert len(journeys) == 2
    second = [one.kind for one in site.events() if one.journey_id == journeys[1]]
    assert (second[0], second[-1]) == ("click", "end")
    page.evaluate(END)
    assert len({one.journey_id for one in site.events()}) == 2
