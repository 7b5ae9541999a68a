"""Avro in the Confluent wire format: a zero byte, the schema's id in four bytes, the record.

The records are plain on purpose: what everybody asks for is typed, the deep part travels as JSON in `body`, so that a
new kind of event or step needs no new schema. Every field has a default: readers of either version read the other's.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, Literal

import fastavro
import orjson

from schemas.avro_bounds import require_bounded
from schemas.base import Value
from schemas.codecs import BadInput, dump, from_json, to_json
from schemas.events import Event
from schemas.generated_tests import GENERATED_TEST, GeneratedTest
from schemas.stories import STORY, Story
from schemas.verdicts import VERDICT, Verdict

MAGIC: Final = b"\x00"
HEADER_BYTES: Final = 5
Name = Literal["events", "story", "test", "verdict", "dead_letter"]
NAMES: tuple[Name, ...] = ("events", "story", "test", "verdict", "dead_letter")
_ENVELOPE = ("id", "app", "session_id", "journey_id", "user_id", "tab_id", "at_ms", "seq", "kind", "source")
_STORY = (
    "id", "version", "app", "journey_id", "session_id", "user_id", "title", "sentence", "startTimestamp",
    "endTimestamp", "closed_by", "tags", "flow_key",
)  # fmt: skip
_TEST = ("id", "version", "app", "flow_id", "story_id", "name", "file_name", "title", "tags", "code")
_VERDICT = (
    "id", "test_id", "revision", "app", "build", "environment", "started_at", "ended_at", "outcome", "kind",
)  # fmt: skip


class UnknownSchema(BadInput):
    """A record names a schema that has not been fetched yet: fetch `schema_id`, add it to the reader, try again."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Avro: schema {number} is not known")
        self.schema_id = number


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be read: where it came from, its bytes (cut), and why."""

    cause: str
    topic: str = ""
    partition: int = -1
    offset: int = -1
    key: bytes | None = None
    value: bytes = b""
    value_bytes: int = 0


def schema_text(name: Name, version: str = "") -> str:
    """A schema as it is registered; `version` is the folder of an earlier one, as in "v1"."""
    folder = files("schemas") / "avsc"
    return (folder / version / f"{name}.avsc" if version else folder / f"{name}.avsc").read_text("utf-8")


def _parsed(text: str) -> Any:
    """A schema ready for use. Raises BadInput."""
    try:
        return fastavro.parse_schema(json.loads(text), named_schemas={})
    except Exception as error:  # noqa: BLE001 - whatever a reader of a foreign schema stumbles on is in that schema
        raise BadInput(f"Avro: the schema can't be read: {type(error).__name__}") from None


_OURS: dict[Name, Any] = {name: _parsed(schema_text(name)) for name in NAMES}


def schema_id(raw: bytes) -> int | None:
    """The id of the schema that a record was written with; None where it is not in the Confluent wire format."""
    if len(raw) < HEADER_BYTES or not raw.startswith(MAGIC):
        return None
    return int.from_bytes(raw[1:HEADER_BYTES], "big")


def _written(name: Name, number: int, record: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    out.write(MAGIC + number.to_bytes(4, "big"))
    fastavro.schemaless_writer(out, _OURS[name], record)
    return out.getvalue()


def events_to_avro(number: int, events: Iterable[Event]) -> bytes:
    """Events as one message, under the id that the registry gave to the schema `events`."""
    return _written("events", number, {"events": [_event_record(dump(event)) for event in events]})


def event_list_to_avro(number: int, raw: bytes) -> bytes:
    """The same of events that are canonical JSON already, as a list. It takes no more bytes than that."""
    return _written("events", number, {"events": [_event_record(event) for event in orjson.loads(raw)]})


def _event_record(event: dict[str, Any]) -> dict[str, Any]:
    """What is left out has the schema's default, which is the event's."""
    record = {name: event.pop(name) for name in _ENVELOPE if name in event}
    return {**record, "body": orjson.dumps(event).decode()}


def story_to_avro(number: int, story: Story) -> bytes:
    """A story as a message, under the id of the schema `story`."""
    return _written("story", number, _with_body(story, _STORY))


def generated_test_to_avro(number: int, test: GeneratedTest) -> bytes:
    """A test as a message, under the id of the schema `test`."""
    return _written("test", number, _with_body(test, _TEST))


def verdict_to_avro(number: int, verdict: Verdict) -> bytes:
    """A verdict as a message, under the id of the schema `verdict`."""
    return _written("verdict", number, _with_body(verdict, _VERDICT))


def _with_body(value: Value, names: tuple[str, ...]) -> dict[str, Any]:
    whole = dump(value)
    return {**{name: whole[name] for name in names}, "body": to_json(value).decode()}


def dead_letter_to_avro(number: int, letter: DeadLetter) -> bytes:
    """A dead letter as a message, under the id of the schema `dead_letter`."""
    return _written("dead_letter", number, {name: getattr(letter, name) for name in DeadLetter.__slots__})


@dataclass
class AvroReader:
    """Reads records whose schemas are known by their ids. It fetches nothing: whoever owns it adds what is missing.

    `assumes_ours` is for who has no registry to ask: an unknown schema is then taken for ours of the kind of record
    that is asked for, and the record refused unless it fits to its last byte.
    """

    assumes_ours: bool = False
    _known: dict[int, Any] = field(default_factory=dict)

    def knows(self, number: int) -> bool:
        return number in self._known

    def add(self, number: int, text: str) -> None:
        """Makes a writer's schema known. Raises BadInput where it is none, or has no bounds (`schemas.avro_bounds`)."""
        schema = _parsed(text)
        require_bounded(schema)
        self._known[number] = schema

    def record(self, raw: bytes, name: Name | None = None) -> Any:
        """A record as plain values; one of ours is brought to the current schema. `name` is what it should be.

        Raises BadInput, UnknownSchema.
        """
        number = schema_id(raw)
        if number is None:
            raise BadInput("Avro: the header is broken (a zero byte and four bytes of the schema's id)")
        writer = self._known.get(number)
        if writer is None and self.assumes_ours and name is not None:
            writer = _OURS[name]
        if writer is None:
            raise UnknownSchema(number)
        reader = next((ours for ours in _OURS.values() if _full_name(ours) == _full_name(writer)), None)
        stream = io.BytesIO(raw[HEADER_BYTES:])
        try:
            record = fastavro.schemaless_reader(stream, writer, reader)
        except Exception as error:  # noqa: BLE001 - whatever a reader of foreign bytes stumbles on is in these bytes
            raise BadInput(f"Avro: the record does not fit its schema {number} ({type(error).__name__})") from None
        if stream.read(1):
            raise BadInput(f"Avro: bytes are left over after the record of schema {number}")
        return record

    def events(self, raw: bytes) -> Any:
        """The document that a message of events stands for: native JSON, or what another producer's schema holds."""
        record = self.record(raw, "events")
        if self.assumes_ours and isinstance(record, dict) and not record.get("events"):
            raise BadInput("Avro: without a schema registry, a message of no events can't be told from another's")
        return _unwrapped(record)

    def story(self, raw: bytes) -> Story:
        """A story. Raises BadInput."""
        return from_json(STORY, self._body(raw, "story"))

    def test(self, raw: bytes) -> GeneratedTest:
        """A test. Raises BadInput."""
        return from_json(GENERATED_TEST, self._body(raw, "test"))

    def verdict(self, raw: bytes) -> Verdict:
        """A verdict. Raises BadInput."""
        return from_json(VERDICT, self._body(raw, "verdict"))

    def dead_letter(self, raw: bytes) -> DeadLetter:
        """A dead letter. Raises BadInput."""
        record = self.record(raw, "dead_letter")
        if not isinstance(record, dict) or not set(DeadLetter.__slots__) <= set(record):
            raise BadInput("Avro: no dead letter")
        if isinstance(record["value"], str):
            # A default of the type bytes is text in Avro's JSON, and fastavro leaves it so.
            record["value"] = record["value"].encode("latin-1")
        return DeadLetter(**{name: record[name] for name in DeadLetter.__slots__})

    def _body(self, raw: bytes, name: Name) -> str:
        record = self.record(raw, name)
        body = record.get("body") if isinstance(record, dict) else None
        if not isinstance(body, str):
            raise BadInput("Avro: the record has no body")
        return body


def _full_name(schema: Any) -> str | None:
    return schema.get("name") if isinstance(schema, dict) else None


def _unwrapped(record: Any) -> Any:
    """Puts the fields of `body` beside those of the envelope; other producers' records are left as they are."""
    if not isinstance(record, dict):
        return record
    if isinstance(record.get("events"), list):
        return {**record, "events": [_unwrapped(one) for one in record["events"]]}
    if not isinstance(record.get("body"), str) or "kind" not in record:
        return record
    try:
        body = orjson.loads(record["body"])
    except orjson.JSONDecodeError:
        raise BadInput("body: not JSON") from None
    if not isinstance(body, dict):
        raise BadInput("body: should be an object")
    # What is null is left out, as in JSON: the quick way of reading an event bears none.
    return {**body, **{name: value for name, value in record.items() if name != "body" and value is not None}}
