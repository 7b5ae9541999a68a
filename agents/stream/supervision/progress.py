"""What this worker has done and what is left, partition by partition: for /readyz and /metrics."""

import time
from dataclasses import dataclass, field
from typing import Final

from pipeline.windowing.partition_life import State

STUCK_S: Final = 60.0
"""How long messages may wait without any being done, before the worker counts as stuck."""
STORIES: Final = "stories"
"""What the tests agent waits for while it has nothing in hand."""
TESTS: Final = "tests"
"""What the prove agent waits for while it has nothing in hand."""
SILENT_S: Final = 30.0
"""How long the broker may leave us without an answer before the worker counts as not ready."""


@dataclass(slots=True)
class Position:
    """How far one partition of a topic is worked off. `done` is the last offset that this worker is done with, -1
    before the first; `end` the one after the newest, as the broker said last.

    `moved_s` is when something was done, or nothing was left to do, on the monotonic clock.
    """

    done: int = -1
    end: int = 0
    moved_s: float = field(default_factory=time.monotonic)

    def moved(self) -> None:
        """Something was done, be it not the whole of a message."""
        self.moved_s = time.monotonic()

    @property
    def lag(self) -> int:
        """Messages that wait."""
        return max(0, self.end - self.done - 1)

    def move(self, offset: int) -> None:
        """All up to this offset is done."""
        self.done = max(self.done, offset)
        self.moved_s = time.monotonic()

    def look(self, end: int, start: int = 0) -> None:
        """The broker says that the log ends here, and begins at `start`: what aged out before is waited for no more."""
        self.end, self.done = end, max(self.done, start - 1)
        if not self.lag:
            self.moved_s = time.monotonic()


@dataclass(slots=True)
class PartitionProgress(Position):
    """One partition of `events`, as this worker sees it: done with what was flushed. Times are milliseconds since
    1970."""

    clock_ms: int = 0
    held_windows: int = 0
    held_bytes: int = 0
    state: str = State.ASSIGNED
    """Where it stands, as the log says it."""
    waits_for: str = "its rows"
    """What the one who reads it waits for."""
    delivers: str = ""
    """What the one who flushes it waits for."""
    flushing: bool = False

    @property
    def has_work(self) -> bool:
        """Whether anything is left to do."""
        return self.lag > 0 or self.flushing


@dataclass(slots=True)
class Stage:
    """What one part of the worker waits for, and since when."""

    waits_for: str = STORIES
    moved_s: float = field(default_factory=time.monotonic)
    idle: str = STORIES
    """What it waits for while it has nothing in hand."""

    def moved(self, waits_for: str | None = None) -> None:
        """Something was done, and this comes next."""
        self.moved_s = time.monotonic()
        if waits_for is not None:
            self.waits_for = waits_for

    def rest(self) -> None:
        """Nothing is in hand. Where nothing was before, either, that is no progress."""
        if self.waits_for != self.idle:
            self.moved(self.idle)


@dataclass(slots=True)
class Progress:
    """`partitions` of `events` held here, recovered; `stories` and `tests` are those of these topics, where the worker
    reads them. `settled` says that the group gave this worker its share."""

    partitions: dict[int, PartitionProgress] = field(default_factory=dict)
    stories: dict[int, Position] = field(default_factory=dict)
    tests: dict[int, Position] = field(default_factory=dict)
    writer: Stage = field(default_factory=Stage)
    """The tests agent."""
    prover: Stage = field(default_factory=lambda: Stage(TESTS, idle=TESTS))
    """The prove agent."""
    storage_away_s: float = float("-inf")
    """When the storage last did not answer, on the monotonic clock."""
    asked: int = 0
    """Messages that wait for an answer of the schema registry."""
    settled: bool = False
    tagger_ready: bool = False
    """The model is loaded: until then windows close, and their stories wait."""
    stopping: bool = False
    """The worker was asked to end: what fails from here on fails because its parts are gone."""
    answered_s: float = field(default_factory=time.monotonic)
    """When the broker last answered, on the monotonic clock."""

    def partition(self, number: int) -> PartitionProgress:
        """That of a partition; one that nobody looks at where it was let go."""
        return self.partitions.get(number) or PartitionProgress()

    def story_done(self, partition: int, offset: int) -> None:
        """A message of `stories` was stored, and the tests that follow from it."""
        if partition in self.stories:
            self.stories[partition].move(offset)

    def test_done(self, partition: int, offset: int) -> None:
        """A message of `tests` was worked on, and its verdicts published."""
        if partition in self.tests:
            self.tests[partition].move(offset)

    def broker_silent(self) -> str | None:
        """None while the broker answers."""
        silent_s = time.monotonic() - self.answered_s
        return f"the broker has not answered for {silent_s:.0f} s" if silent_s > SILENT_S else None

    def reason_not_ready(self) -> str | None:
        """None when journeys are being worked on as they should."""
        if not self.settled:
            return "joining the group, or recovering the table"
        if not self.tagger_ready:
            return "loading the model"
        stuck = [
            number
            for number, row in self.partitions.items()
            if row.lag > 0 and time.monotonic() - row.moved_s > STUCK_S
        ]
        return f"no progress for {STUCK_S:.0f} s in partitions {stuck}" if stuck else None
