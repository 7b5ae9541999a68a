"""What must come of the events topic: the pure core over its log, once, without any fault."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.stream.journeys.repartition import split
from agents.stream.journeys.ticks import TICK_HEADER
from pipeline.generate import stories_of
from pipeline.intake import BadInput, read_message
from pipeline.stories.splitting import NoStory, build_stories
from pipeline.windowing.events import RawEvent, light
from pipeline.windowing.flush import WindowEmitted
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.segments import SegmentLog
from schemas.events import Event
from schemas.stories import Story
from tests.stream.cluster import Record


@dataclass
class Truth:
    """`open` says how many windows still wait for their time; `late` how many events came after theirs.

    `waiting` are the journeys of the open windows, `late_at` the partitions and offsets of the late events.
    `untellable` are the journeys of windows of which nothing can be told. `silent` counts those in which nothing was
    done, by the kinds of their events.
    """

    stories: list[Story] = field(default_factory=list)
    late: int = 0
    open: int = 0
    waiting: set[str] = field(default_factory=set)
    late_at: set[tuple[int, int]] = field(default_factory=set)
    untellable: list[str] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)


def truth_of_log(records: Sequence[Record], windowing: Windowing, partitions: int) -> Truth:
    """The stories that stand at the end of the log."""
    truth = Truth()
    for number in range(partitions):
        state = PartitionWindows(windowing, SegmentLog(str(number), "truth"))
        told: dict[str, WindowEmitted] = {}
        for record in records:
            if record.partition == number:
                state.apply(record.offset, record.log_ms, _lights(record, partitions))
                flush = state.flush()
                truth.late += len(flush.refused)
                truth.late_at |= {(number, refused.offset) for refused in flush.refused}
                for said in flush.stories:
                    told.pop(said.story_id, None)
                    if isinstance(said, WindowEmitted):
                        told[said.story_id] = said
        still = {key: len(journey.windows) - len(journey.told) for key, journey in state.journeys.items()}
        truth.open += sum(still.values())
        truth.waiting |= {journey_id for (_, journey_id), windows in still.items() if windows}
        for said in told.values():
            _tell(truth, said)
    return truth


def _tell(truth: Truth, said: WindowEmitted) -> None:
    window = said.window()
    try:
        stories = build_stories(window)
    except NoStory:
        truth.untellable.append(window.journey_id)
        return
    truth.stories += stories
    if not stories:
        truth.silent[" ".join(sorted({event.kind for event in window.events}))] += 1


def truth_of_batch(events: Iterable[Event], windowing: Windowing) -> list[Story]:
    """The stories of all events, as `generate` makes them."""
    return stories_of(events, windowing)


def _lights(record: Record, partitions: int) -> list[RawEvent]:
    if TICK_HEADER in record.headers:
        return []
    try:
        events = read_message(record.value or b"", record.headers).events
    except BadInput:
        return []
    return [light(event) for event in split(events, record.partition, partitions)[0]]
