"""One journey: its events as a set, cut into windows.

The windows are a pure function of the set: sorted by (at_ms, tab_id, seq, id), cut where the silence is longer than
the gap, and right after an `End`. `Journey.add` keeps them so, whatever the order of arrival; it touches one window in
the usual case and cuts the journey anew in the rare others (windows that merge, an `End` in the middle).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import Enum

from pipeline.windowing.events import Arrival, JourneyWatermark, Key, RawEvent
from pipeline.windowing.ids import Slot, next_slot
from pipeline.windowing.records import BufferedEvent, JourneyRecord
from schemas import limits


class Added(Enum):
    """What became of an event."""

    NEW = "new"
    DUPLICATE = "duplicate"
    LATE = "late"
    TOO_LONG = "journey too long"


class OpenWindow:
    """Events between two silences, in any order. `digest` names the set of its events; `touched` its newest arrival."""

    __slots__ = ("bytes", "digest", "ended", "entries", "first_key", "last_key", "touched_ms", "touched_uptime_ms")

    def __init__(self, entries: Iterable[BufferedEvent]) -> None:
        self.entries: list[BufferedEvent] = []
        self.first_key: Key = (0, "", 0, "")
        self.last_key: Key = (0, "", 0, "")
        self.ended = False
        self.bytes = 0
        self.digest = 0
        self.touched_ms = 0
        self.touched_uptime_ms = 0
        for entry in entries:
            self.add(entry)

    def add(self, entry: BufferedEvent) -> None:
        """Takes one more event; that it belongs here is for the caller to know."""
        if not self.entries or entry.key < self.first_key:
            self.first_key = entry.key
        if not self.entries or entry.key > self.last_key:
            self.last_key = entry.key
            self.ended = entry.ends
        self.entries.append(entry)
        self.bytes += entry.end - entry.start
        self.digest ^= entry.digest
        self.touched_ms = max(self.touched_ms, entry.arrival.clock_ms)
        self.touched_uptime_ms = max(self.touched_uptime_ms, entry.arrival.uptime_ms)

    @property
    def full(self) -> bool:
        """Whether it has as many events or bytes as a window may have."""
        return len(self.entries) >= limits.JOURNEY_EVENTS_MAX or self.bytes >= limits.JOURNEY_BYTES_MAX

    def bodies(self) -> tuple[bytes, ...]:
        """The events' bytes in their order."""
        self.entries.sort(key=_key)
        return tuple(entry.body for entry in self.entries)


