"""A process that we speak with in lines of JSON, with its descendants, their time and memory bounded."""

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Final

CHANNEL: Final = "JOURNEYWRIGHT_PROOF_CHANNEL"
MEMORY_BYTES_MAX: Final = 4 * 1024**3
"""What the process and its descendants may use together."""
SAID_BYTES_MAX: Final = 4 * 1024**2
"""What it may say about one run."""
LOOK_S: Final = 0.5
"""How often its memory is looked at."""
_CHUNK_BYTES: Final = 65_536


class Ended(RuntimeError):
    """The process is at its end, or was ended because it reached a bound. The message says why, "" where it ended by
    itself."""


class Stopped(RuntimeError):
    """The prover itself is to end: what was under way says nothing."""


class Pulse(Event):
    """Set where the prover is to end. Whoever waits within a proof asks it each LOOK_S: by `beat` it goes on."""

    def __init__(self, beat: Callable[[], None]) -> None:
        super().__init__()
        self.beat = beat

    def is_set(self) -> bool:
        """Whether the prover is to end."""
        self.beat()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits so many seconds at most. Returns whether the prover is to end."""
        until_s = float("inf") if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return False
            super().wait(min(LOOK_S, left_s))
        return True


class Child:
    """The process finds the number of its end of the channel in the variable CHANNEL. Always call `end`. Where
    `stopping` is set, `hear` raises Stopped."""

    def __init__(
        self, command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path, stopping: Event
    ) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._stopping = stopping
        self._buffer = b""
        self._looked_s = float("-inf")
        variables = {**variables, CHANNEL: str(theirs.fileno())}
        try:
            with theirs, log.open("wb") as output:
                self._process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=(theirs.fileno(),),
                )
        except BaseException:
            ours.close()
            raise

    def say(self, message: Mapping[str, Any]) -> None:
        """Sends a line. Raises Ended."""
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            raise Ended("") from None

    def hear(self, deadline_s: float) -> dict[str, Any]:
        """The next line. Raises Stopped; Ended also where none comes before `deadline_s` of the monotonic clock."""
        self._check(deadline_s)
        while not self._has_line():
            self._check(deadline_s)
        line, _, self._buffer = self._buffer.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def _has_line(self) -> bool:
        """Whether a line is there, after what comes first within LOOK_S."""
        if b"\n" in self._buffer:
            return True
        if select.select([self._socket], [], [], LOOK_S)[0]:
            try:
                chunk = self._socket.recv(_CHUNK_BYTES)
            except OSError:
                chunk = b""
            if not chunk:
                raise Ended("")
            self._buffer += chunk
            if len(self._buffer) > SAID_BYTES_MAX:
                raise Ended(f"the run was ended: it said more than {SAID_BYTES_MAX // 1024**2} MiB")
        return b"\n" in self._buffer

    def _check(self, deadline_s: float) -> None:
        if self._stopping.is_set():
            raise Stopped
        now_s = time.monotonic()
        if now_s > deadline_s:
            raise Ended("the run was ended: it took too long")
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        if _memory_bytes(self._process.pid) > MEMORY_BYTES_MAX:
            raise Ended(f"the run was ended: it used more than {MEMORY_BYTES_MAX // 1024**2} MiB")

    def end(self) -> None:
        """Ends it, and what it left running."""
        for pid in _family(self._process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._socket.close()


def _family(leader: int) -> list[int]:
    """A process, those of its session, and their descendants (a browser has a session of its own), found in /proc; only
    the leader where there is none."""
    told: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        told[int(entry.parent.name)] = (int(fields[1]), int(fields[3]))
    found = {leader, *(pid for pid, (_, session) in told.items() if session == leader)}
    while more := {pid for pid, (parent, _) in told.items() if parent in found} - found:
        found |= more
    return sorted(found)


def _memory_bytes(leader: int) -> int:
    pages = 0
    for pid in _family(leader):
        try:
            fields = Path(f"/proc/{pid}/statm").read_text().split()
        except OSError:
            continue
        pages += int(fields[1]) - int(fields[2])  # shared pages would be counted once for each process
    return pages * os.sysconf("SC_PAGE_SIZE")
