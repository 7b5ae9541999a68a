"""Query parameters of lists, with reasons for what can't be used."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from agents.storage import PageRequest
from agents.web.calls import Parameter
from schemas import limits
from schemas.codecs import BadInput

R = TypeVar("R")

LIMIT_DEFAULT = 50
CURSOR_CHARS_MAX = 1_000

PAGE_PARAMETERS = (
    Parameter(
        "limit",
        "query",
        "How many at most.",
        {"type": "integer", "minimum": 1, "maximum": limits.PAGE_ITEMS_MAX, "default": LIMIT_DEFAULT},
    ),
    Parameter(
        "cursor", "query", "`next_cursor` of the page before.", {"type": "string", "maxLength": CURSOR_CHARS_MAX}
    ),
)


def page_request(request: web.Request) -> PageRequest:
    """`limit` and `cursor`. Raises BadInput."""
    text = request.query.get("limit", str(LIMIT_DEFAULT))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= limits.PAGE_ITEMS_MAX):
        raise BadInput(f"limit: should be a whole number from 1 to {limits.PAGE_ITEMS_MAX}")
    cursor = request.query.get("cursor")
    if cursor is not None and len(cursor) > CURSOR_CHARS_MAX:
        raise BadInput("cursor: not one that an earlier answer gave")
    return PageRequest(int(text), cursor)


def text_filters(request: web.Request, *names: str) -> dict[str, str]:
    """The given ones of these parameters."""
    return {name: request.query[name] for name in names if name in request.query}


def flag(request: web.Request, name: str) -> bool | None:
    """`true`, `false`, or None where it isn't given. Raises BadInput."""
    match request.query.get(name):
        case None:
            return None
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise BadInput(f"{name}: should be true or false")


def text_parameter(name: str, description: str) -> Parameter:
    """A filter by equality."""
    return Parameter(name, "query", description)


async def off_loop(work: Callable[..., R], *arguments: Any) -> R:
    """Runs something that waits for a disk or a database on a thread."""
    return await asyncio.to_thread(work, *arguments)
