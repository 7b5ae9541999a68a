"""A message of `events` read: its events of this partition, what of it can't be read, and what belongs elsewhere."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from agents.faults import trace_of
from agents.stream.broker.dead_letters import DeadLetter, letter_of
from agents.stream.broker.fetched import Marker, value_of
from agents.stream.dependencies import StreamDependencies
from agents.stream.journeys.delivery import Misrouted
from agents.stream.journeys.partition import NOTHING, Read
from agents.stream.journeys.repartition import split
from agents.stream.journeys.ticks import TICK_HEADER
from agents.stream.supervision.suspects import EndedWorkers, Suspects, cause_of, message_item
from pipeline.intake import BadInput, Intake
from pipeline.windowing.events import light

logger = logging.getLogger(__name__)

FAULTS_LOGGED_MAX: Final = 5
"""Bugs of ours that are logged of one message."""
INLINE_BYTES_MAX: Final = 16 * 1024
"""A larger message is parsed on a thread, so that the event loop goes on."""


class Reader:
    """Reads the messages of all partitions. Nothing that is in a message makes it raise."""

    def __init__(
        self,
        parts: StreamDependencies,
        partitions: int,
        suspects: Suspects,
        check_order: Callable[[Any], Awaitable[None]],
    ) -> None:
        self._parts = parts
        self._count = partitions
        self._suspects = suspects
        self._check_order = check_order
        self._topic = parts.settings.topic("events")

    async def read(self, message: Any, reached: int) -> Read:
        """What a message comes to. What can't be read is a dead letter; what our own code fails at too, with its trace,
        and what workers ended at before is not even tried."""
        await self._check_order(message)  # of each: one that comes again must follow the one before it, too
        if message.offset <= reached:
            return NOTHING
        headers = {name: value or b"" for name, value in _headers(message.headers)}
        if isinstance(message.value, Marker) or (TICK_HEADER in headers and not message.value):
            return NOTHING
        try:
            end = self._suspects.guilty(item_of(message))
            if end is not None:
                raise EndedWorkers(end)
            raw = value_of(message) or b""
            if not raw:
                raise BadInput("the message is empty")
            self._parts.progress.asked += 1
            try:
                await self._parts.wire.learn(raw)  # may wait for the registry, which is nothing that a message can help
            finally:
                self._parts.progress.asked -= 1
            with self._suspects.trying(item_of(message)):
                intake = await self._parsed(raw, headers)
                return await self._sorted(message, headers, intake)
        except BadInput as error:
            return Read([], [await self._letter(message, headers, str(error), "unreadable")], [])
        except Exception as error:  # noqa: BLE001 - logged and buried
            # Our own bug: it must not stop the partition for ever, nor lose the message.
            return Read([], [await self._own_fault(message, headers, error)], [])

    async def _sorted(self, message: Any, headers: dict[str, bytes], intake: Intake) -> Read:
        letters = []
        if intake.refused:
            causes = "; ".join(f"event {one.index}: {one.error}" for one in intake.refused[:5])
            cause = f"{len(intake.refused)} of {intake.seen} events refused: {causes}"
            faults = intake.faults[:FAULTS_LOGGED_MAX]
            kind, trace = ("internal", trace_of(faults[0])) if faults else ("unreadable_event", "")
            letters = [await self._letter(message, headers, cause, kind, trace)]
            self._parts.metrics.own_faults.labels("read").inc(len(intake.faults))
            for fault in faults:
                logger.error("an event can't be read", extra={**about(message), "trace": trace_of(fault)})
        mine, elsewhere = split(intake.events, message.partition, self._count, self._parts.wire.messages)
        lights = []
        for event in mine:
            try:
                lights.append(light(event, intake.printed.get(id(event))))
            except Exception as error:  # noqa: BLE001 - buried; its neighbours go on
                letters.append(await self._own_fault(message, headers, error))
        return Read(lights, letters, [Misrouted(target, one) for target, one in elsewhere])

    async def _parsed(self, raw: bytes, headers: dict[str, bytes]) -> Intake:
        wire = self._parts.wire
        if len(raw) <= INLINE_BYTES_MAX:
            return wire.read_events(raw, headers)
        return await asyncio.to_thread(wire.read_events, raw, headers)

    async def _own_fault(self, message: Any, headers: dict[str, bytes], error: Exception) -> DeadLetter:
        trace = error.trace if isinstance(error, EndedWorkers) else trace_of(error)
        self._parts.metrics.own_faults.labels("end" if isinstance(error, EndedWorkers) else "read").inc()
        logger.error("a message can't be read", extra={**about(message), "trace": trace})
        return await self._letter(message, headers, f"internal error: {cause_of(error)}", "internal", trace)

    async def _letter(
        self, message: Any, headers: dict[str, bytes], cause: str, kind: str, trace: str = ""
    ) -> DeadLetter:
        return await asyncio.to_thread(letter_of, message, cause, kind, self._topic, headers, trace)


def item_of(message: Any) -> str:
    """The name of a message among what workers may end at."""
    return message_item(message.topic, message.partition, message.offset, round(message.timestamp * 1000))


def about(message: Any) -> dict[str, Any]:
    """Which message it was, for the log."""
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}


def _headers(headers: Any) -> list[tuple[str, bytes]]:
    if headers is None:
        return []
    return list(headers.items() if hasattr(headers, "items") else headers)
