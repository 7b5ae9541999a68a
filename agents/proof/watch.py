"""What is seen of a running test, and what is broken for it: the part of the plugin that the pages know."""

import json
import re
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    WebSocketRoute,
    expect,
)

from agents.proof.video import make_video

BREAK_PAGE: Final = Path(__file__).with_name("break_page.js")
ANSWERS_MAX: Final = 500
"""Requests that are kept of one run."""
MESSAGES_MAX: Final = 50
CHARS_MAX: Final = 2_000
TEXT_CHARS_MAX: Final = 64_000
"""Of a text that is kept, from its end."""
PICTURE_MS: Final = 5_000
"""How long a picture of the page may take."""
ACTION_TIMEOUT_MS: Final = 10_000
"""How long an action may wait: less than Playwright's own bound, so that what is proven passes there too."""
EXPECT_TIMEOUT_MS: Final = 5_000
"""How long an assertion may wait, unless the environment says otherwise: Playwright's own bound."""
_ERROR_STATUS: Final = 400
_NO_FILE: Final = re.compile(
    r"^(?![^?#]*\.(?:js|mjs|css|map|woff2?|ttf|otf|eot|png|jpe?g|gif|svg|webp|avif|ico|wasm)(?:[?#]|$))", re.IGNORECASE
)
"""Addresses that are not those of an app's own files: no write changes these, and to intercept one takes time."""
_ANY: Final = re.compile("^")


