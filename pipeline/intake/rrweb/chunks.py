"""A pruned rrweb recording: what a `Recording` event holds in its chunk.

Nodes lie flat, each with the id of its parent, so that a page may be as deep as it likes. A chunk is the JSON list of
entries, zlib-compressed, in base64: bounded in both directions.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from pydantic import FailFast, Field, StringConstraints, TypeAdapter, ValidationError

from pipeline.intake.bodies import parsed
from schemas.base import AtMs, Found, Long, SizePx, Text, Url, Value
from schemas.codecs import BadInput, explain, to_json
from schemas.events import Chunk as ChunkText

CHUNK_JSON_BYTES_MAX: Final = 4 * 1024 * 1024
"""A chunk once decompressed."""
CHUNK_CHARS_MAX: Final = 200 * 1024
"""A chunk as it travels: leaves room for the envelope within EVENT_BYTES_MAX."""
_JSON_BYTES_AIM: Final = 1024 * 1024

ITEMS_MAX: Final = CHUNK_JSON_BYTES_MAX // 2
"""No chunk has room for more items in a list."""
ATTRIBUTES_MAX: Final = 100
"""Attributes of one node: more than are ever kept."""
TAG_CHARS_MAX: Final = 60
"""Letters of a tag; what comes beyond is cut."""

NodeId = Annotated[int, Field(ge=-1, lt=2**53)]
"""rrweb's number of a node; -1 is none."""
Tag = Annotated[str, StringConstraints(max_length=TAG_CHARS_MAX)]
Attributes = Annotated[dict[Text, Found], Field(max_length=ATTRIBUTES_MAX)]
Changed = Annotated[dict[Text, Found | None], Field(max_length=ATTRIBUTES_MAX)]
Node = tuple[NodeId, NodeId, NodeId, Tag, Attributes, Text]
"""(id, parent, next sibling or -1, tag, attributes, text). Tags of other nodes: `#text`, `#document`, `#comment`.

Attributes with `#` are ours: `#hidden` (display: none), `#shadow` (a child within the parent's shadow root).
"""

Items = (FailFast(), Field(max_length=ITEMS_MAX))
"""Lists end at their first fault: one told of each item costs far more than reading them."""
Nodes = Annotated[tuple[Node, ...], *Items]


class MetaEntry(Value):
    """A document began, or its address changed."""

    t: Literal["meta"] = "meta"
    at_ms: AtMs
    url: Url
    width_px: SizePx = 0
    height_px: SizePx = 0


class FullEntry(Value):
    """The whole page."""

    t: Literal["full"] = "full"
    at_ms: AtMs
    nodes: Nodes


class MutationEntry(Value):
    """What changed in the page; an attribute that is None was removed."""

    t: Literal["mutation"] = "mutation"
    at_ms: AtMs
    removes: Annotated[tuple[NodeId, ...], *Items] = ()
    adds: Nodes = ()
    texts: Annotated[tuple[tuple[NodeId, Text], ...], *Items] = ()
    attributes: Annotated[tuple[tuple[NodeId, Changed], ...], *Items] = ()


class InputEntry(Value):
    """A field's value or state. `secret`: the value was withheld at intake."""

    t: Literal["input"] = "input"
    at_ms: AtMs
    node: NodeId
    text: Long = ""
    checked: bool = False
    secret: bool = False


class MouseEntry(Value):
    """A click and its like, or a change of focus."""

    t: Literal["mouse"] = "mouse"
    at_ms: AtMs
    node: NodeId
    what: Literal["click", "contextmenu", "dblclick", "focus", "blur"]


Entry = MetaEntry | FullEntry | MutationEntry | InputEntry | MouseEntry
Entries = Annotated[tuple[Annotated[Entry, Field(discriminator="t")], ...], *Items]
_ENTRIES: TypeAdapter[tuple[Entry, ...]] = TypeAdapter(Entries)


class Chunk(Value):
    """Entries ready to travel. `left_out` says what was too large to go with them."""

    at_ms: AtMs
    text: ChunkText = ""
    left_out: Text = ""


def chunks(entries: Iterable[Entry]) -> Iterator[Chunk]:
    """Packs entries into as few chunks as the bounds allow."""
    group: list[Entry] = []
    size = 0
    for entry in entries:
        weight = len(to_json(entry))
        if group and size + weight > _JSON_BYTES_AIM:
            yield from _packed(group)
            group, size = [], 0
        group.append(entry)
        size += weight
    if group:
        yield from _packed(group)


def _packed(group: list[Entry]) -> Iterator[Chunk]:
    json = to_json(group)
    text = base64.b64encode(zlib.compress(json, 6)).decode()
    if len(text) <= CHUNK_CHARS_MAX and len(json) <= CHUNK_JSON_BYTES_MAX:
        yield Chunk(at_ms=group[0].at_ms, text=text)
    elif len(group) == 1:
        yield Chunk(at_ms=group[0].at_ms, left_out="a page that was too large to be kept")
    else:
        half = len(group) // 2
        yield from _packed(group[:half])
        yield from _packed(group[half:])


def unpacked(chunk: str) -> tuple[Entry, ...]:
    """The entries of a chunk. Raises BadInput: a chunk can come from anybody."""
    return entries_of(inflated(chunk))


def inflated(chunk: str) -> bytes:
    """The JSON of a chunk, at most CHUNK_JSON_BYTES_MAX. Raises BadInput."""
    try:
        raw = base64.b64decode(chunk, validate=True)
        stream = zlib.decompressobj()
        json = stream.decompress(raw, CHUNK_JSON_BYTES_MAX)
    except (ValueError, binascii.Error, zlib.error):
        raise BadInput("chunk: can't be unpacked") from None
    if not stream.eof:
        raise BadInput("chunk: too large, or it ends too early")
    return json


def opened_bytes(chunk: str, bytes_max: int) -> int:
    """How many bytes a chunk opens to, counted up to `bytes_max`; 0 where it can't be opened."""
    try:
        return len(zlib.decompressobj().decompress(base64.b64decode(chunk, validate=True), bytes_max))
    except (ValueError, binascii.Error, zlib.error):
        return 0


def entries_of(json: bytes) -> tuple[Entry, ...]:
    """The entries that a chunk's JSON holds. Raises BadInput."""
    try:
        return _ENTRIES.validate_python(parsed(json))
    except ValidationError as error:
        raise BadInput(f"chunk: {explain(error)}") from None
