"""`python -m bench.quality.core EVENTS OUT`: events of one journey to a test project with the pure core alone."""

import sys
import uuid
from pathlib import Path

from pipeline.closed_window import ClosedWindow
from pipeline.intake import read_body
from pipeline.stories.build import build_story
from pipeline.writing import project_files, write_test
from schemas.codecs import to_json
from schemas.events import Event


def main(events_file: Path, out: Path) -> int:
    """Writes the project and `stories.jsonl` into `out`; 1 when there is no story."""
    events: dict[str, Event] = {}
    for line in events_file.read_bytes().split(b"\n"):
        if line.strip():
            intake = read_body(line)
            for refused in intake.refused:
                print("refused:", refused, file=sys.stderr)
            events.update((event.id, event) for event in intake.events)
    journeys: dict[str, list[Event]] = {}
    for event in events.values():
        journeys.setdefault(event.journey_id, []).append(event)
    stories = []
    for journey, found in sorted(journeys.items()):
        ordered = tuple(sorted(found, key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id)))
        story_id = str(uuid.uuid5(uuid.NAMESPACE_OID, journey))
        story = build_story(ClosedWindow(story_id, len(ordered), ordered[0].app, journey, "silence", ordered))
        if story is not None:
            stories.append(story)
    (out / "stories.jsonl").write_bytes(b"\n".join(to_json(story) for story in stories))
    for name, content in project_files(write_test(story) for story in stories).items():
        (out / name).write_text(content)
    return 0 if stories else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
