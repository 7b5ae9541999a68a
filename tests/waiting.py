"""How long Playwright's `expect` waits, for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect


@contextmanager
def waiting(wait_ms: int) -> Iterator[None]:
    """`expect` waits at most `wait_ms`; afterwards Playwright's default again. The option is one for the whole process,
    and tests of other folders run in it too."""
    expect.set_options(timeout=wait_ms)
    try:
        yield
    finally:
        expect.set_options(timeout=None)
