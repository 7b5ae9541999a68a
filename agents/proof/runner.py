"""Runs a test, again and again, in a process group of its own, and reads what came of it."""

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Final, Self, get_args
from urllib.parse import unquote, urlsplit

from agents.proof.artifacts import VerdictFolder, without_secrets
from agents.proof.child import Child, Ended
from agents.proof.plugin import ORDERS
from agents.proof.reset import reset_app
from agents.proof.video import Videos
from agents.proof.watch import EXPECT_TIMEOUT_MS
from pipeline.codegen import project_files
from pipeline.codegen.project.fixtures import ALLOWED_ORIGINS
from pipeline.codegen.values.credentials import PASSWORD
from pipeline.proof.evidence import Answer, ErrorType, RunFacts, signs_in_before
from pipeline.proof.instrument import instrumented
from pipeline.proof.mutants import Mutant
from pipeline.semantics.urls import origin
from schemas.generated_tests import GeneratedTest

RUN_S: Final = 180
"""How long one run of one test may take."""
EXPECT_S: Final = EXPECT_TIMEOUT_MS // 1_000
"""How long an assertion may wait, unless the environment says otherwise."""
EXPECT_S_MAX: Final = 60
"""What an environment may say of that at most."""
WAIT_MS_MIN: Final = 1_500
"""A statement waits at least so long for what a broken app may still do."""
WAIT_STEPS: Final = 3
"""A statement waits so many times what its step took: what is broken goes by way of the runner, which takes time."""
RUNS_MAX: Final = 40
"""Runs that share a process; further ones get a new one."""
OUTPUT_BYTES_MAX: Final = 64_000
"""How much of what pytest printed is read, from its end."""
_PASSED_ON: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "DISPLAY",
    "PLAYWRIGHT_BROWSERS_PATH",
    "LD_LIBRARY_PATH",
)
_PLUGINS: Final = frozenset({"pytest-playwright", "pytest-base-url"})
"""Packages whose plugins the tests need. Others that are installed beside them would be loaded for nothing, which takes
longer than the browser does."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Environment:
    """Where an app may be tested.

    `base_url` is where it runs; `name` and `build` stand in verdicts. `reset` is a command, or an address to POST to,
    that makes it a clean copy before each run (empty: nothing is done). `variables` are the identities: APP_USER,
    APP_PASSWORD and their like. `allowed_origins` may get secrets besides the base URL's; pages reach these and the
    `reached_origins`, and nothing else ("*": everything). `parallel` is how many tests may run at once, `expect_s` how
    long an assertion may wait in this place: one that is slow gives no test another bound.
    """

    base_url: str
    chromium: Path
    name: str = ""
    build: str = ""
    reset: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    allowed_origins: tuple[str, ...] = ()
    reached_origins: tuple[str, ...] = ()
    parallel: int = 1
    expect_s: int = EXPECT_S

    @property
    def reached(self) -> list[str] | None:
        """The origins that pages may reach; None for all."""
        if "*" in self.reached_origins:
            return None
        named = (self.base_url, *self.allowed_origins, *self.reached_origins)
        return sorted(filter(None, map(origin, named)))

    @property
    def secrets(self) -> Mapping[str, str]:
        """What must be in nothing that is kept of a run: the identities, and a password within the base URL."""
        password = unquote(urlsplit(self.base_url).password or "")
        return {**self.variables, f"{PASSWORD}_OF_BASE_URL": password}

    def make_clean(self, stopping: Event | None = None) -> None:
        """Resets the environment. Raises ResetFailed, and Stopped where `stopping` is set."""
        if self.reset:
            reset_app(self.reset, stopping)


@dataclass(frozen=True)
class RunReport:
    """What one run gave. `applied` says whether the mutant had something to break; `blocked` are the origins that pages
    were kept from."""

    facts: RunFacts
    applied: bool = False
    blocked: tuple[str, ...] = ()


class Runner:
    """Runs tests on one environment, one at a time; to be used in a `with` statement.

    Runs of the same test that follow each other share a process and its browser, each in a browser context of its own,
    and the environment is reset before each. A run after which the browser is gone, or that reached a bound, takes its
    process with it.
    """

    def __init__(self, environment: Environment, stopping: Event | None = None) -> None:
        self.environment = environment
        self._stopping = stopping or Event()
        self._test: GeneratedTest | None = None
        self._child: Child | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._runs = 0
        self._timed: GeneratedTest | None = None
        self._steps_s: dict[int, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._close()

    def run(
        self,
        test: GeneratedTest,
        mutant: Mutant | None = None,
        kept: VerdictFolder | None = None,
        videos: Videos = "off",
    ) -> RunReport:
        """Runs a test on a clean environment, broken by `mutant` where one is given. Where the run fails, its trace,
        picture and output go to `kept`; `videos` says whether its video does, then or always. Raises ResetFailed, and
        Stopped where `stopping` is set."""
        if self._child is None or test != self._test or self._runs >= RUNS_MAX:
            self._close()
            self._start(test)
        assert self._child is not None
        assert self._scratch is not None
        self._runs += 1
        self.environment.make_clean(self._stopping)
        began_s = time.monotonic()
        left = Path(self._scratch.name) / f"run-{self._runs}"
        left.mkdir()
        broken = None if mutant is None else asdict(mutant)
        orders = {
            "mutant": broken,
            "keep": None if kept is None else str(left),
            "videos": videos,
            "waits_ms": self._waits_ms(test, mutant),
        }
        told, ended = self._told(self._child, orders)
        if told:
            facts = _facts(told, test, self.environment)
        else:
            printed = self._printed()
            (left / "output.txt").write_bytes(printed)
            facts = RunFacts(False, time.monotonic() - began_s, error=ended or _last_line(printed), started=False)
        if mutant is None and facts.passed:
            self._note_times(test, [(step, seconds) for row in told for step, seconds in row["steps_seconds"]])
        if kept is not None:
            _keep(kept, left, self.environment.secrets)
        if ended is not None or not facts.started or facts.error_type == "closed":
            self._close()
        blocked = {address for one in told for address in one.get("blocked", ())}
        return RunReport(facts, any(one.get("applied") for one in told), tuple(sorted(blocked)))

    def _note_times(self, test: GeneratedTest, times: Iterable[tuple[int, float]]) -> None:
        if test != self._timed:
            self._timed, self._steps_s = test, {}
        for step, seconds in times:
            self._steps_s[step] = max(self._steps_s.get(step, 0.0), seconds)

    def _waits_ms(self, test: GeneratedTest, mutant: Mutant | None) -> list[int] | None:
        """How long the statements of each step wait for a broken app: none of a run that passed took longer than its
        step, or than the one before, from which a page may be late at times. None: as long as always."""
        if mutant is None or test != self._timed:
            return None
        took = [self._steps_s.get(step, 0.0) for step in range(-1, len(test.step_lines))]
        return [max(WAIT_MS_MIN, round(WAIT_STEPS * 1000 * max(pair))) for pair in pairwise(took)]

    def _told(self, child: Child, orders: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """What the tests of one run told (several where there are rows of values), and why their process is at its
        end: "" where it ended by itself, None where it goes on."""
        deadline_s = time.monotonic() + RUN_S
        told: list[dict[str, Any]] = []
        try:
            while "ready" not in (message := child.hear(deadline_s)):
                told.append(message)  # from before the first run: the test can't be imported
            child.say(orders)
            while "done" not in (message := child.hear(deadline_s)):
                told.append(message)
        except Ended as end:
            return told, str(end)
        return told, None

    def _start(self, test: GeneratedTest) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="journeywright-proof-", ignore_cleanup_errors=True)
        folder = Path(self._scratch.name)
        _write(folder / "project", test)
        self._test, self._runs = test, 0
        self._child = Child(
            *_command(folder, test, self.environment), log=folder / "output.txt", stopping=self._stopping
        )

    def _printed(self) -> bytes:
        assert self._scratch is not None
        log = Path(self._scratch.name) / "output.txt"
        return without_secrets(log.read_bytes()[-OUTPUT_BYTES_MAX:], self.environment.secrets)

    def _close(self) -> None:
        if self._child is not None:
            self._child.end()
        if self._scratch is not None:
            self._scratch.cleanup()
        self._child = self._scratch = None


def _keep(kept: VerdictFolder, left: Path, variables: Mapping[str, str]) -> None:
    """Keeps what a run left, if anything. A store that does not answer costs the files, not the verdict."""
    if not any(left.iterdir()):
        return
    try:
        kept.keep(left, variables)
    except OSError as error:
        logger.warning("what a run left can't be kept: %s", error)


def _without(text: str, environment: Environment) -> str:
    """A text of a run without the secrets: Playwright's errors quote what was typed, and pages repeat it."""
    return without_secrets(text.encode("utf-8", "replace"), environment.secrets).decode()


