"""The windows of one partition, case by case."""

import pytest

from pipeline.windowing import events
from pipeline.windowing.batch import close_all
from pipeline.windowing.events import PARSED_BYTES_MAX, light, parsed
from schemas.codecs import to_json
from tests.windowing.logs import GAP_MS, LATENESS_MS, MEMORY_MS, START_MS, WINDOWING, Message, Reader, event, read_all
from tests.windowing.logs import silence as ticks


def test_an_end_tells_the_story_at_once() -> None:
    """With the message that brings the `End`, no clock needs to move."""
    reader = Reader()
    reader.apply(0, Message(0, (event("j", 0, "a"), event("j", 10, "z", ends=True))))
    reader.flush()
    assert list(reader.stories.values()) == [("a", "z")]


def test_silence_closes_exactly_at_the_gap() -> None:
    """Two events exactly a gap apart are one window; one millisecond more and they are two."""
    together = close_all([event("j", 0, "a"), event("j", GAP_MS, "b")], WINDOWING)
    apart = close_all([event("j", 0, "a"), event("j", GAP_MS + 1, "b")], WINDOWING)
    assert [window.version for window in together] == [2]
    assert [window.version for window in apart] == [1, 1]


def test_a_window_is_due_exactly_a_gap_after_its_newest_arrival() -> None:
    """One millisecond before it is not."""
    reader = Reader()
    reader.apply(0, Message(0, (event("j", 0, "a"),)))
    reader.apply(1, Message(GAP_MS - 1))
    assert not reader.state.urgent
    reader.apply(2, Message(GAP_MS))
    assert reader.state.urgent


def test_traffic_that_stops_altogether_closes_by_ticks() -> None:
    """Messages without events move the clock by the log's time."""
    reader = read_all([Message(0, (event("j", 0, "a"),)), *ticks(0, GAP_MS)])
    assert list(reader.stories.values()) == [("a",)]


def test_other_journeys_events_close_a_silent_one() -> None:
    """Event time moves with any journey of the partition, though the log's time stands still."""
    reader = read_all([Message(5_000, (event("j", 0, "a"),)), Message(5_000, (event("k", GAP_MS, "b"),))])
    assert list(reader.stories.values()) == [("a",)]


def test_a_straggler_makes_a_new_version_of_the_same_story() -> None:
    """Also when it becomes the window's first event; and at once."""
    reader = Reader()
    reader.apply(0, Message(3_000, (event("j", 500, "b"), event("j", 600, "z", ends=True))))
    reader.flush()
    before = set(reader.stories)
    reader.apply(1, Message(3_001, (event("j", 100, "a"),)))
    reader.flush()
    assert set(reader.stories) == before
    assert list(reader.stories.values()) == [("a", "b", "z")]


def test_a_straggler_that_joins_two_windows_withdraws_the_second_story() -> None:
    """Told as two, they become one; a tombstone takes the other back."""
    reader = Reader()
    reader.apply(0, Message(2_600, (event("j", 0, "a"), event("j", 1_500, "c"))))
    reader.apply(1, Message(2_600, (event("k", 2_600, "x"),)))
    reader.flush()
    assert sorted(reader.stories.values()) == [("a",), ("c",)]
    reader.apply(2, Message(2_601, (event("j", 800, "b"),)))
    reader.flush()
    assert sorted(reader.stories.values()) == [("a", "b", "c")]


def test_an_end_that_arrives_late_cuts_its_window_in_two() -> None:
    """The events behind it are a story of their own."""
    events = [event("j", 0, "a"), event("j", 20, "c"), event("j", 10, "b", ends=True)]
    reader = read_all([*(Message(100, (one,)) for one in events), *ticks(100, GAP_MS)])
    assert sorted(reader.stories.values()) == [("a", "b"), ("c",)]


def test_an_event_of_the_same_millisecond_as_the_end_keeps_its_side() -> None:
    """The order is (time, tab, seq, id), so ids decide."""
    events = [event("j", 0, "m", ends=True), event("j", 0, "n"), event("j", 0, "a")]
    reader = read_all([*(Message(100, (one,)) for one in events), *ticks(100, GAP_MS)])
    assert sorted(reader.stories.values()) == [("a", "m"), ("n",)]


def test_an_event_after_the_lateness_is_refused_by_name() -> None:
    """Its window is forgotten; it goes to the dead letters, and no second story is told."""
    log = [Message(0, (event("j", 0, "a"),)), *ticks(0, GAP_MS + LATENESS_MS + 200)]
    reader = read_all([*log, Message(3_000, (event("j", 10, "b"),)), *ticks(3_000, 3_000)])
    assert list(reader.stories.values()) == [("a",)]
    assert reader.refused == {"b": "late"}


