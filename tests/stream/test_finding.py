"""Events are found in the log again, within bounds."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.settings import Settings, load
from agents.stream.journeys import finding
from agents.stream.journeys.finding import EventFinder
from agents.web.services import Found
from agents.wire import JsonWire
from schemas.codecs import to_json
from schemas.events import End

pytestmark = pytest.mark.slow


def message(number: int, journey: str = "j") -> bytes:
    """One event, as a producer of others would send it."""
    return to_json(End(id=f"e{number}", app="shop", session_id="s", journey_id=journey, at_ms=1))


async def written(brokers: str, values: Sequence[bytes]) -> Settings:
    """A topic of its own, of one partition, with these messages."""
    settings = load(brokers=brokers, topic_prefix=f"finding-{uuid4().hex[:8]}.")
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(settings.topic("events"), 1, 1)])
    finally:
        await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=brokers)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(settings.topic("events"), value, key=b"j")
    finally:
        await producer.stop()
    return settings


def found_in(kafka: str, values: Sequence[bytes], wanted: Sequence[str]) -> Found | None:
    """What a search for these events of journey `j` finds among the messages."""

    async def search() -> Found | None:
        settings = await written(kafka, values)
        return await EventFinder(settings, JsonWire(), 1).find("j", wanted, 0)

    return asyncio.run(search())


def test_events_are_found_among_others_and_what_is_unreadable(kafka: str) -> None:
    """Each with the offset of its message; what another journey calls the same is not it; the search ends where all
    are found."""
    values = [message(1, "other"), b"{no JSON", message(1), message(2), message(3)]
    found = found_in(kafka, values, ["e1", "e2"])
    assert found is not None
    assert {name: place.offset for name, place in found.places.items()} == {"e1": 2, "e2": 3}
    assert (found.begin, found.end, found.messages) == (0, 4, 4)


@pytest.mark.parametrize("bound", ["MESSAGES_MAX", "BYTES_MAX"])
def test_a_search_ends_at_its_bounds(kafka: str, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """The message at the bound is looked at, the one after it is not; the answer says how far it came."""
    values = [message(number) for number in range(1, 5)]
    monkeypatch.setattr(finding, bound, 3 if bound == "MESSAGES_MAX" else sum(map(len, values[:3])))
    found = found_in(kafka, values, ["e3", "e4"])
    assert found is not None
    assert list(found.places) == ["e3"]
    assert (found.begin, found.end, found.messages) == (0, 3, 3)


def test_one_search_at_a_time(kafka: str) -> None:
    """Who asks meanwhile is told so at once; afterwards the place is free again."""

    async def search() -> tuple[list[bool], bool]:
        settings = await written(kafka, [message(1)])
        finder = EventFinder(settings, JsonWire(), 1)
        both = await asyncio.gather(*(finder.find("j", ["e1"], 0) for _ in range(2)))
        return [one is None for one in both], await finder.find("j", ["e1"], 0) is None

    assert asyncio.run(search()) == ([False, True], False)
