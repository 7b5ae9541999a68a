"""Events as the windows keep them: what orders them, and their bytes; parsed again only when a window closes."""

from dataclasses import dataclass
from typing import NamedTuple

from schemas.codecs import to_json
from schemas.events import Event

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


@dataclass(frozen=True, slots=True)
class JourneyWatermark:
    """What is left of a journey's forgotten windows: where its count goes on, and up to where nothing can be told."""

    era: int
    count: int
    last_key: Key
    ended: bool
    touched: Arrival