class Watch:
    """What is seen of the running test. `step` is the story's step that it is in, -1 before the first. `orders` say
    what to break (`mutant`), and into which folder a failed run puts its trace and more (`keep`)."""

    def __init__(self, orders: dict[str, Any], everywhere: dict[str, Any]) -> None:
        self.orders = orders
        self.chapters: list[str] = everywhere.get("chapters", [])
        self.expect_ms: int = everywhere.get("expect_ms", EXPECT_TIMEOUT_MS)
        self.step = -1
        self.steps_s: dict[int, float] = {}
        self._step_began_s: float | None = None
        self.answers: list[dict[str, Any]] = []
        self.page_errors: list[dict[str, Any]] = []
        self.console: list[str] = []
        self.signs_in = False
        self.applied = False
        self.armed = False
        self.stale: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.written = False
        self.pages: list[Page] = []
        self.contexts: list[BrowserContext] = []
        self.reached: list[str] | None = everywhere.get("reached")
        self.blocked: set[str] = set()

    # --- what the page does ---

    def attach(self, context: BrowserContext) -> None:
        """Listens in a context before the test gets it, and breaks what the mutant breaks."""
        self._step_began_s = time.monotonic()
        self.contexts.append(context)
        self._set_default_timeout(context)
        context.on("page", self._page)
        for page in context.pages:
            self._page(page)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        if self.reached is not None:
            # Only what is foreign comes here: the rest never leaves the browser's own way.
            foreign = _foreign(self.reached)
            context.route(foreign, self._block)
            context.route_web_socket(foreign, self._block_socket)
        if self.orders.get("keep"):
            context.tracing.start(screenshots=True, snapshots=True, sources=True)
        mutant = self.orders.get("mutant")
        if mutant is None:
            return
        if mutant["kind"] in ("missing_text", "wrong_text", "dead_control"):
            context.expose_binding("__proof_applied", lambda _source: self._note_applied())
            config = json.dumps({"kind": mutant["kind"], "texts": mutant["texts"]})
            context.add_init_script(f"({BREAK_PAGE.read_text()})({config})")
        else:
            context.route(_intercepted(mutant["request"]), self._route)

    def waits_ms(self, bound_ms: int) -> int:
        """How long a statement of the step at hand may wait that waits `bound_ms` at most: where the app is broken by
        now, as long as is told for that step."""
        told = self.orders.get("waits_ms") if self.armed else None
        return min(bound_ms, told[self.step]) if told and self.step < len(told) else bound_ms

    def set_timeouts(self) -> None:
        """Sets how long the statements of the step at hand may wait."""
        expect.set_options(timeout=self.waits_ms(self.expect_ms))
        for context in self.contexts:
            self._set_default_timeout(context)

    def _set_default_timeout(self, context: BrowserContext) -> None:
        context.set_default_timeout(self.waits_ms(max(ACTION_TIMEOUT_MS, self.expect_ms)))

    def _page(self, page: Page) -> None:
        self.pages.append(page)
        page.on("pageerror", self._page_error)
        page.on("console", self._console)

    def _page_error(self, error: Error) -> None:
        if len(self.page_errors) < MESSAGES_MAX:
            self.page_errors.append({"step": self.step, "text": str(error)[:CHARS_MAX]})

    def _console(self, message: ConsoleMessage) -> None:
        if len(self.console) < MESSAGES_MAX and message.type in ("error", "warning"):
            self.console.append(f"{message.type}: {message.text}"[:CHARS_MAX])

    def _response(self, response: Response) -> None:
        self._answer(response.request, response.status)

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            self._answer(request, 0)

    def _answer(self, request: Request, status: int) -> None:
        if len(self.answers) < ANSWERS_MAX:
            parts = urlsplit(request.url)
            place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:CHARS_MAX]
            document = request.resource_type == "document"
            told = {"method": request.method, "url": place, "status": status, "document": document, "step": self.step}
            self.answers.append(told)

    def _block(self, route: Route) -> None:
        self._note_blocked(route.request.url)
        route.abort("blockedbyclient")

    def _block_socket(self, socket: WebSocketRoute) -> None:
        self._note_blocked(socket.url)
        socket.close()

    def _note_blocked(self, url: str) -> None:
        if len(self.blocked) < MESSAGES_MAX:
            parts = urlsplit(url)
            self.blocked.add(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"[:CHARS_MAX])

    # --- what is broken ---

    def at(self, step: int) -> None:
        """The test begins a step."""
        self.end_step()
        if self.orders.get("keep") and self.chapters[step : step + 1]:
            for context in self.contexts:
                with suppress(Error):  # a context that the test closed
                    context.tracing.group_end()
                    context.tracing.group(self.chapters[step])
        self.step = step
        mutant = self.orders.get("mutant")
        if mutant is None or step < mutant["step"]:
            return
        begins, self.armed = not self.armed, True
        self.set_timeouts()
        if not begins:
            return
        for page in self.pages:
            if not page.is_closed() and mutant["kind"] in ("missing_text", "wrong_text", "dead_control"):
                page.evaluate("() => window.__proof_arm && window.__proof_arm()")

    def end_step(self) -> None:
        """Notes how long the step under way took."""
        now_s = time.monotonic()
        if self._step_began_s is not None:
            self.steps_s[self.step] = now_s - self._step_began_s
        self._step_began_s = now_s

    def _note_applied(self) -> None:
        self.applied = True

    def _route(self, route: Route) -> None:
        mutant, request = self.orders["mutant"], route.request
        if self.reached is not None and _foreign(self.reached).match(request.url):
            route.fallback()
            return
        kind, hit = mutant["kind"], self.armed and _matches(mutant["request"], request)
        if kind == "stale_answer":
            self._stale(route, hit)
        elif not hit:
            route.fallback()
        elif kind == "server_error":
            self.applied = True
            route.fulfill(status=500, content_type="text/plain", body="broken on purpose")
        elif kind == "lost_request":
            self.applied = True
            route.fulfill(status=204, body="")
        else:
            self._altered(route, mutant["texts"])

    def _altered(self, route: Route, texts: list[str]) -> None:
        body = route.request.post_data_buffer
        if body is None:
            route.fallback()
            return
        changed = body
        for text in texts:
            for form, other in zip(_forms(text), _forms(altered(text)), strict=True):
                changed = changed.replace(form, other)
        self.applied = self.applied or changed != body
        route.fallback(post_data=changed)

    def _stale(self, route: Route, hit: bool) -> None:
        """What was read before the write is answered as it was read then."""
        request = route.request
        if hit:
            self.written = True
        if request.method != "GET":
            route.fallback()
            return
        known = self.stale.get(request.url)
        if (known is None and self.written) or len(self.stale) >= ANSWERS_MAX:
            route.fallback()
            return
        try:
            answer = route.fetch(max_redirects=0)
        except Error:
            route.abort()
            return
        if known is None or not self.written:
            self.stale[request.url] = (answer.status, answer.headers, answer.body())
            route.fulfill(response=answer)
            return
        status, headers, body = known
        self.applied = self.applied or body != answer.body()
        route.fulfill(status=status, headers=headers, body=body)

    # --- what is left of it ---

    def leave(self, printed: str) -> None:
        """Puts what a failed run leaves into its folder: the trace with the story's sentences as chapters, a picture of
        the page, the console, requests that failed, and what pytest says."""
        if not self.orders.get("keep"):
            return
        folder = Path(self.orders["keep"])
        failed = [f"{one['status'] or 'no answer'} {one['method']} {one['url']}" for one in self.answers
                  if one["status"] == 0 or one["status"] >= _ERROR_STATUS]  # fmt: skip
        texts = {"output.txt": printed, "console.txt": "\n".join(self.console), "requests.txt": "\n".join(failed)}
        for name, text in texts.items():
            if text:
                (folder / name).write_text(text[-TEXT_CHARS_MAX:])
        for page in [one for one in self.pages if not one.is_closed()][-1:]:
            with suppress(Error):  # a page that hangs has no picture
                page.screenshot(path=folder / "page.png", timeout=PICTURE_MS)
        for number, context in enumerate(self.contexts):
            with suppress(Error):
                context.tracing.stop(path=folder / (f"trace-{number + 1}.zip" if number else "trace.zip"))
        if self.orders.get("videos", "off") != "off":
            self._make_video(folder / "trace.zip", folder)

    def show(self) -> None:
        """Makes the video of a run that passed, where those are wanted: its trace is not kept."""
        if not self.orders.get("keep") or self.orders.get("videos") != "all" or not self.contexts:
            return
        with tempfile.TemporaryDirectory(prefix="journeywright-video-") as scratch:
            trace = Path(scratch) / "trace.zip"
            with suppress(Error):
                self.contexts[0].tracing.stop(path=trace)
            self._make_video(trace, Path(self.orders["keep"]))

    def _make_video(self, trace: Path, folder: Path) -> None:
        browser = self.contexts[0].browser if self.contexts else None
        if trace.exists() and browser is not None:
            make_video(trace, browser, folder)


@lru_cache(maxsize=8)
def _pattern(reached: tuple[str, ...]) -> re.Pattern[str]:
    hosts = "|".join(re.escape(one.replace("http", "", 1)) for one in reached) or "(?!)"
    return re.compile(rf"^(?:http|ws)(?!(?:{hosts})(?:[/?#]|$))", re.IGNORECASE)


def _foreign(reached: list[str]) -> re.Pattern[str]:
    """Finds the addresses of all other origins; those of sockets stand for those of their pages."""
    return _pattern(tuple(reached))


def _intercepted(wanted: dict[str, Any] | None) -> re.Pattern[str]:
    """Finds the addresses of the requests that a mutant may do something to: all but the app's own files, unless it is
    one of these that was written."""
    return _NO_FILE if wanted is None or _NO_FILE.match(wanted["segments"][-1]) else _ANY


def _matches(wanted: dict[str, Any], request: Request) -> bool:
    """Whether a request is of this kind. Of a form that opens a page, the recording has the address where it led."""
    if request.method == wanted["method"] and request.is_navigation_request():
        return True
    segments = urlsplit(request.url).path.split("/")
    same = len(segments) == len(wanted["segments"])
    return (
        same
        and request.method == wanted["method"]
        and all(not want or want == has for want, has in zip(wanted["segments"], segments, strict=True))
    )


def _forms(text: str) -> list[bytes]:
    """A text as bodies write it: plain, in JSON, in a form."""
    from urllib.parse import quote, quote_plus

    return [form.encode() for form in (text, json.dumps(text)[1:-1], quote_plus(text), quote(text, safe=""))]


def altered(text: str) -> str:
    """Another text: other digits; where there are none, the words in another order, or the letters."""
    if any(char.isdigit() for char in text):
        return "".join(str((int(char) + 1) % 10) if char in "0123456789" else char for char in text)
    turned = " ".join(reversed(text.split(" ")))
    return turned if turned != text else text[::-1]
