"""A dead letter can always be written, whatever came."""

from types import SimpleNamespace
from typing import Any

import pytest

from agents.stream.broker.dead_letters import DeadLetter, letter_of
from schemas import limits

HUGE = 3 * limits.MESSAGE_BYTES_MAX
RAW: dict[str, bytes] = {
    "control characters": b"\x01" * HUGE,
    "noise": bytes(range(256)) * (HUGE // 256),
    "Avro of nothing": b"\0\0\0\0\1" + b"\xff" * HUGE,
    "gzip": b"\x1f\x8b\x08" + b"\0" * HUGE,
    "half characters": b'["\\ud800"]',
    "numbers beyond bounds": b'[{"a": 1e999, "b": ' + b"9" * 5_000 + b', "c": "\\ud800"}]',
    "nested": b"[" * 50_000 + b"]" * 50_000,
    "broken lists": b'[{"kind": "click"}, NaN]',
    "a key that is not text": b"{1: 2}",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
@pytest.mark.parametrize("key", [None, b"", b"\xff" * HUGE])
def test_a_letter_of_anything_has_room(raw: bytes, key: bytes | None) -> None:
    """Key, value, cause and headers together stay below the size of a message."""
    message: Any = SimpleNamespace(key=key, value=raw, partition=2**31 - 1, offset=2**63 - 1)
    letter = letter_of(message, "\U0001f600\ud800" * HUGE, "internal", "t" * 249, {"content-type": b"\xff" * 9})
    name, value, headers = letter.message()
    size = len(name or b"") + len(value) + sum(len(header) + len(content) for header, content in headers)
    assert size <= limits.MESSAGE_BYTES_MAX
    assert isinstance(letter, DeadLetter)