class Journey(JourneyRecord):
    """A journey's open windows in the order of time, and the stub of those that were forgotten.

    `wake_ms` is the next moment of the partition's clock at which something may be due, `patience_ms` the moment of its
    uptime at which something that the clock made due need wait no more.
    """

    __slots__ = ("ids", "patience_ms", "wake_ms", "windows")

    def __init__(self, app: str, journey_id: str) -> None:
        super().__init__(app, journey_id)
        self.ids: dict[str, BufferedEvent] = {}
        self.windows: list[OpenWindow] = []
        self.wake_ms: int | None = None
        self.patience_ms: int | None = None

    def add(self, fresh: RawEvent, arrival: Arrival, gap_ms: int) -> tuple[Added, BufferedEvent | None]:
        """Takes an event. Returns what became of it and, if it is new here, its entry.

        Of two events with one id the smaller (by order, then by bytes) is kept, whichever came first.
        """
        known = self.ids.get(fresh.key[3])
        if known is not None:
            if (fresh.key, fresh.body) >= (known.key, known.body):
                return Added.DUPLICATE, None
            return Added.NEW, self._replace(known, BufferedEvent(self, fresh, arrival), gap_ms)
        if self.stub is not None and _is_late(self.stub, fresh.key, gap_ms):
            return Added.LATE, None
        place = bisect_right(self.windows, fresh.key, key=_first_key)
        if self._too_long(fresh.key[0], place, gap_ms):
            return Added.TOO_LONG, None
        entry = BufferedEvent(self, fresh, arrival)
        self.ids[fresh.key[3]] = entry
        self._place(entry, place, gap_ms)
        return Added.NEW, entry

    def slots(self, retention_ms: int) -> Iterator[tuple[Slot, OpenWindow]]:
        """The windows in the order of time, each with its slot."""
        before: Slot | None = None
        last_ms = 0
        if self.stub is not None:
            before, last_ms = Slot(self.stub.era, self.stub.count - 1), self.stub.last_key[0]
        for window in self.windows:
            first_ms = window.first_key[0]
            before = next_slot(before, first_ms - last_ms, first_ms, retention_ms)
            last_ms = window.last_key[0]
            yield before, window

    def forget_first(self, slot: Slot) -> OpenWindow:
        """Drops the first window, whose slot is `slot`, and leaves a stub for it."""
        window = self.windows.pop(0)
        for entry in window.entries:
            del self.ids[entry.key[3]]
        touched = Arrival(window.touched_ms, window.touched_uptime_ms)
        if self.stub is not None:
            old = self.stub.touched
            touched = Arrival(max(touched[0], old.clock_ms), max(touched[1], old.uptime_ms))
        self.stub = JourneyWatermark(slot.era, slot.ordinal + 1, window.last_key, window.ended, touched)
        self.told.pop(slot, None)
        if not self.windows:
            # A dict that was emptied keeps its room; stubs are many, and stay for a day.
            self.ids = {}
            self.told = dict(self.told)
        return window

    def _too_long(self, at_ms: int, place: int, gap_ms: int) -> bool:
        near = [self.windows[place - 1]] if place and at_ms - self.windows[place - 1].last_key[0] <= gap_ms else []
        if place < len(self.windows) and self.windows[place].first_key[0] - at_ms <= gap_ms:
            near.append(self.windows[place])
        return any(window.full for window in near)

    def _place(self, entry: BufferedEvent, place: int, gap_ms: int) -> None:
        """Puts a new entry where it belongs; `place` is the number of windows that begin at or before it."""
        at_ms = entry.key[0]
        left = self.windows[place - 1] if place else None
        right = self.windows[place] if place < len(self.windows) else None
        near_left = left is not None and at_ms - left.last_key[0] <= gap_ms
        near_right = right is not None and right.first_key[0] - at_ms <= gap_ms
        if left is not None and near_left and not near_right:
            last = entry.key > left.last_key
            if (not left.ended and (last or not entry.ends)) or (left.ended and not last and not entry.ends):
                left.add(entry)
                return
        elif right is not None and near_right and not near_left and not entry.ends:
            right.add(entry)
            return
        elif not near_left and not near_right:
            self.windows.insert(place, OpenWindow([entry]))
            return
        self.recut(gap_ms)

    def _replace(self, old: BufferedEvent, new: BufferedEvent, gap_ms: int) -> BufferedEvent:
        old.alive = False
        self.ids[new.key[3]] = new
        self.recut(gap_ms)
        return new

    def recut(self, gap_ms: int) -> None:
        """Cuts all open events into windows anew."""
        self.windows = [OpenWindow(part) for part in cut(self.ids.values(), gap_ms)]


def cut(entries: Iterable[BufferedEvent], gap_ms: int) -> list[list[BufferedEvent]]:
    """Sorts events and cuts them where the silence is longer than the gap, and after each `End`."""
    parts: list[list[BufferedEvent]] = []
    before: BufferedEvent | None = None
    for entry in sorted(entries, key=_key):
        if before is None or before.ends or entry.key[0] - before.key[0] > gap_ms:
            parts.append([])
        parts[-1].append(entry)
        before = entry
    return parts


def _is_late(stub: JourneyWatermark, key: Key, gap_ms: int) -> bool:
    """Whether an event falls into what was forgotten, or so near that it would have belonged to it."""
    return key <= stub.last_key or (not stub.ended and key[0] - stub.last_key[0] <= gap_ms)


def _key(entry: BufferedEvent) -> Key:
    return entry.key


def _first_key(window: OpenWindow) -> Key:
    return window.first_key
