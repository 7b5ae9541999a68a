"""Foreign formats to events: pure parsers, told apart by content.

`read_body` is for HTTP, `read_file` for files, `read_message` for Kafka. Whatever they are given, they return an
Intake or raise BadInput, whose text is fit to be shown to the sender.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.intake.bodies import Bounds, Opening, TooLarge, clean, documents, require_few_parts, tokens_in, unwrapped
from pipeline.intake.formats.canonical import canonical_events
from pipeline.intake.formats.plain_challenge import plain_events
from pipeline.intake.languages import first_language, in_language
from pipeline.intake.reading import SMALL_BYTES_MAX, Admit, Intake, Reading, Refused, allow_all
from schemas import limits
from schemas.avro import AvroReader, schema_id
from schemas.codecs import BadInput

__all__ = ["Admit", "BadInput", "Intake", "Refused", "TooLarge", "read_body", "read_file", "read_message", "tokens_of"]

_NO_QUERY: Mapping[str, str] = {}
_NO_HEADERS: Mapping[str, bytes] = {}
_BODY = Bounds(limits.BODY_BYTES_MAX, limits.BODY_EVENTS_MAX)
_MESSAGE = Bounds(limits.BODY_BYTES_MAX, limits.MESSAGE_EVENTS_MAX)
_FILE = Bounds(limits.FILE_BYTES_MAX, limits.FILE_EVENTS_MAX)


def read_body(
    raw: bytes,
    *,
    content_type: str = "",
    query: Mapping[str, str] = _NO_QUERY,
    languages: str = "",
    admit: Admit = allow_all,
) -> Intake:
    """The events of an HTTP body, those that `admit` lets in. `languages` are those that its sender asks pages to be
    in, as Accept-Language has them: the page's own requests say the same. Raises BadInput when nothing of it is JSON,
    TooLarge (413) beyond the bounds."""
    return in_language(_read(raw, _BODY, content_type.lower(), query, admit), first_language(languages))


def tokens_of(raw: bytes, content_type: str = "", query: Mapping[str, str] = _NO_QUERY) -> list[str]:
    """The project tokens that stand in an HTTP body, for whoever must know its sender before reading it. Raises
    BadInput for wrappings that can't be opened, TooLarge beyond the bounds."""
    return tokens_in(unwrapped(raw, _BODY.bytes_max, content_type.lower(), query, Opening.of(len(raw))))


def read_file(raw: bytes) -> Intake:
    """The events of a file: as `read_body`, with the wider bounds of files."""
    return _read(raw, _FILE, "", _NO_QUERY)


def read_message(raw: bytes, headers: Mapping[str, bytes] = _NO_HEADERS, avro: AvroReader | None = None) -> Intake:
    """The events of a Kafka message: JSON, or Avro in the Confluent wire format where `avro` is given.

    Raises BadInput when nothing of it can be read, `schemas.avro.UnknownSchema` when its schema must be fetched first.
    """
    if schema_id(raw) is not None:
        if avro is None:
            raise BadInput("Avro in the Confluent wire format, but no schema registry is configured")
        return _read_document(clean(avro.events(raw)), _MESSAGE, len(raw))
    content_type = headers.get("content-type", b"").decode("latin-1").lower()
    quick = _read_quickly(raw) if len(raw) <= SMALL_BYTES_MAX and "form" not in content_type else None
    return quick or _read(raw, _MESSAGE, content_type, _NO_QUERY)


def _read_quickly(raw: bytes) -> Intake | None:
    """The events of a message in one of the two shapes that are the most frequent, None for any other one."""
    known = canonical_events(raw, _MESSAGE.events_max)
    if known is not None:
        events = tuple(event for event, _ in known)
        printed = {id(event): body for event, body in known if body is not None}
        return Intake(events, (), len(events), tuple(range(len(events))), printed)
    plain = plain_events(raw, _MESSAGE.events_max)
    return None if plain is None else Intake(tuple(plain), (), len(plain), tuple(range(len(plain))))


def _read(raw: bytes, bounds: Bounds, content_type: str, query: Mapping[str, str], admit: Admit = allow_all) -> Intake:
    opening = Opening(bounds.bytes_max) if bounds is _FILE else Opening.of(len(raw))
    text = unwrapped(raw, bounds.bytes_max, content_type, query, opening)
    if bounds is not _FILE:
        require_few_parts(text, len(raw))
    journeys_max = bounds.journeys_max(len(raw)) if bounds is _BODY else None
    small = len(text) <= SMALL_BYTES_MAX
    reading = Reading(bounds, opening, small=small, query=query, admit=admit, journeys_max=journeys_max)
    for document in documents(text, bounds.events_max, by_event=True):
        reading.document(document)
    return reading.result()


def _read_document(document: Any, bounds: Bounds, size: int) -> Intake:
    if size > bounds.bytes_max:
        raise TooLarge(f"the message has more than {bounds.bytes_max} bytes")
    reading = Reading(bounds, Opening.of(size), small=False)
    reading.document(document)
    return reading.result()
