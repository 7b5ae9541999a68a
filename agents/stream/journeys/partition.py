"""One partition of `events` in the hands of this worker: reads and applies its messages, and flushes what came of them.

It never makes anybody wait: what it is given is put into its own queue, and where too much waits it asks that no more
be fetched of it. Two tasks work on it, one that reads and one that flushes; `let_go` ends both, and with them every
wait.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from agents.stream.broker.dead_letters import DeadLetter
from agents.stream.journeys.delivery import Misrouted
from agents.stream.supervision.progress import PartitionProgress
from pipeline.windowing.events import RawEvent
from pipeline.windowing.flush import Flush
from pipeline.windowing.partition import PartitionWindows
from pipeline.windowing.partition_life import State, Step, after, step_of, takes

FLUSH_MESSAGES: Final = 200
FLUSH_S: Final = 0.1
"""A flush comes after so many messages, so long after the first one, or at once when there is something to tell."""
UNFLUSHED_MAX: Final = 5_000
"""Messages that may wait for a flush; beyond, no more are fetched. What was fetched already still comes: one answer
of the broker (FETCH_BYTES) at most, and what Faust holds of it."""
UNFLUSHED_BYTES_MAX: Final = 64 * 1024 * 1024
"""Their bytes, likewise."""
TURN_MESSAGES: Final = 20
"""After so many messages, the others on the event loop have their turn."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a message came to: the light events of this partition, dead letters, and what goes elsewhere."""

    lights: list[RawEvent]
    letters: list[DeadLetter]
    astray: list[Misrouted]


NOTHING: Final = Read([], [], [])


class Delivers(Protocol):
    """Makes a flush durable; `Delivery`."""

    async def deliver(
        self, partition: int, flush: Flush, letters: list[DeadLetter], astray: list[Misrouted], clock_ms: int
    ) -> None:
        """Returns once all of it is acknowledged."""

    def observe(self, log_ms: int) -> None:
        """Notes how late a story was."""


@dataclass(frozen=True, slots=True)
class PartitionServices:
    """What a partition needs of others.

    `read` makes the events of a message, none of one up to the given offset, which was applied; `hold` asks that no
    more be fetched of the partition, or that it be again; `failed` is told of a fault of ours with the first and the
    last message that it may be about, and ends the worker; `done` learns which messages are behind us.
    """

    delivery: Delivers
    read: Callable[[Any, int], Awaitable[Read]]
    hold: Callable[[int, bool], None]
    failed: Callable[[str, BaseException, Any, Any], None]
    done: Callable[[list[Any]], Awaitable[None]]


