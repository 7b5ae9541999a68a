"""Makes an app a clean copy again before a run, by what its owner named for that, within a bound."""

import shlex
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Event
from typing import Final

from agents.proof.child import LOOK_S, Stopped

RESET_S: Final = 300


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


def _run(command: list[str], stopping: Event) -> None:
    said = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, errors="replace", **said) as process:  # type: ignore[call-overload]
        heard: list[str] = []

        def ended() -> bool:
            with suppress(subprocess.TimeoutExpired):
                heard[:] = process.communicate(timeout=LOOK_S)
                return True
            return False

        try:
            _wait(ended, stopping)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        words = (heard[1] or heard[0]).strip().splitlines() or ["it said nothing"]
        raise ResetFailed(f"{command[0]} ended with exit code {process.returncode}: {words[-1][:200]}")


def _post(address: str, stopping: Event) -> None:
    answer: Future[None] = Future()

    def post() -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=RESET_S).close()
            answer.set_result(None)
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            answer.set_exception(error)

    def ended() -> bool:
        with suppress(TimeoutError):
            answer.exception(timeout=LOOK_S)
        return answer.done()

    threading.Thread(target=post, name="reset", daemon=True).start()
    _wait(ended, stopping)
    answer.result()


def _wait(ended: Callable[[], bool], stopping: Event) -> None:
    """Returns once it has ended. Whoever is set to stop is asked now and then, which shows that this goes on."""
    deadline_s = time.monotonic() + RESET_S
    while not ended():
        if stopping.is_set():
            raise Stopped
        if time.monotonic() > deadline_s:
            raise OSError(f"no end within {RESET_S} s")
