"""Events as the windows keep them: what orders them, and their bytes.

The newest ones are kept in their parsed form too, so that a window that closes soon need not parse them again.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.intake.formats.canonical import canonical_event
from pipeline.semantics.derived import RecentCache
from schemas.codecs import from_json, to_json
from schemas.events import EVENT, Event

PARSED_EVENTS_MIN: Final = 4_000
"""The newest events whose parsed form is cached; at most twice as many ever are: 40 MB of usual ones."""
PARSED_BYTES_MAX: Final = 4 * 1024
"""Larger events are not cached: few have as many bytes, and parsed they could take much memory."""

_parsed: RecentCache[bytes, Event] = RecentCache(PARSED_EVENTS_MIN)

Key = tuple[int, str, int, str]
"""What orders the events of a journey: (at_ms, tab_id, seq, event id)."""


class RawEvent(NamedTuple):
    """An event on its way into a window. `body` is its canonical JSON, `ends` says that it is an `End`."""

    app: str
    journey_id: str
    key: Key
    ends: bool
    body: bytes


def light(event: Event, known: bytes | None = None) -> RawEvent:
    """The light form of an event. `known` is its canonical JSON, where that is at hand."""
    key = (event.at_ms, event.tab_id, event.seq, event.id)
    body = to_json(event) if known is None else known
    if len(body) <= PARSED_BYTES_MAX:
        _parsed.put(body, event)
    return RawEvent(event.app, event.journey_id, key, event.kind == "end", body)


def parsed(body: bytes) -> Event:
    """The event that was printed as `body`. Equal whether it was cached or is parsed again; it leaves the cache, for a
    window is usually told once. Raises BadInput for what is no event."""
    return _parsed.pop(body) or canonical_event(body) or from_json(EVENT, body)


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
