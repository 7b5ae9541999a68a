"""The video of a run as the bytes of its files: WebM for the frames, WebVTT for its chapters, the story's sentences.

A WebM file is a tree of elements, each with an id, a size and a value. Only what players need is written: one video
track, the chapters, and where in the file each key frame stands, so that one can go to it.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SPAN_MS_MAX: Final = 30_000
"""A cluster of frames spans no more: times within one are numbers of 16 bits."""
_NS_OF_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the video, from `start_ms` to where the next one starts."""

    title: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame (VP8). A key frame needs none before it."""

    at_ms: int
    key: bool
    data: bytes


def webm(width: int, height: int, frames: Sequence[Frame], chapters: Sequence[Chapter], end_ms: int) -> bytes:
    """The video as one file. The first frame is a key frame; frames and chapters are in the order of time."""
    header = _parent(
        0x1A45DFA3,
        *(_number(0x4286, 1), _number(0x42F7, 1), _number(0x42F2, 4), _number(0x42F3, 8), _text(0x4282, "webm")),
        *(_number(0x4287, 4), _number(0x4285, 2)),
    )
    info = _parent(
        0x1549A966,
        *(_number(0x2AD7B1, _NS_OF_MS), _element(0x4489, struct.pack(">d", end_ms))),
        *(_text(0x4D80, "journeywright"), _text(0x5741, "journeywright")),
    )
    shape = _parent(0xE0, _number(0xB0, width), _number(0xBA, height))
    track = _parent(0xAE, _number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 1), _text(0x86, "V_VP8"), shape)
    before = info + _parent(0x1654AE6B, track) + _chapters(chapters, end_ms)
    clusters = list(_clusters(frames))
    cues = b""
    for _ in range(2):  # how long they are does not depend on the places, which depend on how long they are
        place = len(before) + len(cues)
        points = []
        for start_ms, key, cluster in clusters:
            if key:
                points.append(_cue(start_ms, place))
            place += len(cluster)
        cues = _parent(0x1C53BB6B, *points)
    return header + _parent(0x18538067, before, cues, *(cluster for _, _, cluster in clusters))


def webvtt(chapters: Sequence[Chapter], end_ms: int) -> str:
    """The chapters as a file that players and pages read beside the video."""
    cues = [
        f"{number}\n{_moment(start_ms)} --> {_moment(stop_ms)}\n{_line(title)}\n"
        for number, (title, start_ms, stop_ms) in enumerate(_spans(chapters, end_ms), 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _spans(chapters: Sequence[Chapter], end_ms: int) -> list[tuple[str, int, int]]:
    """Title, start and end of each chapter that lasts."""
    ends = [*(after.start_ms for _, after in pairwise(chapters)), end_ms]
    spans = ((one.title, one.start_ms, end) for one, end in zip(chapters, ends, strict=False))
    return [span for span in spans if span[2] > span[1]]


def _line(title: str) -> str:
    """A title as one line in which nothing is a mark of the format."""
    plain = " ".join(title.split()) or "-"
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moment(at_ms: int) -> str:
    minutes, rest_ms = divmod(at_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest_ms // 1000:02}.{rest_ms % 1000:03}"


def _chapters(chapters: Sequence[Chapter], end_ms: int) -> bytes:
    atoms = [
        _parent(
            0xB6,
            *(_number(0x73C4, number), _number(0x91, start_ms * _NS_OF_MS), _number(0x92, stop_ms * _NS_OF_MS)),
            _parent(0x80, _text(0x85, " ".join(title.split())), _text(0x437C, "und")),
        )
        for number, (title, start_ms, stop_ms) in enumerate(_spans(chapters, end_ms), 1)
    ]
    return _parent(0x1043A770, _parent(0x45B9, *atoms)) if atoms else b""


def _clusters(frames: Sequence[Frame]) -> Iterator[tuple[int, bool, bytes]]:
    """Each cluster with its start and whether it starts with a key frame."""
    group: list[Frame] = []
    for frame in frames:
        if group and (frame.key or frame.at_ms - group[0].at_ms > SPAN_MS_MAX):
            yield _cluster(group)
            group = []
        group.append(frame)
    if group:
        yield _cluster(group)


def _cluster(group: Sequence[Frame]) -> tuple[int, bool, bytes]:
    start_ms = group[0].at_ms
    blocks = [
        _element(0xA3, struct.pack(">BhB", 0x81, one.at_ms - start_ms, 0x80 if one.key else 0) + one.data)
        for one in group
    ]
    return start_ms, group[0].key, _parent(0x1F43B675, _number(0xE7, start_ms), *blocks)


def _cue(at_ms: int, place: int) -> bytes:
    position = _element(0xF1, place.to_bytes(8, "big"))  # always as long, whatever the place
    return _parent(0xBB, _number(0xB3, at_ms), _parent(0xB7, _number(0xF7, 1), position))


def _parent(name: int, *children: bytes) -> bytes:
    return _element(name, b"".join(children))


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _text(name: int, value: str) -> bytes:
    return _element(name, value.encode(errors="replace"))


def _element(name: int, value: bytes) -> bytes:
    """Its id, its size as eight bytes, its value."""
    size = (len(value) | 1 << 56).to_bytes(8, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + value
