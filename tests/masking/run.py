"""Uses generated pages in Chromium, and looks for their secrets in all that the recorder sends."""

import base64
import html
import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Dialog, Error, Locator, Page, sync_playwright

from agents.local.browser import find_chromium
from agents.settings import load
from tests.capture.site import CHANCE, END, FLAGS, Site, collector_handler
from tests.masking.drawing import Act
from tests.masking.pages import Generated
from tests.masking.pages import page as page_of

ACT_MS = 1_500
_ESCAPE = re.compile(r"(?:%5c|%|\\)u([0-9a-f]{4})", re.IGNORECASE)
SHORT = 4
"""Shorter secrets are found anywhere by chance; the tests of single pages look for those."""


@dataclass
class Visit:
    """What came of one page: how many acts were done, and what was wrong: secrets that were sent, and faults."""

    seed: str
    acts: int
    wrong: list[str]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: frames that go away don't wait for their answer."""


class Pages:
    """Serves the page at hand and collects what the recorder sends; a context manager."""

    def __init__(self, capture_js: str) -> None:
        self.capture_js = capture_js
        self.site = Site()
        self.page: Generated | None = None
        self._servers = [
            _Server(("127.0.0.1", 0), _handler(self)),
            _Server(("127.0.0.1", 0), collector_handler(self.site)),
        ]
        self.site.port, self.site.collector_port = (server.server_address[1] for server in self._servers)

    def __enter__(self) -> "Pages":
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


def new_tab(browser: Browser, pages: Pages) -> Page:
    """A tab in which pages are visited, one after the other."""
    tab = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    tab.set_default_timeout(ACT_MS)

    def answered(dialog: Dialog) -> None:
        dialog.accept(pages.page.answer if dialog.type == "prompt" and pages.page else "")

    tab.on("dialog", answered)
    return tab


def visit(tab: Page, pages: Pages, seed: str) -> Visit:
    """Makes the page of a seed, uses it, ends the journey, and searches what was sent."""
    page = pages.page = page_of(seed)
    site = pages.site
    site.received.clear()
    site.bodies.clear()
    tab.goto(f"{site.url}/", timeout=60_000)
    used = [act for act in page.acts if _done(tab, act)]
    tab.evaluate(END)
    faults = tab.evaluate("window.journeywright ? journeywright.errors().last : 'no recorder'")
    told = "\n".join(text for _, text in texts(site.received))
    known = any(act.kind == "known" for act in used)
    wrong = leaks(site.received, page.words.secrets, site.url)
    if not site.received or (known and any(one not in told for one in page.words.told)):
        wrong.append("what may be told was not recorded")
    return Visit(seed, len(used), [*wrong, faults] if faults else wrong)


def visited(capture_js: str, part: list[str]) -> list[Visit]:
    """The pages of these seeds, one after the other in one tab."""
    with sync_playwright() as playwright, Pages(capture_js) as pages:
        path = find_chromium(load())
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        tab = new_tab(browser, pages)
        found = [visit(tab, pages, seed) for seed in part]
        browser.close()
    return found


def _done(tab: Page, act: Act) -> bool:
    """Does one act; false where the element can't be used (hidden, gone, covered)."""
    try:
        for frame in tab.frames:
            found = frame.locator(f"[data-k='{act.key}']")
            if found.count():
                _do(tab, found.first, act)
                return True
    except Error:
        return False
    return False


def _do(tab: Page, found: Locator, act: Act) -> None:
    match act.kind:
        case "click" | "known":
            found.click()
        case "hover":
            found.hover()
        case "press":
            found.press("Enter")
        case "select":
            found.select_option(index=1)
        case "drag":
            found.drag_to(tab.locator("body"))
        case "type" | "secret":
            found.click()
            tab.keyboard.type(act.text)
            tab.keyboard.press("Tab")
        case "keys":
            found.focus()
            tab.keyboard.type(act.text)
        case "pad":
            for digit in act.text:
                tab.locator(f"[data-k='{act.key + (10 if digit == '<' else int(digit))}']").click()
        case "boxes":
            for at, digit in enumerate(act.text):
                tab.locator(f"[data-k='{act.key + at}']").press_sequentially(digit)
            tab.keyboard.press("Tab")


