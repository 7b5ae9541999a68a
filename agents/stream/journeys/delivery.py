"""What a flush does outside, in the order that makes a crash at any moment harmless.

Stories (and dead letters, and what goes elsewhere) are acknowledged first, then the table's rows, then the source
offsets. A crash in between repeats what came before it, with equal bytes under equal keys.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from agents.faults import message_of, trace_of
from agents.stream.broker.dead_letters import DeadLetter
from agents.stream.broker.sending import Record, Sender
from agents.stream.dependencies import StreamDependencies
from agents.stream.journeys.table import JourneysTable
from agents.stream.supervision.abort import Watchdog
from agents.stream.supervision.suspects import EndedWorkers, Suspects, cause_of, traced
from pipeline.intake.redaction import without_recording
from pipeline.windowing.flush import Flush, Refused, WindowEmitted, WindowRetracted
from schemas.messages import Message
from schemas.stories import Story

Moved = Callable[[], None]
"""Called when something was done."""
TOGETHER_MAX: Final = 16
"""Windows that are told in one go on the thread: to hand each over by itself costs as much as a fifth of a story."""
TOGETHER_BYTES_MAX: Final = 512 * 1024
"""Their bytes; a larger window goes alone."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Misrouted:
    """A message for another partition."""

    partition: int
    message: Message


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story's record, ready to be sent, and the window that it comes of (None for a withdrawn one)."""

    name: str
    value: bytes | None
    journey_id: str
    told: WindowEmitted | None


class NoModel(RuntimeError):
    """The model can't be had at all: no story is the reason."""


