"""What a flush does outside, in the order that makes a crash at any moment harmless.

Stories (and dead letters, and what goes elsewhere) are acknowledged first, then the table's rows, then the source
offsets. A crash in between repeats what came before it, with equal bytes under equal keys.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from agents.faults import trace_of
from agents.stream.dead_letters import DeadLetter
from agents.stream.ending import Pulse
from agents.stream.parts import StreamParts
from agents.stream.sending import Sender, acknowledged
from agents.stream.table import JourneysTable
from pipeline.flush import Flush, Refused, Told
from pipeline.intake.redaction import without_recording
from pipeline.messages import Message
from schemas.stories import Story

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Astray:
    """A message for another partition."""

    partition: int
    message: Message


class Delivery:
    """Carries flushes out, for all partitions of this worker."""

    def __init__(self, parts: StreamParts, sender: Sender, table: JourneysTable, pulse: Pulse) -> None:
        self._parts = parts
        self._sender = sender
        self._table = table
        self._pulse = pulse
        self._builders = ThreadPoolExecutor(1, "stories")
        self._events = parts.settings.topic("events")
        self._stories = parts.settings.topic("stories")

    async def deliver(
        self, partition: int, flush: Flush, letters: Sequence[DeadLetter], astray: Sequence[Astray], clock_ms: int
    ) -> None:
        """Returns once all of it is acknowledged."""
        self._pulse.check()
        letters = [*letters, *(self._letter(partition, refused) for refused in flush.refused)]
        send = self._sender.send
        acks = [await send(self._events, one.message.key, one.message.value, one.partition) for one in astray]
        if flush.stories:
            built, broken = await self._built(partition, flush)
            letters += broken
            for name, story in built:
                value = None if story is None else self._parts.wire.story(story)
                acks.append(await send(self._stories, name.encode(), value, partition))
            self._note(partition, flush.offset, built)
        acks += await self._sender.bury(letters)
        for letter in letters:
            self._parts.metrics.dead_letters.labels(letter.kind).inc()
            logger.info("buried: %s", letter.kind, extra=letter.place)
        await acknowledged(acks)
        self._pulse.check()
        await self._table.write(partition, flush.changes, clock_ms)
        self._pulse.check()
        await self._table.delete(partition, flush.changes.deletes)

    async def _built(self, partition: int, flush: Flush) -> tuple[list[tuple[str, Story | None]], list[DeadLetter]]:
        """The stories with their tags, in order; None is a tombstone."""
        loop = asyncio.get_running_loop()
        told = [said for said in flush.stories if isinstance(said, Told)]
        outcomes = await loop.run_in_executor(self._builders, self._build_all, told) if told else []
        letters = [
            self._broken(partition, flush.offset, one, outcome)
            for one, outcome in zip(told, outcomes, strict=True)
            if isinstance(outcome, Exception)
        ]
        stories = [story for outcome in outcomes if not isinstance(outcome, Exception) for story in outcome]
        self._parts.metrics.embedder_queue.inc(len(stories))
        tagged = {story.id: story for story in await self._parts.tagger.tag(stories)} if stories else {}
        self._parts.metrics.embedder_queue.dec(len(stories))
        skipped = {one.story_id for one, outcome in zip(told, outcomes, strict=True) if isinstance(outcome, Exception)}
        records: list[tuple[str, Story | None]] = []
        for said in flush.stories:
            if said.story_id not in skipped:
                records += said.records(tagged) if isinstance(said, Told) else said.records()
        return records, letters

    def _build_all(self, told: Sequence[Told]) -> list[Sequence[Story] | Exception]:
        return [self._build(one) for one in told]

    def _build(self, told: Told) -> Sequence[Story] | Exception:
        """A window that our code can't tell must not stop its partition for ever: it is buried, and logged as a bug."""
        try:
            return self._parts.build(told.window())
        except Exception as error:  # noqa: BLE001 - logged and buried
            about = {"journey_id": told.journey_id, "app": told.app, "trace": trace_of(error)}
            logger.error("no story could be made of window %s", told.story_id, extra=about)
            return error

    def _broken(self, partition: int, offset: int, told: Told, error: object) -> DeadLetter:
        raw = b"[" + b",".join(map(without_recording, told.bodies)) + b"]"
        cause = f"no story could be made of this window: {type(error).__name__}"
        key = told.journey_id.encode()
        return DeadLetter(key, raw, cause, "untellable", self._events, partition, offset)

    def _letter(self, partition: int, refused: Refused) -> DeadLetter:
        key = refused.event.journey_id.encode()
        kind = refused.cause.replace(" ", "_")
        raw = without_recording(refused.event.body)
        return DeadLetter(key, raw, refused.cause, kind, self._events, partition, refused.offset)

    def _note(self, partition: int, offset: int, built: Sequence[tuple[str, Story | None]]) -> None:
        for name, story in built:
            about = {"partition": partition, "offset": offset}
            if story is None:
                logger.info("story %s withdrawn", name, extra=about)
            else:
                logger.info("story %s told", name, extra={"journey_id": story.journey_id, **about})
        told = sum(1 for _, story in built if story is not None)
        self._parts.metrics.stories.inc(told)
        self._parts.metrics.stories_withdrawn.inc(len(built) - told)

    def observe(self, log_ms: int) -> None:
        """Notes how long after its last event's arrival a story was acknowledged."""
        self._parts.metrics.story_seconds.observe(max(0.0, time.time() - log_ms / 1000))
