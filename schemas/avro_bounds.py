"""What a writer's schema may look like, so that no few bytes under it can fill the memory or exhaust the stack.

fastavro reads by recursion in C, without a bound of its own: a schema that contains itself lets a message nest as deep
as it is long, and ends the process; a list of items that take no bytes lets eleven bytes stand for 2^62 of them.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from schemas.codecs import BadInput

SCHEMA_NODES_MAX: Final = 10_000
"""Types of a schema with every name written out."""


class _Size(NamedTuple):
    """Types in a schema, names written out, and the fewest bytes that a value of it takes (0 or more)."""

    nodes: int
    bytes_min: int


def require_bounded(schema: Any) -> None:
    """Raises BadInput for a parsed schema that contains itself, is too large, or has a list without a bound."""
    try:
        _size(schema, {}, frozenset())
    except RecursionError:
        raise BadInput("Avro: the schema is nested too deeply") from None


def _size(schema: Any, named: dict[str, _Size], within: frozenset[str]) -> _Size:
    if isinstance(schema, str):
        if schema in within:
            raise BadInput(f"Avro: the schema's {schema[:100]} contains itself; its depth has no bound")
        return named.get(schema, _Size(1, 0 if schema == "null" else 1))
    if isinstance(schema, list):
        return _checked(1 + sum(_size(one, named, within).nodes for one in schema), 1)
    if not isinstance(schema, dict):
        return _Size(1, 0)
    found = _of_object(schema, named, within)
    if isinstance(schema.get("name"), str):
        named[schema["name"]] = found
    return found


def _of_object(schema: Mapping[str, Any], named: dict[str, _Size], within: frozenset[str]) -> _Size:
    kind = schema.get("type")
    if kind == "array":
        items = _size(schema.get("items"), named, within)
        if items.bytes_min == 0:
            raise BadInput("Avro: the schema has a list of items that take no bytes; such a list has no bound")
        return _checked(1 + items.nodes, 1)
    if kind == "map":
        return _checked(1 + _size(schema.get("values"), named, within).nodes, 1)
    if kind == "fixed":
        return _Size(1, int(schema.get("size") or 0))
    if kind in ("record", "error"):
        inside = within | {str(schema.get("name"))}
        fields = [_size(field.get("type"), named, inside) for field in schema.get("fields", ())]
        return _checked(1 + sum(one.nodes for one in fields), sum(one.bytes_min for one in fields))
    return _Size(1, 1) if kind == "enum" else _size(kind, named, within)


def _checked(nodes: int, bytes_min: int) -> _Size:
    if nodes > SCHEMA_NODES_MAX:
        raise BadInput(f"Avro: the schema has more than {SCHEMA_NODES_MAX} types")
    return _Size(nodes, bytes_min)
