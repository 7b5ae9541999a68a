"""Opaque cursors: the sort key of the last row of a page, and nothing that a client could put to use."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

import orjson

from schemas.codecs import BadInput

INTEGER_MAX: Final = 2**31 - 1
"""Of a number in a cursor: what a column can hold."""
_UNKNOWN: Final = "cursor: not one that an earlier answer gave"


def pack(start_timestamp: str, row_id: str) -> str:
    """The cursor that continues after this row."""
    return base64.urlsafe_b64encode(orjson.dumps([start_timestamp, row_id])).rstrip(b"=").decode("ascii")


def unpack(cursor: str) -> tuple[str, str]:
    """(start timestamp, id) of the row to continue after. Raises BadInput for anything that `pack` didn't make."""
    match _read(cursor):
        case [str(start), str(row_id)]:
            return start, row_id
    raise BadInput(_UNKNOWN)


def pack_values(sort: str, values: Sequence[Any]) -> str:
    """The cursor that continues after these values of a list that is sorted this way."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, *values])).rstrip(b"=").decode("ascii")


def unpack_values(cursor: str, sort: str, kinds: Sequence[type]) -> list[Any]:
    """The values to continue after. Raises BadInput for anything that `pack_values` didn't make for this sort."""
    found = _read(cursor)
    if isinstance(found, list) and len(found) == 1 + len(kinds) and found[0] == sort:
        values = found[1:]
        if all(_fits(value, kind) for value, kind in zip(values, kinds, strict=True)):
            return values
    raise BadInput(_UNKNOWN)


def _fits(value: object, kind: type) -> bool:
    if kind is int:
        return type(value) is int and abs(value) <= INTEGER_MAX
    return isinstance(value, kind)


def _read(cursor: str) -> object:
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return orjson.loads(raw)
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError):
        raise BadInput(_UNKNOWN) from None