def texts(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """All texts of what was sent, with their places, but for ids and tokens: they are chance."""
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, list):
        for one in node:
            yield from texts(one, place)
    elif isinstance(node, dict):
        event = "journey_id" in node
        for name, one in node.items():
            if name not in CHANCE or (name == "id" and not event):
                yield from texts(one, f"{place}.{name}")


def folded(text: str) -> str:
    """Letters and digits alone, in lower case: what is left of a text in any spacing, case or encoding."""
    for _ in range(2):
        text = html.unescape(unquote(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text), errors="ignore"))
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain.lower() if char.isalnum())


def leaks(events: list[dict[str, Any]], secrets: list[str], origin: str) -> list[str]:
    """Where secrets were found: in a text, or over several texts of a kind, one after the other."""
    ordered = sorted(events, key=lambda one: (one["at_ms"], one["seq"]))
    places = [(f"{one['kind']}{place}", text.replace(origin, "")) for one in ordered for place, text in texts(one)]
    spread = [("typed one by one", _typed(ordered)), ("shown one by one", _shown(ordered))]
    spread.append(("clicked one by one", _clicked(ordered)))
    where = {text: place for place, text in [*places, *spread]}
    plain = {text: folded(text) for text in where}
    everything = "\n".join(plain.values())
    found = []
    for secret in dict.fromkeys(secrets):
        for short in _written(secret):
            if len(short) > SHORT and short in everything:
                text = next(text for text in where if short in plain[text])
                found.append(f"{secret!r} in {where[text]}: {text[:120]!r}")
                break
    return found


def _written(secret: str) -> Iterator[str]:
    """A secret as it is, and in the ways to write it that pages have at hand: base 16 and 64, and from its end on."""
    plain = folded(secret)
    yield plain
    yield plain[::-1]
    if len(plain) > SHORT:
        raw = secret.encode()
        yield raw.hex()
        for before in range(3):
            # What stands before it shares the first signs of base 64, what follows the last ones.
            core = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")[2 * before : -1]
            if len(core) >= 2 * SHORT:
                yield folded(core)


def _typed(events: list[dict[str, Any]]) -> str:
    """What was told of keys and fields, in a row."""
    fills_and_keys = [one for one in events if one["kind"] in ("fill", "press")]
    return "".join(one["value"]["text"] if one["kind"] == "fill" else one["key"] for one in fills_and_keys)


def _clicked(events: list[dict[str, Any]]) -> str:
    """What was told of the elements that were clicked, in a row."""
    return "".join(one["target"].get("name", "") for one in events if one["kind"] == "click")


def _shown(events: list[dict[str, Any]]) -> str:
    """What was told of changes, in a row."""
    changes = [change for one in events if one["kind"] == "effect" for change in one["changes"]]
    return "".join(str(change.get("after", change["element"].get("text", ""))) for change in changes)


def _handler(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            path, page = urlsplit(self.path).path, pages.page
            assert page is not None
            body, kind = page.further.get(path, ""), "text/html; charset=utf-8"
            if path == "/":
                mask = f" data-mask={page.mask}" if page.mask else ""
                script = f'<script src=/capture.js data-app=pages data-endpoint="{pages.site.endpoint}"{mask}></script>'
                head = f"<head><meta charset=utf-8>{script}<title>{page.title}</title></head>"
                body = f"<!doctype html><html>{head}{page.markup}</html>"
            elif path == "/capture.js":
                body, kind = pages.capture_js, "text/javascript"
            elif not body:
                body, kind = "{}", "application/json"
            raw = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "max-age=3600" if path == "/capture.js" else "no-store")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    return Handler


def seeds(seed: int, count: int) -> list[str]:
    """The seeds of so many pages, each a text that makes one page again."""
    return [f"{seed}/{number}" for number in range(count)]
