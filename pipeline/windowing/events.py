"""Events as the windows keep them: what orders them, and their bytes; parsed again only when a window closes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from schemas.codecs import to_json
from schemas.events import Event

if TYPE_CHECKING:
    from pipeline.windowing.journey import Journey
    from pipeline.windowing.segments import Segment

Key = tuple[int, str, int, str]
"""What orders the events of a journey: (at_ms, tab_id, seq, event id)."""


class RawEvent(NamedTuple):
    """An event on its way into a window. `body` is its canonical JSON, `ends` says that it is an `End`."""

    app: str
    journey_id: str
    key: Key
    ends: bool
    body: bytes


def light(event: Event) -> RawEvent:
    """The light form of an event."""
    key = (event.at_ms, event.tab_id, event.seq, event.id)
    return RawEvent(event.app, event.journey_id, key, event.kind == "end", to_json(event))


class Arrival(NamedTuple):
    """When something arrived: the partition's clock and its time in service, both in milliseconds."""

    clock_ms: int
    uptime_ms: int


NEVER = Arrival(0, 0)


class BufferedEvent:
    """An event in an open window. Its bytes are `raw[start:end]`: once written, they are shared with the table's row.

    `segment` is the row that holds it, None before the first flush and again once it was forgotten (`alive` False).
    """

    __slots__ = ("alive", "arrival", "digest", "end", "ends", "journey", "key", "raw", "segment", "start")

    def __init__(self, journey: Journey, fresh: RawEvent, arrival: Arrival) -> None:
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


@dataclass(frozen=True, slots=True)
class JourneyWatermark:
    """What is left of a journey's forgotten windows: where its count goes on, and up to where nothing can be told."""

    era: int
    count: int
    last_key: Key
    ended: bool
    touched: Arrival
