"""Every command ends clean: nothing on standard error that it did not mean to say, and no process left behind, however
it ends. `make ends` runs each fifty times."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.local.processes import free_port
from agents.settings import Settings
from agents.storage import Storage
from pipeline.generate import test_of as written_from
from tests.proof.test_prover import App, app, story

__all__ = ["app"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

TIMES = int(os.environ.get("TIMES", "1"))
"""How often each cheap command is run; those that load the model a third of it, those that start Kafka a tenth."""
MARK = "ENDS_MARK"
GONE_S = 15.0
"""How long the kernel and Playwright's driver may take to clear away what has ended."""
OWN_CHROMIUM = """import os
import pytest

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": os.environ["CHROMIUM"], "args": ["--no-sandbox"]}
"""
"""For a project of ours: the browser that is there, not Playwright's own."""
CATCHES_TERM = 1 << (signal.SIGTERM - 1)


def marked(mark: str) -> list[str]:
    """The processes, by their command lines, whose environment has this mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200])
        except OSError:
            continue
    return found


@dataclass
class Ended:
    """How a command ended: its exit code, what it said, which processes it left."""

    code: int
    said: str
    left: list[str]


class Command:
    """A command that was started, in a session of its own as a terminal's would be."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        known = {f"JOURNEYWRIGHT_{name.upper()}" for name in Settings.model_fields}
        self.mark = uuid.uuid4().hex
        environment = {name: value for name, value in os.environ.items() if name not in known}
        environment |= {"JOURNEYWRIGHT_DATA": str(folder / "data"), MARK: self.mark, **variables}
        self._log = (folder / "said").open("wb+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agents.cli", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )

    def interrupt(self, number: int, after_s: float) -> bool:
        """Sends a signal to all that a Ctrl-C would reach, this long after the command catches signals. Returns whether
        it was still at work."""
        status = Path(f"/proc/{self._process.pid}/status")
        while self._process.poll() is None:
            caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
            if int(caught.split()[1], 16) & CATCHES_TERM:
                break
            time.sleep(0.005)
        time.sleep(after_s)
        at_work = self._process.poll() is None
        if at_work:
            os.killpg(self._process.pid, number)
        return at_work

    def ended(self) -> Ended:
        """Waits for the end of it, and for what it started to go."""
        code = self._process.wait(600)
        deadline = time.monotonic() + GONE_S
        while (left := marked(self.mark)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self._log.seek(0)
        said = self._log.read().decode(errors="replace")
        self._log.close()
        return Ended(code, said, left)


def check_clean(ended: Ended, *codes: int) -> None:
    """No trace of ours or of Python's, no warning, no process."""
    for word in ("Traceback", "Error:", "Exception ignored", "Warning", "leaked", "never retrieved"):
        assert word not in ended.said, ended.said
    assert ended.code in codes, (ended.code, ended.said)
    assert not ended.left


@pytest.fixture(autouse=True, scope="module")
def _interrupts_are_heard() -> Iterator[None]:
    """What a shell runs in the background ignores SIGINT, and so do its children: these don't, however they began."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def login(folder: Path) -> Path:
    """A file with the events of a short visit."""
    page = {"url": "http://shop.test/login", "title": "Sign in"}
    common = {"app": "shop", "session_id": "s", "journey_id": "j", "tab_id": "t", "source": "capture", "page": page}
    target = {"tag": "button", "role": "button", "name": "Sign in"}
    target["candidates"] = [{"locator": {"by": "role", "role": "button", "name": "Sign in"}, "count": 1}]
    events = [
        {"kind": "navigation", "id": "1", "at_ms": 1, "seq": 1, "url": page["url"], **common},
        {"kind": "click", "id": "2", "at_ms": 2, "seq": 2, "target": target, **common},
        {"kind": "end", "id": "3", "at_ms": 3, "seq": 3, **common},
    ]
    file = folder / "events.json"
    file.write_text(json.dumps({"events": events}))
    return file


CHEAP = {
    "help": (("--help",), 0),
    "doctor": (("doctor", "--only", "java"), 0),
    "export": (("export", "--out", "nowhere"), 1),
    "explain": (("explain", "nobody"), 1),
    "coverage": (("coverage", "--app", "shop"), 1),
    "flows": (("flows", "--app", "shop"), 1),
    "patterns": (("patterns", "--app", "shop"), 1),
    "outlook": (("outlook", "--app", "shop"), 1),
    "prove": (("prove", "--app", "shop", "--base-url", "http://127.0.0.1:9"), 1),
    "verify": (("verify", "nowhere", "--base-url", "http://127.0.0.1:9"), 1),
    "replay": (("replay", "nowhere"), 2),
    "worker": (("worker",), 2),
}


@pytest.mark.parametrize("name", CHEAP)
def test_cheap_commands_end_clean(name: str, tmp_path: Path) -> None:
    """Each time that it runs to its end."""
    arguments, code = CHEAP[name]
    for _ in range(TIMES):
        check_clean(Command(tmp_path, *arguments).ended(), code)


def test_generate_ends_clean(tmp_path: Path) -> None:
    """With the model's process, which has long begun to load when the last text was encoded."""
    file = login(tmp_path)
    for _ in range(1 + TIMES // 3):
        check_clean(Command(tmp_path, "generate", str(file), "--out", str(tmp_path / "out")).ended(), 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_generate_ends_clean_when_it_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    """At whatever moment: while it imports, starts its process, waits for the model."""
    file, chance = login(tmp_path), random.Random(number)
    for _ in range(TIMES):
        command = Command(tmp_path, "generate", str(file), "--out", str(tmp_path / "out"))
        command.interrupt(number, chance.uniform(0, 4))
        check_clean(command.ended(), 128 + number, 0)


def test_verify_ends_clean_when_it_is_interrupted(tmp_path: Path, chromium_path: str) -> None:
    """With a browser that waits for something: pytest closes it, and nothing stays."""
    project, chance = tmp_path / "project", random.Random(1)
    project.mkdir()
    waits = "def test_it(page):\n    page.set_content('<p>x')\n    page.get_by_text('never').click(timeout=60_000)\n"
    (project / "test_it.py").write_text(waits)
    (project / "conftest.py").write_text(OWN_CHROMIUM)
    for _ in range(1 + TIMES // 3):
        command = Command(tmp_path, "verify", str(project), "--base-url", "http://127.0.0.1:9", CHROMIUM=chromium_path)
        command.interrupt(signal.SIGINT, chance.uniform(0, 10))
        check_clean(command.ended(), 128 + signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_record_ends_clean_when_it_is_interrupted(
    app: App, tmp_path: Path, chromium_path: str, number: signal.Signals
) -> None:
    """While it starts the browser, opens the page, waits for the person: what was done is kept, the browser goes."""
    chance = random.Random(number)
    driver = ("--", "sleep", "600")  # a program that says nothing itself when it is interrupted
    for _ in range(1 + TIMES // 3):
        out = str(tmp_path / "out")
        command = Command(tmp_path, "record", app.url, "--out", out, "--headless", *driver, CHROMIUM=chromium_path)
        command.interrupt(number, chance.uniform(0, 6))
        check_clean(command.ended(), 0, 1, 128 + number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_prove_ends_clean_when_it_is_interrupted(
    app: App, tmp_path: Path, chromium_path: str, number: signal.Signals
) -> None:
    """While it reads the storage, resets the app, runs a test in its browser."""
    chance, url = random.Random(number), f"sqlite:///{tmp_path / 'journeys.db'}"
    storage = Storage.open(url)
    told = story()
    storage.put_story(told)
    storage.put_test(written_from([told], 1))
    storage.close()
    for _ in range(1 + TIMES // 3):
        own = ("prove", "--app", "shop", "--base-url", app.url, "--storage", url, "--users-min", "1", "--runs", "9")
        command = Command(tmp_path, *own, CHROMIUM=chromium_path)
        command.interrupt(number, chance.uniform(0, 12))
        check_clean(command.ended(), 0, 128 + number)


def test_up_ends_clean_when_it_is_interrupted(tmp_path: Path) -> None:
    """While it starts Kafka, while it starts the worker, and after."""
    chance = random.Random(2)
    for _ in range(1 + TIMES // 10):
        command = Command(tmp_path, "up", JOURNEYWRIGHT_WEB_PORT=str(free_port()))
        command.interrupt(signal.SIGINT, chance.uniform(0, 8))
        check_clean(command.ended(), 0, 128 + signal.SIGINT)


ENDINGS = [signal.SIGINT, signal.SIGTERM]


def test_a_worker_ends_clean_when_it_is_interrupted(tmp_path: Path, kafka: str) -> None:
    """While it makes its topics, recovers, runs: it lets go of its partitions, its web port and its model."""
    chance, prefix = random.Random(3), f"{uuid.uuid4().hex}-"
    for number in range(1 + TIMES // 5):
        own = {"JOURNEYWRIGHT_TOPIC_PREFIX": prefix, "JOURNEYWRIGHT_WEB_PORT": str(free_port())}
        command = Command(tmp_path, "worker", "--brokers", kafka, **own)
        command.interrupt(ENDINGS[number % 2], chance.uniform(0, 20))
        check_clean(command.ended(), 0, 128 + ENDINGS[number % 2])


def test_replay_ends_clean_when_it_is_interrupted(tmp_path: Path, kafka: str) -> None:
    """While it reads, connects and sends."""
    file, chance = login(tmp_path), random.Random(4)
    (many,) = json.loads(file.read_text()).values()
    file.write_text(json.dumps({"events": [{**one, "journey_id": f"j{at}"} for at in range(10_000) for one in many]}))
    prefix = f"{uuid.uuid4().hex}-"
    for number in range(1 + TIMES // 3):
        command = Command(tmp_path, "replay", str(file), "--brokers", kafka, JOURNEYWRIGHT_TOPIC_PREFIX=prefix)
        command.interrupt(ENDINGS[number % 2], chance.uniform(0, 12))
        check_clean(command.ended(), 128 + ENDINGS[number % 2], 0)


def test_demo_ends_clean_when_it_is_interrupted(tmp_path: Path, chromium_path: str) -> None:
    """While Kafka or the worker starts, while visitors are in their browser, while the tests run."""
    for number in range(1 + TIMES // 10):
        command = Command(tmp_path, "demo", CHROMIUM=chromium_path)
        at_work = command.interrupt(ENDINGS[number % 2], 10.0 + 25 * number % 30)
        check_clean(command.ended(), 128 + ENDINGS[number % 2] if at_work else 0)
