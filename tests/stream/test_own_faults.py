"""Faults of our own code, of the broker and of the process, put into a real worker on a real broker: none is met for
ever."""

import asyncio
import os
import random
import time
from collections.abc import Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.stream.journeys.repartition import partition_of
from agents.stream.supervision.abort import EXIT_CODE
from agents.stream.supervision.guard import HELD_SIGNAL
from schemas.events import Event
from tests.stream.cluster import Record, WorkerProcess, wait_for
from tests.stream.conftest import Stream
from tests.stream.faulty_worker import STILL_S
from tests.stream.test_metrics import metric
from tests.stream.traffic import Shape, batches, journey, short_journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FAULTY = "tests.stream.faulty_worker"
CATCH_UP_S = 120.0
AT_LENGTH = "AT_LENGTH" in os.environ
"""`make faults` sets it: then each kind of fault is tried in all of its places."""


@pytest.fixture(scope="module")
def stream(make_stream: Callable[..., Stream]) -> Stream:
    """One partition, so that what is sent after a bad thing stands behind it."""
    return make_stream(lateness_s=60.0, partitions=1)


@pytest.fixture(scope="module")
def worker(stream: Stream) -> WorkerProcess:
    worker = stream.worker(FAULTY)
    worker.wait_ready()
    return worker


def kept_up(worker: WorkerProcess, true: Callable[[], bool]) -> int:
    """Starts the worker again whenever it ends, as a supervisor does, until the condition holds; how often it ended."""
    ends = 0

    def holds() -> bool:
        nonlocal ends
        if not worker.running:
            ends += 1
            worker.start()
        return true()

    wait_for(holds, CATCH_UP_S, worker.tail)
    return ends


def letters(stream: Stream, name: str) -> list[Record]:
    """The dead letters that are about a journey."""
    return [one for one in stream.records("events-dead-letter") if one.key == name.encode()]


def send(stream: Stream, *journeys: list[Event]) -> None:
    stream.send(*(message for events in journeys for message in batches(random.Random(1), events, 100)))


def endured(stream: Stream, worker: WorkerProcess, fault: str, name: str) -> tuple[int, list[Record]]:
    """Sends a journey that the fault meets, between two others: those are told. How often the worker ended, and the
    dead letters about the bad one."""
    (worker.settings.data / f"fault-{fault}").write_text(name)
    before, after = short_journey(f"before-{name}"), short_journey(f"after-{name}")
    send(stream, before, short_journey(name), after)
    wanted = stream.truth([*before, *after])
    ends = kept_up(worker, lambda: wanted.items() <= stream.stories().items() and bool(letters(stream, name)))
    return ends, letters(stream, name)


@pytest.mark.parametrize("fault", ["tell", "encode"] if AT_LENGTH else ["tell"])
def test_a_window_that_cannot_be_told_is_buried_without_a_restart(
    stream: Stream, worker: WorkerProcess, fault: str
) -> None:
    """Nor can one whose story can't be encoded. It is counted, and its neighbours, of the same flush too, are told."""
    before = metric(worker, "dead_letters_total", 'cause="untellable"')
    ends, found = endured(stream, worker, fault, f"no-{fault}")
    assert ends == 0
    assert {one.headers["journeywright-kind"] for one in found} == {b"untellable"}
    assert found[0].headers["journeywright-trace"]
    assert metric(worker, "dead_letters_total", 'cause="untellable"') == before + 1


@pytest.mark.parametrize("fault", ["apply", "flush"] if AT_LENGTH else ["apply"])
def test_a_message_that_breaks_the_state_is_tried_once_more_and_then_buried(
    stream: Stream, worker: WorkerProcess, fault: str
) -> None:
    """The worker ends at it twice; then it is buried with its trace and counted, and the partition goes on. One that no
    flush survives is found among its neighbours: after the first end each message has a flush of its own."""
    ends, found = endured(stream, worker, fault, f"no-{fault}")
    assert ends == 2
    assert {one.headers["journeywright-kind"] for one in found} == {b"internal"}
    assert f"faulty_{fault}".encode() in found[0].headers["journeywright-trace"]
    assert metric(worker, "dead_letters_total", 'cause="internal"') >= 1


def test_a_window_that_kills_the_process_is_buried_after_three_ends(stream: Stream, worker: WorkerProcess) -> None:
    """SIGKILL in the middle of the telling, as when the memory is full: nobody can say anything, and it is known all
    the same which window it was."""
    ends, found = endured(stream, worker, "kill", "killing")
    assert ends == 3
    assert {one.headers["journeywright-kind"] for one in found} == {b"untellable"}
    assert b"ended workers 3 times" in found[0].headers["journeywright-cause"]


