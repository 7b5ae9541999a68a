"""What a partition keeps in memory and which row of the table holds it: events, journeys, and the rows themselves."""

from __future__ import annotations

from hashlib import blake2b

from pipeline.windowing.events import Arrival, JourneyWatermark, RawEvent
from pipeline.windowing.ids import Slot


class Segment:
    """A row and what of it is alive, in bytes; `events` counts the events that are."""

    __slots__ = ("entries", "events", "journeys", "key", "live", "size")

    def __init__(self, key: str) -> None:
        self.key = key
        self.entries: list[BufferedEvent] = []
        self.journeys: list[JourneyRecord] = []
        self.events = 0
        self.size = 0
        self.live = 0

    def survivors(self) -> tuple[list[BufferedEvent], list[JourneyRecord]]:
        """The events and the journeys' marks that are still alive in it."""
        entries = [entry for entry in self.entries if entry.alive and entry.segment is self]
        return entries, [journey for journey in self.journeys if journey.segment is self]


class BufferedEvent:
    """An event in an open window. Its bytes are `raw[start:end]`: once written, they are shared with the table's row.

    `segment` is the row that holds it, None before the first flush and again once it was forgotten (`alive` False).
    """

    __slots__ = ("alive", "arrival", "digest", "end", "ends", "journey", "key", "raw", "segment", "start")

    def __init__(self, journey: JourneyRecord, fresh: RawEvent, arrival: Arrival) -> None:
        self.journey = journey
        self.key = fresh.key
        self.ends = fresh.ends
        self.arrival = arrival
        self.raw = fresh.body
        self.start = 0
        self.end = len(fresh.body)
        self.digest = int.from_bytes(blake2b(fresh.body, digest_size=8).digest())
        self.segment: Segment | None = None
        self.alive = True

    @property
    def body(self) -> bytes:
        """The event's canonical JSON."""
        return self.raw[self.start : self.end]

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return self.end - self.start


class JourneyRecord:
    """What a row says of a journey: the mark that is left of its forgotten windows (`stub`), and the digest under which
    each open one was last told, by slot. `segment` is the row with the newest record of both, `stale_in` the keys of
    rows where older ones, or forgotten events, may still lie."""

    __slots__ = ("app", "journey_id", "segment", "stale_in", "stub", "told")

    def __init__(self, app: str, journey_id: str) -> None:
        self.app = app
        self.journey_id = journey_id
        self.stub: JourneyWatermark | None = None
        self.told: dict[Slot, int] = {}
        self.segment: Segment | None = None
        self.stale_in: set[str] = set()
