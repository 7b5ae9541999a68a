"""What came of a topic and waits to be worked on, for agents that acknowledge it themselves."""

import asyncio
from collections import deque
from typing import Any, Final

import faust

from agents.stream.broker.faust_fixes import HELD
from agents.stream.broker.handing_on import take_straight

BYTES_MAX: Final = 8 * 1024 * 1024
"""The values that are taken at once, but for the last one."""


class Inbox:
    """The events of a topic that wait. Where `waiting_max` wait, no more are fetched until half of them are taken.

    What came before a rebalance comes again to its partition's next owner. `round` counts the rebalances: who works on
    what was taken in one round can tell whether it is still wanted.
    """

    def __init__(self, topic: str, waiting_max: int) -> None:
        self.topic = topic
        self.arrived = asyncio.Event()
        self.round = 0
        self._waiting_max = waiting_max
        self._waiting: deque[tuple[int, Any]] = deque()
        self._held: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, app: faust.App, name: str, partitions: int) -> None:
        """Puts an agent on the app that fills this; no message is acknowledged by it."""
        raw: dict[str, Any] = {"key_serializer": "raw", "value_serializer": "raw"}
        topic = app.topic(self.topic, key_type=bytes, value_type=bytes, allow_empty=True, partitions=partitions, **raw)

        take_straight(app, topic, name, self.offer)

    def offer(self, event: Any) -> None:
        """Takes an event. This never waits."""
        self._waiting.append((self.round, event))
        self.arrived.set()
        partition = event.message.partition
        if len(self._waiting) >= self._waiting_max and partition not in self._held:
            self._held.add(partition)
            HELD.hold(self.topic, partition)

    def take(self, count: int, bytes_max: int = BYTES_MAX) -> list[Any]:
        """Up to `count` of what waits, in its order, without what came before the last rebalance; fewer where their
        values come to `bytes_max`."""
        came: list[tuple[int, Any]] = []
        size = 0
        while self._waiting and len(came) < count and size < bytes_max:
            came.append(self._waiting.popleft())
            size += len(came[-1][1].message.value or b"")
        if len(self._waiting) <= self._waiting_max // 2:
            self._release()
        return [event for since, event in came if since == self.round]

    def let_go(self) -> None:
        """A rebalance begins, or the end: what waits is not worked on here any more."""
        self.round += 1
        self._waiting.clear()
        self._release()

    def _release(self) -> None:
        while self._held:
            HELD.release(self.topic, self._held.pop())
