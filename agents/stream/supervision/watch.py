"""Ends a worker that stands still while there is work.

Progress is: a message read or applied, a window told, a batch tagged, something acknowledged by Kafka, a story
stored, a test written, a look at the run of a test that is proven, a row of a table read in a recovery. A computation
that goes on is no standstill while its thread, or a child process of ours, uses CPU time, up to ITEM_CPU_S for one
message, window, flow or batch of stories.
Nor is it one where somebody else is away: the broker or the storage does not answer, or the registry does not know a
schema yet.
All else that stands still for STILL_S ends the worker, with what it waited for in the log; the supervisor starts it
again, and the next owner of its partitions goes on where it stood.

It looks from a thread of its own, so it sees an event loop that stands still, too. Where native code lets no thread of
Python's run at all, a timer that needs none ends the worker: what is under way keeps its marks, and the next start
knows it. That timer counts CPU time; native code that waits is noticed by a process beside (`Guard`). A machine that
was frozen gave no time, so it is the clock that tells (`Watchdog`), and nothing under way is blamed.
"""

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.stream.supervision.abort import end_process
from agents.stream.supervision.guard import HELD_SIGNAL, Guard, exit_by_signal
from agents.stream.supervision.progress import STORIES, TESTS, Progress
from agents.stream.supervision.suspects import Suspects
from agents.stream.supervision.under_way import UnderWay, Work

logger = logging.getLogger(__name__)

LOOK_S: Final = 2.0
STILL_S: Final = 45.0
"""How long nothing may move; the worker has ended within a minute."""
ITEM_CPU_S: Final = 60.0
"""CPU time that one message, window or flow may take: a thousand times what the largest one does."""
STORAGE_S: Final = 40.0
"""So long after the storage did not answer, it counts as away: it gives up after 20 s, and is asked again."""
IDLE_FACTOR: Final = 4
"""So many times as long may somebody wait for messages while the consumer hands others theirs."""
TURN_SHARE: Final = 0.5
"""The share of STILL_S in which the broker answers a fetch: who moved so long before a round of the consumer, and got
nothing in it, had its turn."""
ASLEEP_S: Final = 450.0
"""So long nothing may run and nothing be computed, where the system does not tell a guard what it must know."""
LATE_S: Final = 20.0
"""A look that comes so much later than it should says nothing of the others: there was no time for any of them."""
TICK_CPU_S: Final = 0.02
"""CPU time from which on something counts as computing, since the last look."""


class Stuck(RuntimeError):
    """One message, window or flow takes more than it may."""


