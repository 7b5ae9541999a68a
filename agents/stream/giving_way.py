"""Stories that wait because events do: while a worker is behind, those who read have the interpreter to themselves, and
what comes of the backlog is written once, not with each part of it."""

import time
from collections.abc import Callable
from typing import Final

from agents.stream.supervision.progress import Progress

GIVE_WAY_S: Final = 30.0
"""How long stories wait at most; then as many as come in one batch are worked on."""
CAUGHT_UP_S: Final = 0.3
"""Events that waited come in portions, between which none waits for a moment."""
LOOK_S: Final = 0.1
"""How often is looked."""


class GivingWay:
    """Says when. `now_s` is the monotonic clock."""

    def __init__(self, progress: Progress, now_s: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._now_s = now_s
        self._behind_s = float("-inf")
        self._since_s: float | None = None

    def waits(self) -> bool:
        """Whether stories wait now: until no event waited for CAUGHT_UP_S, GIVE_WAY_S at most."""
        now_s = self._now_s()
        if self._progress.behind:
            self._behind_s = now_s
        if now_s - self._behind_s >= CAUGHT_UP_S:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s < GIVE_WAY_S:
            return True
        self._since_s = None
        return False
