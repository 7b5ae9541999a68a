"""Events as our own codec printed them: what is on the events topic behind HTTP.

Their envelope is decoded by type, and an element, a page or a change that came before in the same bytes is the same
object: the thousandth session of a flow costs little more than finding out that nothing in it is new. Whatever isn't
printed exactly as we would print it, or holds what the slow way would change, is left to the slow way: both give
equal events.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec
import orjson
from pydantic import TypeAdapter, ValidationError

from pipeline.intake.formats.native import fits, without_secrets
from pipeline.semantics.derived import RecentByBytes
from schemas import limits
from schemas.base import Value, made
from schemas.codecs import PRINTED, dump
from schemas.elements import Element
from schemas.events import Change, Event, EventBase, Page, Recording

PARTS_BYTES_MAX: Final = 2 * 1024 * 1024
"""JSON of the parts that are kept of one kind, and at most twice as much: some 5 times of it in memory."""
PART_BYTES_MAX: Final = 8 * 1024
"""A longer part is read anew each time: few are, and they seldom come again."""
NUL: Final = b"\\u0000"
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises at what it can't read, lists within lists a thousand deep among it: the slow way says why."""

_PLAIN = (str, int, bool, type(None))
_encode = msgspec.json.Encoder().encode
_slices = msgspec.json.Decoder(list[msgspec.Raw])


class _Head(msgspec.Struct):
    """What tells of which kind an event is."""

    kind: str


_head = msgspec.json.Decoder(_Head)


class Parts:
    """The parts of one type that came last, by their bytes. `read` makes one, `name` is the field that holds it."""

    def __init__(self, name: str, kind: Any) -> None:
        self._name = name
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)
        self._known: RecentByBytes[Any] = RecentByBytes(PARTS_BYTES_MAX)

    def read(self, raw: bytes) -> Any:
        """The part, None where it is for the slow way."""
        found = self._known.get(raw)
        if found is None:
            found = _part(self._name, self._adapter, raw)
            if found is not None and len(raw) <= PART_BYTES_MAX:
                self._known.put(raw, found)
                if isinstance(found, Element):
                    PRINTED.put(found, raw)
        return found


def _part(name: str, adapter: TypeAdapter[Any], raw: bytes) -> Any:
    try:
        document = orjson.loads(raw)
        if document is None or not fits({name: document}):
            return None
        part = adapter.validate_python(document)
    except (orjson.JSONDecodeError, ValidationError):
        return None
    return part if orjson.dumps(dump(part)) == raw else None


_elements = Parts("target", Element)
_pages = Parts("page", Page)
_changes = Parts("changes", Change)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How events of one kind are decoded: `parts` reads the fields that are no plain ones."""

    model: type[EventBase]
    decode: Callable[[bytes], msgspec.Struct]
    names: tuple[str, ...]
    parts: Mapping[str, Callable[[bytes], Any]]


def canonical_events(raw: bytes, events_max: int) -> list[tuple[Event, bytes | None]] | None:
    """The events of a message of ours, each with its canonical JSON where that is known; None where any of them is for
    the slow way."""
    if raw[:1] != b"[" or NUL in raw:
        return None
    try:
        slices = _slices.decode(raw)
    except UNREADABLE:
        return None
    if len(slices) > events_max:
        return None
    found: list[tuple[Event, bytes | None]] = []
    for one in slices:
        body = bytes(one)
        event = canonical_event(body)
        if event is None:
            return None
        safe = without_secrets(event)
        found.append((safe, body if safe is event else None))
    return found


def canonical_event(raw: bytes) -> Event | None:
    """The event that was printed as `raw`, None where it is for the slow way."""
    try:
        kind = _KINDS.get(_head.decode(raw).kind)
        if kind is None:
            return None
        told = kind.decode(raw)
    except UNREADABLE:
        return None
    if _encode(told) != raw:
        return None
    values: dict[str, Any] = {}
    for name in kind.names:
        value = getattr(told, name)
        if value is msgspec.UNSET:
            continue
        read = kind.parts.get(name)
        if read is not None:
            value = read(value)
            if value is None:
                return None
        elif type(value) is str and (len(value) > limits.TEXT_CHARS_MAX or name == "url") and not fits({name: value}):
            return None
        values[name] = value
    event: Any = made(kind.model, values)
    return cast("Event", event)


def _all_changes(raw: bytes) -> tuple[Any, ...] | None:
    pieces = _slices.decode(raw)
    if len(pieces) > limits.CHANGES_MAX:
        return None
    changes = tuple(_changes.read(bytes(piece)) for piece in pieces)
    return None if any(change is None for change in changes) else changes


def _kind_of(model: type[EventBase]) -> _Kind:
    rows: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    parts: dict[str, Callable[[bytes], Any]] = {}
    for name, field in model.model_fields.items():
        annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        plain = _plain(annotation)
        read = None if plain is not None else _reader_of(name, annotation)
        if read is not None:
            parts[name] = lambda raw, read=read: read(bytes(raw))  # type: ignore[misc]
        kind: Any = plain if read is None else msgspec.Raw
        if field.is_required() or get_origin(field.annotation) is Literal:
            rows.append((name, kind))  # always printed
        elif read is None:
            rows.append((name, kind, field.get_default(call_default_factory=True)))
        else:
            rows.append((name, kind | msgspec.UnsetType, msgspec.UNSET))
    struct = msgspec.defstruct(
        model.__name__, rows, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, gc=False
    )
    return _Kind(model, msgspec.json.Decoder(struct).decode, tuple(row[0] for row in rows), parts)


def _reader_of(name: str, annotation: Any) -> Callable[[bytes], Any]:
    held = [one for one in get_args(annotation) or (annotation,) if one is not type(None)]
    if Element in held:
        return _elements.read
    if Page in held:
        return _pages.read
    if name == "changes":
        return _all_changes
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    return lambda raw: _part(name, adapter, raw)


def _plain(annotation: Any) -> Any:
    """The type of a field that is a text, a number or a word of a few, as msgspec knows it; None for any other one."""
    origin = get_origin(annotation)
    if annotation in _PLAIN or origin is Literal:
        return annotation
    if origin is Annotated:
        inner, *bounds = get_args(annotation)
        plain = _plain(inner)
        return None if plain is None else Annotated[plain, msgspec.Meta(**_bounds(bounds))]
    if origin in (Union, types.UnionType):
        inner = [_plain(one) for one in get_args(annotation)]
        return None if any(one is None for one in inner) else Union[tuple(inner)]  # noqa: UP007 (made at run time)
    return None


def _bounds(metadata: list[Any]) -> dict[str, Any]:
    """The bounds that pydantic's metadata says, all of them: what we didn't know would let more in."""
    told: dict[str, Any] = {}
    for one in metadata:
        for name in ("ge", "le", "gt", "lt", "min_length", "max_length"):
            bound = getattr(one, name, None)
            if bound is not None:
                told[name] = bound
    return told


_KINDS: Final[Mapping[str, _Kind]] = {
    model.model_fields["kind"].default: _kind_of(model)
    for model in get_args(get_args(Event)[0])
    if model is not Recording and issubclass(model, Value)
}
