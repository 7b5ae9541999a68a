"""How a partition's open windows lie in the journeys table: a log of segments, written behind.

A row is either a *segment* (the events and journey marks that changed between two flushes) or the *manifest* (up to
which offset the state reaches, its clock, and which segments are alive). A flush puts segments, then the manifest; the
segments that died go one flush later, once the manifest that no longer names them is known to be safe. As the rows lie
in one changelog partition, each prefix of it holds one consistent state.

Each owner of a partition writes under keys of its own, so a worker that was stopped, lost the partition and wakes up
again can't overwrite its successor's rows. Whoever wrote it, a complete manifest is right, because the state is a
function of the log up to its offset: `restore` takes the one that reaches furthest and whose segments are all there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from pipeline.windowing.clock import Clock
from pipeline.windowing.events import Arrival, JourneyWatermark, RawEvent
from pipeline.windowing.ids import Slot
from pipeline.windowing.records import BufferedEvent, JourneyRecord, Segment
from schemas import limits

LAYOUT: Final = 1
"""Version of the layout; a row of another one is refused, loudly."""
ENTRY_BYTES: Final = 120
"""What an event costs in a row beside its body; a mark the same."""
SMALL_BYTES: Final = limits.SEGMENT_BYTES_MAX // 16
SMALL_MAX: Final = 64
"""Rows smaller than SMALL_BYTES are put together once there are so many of them: fewer rows recover faster."""
STALE_MAX: Final = 8
"""Stale rows of a journey from which on those that are gone are sorted out."""
MOVED_BYTES_MAX: Final = 4 * limits.SEGMENT_BYTES_MAX
"""How much one flush moves out of half-dead rows."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a flush does to the table, in this order: `puts` (the manifest last), then `deletes`."""

    puts: tuple[tuple[str, bytes], ...]
    deletes: tuple[str, ...]


