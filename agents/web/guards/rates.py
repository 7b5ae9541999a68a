"""How many events one sender may bring: a token bucket each.

A body is let in while the sender has anything left, and is counted once it was read, so that the average holds
whatever the size of the bodies.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from agents.web.errors import ApiError

BURST_S: Final = 10.0
"""A sender that was silent for so long may send that much at once."""
SENDERS_MAX: Final = 10_000
"""Senders that are remembered; the one that was silent longest is forgotten first, and begins anew."""


class Rates:
    """`events_s` of 0 bounds nothing; `setting` is what its hint names."""

    def __init__(
        self,
        events_s: int,
        setting: str = "JOURNEYWRIGHT_RATE_EVENTS_S",
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._events_s, self._setting = events_s, setting
        self._now_s = now_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def require(self, sender: str, busy_status: int) -> None:
        """Raises ApiError with `busy_status` and the time to come back for a sender that has nothing left."""
        left = self._left_of(sender)
        if self._events_s and left <= 0:
            hint = f"send them more slowly, or ask for a higher {self._setting}"
            wait_s = max(1, math.ceil((1 - left) / self._events_s))
            message = f"more than {self._events_s} events a second"
            raise ApiError(busy_status, "too_many_events", message, hint, retry_after_s=wait_s)

    def spend(self, sender: str, events: int) -> None:
        """Counts events that were taken."""
        if not self._events_s:
            return
        self._left[sender] = (self._left_of(sender) - events, self._now_s())
        self._left.move_to_end(sender)
        while len(self._left) > SENDERS_MAX:
            self._left.popitem(last=False)

    def _left_of(self, sender: str) -> float:
        full = self._events_s * BURST_S
        left, since_s = self._left.get(sender, (full, self._now_s()))
        return min(full, left + (self._now_s() - since_s) * self._events_s)