class Partition:
    """`take_up` once the rows are there, then `offer` message after message; `let_go` drops what was not flushed: its
    messages were not acknowledged and come again.

    `careful_until` is an offset up to which each message has a flush of its own: a fault then has one message to blame.
    """

    def __init__(self, number: int, around: PartitionServices, careful_until: int = -1) -> None:
        self.number = number
        self.life = State.ASSIGNED
        self.careful_until = careful_until
        self.applied_s = time.monotonic()
        self.ticking = False
        self.progress = PartitionProgress()
        self._around = around
        self._windows: PartitionWindows | None = None
        self._awaited: int | None = None
        self._queue: deque[Any] = deque()
        self._events: list[Any] = []
        self._unflushed_bytes = 0
        self._letters: list[DeadLetter] = []
        self._astray: list[Misrouted] = []
        self._arrived = asyncio.Event()
        self._wake = asyncio.Event()
        self._flushed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def state(self) -> PartitionWindows:
        """The open windows, once they are taken up."""
        assert self._windows is not None, f"partition {self.number} is {self.life}"
        return self._windows

    # --- its life ---

    def take_up(self, restored: Callable[[], PartitionWindows]) -> None:
        """The rows are there: makes the windows of them, and takes messages from now on."""
        self._move(Step.TAKE_UP)
        self._windows = restored()
        self.progress.done = self.state.offset
        self._note()
        self._move(Step.TAKEN_UP)
        for work in (self._read_on(), self._flush_on()):
            self._tasks.append(asyncio.create_task(work, name=f"partition-{self.number}"))

    def let_go(self) -> None:
        """Drops the partition at once. Whoever waits on it is cancelled."""
        self._move(Step.LET_GO)
        for task in self._tasks:
            task.cancel()
        self._queue.clear()
        self._around.hold(self.number, False)
        self._move(Step.ENDED)

    def _move(self, step: Step) -> None:
        self.life = after(self.life, step)
        self.progress.state = self.life

    # --- messages ---

    def offer(self, event: Any) -> None:
        """Takes a message. Where the partition was let go meanwhile it is dropped, and comes again to its next
        owner."""
        if not takes(self.life):
            return
        self._queue.append(event)
        self._unflushed_bytes += len(event.message.value or b"")
        self._arrived.set()
        self._weigh()

    def _weigh(self) -> None:
        waiting = len(self._queue) + len(self._events)
        step = step_of(self.life, waiting, self._unflushed_bytes, UNFLUSHED_MAX, UNFLUSHED_BYTES_MAX)
        if step is not None:
            self._move(step)
            self._around.hold(self.number, step is Step.FILLED)

    def catch_up(self, first: int, end: int) -> None:
        """The log goes on at `first` and ended at `end` when this worker took it up."""
        self.progress.move(first - 1)
        self._awaited = end - 1 if first < end else -1

    @property
    def caught_up(self) -> bool:
        """Whether all is known that the partition's owner before may have known: before that, an answer about a
        journey could be an older one than was given already."""
        return self._awaited is not None and self._windows is not None and self.state.offset >= self._awaited

    async def _read_on(self) -> None:
        read = 0
        while True:
            while not self._queue:
                self.progress.waits_for = "messages"
                self._arrived.clear()
                await self._arrived.wait()
            event = self._queue[0]
            try:
                self.progress.waits_for = f"the reading of offset {event.message.offset}"
                found = await self._around.read(event.message, self.state.offset)
                self._queue.popleft()
                self._apply(event, found)
            except Exception as error:
                self._around.failed(f"a message of partition {self.number}", error, event.message, event.message)
                raise
            if event.message.offset <= self.careful_until:
                await self._flush_alone()
            read += 1
            if read % TURN_MESSAGES == 0:
                await asyncio.sleep(0)

    def _apply(self, event: Any, read: Read) -> None:
        message = event.message
        if message.offset > self.state.offset:
            self.state.apply(message.offset, round(message.timestamp * 1000), read.lights)
            self._letters += read.letters
            self._astray += read.astray
            self._note()
        self._events.append(event)
        self.applied_s = time.monotonic()
        self.ticking = False
        self.progress.moved()
        if (
            self.state.urgent
            or len(self._events) >= FLUSH_MESSAGES
            or len(self._events) == 1
            or self.life is State.FULL
        ):
            self._wake.set()

    async def _flush_alone(self) -> None:
        """Returns once nothing waits for a flush."""
        while self._events:
            self._flushed.clear()
            self._wake.set()
            await self._flushed.wait()

    def _note(self) -> None:
        self.progress.clock_ms = self.state.clock.now_ms
        self.progress.held_windows = self.state.held_windows
        self.progress.held_bytes = self.state.held_bytes

    # --- flushes ---

    async def _flush_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._in_a_hurry():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), FLUSH_S)
                self._wake.clear()
            await self._flush()
            self._flushed.set()
            if self._events or self.state.dirty:
                self._wake.set()

    def _in_a_hurry(self) -> bool:
        careful = bool(self._events) and self._events[-1].message.offset <= self.careful_until
        return self.state.urgent or len(self._events) >= FLUSH_MESSAGES or careful

    async def _flush(self) -> None:
        events, self._events = self._events, []
        letters, self._letters = self._letters, []
        astray, self._astray = self._astray, []
        self._unflushed_bytes -= sum(len(event.message.value or b"") for event in events)
        self._weigh()
        self.progress.flushing = True
        try:
            flush = self.state.flush()
            log_ms = self.state.clock.log_ms
            await self._around.delivery.deliver(self.number, flush, letters, astray, self.state.clock.now_ms)
        except Exception as error:
            first, last = (events[0].message, events[-1].message) if events else (None, None)
            self._around.failed(f"a flush of partition {self.number}", error, first, last)
            raise
        if flush.stories:
            self._around.delivery.observe(log_ms)
        for event in events:
            event.ack()
        self.progress.flushing = False
        self.progress.moved()
        if events:
            self.progress.move(events[-1].message.offset)
            await self._around.done([event.message for event in events])
