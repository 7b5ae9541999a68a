"""`journeywright record`: what is done in a real browser becomes a test, whatever the page forbids."""

import json
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agents.local.recording import Recorded
from schemas.limits import BODY_BYTES_MAX, JOURNEY_EVENTS_MAX

STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HOME = """<!doctype html><html lang="en"><title>Notes</title><h1>Notes</h1>
<form action="/saved"><label>Title <input name="title"></label><button>Save the note</button></form>
<button id="star">Star the note</button>
<a href="/help" target="_blank">Help</a><p id="who"></p><script src="/app.js"></script></html>"""
APP_JS = """
if (localStorage.who) document.getElementById("who").textContent = "Signed in as " + localStorage.who;
localStorage.who = "Mira";
document.getElementById("star").onclick = (event) => {
  if (confirm("Star it for all?")) event.target.textContent = "Starred";
};
"""
DRIVE = """
import os
import time
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.connect_over_cdp(os.environ["CDP_URL"])
    page = browser.contexts[0].pages[0]
"""


@dataclass
class App:
    """A small app under the strictest policy. `asked` holds the paths that were asked for."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def app() -> Iterator[App]:
    """The app, on a free port."""
    app = App()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            app.asked.append(self.path)
            pages = {"/": HOME, "/help": "<title>Help</title><h1>How to write notes</h1>", "/app.js": APP_JS}
            kind = "text/javascript" if self.path == "/app.js" else "text/html"
            body = pages.get(self.path, "<title>Saved</title><h1>The note is saved</h1>").encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", STRICT)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    app.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield app
    server.shutdown()
    server.server_close()


def record(app: App, tmp_path: Path, drive: str, *options: str) -> "subprocess.Popen[str]":
    """Starts the command with a program that drives its browser; the project goes to `tmp_path`/out."""
    program = tmp_path / "drive.py"
    program.write_text(DRIVE + "".join(f"    {line}\n" for line in drive.strip().splitlines()))
    command = [sys.executable, "-m", "agents.cli", "record", app.url, "--out", str(tmp_path / "out"), "--headless"]
    command += [*options, "--", sys.executable, str(program)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


SAVE = """
page.get_by_label("Title").press_sequentially("Buy bread", delay=5)
page.get_by_role("button", name="Save the note").click()
page.get_by_role("heading", name="The note is saved").wait_for()
"""


@pytest.mark.slow
def test_page_that_forbids_connections_is_recorded_and_its_test_passes(app: App, tmp_path: Path) -> None:
    """No policy of the page keeps its events from the command; the page is not changed and the test passes on it."""
    done = record(app, tmp_path, SAVE, "--check")
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, out + err
    assert "Fill in 'Title' with 'Buy bread'" in err
    (test,) = (tmp_path / "out").glob("test_*.py")
    assert '.fill("Buy bread")' in test.read_text()
    assert "passed" in out
    story = json.loads((tmp_path / "out" / "stories.jsonl").read_text())
    assert [step["type"] for step in story["steps"]] == ["goto", "fill", "click"]


@pytest.mark.slow
def test_language_of_the_browser_is_the_one_of_its_test(app: App, tmp_path: Path) -> None:
    """Who records with a browser that asks for German pages gets a test whose browser asks for them as well."""
    done = record(app, tmp_path, SAVE, "--lang", "de-AT")
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, out + err
    assert json.loads((tmp_path / "out" / "stories.jsonl").read_text())["language"] == "de-AT"
    (test,) = (tmp_path / "out").glob("test_*.py")
    assert 'browser_context_args(locale="de-AT")' in test.read_text()


def test_what_is_no_language_is_refused_with_an_example() -> None:
    """The name of a language is checked before a browser opens."""
    done = subprocess.run(
        [sys.executable, "-m", "agents.cli", "record", "http://127.0.0.1:1", "--lang", "de; DE"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "no name of a language" in done.stderr


@pytest.mark.slow
def test_window_closed_right_after_a_click_loses_nothing(app: App, tmp_path: Path) -> None:
    """The last gesture counts, though the person closes the window in the same moment. (Not where another page is just
    taking its place: Chromium then ends the one that is left without telling it.) What the page asks is answered by
    the person, and by nobody before."""
    drive = """
page.once("dialog", lambda dialog: (time.sleep(0.5), dialog.accept()))  # as a person, who reads first
page.get_by_label("Title").press_sequentially("Buy bread", delay=5)
page.get_by_role("button", name="Star the note").click()
with page.expect_event("close"):
    page.close(run_before_unload=True)
