"""One partition of `events` in the hands of this worker: applies its messages, and flushes what came of them."""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final

from agents.stream.dead_letters import DeadLetter
from agents.stream.delivery import Astray, Delivery
from agents.stream.ending import die
from agents.stream.progress import PartitionProgress
from pipeline.entries import Light
from pipeline.windows import PartitionWindows

FLUSH_MESSAGES: Final = 200
FLUSH_S: Final = 0.1
"""A flush comes after so many messages, so long after the first one, or at once when there is something to tell."""
UNFLUSHED_MAX: Final = 5_000
"""Messages that may wait for a flush; beyond, reading waits."""
UNFLUSHED_BYTES_MAX: Final = 64 * 1024 * 1024
"""Their bytes, likewise."""


class Partition:
    """`apply` after `apply`; the flushes run beside it, one at a time. `stop` drops what was not flushed: its messages
    were not acknowledged and come again."""

    def __init__(self, number: int, state: PartitionWindows, delivery: Delivery) -> None:
        self.number = number
        self.state = state
        self.progress = PartitionProgress(done=state.offset)
        self._note()
        self.applied_s = time.monotonic()
        self.ticking = False
        self._awaited: int | None = None
        self._delivery = delivery
        self._events: list[Any] = []
        self._unflushed_bytes = 0
        self._letters: list[DeadLetter] = []
        self._astray: list[Astray] = []
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._task = asyncio.create_task(self._run(), name=f"flush-{number}")

    def apply(self, event: Any, lights: list[Light], letters: list[DeadLetter], astray: list[Astray]) -> None:
        """Takes a message: its light events of this partition, and what of it goes elsewhere."""
        message = event.message
        self._events.append(event)
        self._unflushed_bytes += len(message.value or b"")
        self.applied_s = time.monotonic()
        self.ticking = False
        if message.offset > self.state.offset:
            self._letters += letters
            self._astray += astray
            self.state.apply(message.offset, round(message.timestamp * 1000), lights)
            self._note()
        if self.state.urgent or len(self._events) >= FLUSH_MESSAGES or len(self._events) == 1:
            self._wake.set()
        if len(self._events) >= UNFLUSHED_MAX or self._unflushed_bytes >= UNFLUSHED_BYTES_MAX:
            self._wake.set()
            self._room.clear()

    def catch_up(self, first: int, end: int) -> None:
        """The log goes on at `first` and ended at `end` when this worker took it up."""
        self.progress.move(first - 1)
        self._awaited = end - 1 if first < end else -1

    @property
    def caught_up(self) -> bool:
        """Whether all is known that the partition's owner before may have known: before that, an answer about a
        journey could be an older one than was given already."""
        return self._awaited is not None and self.state.offset >= self._awaited

    async def room(self) -> None:
        """Returns once there is room for another message."""
        await self._room.wait()

    def stop(self) -> None:
        """Lets go of the partition at once."""
        self._task.cancel()

    def _note(self) -> None:
        self.progress.clock_ms = self.state.clock.now_ms
        self.progress.held_windows = self.state.held_windows
        self.progress.held_bytes = self.state.held_bytes

    async def _run(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if not self.state.urgent and len(self._events) < FLUSH_MESSAGES:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), FLUSH_S)
                    self._wake.clear()
                await self._flush()
                if self._events or self.state.dirty:
                    self._wake.set()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            die(f"a flush of partition {self.number} failed", error, partition=self.number, offset=self.state.offset)

    async def _flush(self) -> None:
        events, self._events = self._events, []
        self._unflushed_bytes = 0
        letters, self._letters = self._letters, []
        astray, self._astray = self._astray, []
        self._room.set()
        flush = self.state.flush()
        log_ms = self.state.clock.log_ms
        await self._delivery.deliver(self.number, flush, letters, astray, self.state.clock.now_ms)
        if flush.stories:
            self._delivery.observe(log_ms)
        for event in events:
            event.ack()
        if events:
            self.progress.move(events[-1].message.offset)
