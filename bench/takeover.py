"""`python -m bench.takeover [--rounds N] [--session S]`: how long a journey waits for the heirs of a killed worker.

Two workers share the partitions of a real broker. In each round one of them is killed by SIGKILL, and right after it
one short journey with an explicit end goes into each partition that it held. Taken is the time from the kill until the
first of their stories is on the `stories` topic, and until all are. Then the worker is started again, and both must be
ready before the next round. The workers load no model: none is loaded at a take-over.
"""

import argparse
import asyncio
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents.local.kafka import LocalKafka, jars_folder
from agents.local.processes import free_port
from agents.settings import Settings, load
from agents.stream.journeys.repartition import partition_of
from schemas.codecs import from_json, to_json
from schemas.events import Event
from schemas.stories import STORY
from tests.stream.cluster import WorkerProcess, wait_for
from tests.stream.traffic import Shape, journey

PATIENCE_S = 120.0
SHORT = Shape(steps_min=3, steps_max=3, step_ms=10, sittings_max=1, ends=1.0)


def held(worker: WorkerProcess) -> set[int]:
    """The partitions of `events` that a worker holds, as its metrics say."""
    page = (worker.get("/metrics") or b"").decode()
    found = re.findall(r'^journeywright_lag_messages\{partition="(\d+)",topic="(.*)"\} ', page, re.MULTILINE)
    return {int(number) for number, topic in found if topic == worker.settings.topic("events")}


def rebalances(worker: WorkerProcess) -> int:
    """How often the worker was given partitions."""
    page = (worker.get("/metrics") or b"").decode()
    found = re.search(r"^journeywright_rebalances_total (\S+)", page, re.MULTILINE)
    return round(float(found[1])) if found else 0


class Broker:
    """Sends journeys to the events topic and waits for their stories."""

    def __init__(self, settings: Settings, producer: Any, consumer: Any) -> None:
        self._settings = settings
        self._producer = producer
        self._consumer = consumer
        self._number = 0

    async def send(self, partition: int) -> str:
        """A short journey of this partition, acknowledged. Returns its id."""
        while True:
            self._number += 1
            name = f"j{self._number}"
            if partition_of(name, self._settings.partitions) == partition:
                break
        events: list[Event] = journey(random.Random(partition), name, round(time.time() * 1000) - 100, SHORT)
        body = b"[" + b",".join(to_json(event) for event in events) + b"]"
        await self._producer.send_and_wait(self._settings.topic("events"), body, key=name.encode())
        return name

    async def told(self, names: set[str], began_s: float) -> list[float]:
        """Seconds from `began_s` to each of their stories."""
        waiting, took = set(names), []
        async with asyncio.timeout(PATIENCE_S):
            while waiting:
                for batch in (await self._consumer.getmany(timeout_ms=20)).values():
                    for message in batch:
                        journey_id = from_json(STORY, message.value).journey_id
                        if journey_id in waiting:
                            waiting.remove(journey_id)
                            took.append(time.monotonic() - began_s)
        return took


async def one_round(broker: Broker, victim: WorkerProcess, partitions: set[int]) -> list[float]:
    """Seconds from the kill to the story of each partition."""
    for partition in partitions:  # the producer knows its way, and the victim is at work
        name = await broker.send(partition)
        await broker.told({name}, time.monotonic())
    began_s = time.monotonic()
    victim.kill()
    names = {await broker.send(partition) for partition in partitions}
    return await broker.told(names, began_s)


async def rounds(settings: Settings, workers: list[WorkerProcess], count: int) -> tuple[list[float], list[float]]:
    """First and last story of each round."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.brokers)
    consumer = AIOKafkaConsumer(settings.topic("stories"), bootstrap_servers=settings.brokers)
    await producer.start()
    await consumer.start()
    broker = Broker(settings, producer, consumer)
    firsts, lasts = [], []
    try:
        for number in range(count):
            victim, heir = workers[number % 2], workers[1 - number % 2]
            before = rebalances(heir)
            took = await one_round(broker, victim, held(victim))
            firsts.append(took[0])
            lasts.append(took[-1])
            print(f"round {number + 1}: first {took[0]:.2f} s, all {took[-1]:.2f} s", flush=True)
            assert rebalances(heir) == before + 1, "the heir's share changed more than once"
            victim.start()
            await asyncio.to_thread(settled, workers)
    finally:
        await consumer.stop()
        await producer.stop()
    return firsts, lasts


def settled(workers: list[WorkerProcess]) -> None:
    """Returns once all are ready and each holds partitions."""

    def done() -> bool:
        return all(worker.is_ready() and held(worker) for worker in workers)

    wait_for(done, PATIENCE_S, lambda: "\n".join(worker.tail(5) for worker in workers))


def main() -> None:
    """Prints a line for each round, then medians and worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--session", type=float, default=load().session_s, help="session time-out in seconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeywright-takeover-") as name:
        run(Path(name), options.rounds, options.session, print)


def run(folder: Path, count: int, session_s: float, say: Callable[[str], None]) -> None:
    """The broker and both workers, from start to end."""
    kafka = LocalKafka(folder / "kafka", jars_folder(load()))
    storage = f"sqlite:///{folder / 'storage.db'}"
    settings = load(
        brokers=kafka.start(), data=folder, storage=storage, session_s=session_s, lateness_s=5.0, topic_prefix=""
    )
    workers = []
    try:
        for number in (1, 2):
            own = settings.model_copy(update={"web_port": free_port()})
            workers.append(WorkerProcess(own, folder / f"worker-{number}.log"))
            workers[-1].start()
        settled(workers)
        firsts, lasts = asyncio.run(rounds(settings, workers, count))
        for what, took in (("first story", firsts), ("story of every partition", lasts)):
            say(f"SIGKILL to {what}: median {statistics.median(took):.2f} s, worst {max(took):.2f} s of {count}")
    finally:
        for worker in workers:
            worker.kill()
        kafka.stop()


if __name__ == "__main__":
    main()
