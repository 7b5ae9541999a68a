"""Runs, coverage and live; and what holds for every page: prefixes, keys, narrow screens, hostile texts, and readers
with large letters, few colours, no motion, no mouse, or another language.

The first test asks for the machine: what is started for it can't be started beside a browser of this thread."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.sync_api import Page, expect

from agents.keys import Keys
from agents.local.processes import free_port
from agents.web.streams import Stream
from pipeline.flows.ids import flow_id
from tests.dashboard.conftest import Shown, photograph, violations
from tests.dashboard.verdicts import CHAPTERS
from tests.storage.samples import a_story, a_test
from tests.web.conftest import Site
from tests.web.test_keys import ENTRIES, READ_ALL, key_file, read_keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PAGES = ("/", "/review", "/runs", "/coverage", "/live")
RING = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return at === document.body ? null : [at.outerHTML.slice(0, 80), style.outlineStyle !== "none" && seen];
}"""
"""What has the focus, and whether that can be seen; None for nothing."""
MOVED = """() => new Promise((told) => {
  let moved = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) moved += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => told(moved), 1000);
})"""
"""How much the page's parts have moved so far, as browsers sum it up."""
CUT_OFF = "document.documentElement.scrollWidth - innerWidth"


def test_runs_are_listed_opened_and_compared(shown: Shown, open_page: Callable[..., Page]) -> None:
    """What changed between two builds comes first; what a failed run left is shown or saved."""
    page = open_page(f"{shown.url}/runs")
    expect(page.get_by_role("row", name="118")).to_contain_text("Failed 1")
    assert violations(page) == []
    photograph(page, "runs")
    page.get_by_role("row", name="118").get_by_role("combobox").select_option(index=1)
    expect(page.get_by_role("status")).to_have_text("1 test of 6 came to something else")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("check out")
    assert violations(page) == []
    page.goto(f"{shown.url}/runs?run=run-118&kind=test")
    expect(page.get_by_role("status").filter(has_text="verdict")).to_have_text("1 verdict")
    page.locator("summary").click()
    page.get_by_role("button", name="output.txt").click()
    expect(page.get_by_label("output.txt")).to_have_text("1 failed")
    page.get_by_role("button", name="page.png").click()
    expect(page.get_by_role("img", name="The page as the test failed")).to_have_js_property("naturalWidth", 1)
    page.get_by_role("button", name="video.webm").click()
    steps = page.get_by_role("list", name="Steps in the video").get_by_role("button")
    expect(steps).to_have_text([chapter.title for chapter in CHAPTERS])
    steps.last.click()
    expect(page.get_by_label("video.webm", exact=True)).to_have_js_property("currentTime", 1)
    with page.expect_download() as trace:
        page.get_by_role("button", name="trace.zip").click()
    assert Path(str(trace.value.path())).read_bytes() == b"PK"
    assert violations(page) == []


def test_coverage_says_what_is_covered_and_by_how_few(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Of the demonstration all flows have a test."""
    page = open_page(f"{shown.url}/coverage")
    expect(page.get_by_text("of 10 journeys are covered")).to_be_visible()
    expect(page.get_by_role("link", name="Create the book")).to_be_visible()
    assert violations(page) == []
    page.get_by_text("The numbers").click()
    expect(page.get_by_role("region", name="Journeys and users by day").get_by_role("row").last).to_contain_text("10")
    photograph(page, "coverage")


def test_live_shows_a_story_as_it_comes(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """Without a reload, and on top, however long ago it began; it leaves when it is withdrawn. While it is paused,
    nothing moves; what came or went meanwhile is there, or gone, afterwards. What could not be read stands below with
    its cause."""
    site = make_site()
    site.storage.put_story(a_story())
    site.metrics.note_dead_letter("unreadable", "no JSON", "events", 3, 7)
    page = open_page(f"{site.url}/live")
    expect(page.get_by_role("status")).to_have_text("New stories appear here by themselves.")
    expect(page.get_by_role("region", name="Newest dead letters")).to_contain_text("no JSON")
    assert violations(page) == []
    photograph(page, "live")
    site.storage.put_story(a_story("live", title="Water the plants"))
    expect(page.locator("[data-row]").first).to_have_text("Water the plants")
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_contain_text("Paused")
    site.storage.put_story(a_story("later", title="Feed the cat"))
    site.storage.withdraw_story("live")
    page.keyboard.press("p")
    expect(page.locator("[data-row]").first).to_have_text("Feed the cat")
    expect(page.get_by_role("link", name="Water the plants")).to_be_hidden()
    site.storage.withdraw_story("later")
    expect(page.get_by_role("link", name="Feed the cat")).to_be_hidden()


def test_live_does_not_move_as_it_opens(
    make_site: Callable[..., Site], open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slowly it is told what there is: figures, stories one after the other, and what stands below them."""
    told = Stream.say

    async def slowly(stream: Stream, *what: Any) -> None:
        await asyncio.sleep(0.1)
        await told(stream, *what)

    monkeypatch.setattr(Stream, "say", slowly)
    site = make_site()
    site.storage.put_stories([a_story(f"s{number}", title=f"Water plant {number}") for number in range(20)])
    site.metrics.note_dead_letter("unreadable", "no JSON", "events", 3, 7)
    page = open_page(f"{site.url}/live")
    expect(page.get_by_role("region", name="Newest dead letters")).to_contain_text("no JSON")
    expect(page.locator("[data-row]")).to_have_count(20)
    assert page.evaluate(MOVED) < 0.01


def test_live_asks_again_where_there_was_no_place(
    make_site: Callable[..., Site], open_page: Callable[..., Page]
) -> None:
    """It says so meanwhile, and comes back when the server said."""
    page = open_page(f"{make_site().url}/coverage")
    busy = {"error": {"code": "busy", "message": "64 streams are open", "hint": "close one of them"}}
    page.route("**/live/stream", lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}, json=busy))
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_role("status")).to_contain_text("64 streams are open")
    page.unroute_all()
    expect(page.get_by_role("status")).to_have_text("New stories appear here by themselves.")