class Delivery:
    """Carries flushes out, for all partitions of this worker.

    Each window stands for itself: one that can't be told, tagged, encoded or sent by a fault of ours is buried with its
    cause, and its neighbours are told. What remains to fail is a flush as a whole.
    """

    def __init__(
        self, parts: StreamDependencies, sender: Sender, table: JourneysTable, pulse: Watchdog, suspects: Suspects
    ) -> None:
        self._parts = parts
        self._sender = sender
        self._table = table
        self._pulse = pulse
        self._suspects = suspects
        self._builders = ThreadPoolExecutor(1, "stories")
        self._events = parts.settings.topic("events")
        self._stories = parts.settings.topic("stories")

    async def deliver(
        self, partition: int, flush: Flush, letters: Sequence[DeadLetter], astray: Sequence[Misrouted], clock_ms: int
    ) -> None:
        """Returns once all of it is acknowledged. Raises RowsRefused."""
        self._pulse.check()
        progress = self._parts.progress.partition(partition)
        buried = [*letters, *(self._letter(partition, refused) for refused in flush.refused)]
        progress.delivers = "the acknowledgement of what belongs elsewhere"
        buried += await self._send_on(partition, flush.offset, astray, progress.moved)
        if flush.stories:
            told = [said for said in flush.stories if isinstance(said, WindowEmitted)]
            progress.delivers = f"the telling of {len(told)} windows"
            stories, broken = await self._built(partition, flush.offset, told, progress.moved)
            progress.delivers = f"the acknowledgement of {len(told)} stories"
            said = await self._said(partition, flush, stories, broken, progress.moved)
            buried += broken.values()
            self._note(partition, flush.offset, said)
        progress.delivers = f"the acknowledgement of {len(buried)} dead letters"
        await self._sender.bury(buried, progress.moved)
        self._pulse.check()
        progress.delivers = "the acknowledgement of rows"
        await self._table.write(partition, flush.changes, clock_ms, progress.moved)
        self._pulse.check()
        await self._table.delete(partition, flush.changes.deletes, progress.moved)
        progress.delivers = ""

    async def _send_on(
        self, partition: int, offset: int, astray: Sequence[Misrouted], moved: Moved
    ) -> list[DeadLetter]:
        """Sends events to the partitions that they belong to; what can't be sent."""
        records = [Record(self._events, one.message.key, one.message.value, one.partition) for one in astray]
        letters = []
        for number, error in (await self._sender.deliver(records, moved)).items():
            record = records[number]
            self._fault("send", "events can't be sent to their partition", error)
            raw = without_recording(record.value or b"")
            cause = f"could not be sent to its partition: {type(error).__name__}"
            letters.append(DeadLetter(record.key, raw, cause, "internal", self._events, partition, offset))
        return letters

    async def _built(
        self, partition: int, offset: int, told: Sequence[WindowEmitted], moved: Moved
    ) -> tuple[dict[str, Story], dict[str, DeadLetter]]:
        """The stories with their tags, by id; and the letters of the windows that can't be told, by theirs."""
        loop = asyncio.get_running_loop()
        found: dict[str, Story] = {}
        letters: dict[str, DeadLetter] = {}
        owners: dict[str, WindowEmitted] = {}
        for some in portions(told):
            outcomes = await loop.run_in_executor(self._builders, self._build_all, some)
            moved()
            for one, outcome in zip(some, outcomes, strict=True):
                if isinstance(outcome, Exception):
                    letters[one.story_id] = self._broken(partition, offset, one, outcome, "tell")
                    continue
                found |= {story.id: story for story in outcome}
                owners |= {story.id: one for story in outcome}
        tagged, untaggable = await self._tagged(list(found.values()), moved)
        for name, error in untaggable.items():
            owner = owners[name]
            letters[owner.story_id] = self._broken(partition, offset, owner, error, "tag")
        return tagged, letters

    async def _tagged(self, stories: list[Story], moved: Moved) -> tuple[dict[str, Story], dict[str, Exception]]:
        """The stories with their tags by id, and those that can't have any. Where a batch fails, each is tried
        alone."""
        if not stories:
            return {}, {}
        queue = self._parts.metrics.embedder_queue
        queue.inc(len(stories))
        try:
            return {story.id: story for story in await self._parts.tagger.tag(stories)}, {}
        except Exception as error:  # noqa: BLE001 - tried again one by one
            logger.error("stories can't be tagged, each is tried alone", extra={"trace": trace_of(error)})
        finally:
            queue.dec(len(stories))
            moved()
        tagged: dict[str, Story] = {}
        broken: dict[str, Exception] = {}
        for story in stories:
            try:
                tagged |= {one.id: one for one in await self._parts.tagger.tag([story])}
            except Exception as error:  # noqa: BLE001 - answered
                await self._require_model()
                broken[story.id] = error
            moved()
        return tagged, broken

    async def _require_model(self) -> None:
        try:
            await self._parts.tagger.check()
        except Exception as error:
            raise NoModel(f"the model can't be had: {message_of(error)}") from error

    async def _said(
        self,
        partition: int,
        flush: Flush,
        stories: Mapping[str, Story],
        broken: dict[str, DeadLetter],
        moved: Moved,
    ) -> list[StoryRecord]:
        """Sends the stories; those that were sent. The windows of those that can't be come to the broken ones."""
        ready: list[StoryRecord] = []
        for said in flush.stories:
            if said.story_id not in broken:
                outcome = self._encoded(said, stories)
                if isinstance(outcome, Exception):
                    assert isinstance(said, WindowEmitted)
                    broken[said.story_id] = self._broken(partition, flush.offset, said, outcome, "send")
                else:
                    ready += outcome
        records = [Record(self._stories, one.name.encode(), one.value, partition) for one in ready]
        refused = await self._sender.deliver(records, moved)
        for number, error in refused.items():
            told = ready[number].told
            if told is None or told.story_id in broken:
                continue
            broken[told.story_id] = self._broken(partition, flush.offset, told, error, "send")
        return [one for number, one in enumerate(ready) if number not in refused]

    def _encoded(
        self, said: WindowEmitted | WindowRetracted, stories: Mapping[str, Story]
    ) -> list[StoryRecord] | Exception:
        try:
            if isinstance(said, WindowRetracted):
                return [StoryRecord(name, None, "", None) for name, _ in said.records()]
            encode = self._parts.wire.story
            return [
                StoryRecord(name, None if story is None else encode(story), said.journey_id, said)
                for name, story in said.records(stories)
            ]
        except Exception as error:  # noqa: BLE001 - answered
            return error

    def _build_all(self, told: Sequence[WindowEmitted]) -> list[Sequence[Story] | Exception]:
        return [self._build(one) for one in told]

    def _build(self, told: WindowEmitted) -> Sequence[Story] | Exception:
        """A window that our code can't tell must not stop its partition for ever: it is buried, and logged as a bug."""
        item = f"window/{told.story_id}"
        end = self._suspects.guilty(item)
        if end is not None:
            return EndedWorkers(end)
        try:
            with self._suspects.trying(item):
                return self._parts.build(told.window())
        except Exception as error:  # noqa: BLE001 - buried
            return error

    def _broken(self, partition: int, offset: int, told: WindowEmitted, error: BaseException, what: str) -> DeadLetter:
        about = {"journey_id": told.journey_id, "app": told.app, "partition": partition, "offset": offset}
        self._fault(what, f"no story could be told of window {told.story_id}", error, **about)
        raw = b"[" + b",".join(map(without_recording, told.bodies)) + b"]"
        cause = f"no story could be told of this window ({what}): {cause_of(error)}"
        key = told.journey_id.encode("utf-8", "replace")
        return DeadLetter(key, raw, cause, "untellable", self._events, partition, offset, trace=traced(error))

    def _fault(self, what: str, told: str, error: BaseException, **about: object) -> None:
        self._parts.metrics.own_faults.labels(what).inc()
        logger.error("%s", told, extra={**about, "trace": traced(error)})

    def _letter(self, partition: int, refused: Refused) -> DeadLetter:
        key = refused.event.journey_id.encode()
        kind = refused.cause.replace(" ", "_")
        raw = without_recording(refused.event.body)
        return DeadLetter(key, raw, refused.cause, kind, self._events, partition, refused.offset)

    def _note(self, partition: int, offset: int, said: Sequence[StoryRecord]) -> None:
        for one in said:
            about = {"partition": partition, "offset": offset}
            if one.value is None:
                logger.info("story %s withdrawn", one.name, extra=about)
            else:
                logger.info("story %s told", one.name, extra={"journey_id": one.journey_id, **about})
        told = sum(1 for one in said if one.value is not None)
        self._parts.metrics.stories.inc(told)
        self._parts.metrics.stories_withdrawn.inc(len(said) - told)

    def observe(self, log_ms: int) -> None:
        """Notes how long after its last event's arrival a story was acknowledged."""
        self._parts.metrics.story_seconds.observe(max(0.0, time.time() - log_ms / 1000))


def portions(told: Sequence[WindowEmitted]) -> list[list[WindowEmitted]]:
    """The windows in their order, TOGETHER_MAX or TOGETHER_BYTES_MAX a list."""
    found: list[list[WindowEmitted]] = []
    room = 0
    for one in told:
        size = sum(map(len, one.bodies))
        if not found or len(found[-1]) == TOGETHER_MAX or size > room:
            found.append([])
            room = TOGETHER_BYTES_MAX
        found[-1].append(one)
        room -= size
    return found
