"""Answers as bytes."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web


def json_answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer. Texts are expected to be storable, that is without lone surrogates."""
    return web.Response(
        body=orjson.dumps(value), status=status, headers=dict(headers or {}), content_type="application/json"
    )
