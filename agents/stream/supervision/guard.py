"""A small process beside a worker, which ends it where native code lets none of its threads run, and waits.

No thread of the worker can tell that then, and a timer that counts CPU time never comes. The worker's watch writes a
byte to this process at each look. Where none comes for long, the kernel says why: a worker that is stopped, that waits
for its disk, or whose threads are ready to run and are given no time is left alone, and so is one that was silent while
this process had no time itself. What remains was given all that it asked for, and still nothing of it ran.

This module is the whole program of that process, and imports little: it has some megabytes and sleeps.
"""

import argparse
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agents import logs

logger = logging.getLogger(__name__)

HELD_SIGNAL: Final = signal.SIGPROF
"""Ends a worker in which native code lets nothing else run; the places of its threads are printed first."""
QUIET_S: Final = 5.0
"""So long a worker may be silent before it is looked at."""
TICK_S: Final = 1.0
"""How often it is looked at then."""
LATE_FACTOR: Final = 2.0
"""A tick that took so many times as long says nothing: this process was given no time, or the machine was frozen."""
STARVED_SHARE: Final = 0.5
"""The share of a tick that a thread waits for a processor, from which on the worker is given too little time."""
READY_SHARE: Final = 0.9
"""That holds for threads that were ready to run for so much of it. Who waits for the interpreter's lock asks for it
two hundred times a second, and sleeps between."""
FEW_SLICES: Final = 20
"""A thread that is ready and was given time no oftener waits for more; the kernel counts a wait afterwards."""
KILL_S: Final = 5.0
"""How long the worker may take to end by the signal."""
STARTS_MAX: Final = 10
"""So many times a guard that ended is started anew."""


@dataclass(frozen=True, slots=True)
class ThreadTimes:
    """What the kernel says of a thread: its state, how long it ran, how long it was ready and did not, how often it was
    given time."""

    state: str
    ran_s: float
    delayed_s: float
    slices: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kernel says of a process at a moment. `faults` counts pages that were read from a disk."""

    at_s: float
    state: str
    faults: int
    threads: dict[int, ThreadTimes]


def sample_of(pid: int) -> Sample:
    """The process as it is now. Raises OSError where the kernel does not tell, or no more."""
    folder = Path(f"/proc/{pid}")
    fields = _stat(folder)
    threads = {}
    for task in (folder / "task").iterdir():
        try:
            ran, delayed, slices = (task / "schedstat").read_text().split()
            state = _stat(task)[0]
        except (ProcessLookupError, FileNotFoundError):
            continue  # this thread has ended
        threads[int(task.name)] = ThreadTimes(state, int(ran) / 1e9, int(delayed) / 1e9, int(slices))
    return Sample(time.monotonic(), fields[0], int(fields[9]), threads)


def _stat(folder: Path) -> list[str]:
    return (folder / "stat").read_text().rpartition(")")[2].split()


def had_its_time(before: Sample, now: Sample) -> bool:
    """Whether all that the process asked for between two samples was given to it: it ran, or waited for nothing that
    the machine owes it."""
    elapsed_s = now.at_s - before.at_s
    if elapsed_s > LATE_FACTOR * TICK_S or now.faults != before.faults:
        return False
    if {before.state, now.state} & {"T", "t"} or any(one.state == "D" for one in now.threads.values()):
        return False
    both = before.threads.keys() & now.threads.keys()
    return not any(_is_starved(before.threads[one], now.threads[one], elapsed_s) for one in both)


def _is_starved(before: ThreadTimes, now: ThreadTimes, elapsed_s: float) -> bool:
    ran_s, delayed_s = now.ran_s - before.ran_s, now.delayed_s - before.delayed_s
    if now.state == "R" and now.slices - before.slices <= FEW_SLICES:
        delayed_s = max(delayed_s, elapsed_s - ran_s)
    return delayed_s >= STARVED_SHARE * elapsed_s and ran_s + delayed_s >= READY_SHARE * elapsed_s


class Guard:
    """The worker's side: `beat` starts the process where it does not run, and shows it that our threads do."""

    def __init__(self, still_s: float, log_format: logs.LogFormat = "text") -> None:
        """`still_s`: so long the worker may be silent while it is given its time."""
        self._command = [sys.executable, "-m", __name__, f"{os.getpid()}", f"{still_s}", log_format]
        self._process: subprocess.Popen[bytes] | None = None
        self._starts_left = STARTS_MAX if _can_tell() else 0

    def beat(self) -> None:
        """A thread of ours runs. This never waits."""
        process = self._running()
        if process is not None and process.stdin is not None:
            try:
                os.write(process.stdin.fileno(), b".")
            except BlockingIOError:
                return  # it has beats in plenty
            except BrokenPipeError:
                logger.warning("the guard of this worker has ended")

    def _running(self) -> "subprocess.Popen[bytes] | None":
        if (self._process is None or self._process.poll() is not None) and self._starts_left:
            self._starts_left -= 1
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
            )
            assert self._process.stdin is not None
            os.set_blocking(self._process.stdin.fileno(), False)
        return self._process


def _can_tell() -> bool:
    """Whether this system tells what a guard must know."""
    try:
        os.close(os.pidfd_open(os.getpid()))
        return bool(sample_of(os.getpid()).threads)
    except (AttributeError, OSError, ValueError):
        return False


def exit_by_signal() -> None:
    """Lets HELD_SIGNAL end this process where it is the first of its container: the kernel ends that one by no signal
    that it does not handle. Call before faulthandler takes the signal."""
    import ctypes

    libc = ctypes.CDLL(None)
    libc.signal(int(HELD_SIGNAL), ctypes.cast(libc._exit, ctypes.c_void_p))


# --- in the guard's process ---


def watch(pid: int, still_s: float, beats: int = 0) -> None:
    """Returns once the worker has ended: by itself, or by us after it was silent for so long. `beats` is where its
    beats come from."""
    worker = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(worker, select.POLLIN)
    poll.register(beats, select.POLLIN)
    silent_s, last = 0.0, None
    while True:
        ready = dict(poll.poll((QUIET_S if last is None else TICK_S) * 1000))
        if worker in ready:
            return
        if beats in ready:
            if not os.read(beats, 4096):
                return  # nobody will write any more
            silent_s, last = 0.0, None
            continue
        try:
            now = sample_of(pid)
        except OSError:
            return  # it has ended
        if last is not None and had_its_time(last, now):
            silent_s += now.at_s - last.at_s
        last = now
        if silent_s > still_s:
            _end(worker, pid, silent_s)
            return


def _end(worker: int, pid: int, silent_s: float) -> None:
    why = "this worker ends: native code lets nothing else run for %.0f s, and the machine gave it its time"
    logger.critical(why, silent_s, extra={"worker": pid})
    poll = select.poll()
    poll.register(worker, select.POLLIN)
    for number in (HELD_SIGNAL, signal.SIGKILL):
        signal.pidfd_send_signal(worker, number)
        if poll.poll(KILL_S * 1000):
            return


def main() -> None:
    """Guards the process that it is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pid", type=int)
    parser.add_argument("still_s", type=float)
    parser.add_argument("log_format", choices=["text", "json"])
    chosen = parser.parse_args()
    logs.set_up("warning", chosen.log_format)
    if os.getppid() == chosen.pid:
        watch(chosen.pid, chosen.still_s)


if __name__ == "__main__":
    main()
