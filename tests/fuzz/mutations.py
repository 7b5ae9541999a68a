"""Bodies that are nearly right: the samples of the tests of intake and bounds, changed in a few places and wrapped."""

import base64
import gzip
import random
import sys
from pathlib import Path
from typing import Any, Final

sys.path.append(str(Path(__file__).parents[1] / "intake"))

from test_intake_fuzz import SAMPLES, places, replaced

from tests.bounds import test_hostile_events as hostile

VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 2**31, 2**53, 2**63 - 1, 2**64, 10**30, -(10**30), 1e308, 0.1, "", " ", "\x00", "\ud800",
    "\u2028", "a-" * 2_000, "1-" * 2_000, "%20" * 1_500, "x" * 9_990, "💥" * 9_990, "\x01" * 4_000, "'\"\\" * 300,
    '"""\nimport os\n', "../../etc/passwd", "{{7*7}}", "http://a\\b/c", "http://[", "javascript:x", "//host/p",
    "http://x/" + "a/" * 2_000, [], {}, [[]], [None] * 300, [{}] * 300, {"a": {"b": {"c": {}}}}, ["x" * 300] * 60,
    {"k" * 300: "v"}, "9" * 400, "NaN", "1e999", "2024-10-10T22:53:05.563Z", "0000-00-00", "click", "password",
    "\x1f\x8b\x08\x00",
)  # fmt: skip
MARKS: Final = ("journey_id", "session_id", "$session_id", "id", "uuid", "distinct_id")
CHANGES_MAX: Final = 4
HOSTILE_CHARS_MAX: Final = 40_000


def document(rng: random.Random, name: str) -> Any:
    """A sample of its own journey, with up to CHANGES_MAX values changed, taken out, or put elsewhere."""
    sample = _named(rng.choice(SAMPLES), name)
    for _ in range(rng.randint(0, CHANGES_MAX)):
        ways = places(sample)
        way = rng.choice(ways)
        sample = replaced(sample, way, _value(rng, sample, ways))
    return sample


def _named(node: Any, name: str) -> Any:
    """The sample with ids of its own, so that what becomes of it can be told from the rest."""
    if isinstance(node, list):
        return [_named(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{name}-{item}"[:190] if key in MARKS and isinstance(item, str) else _named(item, name)
        for key, item in node.items()
    }


def _value(rng: random.Random, sample: Any, ways: list[tuple[Any, ...]]) -> Any:
    if rng.random() < 0.8:
        return rng.choice(VALUES)
    node = sample
    for step in rng.choice(ways):
        node = node[step]
    return node


def hostile_event(rng: random.Random, name: str) -> Any:
    """An event of any kind and format with hostile values in some of its fields."""
    sample = _named(rng.choice([*hostile.SAMPLES, hostile.RECORDED]), name)
    for _ in range(rng.randint(0, 3)):
        way = rng.choice(hostile.places(sample))
        value = _hostile_value(rng)
        sample = hostile.replaced(sample, way, hostile.many if rng.random() < 0.2 else lambda _old, new=value: new)
    return sample


def _hostile_value(rng: random.Random) -> Any:
    scalars = [
        None,
        rng.choice(hostile.NUMBERS),
        rng.choice(hostile.TIMES),
        (rng.choice(hostile.TEXTS) * rng.choice(hostile.LENGTHS))[:HOSTILE_CHARS_MAX],
        hostile.Deep(rng.choice((2, 31, 33, 300, 1_500))),
    ]
    value = rng.choice(scalars)
    return rng.choice((value, value, [value] * 3, {"text": value}))


def body(rng: random.Random, name: str) -> bytes:
    """A few documents in one of the envelopes, wrapped in some way, sometimes damaged."""
    make = hostile_event if rng.random() < 0.5 else document
    many = [make(rng, f"{name}.{number}") for number in range(rng.choice((1, 1, 2, 5, 40)))]
    whole = rng.choice((many, {"events": many}, {"batch": many, "api_key": "k"}, many[0]))
    raw = hostile.dumped(whole)
    if rng.random() < 0.1:
        raw = b"\n".join(map(hostile.dumped, many))
    raw = _damaged(rng, raw) if rng.random() < 0.15 else raw
    match rng.randrange(8):
        case 0:
            raw = gzip.compress(raw, 1)
        case 1:
            raw = b"data=" + base64.b64encode(raw)
        case 2:
            half = len(raw) // 2
            raw = gzip.compress(
                gzip.compress(raw[:half], 1) + gzip.compress(b"") * 20 + gzip.compress(raw[half:], 1), 1
            )
    return _damaged(rng, raw) if rng.random() < 0.05 else raw


def _damaged(rng: random.Random, raw: bytes) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return rng.choice((raw[:at], raw[:at] + rng.randbytes(3) + raw[at + 2 :], raw[:at] + raw[at // 2 :], raw + b"]"))