@dataclass
class Watch:
    """`recovered` counts the rows read so far in the recovery under way, None outside of one; `round_s` is when the
    consumer began the last round that it finished, in which it hands on what there is of every partition."""

    progress: Progress
    under_way: UnderWay
    suspects: Suspects
    recovered: Callable[[], int | None] = lambda: None
    round_s: Callable[[], float] = lambda: float("-inf")
    guard: Guard | None = None
    still_s: float = STILL_S
    item_cpu_s: float = ITEM_CPU_S
    asleep_s: float = ASLEEP_S
    late_s: float = LATE_S
    looked_s: float = field(default_factory=time.monotonic)
    beat_s: float = field(default_factory=time.monotonic)
    _alive_s: dict[str, float] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Starts the thread."""
        if os.getpid() == 1:
            exit_by_signal()
        faulthandler.register(HELD_SIGNAL, chain=True)  # what comes after the place ends the process
        self._arm()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def beat(self) -> None:
        """The event loop turns."""
        self.beat_s = time.monotonic()

    def _run(self) -> None:
        while True:
            self._arm()
            time.sleep(LOOK_S)
            self.look()

    def _arm(self) -> None:
        """Has the process end where this is not called again in time."""
        signal.setitimer(signal.ITIMER_PROF, self.still_s)
        faulthandler.dump_traceback_later(self.asleep_s, exit=True)
        if self.guard is not None:
            self.guard.beat()

    def look(self) -> None:
        """Ends the worker where it stands still."""
        if self.progress.stopping:
            return
        self._condemn_endless()
        now_s = time.monotonic()
        late = now_s - self.looked_s > LOOK_S + self.late_s
        self.looked_s = now_s
        if late or self._is_computing() or self.progress.broker_silent() is not None or self.progress.asked:
            self._excuse_all(now_s)
            return
        for name, moved_s, where in self._places(now_s):
            still_s = now_s - max(moved_s, self._alive_s.get(name, float("-inf")))
            if still_s > self.still_s:
                end_process(f"nothing moved for {still_s:.0f} s while there is work: {where}", threads=_threads())

    def _places(self, now_s: float) -> Iterator[tuple[str, float, str]]:
        """What has work: its name, when it moved last, and what it waits for."""
        yield "loop", self.beat_s, "the event loop does not turn"
        progress = self.progress
        away = now_s - progress.storage_away_s < STORAGE_S
        rows = list(progress.partitions.items())
        newest_s = max((row.moved_s for _, row in rows), default=float("-inf"))
        for number, row in rows:
            if not progress.settled or row.has_work:
                idle = row.waits_for == "messages" and not row.flushing
                moved_s = self._in_turn(row.moved_s, newest_s) if idle else row.moved_s
                waits = row.delivers or row.waits_for
                yield f"events {number}", moved_s, f"partition {number} of events is {row.state}, waits for {waits}"
        stages = (
            (STORIES, progress.stories, progress.writer, "tests agent"),
            (TESTS, progress.tests, progress.prover, "prove agent"),
        )
        for topic, held, stage, agent in stages:
            behind = {number: row.moved_s for number, row in sorted(held.items()) if row.lag}
            if away:
                self._excuse(topic, now_s)
            elif behind:
                moved_s = stage.moved_s
                if stage.waits_for == stage.idle:
                    moved_s = min(self._in_turn(max(moved_s, one), newest_s) for one in behind.values())
                where = f"partitions {list(behind)} of {topic} have a lag, the {agent} waits for {stage.waits_for}"
                yield topic, moved_s, where

    def _in_turn(self, moved_s: float, newest_s: float) -> float:
        """When somebody who has nothing in hand moved: the one consumer of a worker hands on one message after the
        other, so that the last one of a partition comes after all those of others. That they move excuses it for some
        time, until a whole round of the consumer brought it nothing."""
        if self.round_s() > moved_s + TURN_SHARE * self.still_s:
            return moved_s
        return max(moved_s, min(newest_s, moved_s + (IDLE_FACTOR - 1) * self.still_s))

    def _excuse_all(self, now_s: float) -> None:
        for name, _, _ in list(self._places(now_s)):
            self._excuse(name, now_s)

    def _excuse(self, name: str, now_s: float) -> None:
        self._alive_s[name] = now_s

    def _is_computing(self) -> bool:
        """Whether anything that this worker waits for used CPU time since the last look, or read rows."""
        used = {f"thread {work.item}": work.cpu_s() for work in self.under_way.works()}
        batches = {f"batch {work.item} {work.began_s}": work.cpu_s() for work in self.under_way.computations()}
        used |= {name: cpu_s for name, cpu_s in batches.items() if cpu_s <= self.item_cpu_s}
        used |= {f"child {pid}": cpu_s for pid, cpu_s in _children()}
        rows = self.recovered()
        if rows is not None:
            used["rows"] = float(rows)
        last, self._last = self._last, used
        return any(value - last.get(name, value) >= TICK_CPU_S for name, value in used.items())

    def _condemn_endless(self) -> None:
        for work in self.under_way.works():
            if (used_s := work.cpu_s()) > self.item_cpu_s:
                self._end_because_of(work, used_s)

    def _end_because_of(self, work: Work, used_s: float) -> None:
        error = Stuck(f"it took more than {used_s:.0f} s of CPU time\n{_trace(work.thread)}")
        self.suspects.end(work.item, f"{work.item} came to no end", error, threads=_trace(work.thread))


def _trace(thread: int) -> str:
    frame = sys._current_frames().get(thread)
    stack = traceback.extract_stack(frame) if frame is not None else []
    return "\n".join(f"{one.filename}:{one.lineno} {one.name}" for one in stack[-8:])


def _threads() -> str:
    """Where the threads of this process are: places, no values."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return "\n".join(f"{names.get(one, one)}:\n{_trace(one)}" for one in sys._current_frames())


def _children() -> Iterator[tuple[int, float]]:
    """The child processes and their CPU time; none where the system does not tell."""
    ticks = os.sysconf("SC_CLK_TCK")
    for file in Path("/proc/self/task").glob("*/children"):
        try:
            for pid in map(int, file.read_text().split()):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                yield pid, (int(fields[11]) + int(fields[12])) / ticks
        except (OSError, ValueError, IndexError):
            continue  # it has ended
