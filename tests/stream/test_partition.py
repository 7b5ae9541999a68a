"""One partition of `events` in a worker's hands: its life in any interleaving, and its bounds.

The real `Partition`, with the real windows and rows, over a log that is kept in a list, on an event loop whose time
is its own: whatever waits for time goes on at once, whatever waits for somebody goes on only when that one acts.
"""

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.stream.journeys import partition as partitions
from agents.stream.journeys.partition import (
    UNFLUSHED_BYTES_MAX,
    UNFLUSHED_MAX,
)
from pipeline.windowing.events import light
from pipeline.windowing.flush import WindowEmitted
from pipeline.windowing.partition import PartitionWindows
from pipeline.windowing.partition_life import TRANSITIONS, ImpossibleStep, State, Step, after
from pipeline.windowing.segments import SegmentLog
from tests.stream.partition_worker import Log, Loop, Worker, message
from tests.windowing.logs import WINDOWING, event

EXAMPLES = 25
"""Interleavings of one run."""


class Lives(RuleBasedStateMachine):
    """Owners come and go at any point, messages come, deliveries are slow, fail, or end half-way; at the end all that
    the log says is told, as one reader without any fault tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = Loop()
        asyncio.set_event_loop(self.loop)
        self.log = Log()
        self.owners = 0
        self.worker: Worker | None = None
        self.gone: list[Worker] = []
        self.clock_ms = 0

    @property
    def alive(self) -> Worker:
        assert self.worker is not None
        return self.worker

    def has_owner(self) -> bool:
        return self.worker is not None

    @rule(journey=st.sampled_from("abcd"), ends=st.booleans(), step_ms=st.integers(0, 900))
    def an_event_comes(self, journey: str, ends: bool, step_ms: int) -> None:
        self.clock_ms += step_ms
        offset = len(self.log.messages)
        one = event(journey, self.clock_ms, f"e{offset}", ends)
        self.log.messages.append(message(offset, self.clock_ms, (one,), b"x" * 10))

    @rule()
    def a_bad_message_comes(self) -> None:
        self.log.messages.append(message(len(self.log.messages), self.clock_ms, (), b"bad"))

    @precondition(lambda self: not self.has_owner())
    @rule()
    def it_is_assigned(self) -> None:
        self.owners += 1
        self.worker = self.loop.go_on(self._made())

    async def _made(self) -> Worker:
        return Worker(self.log, f"w{self.owners}")

    @precondition(lambda self: self.has_owner() and self.alive.partition.life is State.ASSIGNED)
    @rule()
    def its_rows_are_read(self) -> None:
        async def take_up() -> None:
            self.alive.take_up()

        self.loop.go_on(take_up())

    @precondition(has_owner)
    @rule(most=st.integers(1, 30))
    def the_consumer_fetches(self, most: int) -> None:
        async def fetch() -> None:
            if self.alive.partition.life in (State.LIVE, State.FULL):
                self.alive.fetch(most)

        self.loop.go_on(fetch())

    @precondition(lambda self: self.has_owner() and self.alive.deliveries.waits)
    @rule(turns=st.integers(1, 4))
    def a_delivery_goes_on(self, turns: int) -> None:
        for _ in range(turns):
            self.alive.deliveries.turns.release()
            self.loop.go_on()

    @precondition(lambda self: self.has_owner() and self.alive.deliveries.waits)
    @rule()
    def a_delivery_fails(self) -> None:
        self.alive.deliveries.fails = True
        self.alive.deliveries.turns.release()
        self.loop.go_on()
        assert self.alive.failed, "a fault was swallowed"
        self.the_partition_goes()

    @precondition(has_owner)
    @rule()
    def reading_halts_or_goes_on(self) -> None:
        gate = self.alive.read_gate
        (gate.clear if gate.is_set() else gate.set)()
        self.loop.go_on()

    @precondition(has_owner)
    @rule()
    def the_partition_goes(self) -> None:
        async def let_go() -> None:
            self.alive.partition.let_go()

        self.loop.go_on(let_go())
        self.gone.append(self.alive)
        self.worker = None

    @invariant()
    def nobody_waits_for_a_partition_that_is_gone(self) -> None:
        for worker in self.gone:
            assert worker.partition.life is State.GONE
            assert not worker.held
            assert all(task.done() for task in worker.partition._tasks)
        self.gone = self.gone[-1:]

    @invariant()
    def only_a_full_partition_is_held(self) -> None:
        if self.worker is not None:
            assert self.worker.held == (self.worker.partition.life is State.FULL)

    @invariant()
    def whatever_has_work_moves_once_it_is_let(self) -> None:
        """A live partition with messages in hand either waits for a delivery or for the reading: never for nobody."""
        if self.worker is None or self.worker.partition.life is State.ASSIGNED or self.worker.failed:
            return
        partition = self.worker.partition
        in_hand = bool(partition._queue or partition._events)
        assert not in_hand or self.worker.deliveries.waits or not self.worker.read_gate.is_set()

    def teardown(self) -> None:
        try:
            self._goes_on_to_the_end()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.go_on()
            self.loop.close()
            asyncio.set_event_loop(None)

    def _goes_on_to_the_end(self) -> None:
        if self.worker is not None and self.worker.partition.life is not State.ASSIGNED:
            self.the_partition_goes()
        if self.worker is None:
            self.it_is_assigned()
        self.its_rows_are_read()
        worker = self.alive
        worker.read_gate.set()
        for _ in range(4 * len(self.log.messages) + 8):
            self.the_consumer_fetches(30)
            for _ in range(4):
                worker.deliveries.turns.release()
            self.loop.go_on()
        assert self.log.committed == len(self.log.messages), f"{worker.partition.life} with work left"
        assert self.log.told == truth(self.log.messages)
        assert self.log.buried == {b"%d" % one.offset for one in self.log.messages if one.value == b"bad"}


def truth(messages: list[Any]) -> dict[str, tuple[bytes, ...] | None]:
    """What one reader without any fault says in the end."""
    state, told = PartitionWindows(WINDOWING, SegmentLog("0", "truth")), {}
    for one in messages:
        state.apply(one.offset, round(one.timestamp * 1000), [light(each) for each in one.events])
        for said in state.flush().stories:
            told[said.story_id] = said.bodies if isinstance(said, WindowEmitted) else None
    return told


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a few messages reach."""
    monkeypatch.setattr(partitions, "UNFLUSHED_MAX", 8)
    monkeypatch.setattr(partitions, "FLUSH_MESSAGES", 3)
    monkeypatch.setattr(partitions, "TURN_MESSAGES", 2)


