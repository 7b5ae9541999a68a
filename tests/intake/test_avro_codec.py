"""Avro in the Confluent wire format, and the compatibility of its schemas."""

import io
import json
import struct
from contextlib import suppress
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_samples import as_json, challenge, native

from pipeline.intake import BadInput, read_body, read_message
from schemas import avro
from schemas.avro import NAMES, AvroReader, DeadLetter, Name, UnknownSchema, schema_id, schema_text
from schemas.avro_bounds import SCHEMA_NODES_MAX
from schemas.avro_compatibility import incompatibilities, require_compatible
from schemas.codecs import to_json
from schemas.events import Event
from schemas.generated_tests import GeneratedTest
from schemas.limits import SEQ_MAX
from schemas.stories import State, Story
from schemas.verdicts import Verdict

VERSIONS = ["v1"]
"""Folders of earlier versions that may still lie in topics."""


def events() -> tuple[Event, ...]:
    return read_body(as_json([native(tab_id="t", user_id="u", seq=3), challenge("$input", elementType="input")])).events


def reader(*names: Name) -> AvroReader:
    """A reader that knows our schemas under the ids 1, 2, …"""
    made = AvroReader()
    for number, name in enumerate(names, start=1):
        made.add(number, schema_text(name))
    return made


def story() -> Story:
    return Story(
        id="s", app="shop", journey_id="j", session_id="s", title="Sign in “x”", start_timestamp="a", end_timestamp="b",
        initial_state=State(url="u"), final_state=State(), tags=("login",), version=7,
    )  # fmt: skip


def written(schema: Any, record: Any, number: int = 1) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema, named_schemas={}), record)
    return b"\0" + struct.pack(">I", number) + out.getvalue()


def record(*fields: Any, name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def a(kind: Any, **more: Any) -> dict[str, Any]:
    return {"name": "a", "type": kind} | more


def test_events_come_back_as_they_went() -> None:
    """Encoded and decoded, events are equal; the header is the wire format's."""
    raw = avro.events_to_avro(1, events())
    assert raw[:5] == b"\0\0\0\0\1"
    assert schema_id(raw) == 1
    assert read_message(raw, avro=reader("events")).events == events()


def test_a_list_of_events_in_json_becomes_the_same_message() -> None:
    """What is left out of the JSON gets the event's own default; and Avro takes no more room, so a message that was cut
    for its JSON fits as well."""
    bare = read_body(as_json([native(user_id=None, tab_id="", seq=0), native(id="second", seq=SEQ_MAX)])).events
    for some in (events(), bare):
        raw = to_json(list(some))
        assert avro.event_list_to_avro(1, raw) == avro.events_to_avro(1, some)
        assert len(avro.event_list_to_avro(1, raw)) < len(raw)
        assert read_message(avro.event_list_to_avro(1, raw), avro=reader("events")).events == some


def test_a_place_beyond_what_a_browser_can_count_is_refused() -> None:
    """SEQ_MAX is taken, one more is not: every format can then hold it."""
    intake = read_body(as_json([native(seq=SEQ_MAX), native(seq=SEQ_MAX + 1)]))
    assert [event.seq for event in intake.events] == [SEQ_MAX]
    assert "seq" in intake.refused[0].error


def test_without_a_registry_our_own_schemas_are_assumed() -> None:
    """Whatever id they have; what doesn't fit them to the last byte, or says nothing, is refused."""
    alone = AvroReader(assumes_ours=True)
    raw = avro.events_to_avro(12_345, events())
    assert read_message(raw, avro=alone).events == events()
    assert alone.story(avro.story_to_avro(9, story())) == story()
    for broken in (raw[:-1], raw + b"x", b"\0\0\0\0\7\0", avro.story_to_avro(9, story())):
        with pytest.raises(BadInput):
            read_message(broken, avro=alone)
    with pytest.raises(BadInput):
        alone.story(raw)


def test_stories_tests_and_dead_letters_come_back_as_they_went() -> None:
    """Each of the other records likewise."""
    assert reader("story").story(avro.story_to_avro(1, story())) == story()
    test = GeneratedTest(
        id="t", version=2, app="shop", flow_id="f", story_id="s", name="test_x", file_name="test_x.py", title="X",
        story="x", code="pass", tags=("a",),
    )  # fmt: skip
    assert reader("test").test(avro.generated_test_to_avro(1, test)) == test
    verdict = Verdict(
        id="v", test_id="t", revision=3, app="shop", started_at="2026-01-01T00:00:00.000Z",
        ended_at="2026-01-01T00:01:00.000Z", outcome="failed", kind="app",
    )  # fmt: skip
    assert reader("verdict").verdict(avro.verdict_to_avro(1, verdict)) == verdict
    letter = DeadLetter("not JSON", "events", 3, 99, None, b"\x00\xff", 2)
    assert reader("dead_letter").dead_letter(avro.dead_letter_to_avro(1, letter)) == letter


def test_another_producers_schema_is_read_for_what_it_holds() -> None:
    """A record of one event, or one in the challenge format under a schema of its own."""
    own = json.loads(schema_text("events"))["fields"][0]["type"]["items"]
    record = {"id": "e1", "app": "a", "session_id": "s", "journey_id": "j", "at_ms": 5, "kind": "end"}
    known = AvroReader()
    known.add(1, json.dumps(own))
    assert read_message(written(own, record), avro=known).events[0].kind == "end"
    theirs = {
        "type": "record", "name": "Tracked",
        "fields": [
            {"name": "event", "type": "string"},
            {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "properties", "type": {"type": "map", "values": "string"}},
        ],
    }  # fmt: skip
    known.add(2, json.dumps(theirs))
    props = {"session_id": "s\0", "elementType": "button", "elementText": "Go", "$current_url": "https://x.example/"}
    raw = written(theirs, {"event": "$click", "timestamp": 1_700_000_000_000, "properties": props}, 2)
    (event,) = read_message(raw, avro=known).events
    assert (event.kind, event.at_ms, event.session_id) == ("click", 1_700_000_000_000, "s\ufffd")


def test_broken_headers_and_records_are_bad_input() -> None:
    """No registry, no such schema, a short header, a record that breaks off or goes on: each says what it is."""
    raw = avro.events_to_avro(1, events())
    known = reader("events")
    with pytest.raises(BadInput, match="no schema registry"):
        read_message(raw)
    with pytest.raises(UnknownSchema) as unknown:
        read_message(b"\0\0\0\0\7" + raw[5:], avro=known)
    assert unknown.value.schema_id == 7
    for broken in (raw[:3], raw[:5], raw[:-1], raw + b"x", b"\1" + raw[1:]):
        with pytest.raises(BadInput):
            read_message(broken, avro=known)
    with pytest.raises(BadInput):
        known.add(9, "{")
    with pytest.raises(BadInput):
        known.add(9, '{"type": "record", "name": "X", "fields": [{"name": "a", "type": "nothing"}]}')


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=80), st.integers(0, 300), st.sampled_from(NAMES))
def test_any_record_is_read_or_refused(noise: bytes, at: int, name: Name) -> None:
    """Noise after the header, and damage within a record."""
    known, alone = reader(name), AvroReader(assumes_ours=True)
    raw = avro.events_to_avro(1, events())
    for body in (b"\0\0\0\0\1" + noise, raw[:5] + raw[5 : at % len(raw)] + noise + raw[at % len(raw) + len(noise) :]):
        with suppress(BadInput):
            read_message(body, avro=known)
        with suppress(BadInput):
            read_message(body, avro=alone)


