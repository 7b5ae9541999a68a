"""What our own earlier versions wrote, cut to the bounds of today's types.

Bounds may become narrower from one version to the next. What lies in storage and on topics since then is read on: a
text or list that is too long loses its end, a number beyond its range becomes the nearest one within.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

V = TypeVar("V")

PASSES_MAX: Final = 12
"""Lists in lists are cut from the outside in: more often than values are nested."""
_LONG: Final = ("string_too_long", "too_long")
_RANGES: Final[Mapping[str, tuple[str, int]]] = {
    "less_than_equal": ("le", 0),
    "less_than": ("lt", -1),
    "greater_than_equal": ("ge", 0),
}
"""Kinds of faults: where their bound stands, and how far from it the nearest number within is."""


def validated(adapter: TypeAdapter[V], value: Any) -> V:
    """A value of plain dicts, lists and scalars, which this changes. Raises ValidationError where anything but its
    size is wrong.

    Example: a name of 300 characters is read as its first TEXT_CHARS_MAX ones.
    """
    for _ in range(PASSES_MAX):
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            if not all(_cut(value, fault) for fault in error.errors(include_url=False)):
                raise
    return adapter.validate_python(value)


def _cut(value: Any, fault: Mapping[str, Any]) -> bool:
    """Mends one fault; whether it could be."""
    kind, bounds, found = fault["type"], fault.get("ctx", {}), fault["input"]
    if kind in _LONG and isinstance(found, str | list):
        fitting: Any = found[: bounds["max_length"]]
    elif kind in _RANGES and isinstance(found, int | float):
        name, off = _RANGES[kind]
        fitting = bounds[name] + off
    else:
        return False
    for holder, key in _places(value, fault["loc"]):
        if holder[key] is found:
            holder[key] = fitting
            return True
    return False


def _places(value: Any, way: tuple[int | str, ...]) -> Iterator[tuple[Any, Any]]:
    """The list or dict, and the key in it, that a way may lead to. A way also names the kinds of values that have one:
    parts that are no keys."""
    if not way:
        return
    part, rest = way[0], way[1:]
    inside = part in value if isinstance(value, dict) else isinstance(part, int) and part < len(value)
    if inside and not rest:
        yield value, part
    elif inside and isinstance(value[part], dict | list):
        yield from _places(value[part], rest)
    if isinstance(value, dict) and part in [one for one in value.values() if isinstance(one, str)]:
        yield from _places(value, rest)
