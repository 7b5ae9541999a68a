"""Signals of long-running commands."""

import signal


def interrupt_on_signals() -> None:
    """From here on the first SIGTERM or Ctrl-C raises KeyboardInterrupt; later ones don't disturb the way out."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
