"""Nothing is lost on the way, over page loads, tabs, and a server that is away."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agents.local.browser import find_chromium
from agents.settings import load
from tests.capture.site import END, FLAGS, Site

pytestmark = pytest.mark.slow
QUEUED = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('journeywright.q.')).length"


def wait_for(page: Page, site: Site, kind: str, count: int = 1) -> None:
    """Waits until that many events of the kind have arrived."""
    for _ in range(200):
        if len(site.kind(kind)) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(site.kind(kind))} of {count} {kind} events came")


def test_server_that_is_away(page: Page, site: Site) -> None:
    """Events of the time in which the server was away, across a page load, arrive once it is back, each in order."""
    site.away = True
    page.goto(f"{site.url}/form.html")
    page.get_by_label("Name").press_sequentially("Ada")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Welcome, Ada").wait_for()
    page.get_by_role("link", name="Other page").click()
    page.get_by_role("button", name="Press me").click()
    assert site.received == []
    assert page.evaluate(QUEUED) > 3
    site.away = False
    page.evaluate(END)
    kinds = [one.kind for one in site.events() if one.kind not in {"effect", "request"}]
    assert kinds == ["navigation", "fill", "click", "navigation", "click", "navigation", "click", "end"]
    assert [one.seq for one in site.events()] == sorted(one.seq for one in site.events())
    assert page.evaluate(QUEUED) == 0


def test_events_arrive_without_an_end(page: Page, site: Site) -> None:
    """Delivery doesn't wait for the end of the journey."""
    page.goto(f"{site.url}/list.html")
    page.get_by_role("button", name="More").click()
    wait_for(page, site, "click")


def test_closing_the_tab_delivers_what_is_left(page: Page, site: Site, context: BrowserContext) -> None:
    """What is half typed when the tab closes still arrives."""
    page.goto(f"{site.url}/form.html")
    page.get_by_label("Name").press_sequentially("Ada")
    page.close(run_before_unload=True)
    other = context.new_page()
    wait_for(other, site, "fill")
    assert site.kind("fill")[0].value.text == "Ada"


def test_closing_the_tab_without_a_connection(page: Page, site: Site, context: BrowserContext) -> None:
    """What a tab couldn't send before it was closed is sent by the next page of the origin, and told once."""
    beside = context.new_page()
    beside.goto(f"{site.url}/other.html")
    page.goto(f"{site.url}/form.html")
    wait_for(page, site, "effect")
    site.away = True
    context.set_offline(True)
    page.get_by_label("Name").press_sequentially("Ada")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    # A busy tab hides its page after it was closed: what it left is seen from the tab beside it.
    beside.wait_for_function("localStorage.getItem('journeywright.left')?.includes('Ada')")
    context.set_offline(False)
    site.away = False
    other = context.new_page()
    other.goto(f"{site.url}/other.html")
    wait_for(other, site, "fill")
    assert {one.id: one.value.text for one in site.kind("fill")} == {site.kind("fill")[0].id: "Ada"}
    assert other.evaluate("localStorage.getItem('journeywright.left')") is None


OFFLINE_S = 60
COUNTER = """<!doctype html><title>Counter</title><label>Note <input></label>
<button onclick="said.textContent = ++count">Add</button><p id="said"></p><script>let count = 0</script>"""


def test_a_minute_offline(page: Page, site: Site, context: BrowserContext) -> None:
    """What the user does while there is no connection for a minute arrives once it is back: in its order, nothing lost,
    nothing twice."""
    site.pages["/counter.html"] = (COUNTER, "text/html; charset=utf-8", {})
    page.goto(f"{site.url}/counter.html")
    add, note = page.get_by_role("button", name="Add"), page.get_by_label("Note")
    add.click()
    wait_for(page, site, "effect", 2)
    context.set_offline(True)
    for part in range(6):
        add.click()
        note.fill("")
        note.press_sequentially(f"part {part}")
        page.wait_for_timeout(OFFLINE_S / 6 * 1_000)
    before = len(site.received)
    context.set_offline(False)
    add.click()
    page.evaluate(END)
    assert before < len(site.received)
    ids = [raw["id"] for raw in site.received]
    assert len(ids) == len(set(ids))
    assert len(site.kind("click")) == 8
    assert [one.value.text for one in site.kind("fill") if one.value.text] == [f"part {part}" for part in range(6)]
    told = [one.seq for one in site.events()]
    assert told == list(range(told[0], told[0] + len(told)))


