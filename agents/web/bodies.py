"""The bodies of edits, which are small."""

import orjson
from aiohttp import web

from agents.web.calls import Context
from agents.web.errors import ApiError
from schemas.codecs import BadInput


async def body_of(context: Context, request: web.Request, bytes_max: int, too_large: ApiError) -> bytes:
    """The whole body. Raises `too_large` where it is longer than `bytes_max`, ApiError (408, 429) where it can't be
    waited for."""
    async with context.edits.admitted(context.visitors.of(request), 429) as body:
        return await context.edits.read(body, request, bytes_max, too_large, 429)


def document_of(body: bytes) -> object:
    """The JSON in a body. Raises BadInput with the place where it stops being JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
