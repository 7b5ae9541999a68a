"""Child processes that never outlive us: started in a session of their own, stopped in order, killed when we die."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from agents.interrupts import held, let_through

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _end_with_parent() -> None:
    """In the child, before exec: the kernel sends SIGTERM when the thread that forked us ends, however it ends."""
    let_through()
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command: Sequence[str], log: Path | IO[bytes] | None, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts a child whose output is appended to `log` (None: ours).

    It has a session of its own, so that a Ctrl-C or a signal to our group reaches us alone and we stop the children
    in order; on Linux it gets SIGTERM when we die without doing so. Call from the main thread.
    """
    output = log.open("ab") if isinstance(log, Path) else log
    try:
        with held():
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                env=dict(environment) if environment is not None else None,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (the function only makes one system call)
            )
    finally:
        if isinstance(log, Path) and output is not None:
            output.close()


def finish(process: subprocess.Popen[bytes], patience_s: float) -> int:
    """Waits for its end and returns its exit code. Where we are interrupted meanwhile, so is it, in order: SIGINT, then
    after `patience_s` SIGKILL."""
    try:
        return process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def stop(process: subprocess.Popen[bytes], patience_s: float) -> int:
    """SIGTERM, then after `patience_s` SIGKILL, to that process alone. Returns its exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
