"""More than anybody sends in good faith: memory stays within its bounds, and nothing goes without a word."""

import tracemalloc

import pytest

from pipeline.windowing.events import RawEvent
from pipeline.windowing.flush import Flush, WindowEmitted
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.recovery import restore
from pipeline.windowing.segments import SegmentLog
from schemas import limits
from tests.windowing.logs import START_MS

pytestmark = pytest.mark.slow

WINDOWING = Windowing(gap_ms=1_800_000, lateness_ms=120_000, retention_ms=86_400_000)
DAY_MS = 86_400_000
BODY = b'{"kind":"opaque","id":"%s","app":"shop","session_id":"s","journey_id":"%s","at_ms":%d,"v":1}'


def a_light(journey: str, at_ms: int, name: str, ends: bool = False) -> RawEvent:
    """A small event, `at_ms` after START_MS."""
    body = BODY % (name.encode(), journey.encode(), START_MS + at_ms)
    return RawEvent("shop", journey, (START_MS + at_ms, "", 0, name), ends, body)


class Feed:
    """A partition that is fed, flushed after each message, and its table."""

    def __init__(self) -> None:
        self.state = PartitionWindows(WINDOWING, SegmentLog("0", "a"))
        self.rows: dict[str, bytes] = {}
        self.refused: list[str] = []
        self.told: dict[str, int] = {}

    def send(self, log_ms: int, *events: RawEvent) -> Flush:
        """One message."""
        self.state.apply(self.state.offset + 1, START_MS + log_ms, events)
        flush = self.state.flush()
        self.refused += [one.cause for one in flush.refused]
        self.told |= {said.story_id: len(said.bodies) for said in flush.stories if isinstance(said, WindowEmitted)}
        self.rows |= dict(flush.changes.puts)
        for key in flush.changes.deletes:
            self.rows.pop(key, None)
        return flush

    def wait(self, from_ms: int, to_ms: int) -> None:
        """Nothing but ticks."""
        for log_ms in range(from_ms, to_ms, limits.OUTAGE_MS_MIN):
            self.send(log_ms)

    def restored(self) -> PartitionWindows:
        """What another worker takes up."""
        return restore(WINDOWING, SegmentLog("0", "b"), self.rows)


def test_a_journey_of_a_hundred_thousand_events_is_told_up_to_its_bound() -> None:
    """JOURNEY_EVENTS_MAX of them are in its story, each of the others is refused by name; another journey beside it is
    told as ever."""
    feed = Feed()
    for start in range(0, 100_000, 1_000):
        feed.send(start, *(a_light("long", n, f"e{n:06d}") for n in range(start, start + 1_000)))
    feed.send(100_000, a_light("short", 100_000, "x"), a_light("short", 100_001, "y", ends=True))
    feed.wait(100_000, 100_000 + WINDOWING.gap_ms + 20_000)
    assert sorted(feed.told.values()) == [2, limits.JOURNEY_EVENTS_MAX]
    assert feed.refused == ["journey too long"] * (100_000 - limits.JOURNEY_EVENTS_MAX)


def test_a_flood_of_journeys_fills_no_more_than_the_partitions_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once seven eighths are full, events of new journeys are refused; those that are known go on; nothing is lost
    without a word, a restart changes nothing, and once the flood is forgotten all is as before."""
    monkeypatch.setattr(limits, "PARTITION_MEMORY_BYTES_MAX", 1_000_000)
    feed = Feed()
    feed.send(0, a_light("known", 0, "k0"))
    for n in range(2_000):
        feed.send(n, a_light(f"flood-{n}", n, f"f{n}"))
        assert feed.state.memory_bytes <= 1_000_000 // 8 * 7 + 3_000
    taken = 2_000 - len(feed.refused)
    assert 300 < taken < 600
    assert set(feed.refused) == {"partition full"}
    feed.send(2_000, a_light("known", 2_000, "k1"))
    assert len(feed.refused) == 2_000 - taken
    restored = feed.restored()
    assert (restored.memory_bytes, restored.journeys.keys()) == (feed.state.memory_bytes, feed.state.journeys.keys())
    feed.wait(2_000, WINDOWING.gap_ms + WINDOWING.lateness_ms + 60_000)
    assert sorted(feed.told.values()) == [1] * taken + [2]
    feed.wait(WINDOWING.gap_ms + WINDOWING.lateness_ms + 60_000, DAY_MS + WINDOWING.gap_ms + 400_000)
    assert feed.state.memory_bytes == 0
    later = feed.send(DAY_MS * 2, a_light("new", DAY_MS * 2, "n"))
    assert not later.refused


def test_known_journeys_go_on_until_the_memory_is_full_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the bound itself every new event is refused; an event that is known already is not a new one."""
    monkeypatch.setattr(limits, "PARTITION_MEMORY_BYTES_MAX", 100_000)
    feed = Feed()
    for n in range(1_000):
        feed.send(n, a_light("known", n, f"e{n}"))
    taken = 1_000 - len(feed.refused)
    assert set(feed.refused) == {"partition full"}
    assert 100_000 <= feed.state.memory_bytes < 100_000 + 1_000
    before = len(feed.refused)
    feed.send(1_000, a_light("known", 0, "e0"))
    assert len(feed.refused) == before
    assert feed.state.held_events == taken


def test_closed_windows_stop_waiting_when_half_of_the_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast replay of old journeys is not refused for the sake of their stragglers."""
    monkeypatch.setattr(limits, "PARTITION_MEMORY_BYTES_MAX", 4_000_000)
    feed = Feed()
    for n in range(2_000):
        at_ms = n * 10_000_000 - 10**12  # old events of ever later times, at a log time that stands nearly still
        feed.send(n, a_light(f"j{n}", at_ms, "a"), a_light(f"j{n}", at_ms + 1, "b", ends=True))
    assert not feed.refused
    assert feed.state.held_events < 2_000


@pytest.mark.parametrize("per_journey", [1, 20])
def test_the_memory_that_is_reckoned_is_what_it_takes(per_journey: int) -> None:
    """Open journeys, and the places that stay of them: within a third of what Python says."""
    count = 1_200 // per_journey
    tracemalloc.start()
    feed = Feed()
    feed.rows = _Nothing()
    for n in range(count):
        feed.send(n, *(a_light(f"journey-{n:09d}", n, f"{n:09d}-{one:09d}") for one in range(per_journey)))
    taken, _ = tracemalloc.get_traced_memory()
    assert 0.67 < taken / feed.state.memory_bytes < 1.33, (taken, feed.state.memory_bytes)
    feed.wait(count, WINDOWING.gap_ms + WINDOWING.lateness_ms + 60_000)
    feed.told.clear()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert feed.state.held_events == 0
    assert feed.state.memory_bytes == count * limits.JOURNEY_MEMORY_BYTES
    if per_journey == 1:
        assert 0.67 < taken / feed.state.memory_bytes < 1.33, (taken, feed.state.memory_bytes)


class _Nothing(dict[str, bytes]):
    """A table that keeps nothing."""

    def __ior__(self, _: object) -> "_Nothing":  # type: ignore[override, misc]
        return self
