"""What this worker has done and what is left, partition by partition: for /readyz and /metrics."""

import time
from dataclasses import dataclass, field

STUCK_S = 60.0
"""How long messages may wait without any being applied, before the worker counts as stuck."""


@dataclass(slots=True)
class PartitionProgress:
    """One partition of `events`, as this worker sees it. Offsets are of the last message each; -1 before the first.

    `lag` is how many messages lie behind `applied`; times are milliseconds since 1970.
    """

    applied: int = -1
    flushed: int = -1
    clock_ms: int = 0
    log_ms: int = 0
    open_journeys: int = 0
    held_bytes: int = 0
    lag: int = 0
    moved_s: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Progress:
    """`partitions` of `events` held here, recovered. `settled` says that the group gave this worker its share."""

    partitions: dict[int, PartitionProgress] = field(default_factory=dict)
    settled: bool = False
    tagger_ready: bool = False
    """The model is loaded: until then windows close, and their stories wait."""
    stopping: bool = False
    """The worker was asked to end: what fails from here on fails because its parts are gone."""
    stories_waiting: int = 0

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
