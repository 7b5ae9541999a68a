"""Values to JSON bytes and back.

The JSON is canonical: fields in the order of their declaration, defaults left out (except tags of unions and the
outer fields of records that clients read), no white space. Equal values give equal bytes.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, Generic, Literal, TypeVar, get_origin

import orjson
from pydantic import TypeAdapter, ValidationError

from schemas import cutting
from schemas.base import Value
from schemas.elements import Element
from schemas.recent import RecentByWeight

V = TypeVar("V", bound=Value)
P = TypeVar("P")

PRINTED_BYTES_MAX: Final = 1024 * 1024
"""JSON of the elements whose print is kept, and at most twice as much; as much of parts of stories."""
_SCALARS = frozenset({str, int, float, bool, type(None)})


class BadInput(ValueError):
    """Something from outside can't be read. The message says what and where, for the sender; no trace, no secrets."""


@lru_cache(maxsize=256)
def _fields(model: type[Value]) -> tuple[tuple[str, str, bool, Any], ...]:
    """(attribute, name in JSON, always printed, default) for each field of a model."""
    rows = []
    for attribute, field in model.model_fields.items():
        always = model.prints_all or field.is_required() or get_origin(field.annotation) is Literal
        rows.append((attribute, field.alias or attribute, always, field.get_default(call_default_factory=True)))
    return tuple(rows)


def dump(value: Any) -> Any:
    """A value as plain dicts, lists and scalars, defaults left out."""
    kind = type(value)
    if kind in _SCALARS:  # first, and once more below: nearly all that there is to print
        return value
    if isinstance(value, Value):
        return _changed_fields(value, dump)
    if isinstance(value, (tuple, list)):
        return [dump(item) for item in value]
    if isinstance(value, dict):
        return {key: dump(item) for key, item in value.items()}
    return value


def _changed_fields(value: Value, inner_of: Callable[[Any], Any]) -> dict[str, Any]:
    """The fields of a value that are no defaults, each as `inner_of` gives it."""
    fields = value.__dict__
    out = {}
    for attribute, name, always, default in _fields(type(value)):
        inner = fields[attribute]
        if always or (inner is not default and inner != default):
            out[name] = inner if type(inner) in _SCALARS else inner_of(inner)
    return out


def to_json(value: Any) -> bytes:
    """Canonical JSON of a value or of a list of values."""
    return orjson.dumps(_printable(value))


class PrintedValues(Generic[P]):
    """The canonical JSON of the values that came last, told apart by identity. Up to `half_max` bytes of JSON, twice.
    Safe on any thread."""

    def __init__(self, half_max: int, plain: Callable[[P], Any]) -> None:
        self._plain = plain
        self._known: RecentByWeight[int, tuple[P, orjson.Fragment, int]] = RecentByWeight(
            half_max, lambda _, kept: kept[2]
        )

    def put(self, value: P, raw: bytes) -> orjson.Fragment:
        """Keeps the JSON of a value."""
        fragment = orjson.Fragment(raw)
        # What is kept holds its value, so no other one has the same identity.
        self._known.put(id(value), (value, fragment, len(raw)))
        return fragment

    def of(self, value: P) -> orjson.Fragment:
        """The JSON of a value."""
        found = self._known.get(id(value))
        return found[1] if found else self.put(value, orjson.dumps(self._plain(value)))


def _printable(value: Any) -> Any:
    """As `dump`, with elements and parts of stories as their JSON."""
    kind = type(value)
    if kind is Element:
        return PRINTED.of(value)
    if isinstance(value, Value):
        return _changed_fields(value, _printable)
    if kind is tuple or kind is list:
        if kind is tuple and value and getattr(value[0], "printed_as_one", False):
            return PRINTED_PARTS.of(value)
        return _items(value)
    return dump(value)


def _items(values: Iterable[Any]) -> list[Any]:
    return [item if type(item) in _SCALARS else _printable(item) for item in values]


PRINTED: Final[PrintedValues[Element]] = PrintedValues(PRINTED_BYTES_MAX, dump)
"""Elements: one stands in an event, a step and a story, and is printed with each."""
PRINTED_PARTS: Final[PrintedValues[tuple[Value, ...]]] = PrintedValues(PRINTED_BYTES_MAX, _items)
"""The steps and actions of a story, which is printed to be measured, sent and stored, each time with other tags."""


def from_json(adapter: TypeAdapter[V], raw: bytes | str) -> V:
    """Parses one value of our own making (a topic of ours, our storage), of any version: what is beyond today's bounds
    is cut to them. Raises BadInput with the field's name."""
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        fault = error
    try:
        return cutting.validated(adapter, orjson.loads(raw))
    except ValidationError as error:
        raise BadInput(explain(error)) from None
    except orjson.JSONDecodeError:
        raise BadInput(explain(fault)) from None


def from_plain(adapter: TypeAdapter[V], value: Any) -> V:
    """The value of what `dump` gave, after texts of it were replaced by longer ones: cut like what `from_json` reads.
    It changes `value`. Raises BadInput."""
    try:
        return cutting.validated(adapter, value)
    except ValidationError as error:
        raise BadInput(explain(error)) from None


def explain(error: ValidationError) -> str:
    """The first three faults of a validation, in one line, without the values themselves (they may be secret)."""
    faults = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'value'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)[:3]
    ]
    return "; ".join(faults)
