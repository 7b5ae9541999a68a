"""How a worker ends when it can't go on: loudly, and so that a supervisor starts it again."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, NoReturn

from agents.faults import message_of, trace_of

EXIT_CODE: Final = 70
"""Ask for a new start from the last commit."""
PULSE_S: Final = 0.5
STOP_S: Final = 8.0
"""How long a worker may take to end in good order."""
COMPUTED_SHARE: Final = 0.1
"""The share of the time from which on it was our own CPU time that stopped the process: one computation let no other
thread run. A machine that is frozen gives it next to none."""
COMPUTED_LIMIT_SHARE: Final = 0.5
"""So much of the session's length such a computation takes of CPU time. What takes less would have been done in time,
had the machine not been overloaded."""
FROZEN: Final = "the machine gave it no time"

logger = logging.getLogger(__name__)


at_end: list[Callable[[], None]] = []
"""Called before the process ends for a reason that has nothing to do with what is under way."""


def end_process(reason: str, error: BaseException | None = None, *, innocent: bool = True, **about: object) -> NoReturn:
    """Ends the process at once. What was not flushed is read again from the log by whoever takes over. `about` goes
    into the log as its context. `innocent` says that nothing that is under way is the reason."""
    for call in at_end if innocent else ():
        call()
    if error is not None:
        reason, about = f"{reason}: {message_of(error)}", {**about, "trace": trace_of(error)}
    logger.critical("this worker ends: %s", reason, extra=about)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(EXIT_CODE)


def end_within(limit_s: float) -> None:
    """Ends the process after so long, whatever it still waits for (a broker that is away, say). Nothing is half done
    then: what was not flushed is read again."""
    timer = threading.Timer(limit_s, end_process, [f"its stop took longer than {limit_s:.0f} s"])
    timer.daemon = True
    timer.start()


class Watchdog:
    """Notices that the whole process was stopped for longer than its session lasts: by SIGSTOP, by a frozen or starved
    machine, or by one computation that lets no other thread run.

    Somebody else owns its partitions then; what it still wanted to write must not come after them. A thread of its own
    looks at the clock, and `check` does so again right before a write that matters.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._beat_s = time.monotonic()
        self._beat_cpu_s = time.process_time()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._beat_s, self._beat_cpu_s = time.monotonic(), time.process_time()
        self._thread.start()

    def check(self) -> float:
        """Ends the process if it was stopped for too long, otherwise the time of this look. Where it computed
        meanwhile, what is under way keeps its marks: the next start must not meet it for ever."""
        now_s = time.monotonic()
        stopped_s = now_s - self._beat_s
        if not self._thread.is_alive() or stopped_s <= self._limit_s:
            return now_s
        cpu_s = time.process_time() - self._beat_cpu_s
        computed = cpu_s >= max(COMPUTED_SHARE * stopped_s, COMPUTED_LIMIT_SHARE * self._limit_s)
        why = "a computation let nothing else run" if computed else FROZEN
        end_process(
            f"it was stopped for {stopped_s:.1f} s, longer than its session: {why} ({cpu_s:.1f} s of CPU time)",
            innocent=not computed,
        )

    def _run(self) -> None:
        while True:
            time.sleep(PULSE_S)
            # The next look counts from the time that this one saw: a stop right after it is seen then.
            self._beat_s, self._beat_cpu_s = self.check(), time.process_time()
