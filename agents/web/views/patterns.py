"""Patterns found in the traffic, over HTTP."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import ApiError
from agents.web.guards.admission import own_app
from agents.web.queries import off_loop
from schemas.codecs import BadInput

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_FOUND: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["name", "examples", "flows", "journeys", "titles", "similarity"],
    "properties": {
        "name": _TEXT, "examples": _TEXTS, "flows": _TEXTS, "journeys": {"type": "integer"}, "titles": _TEXTS,
        "similarity": {"type": "number"},
    },
}  # fmt: skip
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["found"],
    "properties": {"found": {"type": "array", "items": _FOUND}},
}


async def get_patterns(context: Context, request: web.Request) -> web.Response:
    """What the users of an app did that no known pattern reaches."""
    app = own_app(request, request.query.get("app"))
    if not app:
        raise BadInput("app: should name an app")
    services = context.services
    goals = await off_loop(services.storage.seen_goals, app, services.settings.users_min)
    found = await services.find_patterns(goals)
    if found is None:
        hint = "ask a worker with the role journeys, in a moment"
        raise ApiError(503, "no_model", "this worker has no model loaded", hint)
    return json_answer({"found": [asdict(one) for one in found]})


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/patterns",
        get_patterns,
        "Patterns found in the traffic of an app, beside the known ones, with their evidence.",
        answers={
            200: Answer("The found patterns, those of most journeys first.", SCHEMA),
            400: Answer("A parameter that can't be used."),
            503: Answer("Storage is away, or this worker has no model."),
        },
        parameters=(Parameter("app", "query", "The app.", {"type": "string", "minLength": 1}, required=True),),
        tag="stories",
        access="read",
    ),
)
