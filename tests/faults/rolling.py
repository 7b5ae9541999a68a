"""`python -m tests.faults.rolling --from <commit>`: a rolling upgrade with two versions of the code, over live traffic.

Two workers of the earlier version are replaced, one after the other, by two of today's; then one goes back, as in a
deployment that is called off half-way, and forth again. Afterwards the stories and tests must be those that the pure
core computes from the same events, no more, no less. Exit code 1 if anything was wrong.
"""

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from agents.local.kafka import LocalKafka, jars_folder
from agents.local.processes import free_port
from agents.settings import Settings, load
from pipeline.generate import tests_of
from schemas.codecs import to_json
from schemas.events import Event
from tests.faults.live import LiveTraffic
from tests.faults.run import Comparison, compare, stored, texts, windowing_of
from tests.faults.truth import truth_of_batch
from tests.stream.cluster import ROOT, WorkerProcess, lag, latest, read, running

STAGE_S = 15.0
"""How long both versions work side by side."""
CATCH_UP_S = 120.0
STEPS = ((0, "new"), (1, "new"), (0, "old"), (0, "new"))
"""Which worker is replaced, and by which version."""
PROGRAM = ("agents", "pipeline", "schemas")
TELLING = """
import sys
from pipeline.generate import stories_of, tests_of
from pipeline.intake import read_file
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
told = stories_of(read_file(sys.stdin.buffer.read()).events, Windowing(*map(int, sys.argv[1:])))
sys.stdout.buffer.write(to_json([*told, *tests_of(told)]))
"""


@dataclass
class Rolling:
    """What a run came to. `same_core` says that the earlier version tells these events as today's does, byte for byte:
    then the contents must be equal too."""

    old: str
    same_core: bool = True
    journeys: int = 0
    events: int = 0
    pauses_s: list[float] = field(default_factory=list)
    """From the SIGTERM of a worker until its successor was ready."""
    endings: list[int] = field(default_factory=list)
    stories: Comparison | None = None
    tests: Comparison | None = None
    stored: Comparison | None = None
    letters: int = 0
    lag: int = -1
    holes: int = 0

    @property
    def right(self) -> bool:
        """Nothing lost, nothing twice, nothing wrong, every stop in good order."""
        sets = (self.stories, self.tests, self.stored)
        told = all(
            one is not None and not one.missing and not one.extra and not (one.wrong and self.same_core) for one in sets
        )
        return told and self.lag == 0 and self.letters == 0 and self.holes == 0 and set(self.endings) == {0}

    def __str__(self) -> str:
        pauses = ", ".join(f"{pause:.1f}" for pause in self.pauses_s)
        return "\n".join(
            [
                f"{self.old} → today's: {'RIGHT' if self.right else 'WRONG'}",
                f"  the core (what is told) is {'the same' if self.same_core else 'another: contents may differ'}",
                f"  traffic: {self.journeys} journeys, {self.events} events",
                f"  stories on the topic: {self.stories}",
                f"  tests on the topic: {self.tests}",
                f"  stories in storage: {self.stored}",
                f"  lag {self.lag}, dead letters {self.letters}, holes {self.holes}, workers ended with {self.endings}",
                f"  seconds from SIGTERM to the successor's readiness: {pauses}",
            ]
        )


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """The earlier version's files, in a work tree of their own."""
    _git("worktree", "add", "--detach", "--quiet", str(folder), commit)
    try:
        assert _run(folder, "import agents; print(agents.__file__)").decode().startswith(str(folder))
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def earlier() -> str:
    """The last commit whose program differs from today's."""
    return _git("log", "-1", "--skip=1", "--format=%h", "--", *PROGRAM)


