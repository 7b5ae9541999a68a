"""The pytest plugin that watches a test while it is proven, in the process that runs it.

It needs nothing of the rest of the program: its orders come as JSON in JOURNEYWRIGHT_PROOF, and what it saw goes as
JSON to the file that they name. Secrets are never written: of requests only method, address without query, and status.
"""

import ast
import json
import os
import re
import traceback
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, Route, WebSocketRoute

ORDERS: Final = "JOURNEYWRIGHT_PROOF"
BREAK_PAGE: Final = Path(__file__).with_name("break_page.js")
ANSWERS_MAX: Final = 500
"""Requests that are kept of one run."""
MESSAGES_MAX: Final = 50
CHARS_MAX: Final = 2_000
ACTION_TIMEOUT_MS: Final = 10_000
"""How long an action may wait: less than Playwright's own bound, so that what is proven passes there too."""


class Watch:
    """What is seen of the running test. `step` is the story's step that it is in, -1 before the first."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.step = -1
        self.answers: list[dict[str, Any]] = []
        self.page_errors: list[dict[str, Any]] = []
        self.console: list[str] = []
        self.signs_in = False
        self.applied = False
        self.armed = False
        self.stale: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.written = False
        self.pages: list[Page] = []
        self.reached: list[str] | None = orders.get("reached")
        self.blocked: set[str] = set()

    # --- what the page does ---

    def attach(self, context: BrowserContext) -> None:
        """Listens in a context before the test gets it, and breaks what the mutant breaks."""
        context.set_default_timeout(ACTION_TIMEOUT_MS)
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
        mutant = self.orders.get("mutant")
        if mutant is None:
            return
        if mutant["kind"] in ("missing_text", "wrong_text", "dead_control"):
            context.expose_binding("__proof_applied", lambda _source: self._note_applied())
            config = json.dumps({"kind": mutant["kind"], "texts": mutant["texts"]})
            context.add_init_script(f"({BREAK_PAGE.read_text()})({config})")
        else:
            context.route("**/*", self._route)

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
        self.step = step
        mutant = self.orders.get("mutant")
        if mutant is None or step < mutant["step"] or self.armed:
            return
        self.armed = True
        for page in self.pages:
            if not page.is_closed() and mutant["kind"] in ("missing_text", "wrong_text", "dead_control"):
                page.evaluate("() => window.__proof_arm && window.__proof_arm()")

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

    # --- what went wrong ---

    def failure(self, error: BaseException, trace: TracebackType | None, path: str) -> dict[str, Any]:
        """The facts of a failure, while the pages are still open."""
        frame, line = _frame_in(trace, path)
        statement = _statement(path, line) if line else None
        text = str(error)
        return {
            "error_type": _error_type(error, text),
            "error": next((one.strip() for one in text.splitlines() if one.strip()), type(error).__name__)[:CHARS_MAX],
            "statement": ast.unparse(statement)[:CHARS_MAX] if statement is not None else "",
            "asserts": statement is not None and _asserts(statement),
            "matched": None if statement is None or frame is None else _matched(statement, frame),
            "asks_password": any(_asks_password(page) for page in self.pages),
        }


WATCH = Watch(json.loads(os.environ.get(ORDERS, "{}")))


def proof_step(step: int) -> None:
    """The test begins this step of its story."""
    WATCH.at(step)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Lets the browser find no other hosts: a redirect is asked of no route."""
    result = yield
    if fixturedef.argname == "browser_type_launch_args" and isinstance(result, dict) and WATCH.reached is not None:
        hosts = dict.fromkeys(urlsplit(one).hostname or "" for one in WATCH.reached)
        rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in hosts if host)])
        result["args"] = [*result.get("args", []), f"--host-resolver-rules={rules}"]
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watches the contexts that the test was given, before its first line."""
    given = getattr(item, "funcargs", {}).values()
    contexts = [
        one.context if isinstance(one, Page) else one for one in given if isinstance(one, Page | BrowserContext)
    ]
    for context in dict.fromkeys(contexts):
        WATCH.attach(context)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Iterator[None]:
    """Keeps what is known at the moment of a failure, before the browser is closed."""
    report = yield
    facts: dict[str, Any] | None = None
    if call.when == "call" and call.excinfo is not None:
        facts = WATCH.failure(call.excinfo.value, call.excinfo.tb, str(item.path))
    elif call.excinfo is not None:
        text = "".join(traceback.format_exception_only(call.excinfo.value)).strip()
        facts = {"error_type": "other", "error": text[:CHARS_MAX], "started": call.when != "setup"}
    if call.when == "call" or facts is not None:
        _tell(call, facts)
    return report


def _tell(call: "pytest.CallInfo[None]", facts: dict[str, Any] | None) -> None:
    path = Path(WATCH.orders["report"])
    told = {
        "passed": facts is None,
        "seconds": call.duration,
        "step": WATCH.step if WATCH.step >= 0 else None,
        "answers": WATCH.answers,
        "page_errors": [one["text"] for one in WATCH.page_errors if one["step"] == WATCH.step],
        "console": WATCH.console,
        "applied": WATCH.applied,
        "blocked": sorted(WATCH.blocked),
        **(facts or {}),
    }
    with path.open("a") as file:
        file.write(json.dumps(told) + "\n")


@lru_cache(maxsize=8)
def _pattern(reached: tuple[str, ...]) -> re.Pattern[str]:
    hosts = "|".join(re.escape(one.replace("http", "", 1)) for one in reached) or "(?!)"
    return re.compile(rf"^(?:http|ws)(?!(?:{hosts})(?:[/?#]|$))", re.IGNORECASE)


def _foreign(reached: list[str]) -> re.Pattern[str]:
    """Finds the addresses of all other origins; those of sockets stand for those of their pages."""
    return _pattern(tuple(reached))


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


def _frame_in(trace: TracebackType | None, path: str) -> tuple[FrameType | None, int]:
    frame: FrameType | None = None
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            frame, line = trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next
    return frame, line


def _statement(path: str, line: int) -> ast.stmt | None:
    """The innermost statement that holds a line of the file, with locators in the place of variables that hold them."""
    tree = ast.parse(Path(path).read_text())
    holding = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    found: ast.stmt | None = max(holding, key=lambda node: node.lineno, default=None)
    return None if found is None else _WrittenOut(tree).visit(found)


class _WrittenOut(ast.NodeTransformer):
    """Puts the locators of a test in the place of their variables."""

    def __init__(self, tree: ast.Module) -> None:
        self._locators = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and _finds(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._locators.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def _finds(value: ast.expr) -> bool:
    """Whether a value is a locator: it ends with a way to find something."""
    called = value.func if isinstance(value, ast.Call) else value
    ways = ("locator", "filter", "nth", "first", "content_frame")
    return isinstance(called, ast.Attribute) and (called.attr.startswith("get_by_") or called.attr in ways)


def _asserts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assert):
        return True
    return any(isinstance(node, ast.Name) and node.id == "expect" for node in ast.walk(statement))


def _matched(statement: ast.stmt, frame: FrameType) -> int | None:
    """How many elements the locator of a statement matches now."""
    found = _locator(statement)
    if found is None:
        return None
    code = compile(ast.fix_missing_locations(ast.Expression(found)), "<locator>", "eval")
    try:
        locator = eval(code, frame.f_globals, frame.f_locals)  # noqa: S307 (the test's own expression, which has just run)
        return int(locator.count()) if hasattr(locator, "count") and hasattr(locator, "filter") else None
    except Error:
        return None


def _locator(statement: ast.stmt) -> ast.expr | None:
    """What a statement acts on: `X` of `X.click()`, `expect(X).to_…()` and `fill_credential(X, …)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    called = statement.value.func
    if isinstance(called, ast.Name) and called.id == "fill_credential" and statement.value.args:
        return statement.value.args[0]
    if not isinstance(called, ast.Attribute):
        return None
    subject = called.value
    if isinstance(subject, ast.Call) and isinstance(subject.func, ast.Name) and subject.func.id == "expect":
        return subject.args[0] if subject.args else None
    return subject


def _error_type(error: BaseException, text: str) -> str:
    if isinstance(error, KeyError):
        return "secret_missing" if str(error).strip("'\"").startswith("APP_") else "other"
    if isinstance(error, SyntaxError | ImportError):
        return "load"
    checks = (
        ("Nothing was typed: ", "wrong_origin"),
        ("strict mode violation", "strict"),
        ("did not find some options", "options"),
        ("net::ERR_", "navigation"),
        ("has been closed", "closed"),
    )
    for words, kind in checks:
        if words in text:
            return kind
    if isinstance(error, AssertionError):
        return "assertion"
    return "timeout" if "Timeout" in type(error).__name__ else "other"


def _asks_password(page: Page) -> bool:
    try:
        return not page.is_closed() and bool(page.evaluate(_EMPTY_FIELD))
    except Error:
        return False


_EMPTY_FIELD: Final = """() => [...document.querySelectorAll('input[type=password]')]
  .some((field) => !field.value && field.checkVisibility())"""
