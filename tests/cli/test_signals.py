"""What a signal does to a command that handles it badly: one line, the signal's exit code, and no trace."""

import signal
import subprocess
import sys

import pytest

COMMAND = """
import os, signal, sys
from agents.cli.signals import guarded

def end():
    os.kill(os.getpid(), signal.{signal})

class Late:
    def __del__(self):
        end()

def turns_it_into_another_error():
    try:
        end()
    except KeyboardInterrupt:
        raise ImportError("initialization failed")

def loses_it_as_the_last_thing():
    Late()
    return 0

def fails_by_itself():
    raise ImportError("initialization failed")

sys.exit(guarded({does}))
"""


def ended(does: str, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    program = COMMAND.format(signal=number.name, does=does)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_became_another_error_is_still_one(number: signal.Signals) -> None:
    """Native code makes an ImportError of it, say."""
    assert ended("turns_it_into_another_error", number) == (128 + number, "journeywright: stopped (ImportError)\n")


def test_an_interrupt_that_was_lost_does_not_come_after_the_command() -> None:
    """Where Python could not raise it, it comes once more, but not into the end of the interpreter."""
    code, said = ended("loses_it_as_the_last_thing")
    assert code in (0, 128 + signal.SIGTERM)
    assert said == ""


def test_an_error_without_a_signal_keeps_its_trace() -> None:
    """It is a fault of ours."""
    code, said = ended("fails_by_itself")
    assert code == 1
    assert "Traceback" in said
    assert "initialization failed" in said
