"""`python -m bench.stream [--journeys N] [--events N] [--batch N] [--probes N] [--flows N]`: how fast, and how soon.

Starts a machine of its own (Kafka from the jars, one worker with all roles, a folder that is removed at the end), then
1. throughput: puts journeys with an explicit end into the topic, `--batch` events a message, and takes the time until
   every story is on the `stories` topic, and until every flow's test is written from all the sessions that it draws.
   With `--flows N` the journeys repeat, as real ones do: made-up visitors of some apps do N different things;
2. latency: posts one short journey after the other, and takes the time from its last event to its story and its test.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents.local.processes import free_port
from agents.local.supervisor import Machine
from agents.settings import load
from bench.flows.synthetic import traffic
from pipeline.flows.consensus import SAMPLES_MAX
from pipeline.flows.ids import flow_id
from schemas.messages import Message, messages_of

PATIENCE_S = 600.0
IN_FLIGHT = 1000
SIDE_BY_SIDE = 50
"""Journeys that are open at once."""
MADE_UP_MAX = 50_000
"""Made-up journeys among which those of the wanted flows are looked for."""


def journey(name: str, events: int) -> list[dict[str, Any]]:
    """A journey as native JSON: clicks through a list, then its end."""
    common = {"app": "bench.example", "session_id": name, "journey_id": name}
    page = {"url": "https://bench.example/items", "title": "Items"}
    clicks: list[dict[str, Any]] = [
        {
            **common,
            "id": f"{name}-{number}",
            "kind": "click",
            "at_ms": 1_700_000_000_000 + number * 1000,
            "page": page,
            "target": {"tag": "button", "role": "button", "name": f"Item {number % 7}", "text": f"Item {number % 7}"},
        }
        for number in range(events - 1)
    ]
    end = {**common, "id": f"{name}-end", "kind": "end", "at_ms": 1_700_000_000_000 + events * 1000}
    return [*clicks, end]


def messages(options: argparse.Namespace) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of each message, the journeys side by side as they come in real traffic."""
    for first in range(0, options.journeys, SIDE_BY_SIDE):
        group = {
            f"j-{number}": journey(f"j-{number}", options.events)
            for number in range(first, min(first + SIDE_BY_SIDE, options.journeys))
        }
        for start in range(0, options.events, options.batch):
            for name, events in group.items():
                yield name.encode(), json.dumps(events[start : start + options.batch]).encode()


