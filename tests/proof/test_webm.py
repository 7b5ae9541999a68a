"""The video of a run as bytes: what players and pages read of it."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.webm import SPAN_MS_MAX, Chapter, Frame, webm, webvtt

CLUSTER, BLOCK, CUES, POSITION, SEGMENT, START, CHAPTERS, TITLE = (
    *(0x1F43B675, 0xA3, 0x1C53BB6B, 0xF1, 0x18538067, 0xE7, 0x1043A770, 0x85),
)
PARENTS = {CLUSTER, CUES, SEGMENT, CHAPTERS, 0x1A45DFA3, 0xBB, 0xB7, 0x45B9, 0xB6, 0x80}

frames = st.lists(st.tuples(st.integers(0, 100_000), st.booleans()), min_size=1, max_size=30).map(
    lambda found: [
        Frame(at_ms, key or not place, bytes([place])) for place, (at_ms, key) in enumerate(sorted(dict(found).items()))
    ]
)


def elements(raw: bytes, base: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Each element with its id, where it begins, and its value, those within others too."""
    at = 0
    while at < len(raw):
        begins = at
        length = 9 - raw[at].bit_length()
        name = int.from_bytes(raw[at : at + length], "big")
        at += length
        size = int.from_bytes(raw[at : at + 8], "big") & ~(1 << 56)
        at += 8
        value = raw[at : at + size]
        assert len(value) == size
        yield name, base + begins, value
        if name in PARENTS:
            yield from elements(value, base + at)
        at += size


@given(frames)
def test_all_frames_are_in_the_video_at_their_times(told: list[Frame]) -> None:
    """However far apart they are; and each place to go to is where a cluster with a key frame begins."""
    found = list(elements(webm(320, 200, told, (), told[-1].at_ms + 1)))
    start_ms, read, keys = 0, [], []
    (segment,) = (at for name, at, _ in found if name == SEGMENT)
    for name, at, value in found:
        if name == CLUSTER:
            cluster = at
        elif name == START:
            start_ms, first = int.from_bytes(value, "big"), True
        elif name == BLOCK:
            offset_ms = int.from_bytes(value[1:3], "big", signed=True)
            assert 0 <= offset_ms <= SPAN_MS_MAX
            key = value[3] == 0x80
            read.append(Frame(start_ms + offset_ms, key, value[4:]))
            keys += [cluster - segment - 12] if key else []
            assert first or not key
            first = False
    assert read == told
    assert [int.from_bytes(value, "big") for name, _, value in found if name == POSITION] == keys


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 9_000)), max_size=8), st.integers(9_001, 400_000_000))
def test_chapters_follow_each_other_and_no_title_is_a_mark(told: list[tuple[str, int]], end_ms: int) -> None:
    """Whatever a story says: one title a line, each chapter ends where the next begins, none without length."""
    chapters = [Chapter(title, at_ms) for title, at_ms in sorted(told, key=lambda one: one[1])]
    head, *cues = webvtt(chapters, end_ms).split("\n\n")
    assert head.rstrip() == "WEBVTT"
    lines = [cue.rstrip("\n").split("\n") for cue in cues]
    assert len(lines) == len({at_ms for _, at_ms in told})
    assert all(len(cue) == 3 and "<" not in cue[2] and "-->" not in cue[2] for cue in lines)
    spans = [cue[1].split(" --> ") for cue in lines]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(start < end for start, end in spans)
    video = webm(320, 200, [Frame(0, True, b"x")], chapters, end_ms)
    assert len([name for name, _, _ in elements(video) if name == TITLE]) == len(lines)
