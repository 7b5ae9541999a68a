"""How values travel on the topics: as JSON, or as Avro where a schema registry is configured. Chosen once per process,
by the composition root.

Whoever reads takes both at any time, so a cluster is switched worker by worker: one without a registry reads Avro that
fits our own schemas, which is what the others write.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from agents.registry import RegistryAway, RegistryError, SchemaRegistry
from agents.settings import Settings, Topic
from agents.storage.recent_stories import RECENT, TOLD, json_of
from pipeline.intake import Intake, read_message
from schemas.avro import (
    AvroReader,
    Name,
    event_list_to_avro,
    generated_test_to_avro,
    schema_id,
    schema_text,
    story_to_avro,
    verdict_to_avro,
)
from schemas.codecs import BadInput, from_json, to_json
from schemas.events import Event
from schemas.generated_tests import GeneratedTest
from schemas.messages import Message, messages_of
from schemas.stories import STORY, Story
from schemas.verdicts import Verdict

logger = logging.getLogger(__name__)

SUBJECTS: Final[dict[Topic, Name]] = {"events": "events", "stories": "story", "tests": "test", "verdicts": "verdict"}
"""The topics whose values are Avro, and their schemas. Dead letters stay the bytes that came."""
START_S: Final = 90.0
"""How long a start waits for a registry that isn't there yet: both may be starting."""
PAUSE_MIN_S: Final = 0.2
PAUSE_MAX_S: Final = 5.0
TRIES_MAX: Final = 5
"""How often a schema is asked for that a registry in good order does not give; then its record is bad input."""
SCHEMA_ID_MAX: Final = 2**31 - 1
UNKNOWN_S: Final = 60.0
"""How long it is remembered that there is no such schema."""
UNKNOWN_MAX: Final = 1_000
"""How many of those are remembered."""


class Wire(Protocol):
    """Values to bytes and back. `learn` comes before reading and is the only thing that may wait."""

    def messages(self, events: Iterable[Event]) -> tuple[Message, ...]:
        """The messages for these events, as `schemas.messages.messages_of` cuts them."""

    def story(self, story: Story) -> bytes:
        """A story's value."""

    def test(self, test: GeneratedTest) -> bytes:
        """A test's value."""

    def verdict(self, verdict: Verdict) -> bytes:
        """A verdict's value."""

    async def learn(self, raw: bytes) -> None:
        """Gets what reading `raw` takes. Raises BadInput where that can't be had. While the registry is away it waits:
        nothing is refused only because of that."""

    def read_events(self, raw: bytes, headers: Mapping[str, bytes]) -> Intake:
        """A message's events. Raises BadInput. Pure work: may run on a thread."""

    def read_story(self, raw: bytes) -> Story:
        """A story. Raises BadInput."""

    async def close(self) -> None:
        """Lets go of connections."""


class JsonWire:
    """JSON out; in what comes, Avro of our own schemas too."""

    def __init__(self) -> None:
        self._reader = AvroReader(assumes_ours=True)

    def messages(self, events: Iterable[Event]) -> tuple[Message, ...]:
        return messages_of(events)

    def story(self, story: Story) -> bytes:
        raw = json_of(story)
        RECENT.keep(raw.decode(), story)  # its tests are mostly written by this process, right afterwards
        TOLD.note(raw, story)
        return raw

    def test(self, test: GeneratedTest) -> bytes:
        return to_json(test)

    def verdict(self, verdict: Verdict) -> bytes:
        return to_json(verdict)

    async def learn(self, raw: bytes) -> None:
        """There is nothing to ask."""

    def read_events(self, raw: bytes, headers: Mapping[str, bytes]) -> Intake:
        try:
            return read_message(raw, headers, self._reader)
        except BadInput as error:
            raise _without_registry(raw, error) from None

    def read_story(self, raw: bytes) -> Story:
        try:
            return _story(raw, self._reader)
        except BadInput as error:
            raise _without_registry(raw, error) from None

    async def close(self) -> None:
        """There is nothing to close."""


