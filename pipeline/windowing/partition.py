"""The open windows of one partition: a state that is a pure function of the partition's log.

`apply` takes one message after the other. What is due is decided with each message, from the log alone, never from the
wall clock or from when somebody flushes. So a replay of the same messages from any earlier state comes to the same
state and says the same on the way, which is what makes a crash at any moment harmless.

A window is *due* once the partition's clock is a gap beyond its newest arrival, at once when an `End` closed it, and
at once when it was told before and changed. It is *forgotten*, up to a stub of its journey, once no straggler is
waited for any more: `lateness_ms` later, by the clock and by the log's time in service alike, because the clock jumps
where events of different times share a partition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import assert_never

from pipeline.windowing.clock import Clock
from pipeline.windowing.events import JourneyWatermark, RawEvent
from pipeline.windowing.flush import Flush, Refused, WindowEmitted, WindowRetracted
from pipeline.windowing.ids import story_id
from pipeline.windowing.journey import Added, Journey, OpenWindow
from pipeline.windowing.records import BufferedEvent
from pipeline.windowing.segments import SegmentLog
from schemas import limits

JourneyKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Windowing:
    """`gap_ms` of silence close a window, stragglers are waited for `lateness_ms` more, and a journey's place is kept
    for `retention_ms` after its last event."""

    gap_ms: int
    lateness_ms: int = 120_000
    retention_ms: int = 86_400_000

    def __post_init__(self) -> None:
        if self.gap_ms <= 0 or self.lateness_ms < 0:
            raise ValueError("the gap must be longer than nothing, the lateness not negative")
        if self.retention_ms < self.gap_ms + self.lateness_ms:
            raise ValueError("a journey must be remembered for at least the gap and the lateness together")


@dataclass(slots=True)
class PartitionWindows:
    """See the module. `log` writes the rows; `offset` is the last message applied, -1 before the first; `held_windows`
    and `held_bytes` say how many windows the journeys have, and how large their events are."""

    windowing: Windowing
    log: SegmentLog
    clock: Clock = field(default_factory=Clock)
    offset: int = -1
    journeys: dict[JourneyKey, Journey] = field(default_factory=dict)
    held_bytes: int = 0
    held_events: int = 0
    held_windows: int = 0
    _fresh: list[BufferedEvent] = field(default_factory=list)
    _marked: dict[JourneyKey, Journey] = field(default_factory=dict)
    _saying: dict[str, tuple[Journey, OpenWindow] | None] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _refused: list[Refused] = field(default_factory=list)
    _wakes: list[tuple[int, JourneyKey]] = field(default_factory=list)
    _patience: list[tuple[int, JourneyKey]] = field(default_factory=list)

    def apply(self, offset: int, log_ms: int, events: Iterable[RawEvent]) -> None:
        """Takes the next message: its offset, its log time, its events (none for a tick). A message at or before
        `offset` was applied already and is skipped."""
        if offset <= self.offset:
            return
        self.offset = offset
        events = list(events)
        self.clock.advance(log_ms, max((event.key[0] for event in events), default=None))
        touched: dict[JourneyKey, Journey] = {}
        for event in events:
            key = (event.app, event.journey_id)
            journey = touched.get(key) or self.journeys.get(key)
            if journey is None:
                if self._is_full(for_new=True):
                    self._refused.append(Refused(offset, event, "partition full"))
                    continue
                journey = self.journeys[key] = Journey(event.app, event.journey_id)
            touched[key] = journey
            self._add(journey, event)
        for key, journey in touched.items():
            if journey.told or any(window.ended for window in journey.windows):
                self._settle(key, journey)
            else:
                self._wake(key, journey, self.clock.now_ms + self.windowing.gap_ms)
        self._settle_due()

    @property
    def urgent(self) -> bool:
        """Whether there is something to tell or to refuse."""
        return bool(self._saying or self._refused)

    @property
    def dirty(self) -> bool:
        """Whether the table is behind, be it by dead rows only."""
        return bool(self.urgent or self._fresh or self._marked or self.log.dead or self.log.forced)

    def flush(self) -> Flush:
        """Hands over what came of the messages since the last flush. The caller makes it durable in this order:
        stories and refused events, then the puts in their order, then the deletes, then the source offsets up to
        `offset`; and asks for the next one only after that, or dies."""
        stories = tuple(_say(story, what, story in self._again) for story, what in self._saying.items())
        refused = tuple(self._refused)
        changes = self.log.write(self._fresh, self._marked.values(), self.offset, self.clock)
        self._saying, self._again, self._refused, self._fresh, self._marked = {}, set(), [], [], {}
        return Flush(self.offset, stories, refused, changes)

    def open_windows(self, journey_id: str) -> list[WindowEmitted]:
        """The windows of the journeys of this id that are still held, as they would be told now, in the order of
        time."""
        return [
            WindowEmitted(
                story_id(journey.app, journey.journey_id, slot),
                journey.app,
                journey.journey_id,
                "end" if window.ended else "silence",
                window.bodies(),
            )
            for (_, name), journey in self.journeys.items()
            if name == journey_id
            for slot, window in journey.slots(self.windowing.retention_ms)
        ]

    @property
    def memory_bytes(self) -> int:
        """What all of it takes in memory, about."""
        events = self.held_bytes + limits.ENTRY_MEMORY_BYTES * self.held_events
        return events + limits.JOURNEY_MEMORY_BYTES * len(self.journeys)

    def _is_full(self, *, for_new: bool) -> bool:
        bound = limits.PARTITION_MEMORY_BYTES_MAX
        return self.memory_bytes >= (bound // 8 * 7 if for_new else bound)

    def _add(self, journey: Journey, event: RawEvent) -> None:
        known = journey.ids.get(event.key[3])
        if known is None and self._is_full(for_new=False):
            self._refused.append(Refused(self.offset, event, "partition full"))
            return
        if known is None and len(journey.windows) >= limits.JOURNEY_WINDOWS_MAX:
            self._refused.append(Refused(self.offset, event, "journey too long"))
            return
        windows = len(journey.windows)
        added, entry = journey.add(event, self.clock.arrival(), self.windowing.gap_ms)
        self.held_windows += len(journey.windows) - windows
        match added:
            case Added.NEW:
                assert entry is not None
                if known is not None:
                    self._release(known)
                self._fresh.append(entry)
                self.held_bytes += entry.size
                self.held_events += 1
            case Added.DUPLICATE:
                pass
            case Added.LATE:
                self._refused.append(Refused(self.offset, event, "late"))
            case Added.TOO_LONG:
                self._refused.append(Refused(self.offset, event, "journey too long"))
            case _:
                assert_never(added)

    def _release(self, entry: BufferedEvent) -> None:
        self.log.release(entry)
        self.held_bytes -= entry.size
        self.held_events -= 1

    def _settle_due(self) -> None:
        """Does all that the clock, the uptime or the bound on memory makes due."""
        while self._wakes and self._wakes[0][0] <= self.clock.now_ms:
            at_ms, key = heappop(self._wakes)
            journey = self.journeys.get(key)
            if journey is not None and journey.wake_ms == at_ms:
                self._settle(key, journey)
        while self._patience and (
            self._patience[0][0] <= self.clock.uptime_ms
            or self.held_bytes > limits.PARTITION_BYTES_MAX
            or self.memory_bytes > limits.PARTITION_MEMORY_BYTES_MAX // 2
        ):
            at_ms, key = heappop(self._patience)
            journey = self.journeys.get(key)
            if journey is not None and journey.patience_ms == at_ms:
                self._settle(key, journey, patient=False)

    def _settle(self, key: JourneyKey, journey: Journey, patient: bool = True) -> None:
        """Tells what is due, withdraws what is gone, forgets what is over, and sets the next moments."""
        slots = list(journey.slots(self.windowing.retention_ms))
        gone = journey.told.keys() - {slot for slot, _ in slots}
        for slot in gone:
            del journey.told[slot]
            self._saying[story_id(journey.app, journey.journey_id, slot)] = None
            self._marked[key] = journey
        for slot, window in slots:
            due = window.ended or slot in journey.told or self.clock.now_ms >= window.touched_ms + self.windowing.gap_ms
            if due and journey.told.get(slot) != window.digest:
                name = story_id(journey.app, journey.journey_id, slot)
                if slot in journey.told or name in self._saying:
                    self._again.add(name)
                journey.told[slot] = window.digest
                self._saying[name] = (journey, window)
                self._marked[key] = journey
        while journey.windows and self._is_past(journey.windows[0], patient):
            for entry in journey.forget_first(slots.pop(0)[0]).entries:
                self._release(entry)
            self.held_windows -= 1
            self._marked[key] = journey
        if not journey.windows and journey.stub is not None and self.is_over(journey.stub):
            self.log.drop(journey)
            self._marked.pop(key, None)
            del self.journeys[key]
            return
        if journey.windows and journey.stub is not None and self.clock.now_ms >= self._stub_ms(journey.stub):
            journey.stub = replace(journey.stub, touched=self.clock.arrival())
            self._marked[key] = journey
        self.schedule(key, journey)

    def _stub_ms(self, stub: JourneyWatermark) -> int:
        """When, by the clock, a stub's time is over. That of a journey with open windows is renewed then: a stub in the
        table whose time is over says that the journey was dropped."""
        return stub.touched.clock_ms + self.windowing.retention_ms

    def _is_past(self, window: OpenWindow, patient: bool) -> bool:
        waited = not patient or self.clock.uptime_ms >= window.touched_uptime_ms + self.windowing.lateness_ms
        return waited and self.clock.now_ms >= self._forget_ms(window)

    def _forget_ms(self, window: OpenWindow) -> int:
        """When, by the clock, no straggler of this window is waited for any more."""
        return window.touched_ms + self.windowing.lateness_ms + (0 if window.ended else self.windowing.gap_ms)

    def is_over(self, stub: JourneyWatermark) -> bool:
        """Whether a journey with nothing but this stub is forgotten altogether."""
        return (
            self.clock.now_ms >= self._stub_ms(stub)
            and self.clock.uptime_ms >= stub.touched.uptime_ms + self.windowing.lateness_ms
        )

    def schedule(self, key: JourneyKey, journey: Journey) -> None:
        """Sets the next moments at which something of the journey may be due."""
        moments = []
        uptime_ms = None
        if journey.windows:
            first = journey.windows[0]
            moments = [
                window.touched_ms + self.windowing.gap_ms
                for slot, window in journey.slots(self.windowing.retention_ms)
                if slot not in journey.told
            ]
            over_ms, over_uptime_ms = self._forget_ms(first), first.touched_uptime_ms
            if journey.stub is not None:
                moments.append(self._stub_ms(journey.stub))
        else:
            assert journey.stub is not None
            over_ms, over_uptime_ms = self._stub_ms(journey.stub), journey.stub.touched.uptime_ms
        if over_ms > self.clock.now_ms:
            moments.append(over_ms)
        else:
            uptime_ms = over_uptime_ms + self.windowing.lateness_ms
        journey.wake_ms = None
        if moments:
            self._wake(key, journey, min(moments))  # the others come with the next settling
        if journey.patience_ms != uptime_ms:
            journey.patience_ms = uptime_ms
            if uptime_ms is not None:
                heappush(self._patience, (uptime_ms, key))

    def _wake(self, key: JourneyKey, journey: Journey, at_ms: int) -> None:
        if journey.wake_ms is None or at_ms < journey.wake_ms:
            journey.wake_ms = at_ms
            heappush(self._wakes, (at_ms, key))


def _say(name: str, what: tuple[Journey, OpenWindow] | None, again: bool) -> WindowEmitted | WindowRetracted:
    if what is None:
        return WindowRetracted(name)
    journey, window = what
    return WindowEmitted(
        name, journey.app, journey.journey_id, "end" if window.ended else "silence", window.bodies(), again
    )
