"""A browser with the recorder in each page, driven from here: what one person does in it, as events."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents import private
from agents.local.browser import apart
from pipeline.intake import BadInput, read_body
from schemas.events import Event
from schemas.limits import BODY_BYTES_MAX, JOURNEY_EVENTS_MAX

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

CAPTURE: Final = Path(__file__).resolve().parents[1] / "web" / "static" / "capture.js"
BINDING: Final = "__journeywright_deliver"
END_S: Final = 20.0
"""How long the pages may take to hand over what they hold when the recording ends."""
LOOK_S: Final = 0.25
"""How often the events are looked at while the person works."""
OPEN_S: Final = 120.0
"""How long the first page may take to answer: a development server builds it first."""
STORAGE_S: Final = 2.0
"""How long a look at the browser's storage may take: a page that asks the person something answers nothing else."""
COMMAND_STOP_S: Final = 10.0

_LOCAL_STORAGE: Final = "() => [location.origin, Object.entries(localStorage).map(([name, value]) => ({name, value}))]"
_BOOT: Final = """(settings, take) => {
  if (window.top !== window) return;
  const languages = navigator.languages.join(",");
  window.JOURNEYWRIGHT = Object.assign(settings, {deliver: (body) => take(body, languages)});
}"""
"""Run before the scripts of a page, which may change what its browser says of itself."""
_END: Final = "() => window.journeywright && window.journeywright.end()"


class NotRecorded(RuntimeError):
    """The recording could not be made. The message says why and what to do, in one line."""


@dataclass(frozen=True)
class RecordingOptions:
    """How the browser starts. `command` drives it over CDP (empty: a person does); `language` is the one that it asks
    pages to be in (empty: the desktop's); `storage_state` signs it in, and `save_storage` is where its cookies and
    storage are written at the end."""

    url: str
    app: str
    chromium: Path
    headless: bool = False
    language: str = ""
    command: Sequence[str] = ()
    storage_state: Path | None = None
    save_storage: Path | None = None
    cdp_port: int = 0


@dataclass
class Recorded:
    """The events that came so far, as one journey of one session, whatever tabs and origins they are from.

    An end that a page told by itself does not end the recording, so only the last one is kept. `refused` counts the
    events that could not be read or came beyond JOURNEY_EVENTS_MAX.
    """

    app: str
    refused: int = 0
    _events: list[Event] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _one: Event | None = None

    def take(self, body: object, languages: object = "") -> int:
        """Takes a body as the server would, and returns the status that it would answer with. `languages` are those
        that the browser asks pages to be in. Both come from a page, which may give what is no text."""
        if not isinstance(body, str) or not isinstance(languages, str):
            return 400
        raw = body.encode("utf-8", "surrogatepass")
        if len(raw) > BODY_BYTES_MAX:
            return 413
        try:
            intake = read_body(raw, languages=languages)
        except (BadInput, UnicodeError):
            return 400
        self.refused += len(intake.refused)
        for event in intake.events:
            self._add(event)
        return 202

    def events(self) -> list[Event]:
        """All events, without the ends that others followed."""
        ends = [event for event in self._events if event.kind == "end"]
        last = max(ends, key=lambda event: event.at_ms, default=None)
        return [event for event in self._events if event.kind != "end" or event is last]

    def __len__(self) -> int:
        return len(self._events)

    def _add(self, event: Event) -> None:
        if event.id in self._ids:
            return
        if len(self._events) >= JOURNEY_EVENTS_MAX:
            self.refused += 1
            return
        self._ids.add(event.id)
        self._one = self._one or event
        same = {"app": self.app, "journey_id": self._one.journey_id, "session_id": self._one.session_id}
        self._events.append(event.model_copy(update=same))


async def record(options: RecordingOptions, seen: Callable[[Recorded], None]) -> Recorded:
    """Opens the browser, and returns what was done in it once its last page is closed, the command has ended, or
    SIGINT or SIGTERM came. `seen` is called while events come in.

    Raises NotRecorded where the browser can't start or the address can't be opened.
    """
    from playwright.async_api import Error, async_playwright

    recorded = Recorded(options.app)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with tempfile.TemporaryDirectory(prefix="journeywright-record-", ignore_cleanup_errors=True) as profile:
        async with AsyncExitStack() as stack:
            with apart():
                playwright = await stack.enter_async_context(async_playwright())
            try:
                context = await playwright.chromium.launch_persistent_context(profile, **_launch(options))
            except Error as error:
                raise NotRecorded(f"Chromium does not start: {_reason(error)}") from None
            try:
                await _prepare(context, options, recorded)
                await _open(context, options.url)
                kept = await _until_done(context, options, recorded, stop, seen)
                await _finish(context, options, kept)
            finally:
                with suppress(Error):
                    await context.close()
    seen(recorded)
    return recorded


