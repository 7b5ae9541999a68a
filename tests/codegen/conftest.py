"""A real browser and our small pages, whole and broken, for the tests of the writer."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, sync_playwright

from pipeline.codegen.project.conftest_file import Wanted, conftest
from tests.waiting import waiting

PAGES = Path(__file__).resolve().parents[1] / "pages"
WAIT_MS = 2_500


class _Pages(SimpleHTTPRequestHandler):
    """Serves tests/pages; as a broken copy it serves them with `const WORKS = false`."""

    broken = False

    def do_GET(self) -> None:
        path = PAGES / self.path.split("?")[0].lstrip("/")
        if path.suffix != ".html" or path.parent != PAGES or not path.exists():
            self.send_error(404)
            return
        body = path.read_bytes()
        if self.broken:
            body = body.replace(b"const WORKS = true", b"const WORKS = false")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silence."""


class _BrokenPages(_Pages):
    broken = True


def _served(handler: type[_Pages]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(PAGES)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def whole_pages() -> Iterator[str]:
    """The address of tests/pages."""
    yield from _served(_Pages)


@pytest.fixture(scope="session")
def broken_pages() -> Iterator[str]:
    """The address of the broken copy of tests/pages."""
    yield from _served(_BrokenPages)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class _NoOrigins:
    """A project that names no further origins."""

    def getini(self, _name: str) -> list[str]:
        return []


def filler(base_url: str) -> Callable[[Locator, str], None]:
    """The fixture `fill_credential` of an exported project, for this base URL."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"fill_credential"})), "conftest", "exec"), scope)
    made: Callable[[Locator, str], None] = scope["fill_credential"].__wrapped__(base_url, _NoOrigins())
    return made


def namer() -> Callable[[str], str]:
    """The fixture `unique` of an exported project, as of one run."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"unique"})), "conftest", "exec"), scope)
    made: Callable[[str], str] = scope["unique"].__wrapped__()
    return made


def dragger() -> Callable[..., None]:
    """The fixture `drag` of an exported project."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"drag"})), "conftest", "exec"), scope)
    made: Callable[..., None] = scope["drag"].__wrapped__()
    return made


def waiter() -> Callable[..., None]:
    """The fixture `settled` of an exported project."""
    scope: dict[str, Any] = {}
    exec(compile(conftest(Wanted({"settled"})), "conftest", "exec"), scope)
    made: Callable[..., None] = scope["settled"].__wrapped__()
    return made


@pytest.fixture
def run_code(chromium: Browser) -> Callable[[str, str], None]:
    """Runs a generated program against a base URL in a fresh context, with the fixture of an exported project; raises
    what the program raises."""

    def run(code: str, base_url: str) -> None:
        scope: dict[str, Any] = {}
        exec(compile(code, "generated", "exec"), scope)
        function: Callable[..., None] = next(value for name, value in scope.items() if name.startswith("test_"))
        fixtures: dict[str, Callable[[], Any]] = {
            "fill_credential": lambda: filler(base_url),
            "unique": namer,
            "drag": dragger,
            "settled": waiter,
        }
        more = {name: fixtures[name]() for name in signature(function).parameters if name in fixtures}
        context = chromium.new_context(base_url=base_url)
        context.set_default_timeout(WAIT_MS)
        try:
            with waiting(WAIT_MS):
                function(context.new_page(), **more)
        finally:
            context.close()

    return run