EMPTY = {"type": "record", "name": "E", "fields": [{"name": "n", "type": "null"}]}


@pytest.mark.parametrize(
    "items",
    ["null", EMPTY, {"type": "fixed", "name": "F", "size": 0}, {"type": "null"},
     {"type": "record", "name": "Outer", "fields": [{"name": "e", "type": EMPTY}, {"name": "f", "type": "E"}]}],
    ids=["null", "record", "fixed", "typed null", "record by name"],
)  # fmt: skip
def test_a_schema_by_which_a_few_bytes_fill_the_memory_is_refused(items: Any) -> None:
    """A list of items that take no bytes: eleven bytes would stand for 2^62 of them. In a field of a record, too."""
    known = AvroReader()
    for schema in (
        {"type": "array", "items": items},
        {
            "type": "record",
            "name": "R",
            "fields": [{"name": "a", "type": ["string", {"type": "array", "items": items}]}],
        },
        {"type": "map", "values": {"type": "array", "items": items}},
    ):
        with pytest.raises(BadInput, match="no bound"):
            known.add(1, json.dumps(schema))
    assert not known.knows(1)


NODE = record({"name": "next", "type": ["null", "R"]})


@pytest.mark.parametrize(
    "schema",
    [NODE, record(a("R")), record(a({"type": "array", "items": "R"})), record(a(record(a("R"), name="In")))],
    ids=["by a union", "bare", "by a list", "by another"],
)
def test_a_schema_that_contains_itself_is_refused(schema: Any) -> None:
    """A message under it could be nested as deep as it is long, which ends the process that reads it."""
    with pytest.raises(BadInput, match="contains itself"):
        AvroReader().add(1, json.dumps(schema))


