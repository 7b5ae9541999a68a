"""Ctrl-C and SIGTERM, the same for all commands: what is under way is undone in order, and nothing else is said."""

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from agents.cli.console import complain
from agents.interrupts import ENDING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

RETRY_S = 0.01
_SIGNALLED = 128
"""What a shell adds to a signal's number, as the exit code of what it ended."""

_came: list[int] = []
"""The signal that ends the command, once it came."""


def guarded(command: Callable[[], int]) -> int:
    """Runs the command of this process and returns its exit code. The first SIGINT or SIGTERM raises KeyboardInterrupt
    in it; later ones don't disturb the way out, which has its own bounds.

    What fails after a signal fails because of it: native code makes other errors of an interrupt, and a child that
    heard the signal as well no longer answers. That is told in one line.
    """
    sys.unraisablehook = _again
    code = 1
    try:
        for number in ENDING:
            signal.signal(number, _interrupt)
        code = command()
        _ignore()
    except KeyboardInterrupt:
        _ignore()
    except Exception as error:
        _ignore()
        if not _came:
            raise
        complain(f"stopped ({type(error).__name__})")
    # Python notes an interrupt that passed through a text being run (dataclasses make methods of texts) as one that
    # nobody caught, and `python -m` would then end by SIGINT, whatever came. The next text clears that.
    eval("None")  # noqa: S307
    return _SIGNALLED + _came[0] if _came and code else code


def _ignore() -> None:
    """No signal disturbs the way out from now on, nor does an interrupt that was to come once more."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number in (*ENDING, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
        except KeyboardInterrupt:
            continue  # it came in between, and comes no more
        return


def _interrupt(number: int, _frame: object) -> None:
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    _came.append(number)
    raise KeyboardInterrupt


def _again(lost: "UnraisableHookArgs") -> None:
    """An interrupt that came while something was being cleared away, where Python can't raise it, comes once more."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, RETRY_S)


def _raise(*_: object) -> None:
    raise KeyboardInterrupt
