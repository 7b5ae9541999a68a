"""A partition's clock: how far event time has come, as the log alone tells it.

No machine's clock is asked, so a replay of the log moves it in the same way. An event's own time counts only as far as
its message's log time, so a producer whose clock runs ahead can't close everybody's windows; one that is behind moves
nothing.
"""

from dataclasses import dataclass

from pipeline.windowing.events import Arrival
from schemas import limits


@dataclass(slots=True)
class Clock:
    """`now_ms` is event time; `uptime_ms` the log time in service so far; `log_ms` the newest log time seen."""

    now_ms: int = 0
    uptime_ms: int = 0
    log_ms: int = 0

    def advance(self, log_ms: int, newest_ms: int | None) -> None:
        """Moves on with a message: its log time, and the newest time of its events (None: it has none).

        Every message, a tick too, moves the clock by the log time since the one before, so that windows close when
        traffic stops, and a forged tick can do no harm. A silence longer than OUTAGE_MS_MIN counts as that much only:
        ticks come more often than that, so nobody was there to deliver or to listen, and users were not silent.
        """
        elapsed_ms = min(log_ms - self.log_ms, limits.OUTAGE_MS_MIN) if self.log_ms else 0
        if elapsed_ms > 0:
            self.uptime_ms += elapsed_ms
            self.now_ms += elapsed_ms
        self.log_ms = max(self.log_ms, log_ms)
        if newest_ms is not None:
            self.now_ms = max(self.now_ms, min(newest_ms, log_ms))

    def arrival(self) -> Arrival:
        """The mark that what arrives now gets."""
        return Arrival(self.now_ms, self.uptime_ms)
