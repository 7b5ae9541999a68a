"""`python -m bench.stream [--journeys N] [--events N] [--batch N] [--probes N]`: how fast, and how soon.

Starts a machine of its own (Kafka from the jars, one worker with all roles, a folder that is removed at the end), then
1. throughput: puts journeys with an explicit end into the topic, `--batch` events a message, and takes the time until
   every story is on the `stories` topic;
2. latency: posts one short journey after the other, and takes the time from its last event to its story and its test.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents.local.processes import free_port
from agents.local.supervisor import Machine
from agents.settings import load

PATIENCE_S = 600.0
IN_FLIGHT = 1000


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
    side_by_side = 50
    for first in range(0, options.journeys, side_by_side):
        group = {
            f"j-{number}": journey(f"j-{number}", options.events)
            for number in range(first, min(first + side_by_side, options.journeys))
        }
        for start in range(0, options.events, options.batch):
            for name, events in group.items():
                yield name.encode(), json.dumps(events[start : start + options.batch]).encode()


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


async def count_stories(broker: str, wanted: int) -> None:
    """Returns once so many distinct stories are on the topic."""
    consumer = AIOKafkaConsumer("stories", bootstrap_servers=broker, auto_offset_reset="earliest")
    await consumer.start()
    seen: set[bytes] = set()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < wanted:
                for batch in (await consumer.getmany(timeout_ms=500)).values():
                    seen |= {message.key for message in batch}
    finally:
        await consumer.stop()


async def throughput(broker: str, options: argparse.Namespace) -> float:
    """Seconds from the first message to the last story."""
    rows = list(messages(options))
    began = time.perf_counter()
    await asyncio.gather(produce(broker, rows), count_stories(broker, options.journeys))
    return time.perf_counter() - began


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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeywright-bench-") as folder:
        settings = load(data=Path(folder), brokers="", web_port=free_port(), topic_prefix="")
        with Machine(settings, say=print) as machine:
            took = sorted(probe(machine.url, number) for number in range(options.probes))
            for what, values in (("story", [pair[0] for pair in took]), ("test", sorted(pair[1] for pair in took))):
                p95 = values[max(0, round(0.95 * len(values)) - 1)]
                print(f"from last event to {what}: median {statistics.median(values):.3f} s, p95 {p95:.3f} s")
            seconds = asyncio.run(throughput(machine.settings.brokers, options))
            total = options.journeys * options.events
            print(f"{total} events, {options.batch} a message: {seconds:.1f} s, {total / seconds:,.0f} events/s")


if __name__ == "__main__":
    main()
