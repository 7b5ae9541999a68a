"""A body that is no JSON as a whole, read event by event: what is wrong with one must not cost the others.

Numbers beyond any bound, objects nested without end and plain mistakes are told of the event in which they stand.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from schemas.codecs import BadInput

MARKS_MAX: Final = 1_000_000
"""Brackets, commas and texts that are looked at; a broken body with more is refused whole."""
LISTS: Final = (b'"events"', b'"batch"')
"""The fields of an envelope that hold events."""
_MARK: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """An event in a list that is no JSON."""

    reason: str


@dataclass(slots=True)
class _Spans:
    """Where the list of events begins and ends, and where its items do."""

    start: int = -1
    end: int = -1
    items: list[tuple[int, int]] | None = None


def salvaged(text: bytes, parse: Callable[[bytes], Any]) -> Any:
    """The document with a BrokenItem for each event that `parse` refuses by BadInput; None where the body is no list of
    events, nor an envelope around one, where not one of them can be read, or not even the brackets match."""
    spans = _spans(text)
    if spans is None or spans.items is None:
        return None
    items = [_item(text[first:last], parse) for first, last in spans.items if text[first:last].strip()]
    if not any(isinstance(item, dict) for item in items):
        return None
    try:
        document = parse(text[: spans.start] + b"[]" + text[spans.end :])
    except BadInput:
        return None
    if isinstance(document, list):
        return items
    return {name: items if value == [] else value for name, value in document.items()}


def _item(raw: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(raw)
    except BadInput as error:
        return BrokenItem(str(error))


def _spans(text: bytes) -> _Spans | None:
    """Finds the first list at the top, or that of a field of LISTS in the object at the top."""
    found = _Spans()
    depth = inside = begun = 0
    key, key_end = b"", 0
    for count, mark in enumerate(_MARK.finditer(text)):
        if count >= MARKS_MAX:
            return None
        what, at = mark[0], mark.start()
        if what == b"[" and not inside and depth <= 1 and _holds_events(text, depth, key, key_end, at):
            found.start, found.items, inside, begun = at, [], depth + 1, mark.end()
        if what in (b"[", b"{"):
            depth += 1
        elif what in (b"]", b"}"):
            depth -= 1
        elif what != b"," and depth == 1 and not inside:
            key, key_end = what, mark.end()
        if not inside or found.items is None:
            continue
        if what == b"," and depth == inside:
            found.items.append((begun, at))
            begun = mark.end()
        elif what == b"]" and depth == inside - 1:
            found.items.append((begun, at))
            found.end = mark.end()
            return found
    return None


def _holds_events(text: bytes, depth: int, key: bytes, key_end: int, at: int) -> bool:
    """Whether a list that begins here is the body itself, or a field of it that holds events."""
    if depth == 0:
        return not text[:at].strip()
    return key in LISTS and text[key_end:at].strip() == b":"
