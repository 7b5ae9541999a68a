"""Bodies: what may wrap JSON, and the bounds that hold."""

import base64
import gzip
import random
from urllib.parse import quote

import pytest
from intake_samples import as_json, challenge, native

from pipeline.intake import BadInput, TooLarge, read_body, read_file, read_message
from schemas import limits

ONE = as_json(native())


@pytest.mark.parametrize(
    "body",
    [
        ONE,
        b"[" + ONE + b"]",
        b'{"events":[' + ONE + b"]}",
        ONE + b"\n",
        b"\xef\xbb\xbf" + ONE,
        gzip.compress(ONE),
        gzip.compress(ONE[:9]) + gzip.compress(ONE[9:]),
        b"data=" + quote(base64.b64encode(ONE)).encode(),
        b"data=" + base64.urlsafe_b64encode(ONE).rstrip(b"="),
        b"_=1&data=" + quote(base64.b64encode(gzip.compress(ONE))).encode(),
    ],
)
def test_one_event_is_read_however_it_is_wrapped(body: bytes) -> None:
    """Object, list, envelope, NDJSON, byte-order mark, gzip, several gzip members, form and base64 say the same."""
    got = read_body(body, content_type="application/x-www-form-urlencoded" if b"data=" in body else "")
    assert [event.id for event in got.events] == ["e1"]
    assert got.accepted == 1


def test_base64_is_read_where_the_query_says_so() -> None:
    """`?compression=base64` without a form is base64 of the whole body."""
    got = read_body(base64.b64encode(ONE), query={"compression": "base64"})
    assert got.events == read_body(ONE).events


def test_ndjson_goes_on_after_a_broken_line() -> None:
    """A broken line is refused with its number; the lines around it are read."""
    got = read_body(ONE + b'\n{"kind": "cl\n\n' + as_json(native(id="e2")) + b"\n")
    assert [event.id for event in got.events] == ["e1", "e2"]
    assert [(one.index, "line 2" in one.error) for one in got.refused] == [(1, True)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"hello",
        b"{",
        b'{"a": NaN}',
        b"[Infinity]",
        b"\x00\x01\x02",
        b"\x1f\x8b\x08broken",
        b"data=%%%",
        b"]\n[",
    ],
)
def test_what_is_no_json_is_bad_input(body: bytes) -> None:
    """Nothing readable: one reason for the whole body, without a trace."""
    with pytest.raises(BadInput) as caught:
        read_body(body)
    assert "Traceback" not in str(caught.value)


def test_a_truncated_gzip_says_so() -> None:
    """A gzip body that was cut off on the way is named as such."""
    with pytest.raises(BadInput, match="ends too early"):
        read_body(gzip.compress(ONE)[:-12])


def test_a_gzip_bomb_is_too_large() -> None:
    """A small body that would decompress beyond the bound is refused before it fills the memory."""
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        read_body(bomb)
    with pytest.raises(TooLarge):
        read_body(b"data=" + quote(base64.b64encode(bomb)).encode())


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_body_at_the_bound_is_read_and_one_byte_more_is_not(pack: type[bytes]) -> None:
    """BODY_BYTES_MAX holds as received and after decompression."""
    padded = ONE + bytes(random.Random(1).choices(b" \t\n\r", k=limits.BODY_BYTES_MAX - len(ONE)))
    assert read_body(pack(padded)).accepted == 1
    with pytest.raises(TooLarge):
        read_body(pack(padded + b" "))


def test_a_body_may_hold_so_many_events_and_no_more() -> None:
    """BODY_EVENTS_MAX holds for lists; files may hold more."""
    small = as_json({"kind": "end", "id": "e", "session_id": "s", "at_ms": 5})
    full = b"[" + b",".join([small] * limits.BODY_EVENTS_MAX) + b"]"
    assert read_body(full).accepted == limits.BODY_EVENTS_MAX
    with pytest.raises(TooLarge):
        read_body(full[:-1] + b"," + small + b"]")
    assert read_file(full[:-1] + b"," + small + b"]").accepted == limits.BODY_EVENTS_MAX + 1


def test_an_event_may_have_so_many_bytes_and_no_more() -> None:
    """EVENT_BYTES_MAX refuses the one event; the one beside it is read."""
    room = limits.EVENT_BYTES_MAX - len(as_json(native(x="")))
    big, bigger = native(id="a1", x="x" * room), native(id="a2", x="x" * (room + 1))
    got = read_body(as_json([big, bigger, native(id="a3")]))
    assert [event.id for event in got.events] == ["a1", "a3"]
    assert [one.index for one in got.refused] == [1]


def test_nesting_at_the_bound_is_read_and_one_deeper_is_not() -> None:
    """NESTING_MAX counts objects and lists from the outside."""

    def nested(depth: int) -> bytes:
        return as_json(native())[:-1] + b',"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    assert read_body(nested(limits.NESTING_MAX)).accepted == 1
    with pytest.raises(BadInput, match="nested"):
        read_body(nested(limits.NESTING_MAX + 1))
    for hostile in (
        b"[" * 100_000,
        b"[" * 2_000_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'"\\ud800"' + b"[" * 100_000,
    ):
        with pytest.raises(BadInput):
            read_body(hostile)


def test_nul_and_lone_surrogates_become_the_replacement_character() -> None:
    """What no database and no UTF-8 can hold is replaced, in values and in ids."""
    body = as_json(native()).replace(b"Save", b"a\\u0000b\\ud800c\\ud83d\\ude00").replace(b'"s1"', b'"s\\u0000"')
    (event,) = read_body(body).events
    assert event.kind == "click"
    assert event.target.name == "a\ufffdb\ufffdc\U0001f600"
    assert event.session_id == "s\ufffd"


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    """Broken UTF-8 within a JSON string costs a character, not the event."""
    (event,) = read_body(as_json(native()).replace(b"Save", b"S\xffve")).events
    assert event.kind == "click"
    assert event.target.name == "S\ufffdve"


def test_a_message_is_read_as_a_body_is() -> None:
    """Kafka and HTTP give the same events for the same bytes."""
    body = as_json({"events": [challenge(), challenge("$input")]})
    assert read_message(body).events == read_body(body).events == read_file(body).events


def test_events_are_told_by_place_and_field() -> None:
    """Each refused event names its place and the field; the others are kept; no value is repeated."""
    bad_time = challenge()
    bad_time["timestamp"] = "2024-10-10T10:00:90Z"
    got = read_body(as_json({"events": [challenge(), bad_time, 5, {"x": "s3cret"}, native(kind="s3cret"), native()]}))
    assert len(got.events) == 2
    assert [one.index for one in got.refused] == [1, 2, 3, 4]
    assert "timestamp" in got.refused[0].error
    assert "second must be in 0..59" in got.refused[0].error
    assert not any("s3cret" in one.error for one in got.refused)
