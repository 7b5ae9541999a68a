"""The command line. One module per command; nothing heavy is imported before the command that needs it runs."""

import signal
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. Ends the process: 0 it worked, 1 the thing failed, 2 it was asked wrongly, 128 and the
    signal's number where one ended it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is under way yet: a Ctrl-C needs no trace of it
    from agents.cli.root import run
    from agents.cli.signals import guarded

    sys.exit(guarded(lambda: run(sys.argv[1:] if arguments is None else list(arguments))))
