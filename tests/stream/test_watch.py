"""What counts as standing still: a worker that does ends and says why; whoever waits for somebody who is away does
not."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.stream.broker import faust_fixes
from agents.stream.broker.faust_fixes import Rounds
from agents.stream.supervision import abort, watch
from agents.stream.supervision.abort import FROZEN
from agents.stream.supervision.guard import HELD_SIGNAL
from agents.stream.supervision.progress import STORIES, PartitionProgress, Position, Progress, Stage
from agents.stream.supervision.under_way import UnderWay
from agents.stream.supervision.watch import IDLE_FACTOR, STILL_S, TURN_SHARE

pytestmark = pytest.mark.slow

ENDS = """
import sys, threading, time
from pathlib import Path
from agents import logs
from agents.storage import Storage
from agents.proof.child import Pulse
from agents.stream.supervision.progress import PartitionProgress, Position, Progress
from agents.stream.supervision.suspects import Suspects
from agents.stream.supervision.under_way import UnderWay
from agents.stream.supervision.watch import Watch

logs.set_up("warning", "text")
folder = Path(sys.argv[1])
under_way, left = UnderWay.open(folder / "under-way")
storage = Storage.open(f"sqlite:///{folder}/s.db")
progress = Progress(settled=True)
row = progress.partitions[3] = PartitionProgress(end=10, state="full", delivers="the acknowledgement of rows")
long_ago_s = time.monotonic() - 100
watch = Watch(progress, under_way, Suspects(storage, under_way), item_cpu_s=0.3)
row.moved_s = long_ago_s
"""


def outcome(folder: Path, program: str) -> tuple[int, str]:
    """The exit code and the log of a process that looks once, and would end with 0."""
    command = [sys.executable, "-c", f"{ENDS}\n{program}", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_a_partition_that_stands_still_ends_the_worker_with_its_place(tmp_path: Path) -> None:
    """The log names the partition, its state, and what it waits for."""
    code, said = outcome(tmp_path, "watch.look()")
    assert code == 70
    assert "partition 3 of events is full, waits for the acknowledgement of rows" in said


@pytest.mark.parametrize(
    "excuse",
    [
        "row.end = 0",
        "row.moved()",
        "progress.answered_s = long_ago_s",
        "progress.stopping = True",
    ],
    ids=["no work", "something moved", "the broker is silent", "it is asked to end"],
)
def test_whoever_has_no_work_or_waits_for_the_broker_does_not_end(tmp_path: Path, excuse: str) -> None:
    """And when the broker is back, the time begins anew."""
    code, said = outcome(tmp_path, f"{excuse}; watch.look(); progress.answered_s = time.monotonic(); watch.look()")
    assert code == 0, said


@pytest.mark.parametrize(
    ("change", "is_over"),
    [
        ({"since": 10}, False),
        ({"since": -10}, True),
        ({"since": 10, "flushing": True}, True),
        ({"since": 10, "waits_for": "the reading of offset 3"}, True),
        ({"since": 10, "others": -STILL_S - 10}, True),
        ({"since": 10, "round": STILL_S * TURN_SHARE + 5}, False),
        ({"since": 10, "round": STILL_S * TURN_SHARE + 15}, True),
        ({"since": STILL_S * IDLE_FACTOR, "stories": 10}, False),
        ({"since": STILL_S * IDLE_FACTOR, "stories": 10, "round": STILL_S * TURN_SHARE + 15}, True),
        ({"since": STILL_S * IDLE_FACTOR, "stories": 10, "rests": STILL_S * (IDLE_FACTOR - 1) + 10}, False),
        ({"since": STILL_S * IDLE_FACTOR, "stories": -10}, True),
    ],
    ids=[
        "in turn",
        "for too long",
        "flushing",
        "at work",
        "nobody moves",
        "a round that began too soon",
        "a round without it",
        "stories",
        "a round without stories",
        "stories after a long batch",
        "stories for too long",
    ],
)
def test_who_waits_for_messages_has_its_turn_after_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], is_over: bool
) -> None:
    """The consumer hands on one message after the other: while others are given theirs, the last one of a partition,
    and the stories, are waited for IDLE_FACTOR times as long, until a whole round of the consumer brought them nothing;
    nobody who has something in hand is. `since`, `stories`, `rests` (the tests agent's rest) and `round` count from
    there, `others` from now."""
    now_s, ended = time.monotonic(), []
    monkeypatch.setattr(watch, "end_process", lambda why, **_: ended.append(why))
    long_ago_s = now_s - STILL_S * IDLE_FACTOR
    waits = PartitionProgress(
        end=10,
        moved_s=long_ago_s + change["since"],
        waits_for=change.get("waits_for", "messages"),
        flushing=change.get("flushing", False),
    )
    partitions = {3: waits, 4: PartitionProgress(end=0, moved_s=now_s + change.get("others", 0))}
    progress = Progress(partitions=partitions, settled=True)
    if "stories" in change:
        progress.stories[1] = Position(end=5, moved_s=long_ago_s + change["stories"])
        progress.stories[2] = Position(end=5, moved_s=now_s)
        progress.writer.moved_s = long_ago_s + change.get("rests", -10)
    round_s = long_ago_s + change.get("round", float("-inf"))
    under_way, _ = UnderWay.open(tmp_path)
    suspects: Any = None
    watch.Watch(progress, under_way, suspects, round_s=lambda: round_s, beat_s=now_s).look()
    under_way.close()
    assert bool(ended) is is_over


def test_who_begins_to_wait_again_for_stories_made_no_progress() -> None:
    """The tests agent rests every few seconds, after a look at what people merged: only what it did between counts."""
    stage = Stage(moved_s=0)
    stage.rest()
    assert stage.moved_s == 0
    stage.moved("the storing of 2 stories")
    stage.moved_s = 0
    stage.rest()
    assert stage.moved_s > 0
    assert stage.waits_for == STORIES


def test_what_aged_out_of_the_log_is_not_waited_for() -> None:
    """A log whose every message was deleted before it was read has no lag: nothing would ever come."""
    position = Position(done=4)
    position.look(end=100, start=90)
    assert position.lag == 10
    position.look(end=100, start=100)
    assert position.lag == 0


def test_a_round_of_the_consumer_counts_once_all_of_it_was_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is finished as the next one begins; what was given back while the flow was stopped was none."""
    rounds, now = Rounds(), iter((10.0, 11.0, 12.0, 13.0))
    monkeypatch.setattr(faust_fixes, "time", SimpleNamespace(monotonic=lambda: next(now)))
    rounds.next()
    assert rounds.finished_s < 0
    rounds.next()
    assert rounds.finished_s == 10
    rounds.broken()
    rounds.next()
    assert rounds.finished_s < 0
    rounds.next()
    assert rounds.finished_s == 12


def test_stories_wait_while_the_storage_is_away_and_not_for_ever_after(tmp_path: Path) -> None:
    """What the tests agent waits for is in the log."""
    stories = "row.end = 0; progress.stories[1] = Position(end=5, moved_s=long_ago_s); "
    stories += "progress.writer.moved_s = long_ago_s; progress.writer.waits_for = 'the storing of 2 stories'; "
    code, said = outcome(tmp_path, stories + "progress.storage_away_s = time.monotonic(); watch.look(); watch.look()")
    assert code == 0, said
    code, said = outcome(tmp_path, stories + "watch.look()")
    assert code == 70
    assert "partitions [1] of stories have a lag, the tests agent waits for the storing of 2 stories" in said


def test_a_proof_that_stands_still_ends_the_worker_and_one_that_waits_does_not(tmp_path: Path) -> None:
    """Of the role prove too: messages of `tests` that nobody takes, or one that is worked on while nothing looks at its
    run any more. Each look at a run, and storage that is away, excuse it."""
    tests = "row.end = 0; progress.tests[1] = Position(end=5, moved_s=long_ago_s); "
    tests += "progress.prover.moved('the runs of a test'); progress.prover.moved_s = long_ago_s; "
    code, said = outcome(tmp_path, tests + "watch.look()")
    assert code == 70
    assert "partitions [1] of tests have a lag, the prove agent waits for the runs of a test" in said
    for excuse in ("Pulse(progress.prover.moved).is_set()", "progress.storage_away_s = time.monotonic()"):
        code, said = outcome(tmp_path, f"{tests}{excuse}; watch.look(); watch.look()")
        assert code == 0, said
    code, said = outcome(tmp_path, tests + "progress.prover.rest(); progress.prover.moved_s = long_ago_s; watch.look()")
    assert code == 70
    assert "the prove agent waits for tests" in said


def test_a_slow_computation_is_no_standstill_and_an_endless_one_is_known(tmp_path: Path) -> None:
    """A thread that uses CPU time in the middle of a window excuses everybody, up to its bound; beyond it the worker
    ends, and the next start knows which window it was."""
    work = """
row.end = 10
def compute():
    with under_way.doing("window/w1"):
        while True:
            sum(range(1000))
threading.Thread(target=compute, daemon=True).start()
while not under_way.works():
    time.sleep(0.01)
watch.item_cpu_s = 1000
row.moved()
watch.look()
row.moved_s = long_ago_s
(work,) = under_way.works()
used_s = work.cpu_s()
while work.cpu_s() < used_s + 0.1:
    time.sleep(0.01)
watch.look()
print("excused")
watch.item_cpu_s = 0.01
row.moved_s = time.monotonic()
watch.look()
"""
    code, said = outcome(tmp_path, work)
    assert code == 70
    assert "excused" in said
    assert "window/w1 came to no end" in said
    code, said = outcome(tmp_path, "print(left)\n")
    assert "Mark(item='window/w1', known=1" in said


def test_a_slow_batch_of_stories_is_no_standstill_up_to_its_bound(tmp_path: Path) -> None:
    """The storing of many stories counts as work while its thread uses CPU time; beyond the bound it excuses nobody."""
    work = """
row.end = 0
progress.stories[1] = Position(end=5, moved_s=long_ago_s)
progress.writer.waits_for = "the storing of 100 stories"
progress.writer.moved_s = time.monotonic()
def store():
    with Suspects(storage, under_way).computing("the storing of 100 stories"):
        while True:
            sum(range(1000))
threading.Thread(target=store, daemon=True).start()
while not under_way.computations():
    time.sleep(0.01)
watch.item_cpu_s = 1000
watch.look()
progress.writer.moved_s = long_ago_s
(storing,) = under_way.computations()
used_s = storing.cpu_s()
while storing.cpu_s() < used_s + 0.1:
    time.sleep(0.01)
watch.look()
print("excused")
watch.item_cpu_s = 0.01
watch._alive_s.clear()
watch.look()
"""
    code, said = outcome(tmp_path, work)
    assert code == 70
    assert "excused" in said
    assert "the tests agent waits for the storing of 100 stories" in said


HELD = "import re; re.match('(a+)+$', 'a' * 200 + 'b')"
"""Holds all threads of the process, and comes to no end."""


def test_native_code_that_lets_no_thread_run_ends_the_worker_and_is_known(tmp_path: Path) -> None:
    """No thread of ours can look then: a timer that needs none, and counts CPU time, ends it, with the place; the mark
    stays."""
    held = f"""
watch.still_s = 1.0
row.end = 0
watch.start()
with under_way.doing("window/w1"):
    {HELD}
"""
    code, said = outcome(tmp_path, held)
    assert code == -HELD_SIGNAL
    assert "most recent call first" in said
    assert "re.match" in said or "in match" in said
    assert "Mark(item='window/w1', known=0" in outcome(tmp_path, "print(left)")[1]


def test_a_look_that_comes_late_ends_nobody(tmp_path: Path) -> None:
    """Whoever had no time itself can't say that the others stood still; the time begins anew."""
    code, said = outcome(tmp_path, "watch.looked_s = long_ago_s; watch.look(); watch.look()")
    assert code == 0, said


def test_a_machine_that_was_frozen_is_no_fault_of_what_was_under_way(tmp_path: Path) -> None:
    """However long: the worker ends, for others own its partitions by now, and says that it was given no time."""
    frozen = """
from agents.stream.supervision.abort import Watchdog, at_end
at_end.append(under_way.clear)
watch.still_s, watch.late_s = 8.0, 2.0
row.end = 0
watch.looked_s = time.monotonic()
watch.start()
Watchdog(4.0).start()
with under_way.doing("window/w1"):
    print("started", flush=True)
    for _ in range(1200):  # as the event loop does, however long it takes until the process is stopped
        watch.beat()
        time.sleep(0.05)
"""
    command = [sys.executable, "-c", f"{ENDS}\n{frozen}", str(tmp_path)]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(1)
        process.send_signal(signal.SIGSTOP)
        time.sleep(12)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 70, said
    assert FROZEN in said, said
    assert "window/w1" not in outcome(tmp_path, "print(left)")[1]


@pytest.mark.parametrize(
    ("stop", "why", "kept"),
    [
        ("sum(range(100_000_000))", "a computation let nothing else run", True),
        ("ctypes.PyDLL(None).usleep(900_000)", FROZEN, False),
    ],
    ids=["by a computation", "by the machine"],
)
def test_a_process_that_was_stopped_says_by_whom(tmp_path: Path, stop: str, why: str, kept: bool) -> None:
    """What was under way is innocent where the machine gave no time; where a computation took it, its mark stays, so
    that the next starts don't meet it for ever."""
    stopped = f"""
import ctypes
from agents.stream.supervision.abort import Watchdog, at_end
at_end.append(under_way.clear)
watchdog = Watchdog(0.7)
watchdog.start()
with under_way.doing("window/w1"):
    while True:
        {stop}
"""
    code, said = outcome(tmp_path, stopped)
    assert code == 70
    assert f"longer than its session: {why}" in said
    assert ("window/w1" in outcome(tmp_path, "print(left)")[1]) is kept


@pytest.mark.parametrize(
    ("stopped_s", "cpu_s", "innocent"),
    [(7.0, 6.5, False), (12.0, 3.5, False), (7.5, 0.9, True), (18.0, 1.2, True), (60.0, 5.0, True)],
)
def test_a_machine_that_gives_little_time_is_no_computation(
    monkeypatch: pytest.MonkeyPatch, stopped_s: float, cpu_s: float, innocent: bool
) -> None:
    """What was computed meanwhile would have been done within the session of six seconds on a machine with time."""
    ends: list[bool] = []
    monkeypatch.setattr(abort, "end_process", lambda _, innocent: ends.append(innocent))
    watchdog = abort.Watchdog(6.0)
    monkeypatch.setattr(watchdog, "_thread", SimpleNamespace(is_alive=lambda: True))
    now_s, used_s = time.monotonic() + stopped_s, time.process_time() + cpu_s
    monkeypatch.setattr(abort, "time", SimpleNamespace(monotonic=lambda: now_s, process_time=lambda: used_s))
    watchdog._beat_s, watchdog._beat_cpu_s = now_s - stopped_s, used_s - cpu_s
    watchdog.check()
    assert ends == [innocent]
