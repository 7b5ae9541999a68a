"""Whether records written with one Avro schema can be read with another."""

from typing import Any

from schemas.codecs import BadInput

_PROMOTIONS = {
    "int": {"int", "long", "float", "double"},
    "long": {"long", "float", "double"},
    "float": {"float", "double"},
    "string": {"string", "bytes"},
    "bytes": {"bytes", "string"},
}
_DEPTH_MAX = 50
_Names = tuple[dict[str, Any], dict[str, Any]]
"""The named types of the reader's schema and of the writer's."""


def incompatibilities(old: Any, new: Any) -> tuple[str, ...]:
    """Why readers and writers of two versions of a schema (as parsed JSON) don't understand each other; () if they do.

    Both directions count: running workers read what new ones write, and new ones read what lies in the topics.
    """
    backward = [f"the new version can't read the old one: {fault}" for fault in _faults(new, old)]
    forward = [f"the old version can't read the new one: {fault}" for fault in _faults(old, new)]
    return (*backward, *forward)


def require_compatible(subject: str, old: Any, new: Any) -> None:
    """Raises BadInput with every reason."""
    faults = incompatibilities(old, new)
    if faults:
        raise BadInput(f"schema of {subject}: {'; '.join(faults)}")


def _names(schema: Any) -> dict[str, Any]:
    """The named types within a schema."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("type") in ("record", "enum", "fixed") and isinstance(node.get("name"), str):
                found[_short(node["name"])] = node
            waiting += [node.get("items"), node.get("values"), node.get("type")]
            waiting += [one.get("type") for one in node.get("fields", []) if isinstance(one, dict)]
    return found


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _faults(reader: Any, writer: Any) -> list[str]:
    return _compare(reader, writer, (_names(reader), _names(writer)), "", 0)


def _open(schema: Any, names: dict[str, Any]) -> Any:
    """A schema with names and nested `type` objects resolved."""
    while True:
        if isinstance(schema, str) and _short(schema) in names:
            return names[_short(schema)]
        if isinstance(schema, dict) and isinstance(schema.get("type"), (dict, list)):
            schema = schema["type"]
            continue
        return schema


def _kind(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def _compare(reader: Any, writer: Any, names: _Names, place: str, depth: int) -> list[str]:
    reader, writer = _open(reader, names[0]), _open(writer, names[1])
    where = place or "the record"
    if depth > _DEPTH_MAX:
        return []
    if isinstance(writer, list):
        return [fault for branch in writer for fault in _compare(reader, branch, names, place, depth + 1)]
    if isinstance(reader, list):
        tried = [_compare(branch, writer, names, place, depth + 1) for branch in reader]
        return [] if any(not faults for faults in tried) else [f"{where}: no branch takes {_kind(writer)}"]
    kinds = _kind(reader), _kind(writer)
    if kinds[0] != kinds[1]:
        promoted = kinds[0] in _PROMOTIONS.get(kinds[1], set())
        return [] if promoted else [f"{where}: {kinds[1]} can't be read as {kinds[0]}"]
    match kinds[0]:
        case "record":
            return _compare_records(reader, writer, names, place, depth)
        case "array":
            return _compare(reader["items"], writer["items"], names, f"{place}[]", depth + 1)
        case "map":
            return _compare(reader["values"], writer["values"], names, f"{place}{{}}", depth + 1)
        case "enum":
            missing = sorted(set(writer["symbols"]) - set(reader["symbols"]))
            return [f"{where}: symbols {missing} are not known"] if missing and "default" not in reader else []
        case "fixed":
            return [] if reader["size"] == writer["size"] else [f"{where}: another size"]
    return []


def _compare_records(reader: Any, writer: Any, names: _Names, place: str, depth: int) -> list[str]:
    if _short(reader["name"]) != _short(writer["name"]):
        return [f"{place or 'the record'}: {writer['name']} is now called {reader['name']}"]
    written = {one["name"]: one for one in writer["fields"]}
    faults: list[str] = []
    for one in reader["fields"]:
        where = f"{place}.{one['name']}" if place else one["name"]
        theirs = next((written[name] for name in (one["name"], *one.get("aliases", [])) if name in written), None)
        if theirs is not None:
            faults += _compare(one["type"], theirs["type"], names, where, depth + 1)
        elif "default" not in one:
            faults.append(f"{where}: not written, and it has no default")
    return faults
