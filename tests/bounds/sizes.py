"""How many bytes a value can take as JSON at the very most, read off the schema that pydantic validates it with."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from schemas.base import Value

ESCAPED_BYTES = 6
"""The worst character of all: a control character is six in JSON."""
FLOAT_BYTES = 25


class Unbounded(AssertionError):
    """A text, number, list or object without a bound."""


def models() -> Iterator[type[Value]]:
    """Every value that there is."""
    waiting = Value.__subclasses__()
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        yield model


def bytes_max(kind: Any, without: frozenset[str] = frozenset()) -> int:
    """The bytes of the largest value of this type, `without` fields of these names. Raises Unbounded with the way to
    what has no bound."""
    schema = TypeAdapter(kind).core_schema
    return _Sizes(without).of(schema, "")


class _Sizes:
    """Goes through a core schema; types that occur twice are looked at once."""

    def __init__(self, without: frozenset[str]) -> None:
        self._without = without
        self._named: dict[str, Any] = {}
        self._known: dict[str, int] = {}

    def of(self, schema: Mapping[str, Any], way: str) -> int:
        kind = schema["type"]
        if kind in _SCALARS:
            return _SCALARS[kind](schema, way)
        if kind in ("union", "tagged-union"):
            choices = schema["choices"]
            return max(self.of(one, way) for one in (choices.values() if isinstance(choices, dict) else choices))
        if kind == "function-after" and schema["schema"]["type"] == "float":  # what is made of a number is a number
            return self.of(schema["schema"], way)
        if kind in ("nullable", "default", "model"):
            return max(4, self.of(schema["schema"], way or schema.get("cls", type(None)).__name__))
        return self._composed(kind, schema, way)

    def _composed(self, kind: str, schema: Mapping[str, Any], way: str) -> int:
        if kind == "definitions":
            self._named |= {one["ref"]: one for one in schema["definitions"]}
            return self.of(schema["schema"], way)
        if kind == "definition-ref":
            name = schema["schema_ref"]
            if name not in self._known:
                self._known[name] = self.of(self._named[name], way)
            return self._known[name]
        if kind == "model-fields":
            return self._object(schema, way)
        if kind == "tuple":
            items = [self.of(one, f"{way}[]") for one in schema["items_schema"]]
            at = schema.get("variadic_item_index")
            return sum(items) + len(items) + 2 if at is None else _length(schema, way) * (items[at] + 1) + 2
        if kind == "dict":
            pair = self.of(schema["keys_schema"], f"{way}.key") + self.of(schema["values_schema"], f"{way}.*")
            return _length(schema, way) * (pair + 2) + 2
        raise Unbounded(f"{way}: {kind} is a type whose size nobody knows")

    def _object(self, schema: Mapping[str, Any], way: str) -> int:
        return 2 + sum(
            len(one.get("validation_alias") or name) + 4 + self.of(one["schema"], f"{way}.{name}")
            for name, one in schema["fields"].items()
            if name not in self._without
        )


def _length(schema: Mapping[str, Any], way: str) -> int:
    if "max_length" not in schema:
        raise Unbounded(f"{way}: a {schema['type']} without a bound")
    return int(schema["max_length"])


def _integer(schema: Mapping[str, Any], way: str) -> int:
    low, high = schema.get("ge", schema.get("gt")), schema.get("le", schema.get("lt"))
    if low is None or high is None or not -(2**63) <= low <= high < 2**63:
        raise Unbounded(f"{way}: a number without bounds, or beyond 64 bits")
    return max(len(str(low)), len(str(high)))


def _fraction(schema: Mapping[str, Any], way: str) -> int:
    if schema.get("allow_inf_nan") is not False or not {"ge", "le"} <= schema.keys():
        raise Unbounded(f"{way}: a number without bounds")
    return FLOAT_BYTES


_SCALARS = {
    "str": lambda schema, way: ESCAPED_BYTES * _length(schema, way) + 2,
    "int": _integer,
    "float": _fraction,
    "bool": lambda _schema, _way: 5,
    "literal": lambda schema, _way: max(len(str(one)) for one in schema["expected"]) + 2,
}
