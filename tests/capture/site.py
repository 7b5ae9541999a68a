"""Our pages over HTTP, and a collector in the place of the server's event view."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from schemas.events import EVENT, Effect, Event

REPO = Path(__file__).resolve().parents[2]
PAGES = REPO / "tests" / "pages"
CAPTURE = REPO / "agents" / "web" / "static" / "capture.js"
LATE_S = 0.7
"""How long the script of late.html is under way: the page shows before."""
LATE_JS = b"""let later; topic.oninput = () => {
  clearTimeout(later);
  later = setTimeout(() => { address.value = topic.value.toLowerCase().replace(/ /g, '-'); }, 400);
};"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
END = "async () => { if (window.journeywright) await window.journeywright.end() }"


@dataclass
class Site:
    """Our pages and the collector, each on a port of its own, as an app and journeywright would be."""

    received: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    port: int = 0
    collector_port: int = 0
    bodies: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    """What came with each body as Accept-Language."""
    pages: dict[str, tuple[str, str, dict[str, str]]] = field(default_factory=dict)
    """Pages of one test, by their path: the text, its kind, further headers."""
    keys: list[str] = field(default_factory=list)
    """The API key of each body, by its address."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.collector_port}"

    def told(self) -> str:
        """All words that arrived, a line each: without addresses of this machine, ids and tokens, whose digits and
        letters are chance and may well be those of a short secret."""
        words = "\n".join(_words(self.received))
        return words.replace(self.url, "").replace(self.endpoint, "")

    def events(self) -> list[Event]:
        """Everything received, each id once, in the order in which it happened."""
        parsed = {raw["id"]: EVENT.validate_python(raw) for raw in self.received}
        return sorted(parsed.values(), key=lambda one: (one.at_ms, one.tab_id, one.seq))

    def kind(self, kind: str) -> list[Any]:
        return [one for one in self.events() if one.kind == kind]

    def effect_of(self, event: Event) -> Effect:
        """The one effect of an action."""
        found = [one for one in self.kind("effect") if one.cause == event.id]
        assert len(found) == 1, f"{len(found)} effects of {event.kind}"
        effect: Effect = found[0]
        return effect


CHANCE = {"id", "session_id", "tab_id", "journey_id", "cause", "token"}
"""The fields of an event that are drawn or hashed."""


def _words(value: Any) -> Iterator[str]:
    """Every name and every text in JSON, except the texts that are chance."""
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _words(one)
        case dict():
            for name, one in value.items():
                yield name
                if name not in CHANCE:
                    yield from _words(one)


def _quiet(handler: type[BaseHTTPRequestHandler]) -> type[BaseHTTPRequestHandler]:
    handler.log_message = lambda *_: None  # type: ignore[method-assign, assignment]
    return handler


def _tagged(html: str, site: Site) -> str:
    """The page with the recorder as a script tag."""
    told = f'data-endpoint="{site.endpoint}" data-app="tagged" data-key="a key+&amp;1"'
    return html.replace("<head>", f'<head><script src="/capture.js" {told}></script>')


def _page(site: Site, path: str, tagged: bool) -> tuple[str, str, dict[str, str]] | None:
    """The text at the path, its kind and further headers; None where there is none."""
    if path in site.pages:
        return site.pages[path]
    file = PAGES / path.lstrip("/")
    if not file.is_file():
        return None
    return (_tagged(file.read_text(), site) if tagged else file.read_text()), "text/html; charset=utf-8", {}


def pages_handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """Serves tests/pages, a small API, a download, and the recorder itself."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/api/"):
                status = 500 if path.endswith("/fail") else 200
                return self.answer(status, json.dumps({"path": path}).encode(), "application/json")
            if path == "/report.csv":
                return self.answer(200, b"a,b\n", "text/csv", Content_Disposition="attachment; filename=report.csv")
            if path == "/late.js":
                time.sleep(LATE_S)
                return self.answer(200, LATE_JS, "text/javascript")
            if path == "/capture.js":
                return self.answer(200, CAPTURE.read_bytes(), "text/javascript")
            found = _page(site, path, tagged=urlsplit(self.path).query == "tagged")
            if found is None:
                return self.answer(404, b"not here", "text/plain")
            text, kind, headers = found
            return self.answer(200, text.encode(), kind, **headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            if self.path.startswith("/api/"):
                status = {"/fail": 500, "/led": 303}.get(self.path[self.path.rindex("/") :], 201)
                more = {"Access_Control_Allow_Origin": "*", "Location": "/api/things"}
                return self.answer(status, b"{}", "application/json", **more)
            said = parse_qs(body)
            page = (PAGES / "result.html").read_text().replace("{{name}}", said.get("name", [""])[0])
            return self.answer(200, page.encode(), "text/html; charset=utf-8")

        def do_PUT(self) -> None:
            self.do_POST()

    return _quiet(Handler)


def collector_handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """Takes events as journeywright would, unless it is away."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            if site.away:
                self.close_connection = True
                return
            site.bodies.append(body)
            site.languages.append(self.headers.get("Accept-Language", ""))
            site.keys += parse_qs(urlsplit(self.path).query).get("key", [""])
            site.received.extend(json.loads(body)["events"])
            self.send_response(202)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    return _quiet(Handler)