def test_a_journey_that_goes_on_after_it_was_forgotten_counts_on() -> None:
    """Its next window gets the next ordinal, as if all had been seen at once."""
    events = [event("j", 0, "a"), event("j", 5_000, "b")]
    reader = read_all([Message(0, (events[0],)), *ticks(0, 4_900), Message(5_000, (events[1],)), *ticks(5_000, 2_000)])
    assert reader.stories == {w.story_id: tuple(e.id for e in w.events) for w in close_all(events, WINDOWING)}


def test_a_journey_that_was_silent_beyond_memory_begins_a_new_era() -> None:
    """Its place is dropped, and the id of its next story is another one, the one that the batch computes too."""
    again = MEMORY_MS + 10_000
    events = [event("j", 0, "a"), event("j", again, "b")]
    log = [Message(0, (events[0],)), *ticks(0, again - 100), Message(again, (events[1],)), *ticks(again, 2_000)]
    reader = read_all(log)
    assert reader.stories == {w.story_id: tuple(e.id for e in w.events) for w in close_all(events, WINDOWING)}
    assert len(reader.stories) == 2


def test_nothing_is_left_in_memory_or_table_once_all_is_over() -> None:
    """Rows, entries and stubs go when their time is over."""
    reader = read_all([Message(0, (event("j", 0, "a"),)), *ticks(0, MEMORY_MS + 5_000)])
    reader.flush()
    assert not reader.state.journeys
    assert [key for key in reader.rows if not key.endswith("/m")] == []
    assert reader.state.held_bytes == 0


def test_marks_of_journeys_keep_no_forgotten_event() -> None:
    """One event in a row with the marks of many journeys: once its window is forgotten, no row holds it, though the
    journeys are remembered on."""
    many = Message(0, tuple(event(f"j{number}", 0, f"many-{number}", ends=True) for number in range(50)))
    first = Reader()
    for offset, message in enumerate([many, *ticks(0, 2 * LATENESS_MS)]):
        first.apply(offset, message)
        if not first.state.held_windows:
            break
    at_ms = message.log_ms
    reader = Reader()
    for offset, message in enumerate([many, *ticks(0, at_ms - 200)]):
        reader.apply(offset, message)
        while reader.state.dirty:
            reader.flush()
    # The marks of the many are written with this event, as their windows are forgotten by the same message.
    reader.apply(offset + 1, Message(at_ms, (event("single", at_ms, "single", ends=True),)))
    reader.flush()
    assert reader.state.held_windows == 1
    for number, message in enumerate(ticks(at_ms, 2 * LATENESS_MS), offset + 2):
        reader.apply(number, message)
        while reader.state.dirty:
            reader.flush()
    assert (reader.state.held_windows, len(reader.state.journeys)) == (0, 51)
    assert not any(b'"kind"' in row for row in reader.rows.values())


def test_a_clock_a_year_ahead_closes_nobodys_window() -> None:
    """An event counts for the clock only as far as its message's log time."""
    year_ms = 365 * 86_400_000
    reader = Reader()
    reader.apply(0, Message(0, (event("j", 0, "a"),)))
    reader.apply(1, Message(10, (event("mad", year_ms, "x"),)))
    reader.apply(2, Message(20, (event("j", 20, "b"),)))
    assert not reader.state.urgent
    assert reader.state.clock.now_ms == START_MS + 20


def test_a_clock_a_year_behind_is_told_all_the_same() -> None:
    """Its events are judged by their arrival, so they are not late, and its window closes a gap later."""
    year_ms = 365 * 86_400_000
    reader = read_all([Message(0, (event("j", 0, "a"), event("old", -year_ms, "x"))), *ticks(0, GAP_MS)])
    assert sorted(reader.stories.values()) == [("a",), ("x",)]
    assert reader.refused == {}


def test_shuffled_events_of_different_days_are_not_lost() -> None:
    """The clock jumps between the days, but nothing is forgotten before the lateness has passed in the log's time."""
    day_ms = 86_400_000
    one = [event("j", -3 * day_ms + at, f"a{at}") for at in (0, 10, 20)]
    two = [event("k", -day_ms + at, f"b{at}") for at in (0, 10, 20)]
    order = [one[1], two[0], one[0], two[2], one[2], two[1]]
    reader = read_all([*(Message(at, (e,)) for at, e in enumerate(order)), *ticks(10, GAP_MS)])
    assert sorted(reader.stories.values()) == [("a0", "a10", "a20"), ("b0", "b10", "b20")]
    assert reader.refused == {}


def test_an_outage_is_not_the_users_silence() -> None:
    """While no message could be written, only OUTAGE_MS_MIN counts for the uptime, so what was held back is taken."""
    hour_ms = 3_600_000
    reader = Reader()
    reader.apply(0, Message(0, (event("j", 0, "a"),)))
    reader.apply(1, Message(hour_ms))
    assert reader.state.clock.now_ms == START_MS + 10_000


