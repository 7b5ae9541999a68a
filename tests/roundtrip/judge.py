"""The round trip: a journey is done, recorded, written as a test, and the test run on a fresh copy of the page."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from pipeline.generate import stories_of, tests_of
from pipeline.windowing.partition import Windowing
from schemas.events import EVENT
from tests.capture.site import END
from tests.codegen.conftest import dragger, waiter
from tests.roundtrip.person import Move, Person, do
from tests.waiting import waiting

Outcome = Literal["same", "other", "fails", "nothing", "disturbed", "unsteady"]
"""`other`: it passed, and the page or the server has something else; `disturbed`: the recorder changed what happened;
`unsteady`: not even the same mouse and keys lead to the same twice."""
VIEWPORT: Final = {"width": 1000, "height": 900}
HOLDS: Final = """() => ({
  text: document.body.innerText.replace(/\\s+/g, " "),
  rich: [...document.querySelectorAll("[contenteditable=true]")].map((one) => one.innerHTML),
  values: [...document.querySelectorAll("input,select,textarea")].map((one) =>
    /^(checkbox|radio)$/.test(one.type) ? one.checked : one.value),
  states: [...document.querySelectorAll("[role]")].map((one) =>
    ["checked", "selected", "expanded", "pressed", "valuenow"].map((name) => one.getAttribute("aria-" + name)).join()),
})"""


@dataclass
class App:
    """One page with a server of its own that keeps what is sent to it, and takes the recorder's events."""

    html: str
    port: int = 0
    saved: list[Any] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(html: str) -> Iterator[App]:
    """A fresh copy of the page."""
    app = App(html)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Silence."""

        def do_GET(self) -> None:
            self._answer(app.html.encode() if self.path == "/" else b"", "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            if self.path.startswith("/api/v1/events"):
                app.events.extend(body["events"])
            else:
                app.saved.append(body)
            self._answer(b"{}", "application/json")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    app.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield app
    server.shutdown()
    server.server_close()


@contextmanager
def opened(browser: Browser, app: App, script: str = "") -> Iterator[Page]:
    """The page in a context of its own, with the recorder where `script` is given."""
    context = browser.new_context(viewport=VIEWPORT, base_url=app.url)  # type: ignore[arg-type]
    if script:
        told = json.dumps({"endpoint": app.url, "app": "roundtrip"})
        context.add_init_script(script=f"window.JOURNEYWRIGHT = {told};\n{script}")
    yield context.new_page()
    context.close()


def held(page: Page, app: App) -> dict[str, Any]:
    """What page and server hold once both are at rest."""
    page.mouse.move(1, 1)
    page.wait_for_timeout(300)
    return {**page.evaluate(HOLDS), "saved": list(app.saved)}


@dataclass(frozen=True)
class Journey:
    """What somebody did on a page, and what it came to with nobody recording."""

    html: str
    moves: list[Move]
    state: dict[str, Any]


def journey(browser: Browser, html: str, seed: str, times: int) -> Journey:
    """A journey by seed."""
    with served(html) as app, opened(browser, app) as page:
        page.goto("/")
        moves = Person(page, seed).use(times)
        return Journey(html, moves, held(page, app))


def again(browser: Browser, told: Journey, script: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same mouse and keys on a fresh copy: what page and server hold, and what was recorded."""
    with served(told.html) as app, opened(browser, app, script) as page:
        page.goto("/")
        for move in told.moves:
            do(page, move)
        if script:
            page.evaluate(END)
        return held(page, app), app.events


def written(events: list[dict[str, Any]]) -> list[str]:
    """The tests of what was recorded."""
    parsed = {raw["id"]: EVENT.validate_python(raw) for raw in events}
    ordered = sorted(parsed.values(), key=lambda one: (one.at_ms, one.tab_id, one.seq))
    return [test.code for test in tests_of(stories_of(ordered, Windowing(gap_ms=1_800_000)), users_min=1)]


def run(browser: Browser, html: str, code: str, wait_ms: int = 5_000) -> tuple[str, dict[str, Any]]:
    """Runs a test on a fresh copy: why it failed, if it did, and what page and server hold then."""
    space: dict[str, Any] = {}
    exec(compile(code, "test", "exec"), space)
    test = next(value for name, value in space.items() if name.startswith("test_"))
    known = {"drag": dragger, "settled": waiter}
    fixtures = {name: known[name]() for name in signature(test).parameters if name in known}
    with served(html) as app, opened(browser, app) as page, waiting(wait_ms):
        page.set_default_timeout(wait_ms)
        try:
            test(page, **fixtures)
        except (AssertionError, PlaywrightError) as error:
            return str(error) or "failed", held(page, app)
        return "", held(page, app)


def judge(browser: Browser, told: Journey, script: str) -> tuple[Outcome, str]:
    """The outcome of a round trip, and what to look at: the test, and what went wrong."""
    state, events = again(browser, told, script)
    if state != told.state:
        steady = again(browser, told)[0] == told.state
        return ("disturbed" if steady else "unsteady"), _differing(told.state, state)
    codes = written(events)
    if len(codes) != 1:
        return "nothing", f"{len(codes)} tests"
    why, now = run(browser, told.html, codes[0])
    if why:
        return "fails", f"{codes[0]}\n{why}"
    return ("same", "") if now == told.state else ("other", f"{codes[0]}\n{_differing(told.state, now)}")


def _differing(wanted: dict[str, Any], got: dict[str, Any]) -> str:
    return "\n".join(f"{part}: {wanted[part]!r} -> {got[part]!r}" for part in wanted if wanted[part] != got[part])


def pages(folder: Path) -> dict[str, str]:
    """The pages by name."""
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.html"))}
