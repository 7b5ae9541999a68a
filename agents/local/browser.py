"""The Chromium of this machine: which one, and with which flags."""

import os
import shutil
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

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(RuntimeError):
    """No Chromium was found. The message says what to do, in one line."""


def find_chromium(settings: Settings) -> Path:
    """The configured one, `CHROMIUM`, one on the PATH, or the one that Playwright installed. Raises NoBrowser."""
    for named in (settings.chromium, os.environ.get("CHROMIUM", "")):
        if named:
            if not os.access(named, os.X_OK):
                raise NoBrowser(f"{named} is no executable (set by JOURNEYWRIGHT_CHROMIUM or CHROMIUM)")
            return Path(named)
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    installed = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    if installed:
        return installed[-1]
    raise NoBrowser(
        "no Chromium found: run `make setup`, install one (Debian: apt-get install chromium), or set CHROMIUM"
    )
