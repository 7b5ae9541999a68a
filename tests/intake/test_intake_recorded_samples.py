"""Recorded samples of real clients, where their folder is there (JOURNEYWRIGHT_SAMPLES)."""

from pathlib import Path

import pytest
from intake_samples import recorded

from pipeline.intake import read_body, read_file, read_message
from pipeline.intake.rrweb.recordings import resolve
from schemas import limits
from schemas.codecs import to_json
from schemas.events import Fill, Recording


@pytest.mark.parametrize("path", recorded("*/*.json*"), ids=lambda path: path.name)
def test_every_recorded_sample_is_read_whole(path: Path) -> None:
    """No event of a real client is refused, each is within its bound, and no password comes through."""
    got = read_file(path.read_bytes())
    assert got.events
    assert got.refused == ()
    assert all(len(to_json(event)) <= limits.EVENT_BYTES_MAX for event in got.events)
    once = {event.id: event for event in got.events}.values()
    resolved, _ = resolve(tuple(sorted(once, key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id))))
    assert not any(isinstance(event, Recording) for event in resolved)
    assert len({event.id for event in resolved}) == len(resolved)
    assert not any(b"hunter2" in to_json(event) for event in (*got.events, *resolved))


@pytest.mark.parametrize("path", recorded("challenge/*.json"), ids=lambda path: path.name)
def test_challenge_samples_read_alike_by_all_ways(path: Path) -> None:
    """HTTP, Kafka and files give the same events."""
    raw = path.read_bytes()
    assert read_body(raw) == read_message(raw) == read_file(raw)


@pytest.mark.parametrize("path", recorded("posthog/app_*.jsonl"), ids=lambda path: path.name)
def test_recorded_values_reach_the_fields(path: Path) -> None:
    """In journeys that were recorded, every fill has its value or is a password's, and its locators were counted."""
    events = read_file(path.read_bytes()).events
    resolved, notes = resolve(tuple(sorted(events, key=lambda one: (one.at_ms, one.tab_id, one.seq, one.id))))
    fills = [event for event in resolved if isinstance(event, Fill)]
    assert fills
    assert all(fill.value.text or fill.value.secret == "password" for fill in fills)
    assert all(way.count for fill in fills for way in fill.target.candidates)
    assert notes == ()
