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


class LogTruth:
    """The truth of a log that grows: what was read once is not read again."""

    def __init__(self, windowing: Windowing, partitions: int) -> None:
        self._count = partitions
        self._states = [PartitionWindows(windowing, SegmentLog(str(number), "truth")) for number in range(partitions)]
        self._read_to = [-1] * partitions
        self._told: dict[str, WindowEmitted] = {}
        self._late_at: list[tuple[int, int]] = []
        self._known: dict[str, tuple[WindowEmitted, Truth]] = {}

    def read(self, records: Iterable[Record]) -> Truth:
        """The stories that stand at the end of the log, of which these are all records, or those from some on."""
        for record in records:
            if record.offset > self._read_to[record.partition]:
                self._apply(record)
        truth = Truth(late=len(self._late_at), late_at=set(self._late_at))
        for state in self._states:
            still = {key: len(journey.windows) - len(journey.told) for key, journey in state.journeys.items()}
            truth.open += sum(still.values())
            truth.waiting |= {journey_id for (_, journey_id), windows in still.items() if windows}
        for story_id, said in self._told.items():
            found = self._known.get(story_id)
            if found is None or found[0] is not said:
                found = self._known[story_id] = (said, _told(said))
            truth.stories += found[1].stories
            truth.untellable += found[1].untellable
            truth.silent += found[1].silent
        return truth

    def _apply(self, record: Record) -> None:
        state = self._states[record.partition]
        self._read_to[record.partition] = record.offset
        state.apply(record.offset, record.log_ms, _lights(record, self._count))
        flush = state.flush()
        self._late_at += [(record.partition, refused.offset) for refused in flush.refused]
        for said in flush.stories:
            self._told.pop(said.story_id, None)
            if isinstance(said, WindowEmitted):
                self._told[said.story_id] = said


def truth_of_log(records: Sequence[Record], windowing: Windowing, partitions: int) -> Truth:
    """The stories that stand at the end of the log."""
    return LogTruth(windowing, partitions).read(records)


def _told(said: WindowEmitted) -> Truth:
    truth, window = Truth(), said.window()
    try:
        truth.stories = list(build_stories(window))
    except NoStory:
        truth.untellable.append(window.journey_id)
        return truth
    if not truth.stories:
        truth.silent[" ".join(sorted({event.kind for event in window.events}))] += 1
    return truth


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
