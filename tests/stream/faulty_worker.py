"""A real worker whose own code fails at what is named in files of its data folder, as a bug of ours would: each file
of FAULTS holds words, and what has one of them in it is met with that fault. Everything else is as in
`untagged_worker`."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from agents.settings import load
from agents.stream import worker as worker_module
from agents.stream.broker import faust_fixes
from agents.stream.dependencies import StreamDependencies
from agents.stream.supervision.watch import Watch
from pipeline.windowing import partition
from pipeline.windowing.closed_window import ClosedWindow
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.stream.untagged_worker import main

FAULTS: Final = ("apply", "flush", "tell", "kill", "encode", "write", "loop", "hold", "withhold")
STILL_S: Final = "FAULTY_STILL_S"
"""Names the seconds that nothing may move while a fault is in place, where they are others than usual."""


class Bug(Exception):
    """What our own code says that has a bug."""


def named(folder: Path, fault: str, text: str) -> bool:
    """Whether the fault is asked for here."""
    file = folder / f"fault-{fault}"
    return file.exists() and text in file.read_text().split()


def put_in_place(folder: Path) -> None:
    """Puts the faults into the parts of the worker."""
    apply, flush = partition.PartitionWindows.apply, partition.PartitionWindows.flush

    def faulty_apply(self: Any, offset: int, log_ms: int, events: Any) -> None:
        events = list(events)
        apply(self, offset, log_ms, events)
        if any(named(folder, "apply", event.journey_id) for event in events):
            raise Bug

    def faulty_flush(self: Any) -> Any:
        if any(named(folder, "flush", entry.journey.journey_id) for entry in self._fresh):
            raise Bug
        return flush(self)

    rest = faust_fixes.Holds.rest

    def faulty_rest(self: Any, partitions: Any) -> Any:
        return {tp for tp in rest(self, partitions) if not named(folder, "withhold", f"{tp.topic}/{tp.partition}")}

    faust_fixes.Holds.rest = faulty_rest  # type: ignore[method-assign]
    usual_s, look = worker_module.STILL_S, Watch.look
    worker_module.STILL_S = float(os.environ.get(STILL_S, usual_s))  # type: ignore[misc]

    def faulty_look(self: Watch) -> None:
        self.still_s = worker_module.STILL_S if any(folder.glob("fault-*")) else usual_s
        look(self)

    Watch.look = faulty_look  # type: ignore[method-assign]
    partition.PartitionWindows.apply = faulty_apply  # type: ignore[method-assign]
    partition.PartitionWindows.flush = faulty_flush  # type: ignore[method-assign]
    parts_of = worker_module._parts

    def faulty_parts(services: Any) -> StreamDependencies:
        parts = parts_of(services)
        return replace(parts, build=building(folder, parts.build), write=writing(folder, parts.write))

    worker_module._parts = faulty_parts


def building(
    folder: Path, build: Callable[[ClosedWindow], Sequence[Story]]
) -> Callable[[ClosedWindow], Sequence[Story]]:
    def faulty(window: ClosedWindow) -> Sequence[Story]:
        if named(folder, "tell", window.journey_id):
            raise Bug
        if named(folder, "kill", window.journey_id):
            os.kill(os.getpid(), signal.SIGKILL)
        while named(folder, "loop", window.journey_id):
            time.thread_time()  # computes, and comes to no end
        if named(folder, "hold", window.journey_id):
            ctypes.PyDLL(None).sleep(600)  # waits, and lets no thread of Python's run
        stories = build(window)
        if named(folder, "encode", window.journey_id):
            return [story.model_copy(update={"version": 2**70}) for story in stories]
        return stories

    return faulty


def writing(
    folder: Path, write: Callable[[Sequence[Story], str], GeneratedTest]
) -> Callable[[Sequence[Story], str], GeneratedTest]:
    def faulty(sessions: Sequence[Story], flow: str) -> GeneratedTest:
        if any(named(folder, "write", story.journey_id) for story in sessions):
            raise Bug
        return write(sessions, flow)

    return faulty


if __name__ == "__main__":
    put_in_place(load().data)
    sys.exit(main())
