"""SIGTERM: a worker ends within ten seconds, whatever it is about, and leaves nothing half done."""

import os
import random
import signal
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Callable

import pytest

from agents.local.kafka import LocalKafka
from schemas.codecs import to_json
from schemas.events import Event
from tests.stream.cluster import WorkerProcess
from tests.stream.conftest import Stream
from tests.stream.traffic import batches, short_journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

STOP_S = 10.0


def stopped(worker: WorkerProcess) -> tuple[int, float]:
    """Its exit code and how long the end took."""
    began_s = time.monotonic()
    worker.signal(signal.SIGTERM)
    return worker.wait_end(60), time.monotonic() - began_s


class Poster(threading.Thread):
    """Posts one journey after the other until the worker is gone. `taken` are those that it was told are safe."""

    def __init__(self, worker: WorkerProcess, name: str) -> None:
        super().__init__(name=name)
        self.taken: list[Event] = []
        self._worker = worker

    def run(self) -> None:
        number = 0
        while self._worker.running:
            number += 1
            events = short_journey(f"{self.name}-{number}")
            body = b"[" + b",".join(to_json(event) for event in events) + b"]"
            try:
                request = urllib.request.Request(f"{self._worker.url}/api/v1/events", body)
                with urllib.request.urlopen(request, timeout=20) as answer:
                    if answer.status == 202:
                        self.taken += events
            except OSError:
                time.sleep(0.05)


def test_under_load_all_that_was_taken_is_told_by_the_next(make_stream: Callable[..., Stream]) -> None:
    """Events come by HTTP and by Kafka while the worker is asked to end: it ends with 0, and the next one comes to
    the stories of everything that was acknowledged, each once."""
    stream = make_stream(lateness_s=60.0)
    worker = stream.worker()
    worker.wait_ready()
    posters = [Poster(worker, f"p{number}") for number in range(4)]
    for poster in posters:
        poster.start()
    direct = [short_journey(f"direct-{number}") for number in range(60)]
    stream.send(*(message for events in direct for message in batches(random.Random(1), events)))
    while not all(poster.taken for poster in posters):
        time.sleep(0.05)
    code, took_s = stopped(worker)
    for poster in posters:
        poster.join()
    assert code == 0, worker.tail()
    assert took_s < STOP_S
    taken = [event for poster in posters for event in poster.taken] + [event for events in direct for event in events]
    worker.start()
    worker.wait_ready()
    wanted = stream.truth(taken)
    deadline_s = time.monotonic() + 90
    while not wanted.items() <= stream.stories().items():
        assert time.monotonic() < deadline_s, worker.tail()
        time.sleep(0.5)


def test_without_a_broker_and_with_a_locked_storage(
    make_stream: Callable[..., Stream], local_kafka: LocalKafka
) -> None:
    """The broker does not answer, so nothing can be flushed or committed; the storage is locked, so a story waits: the
    worker ends in time all the same, and after both are back its successor tells what was open."""
    stream = make_stream(lateness_s=60.0)
    worker = stream.worker(brokers=local_kafka.bootstrap)
    worker.wait_ready()
    events = [short_journey(f"j{number}") for number in range(20)]
    assert local_kafka.pid is not None
    with sqlite3.connect(worker.settings.data / "journeywright.db", timeout=30) as held:
        held.execute("BEGIN EXCLUSIVE")
        stream.send(*(message for some in events[:10] for message in batches(random.Random(1), some)))
        time.sleep(0.5)
        os.kill(local_kafka.pid, signal.SIGSTOP)
        try:
            _code, took_s = stopped(worker)
        finally:
            os.kill(local_kafka.pid, signal.SIGCONT)
        held.rollback()
    assert took_s < STOP_S
    worker.start()
    stream.send(*(message for some in events[10:] for message in batches(random.Random(1), some)))
    worker.wait_ready()
    stream.wait_stories(stream.truth([event for some in events for event in some]), 90)
