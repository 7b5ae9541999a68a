"""The Chromium of this machine: which one, and with which flags."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from agents.settings import Settings

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Quiet, offline, and able to run as root in a container; it only ever opens pages of 127.0.0.1."""

_HEADLESS = ("chromium-headless-shell", "chrome-headless-shell")
"""Chromium without windows, which Playwright takes too where nobody looks: to start it costs 0.5 s of CPU, the full one
2.0 s."""
_FULL = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CACHED_HEADLESS = ("chromium_headless_shell-*/*/headless_shell", "chromium_headless_shell-*/*/chrome-headless-shell")
_CACHED_FULL = ("chromium-*/chrome-linux*/chrome",)


@contextmanager
def apart() -> Iterator[None]:
    """Playwright's driver, where it is started within this block, gets a session of its own.

    Else a Ctrl-C of the terminal ends it as soon as it reaches us, with what the pages still hold. Playwright has no
    option for that.
    """
    start = asyncio.create_subprocess_exec
    asyncio.create_subprocess_exec = partial(start, start_new_session=True)
    try:
        yield
    finally:
        asyncio.create_subprocess_exec = start


class NoBrowser(RuntimeError):
    """No Chromium was found. The message says what to do, in one line."""


def find_chromium(settings: Settings, windows: bool = False) -> Path:
    """The configured one, `CHROMIUM`, one on the PATH, or the one that Playwright installed.

    With `windows` it is one that can show windows; else one that can't comes first. Raises NoBrowser.
    """
    for named in (settings.chromium, os.environ.get("CHROMIUM", "")):
        if named:
            if not os.access(named, os.X_OK):
                raise NoBrowser(f"{named} is no executable (set by JOURNEYWRIGHT_CHROMIUM or CHROMIUM)")
            return Path(named)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    full, headless = (_FULL, _CACHED_FULL), (_HEADLESS, _CACHED_HEADLESS)
    for names, patterns in (full,) if windows else (headless, full):
        for name in names:
            if found := shutil.which(name):
                return Path(found)
        if installed := sorted(path for pattern in patterns for path in cache.glob(pattern)):
            return installed[-1]
    raise NoBrowser(
        "no Chromium found: run `make setup`, install one (Debian: apt-get install chromium), or set CHROMIUM"
    )
