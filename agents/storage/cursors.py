"""Opaque cursors: the sort key of the last row of a page, and nothing that a client could put to use."""

import base64
import binascii

import orjson

from schemas.codecs import BadInput


def pack(start_timestamp: str, row_id: str) -> str:
    """The cursor that continues after this row."""
    return base64.urlsafe_b64encode(orjson.dumps([start_timestamp, row_id])).rstrip(b"=").decode("ascii")


def unpack(cursor: str) -> tuple[str, str]:
    """(start timestamp, id) of the row to continue after. Raises BadInput for anything that `pack` didn't make."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        match orjson.loads(raw):
            case [str(start), str(row_id)]:
                return start, row_id
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError):
        pass
    raise BadInput("cursor: not one that an earlier answer gave")
