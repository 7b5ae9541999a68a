"""A partition's log for tests: light events, messages, and a reader that may crash and be restored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.entries import Light, light
from pipeline.restoring import restore
from pipeline.rows import SegmentLog
from pipeline.windows import PartitionWindows, Refused, Told, Windowing
from schemas.events import End, Event, Opaque

GAP_MS = 1_000
LATENESS_MS = 500
MEMORY_MS = 20_000
WINDOWING = Windowing(GAP_MS, LATENESS_MS, MEMORY_MS)
START_MS = 1_700_000_000_000


def event(journey: str, at_ms: int, name: str, ends: bool = False, tab_id: str = "", note: str = "") -> Event:
    """An event of a journey, `at_ms` after START_MS."""
    common = {
        "id": name,
        "app": "shop",
        "session_id": journey,
        "journey_id": journey,
        "at_ms": START_MS + at_ms,
        "tab_id": tab_id,
    }
    return End.model_validate(common) if ends else Opaque.model_validate({**common, "name": note})


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
        lights: list[Light] = [light(one) for one in message.events]
        self.state.apply(offset, START_MS + message.log_ms, lights)

    def flush(self, steps: int | None = None) -> None:
        """Flushes; with `steps`, only so many of its writes come through before a crash."""
        flush = self.state.flush()
        left = [10**9 if steps is None else steps]

        def through() -> bool:
            left[0] -= 1
            return left[0] >= 0

        for said in flush.stories:
            if not through():
                break
            self.records += 1
            if isinstance(said, Told):
                self.stories[said.story_id] = tuple(one.id for one in said.window().events)
            else:
                self.stories.pop(said.story_id, None)
        for refused in flush.refused:
            if through():
                self.bury(refused)
        for key, value in flush.changes.puts:
            if through():
                self.rows[key] = value
        for key in flush.changes.deletes:
            if through():
                self.rows.pop(key, None)
        if left[0] < 0:
            self.crash()

    def bury(self, refused: Refused) -> None:
        self.refused[refused.event.key[3]] = refused.cause


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
