"""Workers that are killed, that join and that leave: the same stories as the batch, no more, no less."""

import random
import signal
import time
from collections.abc import Callable

import pytest

from schemas.events import Event
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, batches, journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def many(seed: int, count: int) -> list[Event]:
    """Journeys that began in the last minutes, each with one sitting or two."""
    rng = random.Random(seed)
    start_ms = round(time.time() * 1000) - 120_000
    shape = Shape(steps_max=6, pause_ms=8_000, sittings_max=2)
    return [event for n in range(count) for event in journey(rng, f"j{seed}-{n}", start_ms + n * 200, shape)]


def shuffled(seed: int, events: list[Event]) -> list[tuple[bytes | None, bytes | None]]:
    """Their messages in another order, some twice."""
    rng = random.Random(seed)
    messages: list[tuple[bytes | None, bytes | None]] = list(batches(rng, events, 4))
    messages += rng.sample(messages, len(messages) // 10)
    rng.shuffle(messages)
    return messages


def test_a_killed_worker_that_starts_again_tells_the_same_stories(make_stream: Callable[..., Stream]) -> None:
    """SIGKILL in the middle of the stream, twice; every record of a story that is written twice is equal."""
    stream = make_stream(lateness_s=60.0)
    worker = stream.worker()
    worker.wait_ready()
    events = many(1, 120)
    messages = shuffled(1, events)
    third = len(messages) // 3
    for part in (messages[:third], messages[third : 2 * third]):
        stream.send(*part)
        worker.kill()
        worker.start()
    stream.send(*messages[2 * third :])
    worker.wait_ready()
    stream.wait_stories(stream.truth(events), 120)
    assert stream.lag() >= 0


def test_another_worker_takes_over(make_stream: Callable[..., Stream]) -> None:
    """Two workers share the partitions; one is killed for good, a third one joins, and one leaves in good order."""
    stream = make_stream(lateness_s=60.0)
    first, second = stream.worker(), stream.worker()
    first.wait_ready()
    second.wait_ready()
    events = many(2, 120)
    messages = shuffled(2, events)
    quarter = len(messages) // 4
    stream.send(*messages[:quarter])
    first.kill()
    stream.send(*messages[quarter : 2 * quarter])
    third = stream.worker()
    stream.send(*messages[2 * quarter : 3 * quarter])
    third.wait_ready()
    second.signal(signal.SIGTERM)
    assert second.wait_end(60) == 0
    stream.send(*messages[3 * quarter :])
    stream.wait_stories(stream.truth(events), 120)


def test_nothing_is_skipped_where_nothing_was_committed_yet(make_stream: Callable[..., Stream]) -> None:
    """Faust seeks to committed offsets only; a worker that dies before its first commit leaves none."""
    stream = make_stream(lateness_s=60.0)
    worker = stream.worker()
    worker.wait_ready()
    events = many(3, 60)
    stream.send(*shuffled(3, events))
    worker.kill()
    other = stream.worker()
    other.wait_ready()
    stream.worker()
    stream.wait_stories(stream.truth(events), 120)


def test_records_that_come_before_the_recovery_reads_are_not_lost_to_it(make_stream: Callable[..., Stream]) -> None:
    """The heir's fetch of before the rebalance brings the changelog while the flow is still stopped."""
    stream = make_stream()
    leaves = stream.worker()
    leaves.wait_ready()
    heir = stream.worker("tests.stream.worker_slow_to_recover")
    heir.wait_ready()
    events = many(4, 40)
    stream.send(*shuffled(4, events))
    stream.wait_stories(stream.truth(events), 120)
    leaves.signal(signal.SIGTERM)
    assert leaves.wait_end(60) == 0
    later = many(5, 40)
    stream.send(*shuffled(5, later))
    stream.wait_stories(stream.truth(events + later), 60)
