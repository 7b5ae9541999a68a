"""The journeys agent: messages of `events` into windows, partition by partition."""

import asyncio
import gc
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

from agents.faults import message_of
from agents.stream.broker.faust_fixes import HELD, OffsetGaps, first_offsets
from agents.stream.broker.handing_on import take_straight
from agents.stream.broker.sending import Sender, acknowledged
from agents.stream.dependencies import StreamDependencies
from agents.stream.journeys.delivery import Delivery, NoModel
from agents.stream.journeys.partition import Partition, PartitionServices
from agents.stream.journeys.reading import Reader, about, item_of
from agents.stream.journeys.table import JourneysTable
from agents.stream.journeys.ticks import TICK_HEADER, tick_s
from agents.stream.supervision.abort import end_process
from agents.stream.supervision.suspects import Suspects, flush_item
from agents.stream.supervision.transient_errors import is_transient
from pipeline.windowing.partition_life import State, takes
from pipeline.windowing.recovery import restore
from pipeline.windowing.segments import SegmentLog

logger = logging.getLogger(__name__)


class JourneysAgent:
    """Holds the partitions that this worker was given. `add` puts it on the app."""

    def __init__(
        self,
        app: faust.App,
        parts: StreamDependencies,
        partitions: int,
        delivery: Delivery,
        sender: Sender,
        table: JourneysTable,
        suspects: Suspects,
    ) -> None:
        self._app = app
        self._parts = parts
        self._delivery = delivery
        self._sender = sender
        self._table = table
        self._suspects = suspects
        self._topic = parts.settings.topic("events")
        self._count = partitions
        self._reader = Reader(parts, partitions, suspects, self._check_order)
        self._holes = OffsetGaps()
        self.partitions: dict[int, Partition] = {}
        self._assigned_s = time.monotonic()

    def add(self) -> None:
        """Puts the agent, its timer and its handlers of rebalances on the app."""
        raw: dict[str, Any] = {"key_serializer": "raw", "value_serializer": "raw"}
        events = self._app.topic(
            self._topic, key_type=bytes, value_type=bytes, allow_empty=True, partitions=self._count, **raw
        )
        take_straight(self._app, events, "journeys", self._take)
        self._table.faust_table.on_recover(self._recovered)
        self._app.on_partitions_assigned.connect(self._assigned, weak=False)
        self._app.on_partitions_revoked.connect(self._let_go, weak=False)
        self._app.on_before_shutdown.connect(self._let_go, weak=False)
        windowing = self._parts.windowing
        every_s = tick_s(windowing.gap_ms, windowing.lateness_ms)
        self._app.timer(every_s, name="ticks")(self._tick)

    def _take(self, event: Any) -> None:
        """Hands a message to its partition. This never waits for a partition: one that is full stops nobody."""
        partition = self.partitions.get(event.message.partition)
        if partition is not None:  # else it was taken away meanwhile; it comes again to its new owner
            partition.offer(event)

    async def _check_order(self, message: Any) -> None:
        expected = self._holes.found(message.partition, message.offset)
        if expected is None:
            return
        earliest = await self._app.consumer.earliest_offsets(message.tp)
        if earliest.get(message.tp, 0) <= expected:
            end_process(
                f"hole in partition {message.partition}: offset {message.offset} came, {expected} was next",
                **about(message),
            )
        logger.error(
            "messages %s to %s aged out before they were read", expected, message.offset - 1, extra=about(message)
        )
        self._parts.metrics.lost.inc(message.offset - expected)
        self._holes.expect(message.partition, message.offset + 1)

    # --- the partitions ---

    def _around(self) -> PartitionServices:
        return PartitionServices(self._delivery, self._reader.read, self._hold, self._failed, self._done)

    def _hold(self, number: int, held: bool) -> None:
        (HELD.hold if held else HELD.release)(self._topic, number)

    async def _done(self, messages: list[Any]) -> None:
        """These messages are behind us: whatever ended at one of them, it was not the reason, or it is buried."""
        if self._suspects.any:
            flushes = [flush_item(self._topic, message.partition, message.offset) for message in messages]
            await self._suspects.acquit([*(item_of(message) for message in messages), *flushes])

    def _failed(self, what: str, error: BaseException, first: Any, last: Any) -> None:
        """A fault of ours that a partition's state may not survive: the worker ends, and what it was about is known."""
        if isinstance(error, NoModel) or is_transient(error) or first is None:
            end_process(f"{what} failed", error)
        self._parts.metrics.own_faults.labels("apply").inc()
        where = {"partition": first.partition, "offset": first.offset}
        if first is last:
            careful = last.offset <= self._suspects.careful_until(self._topic, last.partition)
            self._suspects.end(item_of(last), f"{what} failed", error, careful, **where)
        item = flush_item(self._topic, last.partition, last.offset)
        self._suspects.end(item, f"{what} failed, with offsets {first.offset} to {last.offset}", error, **where)

    async def _let_go(self, *_: Any, **__: Any) -> None:
        """A rebalance begins, or the end. Whatever this worker keeps comes back through `_recovered`."""
        self._parts.progress.settled = False
        for partition in self.partitions.values():
            partition.let_go()
        self.partitions = {}
        self._parts.progress.partitions = {}

    async def _assigned(self, _app: Any, assigned: Any, **_: Any) -> None:
        """The group gave us these; Faust begins to read their rows."""
        self._assigned_s = time.monotonic()
        await self._let_go()
        numbers = sorted(tp.partition for tp in assigned if tp.topic == self._topic)
        around = self._around()
        self.partitions = {number: Partition(number, around) for number in numbers}
        self._parts.progress.partitions = {number: one.progress for number, one in self.partitions.items()}

    async def _recovered(self) -> None:
        """The table is as its changelog says: takes up the partitions that are this worker's now."""
        try:
            await self._suspects.look()
            held = sorted(tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == self._topic)
            self._table.keep_only(held)
            owner = uuid.uuid4().hex[:12]
            for number in self.partitions.keys() - set(held):
                self.partitions.pop(number).let_go()
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
            end_process("the table could not be taken up", error)

    def _take_up(self, number: int, owner: str) -> None:
        began_s = time.monotonic()
        old = self.partitions.get(number)
        if old is not None and old.life is not State.ASSIGNED:
            old.let_go()
            old = None
        partition = self.partitions[number] = old or Partition(number, self._around())
        partition.careful_until = self._suspects.careful_until(self._topic, number)
        rows = self._table.rows(number)
        partition.take_up(lambda: restore(self._parts.windowing, SegmentLog(str(number), owner), rows))
        logger.info(
            "taken up with %s journeys in %.2f s", len(partition.state.journeys), time.monotonic() - began_s,
            extra={"topic": self._topic, "partition": number, "offset": partition.state.offset},
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
            partition = self.partitions.get(tp.partition)
            if partition is None or not takes(partition.life):
                continue  # taken away while we asked
            offset = first[tp]
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
        """Sends a tick to each partition with open windows in which nothing moved for a while. One that is not taken is
        sent again with the next round."""
        windowing = self._parts.windowing
        idle_s = tick_s(windowing.gap_ms, windowing.lateness_ms) * 0.9
        for number, partition in list(self.partitions.items()):
            waits = takes(partition.life) and partition.state.held_bytes > 0 and not partition.ticking
            if waits and time.monotonic() - partition.applied_s > idle_s:
                partition.ticking = True
                try:
                    await acknowledged([await self._sender.send(self._topic, b"", b"", number, [(TICK_HEADER, b"1")])])
                except (KafkaError, ProducerSendError) as error:
                    partition.ticking = False
                    logger.warning("a tick was not taken: %s", message_of(error), extra={"partition": number})


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Building millions of objects that stay, Python would look for garbage among them over and over: two fifths of
    the time, with 100,000 open journeys."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