def _write(folder: Path, test: GeneratedTest) -> None:
    folder.mkdir()
    for name, content in project_files([test]).items():
        text = instrumented(content, test.step_lines) if name == test.file_name else content
        (folder / name).write_text(text)


def _command(folder: Path, test: GeneratedTest, environment: Environment) -> tuple[list[str], Path, dict[str, str]]:
    """The command that runs the tests of a project, where, and its variables."""
    plugins = [one.value for one in entry_points(group="pytest11") if one.dist and one.dist.name in _PLUGINS]
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"),
        *(part for plugin in ("agents.proof.plugin", *plugins) for part in ("-p", plugin)),
        *(f"--rootdir={folder / 'project'}", f"--output={folder / 'results'}", f"--base-url={environment.base_url}"),
        str(folder / "project" / test.file_name),
    ]
    variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    told = {"reached": environment.reached, "chapters": test.steps, "expect_ms": 1000 * environment.expect_s}
    orders = {"runs": RUNS_MAX, **told}
    variables |= {**environment.variables, "CHROMIUM": str(environment.chromium), ORDERS: json.dumps(orders)}
    if environment.allowed_origins:
        variables[ALLOWED_ORIGINS] = " ".join(environment.allowed_origins)
    variables |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    variables |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return command, folder, variables


