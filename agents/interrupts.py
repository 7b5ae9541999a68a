"""Signals that end a command, and what must not be torn apart by them."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held() -> Iterator[None]:
    """Lets SIGINT and SIGTERM for this thread wait until the block is done.

    A child that is started within begins with both held, until it lets them through itself.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """In a child that was started while signals were held: SIGINT and SIGTERM do here what they do everywhere."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
