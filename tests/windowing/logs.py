"""A partition's log for tests: light events, messages, and a reader that may crash and be restored."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipeline.windowing.events import RawEvent, light
from pipeline.windowing.flush import Refused, WindowEmitted, WindowRetracted
from pipeline.windowing.ids import PARTS_MAX, part_ids
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.recovery import restore
from pipeline.windowing.segments import SegmentLog
from schemas.events import End, Event, Recording

GAP_MS = 1_000
LATENESS_MS = 500
MEMORY_MS = 20_000
WINDOWING = Windowing(GAP_MS, LATENESS_MS, MEMORY_MS)
START_MS = 1_700_000_000_000


def event(journey: str, at_ms: int, name: str, ends: bool = False, tab_id: str = "", note: str = "") -> Event:
    """An event of a journey, `at_ms` after START_MS; `note` makes it as large as one likes."""
    common = {
        "id": name,
        "app": "shop",
        "session_id": journey,
        "journey_id": journey,
        "at_ms": START_MS + at_ms,
        "tab_id": tab_id,
    }
    return End.model_validate(common) if ends else Recording.model_validate({**common, "chunk": note})


@dataclass(frozen=True)
class Message:
    """One message of the log: its log time after START_MS, and its events."""

    log_ms: int
    events: tuple[Event, ...] = ()


Outcome = dict[str, tuple[str, ...]]
"""Story id → the ids of its events in their order. What is left once tombstones did their work."""


@dataclass
class Reader:
    """Reads a log through PartitionWindows, and keeps table and topic as Kafka would."""

    windowing: Windowing = WINDOWING
    rows: dict[str, bytes] = field(default_factory=dict)
    stories: Outcome = field(default_factory=dict)
    records: int = 0
    parts: Outcome = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    owners: int = 0
    state: PartitionWindows = field(init=False)

    def __post_init__(self) -> None:
        self.crash()

    def crash(self) -> None:
        """Loses all that was not flushed, and takes up the state again from the rows."""
        self.owners += 1
        self.state = restore(self.windowing, SegmentLog("0", f"o{self.owners}"), self.rows)

    def apply(self, offset: int, message: Message) -> None:
        lights: list[RawEvent] = [light(one) for one in message.events]
        self.state.apply(offset, START_MS + message.log_ms, lights)

    def flush(self, steps: int | None = None) -> None:
        """Flushes; with `steps`, only so many of its writes come through before a crash."""
        flush = self.state.flush()
        writes: list[Callable[[], object]] = [partial(self._say, said) for said in flush.stories]
        writes += [partial(_put, self.parts, *record) for said in flush.stories for record in _records(said)]
        writes += [partial(self.bury, refused) for refused in flush.refused]
        writes += [partial(self.rows.__setitem__, key, value) for key, value in flush.changes.puts]
        writes += [partial(self.rows.pop, key, None) for key in flush.changes.deletes]
        for write in writes[:steps]:
            write()
        if steps is not None and steps < len(writes):
            self.crash()

    def _say(self, said: WindowEmitted | WindowRetracted) -> None:
        self.records += 1
        told = names(said.window().events) if isinstance(said, WindowEmitted) else None
        _put(self.stories, said.story_id, told)

    def bury(self, refused: Refused) -> None:
        self.refused[refused.event.key[3]] = refused.cause


def _put(topic: Outcome, name: str, value: tuple[str, ...] | None) -> None:
    topic.pop(name, None)
    if value is not None:
        topic[name] = value


def parts_of(story_id: str, events: tuple[str, ...]) -> Outcome:
    """The parts of a window by made-up borders, which come and go with every event."""
    count = 1 + zlib.crc32(" ".join(events).encode()) % PARTS_MAX
    return {name: events[place::count] for place, name in enumerate(part_ids(story_id)[:count])}


def _records(said: WindowEmitted | WindowRetracted) -> Sequence[tuple[str, tuple[str, ...] | None]]:
    if isinstance(said, WindowRetracted):
        return said.records()
    return said.records(parts_of(said.story_id, names(said.window().events)))


def silence(after_ms: int, length_ms: int, step_ms: int = 200) -> list[Message]:
    """Ticks."""
    return [Message(after_ms + at_ms) for at_ms in range(step_ms, length_ms + step_ms, step_ms)]


def read_all(messages: Iterable[Message], flush_every: int = 1, windowing: Windowing = WINDOWING) -> Reader:
    """Reads a log without faults, flushing after so many messages, and at the end."""
    reader = Reader(windowing)
    for offset, message in enumerate(messages):
        reader.apply(offset, message)
        if offset % flush_every == flush_every - 1:
            reader.flush()
    reader.flush()
    return reader


def names(events: Sequence[Event]) -> tuple[str, ...]:
    return tuple(one.id for one in events)