def test_the_size_of_a_schema_is_bounded_with_its_names_written_out() -> None:
    """SCHEMA_NODES_MAX types are taken, one more is refused; so are few lines that double with each name."""

    def wide(types: int) -> str:
        return json.dumps(record(*({"name": f"f{n}", "type": "int"} for n in range(types - 1))))

    AvroReader().add(1, wide(SCHEMA_NODES_MAX))
    with pytest.raises(BadInput, match="more than"):
        AvroReader().add(1, wide(SCHEMA_NODES_MAX + 1))
    doubling: Any = record(a("null"), name="L0")
    for level in range(1, 40):
        doubling = record(a(doubling), {"name": "b", "type": f"L{level - 1}"}, name=f"L{level}")
    with pytest.raises(BadInput, match="more than"):
        AvroReader().add(1, json.dumps(doubling))


def test_a_list_longer_than_its_message_is_refused_at_once() -> None:
    """A count of items, or a length of a text, that the message doesn't hold."""
    known = reader("events")
    known.add(2, '"string"')
    for number, count in ((1, 2**40), (1, -(2**40)), (2, 2**40), (2, -1)):
        written_count = io.BytesIO()
        fastavro.schemaless_writer(written_count, "long", count)
        with pytest.raises(BadInput):
            known.record(b"\0" + number.to_bytes(4, "big") + written_count.getvalue() + b"\0" * 9)


JSON_SCHEMA = st.recursive(
    st.sampled_from(["null", "int", "string", "bytes", "N", "nothing", 5, {}]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda values: {"type": "map", "values": values}, inner),
        st.builds(
            lambda types: {"type": "record", "name": "N", "fields": [{"name": f"f{n}", "type": one}
                                                                     for n, one in enumerate(types)]},
            st.lists(inner, max_size=3),
        ),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON_SCHEMA, st.binary(max_size=40))
def test_any_schema_and_any_record_of_it_are_read_or_refused(schema: Any, noise: bytes) -> None:
    """What a registry holds is from others: a schema of any shape, and any bytes under it."""
    known = AvroReader()
    with suppress(BadInput):
        known.add(1, json.dumps(schema))
        read_message(b"\0\0\0\0\1" + noise, avro=known)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_earlier_versions_and_ours_read_each_other(name: Name, version: str) -> None:
    """What lies in topics is read by new workers, and what new workers write by those that still run."""
    old, new = json.loads(schema_text(name, version)), json.loads(schema_text(name))
    assert incompatibilities(old, new) == ()
    for writer, reading in ((old, new), (new, old)):
        record = fastavro.schemaless_reader(
            io.BytesIO(written(writer, {"value": b""} if name == "dead_letter" else {})[5:]),
            fastavro.parse_schema(writer, named_schemas={}),
            fastavro.parse_schema(reading, named_schemas={}),
        )
        assert set(record) == {one["name"] for one in reading["fields"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_a_default(name: Name) -> None:
    """So that fields can be added and taken away later."""
    waiting = [json.loads(schema_text(name))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and node.get("type") == "record":
            assert all("default" in one and one["doc"] for one in node["fields"])
            waiting += [one["type"] for one in node["fields"]]
        elif isinstance(node, dict):
            waiting.append(node.get("items"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (record(), record(a("int")), "no default"),
        (record(a("int")), record(), "no default"),
        (record(a("int")), record(a("string")), "int can't be read as string"),
        (record(a("int")), record(a("long")), "long can't be read as int"),
        (record(a(["null", "int"])), record(a("int")), "null can't be read as int"),
        (record(a({"type": "array", "items": "int"})), record(a({"type": "array", "items": "string"})), r"a\[\]"),
        (record(a({"type": "map", "values": "int"})), record(a({"type": "map", "values": "bytes"})), "bytes"),
        (
            record(a({"type": "enum", "name": "E", "symbols": ["X"]})),
            record(a({"type": "enum", "name": "E", "symbols": ["X", "Y"]})),
            "symbols",
        ),
        (record(name="A"), record(name="B"), "now called"),
        (record(a(record(a("int"), name="In"))), record(a(record(a("bytes"), name="In"))), "a.a"),
    ],
)
def test_what_breaks_readers_is_told(old: Any, new: Any, reason: str) -> None:
    """Each kind of break is found and named by its field."""
    with pytest.raises(BadInput, match=reason):
        require_compatible("stories-value", old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record(), record(a("int", default=0))),
        (record(a("int", default=0)), record()),
        (record(a("string")), record(a("bytes"))),
        (record(a(["null", "int"])), record(a(["int", "null"]))),
        (record(a(record(a("int"), name="In"))), record(a(record(a("int"), name="In")))),
    ],
)
def test_what_breaks_nobody_passes(old: Any, new: Any) -> None:
    """Fields with defaults come and go; promotions that hold both ways are fine."""
    assert incompatibilities(old, new) == ()


def test_to_json_and_avro_carry_the_same_story() -> None:
    """The body is the story's canonical JSON, so that both ways give the same bytes."""
    assert to_json(reader("story").story(avro.story_to_avro(1, story()))) == to_json(story())
