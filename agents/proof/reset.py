"""Makes an app a clean copy again before a run, by what its owner named for that, within a bound."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Final

from agents.proof.child import LOOK_S, Stopped

RESET_S: Final = 300
"""How long a reset of the environment may take."""
_ADDRESS: Final = "JOURNEYWRIGHT_RESET"
_POST: Final = f"""
import os, sys, urllib.request
try:
    urllib.request.urlopen(urllib.request.Request(os.environ[{_ADDRESS!r}], method="POST"), timeout={RESET_S}).close()
except (OSError, ValueError) as error:
    sys.exit(str(error))
"""


class ResetFailed(RuntimeError):
    """The environment could not be reset. The message says why, in one line."""


def reset_app(reset: str, stopping: Event | None = None) -> None:
    """Runs the command, or posts to the address. Raises ResetFailed, and Stopped where `stopping` is set meanwhile."""
    try:
        if reset.startswith(("http://", "https://")):
            _post(reset, stopping or Event())
        else:
            _run(shlex.split(reset), stopping or Event())
    except (OSError, ValueError) as error:
        raise ResetFailed(f"{reset[:200]}: {error}") from None


def _run(command: list[str], stopping: Event, named: str = "", **variables: str) -> None:
    with subprocess.Popen(
        command,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        heard: list[str] = []

        def ended() -> bool:
            with suppress(subprocess.TimeoutExpired):
                heard[:] = process.communicate(timeout=LOOK_S)
                return True
            return False

        try:
            _wait(ended, stopping)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        words = (heard[1] or heard[0]).strip().splitlines() or ["it said nothing"]
        raise ResetFailed(f"{named or command[0]} ended with exit code {process.returncode}: {words[-1][:200]}")


def _post(address: str, stopping: Event) -> None:
    """In a process of its own, which can be ended wherever it waits. All may see its command, but not its variables."""
    _run([sys.executable, "-I", "-c", _POST], stopping, address.partition("?")[0][:200], **{_ADDRESS: address})


def _wait(ended: Callable[[], bool], stopping: Event) -> None:
    """Returns once it has ended. Whoever is set to stop is asked now and then, which shows that this goes on."""
    deadline_s = time.monotonic() + RESET_S
    while not ended():
        if stopping.is_set():
            raise Stopped
        if time.monotonic() > deadline_s:
            raise OSError(f"no end within {RESET_S} s")
