"""A video of a run, made from the pictures in its trace by the browser that ran it: no other program is needed."""

import base64
import json
import logging
import zipfile
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser, Error, Route

from pipeline.proof.webm import Chapter, Frame, webm, webvtt

Videos = Literal["off", "failed", "all"]
"""Of which runs videos are kept: of none, of those that failed, or of the first run of each verdict too."""

ENCODE: Final = Path(__file__).with_name("encode.js")
FRAMES_MAX: Final = 600
"""Frames of one video; of more, some are left out evenly."""
CHAPTERS_MAX: Final = 500
SIDE_PIXELS_MAX: Final = 1280
BITS_PER_SECOND: Final = 500_000
STAYS_MS: Final = 1_000
"""How long the last picture is shown."""
_HOME: Final = "https://video.invalid/"
"""A secure address that leads nowhere: browsers encode on such pages only."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Screencast:
    """The pictures of a run, with the times at which each appeared, and its chapters. Times are from its start."""

    pictures: tuple[bytes, ...]
    times_ms: tuple[int, ...]
    chapters: tuple[Chapter, ...]


def screencast_in(trace: Path) -> Screencast | None:
    """What a trace shows; None where it has no picture, or is no whole trace."""
    if not zipfile.is_zipfile(trace):
        return None
    with zipfile.ZipFile(trace) as archive:
        told = [json.loads(line) for line in archive.read("trace.trace").splitlines() if _tells(line)]
        shown = [one for one in told if one["type"] == "screencast-frame"]
        shown.sort(key=lambda one: float(one["timestamp"]))
        step = -(-len(shown) // FRAMES_MAX)
        shown = shown[:: max(1, step)]
        if not shown:
            return None
        pictures = tuple(archive.read(one["file"]) for one in shown)
    start_ms = float(shown[0]["timestamp"])
    times_ms = _rising([round(one["timestamp"] - start_ms) for one in shown])
    begun = [one for one in told if one["type"] == "before"][:CHAPTERS_MAX]
    chapters = (Chapter(one["title"], max(0, round(one["startTime"] - start_ms))) for one in begun)
    return Screencast(pictures, tuple(times_ms), tuple(chapters))


def make_video(trace: Path, browser: Browser, folder: Path) -> None:
    """Puts `video.webm` and its chapters, `video.vtt`, into a folder. Nothing is made where the trace has no picture or
    this browser can't encode."""
    screencast = screencast_in(trace)
    if screencast is None:
        return
    pictures = [*screencast.pictures, screencast.pictures[-1]]
    last_ms = max([screencast.times_ms[-1], *(one.start_ms for one in screencast.chapters)])
    times_ms = [*screencast.times_ms, last_ms + STAYS_MS]
    end_ms = times_ms[-1] + 1
    keys = {0, *(bisect_left(times_ms, one.start_ms) for one in screencast.chapters)}
    told = _encoded(browser, pictures, times_ms, [place in keys for place in range(len(pictures))])
    if told is None:
        return
    encoded = [
        Frame(one["at_ms"], one["key"], base64.b64decode(one["data"]))
        for one in sorted(told["chunks"], key=lambda one: int(one["at_ms"]))
    ]
    (folder / "video.webm").write_bytes(webm(told["width"], told["height"], encoded, screencast.chapters, end_ms))
    (folder / "video.vtt").write_text(webvtt(screencast.chapters, end_ms))


def _encoded(browser: Browser, pictures: list[bytes], times_ms: list[int], keys: list[bool]) -> dict[str, Any] | None:
    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(_HOME)
        if name.isdecimal() and int(name) < len(pictures):
            route.fulfill(body=pictures[int(name)], content_type="image/jpeg")
        else:
            route.fulfill(body="", content_type="text/html")

    wanted = {"times": times_ms, "keys": keys, "bitsPerSecond": BITS_PER_SECOND, "sideMax": SIDE_PIXELS_MAX}
    try:
        with browser.new_context(service_workers="block") as context:
            context.route("**/*", serve)
            page = context.new_page()
            page.goto(_HOME)
            told: dict[str, Any] = page.evaluate(ENCODE.read_text(), wanted)
    except Error as error:  # the browser is gone, or has no encoder
        logger.warning("there is no video of the run: %s", str(error).partition("\n")[0])
        return None
    return told


def _tells(line: bytes) -> bool:
    """Whether a line of a trace is a picture, or begins a chapter."""
    return line.startswith(b'{"type":"screencast-frame"') or (
        line.startswith(b'{"type":"before"') and b'"method":"tracingGroup"' in line
    )


def _rising(times_ms: list[int]) -> list[int]:
    """The times, each at least a millisecond after the one before."""
    for place in range(1, len(times_ms)):
        times_ms[place] = max(times_ms[place], times_ms[place - 1] + 1)
    return times_ms
