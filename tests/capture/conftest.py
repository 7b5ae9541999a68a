"""Real Chromium with the recorder in every page, and our own pages to use it on."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from agents.local.browser import find_chromium
from agents.settings import load
from schemas.events import Event
from tests.capture.site import CAPTURE, END, FLAGS, REPO, Site, collector_handler, pages_handler


@pytest.fixture(scope="session")
def capture_js() -> str:
    """The recorder as it is built from the sources at hand."""
    subprocess.run(["npm", "run", "-s", "build"], cwd=REPO / "capture", check=True, capture_output=True)
    return CAPTURE.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One real Chromium for a module: Playwright keeps an event loop in this thread for as long as it is open."""
    with sync_playwright() as playwright:
        path = find_chromium(load())
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """Our pages and an empty collector."""
    site = Site()
    pages = ThreadingHTTPServer(("127.0.0.1", 0), pages_handler(site))
    collector = ThreadingHTTPServer(("127.0.0.1", 0), collector_handler(site))
    site.port, site.collector_port = pages.server_address[1], collector.server_address[1]
    for server in (pages, collector):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield site
    for server in (pages, collector):
        server.shutdown()
        server.server_close()


@pytest.fixture
def context(browser: Browser, site: Site, capture_js: str) -> Iterator[BrowserContext]:
    """A browser context in which every page and frame carries the recorder."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    config = json.dumps({"endpoint": site.endpoint, "app": "pages"})
    context.add_init_script(script=f"if (window.top === window) window.JOURNEYWRIGHT = {config};\n{capture_js}\n")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def record(page: Page, site: Site) -> Callable[[str, Callable[[Page], None]], list[Event]]:
    """Opens one of our pages, does something there, ends the journey, and gives the events."""

    def run(path: str, do: Callable[[Page], None]) -> list[Event]:
        page.goto(f"{site.url}/{path}")
        do(page)
        page.evaluate(END)
        assert page.evaluate("journeywright.errors()") == {"count": 0, "last": ""}
        return site.events()

    return run
