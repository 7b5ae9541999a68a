"""A partition's state, taken up again from its rows in the table."""

from collections.abc import Mapping

from pipeline.windowing.journey import Journey
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.records import BufferedEvent, Segment
from pipeline.windowing.segments import ENTRY_BYTES, Record, SegmentLog, newest_manifest, read_segment


def restore(windowing: Windowing, log: SegmentLog, rows: Mapping[str, bytes]) -> PartitionWindows:
    """The state that the rows hold, or the empty one. `log` is the new owner's, without segments yet.

    Rows that the chosen manifest does not name (a zombie's, a crash's left-overs) are deleted with the first flush.
    Raises LostRows when the rows are not whole.
    """
    state = PartitionWindows(windowing, log)
    manifest = newest_manifest(rows)
    alive = set(manifest.segments) if manifest is not None else set()
    log.dead = [key for key in rows if key not in alive]
    if manifest is None:
        return state
    state.offset, state.clock = manifest.offset, manifest.clock
    records = [read_segment(key, rows[key]) for key in manifest.segments]
    for record in records:
        _restore_marks(state, record)
    for key, journey in list(state.journeys.items()):
        if journey.stub is not None and state.is_over(journey.stub) and not journey.told:
            log.release_mark(journey)
            del state.journeys[key]
    for record in records:
        _restore_entries(state, record)
    for key, journey in list(state.journeys.items()):
        journey.recut(windowing.gap_ms)
        state.held_windows += len(journey.windows)
        if journey.windows or journey.stub is not None:
            state.schedule(key, journey)
        else:
            log.release_mark(journey)
            del state.journeys[key]
    return state


def _journey(state: PartitionWindows, app: str, journey_id: str) -> Journey:
    journey = state.journeys.get((app, journey_id))
    if journey is None:
        journey = state.journeys[(app, journey_id)] = Journey(app, journey_id)
    return journey


def _restore_marks(state: PartitionWindows, record: Record) -> None:
    """Takes a row's marks; those of later rows win."""
    segment = state.log.segments[record.key] = Segment(record.key)
    for app, journey_id, stub, told in record.marks:
        journey = _journey(state, app, journey_id)
        journey.stub, journey.told = stub, told
        state.log.hold_mark(segment, journey)


def _restore_entries(state: PartitionWindows, record: Record) -> None:
    """Takes a row's events, except those that the journey's stub says are forgotten."""
    segment = state.log.segments[record.key]
    for fresh, arrival, start, end in record.entries:
        journey = _journey(state, fresh.app, fresh.journey_id)
        known = journey.ids.get(fresh.key[3])
        forgotten = journey.stub is not None and fresh.key <= journey.stub.last_key
        if forgotten or (known is not None and (fresh.key, fresh.body) >= (known.key, known.body)):
            journey.stale_in.add(record.key)
            segment.size += end - start + ENTRY_BYTES
            continue
        if known is not None:
            state.log.release(known)
            state.held_bytes -= known.size
            state.held_events -= 1
        entry = BufferedEvent(journey, fresh, arrival)
        entry.raw, entry.start, entry.end = record.raw, start, end
        journey.ids[fresh.key[3]] = entry
        state.log.hold(segment, entry)
        state.held_bytes += entry.size
        state.held_events += 1
