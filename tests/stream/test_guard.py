"""The process beside a worker: native code that waits and lets nothing run ends the worker; a worker that is stopped,
starved or waits for its disk is left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.stream.supervision.guard import HELD_SIGNAL, Sample, ThreadTimes, had_its_time, sample_of
from tests.stream.cluster import wait_for
from tests.stream.test_watch import ENDS, outcome

pytestmark = pytest.mark.slow

GUARDED = """
import ctypes, os
from agents.stream.supervision.guard import Guard
watch.guard = Guard(1.5)
row.end = 0
watch.start()
"""
"""A process with a guard that waits for no longer than a test does."""


def asleep(ran_s: float = 0.0) -> ThreadTimes:
    return ThreadTimes("S", 5 + ran_s, 1.0, 100)


def starving(slices: int, delayed_s: float, ran_s: float = 0.01) -> ThreadTimes:
    return ThreadTimes("R", 5 + ran_s, 1 + delayed_s, 100 + slices)


def sample(at_s: float, *threads: ThreadTimes, state: str = "S", faults: int = 7) -> Sample:
    return Sample(at_s, state, faults, dict(enumerate(threads)))


BEFORE = sample(10.0, asleep(), asleep())


@pytest.mark.parametrize(
    ("now", "given"),
    [
        (sample(11.0, asleep(), asleep()), True),
        (sample(11.0, ThreadTimes("R", 6.0, 1.0, 101), asleep()), True),
        (sample(11.0, ThreadTimes("S", 5.004, 1.6, 180), asleep()), True),
        (sample(11.0, starving(1, 0.0), asleep()), False),
        (sample(11.0, starving(0, 0.0, 0.0), asleep()), False),
        (sample(11.0, starving(40, 0.92, 0.07), asleep()), False),
        (sample(11.0, asleep(), asleep(), state="T"), False),
        (sample(11.0, asleep(), ThreadTimes("D", 5.0, 1.0, 100)), False),
        (sample(11.0, asleep(), asleep(), faults=8), False),
        (sample(14.0, asleep(), asleep()), False),
    ],
    ids=["waits", "computes", "asks for a lock", "was given little", "was given none", "one of many", "stopped",
         "at its disk", "paging", "frozen with us"],
)  # fmt: skip
def test_time_counts_where_all_was_given_that_was_asked_for(now: Sample, given: bool) -> None:
    """Who waits for nothing but itself had its time; who is stopped, starved, or waits for a disk had not; a tick that
    took much longer than it should tells nothing."""
    assert had_its_time(BEFORE, now) is given


def test_the_kernel_tells_of_each_thread() -> None:
    """Its state, and the time that it was given."""
    before = sample_of(os.getpid())
    wait_for(lambda: sample_of(os.getpid()).threads[os.getpid()].ran_s > before.threads[os.getpid()].ran_s, 60)
    assert sample_of(os.getpid()).state == "R"


def test_native_code_that_waits_and_lets_nothing_run_ends_the_worker(tmp_path: Path) -> None:
    """The log says why and where; what was under way keeps its mark, as it may be the reason."""
    held = """
with under_way.doing("window/w1"):
    ctypes.PyDLL(None).sleep(250)
"""
    code, said = outcome(tmp_path, GUARDED + held)
    assert code == -HELD_SIGNAL
    assert "this worker ends: native code lets nothing else run" in said
    assert "most recent call first" in said
    assert "Mark(item='window/w1', known=0" in outcome(tmp_path, "print(left)")[1]


def test_a_worker_whose_threads_run_is_not_ended(tmp_path: Path) -> None:
    """However long it works; a guard that was killed is started anew."""
    working = """
watch.guard.beat()
first = watch.guard._process
first.kill()
first.wait()
until_s = time.monotonic() + 12
while time.monotonic() < until_s or watch.guard._process is first:
    watch.beat()
    sum(range(100_000))
"""
    code, said = outcome(tmp_path, GUARDED + working)
    assert code == 0, said


def test_a_worker_that_is_stopped_is_not_ended_by_its_guard(tmp_path: Path) -> None:
    """SIGSTOP for longer than a worker may be silent: as it goes on, it goes on."""
    with running(tmp_path, GUARDED + "print('started', flush=True)\nsys.stdin.readline()\n") as process:
        process.send_signal(signal.SIGSTOP)
        time.sleep(10)
        assert process.poll() is None
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(b"\n", timeout=120)
    assert process.returncode == 0, said


def test_a_worker_that_is_given_no_time_is_not_ended_by_its_guard(tmp_path: Path) -> None:
    """Native code that computes and holds all threads on a processor that others take: it is slow, it does not wait."""
    held = """
watch.still_s = 10_000  # no end by its own timer
watch._arm()
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
print("started", flush=True)
import re; re.match("(a+)+$", "a" * 200 + "b")
"""
    with burning(), running(tmp_path, GUARDED + held) as process:
        time.sleep(12)
        assert process.poll() is None, process.communicate()


def test_the_first_process_of_a_container_ends_by_the_signal_too(tmp_path: Path) -> None:
    """The kernel ends that one by no signal which it leaves to the kernel: it exits in the handler, after the places of
    its threads were printed."""
    first = """
import os
os.getpid = lambda: 1
watch.still_s = 1.0
row.end = 0
watch.start()
import re; re.match("(a+)+$", "a" * 200 + "b")
"""
    code, said = outcome(tmp_path, first)
    assert code == HELD_SIGNAL
    assert "most recent call first" in said


@contextmanager
def running(folder: Path, program: str) -> "Iterator[subprocess.Popen[bytes]]":
    """The process, once it said that it has started; it is killed at the end."""
    command = [sys.executable, "-c", f"{ENDS}\n{program}", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def burning() -> Iterator[None]:
    """The first processor that we may use is busy."""
    processor = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, {{{processor}}}); print(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()
