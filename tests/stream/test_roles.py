"""Several workers with different roles: the work is shared, and any of them answers for an open journey."""

import json
import random
import time
from collections.abc import Callable

import pytest

from tests.stream.cluster import wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, batches, journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_each_role_has_workers_of_its_own(make_stream: Callable[..., Stream]) -> None:
    """One takes events by HTTP, one makes stories, one writes tests; together they do what one with all roles does."""
    stream = make_stream()
    folder = stream.folder
    shared = {"storage": f"sqlite:///{folder / 'shared.db'}", "files": f"file://{folder / 'files'}"}
    workers = [stream.worker(roles=role, **shared) for role in ("ingest", "journeys", "tests")]
    for worker in workers:
        worker.wait_ready()
    shape = Shape(steps_min=4, step_ms=50, sittings_max=1, ends=1.0)
    events = journey(random.Random(1), "roles", round(time.time() * 1000) - 1_000, shape)
    stream.send(*batches(random.Random(1), events))
    stream.wait_stories(stream.truth(events), 90)
    stream.wait_tests(stream.true_tests(events), 90)


def test_an_open_journey_is_answered_by_any_worker(make_stream: Callable[..., Stream]) -> None:
    """Also by those that don't hold its partition: they ask the one that does."""
    stream = make_stream(gap_s=120.0)
    workers = [stream.worker(), stream.worker()]
    for worker in workers:
        worker.wait_ready()
    shape = Shape(steps_min=2, step_ms=50, sittings_max=1, ends=0.0)
    names = [f"open-{number}" for number in range(12)]
    now_ms = round(time.time() * 1000)
    stream.send(
        *(m for name in names for m in batches(random.Random(2), journey(random.Random(2), name, now_ms, shape)))
    )

    def answered() -> bool:
        for name in names:
            for worker in workers:
                answer = worker.get(f"/api/v1/journeys/{name}")
                if answer is None or json.loads(answer)["journey_id"] != name:
                    return False
        return True

    wait_for(answered, 60, lambda: "\n".join(worker.tail(8) for worker in workers))
