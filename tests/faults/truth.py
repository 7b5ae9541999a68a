"""What must come of the events topic: the pure core over its log, once, without any fault."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.stream.rekey import split
from agents.stream.ticks import TICK_HEADER
from pipeline.entries import Light, light
from pipeline.flush import Told
from pipeline.generate import stories_of
from pipeline.intake import BadInput, read_message
from pipeline.rows import SegmentLog
from pipeline.stories.borders import build_stories
from pipeline.windows import PartitionWindows, Windowing
from schemas.events import Event
from schemas.stories import Story
from tests.stream.cluster import Record


@dataclass
class Truth:
    """`open` says how many windows still wait for their time; `late` how many events came after theirs."""

    stories: list[Story] = field(default_factory=list)
    late: int = 0
    open: int = 0


def truth_of_log(records: Sequence[Record], windowing: Windowing, partitions: int) -> Truth:
    """The stories that stand at the end of the log."""
    truth = Truth()
    for number in range(partitions):
        state = PartitionWindows(windowing, SegmentLog(str(number), "truth"))
        told: dict[str, Told] = {}
        for record in records:
            if record.partition == number:
                state.apply(record.offset, record.log_ms, _lights(record, partitions))
                flush = state.flush()
                truth.late += len(flush.refused)
                for said in flush.stories:
                    told.pop(said.story_id, None)
                    if isinstance(said, Told):
                        told[said.story_id] = said
        truth.open += sum(len(journey.windows) - len(journey.told) for journey in state.journeys.values())
        truth.stories += [story for said in told.values() for story in build_stories(said.window())]
    return truth


def truth_of_batch(events: Iterable[Event], windowing: Windowing) -> list[Story]:
    """The stories of all events, as `generate` makes them."""
    return stories_of(events, windowing)


def _lights(record: Record, partitions: int) -> list[Light]:
    if TICK_HEADER in record.headers:
        return []
    try:
        events = read_message(record.value or b"", record.headers).events
    except BadInput:
        return []
    return [light(event) for event in split(events, record.partition, partitions)[0]]