@dataclass(slots=True)
class SegmentLog:
    """The rows of one partition, as their present owner writes them. Keys are `<prefix>/<owner>/<number>`."""

    prefix: str
    owner: str
    segments: dict[str, Segment] = field(default_factory=dict)
    written: int = 0
    dead: list[str] = field(default_factory=list)
    """Rows that the last manifest no longer names."""
    forced: set[str] = field(default_factory=set)
    """Rows that must be written anew with the next flush."""

    def hold(self, segment: Segment, entry: BufferedEvent) -> None:
        """The event lies in this segment now."""
        entry.segment = segment
        segment.entries.append(entry)
        segment.events += 1
        segment.size += entry.size + ENTRY_BYTES
        segment.live += entry.size + ENTRY_BYTES

    def hold_mark(self, segment: Segment, journey: JourneyRecord) -> None:
        """The journey's newest mark lies in this segment now; an older one elsewhere is stale."""
        if journey.segment is segment:
            return
        self.release_mark(journey)
        journey.segment = segment
        segment.journeys.append(journey)
        segment.size += ENTRY_BYTES
        segment.live += ENTRY_BYTES

    def release(self, entry: BufferedEvent) -> None:
        """An event is forgotten or replaced."""
        entry.alive = False
        if entry.segment is not None:
            self._grow_stale(entry.journey, entry.segment)
            entry.segment.live -= entry.size + ENTRY_BYTES
            entry.segment.events -= 1
            entry.segment = None

    def release_mark(self, journey: JourneyRecord) -> None:
        """A journey's mark is dropped, or is written anew."""
        if journey.segment is not None:
            self._grow_stale(journey, journey.segment)
            journey.segment.live -= ENTRY_BYTES
            journey.segment = None

    def drop(self, journey: JourneyRecord) -> None:
        """A journey is dropped for good. Rows that still hold stale parts of it are written anew with the next flush,
        or a restore would bring those back; its newest mark tells by itself that its time is over."""
        self.forced |= journey.stale_in & self.segments.keys()
        self.release_mark(journey)

    def _grow_stale(self, journey: JourneyRecord, segment: Segment) -> None:
        journey.stale_in.add(segment.key)
        if len(journey.stale_in) > STALE_MAX:
            journey.stale_in &= self.segments.keys()

    def write(
        self, entries: list[BufferedEvent], journeys: Iterable[JourneyRecord], offset: int, clock: Clock
    ) -> Changes:
        """The changes that make the table hold the present state.

        `entries` arrived since the last write, `journeys` changed their marks since then.
        """
        fresh_entries = [entry for entry in entries if entry.alive]
        fresh_journeys = list(journeys)
        for victim in self._victims():
            moved_entries, moved_journeys = victim.survivors()
            fresh_entries += moved_entries
            fresh_journeys += moved_journeys
            victim.live = 0
        rows = []
        for some_entries, some_journeys in _portions(fresh_entries, fresh_journeys):
            segment = Segment(f"{self.prefix}/{self.owner}/{self.written}")
            self.written += 1
            rows.append((segment.key, _print(some_entries, some_journeys)))
            for entry in some_entries:
                self.hold(segment, entry)
            for journey in some_journeys:
                self.hold_mark(segment, journey)
            self.segments[segment.key] = segment
        deletes, self.dead = self.dead, [key for key, segment in self.segments.items() if segment.live <= 0]
        for key in self.dead:
            del self.segments[key]
        rows.append((f"{self.prefix}/{self.owner}/m", self._manifest(offset, clock)))
        return Changes(tuple(rows), tuple(deletes))

    def _victims(self) -> Iterator[Segment]:
        forced, self.forced = self.forced, set()
        yield from (self.segments[key] for key in forced if key in self.segments and self.segments[key].live > 0)
        room = MOVED_BYTES_MAX
        small = [s for s in self.segments.values() if s.live > 0 and s.size < SMALL_BYTES]
        # Marks must not keep the bodies of forgotten events: those go first of all.
        husks = [s for s in self.segments.values() if s.live > 0 and s.entries and not s.events]
        halves = husks + [s for s in self.segments.values() if 0 < 2 * s.live < s.size]
        for segment in {s.key: s for s in halves + (small if len(small) >= SMALL_MAX else [])}.values():
            room -= segment.live
            if room < 0:
                return
            yield segment

    def _manifest(self, offset: int, clock: Clock) -> bytes:
        ranges: dict[str, list[list[int]]] = {}
        for key in self.segments:
            stem, _, number = key.rpartition("/")
            runs = ranges.setdefault(stem.rpartition("/")[2], [])
            if runs and runs[-1][1] == int(number) - 1:
                runs[-1][1] = int(number)
            else:
                runs.append([int(number), int(number)])
        return orjson.dumps(
            {
                "layout": LAYOUT,
                "offset": offset,
                "clock": [clock.now_ms, clock.uptime_ms, clock.log_ms],
                "segments": list(ranges.items()),
            }
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """A state of a partition: the offset that it reaches, its clock, and the keys of its segments, oldest first."""

    key: str
    offset: int
    clock: Clock
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A segment's content: events with their arrivals, and journeys' marks."""

    key: str
    raw: bytes
    entries: tuple[tuple[RawEvent, Arrival, int, int], ...]
    marks: tuple[tuple[str, str, JourneyWatermark | None, dict[Slot, int]], ...]


def newest_manifest(rows: Mapping[str, bytes]) -> Manifest | None:
    """The manifest that reaches furthest among those whose segments are all there; None in an empty table."""
    read = [_read_manifest(key, raw, len(rows)) for key, raw in rows.items() if key.endswith("/m")]
    manifests = [manifest for manifest in read if manifest is not None]
    whole = [manifest for manifest in manifests if all(key in rows for key in manifest.segments)]
    if manifests and not whole:
        raise LostRows(f"{len(manifests)} manifests in the journeys table, none with all of its segments")
    return max(whole, key=lambda manifest: (manifest.offset, manifest.key), default=None)


class LostRows(RuntimeError):
    """The table lacks rows that its manifests name: its changelog lost records."""


def read_segment(key: str, raw: bytes) -> Record:
    """Parses a segment's row."""
    head_end = 4 + int.from_bytes(raw[:4])
    head = _layout(orjson.loads(raw[4:head_end]))
    journeys = [(str(app), str(journey_id)) for app, journey_id in head["journeys"]]
    entries = []
    start = head_end
    for journey, at_ms, tab_id, seq, event_id, ends, clock_ms, uptime_ms, size in head["entries"]:
        app, journey_id = journeys[journey]
        light = RawEvent(app, journey_id, (at_ms, tab_id, seq, event_id), bool(ends), raw[start : start + size])
        entries.append((light, Arrival(clock_ms, uptime_ms), start, start + size))
        start += size
    marks = []
    for journey, stub, told in head["marks"]:
        marks.append((*journeys[journey], _read_stub(stub), {Slot(era, ordinal): d for era, ordinal, d in told}))
    return Record(key, raw, tuple(entries), tuple(marks))


def _portions(
    entries: list[BufferedEvent], journeys: list[JourneyRecord]
) -> Iterator[tuple[list[BufferedEvent], list[JourneyRecord]]]:
    """Cuts what is to be written into rows of at most SEGMENT_BYTES_MAX."""
    some_entries: list[BufferedEvent] = []
    some_journeys: list[JourneyRecord] = []
    room = limits.SEGMENT_BYTES_MAX
    for entry in entries:
        cost = 2 * entry.size + ENTRY_BYTES  # the head repeats the event's ids, which the body holds too
        if cost > room and some_entries:
            yield some_entries, []
            some_entries, room = [], limits.SEGMENT_BYTES_MAX
        some_entries.append(entry)
        room -= cost
    for journey in journeys:
        cost = ENTRY_BYTES * (1 + len(journey.told)) + 6 * (len(journey.app) + len(journey.journey_id))
        if cost > room and (some_entries or some_journeys):
            yield some_entries, some_journeys
            some_entries, some_journeys, room = [], [], limits.SEGMENT_BYTES_MAX
        some_journeys.append(journey)
        room -= cost
    if some_entries or some_journeys:
        yield some_entries, some_journeys


def _print(entries: list[BufferedEvent], journeys: list[JourneyRecord]) -> bytes:
    """A segment's bytes. From now on the entries' bodies are slices of them."""
    numbers: dict[tuple[str, str], int] = {}
    printed = []
    for entry in entries:
        journey = numbers.setdefault((entry.journey.app, entry.journey.journey_id), len(numbers))
        arrival = entry.arrival
        printed.append([journey, *entry.key, int(entry.ends), arrival.clock_ms, arrival.uptime_ms, entry.size])
    marks = []
    for marked in journeys:
        number = numbers.setdefault((marked.app, marked.journey_id), len(numbers))
        told = [[slot.era, slot.ordinal, digest] for slot, digest in marked.told.items()]
        marks.append([number, _print_stub(marked.stub), told])
    head = orjson.dumps({"layout": LAYOUT, "journeys": list(numbers), "entries": printed, "marks": marks})
    raw = b"".join([len(head).to_bytes(4), head, *[entry.body for entry in entries]])
    start = 4 + len(head)
    for entry in entries:
        entry.raw, entry.start, entry.end = raw, start, start + entry.size
        start = entry.end
    return raw


def _print_stub(stub: JourneyWatermark | None) -> list[Any] | None:
    if stub is None:
        return None
    return [stub.era, stub.count, list(stub.last_key), stub.ended, stub.touched.clock_ms, stub.touched.uptime_ms]


def _read_stub(raw: list[Any] | None) -> JourneyWatermark | None:
    if raw is None:
        return None
    era, count, (at_ms, tab_id, seq, event_id), ended, clock_ms, uptime_ms = raw
    return JourneyWatermark(era, count, (at_ms, tab_id, seq, event_id), ended, Arrival(clock_ms, uptime_ms))


def _read_manifest(key: str, raw: bytes, rows_max: int) -> Manifest | None:
    """A manifest; None where the row is no manifest at all. One that names more rows than there are names the row ""
    instead, which is nowhere. Raises LostRows for one of another layout."""
    prefix = key.split("/", 1)[0]
    try:
        head = _layout(orjson.loads(raw))
        runs = [(str(owner), int(first), int(last)) for owner, some in head["segments"] for first, last in some]
        offset, (now_ms, uptime_ms, log_ms) = int(head["offset"]), map(int, head["clock"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    if any(first > last for _, first, last in runs):
        return None
    keys = [""]
    if sum(last - first + 1 for _, first, last in runs) <= rows_max:
        keys = [f"{prefix}/{owner}/{number}" for owner, first, last in runs for number in range(first, last + 1)]
    return Manifest(key, offset, Clock(now_ms, uptime_ms, log_ms), tuple(keys))


def _layout(head: dict[str, Any]) -> dict[str, Any]:
    if head["layout"] != LAYOUT:
        raise LostRows(f"a row of layout {head['layout']}, where this version reads layout {LAYOUT}")
    return head
