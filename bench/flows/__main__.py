"""`python -m bench.flows [recorded] [synthetic] [patterns] [--stories N]`: how well flows and patterns are told.

`recorded` needs what `python -m bench.flows.record` made; `patterns` needs the embedding model as well.
"""

import resource
import sys
import time
import uuid
from pathlib import Path

from bench.flows.journeys import JOURNEYS, Journey
from bench.flows.measures import Quality, quality
from bench.flows.record import data_folder
from bench.flows.synthetic import traffic
from bench.recording import events_in
from pipeline.flows.ids import flow_id
from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from schemas.stories import Story

MISTAKES_SHOWN = 3


def window_of(file: Path) -> ClosedWindow:
    """The window that a recorded run makes."""
    events = events_in(file)
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(file.parts[-3:])))
    return ClosedWindow(name, len(events), events[0].app, events[0].journey_id, "end", events)


def recorded() -> list[tuple[Journey, str, Story]]:
    """(journey, number of the run, story) of all recorded runs. Ends the program where there is none."""
    out = []
    for journey in JOURNEYS:
        for file in sorted((data_folder() / "flows" / journey.app / journey.name).glob("*.jsonl")):
            story = build_story(window_of(file))
            if story is not None:
                out.append((journey, file.stem, story))
    if not out:
        sys.exit(f"there are no recordings in {data_folder()}: python -m bench.flows.record")
    return out


def told(name: str, found: Quality) -> None:
    print(
        f"{name}: {found.stories} stories, {found.true_flows} true flows, {found.found_flows} found; "
        f"homogeneity {found.homogeneity:.4f}, completeness {found.completeness:.4f}, V-measure {found.v_measure:.4f}"
    )
    for mistake in found.mistakes[:MISTAKES_SHOWN]:
        print("   mistake:", mistake)


def measure_recorded() -> None:
    runs = recorded()
    truth = [f"{journey.app} {journey.flow}" for journey, _, _ in runs]
    found = [flow_id(story.app, story.flow_key) for _, _, story in runs]
    told("recorded", quality(truth, found, [f"{j.app}:{j.name} {number}" for j, number, _ in runs]))


def measure_synthetic(count: int) -> None:
    """Flows of made-up traffic; what a story costs; what is kept in memory is a number for each flow and story."""
    truth, found, names = [], [], []
    spent_s = 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for true, window in traffic(count):
        began_s = time.process_time()
        story = build_story(window)
        assert story is not None
        key = flow_id(story.app, story.flow_key)
        spent_s += time.process_time() - began_s
        truth.append(true)
        found.append(key)
        names.append(window.journey_id)
    told("synthetic", quality(truth, found, names))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"   {spent_s / count * 1000:.2f} ms of CPU a story (told, keyed); memory grew by {grown / 1024:.0f} MiB")


def main(arguments: list[str]) -> int:
    count = 50_000
    if "--stories" in arguments:
        at = arguments.index("--stories")
        count = int(arguments[at + 1])
        del arguments[at : at + 2]
    wanted = arguments or ["recorded", "synthetic", "patterns"]
    if "recorded" in wanted:
        measure_recorded()
    if "synthetic" in wanted:
        measure_synthetic(count)
    if "patterns" in wanted:
        from bench.flows.patterns import measure_patterns

        measure_patterns(recorded())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