@pytest.mark.usefixtures("small")
def test_every_life_of_a_partition_loses_nothing_and_leaves_nobody_waiting() -> None:
    """Owners that come and go, full queues, slow, failing and half-done deliveries, in any interleaving."""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Lives, settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None))


def test_only_the_steps_of_the_table_can_happen() -> None:
    """Every other step raises; each state can be left for `gone`; nothing comes back from there."""
    for state in State:
        for step in Step:
            if (state, step) in TRANSITIONS:
                assert after(state, step) is TRANSITIONS[state, step]
            else:
                with pytest.raises(ImpossibleStep):
                    after(state, step)
    for state in set(State) - {State.GONE, State.STOPPING}:
        assert after(after(state, Step.LET_GO), Step.ENDED) is State.GONE


@pytest.mark.parametrize(
    ("count", "value"),
    [(UNFLUSHED_MAX, b""), (64, b"x" * (UNFLUSHED_BYTES_MAX // 64))],
    ids=["messages", "bytes"],
)
def test_a_partition_is_held_at_the_bound_and_fetched_again_after_the_flush(count: int, value: bytes) -> None:
    """One message below the bound it is fetched, with it there is no more until a flush took what waits."""
    loop = Loop()
    asyncio.set_event_loop(loop)
    try:
        log = Log()
        worker = loop.go_on(made(log))
        log.messages.append(message(0, 0))
        loop.go_on(offered(worker, 1))  # its flush has begun, and waits
        log.messages += [message(offset, 0, (), value) for offset in range(1, count + 1)]
        loop.go_on(offered(worker, count - 1))
        assert worker.partition.life is State.LIVE
        assert not worker.held
        loop.go_on(offered(worker, 1))
        assert worker.partition.life is State.FULL
        assert worker.held
        for _ in range(3):
            worker.deliveries.turns.release()
        loop.go_on()
        assert worker.partition.life is State.LIVE
        assert not worker.held
        worker.partition.let_go()
        loop.go_on()
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def made(log: Log) -> Worker:
    worker = Worker(log, "only")
    worker.take_up()
    return worker


async def offered(worker: Worker, count: int) -> None:
    worker.fetch(count)
