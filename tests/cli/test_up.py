"""`journeywright up`: all of it together, by the ways that users have."""

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents.cli.commands.up import workers_of
from agents.local.kafka import LocalKafka
from agents.local.processes import cores, free_port
from agents.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE_S = 240.0
STOP_S = 10.0


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.2)


@dataclass
class Up:
    """A running `up`, with a broker of the tests' and topics of its own."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    prefix: str
    broker: str
    url: str
    log: Path

    def get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def post(self, body: bytes, **headers: str) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/api/v1/events", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 202
            found: dict[str, Any] = json.load(answer)
            return found

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "agents.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return f"ready {self.url}" in self.log.read_text()


@pytest.fixture(scope="module")
def up(local_kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`journeywright up` with the session's broker, until the module's tests are done."""
    folder = tmp_path_factory.mktemp("up")
    known = {f"JOURNEYWRIGHT_{name.upper()}" for name in Settings.model_fields}
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in known} | {
        "JOURNEYWRIGHT_DATA": str(folder),
        "JOURNEYWRIGHT_BROKERS": local_kafka.bootstrap,
        "JOURNEYWRIGHT_TOPIC_PREFIX": "up-",
        "JOURNEYWRIGHT_WEB_PORT": str(port),
        "JOURNEYWRIGHT_GAP_S": "600",
    }
    log = folder / "up.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "agents.cli", "up"]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    running = Up(process, environment, "up-", local_kafka.bootstrap, f"http://127.0.0.1:{port}", log)
    until(running.ready, "up is ready")
    yield running
    if process.poll() is None:
        process.terminate()
        process.wait(30)


def challenge_event(session: str, number: int, kind: str, **properties: Any) -> dict[str, Any]:
    """An event in the challenge format."""
    at = f"2024-05-01T09:00:{number:02d}.000Z"
    common = {"distinct_id": "user-1", "session_id": session, "journey_id": session, "$host": "shop.example"}
    return {"event": kind, "properties": {**common, **properties, "timestamp": at}, "timestamp": at}


def visit(session: str) -> list[dict[str, Any]]:
    """A search, in the challenge format."""
    page = {"$current_url": "https://shop.example/catalogue", "$pathname": "/catalogue"}
    box = {"elementType": "input", "elementText": "lamp", "elementAttributes": {"id": "#search-input"}}
    button = {"elementType": "button", "elementText": "Search", "elementAttributes": {"id": "#search"}}
    return [
        challenge_event(session, 1, "$input", **page, eventType="input", **box),
        challenge_event(session, 2, "$click", **page, eventType="click", **button),
    ]


def end(session: str) -> dict[str, Any]:
    """The journey's explicit end, as native JSON, so that its story is told at once."""
    ids = {"id": f"end-{session}", "app": "shop.example", "session_id": session, "journey_id": session}
    return {**ids, "kind": "end", "at_ms": 1_714_554_003_000}


