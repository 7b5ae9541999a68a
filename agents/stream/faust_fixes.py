"""Defects of faust-streaming 0.15.3 that would lose data or time, each with its cure and how to notice that it is gone.

1. Skipped messages after a rebalance (upstream issue 596). After recovery Faust resumes the partitions and then seeks,
   while its fetcher runs already; the queues are cleared afterwards, and with them what was fetched in between. The
   cure stops the flow until the seek is done.
2. The same where nothing was committed yet: the seek goes to committed offsets only, so a partition without one stays
   behind what was fetched and thrown away. Seen here: the first 14 messages of new topics were lost when a worker was
   killed before its first commit. The cure seeks such partitions to their earliest offset.
3. The cures may fail with another version of Faust, so `Holes` watches the offsets: within a partition of `events`,
   which is neither compacted nor written in transactions, each message must follow the one before, and the first one
   the commit. It costs nothing and stays when 1. and 2. are fixed.

4. Faust lets a fetch wait 1.5 s for messages, and has no setting for it. Kafka answers the requests of a connection one
   after the other, so each question of a recovery (where does the changelog end, what was committed) waited that long:
   up to 6 s in all, at each start and each take-over. The cure is FETCH_WAIT_MS.

Noticing that they are fixed: with `apply()` taken out, `python -m tests.faults` ends with "holes 0", and
`python -m bench.takeover` comes to less than a second beyond the session time-out.
"""

from typing import Any, Final

from faust.tables import recovery
from faust.transport import consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

FAUST_TRIED: Final = "0.15.3"
FETCH_WAIT_MS: Final = 100
"""How long a fetch waits where there is nothing. What comes meanwhile is answered at once, so this costs no latency."""


def apply() -> None:
    """Puts the cures in place, once per process."""
    original = recovery.Recovery.on_recovery_completed
    if getattr(original, "flow_stopped", False):
        return

    async def on_recovery_completed(self: Any, generation_id: int = 0) -> None:
        self.app.consumer.stop_flow()  # the original resumes it, after its seek
        await original(self, generation_id)

    on_recovery_completed.flow_stopped = True  # type: ignore[attr-defined]
    recovery.Recovery.on_recovery_completed = on_recovery_completed

    perform_seek = consumer.Consumer.perform_seek

    async def seek_all(self: Any) -> None:
        await perform_seek(self)
        await seek_uncommitted(self)

    consumer.Consumer.perform_seek = seek_all

    create = AIOKafkaConsumerThread._create_worker_consumer

    def create_quick(self: Any, transport: Any) -> Any:
        made = create(self, transport)
        made._fetch_max_wait_ms = FETCH_WAIT_MS
        return made

    AIOKafkaConsumerThread._create_worker_consumer = create_quick


async def first_offsets(source: Any) -> dict[Any, int]:
    """The offset at which each partition that is assigned goes on: the committed one, or the earliest."""
    committed = await source.seek_to_committed()
    # aiokafka answers None, or an offset below zero, where nothing was committed.
    missing = [tp for tp in source.assignment() if (committed.get(tp) or 0) <= 0]
    earliest = await source.earliest_offsets(*missing) if missing else {}
    return {tp: offset for tp, offset in {**committed, **earliest}.items() if offset is not None}


async def seek_uncommitted(source: Any) -> None:
    """Seeks the partitions of source topics for which nothing was committed to where they begin."""
    committed = await source.seek_to_committed()
    missing = [tp for tp in source.assignment() if (committed.get(tp) or 0) <= 0 and not source._is_changelog_tp(tp)]
    if missing:
        await source.seek_wait({tp: offset or 0 for tp, offset in (await source.earliest_offsets(*missing)).items()})


class Holes:
    """The next offset that each partition must bring."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}

    def expect(self, partition: int, offset: int | None) -> None:
        """After an assignment: the offset at which the partition goes on; None where that isn't known."""
        if offset is None:
            self._next.pop(partition, None)
        else:
            self._next[partition] = offset

    def found(self, partition: int, offset: int) -> int | None:
        """Takes note of a message; the offset that should have come instead, if messages were skipped."""
        expected = self._next.get(partition)
        if expected is not None and offset > expected:
            return expected
        self._next[partition] = max(offset + 1, expected or 0)
        return None
