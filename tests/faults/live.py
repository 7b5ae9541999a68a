"""Live traffic: journeys that happen now, out of order, twice, late, in batches and alone, with and without keys."""

import asyncio
import heapq
import random
import threading
import time
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.codecs import to_json
from schemas.events import Event
from schemas.messages import messages_of
from tests.stream.traffic import Shape, journey

DELAY_MAX_S = 2.0
STRAGGLER_DELAY_MAX_S = 8.0
SHAPE = Shape(steps_max=6, step_ms=700, pause_ms=6_000, sittings_max=2, ends=0.5)


@dataclass(order=True)
class Due:
    """A message and when it is sent."""

    at_s: float
    number: int
    events: list[Event] = field(compare=False)
    key: bytes | None = field(compare=False, default=None)
    partition: int | None = field(compare=False, default=None)


class LiveTraffic:
    """Sends from a thread of its own, until `stop`; what the broker did not acknowledge is sent again.

    `events` are all that were sent, each once.
    """

    def __init__(self, brokers: str, topic: str, rng: random.Random, journeys_per_s: float, partitions: int) -> None:
        self.events: list[Event] = []
        self.journeys = 0
        self.messages = 0
        self.poison = 0
        self._brokers = brokers
        self._topic = topic
        self._rng = rng
        self._rate = journeys_per_s
        self._partitions = partitions
        self._queue: list[Due] = []
        self._poison: list[bytes] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="traffic")
        self.failure: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begins no new journey, sends what is scheduled, and returns."""
        self._stopping.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def poison_next(self, raw: bytes) -> None:
        """Sends a message that can't be read."""
        self.poison += 1
        self._poison.append(raw)

    async def _run(self) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._brokers, acks="all", request_timeout_ms=5_000, retry_backoff_ms=100
        )
        await producer.start()
        sends: set[asyncio.Task[None]] = set()
        try:
            next_s = time.time()
            while not self._stopping.is_set() or self._queue or self._poison:
                now_s = time.time()
                while not self._stopping.is_set() and next_s <= now_s:
                    self._begin(next_s)
                    next_s += self._rng.expovariate(self._rate)
                while self._queue and self._queue[0].at_s <= now_s:
                    due = heapq.heappop(self._queue)
                    sends.add(asyncio.create_task(self._send(producer, due)))
                while self._poison:
                    raw = self._poison.pop()
                    sends.add(asyncio.create_task(self._deliver(producer, raw, b"poison", None)))
                sends = {task for task in sends if not task.done() or task.result()}
                await asyncio.sleep(0.02)
            await asyncio.gather(*sends)
        except BaseException as error:  # noqa: BLE001 - shown by `stop`
            self.failure = error
        finally:
            await producer.stop()

    def _begin(self, now_s: float) -> None:
        """Schedules a journey that begins now."""
        self.journeys += 1
        name = f"j{self.journeys}"
        events = journey(self._rng, name, round(now_s * 1000), SHAPE)
        self.events += events
        start = 0
        while start < len(events):
            size = 1 if self._rng.random() < 0.5 else self._rng.randint(2, 5)
            self._schedule(name, events[start : start + size])
            start += size

    def _schedule(self, name: str, events: list[Event]) -> None:
        roll = self._rng.random
        key: bytes | None = name.encode()
        partition = None
        if roll() < 0.03:
            key = None
        elif roll() < 0.03:
            key, partition = b"astray", self._rng.randrange(self._partitions)
        longest_s = STRAGGLER_DELAY_MAX_S if roll() < 0.03 else DELAY_MAX_S
        times = 2 if roll() < 0.08 else 1
        for _ in range(times):
            self.messages += 1
            at_s = events[-1].at_ms / 1000 + roll() * longest_s
            heapq.heappush(self._queue, Due(at_s, self.messages, events, key, partition))

    async def _send(self, producer: AIOKafkaProducer, due: Due) -> None:
        one = len(due.events) == 1
        value = to_json(due.events[0]) if one else messages_of(due.events)[0].value
        await self._deliver(producer, value, due.key, due.partition)

    async def _deliver(
        self, producer: AIOKafkaProducer, value: bytes, key: bytes | None, partition: int | None
    ) -> None:
        while True:
            try:
                await producer.send_and_wait(self._topic, value, key=key, partition=partition)
                return
            except KafkaError:
                await asyncio.sleep(0.5)
