"""How far the log goes: asked of the broker itself, by a client of its own.

Faust's consumer knows only what it has fetched: one that hangs would show no lag. Asking through it would also hold up
its commits while the broker is away.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted

from agents.metrics import Metrics
from agents.settings import Settings
from agents.stream.supervision.progress import Position, Progress

LAG_S: Final = 2.0
"""How often it is asked."""
ASK_S: Final = 5.0
"""How long an answer may take."""


class Lags:
    """Keeps the logs of `events`, `stories` and `tests` in the progress, and the gauges that follow from them."""

    def __init__(self, app: faust.App, settings: Settings, partitions: int, progress: Progress) -> None:
        self._app = app
        self._settings = settings
        self._progress = progress
        self._events = settings.topic("events")
        self._taken = {settings.topic("stories"): progress.stories}
        if "prove" in settings.role_set:
            self._taken = {settings.topic("tests"): progress.tests}
        self._all = [TopicPartition(topic, n) for topic in (self._events, *self._taken) for n in range(partitions)]

    async def run(self) -> None:
        """Asks until it is cancelled. A broker that is away is asked again."""
        while not self._app.should_stop:
            with suppress(KafkaError, OSError, TimeoutError):
                await self._ask_on()
            await asyncio.sleep(LAG_S)

    async def _ask_on(self) -> None:
        """Asks until there is no answer."""
        options = self._settings.aiokafka_options()
        consumer: Any = AIOKafkaConsumer(bootstrap_servers=self._settings.brokers, **options)
        try:
            await asyncio.wait_for(consumer.start(), ASK_S)
            consumer.assign(self._all)
            consumer.pause(*self._all)  # only asked about, never read
            while True:
                ends = await asyncio.wait_for(consumer.end_offsets(self._all), ASK_S)
                starts = await asyncio.wait_for(consumer.beginning_offsets(self._all), ASK_S)
                self._progress.answered_s = time.monotonic()
                self._note({(tp.topic, tp.partition): (end, starts[tp]) for tp, end in ends.items()})
                await asyncio.sleep(LAG_S)
        finally:
            with suppress(asyncio.CancelledError):  # of aiokafka's own task, seen in 0.14
                await consumer.stop()

    def _note(self, logs: dict[tuple[str, int], tuple[int, int]]) -> None:
        """Takes the end and the start of each log."""
        for number, row in self._progress.partitions.items():
            row.look(*logs[self._events, number])
        for topic, positions in self._taken.items():
            held = self._held(topic)
            for number in positions.keys() - held.keys():
                del positions[number]
            for number, tp in held.items():
                position = positions.setdefault(number, Position())
                # Where nothing was done yet, the commit says where this worker began.
                position.done = max(position.done, (self._app.consumer._committed_offset.get(tp) or 0) - 1)
                position.look(*logs[topic, number])

    def _held(self, topic: str) -> dict[int, Any]:
        """The partitions of a topic that this worker was given."""
        try:
            return {tp.partition: tp for tp in self._app.consumer.assignment() if tp.topic == topic}
        except ConsumerNotStarted:
            return {}


def measure(progress: Progress, settings: Settings, metrics: Metrics) -> None:
    """Brings the gauges of the stream up to date."""
    metrics.lag.clear()
    metrics.last_progress.clear()
    now_s, monotonic_s = time.time(), time.monotonic()
    rows_of = (
        (settings.topic("events"), progress.partitions),
        (settings.topic("stories"), progress.stories),
        (settings.topic("tests"), progress.tests),
    )
    for topic, rows in rows_of:
        for number, row in rows.items():
            metrics.lag.labels(topic, number).set(row.lag)
            metrics.last_progress.labels(topic, number).set(now_s - (monotonic_s - row.moved_s))
    held = progress.partitions.values()
    metrics.open_windows.set(sum(row.held_windows for row in held))
    metrics.held_bytes.set(sum(row.held_bytes for row in held))
    delays = [now_s - row.clock_ms / 1000 for row in held if row.held_bytes]
    metrics.clock_delay.set(max(delays, default=0.0))
