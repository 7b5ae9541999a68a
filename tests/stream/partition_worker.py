"""A partition of `events` in a worker's hands: the real `Partition`, with the real windows and rows, over a log that
is kept in a list, on an event loop whose time is its own."""

import asyncio
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from agents.stream.broker.dead_letters import DeadLetter
from agents.stream.journeys.partition import (
    NOTHING,
    Partition,
    PartitionServices,
    Read,
)
from pipeline.windowing.events import light
from pipeline.windowing.flush import Flush, WindowEmitted
from pipeline.windowing.recovery import restore
from pipeline.windowing.segments import SegmentLog
from tests.windowing.logs import START_MS, WINDOWING


class OwnTime(selectors.SelectSelector):
    """Never waits: where the loop would sleep, its time has passed."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self.now_s += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes as soon as nothing else is to do."""

    def __init__(self) -> None:
        self.own = OwnTime()
        super().__init__(self.own)

    def time(self) -> float:
        return self.own.now_s

    def go_on(self, work: Coroutine[Any, Any, Any] | None = None) -> Any:
        """Runs until nothing moves by itself any more."""

        async def settle() -> Any:
            done = None if work is None else await work
            for _ in range(12):
                await asyncio.sleep(0.02)
            return done

        return self.run_until_complete(settle())


@dataclass
class Log:
    """A partition's log, and what is durable of it: the rows, what was committed, what was told and what was buried."""

    messages: list[Any] = field(default_factory=list)
    rows: dict[str, bytes] = field(default_factory=dict)
    committed: int = 0
    told: dict[str, tuple[bytes, ...] | None] = field(default_factory=dict)
    buried: set[bytes] = field(default_factory=set)


class Refused(RuntimeError):
    """What a delivery that fails says."""


class Deliveries:
    """Delivers step by step, and each step only once it is let."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.turns = asyncio.Semaphore(0)
        self.fails = False
        self.waits = False

    async def _turn(self) -> None:
        self.waits = True
        await self.turns.acquire()
        self.waits = False
        if self.fails:
            raise Refused

    async def deliver(self, _number: int, flush: Flush, letters: list[DeadLetter], *_: Any) -> None:
        await self._turn()
        for said in flush.stories:
            self._log.told[said.story_id] = said.bodies if isinstance(said, WindowEmitted) else None
        self._log.buried |= {letter.raw for letter in letters}
        await self._turn()
        self._log.rows |= dict(flush.changes.puts)
        await self._turn()
        for name in flush.changes.deletes:
            self._log.rows.pop(name, None)

    def observe(self, _log_ms: int) -> None:
        """Nobody looks."""


class Worker:
    """One owner of the partition."""

    def __init__(self, log: Log, name: str) -> None:
        self.log = log
        self.held = False
        self.failed = False
        self.acked: set[int] = set()
        self.read_gate = asyncio.Event()
        self.read_gate.set()
        self.deliveries = Deliveries(log)
        around = PartitionServices(self.deliveries, self._read, self._hold, self._failed, self._done)
        self.partition = Partition(0, around)
        self._name = name
        self.fetched = self.read = 0

    def take_up(self) -> None:
        self.partition.take_up(lambda: restore(WINDOWING, SegmentLog("0", self._name), dict(self.log.rows)))
        self.fetched = self.read = self.log.committed

    def fetch(self, most: int) -> None:
        """What the consumer does: nothing where it is held."""
        if self.held:
            return
        for offset in range(self.fetched, min(len(self.log.messages), self.fetched + most)):
            self.partition.offer(SimpleNamespace(message=self.log.messages[offset], ack=lambda o=offset: self._ack(o)))
            self.fetched = offset + 1

    async def _read(self, message: Any, reached: int) -> Read:
        assert message.offset == self.read, "each message is read in its order, be it applied already"
        self.read += 1
        await self.read_gate.wait()
        if message.offset <= reached:
            return NOTHING
        if message.value == b"bad":
            return Read(
                [], [DeadLetter(b"", b"%d" % message.offset, "bad", "unreadable", "events", 0, message.offset)], []
            )
        return Read([light(one) for one in message.events], [], [])

    def _hold(self, _number: int, held: bool) -> None:
        self.held = held

    def _failed(self, *_: Any) -> None:
        self.failed = True

    async def _done(self, _messages: list[Any]) -> None:
        """Nobody asks."""

    def _ack(self, offset: int) -> None:
        self.acked.add(offset)
        while self.log.committed in self.acked:
            self.log.committed += 1


def message(offset: int, log_ms: int, events: tuple[Any, ...] = (), value: bytes = b"") -> Any:
    return SimpleNamespace(
        topic="events", partition=0, offset=offset, value=value, events=events, timestamp=(START_MS + log_ms) / 1000
    )
