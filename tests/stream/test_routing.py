"""`GET /api/v1/journeys/{id}` while partitions move: right, or "ask again in a moment", and never wrong."""

import json
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from schemas.events import Event
from tests.stream.cluster import WorkerProcess, wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, batches, journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

JOURNEYS = 16
OPEN = Shape(steps_min=2, steps_max=4, step_ms=50, sittings_max=1, ends=0.0)


@dataclass
class Askers:
    """Ask each worker for each journey, again and again. What one of them knew must never be missing afterwards.

    `sent` and `seen` are ids of events by journey.
    """

    workers: list[WorkerProcess]
    sent: dict[str, set[str]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    last: dict[tuple[str, str], str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self._thread.join()

    def ask(self, worker: WorkerProcess, name: str) -> str:
        """ "all", "some" (the newest events are still on their way), "moving", "away" or "wrong"."""
        try:
            with urllib.request.urlopen(f"{worker.url}/api/v1/journeys/{name}", timeout=10) as answer:
                windows = json.load(answer)["windows"]
        except urllib.error.HTTPError as error:
            if error.code == 503 and error.headers["Retry-After"]:
                return "moving"
            if error.code == 404 and not self.seen.get(name):
                return "some"
            self.wrong.append(f"{name}: {error.code} {error.read()!r}")
            return "wrong"
        except OSError:
            return "away"
        found = {event["id"] for window in windows for event in window["events"]}
        missing = self.seen.get(name, set()) - found
        if missing:
            self.wrong.append(f"{name}: without {missing}")
            return "wrong"
        self.seen[name] = found
        return "all" if found == self.sent[name] else "some"

    def all_right(self) -> bool:
        """Whether each of the last answers of each worker for each journey was complete."""
        return set(self.last.values()) == {"all"} and len(self.last) == len(self.workers) * len(self.sent)

    def _run(self) -> None:
        while not self.stopped.is_set():
            last = {(worker.url, name): self.ask(worker, name) for worker in list(self.workers) for name in self.sent}
            self.answers.update(last.values())
            self.last = last
            time.sleep(0.02)


def test_every_worker_is_right_or_asks_for_patience(make_stream: Callable[..., Stream]) -> None:
    """Three workers; one leaves in good order, another one is killed, one joins, while events go on coming. None of
    them ever says that an open journey is none, or leaves out an event that was processed."""
    stream = make_stream(gap_s=600.0, lateness_s=60.0, session_s=3.0)
    workers = [stream.worker() for _ in range(3)]
    for worker in workers:
        worker.wait_ready()
    now_ms = round(time.time() * 1000)
    journeys = {f"r{n}": journey(random.Random(n), f"r{n}", now_ms, OPEN) for n in range(JOURNEYS)}
    askers = Askers(workers)
    _send(stream, askers, list(journeys.values()))
    askers.start()
    try:
        wait_for(askers.all_right, 60, lambda: f"{askers.answers} {askers.wrong[:5]}")
        leaving = workers.pop(0)
        leaving.signal(signal.SIGTERM)
        _send(stream, askers, [_later(events, 1) for events in journeys.values()])
        assert leaving.wait_end() == 0
        joining = stream.worker()
        joining.wait_ready()
        workers.append(joining)
        workers.pop(0).kill()
        _send(stream, askers, [_later(events, 2) for events in journeys.values()])
        wait_for(askers.all_right, 60, lambda: f"{askers.answers} {askers.wrong[:5]}")
    finally:
        askers.stop()
    assert not askers.wrong, f"{askers.answers} {askers.wrong[:5]}"
    assert set(askers.answers) <= {"all", "some", "moving", "away"}


def _later(events: list[Event], times: int) -> list[Event]:
    """The same steps once more, a second later."""
    return [
        event.model_copy(update={"id": f"{event.id}+{times}", "at_ms": event.at_ms + times * 1000}) for event in events
    ]


def _send(stream: Stream, askers: Askers, some: list[list[Event]]) -> None:
    for events in some:
        askers.sent[events[0].journey_id] = askers.sent.get(events[0].journey_id, set()) | {e.id for e in events}
    stream.send(*(message for events in some for message in batches(random.Random(1), events)))
