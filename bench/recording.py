"""A file of events that the harness's runs left: a body of the recorder in each line."""

import sys
from pathlib import Path

from pipeline.intake import read_body
from schemas.events import Event


def events_in(file: Path) -> tuple[Event, ...]:
    """Each event once, in the order in which they happened; refused ones are told."""
    events: dict[str, Event] = {}
    for line in file.read_bytes().split(b"\n"):
        if line.strip():
            intake = read_body(line)
            for refused in intake.refused:
                print("refused:", refused, file=sys.stderr)
            events.update((event.id, event) for event in intake.events)
    return tuple(sorted(events.values(), key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id)))