@pytest.fixture
def keeping(browser: Browser, site: Site, capture_js: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page of a browser that keeps pages for the way back, as those of people do; that of the other tests doesn't."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    path = find_chromium(load(), windows=True)
    chromium = browser.browser_type.launch(
        executable_path=path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = chromium.new_page()
    config = json.dumps({"endpoint": site.endpoint, "app": "pages"})
    kept = "addEventListener('pageshow', (event) => { window.persisted = event.persisted })"
    page.add_init_script(script=f"window.JOURNEYWRIGHT = {config}; {kept};\n{capture_js}\n")
    yield page
    chromium.close()


def test_a_page_is_kept_for_the_way_back(keeping: Page, site: Site) -> None:
    """The recorder keeps no page from being kept; on the page as it was left it goes on where the tab is, with what an
    absent server didn't take from the page in between."""
    page = keeping
    page.goto(f"{site.url}/form.html")
    page.get_by_label("Name").press_sequentially("Ada")
    page.get_by_role("link", name="Other page").click()
    page.wait_for_url("**/other.html")
    wait_for(page, site, "navigation", 2)
    site.away = True
    page.get_by_role("button", name="Press me").click()
    page.evaluate("history.back()")
    page.wait_for_url("**/form.html", wait_until="commit")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    assert page.evaluate("window.persisted") is True
    page.get_by_label("E-mail").press_sequentially("a@b.example")
    site.away = False
    page.evaluate(END)
    told = [one for one in site.events() if one.kind not in {"effect", "request"}]
    kinds = ["navigation", "fill", "click", "navigation", "click", "navigation", "fill", "end"]
    assert [one.kind for one in told] == kinds
    assert [one.how for one in told if one.kind == "navigation"][2] == "back_forward"
    seqs = [one.seq for one in site.events()]
    assert seqs == sorted(set(seqs))
    assert len({(one.journey_id, one.tab_id) for one in site.events()}) == 1


def test_refused_event_takes_no_other_with_it(page: Page, site: Site) -> None:
    """A body that the server refuses is tried again in parts: only the bad event is given up."""
    refused: list[str] = []

    def answer(route) -> None:  # type: ignore[no-untyped-def]
        body = route.request.post_data or ""
        if '"kind":"click"' in body:
            refused.append(body)
            return route.fulfill(status=422, headers={"Access-Control-Allow-Origin": "*"})
        return route.continue_()

    page.route("**/api/v1/events", answer)
    page.goto(f"{site.url}/list.html")
    page.get_by_role("button", name="More").click()
    page.evaluate(END)
    assert refused
    assert site.kind("click") == []
    assert {one.kind for one in site.events()} == {"navigation", "effect", "end"}


def test_two_tabs_are_one_journey(page: Page, site: Site, context: BrowserContext) -> None:
    """A tab opened by a link and one opened by a script join the journey, each with a tab id that its opener told."""
    page.goto(f"{site.url}/tabs.html")
    with context.expect_page() as first:
        page.get_by_role("link", name="Open by link").click()
    first.value.get_by_role("button", name="Press me").click()
    with context.expect_page() as second:
        page.get_by_role("button", name="Open by script").click()
    second.value.get_by_role("button", name="Press me").click()
    expect(second.value.get_by_role("button", name="Thank you")).to_be_visible()
    for tab in context.pages:
        tab.evaluate(END)
    events = site.events()
    assert len({one.journey_id for one in events}) == 1
    opened = [one.opened_tab_id for one in site.kind("popup")]
    clicks = site.kind("click")
    assert [one.tab_id for one in clicks] == [clicks[0].tab_id, opened[0], clicks[0].tab_id, opened[1]]
    assert [one.cause for one in site.kind("popup")] == [clicks[0].id, clicks[2].id]
    assert [one.kind for one in events].count("end") == 1
    assert events[-1].kind == "end"
    thanks = [one for one in site.kind("effect") if one.cause == clicks[3].id]
    assert "Thank you" in [change.element.name for change in thanks[0].changes]


def test_two_tabs_opened_by_hand_are_two_journeys(site: Site, context: BrowserContext) -> None:
    """Tabs that have nothing to do with each other are journeys of one session."""
    for _ in range(2):
        context.new_page().goto(f"{site.url}/list.html")
    for tab in context.pages:
        tab.evaluate(END)
    assert len({one.journey_id for one in site.events()}) == 2
    assert len({one.session_id for one in site.events()}) == 1


def test_script_twice_in_a_page_records_once(page: Page, site: Site, capture_js: str) -> None:
    """A page that carries the script a second time is recorded once."""
    page.goto(f"{site.url}/list.html")
    page.evaluate(capture_js)
    page.get_by_role("button", name="More").click()
    page.evaluate(END)
    assert len(site.kind("click")) == 1


def test_page_without_storage(site: Site, context: BrowserContext) -> None:
    """Where storage is denied, the page works and its events arrive."""
    context.add_init_script(script="")
    page = context.new_page()
    page.add_init_script(
        script="for (const name of ['sessionStorage', 'localStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.goto(f"{site.url}/list.html")
    page.get_by_role("button", name="More").click()
    page.evaluate(END)
    assert len(site.kind("click")) == 1


def test_faults_of_the_recorder_stay_its_own(page: Page, site: Site) -> None:
    """A page that breaks what the recorder needs sees no error of it, and works."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site.url}/list.html")
    page.evaluate("() => { Element.prototype.getAttribute = () => { throw new Error('broken') } }")
    page.locator("#more").click()
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    assert errors == []
    assert page.locator("#extra").is_visible()


def test_script_tag_with_attributes(site: Site, browser: Browser, capture_js: str) -> None:
    """The script tag with its data attributes is all that a page needs, frames included."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/frames.html?tagged")
    page.frame_locator("[name=inner]").get_by_role("button").click()
    page.evaluate(END)
    (click,) = site.kind("click")
    assert (click.app, click.target.name, len(click.target.frames)) == ("tagged", "Pay", 1)
    assert set(site.keys) == {"a key+&1"}
    context.close()


def test_the_key_goes_with_every_body(site: Site, browser: Browser, capture_js: str) -> None:
    """With a fetch, and with the beacon of a tab that closes."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/form.html?tagged")
    page.get_by_label("Name").press_sequentially("Ada")
    page.close(run_before_unload=True)
    other = context.new_page()
    wait_for(other, site, "fill")
    assert set(site.keys) == {"a key+&1"}
    context.close()


def test_no_foreign_address_is_written_to(page: Page, site: Site) -> None:
    """Nothing but the endpoint hears from the recorder."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/list.html")
    page.get_by_role("button", name="More").click()
    page.evaluate(END)
    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{site.port}", f"127.0.0.1:{site.collector_port}"}
    assert json.loads(site.bodies[0])["events"]
