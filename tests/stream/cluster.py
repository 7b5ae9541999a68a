"""Real workers on a real broker, and what one wants to know of their topics."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents.local import processes
from agents.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
UNTAGGED = "tests.stream.untagged_worker"
READY_S = 120.0
"""Generous: the machine may be busy with other tests."""


def running(root: Path) -> dict[str, str]:
    """The environment in which Python takes its modules from that folder, whatever the working folder is."""
    return {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"}


@dataclass
class WorkerProcess:
    """One worker of a cluster. `start` returns at once, `wait_ready` once its web port says so. `root` is the folder
    whose code it runs."""

    settings: Settings
    log: Path
    module: str = UNTAGGED
    process: subprocess.Popen[bytes] | None = None
    root: Path = ROOT

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Starts it."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JOURNEYWRIGHT_")}
        environment = {**clean, **self.settings.environment(), **running(self.root), "PYTHONUNBUFFERED": "1"}
        self.process = processes.start([sys.executable, "-m", self.module], self.log, environment)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait_end(self, timeout_s: float = 30.0) -> int:
        """Its exit code, once it ended."""
        assert self.process is not None
        return self.process.wait(timeout_s)

    def kill(self) -> None:
        """SIGKILL, and waits for the end."""
        if self.running:
            self.signal(signal.SIGKILL)
            self.wait_end()

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        wait_for(self.is_ready, timeout_s, lambda: f"worker not ready: {self.tail()}")

    def is_ready(self) -> bool:
        return self.get("/readyz") is not None

    def get(self, path: str) -> bytes | None:
        """The body of a GET, None if it isn't 200."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            return None

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass(frozen=True)
class Record:
    """A message of a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes] = field(default_factory=dict)
    log_ms: int = 0


def wait_for(condition: Callable[[], bool], timeout_s: float, explain: Callable[[], str] = lambda: "") -> None:
    """Returns once the condition holds; fails the test with an explanation otherwise."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s:.0f} s: {explain()}"
        time.sleep(0.4)


def produce(
    brokers: str, topic: str, messages: Iterable[tuple[bytes | None, bytes | None]], partition: int | None = None
) -> None:
    """Sends keys and values, acknowledged."""
    asyncio.run(_produce(brokers, topic, list(messages), partition))


async def _produce(
    brokers: str, topic: str, messages: Sequence[tuple[bytes | None, bytes | None]], partition: int | None
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", linger_ms=2, max_request_size=4 * 1024 * 1024)
    await producer.start()
    try:
        acks = [await producer.send(topic, value, key=key, partition=partition) for key, value in messages]
        await asyncio.gather(*acks)
    finally:
        await producer.stop()


def produce_what_is_taken(
    brokers: str, topic: str, messages: Iterable[tuple[bytes | None, bytes | None]], partition: int
) -> int:
    """Sends keys and values one by one; how many of them the broker took."""
    return asyncio.run(_produce_what_is_taken(brokers, topic, list(messages), partition))


async def _produce_what_is_taken(
    brokers: str, topic: str, messages: Sequence[tuple[bytes | None, bytes | None]], partition: int
) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", max_request_size=4 * 1024 * 1024)
    await producer.start()
    taken = 0
    try:
        for key, value in messages:
            with suppress(KafkaError):
                await producer.send_and_wait(topic, value, key=key, partition=partition)
                taken += 1
    finally:
        await producer.stop()
    return taken


async def _partitions(brokers: str, topic: str) -> list[TopicPartition]:
    """The partitions of a topic, asked for once; none while it isn't there."""
    if (brokers, topic) not in _COUNTS:
        admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
        await admin.start()
        try:
            if topic in await admin.list_topics():
                _COUNTS[brokers, topic] = len((await admin.describe_topics([topic]))[0]["partitions"])
        finally:
            await admin.close()
    return [TopicPartition(topic, number) for number in range(_COUNTS.get((brokers, topic), 0))]


_COUNTS: dict[tuple[str, str], int] = {}


def read(brokers: str, topic: str) -> list[Record]:
    """All messages of a topic, in the order of each partition."""
    return asyncio.run(_read(brokers, topic))


async def _read(brokers: str, topic: str) -> list[Record]:
    consumer: Any = AIOKafkaConsumer(bootstrap_servers=brokers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        parts = await _partitions(brokers, topic)
        if not parts:
            return []
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        await consumer.seek_to_beginning(*parts)
        records: list[Record] = []
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for part, found in (await consumer.getmany(timeout_ms=500)).items():
                records += [
                    Record(part.partition, one.offset, one.key, one.value, dict(one.headers), one.timestamp)
                    for one in found
                    if one.offset < ends[part]
                ]
        return sorted(records, key=lambda record: (record.partition, record.offset))
    finally:
        with suppress(asyncio.CancelledError):  # aiokafka's own task for a consumer without a group, seen in 0.14
            await consumer.stop()


def latest(records: Iterable[Record]) -> dict[str, bytes]:
    """The last value of each key; those whose last word is a tombstone are left out."""
    found: dict[str, bytes] = {}
    for record in records:
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            found.pop(key, None)
        else:
            found[key] = record.value
    return found


def lag(brokers: str, group: str, topic: str) -> int:
    """How many messages the group has not committed yet."""
    return asyncio.run(_lag(brokers, group, topic))


async def _lag(brokers: str, group: str, topic: str) -> int:
    consumer: Any = AIOKafkaConsumer(bootstrap_servers=brokers, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = await _partitions(brokers, topic)
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        return sum([ends[part] - (await consumer.committed(part) or 0) for part in parts])
    finally:
        await consumer.stop()
