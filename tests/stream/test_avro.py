"""Workers on a real broker with a real schema registry: values travel in Avro, and say what JSON says."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from agents.registry import SchemaRegistry
from schemas.avro import AvroReader, events_to_avro, schema_id, schema_text
from schemas.codecs import to_json
from schemas.events import Event
from schemas.messages import messages_of
from tests.registry import Registry
from tests.stream.cluster import Record, WorkerProcess, wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import Shape, journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SHAPE = Shape(steps_min=4, step_ms=100, sittings_max=1, ends=1.0)
NAMES = ("events", "stories", "tests")


def ended(name: str, seed: int) -> list[Event]:
    """A journey of one sitting with an explicit end, now."""
    return journey(random.Random(seed), name, round(time.time() * 1000) - 1_000, SHAPE)


def json_messages(events: Iterable[Event]) -> list[tuple[bytes, bytes]]:
    return [(message.key, message.value) for message in messages_of(events)]


def post(worker: WorkerProcess, events: Iterable[Event]) -> None:
    """By HTTP."""
    body = b'{"events":[' + b",".join(map(to_json, events)) + b"]}"
    request = urllib.request.Request(f"{worker.url}/api/v1/events", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def register(registry: Registry, subject: str, text: str) -> int:
    async def call() -> int:
        client = SchemaRegistry(registry.url)
        try:
            return await client.register(subject, text)
        finally:
            await client.close()

    return asyncio.run(call())


class AvroTopics:
    """The topics of a stream, whichever way their values travel."""

    def __init__(self, stream: Stream, registry: Registry) -> None:
        self._stream = stream
        self._reader = AvroReader()
        for topic, name in zip(NAMES, ("events", "story", "test"), strict=True):
            number = register(registry, f"{stream.settings.topic_prefix}{topic}-value", schema_text(name))
            self._reader.add(number, schema_text(name))

    def is_avro(self, record: Record) -> bool:
        number = schema_id(record.value or b"")
        return number is not None and self._reader.knows(number)

    def stories(self) -> dict[str, bytes]:
        """Those that stand, as canonical JSON."""
        return {key: self._json(self._reader.story, value) for key, value in self._stream.stories().items()}

    def tests(self) -> dict[str, bytes]:
        """Likewise."""
        return {key: self._json(self._reader.test, value) for key, value in self._stream.tests().items()}

    def _json(self, read: Callable[[bytes], object], value: bytes) -> bytes:
        return value if schema_id(value) is None else to_json(read(value))


@pytest.fixture(scope="module")
def stream(make_stream: Callable[..., Stream], registry: Registry) -> Stream:
    made = make_stream(schema_registry_url=registry.url)
    made.worker().wait_ready()
    return made


@pytest.fixture(scope="module")
def topics(stream: Stream, registry: Registry) -> AvroTopics:
    return AvroTopics(stream, registry)


def expect(stream: Stream, topics: AvroTopics, events: list[Event]) -> None:
    """The stories of these events stand, byte for byte."""
    wanted = stream.truth(events)
    assert wanted
    wait_for(lambda: wanted.items() <= topics.stories().items(), 60, stream.workers[0].tail)


def test_avro_says_what_json_says(stream: Stream, topics: AvroTopics) -> None:
    """Events by HTTP, by Kafka in JSON and in Avro, with the right key and a wrong one: the stories and the tests are
    those that the pure core makes, and all that the worker writes is Avro."""
    by_http, in_json, in_avro = ended("http", 1), ended("json", 2), ended("avro", 3)
    post(stream.workers[0], by_http)
    stream.send(*((b"somebody-else", value) for _, value in json_messages(in_json)))
    number = next(schema_id(r.value or b"") for r in stream.records("events") if topics.is_avro(r))
    assert number is not None
    stream.send((b"avro", events_to_avro(number, in_avro)))
    everything = [*by_http, *in_json, *in_avro]
    expect(stream, topics, everything)
    wanted = stream.true_tests(everything)
    wait_for(lambda: wanted.items() <= topics.tests().items(), 60, lambda: f"{topics.tests().keys() ^ wanted.keys()}")
    for name in ("stories", "tests"):
        assert all(topics.is_avro(record) for record in stream.records(name) if record.value is not None)
    written = [r for r in stream.records("events") if r.value and r.key != b"somebody-else"]
    assert len(written) >= 3
    assert all(map(topics.is_avro, written))


def test_a_replayed_file_travels_in_avro(stream: Stream, topics: AvroTopics, tmp_path: Path) -> None:
    """`journeywright replay` writes what the workers write."""
    events = ended("replayed", 7)
    file = tmp_path / "events.json"
    file.write_bytes(to_json(events))
    environment = {**os.environ, **stream.settings.environment()}
    subprocess.run([sys.executable, "-m", "agents.cli", "replay", str(file)], env=environment, check=True)
    expect(stream, topics, events)
    written = [record for record in stream.records("events") if record.key == b"replayed"]
    assert written
    assert all(map(topics.is_avro, written))


def test_an_unknown_schema_buries_its_message_only(stream: Stream, topics: AvroTopics) -> None:
    """With the cause; the next message is told."""
    lost = b"\0\0\x7f\xff\xff" + b"whatever"
    stream.send((b"lost", lost))
    events = ended("after-lost", 4)
    stream.send(*json_messages(events))
    expect(stream, topics, events)
    buried = {record.key: record.headers for record in stream.records("events-dead-letter")}
    assert b"no Avro schema 8388607" in buried[b"lost"]["journeywright-cause"]
    assert int(buried[b"lost"]["journeywright-size"]) == len(lost)


def test_an_outage_of_the_registry_buries_nothing(stream: Stream, topics: AvroTopics, registry: Registry) -> None:
    """Our own records are read and written without it; those of a schema never seen wait until it is back."""
    before = len(stream.records("events-dead-letter"))
    theirs = json.loads(schema_text("events"))
    theirs["fields"].append({"name": "sender", "type": "string", "default": "", "doc": "Of another producer."})
    number = register(registry, f"{stream.settings.topic_prefix}theirs", json.dumps(theirs))
    ours, waiting = ended("ours", 5), ended("theirs", 6)
    registry.process.send_signal(signal.SIGSTOP)
    try:
        post(stream.workers[0], ours)
        expect(stream, topics, ours)
        stream.send((b"theirs", events_to_avro(number, waiting) + b"\0"))
        wait_for(lambda: f"schema {number} is not known" in stream.workers[0].tail(), 60)
        assert not stream.truth(waiting).items() <= topics.stories().items()
    finally:
        registry.process.send_signal(signal.SIGCONT)
    expect(stream, topics, waiting)
    assert len(stream.records("events-dead-letter")) == before


def test_a_schema_that_would_break_readers_stops_the_start(
    make_stream: Callable[..., Stream], registry: Registry
) -> None:
    """With exit code 70, what is wrong, and what to do."""
    made = make_stream(schema_registry_url=registry.url)
    other = json.loads(schema_text("story"))
    other["fields"][0] |= {"type": "long", "default": 0}
    register(registry, f"{made.settings.topic_prefix}stories-value", json.dumps(other))
    worker = made.worker()
    assert worker.wait_end(120) == 70
    assert "this worker can't start: schema of" in worker.tail()
    assert "nothing was registered: run the version that wrote" in worker.tail()


def test_switching_on_is_a_rolling_change(make_stream: Callable[..., Stream], registry: Registry) -> None:
    """A worker without a registry and one with it share the partitions, both write, each reads the other's; then the
    first one goes. Nothing is buried, nothing told otherwise than by the pure core."""
    made = make_stream(gap_s=30.0)
    shared = {"storage": f"sqlite:///{made.folder / 'shared.db'}", "files": f"file://{made.folder / 'files'}"}
    plain = made.worker(**shared)
    avro = made.worker(schema_registry_url=registry.url, data=made.folder / "second", **shared)
    for worker in (plain, avro):
        worker.wait_ready()
    told = AvroTopics(made, registry)
    journeys = [ended(f"switch-{number}", number) for number in range(12)]
    for number, events in enumerate(journeys):
        post((plain, avro)[number % 2], events[: len(events) // 2])
        post((avro, plain)[number % 2], events[len(events) // 2 :])
    everything = [event for events in journeys for event in events]
    wait_for(lambda: told.stories() == made.truth(everything), 90, lambda: f"{plain.tail()}\n{avro.tail()}")
    plain.signal(signal.SIGTERM)
    assert plain.wait_end() == 0
    last = [event for number in range(4) for event in ended(f"alone-{number}", 20 + number)]
    post(avro, last)
    everything += last
    wait_for(lambda: told.stories() == made.truth(everything), 90, avro.tail)
    wait_for(lambda: told.tests() == made.true_tests(everything), 90, avro.tail)
    assert {told.is_avro(record) for record in made.records("stories")} == {True, False}
    assert made.records("events-dead-letter") == []