def roll(folder: Path, old: Path, seed: int, rate: float, say: Callable[[str], None], report: Rolling) -> None:
    """Runs the whole of it; `report` is filled in."""
    broker = LocalKafka(folder / "kafka", jars_folder(load()))
    settings = load(
        brokers=broker.start(),
        topic_prefix="rolling.",
        storage=f"sqlite:///{folder / 'storage.db'}",
        files=f"file://{folder / 'files'}",
        gap_s=4.0,
        lateness_s=120.0,
        journey_memory_s=3600.0,
        partitions=4,
    )
    workers: list[WorkerProcess] = []

    def worker(number: int, code: Path) -> WorkerProcess:
        own = settings.model_copy(update={"web_port": free_port(), "data": folder / f"data-{number}"})
        made = WorkerProcess(own, folder / f"worker-{len(workers)}.log", root=code)
        made.start()
        workers.append(made)
        return made

    traffic = LiveTraffic(settings.brokers, settings.topic("events"), random.Random(seed), rate, settings.partitions)
    try:
        pair = [worker(number, old) for number in range(2)]
        for one in pair:
            one.wait_ready()
        traffic.start()
        try:
            time.sleep(STAGE_S)
            for number, version in STEPS:
                say(f"worker {number} becomes {version} ({traffic.journeys} journeys)")
                began_s = time.monotonic()
                pair[number].signal(signal.SIGTERM)
                report.endings.append(pair[number].wait_end(60))
                pair[number] = worker(number, ROOT if version == "new" else old)
                pair[number].wait_ready()
                report.pauses_s.append(time.monotonic() - began_s)
                time.sleep(STAGE_S)
        finally:
            traffic.stop()
        say("comparing")
        _compare(settings, old, traffic, report)
    finally:
        for one in workers:
            one.kill()
        broker.stop()
        report.holes = sum(w.log.read_text(errors="replace").count("hole in partition") for w in workers)


def _run(code: Path, program: str, *arguments: object, given: bytes = b"") -> bytes:
    """What a program prints that uses the modules in the folder `code`."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {**os.environ, **running(code)}
    return subprocess.run(command, input=given, env=environment, check=True, capture_output=True).stdout


def _told_by(code: Path, settings: Settings, events: Sequence[Event]) -> bytes:
    """What a version of the core tells of these events."""
    windowing = (settings.gap_ms, settings.lateness_ms, settings.journey_memory_ms)
    return _run(code, TELLING, *windowing, given=to_json(events))


def by_evidence(tests: dict[str, bytes]) -> dict[str, bytes]:
    """The tests by the sessions that each stands on. Where another version tells flows by other rules they keep their
    ids, and so do their tests: from these events alone the core would give them others."""
    return {str(orjson.loads(raw)["evidence"]): raw for raw in tests.values()}


def _compare(settings: Settings, old: Path, traffic: LiveTraffic, report: Rolling) -> None:
    """Waits until all is as it should be, or until its time is over."""
    report.journeys, report.events = traffic.journeys, len(traffic.events)
    report.same_core = _told_by(old, settings, traffic.events) == _told_by(ROOT, settings, traffic.events)
    told = truth_of_batch(traffic.events, windowing_of(settings))
    stories, named = texts(told), (lambda tests: tests) if report.same_core else by_evidence
    tests = named(texts(tests_of(told)))
    deadline = time.monotonic() + CATCH_UP_S
    while True:
        report.stories = compare(latest(read(settings.brokers, settings.topic("stories"))), stories)
        report.tests = compare(named(latest(read(settings.brokers, settings.topic("tests")))), tests)
        report.stored = compare(stored(settings.storage_url), stories)
        report.letters = len(read(settings.brokers, settings.topic("events-dead-letter")))
        report.lag = sum(lag(settings.brokers, settings.group, settings.topic(name)) for name in ("events", "stories"))
        if report.right or time.monotonic() > deadline:
            return
        time.sleep(2)


def main() -> int:
    """Runs it and prints the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.rolling", description=__doc__)
    parser.add_argument("--from", dest="commit", default="", help="the earlier version; default: the one before")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--journeys", type=float, default=4.0, help="new journeys a second")
    chosen = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="rolling-"))
    began_s = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began_s:6.0f} s  {text}", flush=True)

    commit = _git("rev-parse", "--short", chosen.commit or earlier())
    report = Rolling(commit)
    with checked_out(commit, folder / "old") as old:
        roll(folder, old, chosen.seed, chosen.journeys, say, report)
    print(report)
    if report.right:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"logs and data: {folder}")
    return 0 if report.right else 1


if __name__ == "__main__":
    sys.exit(main())
