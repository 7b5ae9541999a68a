"""Puts the calls on the Faust app's own web server, as Faust views on its one port."""

import logging
from collections.abc import Iterable, Sequence
from functools import cache
from time import perf_counter
from typing import Any, Final

import faust
import orjson
from aiohttp import web
from faust.web import View
from faust.web.base import BlueprintManager

from agents.web import openapi
from agents.web.access import Home, allow_origin, check_key, check_origin, check_page
from agents.web.answers import compress, json_answer
from agents.web.calls import Answer, Call, Context
from agents.web.errors import ApiError, error_answer, error_middleware, told
from agents.web.guards.arrivals import EDIT_PLACES, Gate
from agents.web.guards.connections import BoundedRunner
from agents.web.guards.hosts import Hosts, own_names_only
from agents.web.guards.visitors import Visitors
from agents.web.ingest import Ingest
from agents.web.intake import events, posthog
from agents.web.row_counts import RowCounts
from agents.web.services import WebServices
from agents.web.streams import Streams
from agents.web.views import (
    agreement,
    artifacts,
    coverage,
    dashboard,
    flows,
    health,
    live,
    patterns,
    places,
    runs,
    stories,
    stream,
    tests,
    verdicts,
)

LOG = logging.getLogger(__name__)
PREFLIGHT_AGE_S: Final = 86_400
LINE_BYTES_MAX: Final = 16 * 1024
"""A request line or header; ids of the greatest length, percent-encoded, fit."""


async def get_openapi(_context: Context, _request: web.Request) -> web.Response:
    """This description."""
    return json_answer(_described())


@cache
def _described() -> orjson.Fragment:
    """The description as it is sent: to make it takes a fifteenth of a second, and anybody may ask for it."""
    return orjson.Fragment(orjson.dumps(openapi.description(CALLS)))


CALLS: Final[tuple[Call, ...]] = (
    *events.CALLS,
    *stories.CALLS,
    *places.CALLS,
    *tests.CALLS,
    *verdicts.CALLS,
    *artifacts.CALLS,
    *runs.CALLS,
    *flows.CALLS,
    *agreement.CALLS,
    *coverage.CALLS,
    *patterns.CALLS,
    *posthog.CALLS,
    *live.CALLS,
    *stream.CALLS,
    *health.CALLS,
    *dashboard.CALLS,
    Call(
        "GET",
        "/openapi.json",
        get_openapi,
        "This description.",
        {200: Answer("OpenAPI 3.0.", {"type": "object"})},
        tag="operations",
    ),
)


def register(app: faust.App, services: WebServices) -> None:
    """Adds every call to the app. Call once, before the app starts.

    Faust's own pages (tables, router, statistics) are taken off: they would show journeys to whoever asks.
    """
    edits, visitors = Gate(services.metrics, EDIT_PLACES), Visitors(services.settings.proxies)
    context = Context(services, Ingest(services), RowCounts(), edits, visitors, Streams())
    server = app.web
    server.blueprints = BlueprintManager([])
    for path, calls in by_path(CALLS).items():
        server.add_view(view_class(path, calls, context))
    prepare(server.web_app, context)
    # Bodies are decompressed by our own reader, which is bounded; aiohttp's would come before any bound of ours.
    server._runner = runner(server.web_app, visitors)


def prepare(web_app: web.Application, context: Context) -> None:
    """The parts of the aiohttp application that stand around the views."""
    web_app.middlewares.append(error_middleware)
    web_app.middlewares.append(dashboard.not_found_page)
    if not context.services.keys.required:
        web_app.middlewares.append(own_names_only(Hosts(context.services.settings)))

    async def end_streams(_: web.Application) -> None:
        context.streams.close()

    async def close(_: web.Application) -> None:
        context.ingest.close()

    web_app.on_shutdown.append(end_streams)
    web_app.on_cleanup.append(close)