async def produce(broker: str, topic: str, values: list[bytes]) -> None:
    """Puts messages into a topic as any Kafka client would, without a key."""
    producer = AIOKafkaProducer(bootstrap_servers=broker)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def newest(broker: str, topic: str) -> dict[bytes, bytes]:
    """The newest value of each key of a topic, tombstones left out."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        found: dict[bytes, bytes | None] = {}
        ends = await consumer.end_offsets(consumer.assignment())
        for partition, offset in ends.items():
            while await consumer.position(partition) < offset:
                message = await consumer.getone(partition)
                found[message.key] = message.value
        return {key: value for key, value in found.items() if value is not None}
    finally:
        await consumer.stop()


def test_three_ways_in_give_the_same_stories(up: Up, tmp_path: Path) -> None:
    """By HTTP, by a Kafka client without a key, and offline from a file: the same stories, byte for byte."""
    by_http = [*visit("s-http"), end("s-http")]
    by_kafka = [*visit("s-kafka"), end("s-kafka")]
    answer = up.post(gzip.compress(json.dumps({"events": by_http}).encode()), **{"Content-Encoding": "gzip"})
    assert answer == {"accepted": 3, "rejected": []}
    asyncio.run(produce(up.broker, "up-events", [json.dumps(event).encode() for event in by_kafka]))
    for session in ("s-http", "s-kafka"):
        until(lambda: bool(up.get(f"/api/v1/stories?session_id={session}")["stories"]), f"a story of {session}")  # noqa: B023
        story = up.get(f"/api/v1/stories?session_id={session}")["stories"][0]
        assert "search" in story["tags"]
        until(lambda: bool(up.get(f"/api/v1/tests?user_story_id={story['id']}")["tests"]), "its test")  # noqa: B023

    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(json.dumps(event) for event in reversed([*by_http, *by_kafka, *by_http])))
    done = up.cli("generate", str(file), "--out", str(tmp_path / "offline"))
    assert done.returncode == 0, done.stderr
    offline = (tmp_path / "offline" / "stories.jsonl").read_bytes().splitlines()
    topic = asyncio.run(newest(up.broker, "up-stories"))
    mine = [value for value in topic.values() if json.loads(value)["session_id"] in ("s-http", "s-kafka")]
    assert sorted(mine) == sorted(offline)

    exported = up.cli("export", "--out", str(tmp_path / "exported"), "--app", "shop.example")
    assert exported.returncode == 0, exported.stderr
    for file in (tmp_path / "offline").glob("*.py"):
        assert (tmp_path / "exported" / file.name).read_bytes() == file.read_bytes()


def test_replay_puts_files_into_the_topic(up: Up, tmp_path: Path) -> None:
    """`replay` of a gzip file gives the story that HTTP would have given, and tells how much it sent."""
    file = tmp_path / "events.json.gz"
    file.write_bytes(gzip.compress(json.dumps([*visit("s-replay"), end("s-replay")]).encode()))
    done = up.cli("replay", str(file))
    assert done.returncode == 0, done.stderr
    assert "3 events in 1 messages" in done.stdout
    until(lambda: bool(up.get("/api/v1/stories?session_id=s-replay")["stories"]), "the replayed story")


def test_doctor_is_content_with_what_runs(up: Up) -> None:
    """Broker, topics and storage of a running machine are found and good."""
    done = up.cli("doctor")
    assert done.returncode == 0, done.stdout
    assert f"{up.broker} answers" in done.stdout
    assert "4 partitions of up-events" in done.stdout


def test_a_killed_worker_is_started_again(up: Up) -> None:
    """One a core. SIGKILL of the first: `up` says so, starts another, and what was acknowledged before is told."""
    up.post(json.dumps(visit("s-killed")).encode())
    worker, *others = children(up.process.pid)
    assert 1 + len(others) == workers_of(cores(), 4)
    os.kill(worker, signal.SIGKILL)
    until(lambda: "ended with -9" in up.log.read_text(), "up says that the worker ended")

    def taken() -> bool:
        try:
            return bool(up.post(json.dumps(end("s-killed")).encode())["accepted"])
        except OSError:
            return False

    until(taken, "the new worker takes events")
    until(lambda: bool(up.get("/api/v1/stories?session_id=s-killed")["stories"]), "the story of before and after")
    (story,) = up.get("/api/v1/stories?session_id=s-killed")["stories"]
    assert story["version"] == 3


def test_sigterm_ends_it_in_time(up: Up) -> None:
    """SIGTERM ends everything within ten seconds, with exit code 0 and no process left."""
    mine = [up.process.pid, *children(up.process.pid)]
    assert len(mine) >= 2
    began = time.monotonic()
    os.killpg(up.process.pid, signal.SIGTERM)
    assert up.process.wait(60) == 0
    assert time.monotonic() - began < STOP_S
    assert not [pid for pid in mine if Path(f"/proc/{pid}").exists()]


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
