"""What workers ended at, and what is buried therefore instead of being met again and again.

A message, a window, a flow is an *item* here, by a name that is the same in every worker. Where our own code fails at
one so that the worker must end, it says so in its marks (`UnderWay`); where it is killed without a word, the marks
say what was under way. The next start writes both into the storage, which all workers share. An item is tried once
more after an end that is known to be its fault, twice more after an end of which nothing is known, and then it is
buried with its trace.
"""

import asyncio
import logging
from contextlib import AbstractContextManager
from typing import Final, NoReturn

from agents.faults import message_of, trace_of
from agents.storage import Storage, StorageUnavailable, WorkerEnd
from agents.stream.supervision.abort import end_process
from agents.stream.supervision.under_way import Mark, UnderWay

logger = logging.getLogger(__name__)

KNOWN_MAX: Final = 2
"""Ends that an item is known to be the reason of; then it is buried."""
ENDS_MAX: Final = 3
"""Ends that came while it was under way, whatever the reason. An ordinary kill would have to meet the same few
milliseconds so often."""
_FLUSH: Final = "flush"


def message_item(topic: str, partition: int, offset: int, log_ms: int) -> str:
    """The name of a message. Its time is part of it: topics are deleted, and made anew with the same offsets."""
    return f"{topic}/{partition}/{offset}/{log_ms}"


def flush_item(topic: str, partition: int, last: int) -> str:
    """The name of all messages of a flush, up to `last`."""
    return f"{_FLUSH}/{topic}/{partition}/{last}"


class Suspects:
    """What this worker knows of it. `look` asks the storage for what the others know."""

    def __init__(self, storage: Storage, under_way: UnderWay) -> None:
        self._storage = storage
        self._under_way = under_way
        self._ends: dict[str, WorkerEnd] = {}

    def trying(self, item: str) -> AbstractContextManager[None]:
        """Marks the item while the body runs."""
        return self._under_way.doing(item)

    def computing(self, what: str) -> AbstractContextManager[None]:
        """Says what this thread computes while the body runs, where that is no single item."""
        return self._under_way.computing(what)

    @property
    def any(self) -> bool:
        """Whether anything is known at all."""
        return bool(self._ends)

    async def look(self) -> None:
        """Asks the storage. While it is away, what was known goes on being known."""
        try:
            ends = await asyncio.to_thread(self._storage.ends)
        except StorageUnavailable as error:
            logger.warning("what workers ended at can't be read: %s", error)
            return
        self._ends = {end.item: end for end in ends}

    def guilty(self, item: str) -> WorkerEnd | None:
        """What is known of an item that must not be tried again; None for every other one."""
        end = self._ends.get(item)
        return end if end is not None and (end.known >= KNOWN_MAX or end.ends >= ENDS_MAX) else None

    def careful_until(self, topic: str, partition: int) -> int:
        """The last message of a flush that a worker ended at; -1 where there is none. Up to it each message has a
        flush of its own."""
        start = f"{_FLUSH}/{topic}/{partition}/"
        return max((int(item[len(start) :]) for item in self._ends if item.startswith(start)), default=-1)

    async def acquit(self, items: list[str]) -> None:
        """These were gone through without harm, or are buried."""
        known = [item for item in items if item in self._ends]
        if known:
            try:
                await asyncio.to_thread(self._storage.forget_ends, known)
            except StorageUnavailable:
                return  # it is forgotten by itself after days
            for item in known:
                del self._ends[item]

    def end(self, item: str, reason: str, error: BaseException, again: bool = False, **about: object) -> NoReturn:
        """Ends the worker because of an item; `again` where a worker ended because of it before, among others."""
        self._under_way.blame(item, message_of(error), trace_of(error), 2 if again else 1)
        end_process(reason, error, innocent=False, **about)


class EndedWorkers(Exception):
    """Stands for what workers ended at: it is not tried again."""

    def __init__(self, end: WorkerEnd) -> None:
        super().__init__(f"it ended workers {end.ends} times: {end.cause}")
        self.trace = end.trace


def cause_of(error: BaseException) -> str:
    """What is told of a fault of ours in a dead letter: its kind, no values."""
    return str(error) if isinstance(error, EndedWorkers) else type(error).__name__


def traced(error: BaseException) -> str:
    """The trace of a fault of ours, be it of another process."""
    return error.trace if isinstance(error, EndedWorkers) else trace_of(error)


def worker_ends(left: list[Mark]) -> list[WorkerEnd]:
    """What marks that were left say, for the storage."""
    return [WorkerEnd(one.item, 1, one.known, one.cause, one.trace) for one in left]
