"""What a body may open to: bytes, parts, journeys, and the faults that are told of it."""

import base64
import gzip
import zlib
from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.intake import TooLarge, read_body
from pipeline.intake.bodies import (
    GZIP_MEMBER_BYTES_MIN,
    GZIP_MEMBERS_MAX,
    JOURNEY_BYTES_MIN,
    JOURNEYS_FREE,
    OPENED_BYTES_FREE,
    OPENED_PER_BYTE_MAX,
    PARTS_FREE,
    PARTS_PER_BYTE_MAX,
    Opening,
    gunzip,
    require_few_parts,
)
from pipeline.intake.rrweb.chunks import Entries
from schemas import limits
from tests.web.test_events import native

NODE_FIELDS = 6
"""What one node of a recording can lack."""


def test_gzip_is_opened_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a body with many members each byte is fed at most twice, however many there are."""
    fed = 0
    real = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._stream = real(wbits=wbits)

        def decompress(self, data: bytes, left: int) -> bytes:
            nonlocal fed
            fed += len(data)
            return self._stream.decompress(data, left)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

    monkeypatch.setattr("pipeline.intake.bodies.zlib.decompressobj", Counting)
    part = bytes(range(256)) * 256
    packed = gzip.compress(part, 0) * 40
    assert gunzip(packed, limits.BODY_BYTES_MAX) == part * 40
    assert fed <= 2 * len(packed)


def test_members_that_open_to_nothing_are_bounded() -> None:
    """GZIP_MEMBERS_MAX empty members are read, one more is refused; those that hold something are no fewer."""
    empty = gzip.compress(b"", mtime=0)
    assert gunzip(empty * GZIP_MEMBERS_MAX, 100) == b""
    with pytest.raises(TooLarge):
        gunzip(empty * (GZIP_MEMBERS_MAX + 1), 100)
    whole = gzip.compress(b"x" * GZIP_MEMBER_BYTES_MIN)
    assert (
        len(gunzip(whole * 2 * GZIP_MEMBERS_MAX, limits.BODY_BYTES_MAX)) == 2 * GZIP_MEMBERS_MAX * GZIP_MEMBER_BYTES_MIN
    )


def test_parts_are_bounded_by_what_was_sent() -> None:
    """A small body that opens to very many parts is refused, before it is read; exactly as many as allowed are not."""
    allowed = PARTS_FREE + PARTS_PER_BYTE_MAX * 10
    require_few_parts(b"," * allowed, 10)
    with pytest.raises(TooLarge):
        require_few_parts(b"," * (allowed + 1), 10)
    for part in (b"[],", b"{},", b'"",', b"0,"):
        with pytest.raises(TooLarge):
            read_body(gzip.compress(b"[" + part * (limits.BODY_BYTES_MAX // len(part) - 1) + b"0]"))
    with pytest.raises(TooLarge):
        read_body(gzip.compress(b"[]\n" * (limits.BODY_EVENTS_MAX + 1)))


def test_a_body_opens_to_so_many_bytes_for_each_that_was_sent_and_no_more() -> None:
    """Its wrappings and all recordings in it together, however often they are wrapped or repeated."""
    opening = Opening.of(1_000)
    opening.spend(OPENED_BYTES_FREE + OPENED_PER_BYTE_MAX * 1_000)
    with pytest.raises(TooLarge):
        opening.spend(1)
    inner = gzip.compress(b'{"a":[' + b"{}," * 9_000 + b"1]}").decode("latin-1")
    page = {"type": 2, "timestamp": 1_700_000_000_000, "data": inner}
    shown = {"event": "$snapshot", "timestamp": "2023-11-14T22:13:20Z"}
    pages = [
        {**shown, "uuid": f"u{n}", "properties": {"$session_id": "s", "$snapshot_data": [page]}} for n in range(50)
    ]
    chunk = base64.b64encode(zlib.compress(b"[" + b"1," * 15_000 + b"1]")).decode()
    chunks = [native(id=f"e{n}", kind="recording", chunk=chunk) for n in range(50)]
    for events in (pages, chunks):
        one, all_of_them = read_body(orjson.dumps(events[:1])), read_body(gzip.compress(orjson.dumps(events)))
        assert one.accepted == 1
        assert 1 <= all_of_them.accepted <= 5
        assert "opens to far more bytes than were sent" in all_of_them.refused[0].error
    with pytest.raises(TooLarge):
        read_body(gzip.compress(b"[" + b" " * 10 * OPENED_BYTES_FREE + b"]"))


def test_a_body_brings_so_many_journeys_for_its_bytes_and_no_more() -> None:
    """Those that hide in gzip are refused by their index; further events of the others are taken, and so is the same
    body without gzip."""
    events = [native(id=f"e{n}", journey_id=f"j{n}", session_id=f"s{n}") for n in range(500)]
    events += [native(id="last", journey_id="j0", session_id="s0")]
    packed = gzip.compress(orjson.dumps(events))
    taken = JOURNEYS_FREE + len(packed) // JOURNEY_BYTES_MIN
    assert taken < 500
    found = read_body(packed)
    assert [one.index for one in found.refused] == list(range(taken, 500))
    assert found.events[-1].id == "last"
    assert not read_body(orjson.dumps(events)).refused


@pytest.mark.parametrize("item", ["1", "{}", '{"t":"meta"}', '{"t":"full","at_ms":1,"nodes":[[],[],[],[]]}'])
def test_a_broken_recording_is_told_of_its_first_fault(item: str) -> None:
    """Not of each of its parts, which costs far more than reading them."""
    with pytest.raises(ValidationError) as found:
        TypeAdapter(Entries).validate_json(f"[{','.join([item] * 1_000)}]")
    assert found.value.error_count() <= NODE_FIELDS
