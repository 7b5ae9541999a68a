"""Finds by which messages of the log some events came. Stories don't keep it: it is looked up when somebody asks."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from agents.settings import Settings
from agents.stream.journeys.repartition import partition_of
from agents.web.services import BrokerUnavailable, Found, Place
from agents.wire import Wire
from schemas.codecs import BadInput
from schemas.limits import BODY_BYTES_MAX

MESSAGES_MAX: Final = 20_000
"""Messages that are looked through for one journey."""
BYTES_MAX: Final = 64 * 1024**2
"""Bytes of values that are looked through."""
SEARCH_S: Final = 8.0
EARLIER_MS: Final = 10 * 60_000
"""How far a browser's clock may be ahead of the log's for its events to be found."""
FETCH_MS: Final = 500
_PLAIN: Final = (b"{", b"[")


@dataclass(slots=True)
class _Search:
    """One search under way."""

    journey_id: str
    wanted: frozenset[str]
    places: dict[str, Place] = field(default_factory=dict)
    messages: int = 0
    size: int = 0

    def is_over(self) -> bool:
        """Whether there is nothing more to find, or no more room to look."""
        return len(self.places) == len(self.wanted) or self.messages >= MESSAGES_MAX or self.size >= BYTES_MAX

    def may_hold(self, key: bytes | None, value: bytes) -> bool:
        """Whether it is worth reading a message: most are other journeys', and to parse one costs much more than to
        look for the journey's name in it. What is packed can't be looked through so."""
        name = self.journey_id.encode()
        return key == name or name in value or not value.lstrip()[:1].startswith(_PLAIN)


class EventFinder:
    """Reads the log apart from the worker's own consumer, one search at a time."""

    def __init__(self, settings: Settings, wire: Wire, partitions: int) -> None:
        self._settings, self._wire, self._count = settings, wire, partitions
        self._one = asyncio.Lock()

    async def find(self, journey_id: str, event_ids: Collection[str], since_ms: int) -> Found | None:
        """Where these events of a journey lie, looked for from `since_ms` of the log's time on; None while another
        search is under way. Raises BrokerUnavailable."""
        if self._one.locked():
            return None
        topic = self._settings.topic("events")
        place = TopicPartition(topic, partition_of(journey_id, self._count))
        search = _Search(journey_id, frozenset(event_ids))
        async with self._one:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._settings.brokers,
                enable_auto_commit=False,
                max_partition_fetch_bytes=2 * BODY_BYTES_MAX,
                **self._settings.aiokafka_options(),
            )
            try:
                async with asyncio.timeout(SEARCH_S):
                    await consumer.start()
                begin, end = await self._look(consumer, place, search, since_ms)
            except (KafkaError, TimeoutError) as error:
                raise BrokerUnavailable(f"the log can't be read: {type(error).__name__}") from None
            finally:
                await consumer.stop()
        return Found(topic, place.partition, begin, end, search.messages, search.places)

    async def _look(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, search: _Search, since_ms: int
    ) -> tuple[int, int]:
        """The offsets that were looked through: from the first up to before the second."""
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        at = (await consumer.offsets_for_times({place: max(0, since_ms - EARLIER_MS)}))[place]
        begin = reached = max(first, at.offset if at is not None else end)
        consumer.seek(place, begin)
        deadline_s = asyncio.get_running_loop().time() + SEARCH_S
        while reached < end and not search.is_over() and asyncio.get_running_loop().time() < deadline_s:
            for message in (await consumer.getmany(place, timeout_ms=FETCH_MS, max_records=500)).get(place, ()):
                reached = message.offset + 1
                await self._take(message, search)
                if search.is_over():
                    break
        return begin, reached

    async def _take(self, message: Any, search: _Search) -> None:
        value = message.value or b""
        search.messages += 1
        search.size += len(value)
        if not search.may_hold(message.key, value):
            return
        headers: Mapping[str, bytes] = {name: held or b"" for name, held in message.headers}
        try:
            await self._wire.learn(value)
            intake = await asyncio.to_thread(self._wire.read_events, value, headers)
        except BadInput:  # it is a dead letter, where its cause stands
            return
        for event in intake.events:
            if event.id in search.wanted and event.journey_id == search.journey_id:
                search.places.setdefault(event.id, Place(message.offset, message.timestamp))
