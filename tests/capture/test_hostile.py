"""Pages with functions of their own in the place of the browser's, and pages that forbid much, are recorded as any."""

from collections.abc import Iterator
from string import Template
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from schemas.events import RecorderError
from tests.capture.hostile import ADD_AT, NAME_AT, PAGES, RESULT, Hostile, written
from tests.capture.site import END, Site
from tests.capture.told import effect_after, texts

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(browser: Browser, site: Site, capture_js: str) -> Iterator[Page]:
    """A page without the recorder, which is told of what goes wrong in it."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def open_page(page: Page, site: Site, hostile: Hostile, first: bool, tagged: bool = True) -> list[str]:
    """Shows the page, with our tag; what goes wrong in it is added to the list."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tag = f'<script nonce="n0nce" src="/capture.js" data-endpoint="{site.endpoint}" data-app="hostile"></script>'
    headers = {name: Template(value).substitute(endpoint=site.endpoint) for name, value in hostile.headers.items()}
    body = written(hostile, tag if tagged else "", first)
    site.pages["/hostile"] = (body, hostile.kind, headers)
    site.pages["/favicon.ico"] = ("", "image/png", {})
    page.goto(f"{site.url}/hostile")
    return wrong


def ask(page: Page, expression: str) -> Any:
    """Evaluates by the browser itself: Playwright's own way needs functions that these pages replace."""
    session = page.context.new_cdp_session(page)
    answer = session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    session.detach()
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def use(page: Page) -> None:
    """What a person does there."""
    page.mouse.click(*NAME_AT)
    page.keyboard.type("Ada")
    page.mouse.click(*ADD_AT)
    for _ in range(200):
        if ask(page, "document.getElementById('said').firstChild.data") == RESULT:
            return
        page.wait_for_timeout(25)
    raise AssertionError("the page doesn't work")


def finish(page: Page, site: Site) -> None:
    """Ends the journey; a page that broke promises can't be waited in, so we look for the end here."""
    ask(page, "void journeywright.end()")
    for _ in range(400):
        if site.kind("end"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"no end came, of {[one['kind'] for one in site.received]}")


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("name", PAGES)
def test_recorded_as_any_other(name: str, first: bool, opened: Page, site: Site) -> None:
    """The same events come as from a page that changes nothing, whether our script is the first or the last; the page
    sees no error and ends in the same state."""
    wrong = open_page(opened, site, PAGES[name], first)
    use(opened)
    finish(opened, site)
    assert wrong == []
    assert ask(opened, "journeywright.errors()") == {"count": 0, "last": ""}
    (fill,), click = site.kind("fill"), site.kind("click")[-1]
    assert (fill.value.text, fill.target.name, click.target.name) == ("Ada", "Name", "Add part")
    assert {"get_by_label", "label", "role"} & {one.locator.by for one in fill.target.candidates}
    assert RESULT in texts(effect_after(site.events(), "click"))
    if name not in ("frozen", "sandboxed"):
        assert [one.status for one in site.kind("request") if one.url.endswith("/api/parts")] == [201]
    assert site.kind("recorder_error") == []


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_zones_hear_nothing_of_us(first: bool, opened: Page, site: Site) -> None:
    """A framework that counts timers, listeners and promises to draw its page anew counts none of ours."""
    open_page(opened, site, PAGES["zone"], first, tagged=False)
    use(opened)
    alone = ask(opened, "tasks")
    open_page(opened, site, PAGES["zone"], first)
    use(opened)
    assert ask(opened, "tasks") == alone
    finish(opened, site)


def test_what_is_wrapped_looks_as_before(opened: Page, site: Site) -> None:
    """Functions that we look into print as the browser's, keep their names and are no new fields of the page."""
    look = """() => [fetch, history.pushState, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send,
      document.write, Element.prototype.attachShadow, HTMLElement.prototype.click, alert, open, navigator.sendBeacon]
      .map((one) => [one.name, one.length, /\\[native code\\]/.test(Function.prototype.toString.call(one))])
      .concat(Object.keys(window).length, document.documentElement.children.length, frames.length)"""
    open_page(opened, site, Hostile(), first=True, tagged=False)
    alone = opened.evaluate(look)
    open_page(opened, site, Hostile(), first=False)
    assert opened.evaluate("typeof journeywright") == "object"
    assert opened.evaluate(look) == alone
    opened.evaluate(END)


def test_unhandled_stays_unhandled(opened: Page, site: Site) -> None:
    """A request that fails and that the page doesn't look after is told to the page's own watch for that."""
    open_page(opened, site, Hostile("window.onunhandledrejection = () => { window.unhandled = true }"), first=True)
    opened.evaluate("() => { fetch('http://127.0.0.1:9/') }")
    opened.wait_for_function("window.unhandled === true")


def test_a_page_that_cannot_be_read_says_so(opened: Page, site: Site) -> None:
    """Where no clean place can be had, what doesn't work is told with the page, and nothing of the page is touched."""
    broken = Hostile(
        "Element.prototype.querySelector = () => null; window.before = fetch;",
        {"Content-Security-Policy": "sandbox allow-scripts allow-forms"},
    )
    wrong = open_page(opened, site, broken, first=False)
    use(opened)
    for _ in range(100):
        if site.received:
            break
        opened.wait_for_timeout(50)
    (event,) = site.events()
    assert isinstance(event, RecorderError)
    assert (event.error, event.app, event.page.url) == ("read", "hostile", f"{site.url}/hostile")
    assert ask(opened, "[typeof window.journeywright, fetch === window.before]") == ["undefined", True]
    assert wrong == []


def test_faults_are_told_by_place_and_are_few(opened: Page, site: Site) -> None:
    """An error of the recorder is told by its place in our script, without its message; only the first few are."""
    open_page(opened, site, Hostile(), first=True)
    opened.evaluate("Object.defineProperty(document, 'activeElement', { get() { throw new Error('my secret') } })")
    opened.evaluate("Object.defineProperty(document, 'title', { get() { throw new Error('my secret') } })")
    opened.mouse.click(*ADD_AT)
    opened.wait_for_function("journeywright.errors().count > 0")
    opened.evaluate(END)
    assert "my secret" not in site.told()


def test_no_connection_is_allowed(opened: Page, site: Site) -> None:
    """A policy that keeps us from our server: the page works, nothing of it is kept or tried again, the console says
    why, and the server hears of it by the next page of the origin that may send."""
    strict = Hostile(headers={"Content-Security-Policy": "connect-src 'self'"})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    open_page(opened, site, strict, first=True)
    opened.wait_for_function("journeywright.errors().last.includes('Content-Security-Policy')")
    use(opened)
    opened.wait_for_timeout(300)
    assert site.received == []
    assert [one for one in said if one.startswith("journeywright:")] != []
    kept = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('journeywright.q.')).length"
    assert opened.evaluate(kept) == 0
    open_page(opened, site, Hostile(), first=True)
    opened.evaluate(END)
    (told,) = site.kind("recorder_error")
    assert (told.error, told.where) == ("send", "csp")
