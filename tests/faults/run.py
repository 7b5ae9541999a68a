"""One run: traffic, faults at random moments, and the comparison with the truth."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from agents.settings import Settings
from agents.storage import PageRequest, Storage
from pipeline.generate import tests_of
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.faults.live import LiveTraffic
from tests.faults.machine import POISON, Machine, Supervisor
from tests.faults.truth import truth_of_batch, truth_of_log
from tests.stream.cluster import lag, latest, read

CATCH_UP_S = 300.0
KINDS = (
    "kill", "restart", "join", "leave", "freeze", "nap", "broker_stop", "broker_kill", "storage_locked",
    "storage_away", "wipe", "poison",
)  # fmt: skip
CLUSTER_KINDS = (*KINDS, "broker_empty", "broker_pause")
"""With three brokers, one of which may go with all that it holds."""


@dataclass
class Comparison:
    """A set of records against the truth."""

    wanted: int
    missing: list[str]
    extra: list[str]
    wrong: list[str]

    @property
    def equal(self) -> bool:
        return not (self.missing or self.extra or self.wrong)

    def __str__(self) -> str:
        counts = f"missing {len(self.missing)}, extra {len(self.extra)}, wrong {len(self.wrong)}"
        some = [*self.missing, *self.extra, *self.wrong][:5]
        return f"{self.wanted} wanted: {counts}{'' if self.equal else f' {some}'}"


@dataclass
class Report:
    """What a run came to."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    journeys: int = 0
    events: int = 0
    messages: int = 0
    poison: int = 0
    buried: int = 0
    late: int = 0
    story_records: int = 0
    open: int = 0
    log: Comparison | None = None
    stories: Comparison | None = None
    tests: Comparison | None = None
    stored: Comparison | None = None
    lag: int = -1
    holes: int = 0
    endings: Counter[int] = field(default_factory=Counter)
    slow_stops: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def right(self) -> bool:
        """Nothing lost, nothing twice, nothing wrong, nothing stuck."""
        sets = (self.stories, self.tests, self.stored)
        whole = all(one is not None and one.equal for one in sets)
        # Where an outage made events later than allowed, the log's truth may differ from the batch's, by them alone.
        batch = self.late > 0 or (self.log is not None and self.log.equal)
        settled = self.open == 0 and self.lag == 0 and not self.slow_stops
        return whole and batch and settled and self.buried == self.poison + self.late

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return "\n".join(
            [
                f"seed {self.seed}: {'RIGHT' if self.right else 'WRONG'} after {self.seconds:.0f} s",
                f"  faults: {self.faults.total()} ({faults})",
                f"  traffic: {self.journeys} journeys, {self.events} events, {self.messages} messages",
                f"  the log against the batch: {self.log}; {self.late} events late",
                f"  stories on the topic: {self.stories}; {self.story_records} records written",
                f"  tests on the topic: {self.tests}",
                f"  stories in storage: {self.stored}",
                f"  lag {self.lag}, poison {self.poison}, dead letters {self.buried}, open {self.open}",
                f"  workers ended with {dict(self.endings)}, holes {self.holes}",
                f"  slow stops {[round(s) for s in self.slow_stops]}",
            ]
        )


def run(
    folder: Path,
    seed: int,
    count: int,
    journeys_per_s: float = 4.0,
    kinds: tuple[str, ...] = KINDS,
    say: Callable[[str], None] = lambda _: None,
    brokers: int = 1,
) -> Report:
    """Runs `count` faults over live traffic and compares. `brokers` is 1 or 3."""
    began_s = time.monotonic()
    report = Report(seed)
    rng = random.Random(seed)
    machine = Machine.make(folder, seed, brokers)
    lock = threading.Lock()
    supervisor = Supervisor(machine, lock)
    traffic = LiveTraffic(
        machine.settings.brokers, machine.settings.topic("events"), random.Random(seed + 1), journeys_per_s, 4
    )
    try:
        supervisor.start()
        traffic.start()
        deck: list[str] = []
        for number in range(count):
            time.sleep(rng.uniform(1, 5))
            if not deck:
                deck = rng.sample(kinds, len(kinds))  # every kind comes up before any comes again
            kind = deck.pop()
            report.faults[kind] += 1
            say(f"{number + 1}/{count} {kind} ({traffic.journeys} journeys)")
            with lock:
                if kind == "poison":
                    traffic.poison_next(rng.choice(POISON))
                else:
                    getattr(machine, kind)()
        traffic.stop()
        with lock:
            machine.settle()
        _compare(machine, traffic, report, say)
    finally:
        supervisor.stopped.set()
        with lock:
            machine.stop()
    report.holes, report.endings, report.slow_stops = machine.holes(), machine.endings, machine.slow_stops
    report.seconds = time.monotonic() - began_s
    return report


def _compare(machine: Machine, traffic: LiveTraffic, report: Report, say: Callable[[str], None]) -> None:
    """Waits until all is as it should be, or until nothing gets better."""
    report.journeys, report.events = traffic.journeys, len(traffic.events)
    report.messages, report.poison = traffic.messages, traffic.poison
    windowing = windowing_of(machine.settings)
    batch = texts(truth_of_batch(traffic.events, windowing))
    say(f"comparing with {len(batch)} stories")
    deadline = time.monotonic() + CATCH_UP_S
    while True:
        _look(machine, report, batch)
        if report.right or time.monotonic() > deadline:
            return
        time.sleep(2)


def _look(machine: Machine, report: Report, batch: dict[str, bytes]) -> None:
    settings = machine.settings
    truth = truth_of_log(read(settings.brokers, settings.topic("events")), windowing_of(settings), settings.partitions)
    stories, tests = texts(truth.stories), texts(tests_of(truth.stories))
    report.late, report.open = truth.late, truth.open
    report.log = compare(stories, batch)
    told = read(settings.brokers, settings.topic("stories"))
    report.story_records = len(told)
    report.stories = compare(latest(told), stories)
    report.tests = compare(latest(read(settings.brokers, settings.topic("tests"))), tests)
    report.stored = compare(stored(settings.storage_url), stories)
    report.lag = sum(lag(settings.brokers, settings.group, settings.topic(name)) for name in ("events", "stories"))
    letters = read(settings.brokers, settings.topic("events-dead-letter"))
    origins = {
        (letter.headers["journeywright-partition"], letter.headers["journeywright-offset"], letter.value or b"")
        for letter in letters
    }
    report.buried = len(origins)


def windowing_of(settings: Settings) -> Windowing:
    return Windowing(settings.gap_ms, settings.lateness_ms, settings.journey_memory_ms)


def texts(values: Iterable[Story | GeneratedTest]) -> dict[str, bytes]:
    return {value.id: to_json(value) for value in values}


def stored(url: str) -> dict[str, bytes]:
    """The stories in storage, by id."""
    storage = Storage.open(url)
    try:
        found: dict[str, bytes] = {}
        page = PageRequest(200)
        while True:
            answer = storage.stories(page=page)
            found |= {one.story.id: to_json(one.story) for one in answer.items}
            if answer.next_cursor is None:
                return found
            page = PageRequest(200, answer.next_cursor)
    finally:
        storage.close()


def compare(found: dict[str, bytes], wanted: dict[str, bytes]) -> Comparison:
    return Comparison(
        len(wanted),
        sorted(wanted.keys() - found.keys()),
        sorted(found.keys() - wanted.keys()),
        sorted(key for key in wanted.keys() & found.keys() if wanted[key] != found[key]),
    )
