"""What this worker has done and what is left, partition by partition: for /readyz and /metrics."""

import time
from dataclasses import dataclass, field
from typing import Final

STUCK_S: Final = 60.0
"""How long messages may wait without any being done, before the worker counts as stuck."""
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

    @property
    def lag(self) -> int:
        """Messages that wait."""
        return max(0, self.end - self.done - 1)

    def move(self, offset: int) -> None:
        """All up to this offset is done."""
        self.done = max(self.done, offset)
        self.moved_s = time.monotonic()

    def look(self, end: int) -> None:
        """The broker says that the log ends here."""
        self.end = end
        if not self.lag:
            self.moved_s = time.monotonic()


@dataclass(slots=True)
class PartitionProgress(Position):
    """One partition of `events`, as this worker sees it: done with what was flushed. Times are milliseconds since
    1970."""

    clock_ms: int = 0
    log_ms: int = 0
    held_windows: int = 0
    held_bytes: int = 0


@dataclass(slots=True)
class Progress:
    """`partitions` of `events` held here, recovered; `stories` are the partitions of that topic, where the worker reads
    it. `settled` says that the group gave this worker its share."""

    partitions: dict[int, PartitionProgress] = field(default_factory=dict)
    stories: dict[int, Position] = field(default_factory=dict)
    settled: bool = False
    tagger_ready: bool = False
    """The model is loaded: until then windows close, and their stories wait."""
    stopping: bool = False
    """The worker was asked to end: what fails from here on fails because its parts are gone."""
    answered_s: float = field(default_factory=time.monotonic)
    """When the broker last answered, on the monotonic clock."""

    def story_done(self, partition: int, offset: int) -> None:
        """A message of `stories` was stored, and the tests that follow from it."""
        if partition in self.stories:
            self.stories[partition].move(offset)

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