def test_hostile_texts_stay_texts(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """Markup, scripts and addresses in titles, steps, ids and code are shown as they are."""
    site = make_site()
    bad = '<img src=x onerror="document.title=1"><a href="javascript:alert(1)">x</a>'
    story = a_story("s", title=bad, sentence=bad, app="javascript:alert(1)", session_id=bad)
    site.storage.put_story(story)
    assert site.storage.put_test(a_test(story, steps=(bad,), code=f"# {bad}\n", step_lines=(1,), tags=(bad,)))
    key = flow_id(story.app, story.flow_key)
    for path in ("/", f"/flows/{key}", f"/review/{a_test(story).id}", "/coverage", "/live"):
        page = open_page(site.url + path)
        expect(page.get_by_text("<img src=x").first).to_be_visible()
        assert page.locator("main img").count() == 0
        schemes = page.evaluate("[...document.links].map((link) => new URL(link.href).protocol)")
        assert set(schemes) == {"http:"}


def test_from_a_wrong_link_one_can_go_on(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """An address that is no page, and a page of something that is gone, say so and lead to what there is."""
    site = make_site()
    site.storage.put_story(a_story())
    for path, told in (
        ("/no/such/page", "There is nothing at this address"),
        ("/flows/gone", "No flow has the id"),
        ("/review/gone", "No test has the id"),
        ("/runs?run=gone", "No proving run has the id"),
    ):
        page = open_page(site.url + path)
        expect(page.get_by_text(told)).to_be_visible()
        assert violations(page) == []
        page.get_by_role("link", name="All flows").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_where_keys_are_on_it_asks_for_one(
    make_site: Callable[..., Site], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """It opens with a key that reads, for as long as the tab is there, and never puts it into an address."""
    keys: Keys = read_keys(key_file(tmp_path, ENTRIES))
    site = make_site(keys)
    site.storage.put_story(a_story())
    page = open_page(site.url)
    expect(page.get_by_role("heading", name="This server asks for a key")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Key", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="That key doesn't open this")).to_be_visible()
    page.get_by_label("Key", exact=True).fill(READ_ALL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert READ_ALL not in page.url
    assert page.evaluate("[localStorage.length, document.cookie, sessionStorage.length]") == [0, "", 1]


@contextmanager
def mounted(prefix: str, port: int) -> Iterator[str]:
    """A proxy that serves a port under a path prefix, as a company's front door does."""
    loop, at = asyncio.new_event_loop(), free_port()

    async def forward(request: web.Request) -> web.StreamResponse:
        path = request.raw_path.removeprefix(prefix)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "origin")}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, f"http://127.0.0.1:{port}{path}", headers=headers, data=await request.read()
            ) as answer,
        ):
            kept = ("Content-Type", "Content-Security-Policy", "ETag", "Content-Encoding", "Cache-Control")
            told = {name: value for name, value in answer.headers.items() if name in kept}
            passed = web.StreamResponse(status=answer.status, headers=told)
            await passed.prepare(request)
            with suppress(ConnectionError):  # the page has left
                async for piece in answer.content.iter_any():
                    await passed.write(piece)
            return passed

    app = web.Application()
    app.router.add_route("*", f"{prefix}/{{rest:.*}}", forward)
    runner = web.AppRunner(app, shutdown_timeout=1.0)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", at).start()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    yield f"http://127.0.0.1:{at}{prefix}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def test_behind_a_prefix_every_page_works(shown: Shown, open_page: Callable[..., Page]) -> None:
    """Links, deep links, the editor and saving, all below the prefix."""
    port = int(shown.url.rsplit(":", 1)[1])
    with mounted("/team/journeys", port) as url:
        page = open_page(f"{url}/")
        page.get_by_role("link", name="Delete 'Night Train North'").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 'Night Train North'")
        assert page.url.startswith(f"{url}/flows/")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 'Night Train North'")
        page.get_by_role("link", name="Review e").click()
        page.get_by_role("button", name="Edit").click()
        expect(page.get_by_role("textbox", name="The test's code")).to_be_focused()
        for path in PAGES:
            page.goto(url + path)
            expect(page.locator("main h1").first).to_be_attached()
        expect(page.get_by_role("status")).to_have_text("New stories appear here by themselves.")
        page.goto("about:blank")  # the door is closed next: what is open behind it would be cut off


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_narrow_screen_nothing_is_cut_off(shown: Shown, open_page: Callable[..., Page], scheme: str) -> None:
    """At 390 px, which is 1280 px at more than 300 %, pages don't scroll sideways; axe agrees in dark too."""
    flow = shown.flow("maps", "inner")
    for path in (*PAGES, f"/flows/{flow.flow_id}", f"/review/{flow.test_id}"):
        page = open_page(shown.url + path, width=390, color_scheme=scheme)
        expect(page.locator("main h1").first).to_be_attached()
        page.wait_for_load_state("networkidle" if path != "/live" else "load")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert violations(page) == [], path


def test_what_is_shown_is_saved_as_csv_and_json(shown: Shown, open_page: Callable[..., Page]) -> None:
    """A cell that a spreadsheet would run as a formula is made a text."""
    page = open_page(f"{shown.url}/?q=tag%3Alogin")
    expect(page.locator("tbody [data-row]").first).to_be_visible()
    with page.expect_download() as table:
        page.get_by_role("button", name="CSV").click()
    lines = Path(str(table.value.path())).read_text().splitlines()
    assert lines[0].startswith('"title","app","tags"')
    with page.expect_download() as whole:
        page.get_by_role("button", name="JSON").click()
    assert len(json.loads(Path(str(whole.value.path())).read_text())) == len(lines) - 1


def filled(site: Site) -> tuple[str, ...]:
    """The addresses of all pages of a site with two flows, one of them with a test."""
    story = a_story("s", steps=())
    site.storage.put_stories([story, a_story("other", flow_key="search", title="Search for a plant")])
    test = a_test(story, steps=("Open the shop", "Click 'Sign in'"), step_lines=(1, 3), code=f"{a_test(story).code}\n")
    assert site.storage.put_test(test)
    site.metrics.note_dead_letter("unreadable", "no JSON", "events", 3, 1_234_567)
    site.metrics.lag.labels("events", "3").set(1_234_567)
    return ("/", f"/flows/{test.flow_id}?step=1", "/review", f"/review/{test.id}", "/runs", "/coverage", "/live")


def test_at_twice_the_size_nothing_is_cut_off(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """A window of 1280 px at 200 %: no page has to be moved sideways, and what has the focus is seen, from the first
    key to the last, without a mouse."""
    site = make_site()
    page = open_page(site.url, width=640, device_scale_factor=2)
    page.set_viewport_size({"width": 640, "height": 400})
    for path in filled(site):
        page.goto(site.url + path)
        expect(page.locator("main h1").first).to_be_attached()
        expect(page.get_by_text("Loading")).to_have_count(0)
        assert page.evaluate(CUT_OFF) <= 0, path
        page.keyboard.press("Tab")
        reached = 0
        while found := page.evaluate(RING):
            assert found[1], (path, found[0])
            page.keyboard.press("Tab")
            reached += 1
        assert reached > 8, path


def test_with_few_colours_nothing_is_lost(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """What is lit, chosen or drawn differs from what is not by more than a shade that the reader's colours replace."""
    site = make_site()
    flows, flow, *_, coverage, _ = filled(site)
    page = open_page(site.url + flow, forced_colors="active")
    lit = page.locator(".story li.lit")
    expect(lit).to_have_css("outline-style", "solid")
    expect(page.locator(".story li:not(.lit)").first).to_have_css("outline-style", "none")
    page.goto(site.url + flows)
    expect(page.locator("nav [aria-current]")).to_have_css("outline-style", "solid")
    page.goto(site.url + coverage)
    drawn = page.locator(".days")
    expect(drawn).to_be_visible()
    colours = page.evaluate(
        "[...'some other people'.split(' ')].map((name) => { const at = getComputedStyle(document.querySelector("
        "`.days .${name}`)); return name === 'people' ? at.stroke : at.fill; })"
    )
    assert len({*colours, page.evaluate("getComputedStyle(document.body).backgroundColor")}) == len(colours) + 1
    assert violations(page) == []


@pytest.mark.parametrize(("locale", "written"), [("de-DE", "1.234.567"), ("en-IN", "12,34,567")])
def test_numbers_are_written_as_the_reader_writes_them(
    make_site: Callable[..., Site], open_page: Callable[..., Page], locale: str, written: str
) -> None:
    """As the browser says, whatever the server's own language is."""
    site = make_site()
    *_, live = filled(site)
    page = open_page(site.url + live, locale=locale)
    expect(page.locator(".figure", has_text="messages to go")).to_contain_text(written)


def test_who_asks_for_no_motion_gets_none(make_site: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    """Neither transitions nor animations."""
    site = make_site()
    page = open_page(f"{site.url}{filled(site)[0]}")
    button = page.get_by_role("button", name="Keys")
    expect(button).to_have_css("transition-duration", "0s")
    page.emulate_media(reduced_motion="no-preference")
    expect(button).not_to_have_css("transition-duration", "0s")