def _launch(options: RecordingOptions) -> dict[str, Any]:
    arguments = ["--no-first-run", "--no-default-browser-check"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start as root with it
    if options.cdp_port:
        arguments.append(f"--remote-debugging-port={options.cdp_port}")
    shape: dict[str, Any] = {} if options.headless else {"no_viewport": True}
    return {
        "executable_path": str(options.chromium),
        "headless": options.headless,
        "args": arguments,
        "handle_sigint": False,
        "handle_sigterm": False,
        "locale": options.language or None,
        **shape,
    }


async def _prepare(context: "BrowserContext", options: RecordingOptions, recorded: Recorded) -> None:
    """Puts the recorder into each page and frame before any script of theirs. It hands its events to this process and
    not to a server, so no policy of the page can forbid it and the page is left as it is."""
    from playwright.async_api import Error

    if options.storage_state is not None:
        try:
            await context.set_storage_state(str(options.storage_state))
        except (Error, OSError, ValueError) as error:
            raise NotRecorded(f"{options.storage_state} can't be used as storage state: {_reason(error)}") from None
    # Playwright dismisses what a page asks as long as nobody listens; here the person answers.
    context.on("dialog", lambda _: None)
    await context.expose_binding(BINDING, lambda _source, body=None, languages="", *_: recorded.take(body, languages))
    settings = json.dumps({"app": options.app, "traffic": "test"})
    await context.add_init_script(script=f"({_BOOT})({settings}, window.{BINDING});\n{CAPTURE.read_text()}\n")


async def _open(context: "BrowserContext", url: str) -> None:
    from playwright.async_api import Error

    page = context.pages[0] if context.pages else await context.new_page()
    try:
        await page.goto(url, wait_until="commit", timeout=OPEN_S * 1_000)
    except Error as error:
        raise NotRecorded(f"{url} can't be opened: {_reason(error)}") from None


async def _until_done(
    context: "BrowserContext",
    options: RecordingOptions,
    recorded: Recorded,
    stop: asyncio.Event,
    seen: Callable[[Recorded], None],
) -> "Storage":
    """Returns what the browser's storage held when it was last looked at: a browser that is closed can't be asked."""
    storage = Storage()
    closed = asyncio.Event()
    context.on("close", lambda _: closed.set())
    command = await _started(options) if options.command else None
    try:
        known = -1
        while not stop.is_set() and not closed.is_set() and context.pages:
            if command is not None and command.returncode is not None:
                if command.returncode:
                    raise NotRecorded(f"{options.command[0]} ended with exit code {command.returncode}")
                break
            if len(recorded) != known:
                known = len(recorded)
                seen(recorded)
                if options.save_storage is not None:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(storage.look(context), STORAGE_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
    finally:
        if command is not None and command.returncode is None:
            await _stopped(command)
    return storage


class Storage:
    """The cookies, and the local storage of the origins that were open, in Playwright's form of a storage state."""

    def __init__(self) -> None:
        self._cookies: list[Any] = []
        self._origins: dict[str, list[dict[str, str]]] = {}

    async def look(self, context: "BrowserContext") -> None:
        """Notes what is there now. Nothing changes where the browser is being closed."""
        from playwright.async_api import Error

        with suppress(Error):
            self._cookies = list(await context.cookies())
            for page in context.pages:
                origin, items = await page.evaluate(_LOCAL_STORAGE)
                self._origins[origin] = items

    def state(self) -> dict[str, Any]:
        """What was noted last."""
        origins = [{"origin": origin, "localStorage": items} for origin, items in self._origins.items() if items]
        return {"cookies": self._cookies, "origins": origins}


async def _started(options: RecordingOptions) -> asyncio.subprocess.Process:
    environment = {**os.environ, "CDP_URL": f"http://127.0.0.1:{options.cdp_port}"}
    try:
        return await asyncio.create_subprocess_exec(*options.command, env=environment, stdout=sys.stderr)
    except OSError as error:
        raise NotRecorded(f"{options.command[0]} can't be run: {error.strerror}") from None


async def _stopped(command: asyncio.subprocess.Process) -> None:
    command.terminate()
    try:
        await asyncio.wait_for(command.wait(), COMMAND_STOP_S)
    except TimeoutError:
        command.kill()
        await command.wait()


async def _finish(context: "BrowserContext", options: RecordingOptions, kept: Storage) -> None:
    """Has each page that is still open hand over what it holds, then writes the browser's storage, which signs in
    whoever has it: readable by its owner only."""
    from playwright.async_api import Error

    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(_end(page) for page in context.pages)), END_S)
    if options.save_storage is None:
        return
    try:
        state: Any = await context.storage_state(indexed_db=True)
    except Error:
        state = kept.state()
    private.write_file(options.save_storage, json.dumps(state).encode())


async def _end(page: "Page") -> None:
    from playwright.async_api import Error

    with suppress(Error):  # a page that goes away meanwhile has handed over what it had as it went
        await page.evaluate(_END)


def _reason(error: Exception) -> str:
    """The first line that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
