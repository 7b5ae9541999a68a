"""Answers as bytes."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from aiohttp import web

PLAIN_BYTES_MAX: Final = 2_048
"""Beyond it JSON is sent compressed to whoever takes that: a list of a hundred flows has a tenth of its size then."""


def compress(answer: web.StreamResponse) -> None:
    """Has a large JSON answer sent as gzip or deflate where the request accepts it. Call before it is sent."""
    if not isinstance(answer, web.Response) or answer.content_type != "application/json":
        return
    if isinstance(answer.body, bytes) and len(answer.body) > PLAIN_BYTES_MAX:
        answer.headers["Vary"] = "Accept-Encoding"
        answer.enable_compression()


def json_answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer. Texts are expected to be storable, that is without lone surrogates."""
    return web.Response(
        body=orjson.dumps(value), status=status, headers=dict(headers or {}), content_type="application/json"
    )
