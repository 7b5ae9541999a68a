"""The bodies of edits, which are small."""

from aiohttp import web

from agents.web.calls import Context
from agents.web.errors import ApiError


async def body_of(context: Context, request: web.Request, bytes_max: int, too_large: ApiError) -> bytes:
    """The whole body. Raises `too_large` where it is longer than `bytes_max`, ApiError (408, 429) where it can't be
    waited for."""
    async with context.edits.admitted(context.visitors.of(request), 429) as body:
        return await context.edits.read(body, request, bytes_max, too_large, 429)
