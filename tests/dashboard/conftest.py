"""A machine with what the demonstration's visitors did, and browsers that look at it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from agents.demo.run import Demo
from agents.local.browser import FLAGS
from agents.local.kafka import LocalKafka
from agents.settings import load
from agents.storage import Storage
from agents.storage.sql.flow_lists import FlowFilter, ListedFlow
from tests.dashboard.verdicts import prepare
from tests.waiting import waiting
from tests.web.conftest import make_site  # noqa: F401 - a fixture

AXE = Path(__file__).resolve().parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
REFUSED = re.compile(r"Failed to load resource: .* status of (401|404|412|503)")
"""What a browser says where a call was refused, as some tests want it."""
SHOTS = Path(__file__).resolve().parents[2] / ".data" / "screens"
"""Where the tests leave a picture of each page, to look at; nothing is compared with them."""


@dataclass
class Shown:
    """The machine: its address, and its storage to look behind the pages."""

    url: str
    storage: Storage

    def flow(self, *words: str) -> ListedFlow:
        """The one flow whose test has these words."""
        (found,) = self.storage.flow_page(FlowFilter(words=words)).flows
        return found


@pytest.fixture(scope="package")
def shown(local_kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """`up` with the stories and tests of the demonstration's visitors."""
    told: list[str] = []
    demo = Demo(load(data=tmp_path_factory.mktemp("shown"), brokers=local_kafka.bootstrap), told.append)
    with demo.machine:
        demo.record()
        storage = Storage.open(demo.machine.settings.storage_url)
        prepare(storage, demo.folder / "proof")
        yield Shown(demo.machine.url, storage)
        storage.close()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, once."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One browser for all tests; each has a context of its own."""
    launched = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield launched
    launched.close()


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A page that asks again every few seconds gets the time for some of them."""
    with waiting(20_000):
        yield


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a context of its own. A message of the browser about an error, as of a broken policy, fails
    the test."""
    contexts, said = [], []

    def open_at(url: str, *, width: int = 1280, **context: Any) -> Page:
        made = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **context)
        made.set_default_timeout(20_000)
        contexts.append(made)
        page = made.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        return page

    yield open_at
    for made in contexts:
        made.close()
    assert [one for one in said if not REFUSED.search(one)] == []


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page."""
    page.evaluate(AXE.read_text())
    options = "{resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}"
    found = page.evaluate(f"async () => (await axe.run(document, {options})).violations")
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def photograph(page: Page, name: str) -> None:
    """Leaves a picture of the whole page."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
