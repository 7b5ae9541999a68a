"""Small bodies of requests, read as far as a bound."""

from aiohttp import web

from agents.web.errors import ApiError


async def body_of(request: web.Request, bytes_max: int, too_large: ApiError) -> bytes:
    """The whole body. Raises `too_large` where it is longer than `bytes_max`."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > bytes_max:
            raise too_large
    return bytes(body)
