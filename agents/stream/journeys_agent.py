"""The journeys agent: messages of `events` into windows, partition by partition."""

import asyncio
import gc
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import faust

from agents.faults import trace_of
from agents.stream.dead_letters import DeadLetter, letter_of
from agents.stream.delivery import Astray, Delivery
from agents.stream.ending import die
from agents.stream.faust_fixes import Holes, first_offsets
from agents.stream.partition import Partition
from agents.stream.parts import StreamParts
from agents.stream.rekey import split
from agents.stream.sending import Sender, acknowledged
from agents.stream.table import JourneysTable
from agents.stream.ticks import TICK_HEADER, tick_s
from pipeline.entries import Light, light
from pipeline.intake import BadInput, Intake
from pipeline.restoring import restore
from pipeline.rows import SegmentLog

logger = logging.getLogger(__name__)

FAULTS_LOGGED_MAX: Final = 5
"""Bugs of ours that are logged of one message."""
INLINE_BYTES_MAX: Final = 16 * 1024
"""A larger message is parsed on a thread, so that the event loop goes on."""


class JourneysAgent:
    """Holds the partitions that this worker was given. `add` puts it on the app."""

    def __init__(
        self,
        app: faust.App,
        parts: StreamParts,
        partitions: int,
        delivery: Delivery,
        sender: Sender,
        table: JourneysTable,
    ) -> None:
        self._app = app
        self._parts = parts
        self._count = partitions
        self._delivery = delivery
        self._sender = sender
        self._table = table
        self._topic = parts.settings.topic("events")
        self._holes = Holes()
        self.partitions: dict[int, Partition] = {}
        self._assigned_s = time.monotonic()

    def add(self) -> None:
        """Puts the agent, its timer and its handlers of rebalances on the app."""
        raw: dict[str, Any] = {"key_serializer": "raw", "value_serializer": "raw"}
        events = self._app.topic(
            self._topic, key_type=bytes, value_type=bytes, allow_empty=True, partitions=self._count, **raw
        )
        self._app.agent(events, name="journeys", concurrency=1)(self._run)
        self._table.faust_table.on_recover(self._recovered)
        self._app.on_partitions_assigned.connect(self._assigned, weak=False)
        self._app.on_partitions_revoked.connect(self._let_go, weak=False)
        self._app.on_before_shutdown.connect(self._let_go, weak=False)
        windowing = self._parts.windowing
        every_s = tick_s(windowing.gap_ms, windowing.lateness_ms)
        self._app.timer(every_s, name="ticks")(self._tick)

    async def _run(self, stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                await self._take(event)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            die("the journeys agent failed", error)

    async def _take(self, event: Any) -> None:
        message = event.message
        partition = self.partitions.get(message.partition)
        if partition is None:
            return  # taken away meanwhile; it comes again to its new owner
        await self._check_order(message)
        await partition.room()
        lights: list[Light] = []
        letters: list[DeadLetter] = []
        astray: list[Astray] = []
        if message.offset > partition.state.offset:
            lights, letters, astray = await self._read(message)
        if self.partitions.get(message.partition) is partition:
            partition.apply(event, lights, letters, astray)

    async def _check_order(self, message: Any) -> None:
        expected = self._holes.found(message.partition, message.offset)
        if expected is None:
            return
        earliest = await self._app.consumer.earliest_offsets(message.tp)
        if earliest.get(message.tp, 0) <= expected:
            die(
                f"hole in partition {message.partition}: offset {message.offset} came, {expected} was next",
                **_about(message),
            )
        logger.error(
            "messages %s to %s aged out before they were read", expected, message.offset - 1, extra=_about(message)
        )
        self._parts.metrics.lost.inc(message.offset - expected)
        self._holes.expect(message.partition, message.offset + 1)

    async def _read(self, message: Any) -> tuple[list[Light], list[DeadLetter], list[Astray]]:
        """A message's events of this partition, what of it can't be read, and what belongs elsewhere."""
        headers = {name: value or b"" for name, value in _headers(message.headers)}
        if TICK_HEADER in headers:
            return [], [], []
        raw = message.value or b""
        try:
            intake = await self._parsed(raw, headers)
        except BadInput as error:
            return [], [await self._letter(message, headers, str(error), "unreadable")], []
        except Exception as error:  # noqa: BLE001 - logged and buried
            # Our own bug: it must not stop the partition for ever, nor lose the message.
            logger.error("a message can't be read", extra={**_about(message), "trace": trace_of(error)})
            cause = f"internal error: {type(error).__name__}"
            return [], [await self._letter(message, headers, cause, "internal")], []
        letters = []
        if intake.refused:
            causes = "; ".join(f"event {one.index}: {one.error}" for one in intake.refused[:5])
            cause = f"{len(intake.refused)} of {intake.seen} events refused: {causes}"
            kind = "internal" if intake.faults else "unreadable_event"
            letters = [await self._letter(message, headers, cause, kind)]
            for fault in intake.faults[:FAULTS_LOGGED_MAX]:
                logger.error("an event can't be read", extra={**_about(message), "trace": trace_of(fault)})
        mine, elsewhere = split(intake.events, message.partition, self._count, self._parts.wire.messages)
        lights = [light(one) for one in mine]
        return lights, letters, [Astray(target, one) for target, one in elsewhere]

    async def _parsed(self, raw: bytes, headers: dict[str, bytes]) -> Intake:
        if not raw:
            raise BadInput("the message is empty")
        wire = self._parts.wire
        await wire.learn(raw)
        if len(raw) <= INLINE_BYTES_MAX:
            return wire.read_events(raw, headers)
        return await asyncio.to_thread(wire.read_events, raw, headers)

    async def _letter(self, message: Any, headers: dict[str, bytes], cause: str, kind: str) -> DeadLetter:
        return await asyncio.to_thread(letter_of, message, cause, kind, self._topic, headers)

    async def _let_go(self, *_: Any, **__: Any) -> None:
        """A rebalance begins, or the end. Whatever this worker keeps comes back through `_recovered`."""
        self._parts.progress.settled = False
        for partition in self.partitions.values():
            partition.stop()
        self.partitions = {}
        self._parts.progress.partitions = {}

    async def _assigned(self, *_: Any, **__: Any) -> None:
        self._assigned_s = time.monotonic()

    async def _recovered(self) -> None:
        """The table is as its changelog says: takes up the partitions that are this worker's now."""
        try:
            held = sorted(tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == self._topic)
            self._table.keep_only(held)
            owner = uuid.uuid4().hex[:12]
            with _no_garbage():
                for number in held:
                    self._take_up(number, owner)
            await self._expect(held)
            self._parts.progress.partitions = {n: p.progress for n, p in self.partitions.items()}
            self._parts.progress.settled = True
            self._parts.metrics.recovery_seconds.set(time.monotonic() - self._assigned_s)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process; Faust would swallow it
            die("the table could not be taken up", error)

    def _take_up(self, number: int, owner: str) -> None:
        began_s = time.monotonic()
        state = restore(self._parts.windowing, SegmentLog(str(number), owner), self._table.rows(number))
        old = self.partitions.get(number)
        if old is not None:
            old.stop()
        self.partitions[number] = Partition(number, state, self._delivery)
        logger.info(
            "taken up with %s journeys in %.2f s", len(state.journeys), time.monotonic() - began_s,
            extra={"topic": self._topic, "partition": number, "offset": state.offset},
        )  # fmt: skip

    async def _expect(self, held: list[int]) -> None:
        """Notes where each partition goes on, and up to where its new owner must come before it knows what the one
        before it knew."""
        if not held:
            return
        first = await first_offsets(self._app.consumer)
        mine = [tp for tp in first if tp.topic == self._topic and tp.partition in self.partitions]
        ends = await self._app.consumer.highwaters(*mine)
        for tp in mine:
            offset, partition = first[tp], self.partitions[tp.partition]
            self._holes.expect(tp.partition, offset)
            reached = partition.state.offset
            partition.catch_up(offset, ends[tp])
            if offset > reached + 1 and reached >= 0:
                self._parts.metrics.lost.inc(offset - reached - 1)
                logger.error(
                    "the partition goes on here, its table reaches only offset %s: its changelog lost rows", reached,
                    extra={"topic": tp.topic, "partition": tp.partition, "offset": offset},
                )  # fmt: skip

    async def _tick(self) -> None:
        """Sends a tick to each partition with open windows in which nothing moved for a while."""
        windowing = self._parts.windowing
        idle_s = tick_s(windowing.gap_ms, windowing.lateness_ms) * 0.9
        for number, partition in list(self.partitions.items()):
            waits = partition.state.held_bytes > 0 and not partition.ticking
            if waits and time.monotonic() - partition.applied_s > idle_s:
                partition.ticking = True
                await acknowledged([await self._sender.send(self._topic, b"", b"", number, [(TICK_HEADER, b"1")])])


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Building millions of objects that stay, Python would look for garbage among them over and over: two fifths of
    the time, with 100,000 open journeys."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _about(message: Any) -> dict[str, Any]:
    """Which message it was, for the log."""
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}


def _headers(headers: Any) -> list[tuple[str, bytes]]:
    if headers is None:
        return []
    return list(headers.items() if hasattr(headers, "items") else headers)
