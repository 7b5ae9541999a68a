"""Metrics of a real worker: each that an alert rests on moves when what it is about happens, and only then."""

import asyncio
import random
import re
import signal
import time
from collections.abc import Callable

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from agents.stream.broker.topics import changelog
from schemas.events import Event
from tests.stream.cluster import WorkerProcess, latest, read, wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, batches, journey
from tests.stream.untagged_worker import HOLD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stream(make_stream: Callable[..., Stream]) -> Stream:
    made = make_stream(gap_s=2.0, lateness_s=1.0, journey_memory_s=3.0, partitions=2)
    made.worker().wait_ready()
    return made


@pytest.fixture
def worker(stream: Stream) -> WorkerProcess:
    return stream.workers[0]


def metric(worker: WorkerProcess, name: str, *labels: str) -> float:
    """The sum of the samples with these labels (`name="value"`, with the topic's end as its value)."""
    page = (worker.get("/metrics") or b"").decode()
    found = re.findall(rf"^journeywright_{name}(?:\{{(.*)\}})? (\S+)$", page, re.MULTILINE)
    return sum(float(value) for told, value in found if all(label in told for label in labels))


def made(name: str, ends: float = 1.0) -> list[Event]:
    """A journey of now."""
    shape = Shape(steps_min=3, steps_max=3, step_ms=20, sittings_max=1, ends=ends)
    return journey(random.Random(name), name, round(time.time() * 1000) - 200, shape)


def send(stream: Stream, *journeys: list[Event]) -> None:
    stream.send(*(message for events in journeys for message in batches(random.Random(1), events)))


def until(condition: Callable[[], bool], worker: WorkerProcess) -> None:
    wait_for(condition, 30, lambda: f"{(worker.get('/metrics') or b'').decode()}\n{worker.tail()}")


def test_lag_and_queue_rise_while_the_model_hangs(stream: Stream, worker: WorkerProcess) -> None:
    """Messages wait, the last progress grows old, the embedder has a queue; then all of it goes back, and latencies
    of story and test are counted, with the time that they waited."""
    events = '.events"'
    hold = worker.settings.data / HOLD
    hold.touch()
    send(stream, made("held"))
    until(lambda: metric(worker, "embedder_queue") == 1, worker)
    until(lambda: metric(worker, "lag_messages", events) > 0, worker)
    held_s = time.time()
    time.sleep(1)
    page = (worker.get("/metrics") or b"").decode()
    moved = re.findall(r"^journeywright_last_progress_timestamp_seconds\{.*\.events\"\} (\S+)$", page, re.MULTILINE)
    assert min(float(one) for one in moved) < held_s
    hold.unlink()
    until(lambda: metric(worker, "embedder_queue") == 0, worker)
    until(lambda: metric(worker, "story_seconds_count") >= 1, worker)
    assert metric(worker, "story_seconds_sum") >= 1
    until(lambda: metric(worker, "test_seconds_count") >= 1, worker)
    until(lambda: metric(worker, "lag_messages") == 0, worker)
    assert metric(worker, "stories_published_total") == metric(worker, "tests_published_total") == 1


def test_open_windows_are_counted_until_they_are_forgotten(stream: Stream, worker: WorkerProcess) -> None:
    """With their bytes and the clock's delay; both are 0 again without any further event."""
    send(stream, made("open", ends=0.0), made("open too", ends=0.0))
    until(lambda: metric(worker, "open_windows") == 2, worker)
    assert metric(worker, "held_bytes") > 0
    assert 0 < metric(worker, "clock_delay_seconds") < 30
    until(lambda: metric(worker, "open_windows") == 0, worker)
    assert metric(worker, "held_bytes") == 0
    assert metric(worker, "clock_delay_seconds") == 0


def test_dead_letters_are_counted_by_cause(stream: Stream, worker: WorkerProcess) -> None:
    """What can't be read, and what came too late."""
    assert metric(worker, "dead_letters_total") == 0
    events = made("late one")
    send(stream, events[1:])
    until(lambda: metric(worker, "open_windows") == 1, worker)
    until(lambda: metric(worker, "open_windows") == 0, worker)
    send(stream, events[:1])
    stream.send((b"x", b"{"))
    until(lambda: metric(worker, "dead_letters_total", 'cause="late"') == 1, worker)
    until(lambda: metric(worker, "dead_letters_total", 'cause="unreadable"') == 1, worker)
    assert metric(worker, "dead_letters_total") == 2


def test_closed_journeys_leave_the_changelog(stream: Stream, worker: WorkerProcess) -> None:
    """Once they are forgotten, no row that compaction would keep holds an event of them, and the rows are few."""
    journeys = [made(f"many-{number}") for number in range(200)]
    send(stream, *journeys)
    until(lambda: metric(worker, "open_windows") > 100, worker)
    until(lambda: metric(worker, "open_windows") == 0, worker)

    def rows() -> dict[str, bytes]:
        return latest(read(stream.settings.brokers, changelog(stream.settings)))

    def left() -> bool:
        return any(b"many-" in value and b'"kind"' in value for value in rows().values())

    until(lambda: not left(), worker)
    assert len(rows()) <= 4 * stream.settings.partitions


def test_messages_that_aged_out_are_counted_as_lost(stream: Stream, worker: WorkerProcess) -> None:
    """They left the topic while nobody read them: the one case of loss, and it is told with its offsets."""
    worker.signal(signal.SIGTERM)
    assert worker.wait_end() == 0
    topic = stream.settings.topic("events")
    before = max(
        (record.offset for record in read(stream.settings.brokers, topic) if record.partition == 0), default=-1
    )
    stream.send(*[(b"x", b"{")] * 5, partition=0)
    asyncio.run(forget(stream.settings.brokers, TopicPartition(topic, 0), before + 4))
    worker.start()
    worker.wait_ready()
    until(lambda: metric(worker, "messages_lost_total") == 3, worker)
    until(lambda: metric(worker, "dead_letters_total", 'cause="unreadable"') == 2, worker)
    assert f"messages {before + 1} to {before + 3} aged out before they were read" in worker.tail(100)


async def forget(brokers: str, tp: TopicPartition, offset: int) -> None:
    """Does what the broker's retention does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.delete_records({tp: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()