class _Unquoted(logging.Filter):
    """aiohttp logs a request that it can't parse with the bytes as they came, a key in its address among them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps the record, and of its error only the kind."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage()}: {type(record.exc_info[1]).__name__}", ()
            record.exc_info, record.exc_text = None, None
        return True


def http_logger() -> logging.Logger:
    """Where aiohttp says what it can't serve, without what was sent."""
    logger = logging.getLogger(f"{__name__}.http")
    if not logger.filters:
        logger.addFilter(_Unquoted())
    return logger


def runner(web_app: web.Application, visitors: Visitors) -> web.AppRunner:
    """The server with the settings that our reading of bodies relies on."""
    return BoundedRunner(
        web_app,
        visitors,
        access_log=None,
        logger=http_logger(),
        auto_decompress=False,
        max_line_size=LINE_BYTES_MAX,
        max_field_size=LINE_BYTES_MAX,
        lingering_time=2.0,
        shutdown_timeout=3.0,
    )


def by_path(calls: Iterable[Call]) -> dict[str, list[Call]]:
    """The calls of each path."""
    paths: dict[str, list[Call]] = {}
    for call in calls:
        paths.setdefault(call.path, []).append(call)
    return paths


def view_class(path: str, calls: list[Call], context: Context) -> type[View]:
    """A Faust view for the calls of one path."""
    members: dict[str, Any] = {call.method.lower(): _method(call, context) for call in calls}
    allowed = sorted(call.method for call in calls)
    if any(call.capture for call in calls):
        members["options"] = _preflight(allowed, context.services.settings.origins)
    members["on_request_error"] = _refuse_method(allowed)
    # aiohttp's own pattern for a variable leaves out braces, which an id may well have.
    members |= {"view_path": path.replace("}", ":[^/]+}"), "view_name": path}
    return type("View", (View,), members)


def _method(call: Call, context: Context) -> Any:
    histogram = context.services.metrics.http_seconds
    origins, home = context.services.settings.origins, Home(context.services.settings.web_url, context.visitors)

    async def method(_view: View, request: web.Request, **_: str) -> web.StreamResponse:
        began_s = perf_counter()
        try:
            if not call.capture:
                check_page(home, request)
            elif call.method == "POST":
                check_origin(origins, home, request)
            check_key(context.services.keys, call, request)
            answer = await call.handler(context, request)
        except Exception as error:  # noqa: BLE001 - `told` logs what isn't the client's fault
            if isinstance(error, ApiError) and call.capture and error.status < 500:
                context.services.metrics.events_refused.labels(error.code).inc()
            answer = told(error)
        if call.capture:
            allow_origin(origins, request, answer)
        else:
            compress(answer)
        histogram.labels(f"{call.method} {call.path}", str(answer.status)).observe(perf_counter() - began_s)
        return answer

    return method


def _preflight(allowed: Sequence[str], origins: frozenset[str] | None) -> Any:
    async def options(_view: View, request: web.Request, **_: str) -> web.Response:
        headers = {
            "Access-Control-Allow-Methods": ", ".join([*allowed, "OPTIONS"]),
            "Access-Control-Allow-Headers": "*, Authorization",
            "Access-Control-Max-Age": str(PREFLIGHT_AGE_S),
        }
        if "Access-Control-Request-Private-Network" in request.headers:
            headers["Access-Control-Allow-Private-Network"] = "true"
        answer = web.Response(status=204, headers=headers)
        allow_origin(origins, request, answer)
        return answer

    return options


def _refuse_method(allowed: Sequence[str]) -> Any:
    """Faust answers HEAD on every view; where there is no GET it is refused in our own words."""

    async def on_request_error(_view: View, _request: web.Request, _error: Exception) -> web.Response:
        message = "this address doesn't take that method"
        answer = error_answer(405, "method_not_allowed", message, "GET /docs lists the calls")
        answer.headers["Allow"] = ", ".join(allowed)
        return answer

    return on_request_error
