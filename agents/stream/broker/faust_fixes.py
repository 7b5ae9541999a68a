"""Defects of faust-streaming 0.15.3 that would lose data or time, each with its cure and how to notice that it is gone.

1. Skipped messages after a rebalance (upstream issue 596). After recovery Faust resumes the partitions and then seeks,
   while its fetcher runs already; the queues are cleared afterwards, and with them what was fetched in between. The
   cure stops the flow until the seek is done.
2. The same where nothing was committed yet: the seek goes to committed offsets only, so a partition without one stays
   behind what was fetched and thrown away. Seen here: the first 14 messages of new topics were lost when a worker was
   killed before its first commit. The cure seeks such partitions to their earliest offset.
3. The cures may fail with another version of Faust, so `OffsetGaps` watches the offsets: within a partition of
   `events`,
   which is neither compacted nor written in transactions, each message must follow the one before, and the first one
   the commit. It costs nothing and stays when 1. and 2. are fixed.

4. Faust lets a fetch wait 1.5 s for messages, and has no setting for it. Kafka answers the requests of a connection one
   after the other, so each question of a recovery (where does the changelog end, what was committed) waited that long:
   up to 6 s in all, at each start and each take-over. The cure is FETCH_WAIT_MS.
5. A recovery that never ends. A fetch that waits while a rebalance goes on brings records of every partition, for an
   empty set of partitions means all to aiokafka. If they come after the recovery placed the changelog's partitions and
   before it lets the flow go on, Faust throws them away and seeks to what was committed, which a changelog has none of:
   the recovery waits for records that it has passed. The cure gives back what is fetched while the flow is stopped.
6. Faust pauses a partition by throwing away what was fetched of it. `HELD` names partitions that are not to be
   fetched for now, and what was fetched of them is still given: so one partition that has all in hand that it takes
   does not stop the others. While all are held, the group is told that the worker lives.

Noticing that they are fixed: with `apply()` taken out, `python -m tests.faults` ends with "holes 0",
`python -m bench.takeover` comes to less than a second beyond the session time-out, and
`pytest tests/stream/test_takeover.py -k before_the_recovery_reads` passes many times in a row.
"""

import asyncio
import time
from typing import Any, Final

from faust.tables import recovery
from faust.transport import consumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

FAUST_TRIED: Final = "0.15.3"
FETCH_WAIT_MS: Final = 100
"""How long a fetch waits where there is nothing. What comes meanwhile is answered at once, so this costs no latency."""
HELD_S: Final = 0.1
"""How long nothing is fetched while all partitions are held; then it is looked again."""


class Holds:
    """The partitions, as (topic, number), of which nothing is to be fetched for now. Safe to use from any thread."""

    def __init__(self) -> None:
        self._held: frozenset[tuple[str, int]] = frozenset()

    def hold(self, topic: str, partition: int) -> None:
        """Nothing more is fetched of it. What was fetched already still comes."""
        self._held |= {(topic, partition)}

    def release(self, topic: str, partition: int) -> None:
        """It is fetched again."""
        self._held -= {(topic, partition)}

    def has(self, topic: str, partition: int) -> bool:
        """Whether it is held."""
        return (topic, partition) in self._held

    def rest(self, partitions: Any) -> Any:
        """Those of these partitions that are not held."""
        held = self._held
        return partitions if not held else {tp for tp in partitions if (tp.topic, tp.partition) not in held}


class Rounds:
    """The rounds of the consumer: it fetches what there is of every partition, hands all of it on, and fetches again.
    `finished_s` is when the last one that it finished began, on the monotonic clock."""

    def __init__(self) -> None:
        self.finished_s = self._began_s = float("-inf")

    def next(self) -> None:
        """All of a round was handed on, and the next one begins."""
        self.finished_s, self._began_s = self._began_s, time.monotonic()

    def broken(self) -> None:
        """What was fetched is not handed on."""
        self.finished_s = self._began_s = float("-inf")


HELD: Final = Holds()
"""Of this process: it has one consumer."""
ROUNDS: Final = Rounds()
"""Likewise."""
_ON_RECOVERY_COMPLETED: Final = recovery.Recovery.on_recovery_completed
"""Faust's own way."""


def apply() -> None:
    """Puts the cures in place, once per process."""
    if recovery.Recovery.on_recovery_completed is not _ON_RECOVERY_COMPLETED:
        return
    _stop_the_flow_while_seeking()
    _seek_where_nothing_was_committed()
    _wait_less_for_messages()
    _give_back_what_comes_while_stopped()


def _stop_the_flow_while_seeking() -> None:
    async def on_recovery_completed(self: Any, generation_id: int = 0) -> None:
        self.app.consumer.stop_flow()  # the original resumes it, after its seek
        await _ON_RECOVERY_COMPLETED(self, generation_id)

    recovery.Recovery.on_recovery_completed = on_recovery_completed


def _seek_where_nothing_was_committed() -> None:
    perform_seek = consumer.Consumer.perform_seek

    async def seek_all(self: Any) -> None:
        await perform_seek(self)
        await seek_uncommitted(self)

    consumer.Consumer.perform_seek = seek_all


def _wait_less_for_messages() -> None:
    create = AIOKafkaConsumerThread._create_worker_consumer

    def create_quick(self: Any, transport: Any) -> Any:
        made = create(self, transport)
        made._fetch_max_wait_ms = FETCH_WAIT_MS
        return made

    AIOKafkaConsumerThread._create_worker_consumer = create_quick


def _give_back_what_comes_while_stopped() -> None:
    fetch = AIOKafkaConsumerThread._fetch_records

    async def fetch_or_give_back(self: Any, source: Any, active: Any, *args: Any, **kwargs: Any) -> Any:
        ROUNDS.next()
        wanted = HELD.rest(active) if active else active
        if active and not wanted:  # an empty set would mean all of them
            with source._subscription.fetch_context():
                await asyncio.sleep(HELD_S)
            return {}
        records = await fetch(self, source, wanted, *args, **kwargs)
        if self.consumer.flow_active:
            return records
        ROUNDS.broken()
        for tp, messages in records.items():
            source.seek(tp, messages[0].offset)
        return {}

    AIOKafkaConsumerThread._fetch_records = fetch_or_give_back


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


class OffsetGaps:
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
