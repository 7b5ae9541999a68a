"""Sending to Kafka through the app's own producer, with the acknowledgement in hand."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

from agents.settings import Settings
from agents.stream.dead_letters import DeadLetter
from agents.web.services import BrokerUnavailable


class Sender:
    """Sends messages and awaits their acknowledgement. While the broker is away it waits for it."""

    def __init__(self, app: faust.App, settings: Settings) -> None:
        self._app = app
        self._settings = settings

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

    async def bury(self, letters: Iterable[DeadLetter]) -> list[Awaitable[Any]]:
        """Sends dead letters."""
        topic = self._settings.topic("events-dead-letter")
        acks = []
        for letter in letters:
            key, value, headers = letter.message()
            acks.append(await self.send(topic, key, value, None, headers))
        return acks


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
