"""Runs one test once, in a process group of its own with bounded time and memory, and reads what came of it."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

from agents import private
from agents.proof.plugin import ORDERS
from pipeline.codegen import project_files
from pipeline.codegen.project.fixtures import ALLOWED_ORIGINS
from pipeline.proof.evidence import Answer, ErrorType, RunFacts
from pipeline.proof.instrument import instrumented
from pipeline.proof.mutants import Mutant
from pipeline.semantics.urls import origin
from schemas.generated_tests import GeneratedTest

RUN_S: Final = 180
"""How long one run of one test may take."""
RESET_S: Final = 300
"""How long a reset of the environment may take."""
MEMORY_BYTES_MAX: Final = 4 * 1024**3
"""What the processes of one run may use together."""
REPORT_BYTES_MAX: Final = 4 * 1024**2
ARTIFACT_BYTES_MAX: Final = 20 * 1024**2
"""A larger trace is not kept."""
LOOK_S: Final = 0.1
SECRET_CHARS_MIN: Final = 4
"""A shorter secret can't be told from other text: then no trace is kept."""
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


class ResetFailed(RuntimeError):
    """The environment could not be reset. The message says why, in one line."""


@dataclass(frozen=True)
class Environment:
    """Where an app may be tested.

    `base_url` is where it runs; `name` and `build` stand in verdicts. `reset` is a command, or an address to POST to,
    that makes it a clean copy before each run (empty: nothing is done). `variables` are the identities: APP_USER,
    APP_PASSWORD and their like. `allowed_origins` may get secrets besides the base URL's; pages reach these and the
    `reached_origins`, and nothing else ("*": everything). `parallel` is how many tests may run at once.
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

    @property
    def reached(self) -> list[str] | None:
        """The origins that pages may reach; None for all."""
        if "*" in self.reached_origins:
            return None
        named = (self.base_url, *self.allowed_origins, *self.reached_origins)
        return sorted(filter(None, map(origin, named)))

    def make_clean(self) -> None:
        """Resets the environment. Raises ResetFailed."""
        if not self.reset:
            return
        try:
            if self.reset.startswith(("http://", "https://")):
                urllib.request.urlopen(urllib.request.Request(self.reset, method="POST"), timeout=RESET_S).close()
            else:
                command = shlex.split(self.reset)
                done = subprocess.run(command, capture_output=True, text=True, timeout=RESET_S, check=False)
                if done.returncode:
                    said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
                    raise ResetFailed(f"{command[0]} ended with exit code {done.returncode}: {said[-1][:200]}")
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise ResetFailed(f"{self.reset[:200]}: {error}") from None


@dataclass(frozen=True)
class RunReport:
    """What one run gave. `applied` says whether the mutant had something to break; `blocked` are the origins that pages
    were kept from."""

    facts: RunFacts
    applied: bool = False
    output: str = ""
    blocked: tuple[str, ...] = ()


def run_once(
    test: GeneratedTest, environment: Environment, mutant: Mutant | None = None, keep: Path | None = None
) -> RunReport:
    """Runs a test on a clean environment, broken by `mutant` where one is given. Where the run fails, its trace and the
    output go to the folder `keep`. Raises ResetFailed."""
    environment.make_clean()
    with tempfile.TemporaryDirectory(prefix="journeywright-proof-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        report = folder / "report.jsonl"
        _write(folder / "project", test)
        orders: dict[str, Any] = {"report": str(report), "reached": environment.reached}
        if mutant is not None:
            orders["mutant"] = asdict(mutant)
        began_s = time.monotonic()
        output = _run(folder, test, environment, orders, traced=mutant is None and keep is not None)
        told = _read(report)
        seconds = time.monotonic() - began_s
        if not told:
            return RunReport(RunFacts(False, seconds, error=_last_line(output), started=False), output=output)
        facts = _facts(told, test, environment)
        if keep is not None and not facts.passed:
            _keep(folder, keep, output, environment.variables)
        blocked = {address for one in told for address in one.get("blocked", ())}
        return RunReport(facts, any(one.get("applied") for one in told), output, tuple(sorted(blocked)))


def _write(folder: Path, test: GeneratedTest) -> None:
    folder.mkdir()
    for name, content in project_files([test]).items():
        text = instrumented(content, test.step_lines) if name == test.file_name else content
        (folder / name).write_text(text)


def _run(folder: Path, test: GeneratedTest, environment: Environment, orders: Mapping[str, Any], traced: bool) -> str:
    """Runs pytest and returns the end of what it printed."""
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-p", "agents.proof.plugin"),
        *(f"--rootdir={folder / 'project'}", f"--output={folder / 'results'}", f"--base-url={environment.base_url}"),
        *(["--tracing=retain-on-failure", "--screenshot=only-on-failure"] if traced else []),
        str(folder / "project" / test.file_name),
    ]
    variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    variables |= {**environment.variables, "CHROMIUM": str(environment.chromium), ORDERS: json.dumps(orders)}
    if environment.allowed_origins:
        variables[ALLOWED_ORIGINS] = " ".join(environment.allowed_origins)
    variables |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            ended = _wait(process)
        finally:
            _end_group(process)
    text = _without_secrets(log.read_bytes()[-64_000:], environment.variables).decode(errors="replace")
    return text + ("" if ended is None else f"\n{ended}")


def _wait(process: "subprocess.Popen[bytes]") -> str | None:
    """Waits for the end; why the run was ended before, None where it ended by itself."""
    deadline = time.monotonic() + RUN_S
    while True:
        try:
            process.wait(LOOK_S)
            return None
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                return f"the run was ended: it took longer than {RUN_S} s"
            if _memory_bytes(process.pid) > MEMORY_BYTES_MAX:
                return f"the run was ended: it used more than {MEMORY_BYTES_MAX // 1024**2} MiB"


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends what the run left running: its processes share a session."""
    for pid in _session(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _session(leader: int) -> list[int]:
    """The processes of a session, found in /proc; only the leader where there is none."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(entry.parent.name))
    return found or [leader]


def _memory_bytes(leader: int) -> int:
    pages = 0
    for pid in _session(leader):
        try:
            fields = Path(f"/proc/{pid}/statm").read_text().split()
        except OSError:
            continue
        pages += int(fields[1]) - int(fields[2])  # shared pages would be counted once for each process
    return pages * os.sysconf("SC_PAGE_SIZE")


def _read(report: Path) -> list[dict[str, Any]]:
    if not report.exists() or report.stat().st_size > REPORT_BYTES_MAX:
        return []
    return [json.loads(line) for line in report.read_text().splitlines()]


def _facts(told: Sequence[Mapping[str, Any]], test: GeneratedTest, environment: Environment) -> RunFacts:
    """The facts of the run: of a test with several rows of values those of the first row that failed."""
    one = next((row for row in told if not row["passed"]), told[-1])
    seconds = sum(row["seconds"] for row in told)
    if one["passed"]:
        return RunFacts(True, seconds)
    step = one.get("step")
    last = max((place for place, line in enumerate(test.step_lines) if line), default=None)
    error_type: ErrorType = one["error_type"] if one["error_type"] in get_args(ErrorType) else "other"
    own = {origin(address) for address in (environment.base_url, *environment.allowed_origins)}
    return RunFacts(
        passed=False,
        seconds=seconds,
        error_type=error_type,
        error=one["error"],
        statement=one.get("statement", ""),
        asserts=one.get("asserts", False),
        step=step,
        last=step is not None and step == last,
        matched=one.get("matched"),
        asks_password=one.get("asks_password", False),
        signs_in="APP_PASSWORD" in test.code,
        answers=tuple(Answer(**answer) for answer in one["answers"] if origin(answer["url"]) in own),
        page_errors=tuple(one["page_errors"]),
        started=one.get("started", True),
    )


def _keep(folder: Path, keep: Path, output: str, variables: Mapping[str, str]) -> None:
    """Keeps the trace, the picture and the output of a failed run, without secrets."""
    private.make_folder(keep)
    private.write_file(keep / "output.txt", output.encode(errors="replace"))
    for path in sorted((folder / "results").rglob("*")):
        if path.suffix == ".png" and path.stat().st_size <= ARTIFACT_BYTES_MAX:
            private.write_file(keep / "page.png", path.read_bytes())
        if path.suffix == ".zip" and path.stat().st_size <= ARTIFACT_BYTES_MAX:
            _clean_trace(path, keep / "trace.zip", variables)


def _clean_trace(source: Path, target: Path, variables: Mapping[str, str]) -> None:
    """Copies a trace without the secrets that were typed. A secret too short to be told from other text: no copy."""
    if any(len(secret) < SECRET_CHARS_MIN for secret in _secrets(variables)):
        return
    private.make_file(target)
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as clean:
        for entry in archive.infolist():
            if entry.file_size <= ARTIFACT_BYTES_MAX:
                clean.writestr(entry.filename, _without_secrets(archive.read(entry), variables))


def _secrets(variables: Mapping[str, str]) -> list[str]:
    return [value for name, value in variables.items() if name.startswith("APP_PASSWORD") and value]


def _without_secrets(raw: bytes, variables: Mapping[str, str]) -> bytes:
    from urllib.parse import quote, quote_plus

    for secret in _secrets(variables):
        for form in {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}:
            raw = raw.replace(form.encode(), b"[secret]")
    return raw


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "pytest printed nothing"
