"""Whatever comes, a parser returns an Intake or raises BadInput, and what it keeps is within bounds."""

import base64
import gzip
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_samples import as_json, challenge, native
from test_intake_posthog import BODY, auto, posthog
from test_intake_rrweb import FORM, full, meta, mouse, mutation, snapshot, typed

from pipeline.intake import BadInput, Intake, read_body, read_message
from pipeline.intake.bodies import TooLarge, gunzip
from pipeline.intake.formats.elements_chain import parse_chain
from pipeline.intake.rrweb.chunks import unpacked
from pipeline.intake.rrweb.recordings import resolve
from schemas import limits
from schemas.codecs import to_json
from schemas.events import EVENT

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "\ud800", "'; DROP TABLE events;--", "../../etc/passwd", '"""\nimport os\n', "\u202e", "{{7*7}}",
         "${x}", "x" * 500, "\x1f\x8b\x08\x00", "<script>", "\\", '"', "1e999", "NaN", "é́", "\u2028"]
    ),
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HOSTILE)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(HOSTILE, inner, max_size=4)),
    max_leaves=12,
)
SAMPLES: list[Any] = [
    native(),
    native(kind="fill", value={"text": "a"}),
    native(kind="effect", changes=[{"change": "appeared", "element": {"tag": "p"}}], after={"url": "x"}),
    challenge(),
    challenge("$input", elementType="input", value="x"),
    challenge("$navigation", elementType="a"),
    challenge("$api-call", api_url="/x", method="GET", status="200"),
    auto("click", f"button;{BODY}"),
    auto("change", f'input:attr__name="a";{BODY}'),
    posthog("$pageview", title="x"),
    snapshot(meta(0), full(1, FORM), mouse(2, 12, 5), typed(3, 12, "a"), mutation(4, removes=[{"id": 20}])),
    {"uuid": "x", "data": json.dumps(posthog("$pageleave")), "token": "t"},
    {"batch": [posthog("$pageleave", timestamp=None) | {"offset": 5}], "sent_at": "2026-11-22T21:20:29Z"},
    [meta(0), full(1, FORM), mouse(2, 20)],
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value of a document."""
    found = [path]
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        found += places(item, (*path, key))
    return found


def replaced(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with one value replaced."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], value)
    return copy


def check(raw: bytes, **how: Any) -> None:
    """Reads it, and holds what comes out to what is promised."""
    try:
        got = read_body(raw, **how)
    except BadInput:
        return
    assert isinstance(got, Intake)
    for event in got.events:
        json_bytes = to_json(event)
        assert b"\\u0000" not in json_bytes
        assert len(json_bytes) <= limits.EVENT_BYTES_MAX
        again = EVENT.validate_json(json_bytes)
        assert again == event
        assert to_json(again) == json_bytes
    assert all(one.error.startswith(f"events[{one.index}]") for one in got.refused)
    assert all(len(one.error) <= limits.CAUSE_CHARS_MAX for one in got.refused)
    resolved, notes = resolve(tuple(sorted(got.events, key=lambda one: (one.at_ms, one.tab_id, one.seq, one.id))))
    for event in resolved:
        assert b"\\u0000" not in to_json(event)
    assert all(isinstance(note, str) for note in notes)


@QUICK
@given(st.binary(max_size=300), st.sampled_from(["", "application/x-www-form-urlencoded", "text/plain"]))
def test_any_bytes(raw: bytes, content_type: str) -> None:
    """Noise of every kind, bare, as gzip, as a form and as base64."""
    for body in (raw, b"\x1f\x8b" + raw, gzip.compress(raw), b"data=" + raw, b"\x00" + raw):
        check(body, content_type=content_type, query={"compression": "base64"} if raw[:1] < b"\x80" else {})
        with suppress(BadInput):
            read_message(body, {"content-type": content_type.encode()})


@QUICK
@given(ANYTHING)
def test_any_json(document: Any) -> None:
    """Any document, bare and within each envelope."""
    raw = json.dumps(document).encode()
    for body in (
        raw,
        b'{"events":' + raw + b"}",
        b'{"batch":[' + raw + b"]}",
        b'{"event":"$click","properties":' + raw + b"}",
    ):
        check(body)


@settings(QUICK, max_examples=400)
@given(st.data())
def test_any_value_in_any_field(data: st.DataObject) -> None:
    """Each sample with a hostile value in any of its fields, whole or in part."""
    sample = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 3))):
        sample = replaced(sample, data.draw(st.sampled_from(places(sample))), data.draw(ANYTHING))
    check(as_json(sample))


@QUICK
@given(st.sampled_from(SAMPLES), st.integers(0, 5_000), st.binary(max_size=3))
def test_cut_and_damaged_bodies(sample: Any, at: int, noise: bytes) -> None:
    """A body that breaks off, or is damaged on the way."""
    raw = as_json(sample)
    at %= len(raw)
    check(raw[:at])
    check(raw[:at] + noise + raw[at + 1 :])
    check(gzip.compress(raw)[: -(at % 30 + 1)])


@QUICK
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=5), st.integers(0, 1_500))
def test_any_gzip_of_any_members_stays_within_its_bound(parts: list[bytes], bound: int) -> None:
    """It gives all of what was packed, or refuses it whole: never more than the bound, never less than there was."""
    packed = b"".join(map(gzip.compress, parts))
    whole = b"".join(parts)
    try:
        assert gunzip(packed, bound) == whole
        assert len(whole) <= bound
    except TooLarge:
        assert len(whole) > bound


@pytest.mark.parametrize("wrap", [lambda raw: raw, gzip.compress, lambda raw: b"data=" + base64.b64encode(raw)])
def test_no_wrapping_unpacks_beyond_the_bound(wrap: Callable[[bytes], bytes]) -> None:
    """Exactly BODY_BYTES_MAX is taken for what it is, one byte more is refused; so is gzip that holds gzip that grows
    at each step, in however many members."""
    blanks = bytes(random.Random(1).choices(b" \t\n\r", k=limits.BODY_BYTES_MAX))
    at_bound = (b'{"events":[]}' + blanks)[: limits.BODY_BYTES_MAX]
    assert read_body(wrap(gzip.compress(at_bound, 1))).seen == 0
    inner = gzip.compress(b" " * 1_000_000)
    bomb = b"".join([inner] * 5)
    for body in (gzip.compress(at_bound + b" ", 1), bomb, gzip.compress(bomb), gzip.compress(gzip.compress(bomb))):
        with pytest.raises(BadInput):
            read_body(wrap(body))


@QUICK
@given(ANYTHING, ANYTHING, st.text(max_size=20))
def test_whatever_is_admitted_is_asked_for(document: Any, token: Any, app: str) -> None:
    """No event comes in unasked: what is kept is of apps that were let in, whatever its token looks like."""
    asked: set[str] = set()

    def admit(token: str, app: str) -> None:
        assert isinstance(token, str)
        if len(app) % 2:
            raise BadInput("not this app")
        asked.add(app)

    for body in ({"api_key": token, "batch": [document]}, native(app=app), [posthog("$pageview", token=token)]):
        with suppress(BadInput):
            assert {event.app for event in read_body(json.dumps(body).encode(), admit=admit).events} <= asked


@settings(QUICK, max_examples=300)
@given(st.text(alphabet='ab.:;="\\ -_[]@é\n', max_size=200))
def test_any_chain(chain: str) -> None:
    """A chain is read in one pass, whatever it says."""
    parse_chain(chain)
    check(as_json(auto("click", chain)))


@QUICK
@given(st.text(max_size=100), st.lists(ANYTHING, max_size=5))
def test_any_chunk_and_any_recording(chunk: str, recorded: list[Any]) -> None:
    """A chunk from anybody is read or refused; rrweb events of any shape are pruned."""
    with suppress(BadInput):
        unpacked(chunk)
    check(as_json(snapshot(*recorded)))
    check(
        as_json(snapshot(*[{"type": kind, "timestamp": 5, "data": one} for one in recorded for kind in (2, 3, 4, 5)]))
    )
    check(as_json(native(kind="recording", chunk=chunk)))
