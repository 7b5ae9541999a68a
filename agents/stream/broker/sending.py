"""Sending to Kafka through the app's own producer, with the acknowledgement in hand."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import faust
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

from agents.faults import message_of
from agents.metrics import Metrics
from agents.settings import Settings
from agents.stream.broker.dead_letters import DeadLetter
from agents.stream.supervision.transient_errors import is_transient, pauses
from agents.web.services import BrokerUnavailable

logger = logging.getLogger(__name__)

LOUD_TRIES: Final = 3
"""From so many tries on, each further one is logged."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record to be sent."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


Refusals = dict[int, BaseException]
"""Which records of a list can't be sent, by their place in it, and why."""


def _nothing() -> None:
    """Nobody wants to know."""


class Sender:
    """Sends messages and awaits their acknowledgement. While the broker is away it waits for it."""

    def __init__(self, app: faust.App, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Iterable[tuple[str, bytes]] = (),
    ) -> Awaitable[Any]:
        """Hands a message to the producer, in the order of the calls. The result is its acknowledgement."""
        producer = await self._app.maybe_start_producer()
        return await producer.send(topic, key, value, partition, None, list(headers))  # type: ignore[no-any-return]

    async def deliver(self, records: Sequence[Record], moved: Callable[[], None] = _nothing) -> Refusals:
        """Returns once each record is acknowledged, or refused for a reason that is its own. What fails for another
        reason is sent again, in the same order, until it is taken; `moved` is called when anything was."""
        refused: Refusals = {}
        waiting = list(range(len(records)))
        alone = False
        for tries, pause_s in enumerate(pauses(), 1):
            failed = await (self._one_by_one if alone else self._together)(records, waiting)
            if len(failed) < len(waiting):
                moved()
            own = [number for number, error in failed.items() if not is_transient(error)]
            if alone:
                refused |= {number: failed.pop(number) for number in own}
            if not failed:
                return refused
            self._metrics.send_retries.inc()
            if tries > LOUD_TRIES:
                kind = message_of(next(iter(failed.values())))
                logger.warning("%s records are not taken by Kafka, sent again: %s", len(failed), kind)
            # Of a batch that is refused nobody knows which record is the reason: each has a batch of its own then.
            alone = bool(own) and not alone
            waiting = sorted(failed)
            if not alone:
                await asyncio.sleep(pause_s)
        raise AssertionError("the pauses never end")

    async def _together(self, records: Sequence[Record], numbers: Sequence[int]) -> Refusals:
        failed: Refusals = {}
        acks: dict[int, Awaitable[Any]] = {}
        for number in numbers:
            one = records[number]
            try:
                acks[number] = asyncio.shield(
                    await self.send(one.topic, one.key, one.value, one.partition, one.headers)
                )
            except Exception as error:  # noqa: BLE001 - answered
                failed[number] = error
        outcomes = await asyncio.gather(*acks.values(), return_exceptions=True)
        for number, outcome in zip(acks, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                failed[number] = outcome
        return failed

    async def _one_by_one(self, records: Sequence[Record], numbers: Sequence[int]) -> Refusals:
        failed: Refusals = {}
        for number in numbers:
            failed |= await self._together(records, [number])
        return failed

    async def bury(self, letters: Sequence[DeadLetter], moved: Callable[[], None] = _nothing) -> None:
        """Returns once these dead letters are acknowledged. One that is too large for its topic is cut, in the end to
        its headers; while even that is refused it is tried again and again, loudly: a letter must not be lost."""
        if not letters:
            return
        topic = self._settings.topic("events-dead-letter")
        waiting = [(letter, _record(topic, letter)) for letter in letters]
        for pause_s in pauses():
            refused = await self.deliver([record for _, record in waiting], moved)
            for number, (letter, _) in enumerate(waiting):
                if number not in refused:
                    where = (letter.topic, letter.partition, letter.offset)
                    self._metrics.note_dead_letter(letter.kind, letter.cause, *where)
                    logger.info("buried: %s", letter.kind, extra=letter.place)
            if not refused:
                return
            for number, error in refused.items():
                letter = waiting[number][0]
                logger.error(
                    "a dead letter is refused, it is cut and sent again: %s", message_of(error), extra=letter.place
                )
                self._metrics.bury_retries.inc()
            waiting = [(waiting[number][0], _cut(waiting[number][1])) for number in refused]
            await asyncio.sleep(pause_s)


def _record(topic: str, letter: DeadLetter) -> Record:
    key, value, headers = letter.message()
    return Record(topic, key, value, None, tuple(headers))


def _cut(record: Record) -> Record:
    """A quarter of the record's value, and in the end none, nor a key."""
    size = len(record.value or b"") // 4
    return replace(record, value=(record.value or b"")[:size], key=record.key if size else b"")


async def acknowledged(acks: Iterable[Awaitable[Any]]) -> None:
    """Returns once all are acknowledged; raises the first failure. Who stops waiting does not cancel the sending:
    the producer's batch holds others' messages too."""
    await asyncio.gather(*(asyncio.shield(ack) for ack in acks))


async def produce_events(sender: Sender, topic: str, key: bytes, value: bytes) -> None:
    """Sends a message to the events topic for the web views. Raises BrokerUnavailable where Kafka refuses it."""
    try:
        await acknowledged([await sender.send(topic, key, value)])
    except (KafkaError, ProducerSendError) as error:
        raise BrokerUnavailable(f"Kafka did not take the events: {type(error).__name__}") from error