def repeated(options: argparse.Namespace) -> list[tuple[bytes, bytes]]:
    """Key and value of each message of journeys that are of `--flows` flows, side by side."""
    flows: Counter[str] = Counter()
    each_max = -(-options.journeys // options.flows)
    streams: list[list[Message]] = []
    for flow, window in traffic(MADE_UP_MAX):
        if len(streams) == options.journeys:
            break
        if flows[flow] < each_max and (flow in flows or len(flows) < options.flows):
            flows[flow] += 1
            starts = range(0, len(window.events), options.batch)
            streams.append([one for at in starts for one in messages_of(window.events[at : at + options.batch])])
    groups = [streams[first : first + SIDE_BY_SIDE] for first in range(0, len(streams), SIDE_BY_SIDE)]
    return [(one.key, one.value) for group in groups for some in zip_longest(*group) for one in some if one is not None]


async def produce(broker: str, rows: list[tuple[bytes, bytes]]) -> None:
    """Puts the messages into the topic as fast as the broker takes them."""
    producer = AIOKafkaProducer(bootstrap_servers=broker, linger_ms=5, max_batch_size=1_000_000)
    await producer.start()
    try:
        for start in range(0, len(rows), IN_FLIGHT):
            batch = rows[start : start + IN_FLIGHT]
            await asyncio.gather(*[await producer.send("events", value, key=key) for key, value in batch])
    finally:
        await producer.stop()


@dataclass
class Seen:
    """What the topics tell: the flow of each story, by its id, and how many sessions each test stands on."""

    flows: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    journeys: set[str] = field(default_factory=set)

    def note(self, topic: str, value: bytes) -> None:
        """Takes a record of either topic."""
        told = json.loads(value)
        if topic == "tests":
            self.sessions[told["flow_id"]] = told["sessions"]
            return
        self.flows[told["id"]] = flow_id(told["app"], told["flow_key"])
        self.journeys.add(told["journey_id"])

    @property
    def written(self) -> bool:
        """Whether each flow's test stands on all the sessions that it draws."""
        drawn = {flow: min(count, SAMPLES_MAX) for flow, count in Counter(self.flows.values()).items()}
        return all(self.sessions.get(flow) == count for flow, count in drawn.items())


async def watch(broker: str, wanted: set[str]) -> tuple[float, float]:
    """When all journeys had their stories, and when the tests were written."""
    consumer = AIOKafkaConsumer("stories", "tests", bootstrap_servers=broker, auto_offset_reset="earliest")
    await consumer.start()
    seen, told_s = Seen(), 0.0
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for place, batch in (await consumer.getmany(timeout_ms=200)).items():
                    for message in batch:
                        if message.value:
                            seen.note(place.topic, message.value)
                if not told_s and wanted <= seen.journeys:
                    told_s = time.perf_counter()
                if told_s and seen.written:
                    return told_s, time.perf_counter()
    finally:
        await consumer.stop()


async def throughput(broker: str, rows: list[tuple[bytes, bytes]]) -> tuple[float, float]:
    """Seconds from the first message to the last story, and to the last test."""
    began_s = time.perf_counter()
    wanted = {key.decode() for key, _ in rows}
    _, (told_s, written_s) = await asyncio.gather(produce(broker, rows), watch(broker, wanted))
    return told_s - began_s, written_s - began_s


def get(url: str) -> dict[str, Any]:
    """A JSON answer."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def probe(url: str, number: int) -> tuple[float, float]:
    """Seconds from a journey's last event to its story, and to its test: each probe is an app of its own."""
    name = f"probe-{number}-{time.time_ns()}"
    events = [{**event, "app": name} for event in journey(name, 6)]
    request = urllib.request.Request(f"{url}/api/v1/events", json.dumps(events).encode())
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30):
        pass
    while not get(f"{url}/api/v1/stories?app={name}")["stories"]:
        time.sleep(0.01)
    story_s = time.perf_counter() - began
    while not get(f"{url}/api/v1/tests?app={name}")["tests"]:
        time.sleep(0.01)
    return story_s, time.perf_counter() - began


def main() -> None:
    """Runs both and prints a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journeys", type=int, default=2000)
    parser.add_argument("--events", type=int, default=20, help="events of a journey")
    parser.add_argument("--batch", type=int, default=10, help="events of a message")
    parser.add_argument("--probes", type=int, default=40)
    parser.add_argument("--flows", type=int, default=0, help="flows that the journeys are of, e.g. 60 of 3000 journeys")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeywright-bench-") as folder:
        settings = load(data=Path(folder), brokers="", web_port=free_port(), topic_prefix="")
        with Machine(settings, say=print) as machine:
            took = sorted(probe(machine.url, number) for number in range(options.probes))
            for what, values in (("story", [pair[0] for pair in took]), ("test", sorted(pair[1] for pair in took))):
                p95 = values[max(0, round(0.95 * len(values)) - 1)]
                print(f"from last event to {what}: median {statistics.median(values):.3f} s, p95 {p95:.3f} s")
            rows = repeated(options) if options.flows else list(messages(options))
            total = sum(len(json.loads(value)) for _, value in rows)
            for what, took_s in zip(
                ("story", "test"), asyncio.run(throughput(machine.settings.brokers, rows)), strict=True
            ):
                told = f"{total} events, {total / len(rows):.1f} a message, to the last {what}"
                print(f"{told}: {took_s:.1f} s, {total / took_s:,.0f} events/s")


if __name__ == "__main__":
    main()
