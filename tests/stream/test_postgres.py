"""Workers with PostgreSQL as their storage."""

import random
import time
from collections.abc import Callable

import pytest

from tests.faults.run import stored
from tests.postgres import new_database
from tests.stream.cluster import wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, batches, journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_two_workers_share_a_new_postgresql(make_stream: Callable[..., Stream], postgres: str) -> None:
    """They start at once on an empty database; stories and tests, on the topics and in storage, are those that the pure
    core makes, as with SQLite."""
    url = new_database(postgres)
    stream = make_stream(storage=url)
    workers = [stream.worker(), stream.worker(data=stream.folder / "second")]
    for worker in workers:
        worker.wait_ready()
    shape = Shape(steps_min=4, step_ms=50, sittings_max=1, ends=1.0)
    rng, now_ms = random.Random(1), round(time.time() * 1000) - 1_000
    events = [event for number in range(20) for event in journey(rng, f"j{number}", now_ms, shape)]
    stream.send(*batches(rng, events))
    stream.wait_stories(stream.truth(events), 90)
    stream.wait_tests(stream.true_tests(events), 90)
    wait_for(lambda: stored(url) == stream.truth(events), 30, workers[0].tail)