class AvroWire:
    """Avro out, under the ids that the registry gave; in what comes, JSON too. `AvroWire.open` makes one."""

    def __init__(self, registry: SchemaRegistry, ids: Mapping[Name, int]) -> None:
        self._registry = registry
        self._ids = ids
        self._reader = AvroReader()
        self._unknown: dict[int, float] = {}
        for name, number in ids.items():
            self._reader.add(number, schema_text(name))

    @classmethod
    async def open(cls, settings: Settings, start_s: float = START_S) -> "AvroWire":
        """Registers our schemas, unless they are there. Raises RegistryError where the registry does not answer within
        `start_s`, refuses us, or holds a schema whose readers or records ours would break."""
        registry = SchemaRegistry(settings.schema_registry_url)
        deadline_s = time.monotonic() + start_s
        pause_s = PAUSE_MIN_S
        try:
            while True:
                try:
                    return cls(registry, {n: await _required(registry, settings, t) for t, n in SUBJECTS.items()})
                except RegistryAway as error:
                    if time.monotonic() + pause_s > deadline_s:
                        raise
                    logger.warning("%s; trying again", error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, PAUSE_MAX_S)
        finally:
            await registry.close()

    def messages(self, events: Iterable[Event]) -> tuple[Message, ...]:
        number = self._ids["events"]
        return tuple(Message(one.key, event_list_to_avro(number, one.value)) for one in messages_of(events))

    def story(self, story: Story) -> bytes:
        return story_to_avro(self._ids["story"], story)

    def test(self, test: GeneratedTest) -> bytes:
        return generated_test_to_avro(self._ids["test"], test)

    def verdict(self, verdict: Verdict) -> bytes:
        return verdict_to_avro(self._ids["verdict"], verdict)

    async def learn(self, raw: bytes) -> None:
        number = schema_id(raw)
        if number is None or self._reader.knows(number):
            return
        if number > SCHEMA_ID_MAX or time.monotonic() - self._unknown.get(number, -UNKNOWN_S) < UNKNOWN_S:
            raise self._no_schema(number)
        await self._look_up(number)

    def read_events(self, raw: bytes, headers: Mapping[str, bytes]) -> Intake:
        return read_message(raw, headers, self._reader)

    def read_story(self, raw: bytes) -> Story:
        return _story(raw, self._reader)

    async def close(self) -> None:
        await self._registry.close()

    async def _look_up(self, number: int) -> None:
        """Asks until there is an answer, or until it is clear that only this schema has none."""
        pause_s, failures = PAUSE_MIN_S, 0
        while True:
            try:
                self._reader.add(number, await self._registry.schema(number))
                return
            except BadInput as error:
                self._forget_schema(number)
                raise self._no_schema(number) from error
            except RegistryError as error:
                logger.warning("schema %s is not known, and its records wait: %s", number, error)
                failures += await self._registry.answers()
            if failures >= TRIES_MAX:
                self._forget_schema(number)
                raise self._no_schema(number)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    def _forget_schema(self, number: int) -> None:
        if len(self._unknown) >= UNKNOWN_MAX:
            self._unknown.clear()
        self._unknown[number] = time.monotonic()

    def _no_schema(self, number: int) -> BadInput:
        return BadInput(f"Avro: the schema registry at {self._registry.shown_url} gives no Avro schema {number}")


async def _required(registry: SchemaRegistry, settings: Settings, topic: Topic) -> int:
    subject = f"{settings.topic(topic)}-value"
    try:
        return await registry.require(subject, SUBJECTS[topic])
    except BadInput as error:
        raise RegistryError(
            f"{error}; nothing was registered: run the version that wrote {subject}, or choose another "
            "JOURNEYWRIGHT_TOPIC_PREFIX"
        ) from None


def _story(raw: bytes, reader: AvroReader) -> Story:
    if schema_id(raw) is not None:
        return reader.story(raw)
    known = RECENT.known(raw)
    if known is None:
        known = from_json(STORY, raw)
        TOLD.recall(raw, known)
    return known


def _without_registry(raw: bytes, error: BadInput) -> BadInput:
    if schema_id(raw) is None:
        return error
    return BadInput(f"{error}; no schema registry is configured: set JOURNEYWRIGHT_SCHEMA_REGISTRY_URL")
