"""`python -m bench.quality.core EVENTS OUT [OTHERS…]`: one journey's events to a test project, by the pure core alone.

OTHERS are events of further sessions, a file each: the test is written from those of them that did the same thing.
"""

import sys
import uuid
from pathlib import Path

from bench.recording import events_in
from pipeline.codegen import project_files
from pipeline.generate import test_of
from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from schemas.codecs import to_json
from schemas.events import Event
from schemas.stories import Story


def stories_in(events_file: Path) -> list[Story]:
    """The stories of a file with bodies of events, a line each."""
    journeys: dict[str, list[Event]] = {}
    for event in events_in(events_file):
        journeys.setdefault(event.journey_id, []).append(event)
    stories = []
    for journey, found in sorted(journeys.items()):
        story_id = str(uuid.uuid5(uuid.NAMESPACE_OID, journey))
        story = build_story(ClosedWindow(story_id, len(found), found[0].app, journey, "silence", tuple(found)))
        if story is not None:
            stories.append(story)
    return stories


def main(events_file: Path, out: Path, others: list[Path]) -> int:
    """Writes the project and `stories.jsonl` into `out`; 1 when there is no story."""
    stories = stories_in(events_file)
    more = [story for file in others for story in stories_in(file)]
    flows = [[story, *(one for one in more if one.flow_key == story.flow_key)] for story in stories]
    (out / "stories.jsonl").write_bytes(b"\n".join(to_json(story) for flow in flows for story in flow))
    for name, content in project_files(test_of(flow) for flow in flows).items():
        (out / name).write_text(content)
    return 0 if stories else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]]))