def test_a_smaller_twin_of_an_event_replaces_the_other_in_any_order() -> None:
    """Two events with one id: the smaller one by order and bytes is kept, whichever came first."""
    small, big = event("j", 0, "a", note="1"), event("j", 5, "a", note="2")
    for order in ([small, big], [big, small]):
        reader = Reader()
        for offset, one in enumerate(order):
            reader.apply(offset, Message(10, (one,)))
            reader.flush()
        reader.crash()
        reader.apply(9, Message(11, (event("j", 20, "z", ends=True),)))
        (said,) = reader.state.flush().stories
        assert said.window().events[0] == small  # type: ignore[union-attr]


def test_a_message_that_was_applied_is_skipped_when_it_comes_again() -> None:
    """After a crash the uncommitted messages come again; those behind the manifest change nothing."""
    reader = Reader()
    reader.apply(4, Message(0, (event("j", 0, "a"),)))
    reader.flush()
    reader.crash()
    reader.apply(4, Message(0, (event("j", 0, "b"),)))
    assert reader.state.offset == 4
    assert [told.bodies for told in reader.state.open_windows("j")] == [(to_json(event("j", 0, "a")),)]


def test_a_zombies_rows_do_not_disturb_its_successor() -> None:
    """Both write under keys of their own, and whichever manifest reaches further is right."""
    zombie = Reader()
    zombie.apply(0, Message(0, (event("j", 0, "a"),)))
    zombie.flush()
    heir = Reader(rows=zombie.rows)
    heir.owners = 10
    heir.crash()
    heir.apply(1, Message(1, (event("j", 1, "b"),)))
    heir.flush()
    zombie.apply(1, Message(1, (event("j", 1, "b"),)))
    zombie.flush()
    heir.crash()
    heir.apply(2, Message(2, (event("j", 2, "z", ends=True),)))
    heir.flush()
    assert list(heir.stories.values()) == [("a", "b", "z")]


def test_what_was_told_is_known_after_a_crash() -> None:
    """Two stories were told before it; the straggler that makes one of them comes after it, and the tombstone too."""
    reader = Reader()
    reader.apply(0, Message(2_600, (event("j", 0, "a"), event("j", 1_500, "c"))))
    reader.apply(1, Message(2_600, (event("k", 2_600, "x"),)))
    reader.flush()
    reader.crash()
    reader.apply(2, Message(2_601, (event("j", 800, "b"),)))
    reader.flush()
    assert sorted(reader.stories.values()) == [("a", "b", "c")]


def test_a_dropped_journey_does_not_come_back_from_a_row_that_others_keep_alive() -> None:
    """Its events lie in one row with those of a journey that goes on and on; the row is written anew in time."""
    reader = Reader()
    big = "x" * 40_000  # so that the row is mostly alive when the small one is dropped
    reader.apply(0, Message(0, (event("j", 0, "a"), event("busy", 0, "b0", note=big))))
    offset = 1
    for at_ms in range(200, MEMORY_MS + 5_000, 200):
        reader.apply(offset, Message(at_ms, (event("busy", at_ms, f"b{at_ms}"),)))
        reader.flush()
        offset += 1
    assert [key for key in reader.state.journeys if key[1] == "j"] == []
    reader.crash()
    assert [key for key in reader.state.journeys if key[1] == "j"] == []


def test_a_journey_that_stays_open_beyond_memory_keeps_its_place() -> None:
    """Its first window is long forgotten, its second one goes on for longer than the memory, across a crash."""
    events = [event("j", 0, "a")] + [event("j", at_ms, f"e{at_ms}") for at_ms in range(3_000, MEMORY_MS + 9_000, 800)]
    reader = Reader()
    log = [Message(0, (events[0],)), *ticks(0, 2_800), *(Message(e.at_ms - START_MS, (e,)) for e in events[1:])]
    for offset, message in enumerate([*log, *ticks(log[-1].log_ms, 2_000)]):
        reader.apply(offset, message)
        reader.flush()
        if offset % 20 == 0:
            reader.crash()
    assert reader.stories == {w.story_id: tuple(e.id for e in w.events) for w in close_all(events, WINDOWING)}


def test_an_event_is_parsed_once_where_its_window_closes_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was printed on arrival is handed over as it was, and forgotten; later it is parsed to an equal one."""
    came = event("j", 0, "kept")
    body = light(came).body
    with monkeypatch.context() as away:
        away.setattr(events, "from_json", None)
        assert parsed(body) is came
    again = parsed(body)
    assert again == came
    assert again is not came


def test_a_large_event_is_not_kept_parsed() -> None:
    """At the bound it is kept, one byte beyond it is parsed again."""
    short = len(light(event("j", 0, "large", note="x")).body)
    for over, is_kept in ((0, True), (1, False)):
        came = event("j", 0, "large", note="x" * (PARSED_BYTES_MAX - short + 1 + over))
        assert (parsed(light(came).body) is came) == is_kept
