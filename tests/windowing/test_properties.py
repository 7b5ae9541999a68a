"""What holds for every log: any order inside the lateness, any split, duplication, flush and crash."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.windowing.batch import close_all
from schemas.events import Event
from tests.windowing.logs import (
    GAP_MS,
    LATENESS_MS,
    WINDOWING,
    Message,
    Reader,
    event,
    names,
    parts_of,
    read_all,
    silence,
)

DELAY_MAX_MS = LATENESS_MS // 2 - 1


@dataclass(frozen=True)
class Fault:
    """After a message: a flush of which only `steps` writes come through (None: all), or (`steps` -1) a crash."""

    steps: int | None


@st.composite
def journeys(draw: st.DrawFn) -> list[Event]:
    """Events of up to four journeys, with silences around the gap and now and then an `End`."""
    events = []
    for journey in range(draw(st.integers(1, 4))):
        at_ms = draw(st.integers(0, 3_000))
        for number in range(draw(st.integers(1, 8))):
            at_ms += draw(st.sampled_from([0, 1, 50, 400, GAP_MS - 1, GAP_MS, GAP_MS + 1, 1_700, 3_000, 24_000]))
            ends = draw(st.integers(0, 5)) == 0
            tab_id = draw(st.sampled_from(["", "t1"]))
            events.append(event(f"j{journey}", at_ms, f"e{journey}.{number}", ends, tab_id))
    return events


@st.composite
def logs(draw: st.DrawFn, events: list[Event], delay_max_ms: int) -> list[Message]:
    """A log with these events, each delayed by at most so much, some twice, split into messages, ticks in between."""
    arrivals = []
    for one in events:
        for _ in range(1 + (draw(st.integers(0, 4)) == 0)):
            arrivals.append((one.at_ms - START + draw(st.integers(0, delay_max_ms)), len(arrivals), one))
    messages: list[Message] = []
    batch: list[Event] = []
    batch_ms = last_ms = 0
    for arrival_ms, _, one in sorted(arrivals, key=lambda item: item[:2]):
        if batch and (arrival_ms - batch_ms > DELAY_MAX_MS or draw(st.booleans())):
            messages.append(Message(last_ms, tuple(batch)))
            if draw(st.booleans()):
                messages += silence(last_ms, arrival_ms - last_ms, 400)[:-1]
            batch = []
        if not batch:
            batch_ms = arrival_ms
        batch.append(one)
        last_ms = arrival_ms
    messages.append(Message(last_ms, tuple(batch)))
    return [*messages, *silence(last_ms, GAP_MS + LATENESS_MS)]


START = event("j", 0, "x").at_ms
FAULTS = st.lists(
    st.one_of(st.none(), st.builds(Fault, st.one_of(st.none(), st.integers(-1, 8)))), min_size=1, max_size=30
)


def read_with_faults(log: list[Message], faults: list[Fault | None]) -> Reader:
    """Reads a log; after each message what `faults` says, in turn. A crash goes back to what was committed."""
    reader = Reader()
    offset = committed = 0
    turns = 0
    while offset < len(log):
        reader.apply(offset, log[offset])
        offset += 1
        fault = faults[turns % len(faults)] if turns < 200 else None
        turns += 1
        if fault is None:
            continue
        owners = reader.owners
        if fault.steps == -1:
            reader.crash()
        else:
            reader.flush(fault.steps)
        if reader.owners == owners:
            committed = offset
        offset = committed
    reader.flush()
    return reader


def truth(events: list[Event]) -> dict[str, tuple[str, ...]]:
    return {window.story_id: names(window.events) for window in close_all(events, WINDOWING)}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_stories_are_those_of_the_batch(data: st.DataObject) -> None:
    """Whatever the order inside the lateness, the split, the duplication and the crashes."""
    events = data.draw(journeys())
    log = data.draw(logs(events, DELAY_MAX_MS))
    reader = read_with_faults(log, data.draw(FAULTS))
    assert reader.stories == truth(events)
    whole = [parts_of(name, told) for name, told in reader.stories.items()]
    assert reader.parts == {name: part for parts in whole for name, part in parts.items()}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_crash_changes_nothing_in_any_log(data: st.DataObject) -> None:
    """Also where events are later than allowed: what is told and what is refused is a function of the log alone."""
    events = data.draw(journeys())
    log = data.draw(logs(events, 6_000))
    calm, shaken = read_all(log), read_with_faults(log, data.draw(FAULTS))
    assert shaken.stories == calm.stories
    assert shaken.parts == calm.parts
    assert shaken.refused == calm.refused


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_every_event_is_in_a_story_or_refused(data: st.DataObject) -> None:
    """There is no third place."""
    events = data.draw(journeys())
    log = data.draw(logs(events, 6_000))
    reader = read_all(log, flush_every=3)
    told = {name for story in reader.stories.values() for name in story}
    assert told | set(reader.refused) == {one.id for one in events}


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_batch_does_not_depend_on_order_or_repetition(data: st.DataObject) -> None:
    """The same windows, with the same ids, in the same order."""
    events = data.draw(journeys())
    again = data.draw(st.permutations(events)) + data.draw(st.lists(st.sampled_from(events), max_size=5))
    assert close_all(again, WINDOWING) == close_all(events, WINDOWING)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_table_is_empty_once_all_is_over(data: st.DataObject) -> None:
    """No row, no byte, no stub outlives the memory, whatever crashed on the way."""
    log = data.draw(logs(data.draw(journeys()), DELAY_MAX_MS))
    reader = read_with_faults(log, data.draw(FAULTS))
    for offset, message in enumerate(silence(log[-1].log_ms, WINDOWING.retention_ms + 3_000, 1_000), len(log)):
        reader.apply(offset, message)
        reader.flush()
    reader.flush()
    assert not reader.state.journeys
    assert reader.state.held_bytes == 0
    assert [key for key in reader.rows if not key.endswith("/m")] == []
    assert len(reader.rows) == 1
