"""What a client is told when something is wrong: one shape, never a trace, never a value that may be secret.

`{"error": {"code", "message", "hint"}}`: `code` is for programs, `message` says what, `hint` what to do.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web

from agents.faults import trace_of
from agents.storage import StorageUnavailable
from agents.web.answers import json_answer
from agents.web.services import BrokerUnavailable
from schemas.codecs import BadInput

LOG = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RETRY_AFTER_S: Final = 2

HTTP_WORDS: Final = {
    404: ("not_found", "there is nothing at this address", "GET /docs lists the calls"),
    405: ("method_not_allowed", "this address doesn't take that method", "GET /docs lists the calls"),
    413: ("too_large", "the body is too large", "send it in smaller pieces"),
}


class ApiError(Exception):
    """Something that the client can do something about."""

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", *, retry_after_s: int = RETRY_AFTER_S, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint, self.more = status, code, message, hint, more
        self.retry_after_s = retry_after_s


def not_found(kind: str, key: str) -> ApiError:
    """404 for one thing by its id."""
    return ApiError(404, "not_found", f"no {kind} has the id {key[:100]!r}", "GET /docs shows the calls that list them")


def error_answer(
    status: int,
    code: str,
    message: str,
    hint: str,
    more: Mapping[str, Any] | None = None,
    retry_after_s: int = RETRY_AFTER_S,
) -> web.Response:
    """An error as an answer. 429 and 503 say when to try again, 401 how a key is sent."""
    headers = {"Retry-After": str(retry_after_s)} if status in (429, 503) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {"error": {"code": code, "message": message, "hint": hint}, **(more or {})}
    return json_answer(body, status=status, headers=headers)


def told(error: Exception) -> web.Response:
    """The answer for any exception."""
    if isinstance(error, web.HTTPException):
        return _told_http(error)
    known = api_error(error)
    return error_answer(known.status, known.code, known.message, known.hint, known.more, known.retry_after_s)


def api_error(error: Exception) -> ApiError:
    """What a client is told of any exception. One that isn't the client's fault is logged with its trace."""
    match error:
        case ApiError():
            return error
        case BadInput():
            return ApiError(400, "bad_request", str(error), "GET /docs shows what this call takes")
        case StorageUnavailable():
            LOG.warning("storage unavailable: %s", error)
            return ApiError(503, "storage_unavailable", "the storage is away at the moment", "try again soon")
        case BrokerUnavailable():
            LOG.warning("broker unavailable: %s", error)
            return ApiError(503, "broker_unavailable", "Kafka did not acknowledge in time", "send it again")
    LOG.error("a call failed: %s", trace_of(error))
    return ApiError(500, "internal", "something is wrong on our side", "the worker's log says more")


def _told_http(error: web.HTTPException) -> web.Response:
    code, message, hint = HTTP_WORDS.get(error.status, ("http_error", error.reason, ""))
    answer = error_answer(error.status, code, message, hint)
    if isinstance(error, web.HTTPMethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return answer


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The last net: what the router itself refuses, and what a view didn't foresee."""
    try:
        answer = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = told(error)
    except Exception as error:  # noqa: BLE001 - logged with its trace, answered without
        answer = told(error)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    return answer