def _facts(told: Sequence[Mapping[str, Any]], test: GeneratedTest, environment: Environment) -> RunFacts:
    """The facts of the run: of a test with several rows of values those of the first row that failed."""
    one = next((row for row in told if not row["passed"]), told[-1])
    seconds = sum(row["seconds"] for row in told)
    if one["passed"]:
        return RunFacts(True, seconds)
    step: int | None = one.get("step")
    last = max((place for place, line in enumerate(test.step_lines) if line), default=None)
    error_type: ErrorType = one["error_type"] if one["error_type"] in get_args(ErrorType) else "other"
    own = {origin(address) for address in (environment.base_url, *environment.allowed_origins)}
    return RunFacts(
        passed=False,
        seconds=seconds,
        error_type=error_type,
        error=_without(one["error"], environment),
        statement=one.get("statement", ""),
        asserts=one.get("asserts", False),
        step=step,
        last=step is not None and step == last,
        matched=one.get("matched"),
        late=one.get("late", False),
        asks_password=one.get("asks_password", False),
        signs_in=signs_in_before(test, step),
        answers=tuple(Answer(**answer) for answer in one["answers"] if origin(answer["url"]) in own),
        page_errors=tuple(_without(text, environment) for text in one["page_errors"]),
        started=one.get("started", True),
    )


def _last_line(printed: bytes) -> str:
    lines = [line.strip() for line in printed.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "pytest printed nothing"