def test_a_flow_that_cannot_be_written_is_told_and_its_neighbours_have_tests(
    stream: Stream, worker: WorkerProcess
) -> None:
    """In the dead letters, in the API, in the metrics."""
    (worker.settings.data / "fault-write").write_text("unwritten")
    bad, good = short_journey("unwritten"), short_journey("written")
    send(stream, bad, good)
    wanted = stream.true_tests(good)
    kept_up(worker, lambda: wanted.keys() <= stream.tests().keys())
    kinds = ("unwritable",)

    def told() -> bool:
        return any(one.headers["journeywright-kind"].decode() in kinds for one in stream.records("events-dead-letter"))

    wait_for(told, 60, worker.tail)
    assert metric(worker, "flows_unwritable_total") >= 1


def test_records_that_are_too_large_for_their_topic_are_buried(make_stream: Callable[..., Stream]) -> None:
    """Stories above `max.message.bytes` of their topic go to the dead letters, those below it are told, though they
    were in the same batch; letters that are too large for theirs are cut until they fit. No restart."""
    stream = make_stream(lateness_s=60.0, partitions=1)
    asyncio.run(narrow(stream))
    worker = stream.worker(FAULTY)
    worker.wait_ready()
    large = journey(random.Random(1), "large", round(time.time() * 1000) - 9_000,
                    Shape(steps_min=60, steps_max=60, step_ms=20, sittings_max=1, ends=1.0))  # fmt: skip
    small = [short_journey(f"small-{number}") for number in range(5)]
    send(stream, large, *small)
    wanted = stream.truth([event for events in small for event in events])
    ends = kept_up(worker, lambda: wanted.items() <= stream.stories().items() and bool(letters(stream, "large")))
    assert ends == 0
    (letter,) = letters(stream, "large")
    assert letter.headers["journeywright-kind"] == b"untellable"
    assert int(letter.headers["journeywright-size"]) > len(letter.value or b"")
    assert b"large" not in b"".join(value for value in stream.stories().values())


@pytest.fixture
def impatient(make_stream: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch) -> tuple[Stream, WorkerProcess]:
    """Two partitions, and a worker that ends sooner than usual where it stands still; at length, as soon as usual."""
    if not AT_LENGTH:
        monkeypatch.setenv(STILL_S, "15")
    stream = make_stream(lateness_s=60.0, partitions=2)
    worker = stream.worker(FAULTY)
    worker.wait_ready()
    return stream, worker


def ended(worker: WorkerProcess, meanwhile: Callable[[], None] = lambda: None) -> tuple[int, float]:
    """The exit code of the worker, and after how many seconds it ended."""
    began_s = time.monotonic()

    def over() -> bool:
        meanwhile()
        return not worker.running

    wait_for(over, CATCH_UP_S, worker.tail)
    return worker.wait_end(), time.monotonic() - began_s


def test_native_code_that_waits_and_holds_all_threads_ends_the_worker(impatient: tuple[Stream, WorkerProcess]) -> None:
    """Within a minute, with the reason and the place in its log; with the next start all goes on."""
    stream, worker = impatient
    fault = worker.settings.data / "fault-hold"
    fault.write_text("held")
    held = short_journey("held")
    send(stream, held)
    code, after_s = ended(worker)
    fault.unlink()
    assert code == -HELD_SIGNAL
    assert "native code lets nothing else run" in worker.log.read_text()
    assert "faulty_worker.py" in worker.log.read_text()
    assert not AT_LENGTH or after_s < 70, "the telling began some seconds after it was sent"
    worker.start()
    stream.wait_stories(stream.truth(held), CATCH_UP_S)


def test_a_partition_that_is_given_no_messages_while_others_are_ends_the_worker(
    impatient: tuple[Stream, WorkerProcess],
) -> None:
    """The log has the end of the partition, the consumer goes round, and this one gets nothing."""
    stream, worker = impatient
    names = {partition_of(name, 2): name for name in ("one", "two", "three", "four")}
    fault = worker.settings.data / "fault-withhold"
    fault.write_text(f"{worker.settings.topic('events')}/1")
    time.sleep(1)  # what is being fetched still comes
    here = short_journey(names[1])
    send(stream, here)
    code, after_s = ended(worker, lambda: send(stream, short_journey(names[0])))
    fault.unlink()
    assert code == EXIT_CODE
    assert "partition 1 of events is live, waits for messages" in worker.log.read_text()
    assert not AT_LENGTH or after_s < 60
    worker.start()
    wanted = stream.truth(here)
    wait_for(lambda: wanted.items() <= stream.stories().items(), CATCH_UP_S, worker.tail)


async def narrow(stream: Stream) -> None:
    """Topics of stories and dead letters that take small messages only."""
    settings = stream.settings
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.brokers)
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(settings.topic("stories"), 1, 1, topic_configs={"max.message.bytes": "9000"}),
                NewTopic(settings.topic("events-dead-letter"), 1, 1, topic_configs={"max.message.bytes": "6000"}),
            ]
        )
    finally:
        await admin.close()
