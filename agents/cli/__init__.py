"""The command line. One module per command; nothing heavy is imported before the command that needs it runs."""

import sys
from collections.abc import Sequence

from agents.cli.root import app, run

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. Ends the process: 0 it worked, 1 the thing failed, 2 it was asked wrongly."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))