"""
    done = record(app, tmp_path, drive)
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, out + err
    assert "Fill in 'Title' with 'Buy bread'" in err
    assert "Click the button 'Star the note'" in err
    (test,) = (tmp_path / "out").glob("test_*.py")
    assert "dialog.accept()" in test.read_text()


@pytest.mark.slow
def test_tabs_of_a_recording_are_one_story(app: App, tmp_path: Path) -> None:
    """What is done in a second tab belongs to the same journey."""
    drive = """
with page.expect_popup() as opened:
    page.get_by_role("link", name="Help").click()
opened.value.get_by_role("heading", name="How to write notes").wait_for()
opened.value.wait_for_timeout(300)
opened.value.close()
"""
    done = record(app, tmp_path, drive + SAVE)
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, out + err
    assert len((tmp_path / "out" / "stories.jsonl").read_text().splitlines()) == 1
    (test,) = (tmp_path / "out").glob("test_*.py")
    assert "expect_popup" in test.read_text()


@pytest.mark.slow
def test_interrupt_writes_what_was_done(app: App, tmp_path: Path) -> None:
    """Ctrl-C ends the recording: the pages hand over what they hold, the test is written, nothing is left running."""
    done = record(app, tmp_path, SAVE + "page.wait_for_timeout(60_000)\n")
    assert done.stderr is not None
    seen = []
    for line in done.stderr:
        seen.append(line)
        if "Save the note" in line:
            break
    done.send_signal(signal.SIGINT)
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0, "".join(seen) + out + err
    assert "Traceback" not in err
    assert list((tmp_path / "out").glob("test_*.py"))


@pytest.mark.slow
def test_saved_storage_starts_the_next_recording_and_its_tests(app: App, tmp_path: Path) -> None:
    """A recording that starts with a kept storage gives tests that start with it; only its owner can read the file."""
    kept = tmp_path / "state.json"
    first = record(app, tmp_path, SAVE, "--save-storage", str(kept))
    out, err = first.communicate(timeout=120)
    assert first.returncode == 0, out + err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = record(app, tmp_path, SAVE, "--storage-state", str(kept), "--check")
    out, err = again.communicate(timeout=120)
    assert again.returncode == 0, out + err
    assert 'os.environ["APP_STORAGE_STATE"]' in (tmp_path / "out" / "conftest.py").read_text()
    texts = json.loads((tmp_path / "out" / "stories.jsonl").read_text())["initialState"]["texts"]
    assert "Signed in as Mira" in texts


@pytest.mark.slow
def test_address_that_does_not_answer_is_named(tmp_path: Path, free_port: Callable[[], int]) -> None:
    """Nothing is written, and the reason stands in one line."""
    done = record(App(free_port()), tmp_path, "pass")
    out, err = done.communicate(timeout=60)
    assert done.returncode == 1
    assert "can't be opened" in err
    assert "Traceback" not in out + err
    assert not (tmp_path / "out").exists()


NOW_MS = round(time.time() * 1000)
"""One for all events: their numbers alone say which is later."""


def event(number: int) -> str:
    return json.dumps(
        {
            "kind": "end",
            "id": f"e{number}",
            "at_ms": NOW_MS + number,
            "seq": number,
            "app": "x",
            "session_id": f"s{number}",
            "journey_id": f"j{number}",
            "tab_id": "t",
            "page": {"url": "http://x/"},
        }
    )


def test_only_the_last_end_is_kept_and_all_is_one_journey() -> None:
    """Ends that a page told by itself don't cut a recording, and tabs of other origins belong to it."""
    recorded = Recorded("shop")
    assert [recorded.take(f'{{"events":[{event(number)}]}}') for number in (1, 3, 2, 3)] == [202] * 4
    (end,) = recorded.events()
    assert (end.id, end.app, end.journey_id, end.session_id) == ("e3", "shop", "j1", "s1")


def test_body_that_is_no_json_or_too_large_is_refused() -> None:
    """A page can call what takes its events with anything: it is answered as the server would."""
    recorded = Recorded("shop")
    assert recorded.take("\ud800 no json") == 400
    assert recorded.take(" " * (BODY_BYTES_MAX + 1)) == 413
    assert [recorded.take(None), recorded.take("[]", 7)] == [400, 400]
    assert recorded.events() == []


def test_events_beyond_the_bound_of_a_journey_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that sends without end can't fill the memory."""
    monkeypatch.setattr("agents.local.recording.JOURNEY_EVENTS_MAX", 3)
    assert JOURNEY_EVENTS_MAX > 3
    recorded = Recorded("shop")
    recorded.take(f'{{"events":[{",".join(map(event, range(5)))}]}}')
    assert (len(recorded), recorded.refused) == (3, 2)
