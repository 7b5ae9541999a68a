"""Flows: what stories came together, and people's word on which should."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.storage import CannotMerge, NoSuchFlow, StoredFlow
from agents.storage.sql.flow_lists import ATTENTION, FLOW_SORTS, WORDS_MAX, FlowFilter
from agents.web.answers import json_answer
from agents.web.bodies import body_of, document_of
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import may_see, own_app
from agents.web.queries import PAGE_PARAMETERS, off_loop, page_request, text_filters, text_parameter
from pipeline.privacy.pseudonyms import title_for_all
from schemas.codecs import BadInput

BODY_BYTES_MAX: Final = 1_000
_TEXT: Final = {"type": "string"}
_NULLABLE: Final = {"type": "string", "nullable": True}
_CHANGE: Final = {
    "type": "object",
    "required": ["changed_at", "change", "other", "stories"],
    "properties": {
        "changed_at": _TEXT,
        "change": {"type": "string", "enum": ["merged into", "took in", "parted from", "gave back", "known as"]},
        "other": _TEXT,
        "stories": {"type": "integer"},
    },
}
FLOW_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["flow_id", "app", "title", "support", "last_seen", "merged_into", "merged", "test_id", "failure",
                 "changes"],
    "properties": {
        "flow_id": _TEXT, "app": _TEXT, "title": _TEXT, "support": {"type": "integer"}, "last_seen": _TEXT,
        "merged_into": _NULLABLE, "merged": {"type": "array", "items": _TEXT}, "test_id": _NULLABLE,
        "failure": _TEXT,
        "changes": {"type": "array", "items": _CHANGE},
    },
}  # fmt: skip
LISTED_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["flow_id", "app", "title", "tags", "support", "last_seen", "state", "test_id", "file_name", "sessions",
                 "saved", "failure", "journeys", "users", "verdicts"],
    "properties": {
        "flow_id": _TEXT, "app": _TEXT, "title": _TEXT, "tags": {"type": "array", "items": _TEXT},
        "support": {"type": "integer"}, "last_seen": _TEXT, "state": _TEXT, "test_id": _NULLABLE, "file_name": _TEXT,
        "sessions": {"type": "integer"}, "saved": {"type": "boolean"}, "failure": _TEXT,
        "journeys": {"type": "array", "items": {"type": "integer"}, "description": "By day, as many as `days`."},
        "users": {"type": "array", "items": {"type": "integer"}, "description": "Who did them, by day."},
        "verdicts": {"type": "array", "items": {
            "type": "object",
            "required": ["id", "outcome", "kind", "ended_at"],
            "properties": {"id": _TEXT, "outcome": _TEXT, "kind": _NULLABLE, "ended_at": _TEXT},
        }},
    },
}  # fmt: skip
FLOWS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["flows", "next_cursor", "days", "total", "states"],
    "properties": {
        "flows": {"type": "array", "items": LISTED_SCHEMA},
        "next_cursor": _NULLABLE,
        "days": {"type": "array", "items": _TEXT},
        "total": {"type": "integer", "nullable": True},
        "states": {"type": "object", "nullable": True, "additionalProperties": {"type": "integer"}},
    },
}
APPS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["apps"],
    "properties": {
        "apps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["app", "flows", "journeys"],
                "properties": {"app": _TEXT, "flows": {"type": "integer"}, "journeys": {"type": "integer"}},
            },
        }
    },
}
QUERY_CHARS_MAX: Final = 500


def flow_json(flow: StoredFlow, users_min: int) -> dict[str, Any]:
    """A flow as clients know it, with the title of one of its stories."""
    title = "" if flow.sample is None else title_for_all(flow.sample, users_min)
    return {
        "flow_id": flow.flow_id,
        "app": flow.app,
        "title": title,
        "support": flow.support,
        "last_seen": flow.last_seen,
        "merged_into": flow.merged_into,
        "merged": list(flow.merged),
        "test_id": flow.test_id,
        "failure": flow.failure,
        "changes": [asdict(change) for change in flow.changes],
    }


async def get_flows(context: Context, request: web.Request) -> web.Response:
    """A page of flows."""
    sort = request.query.get("sort", FLOW_SORTS[0])
    if sort not in FLOW_SORTS:
        raise BadInput(f"sort: should be one of {', '.join(FLOW_SORTS)}")
    wanted, page = _wanted(request), page_request(request)
    users_min = context.services.settings.users_min
    found = await off_loop(context.services.storage.flow_page, wanted, sort, page, users_min)
    return json_answer(asdict(found))


def _wanted(request: web.Request) -> FlowFilter:
    """The filter of a list. Raises BadInput."""
    states = tuple(one for one in request.query.get("state", "").split(",") if one)
    if not set(states) <= set(ATTENTION):
        raise BadInput(f"state: should be some of {', '.join(ATTENTION)}, with commas between")
    words = request.query.get("q", "")
    if len(words) > QUERY_CHARS_MAX or len(words.split()) > WORDS_MAX:
        raise BadInput(f"q: should be at most {WORDS_MAX} words and {QUERY_CHARS_MAX} characters")
    return FlowFilter(
        app=own_app(request, request.query.get("app")),
        words=tuple(words.split()),
        states=states,
        **text_filters(request, "tag", "seen_since", "seen_before"),
    )


async def get_apps(context: Context, request: web.Request) -> web.Response:
    """The apps that were seen."""
    found = await off_loop(context.services.storage.apps, own_app(request, None))
    return json_answer({"apps": [asdict(one) for one in found]})


async def get_flow(context: Context, request: web.Request) -> web.Response:
    """One flow with what was done to it."""
    return json_answer(flow_json(await _own(context, request), context.services.settings.users_min))


async def put_flow(context: Context, request: web.Request) -> web.Response:
    """Merges a flow into another one, or parts it again."""
    key = (await _own(context, request)).flow_id
    message = f"the body has more than {BODY_BYTES_MAX} bytes"
    too_large = ApiError(413, "too_large", message, "name the other flow only")
    into = _merged_into(await body_of(context, request, BODY_BYTES_MAX, too_large))
    storage = context.services.storage
    try:
        if into is None:
            flow = await off_loop(storage.part_flow, key)
        elif not may_see(request, (await off_loop(storage.flow, into)).app):
            raise NoSuchFlow(into)
        else:
            flow = await off_loop(storage.merge_flow, key, into)
    except NoSuchFlow:
        raise ApiError(
            422, "no_such_flow", "merged_into: no flow has this id", "GET /api/v1/flows lists them"
        ) from None
    except CannotMerge as error:
        raise ApiError(409, "cannot_merge", str(error), "GET /api/v1/flows/{id} shows how the two stand") from None
    return json_answer(flow_json(flow, context.services.settings.users_min))


async def _own(context: Context, request: web.Request) -> StoredFlow:
    key = request.match_info["id"]
    try:
        flow = await off_loop(context.services.storage.flow, key)
    except NoSuchFlow:
        raise not_found("flow", key) from None
    if not may_see(request, flow.app):
        raise not_found("flow", key)
    return flow


def _merged_into(body: bytes) -> str | None:
    """The other flow, None to part. Raises BadInput."""
    document = document_of(body)
    if not isinstance(document, dict) or not isinstance(document.get("merged_into", 0), str | None):
        raise BadInput('merged_into: should be the id of a flow, or null; send {"merged_into": "…"}')
    return document["merged_into"]  # type: ignore[no-any-return]


FLOW_ID: Final = Parameter("id", "path", "The flow's id.", required=True)
AWAY: Final = Answer("Storage is away.")

CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/apps",
        get_apps,
        "The apps that flows were seen of, those of most journeys first.",
        answers={200: Answer("The apps.", APPS_SCHEMA), 503: AWAY},
        tag="flows",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/flows",
        get_flows,
        "Flows with their tests' states and newest verdicts, those that somebody should look at first.",
        answers={200: Answer("A page.", FLOWS_SCHEMA), 400: Answer("A parameter that can't be used."), 503: AWAY},
        parameters=(
            text_parameter("app", "Flows of this app."),
            text_parameter("tag", "Flows with this tag."),
            text_parameter(
                "state", "Flows whose test is in one of these states, with commas between; `untested`: that have none."
            ),
            Parameter(
                "q",
                "query",
                "Words that must all stand in the test: its title, steps, file, app.",
                {"type": "string", "maxLength": QUERY_CHARS_MAX},
            ),
            text_parameter("seen_since", "ISO 8601: flows whose newest journey began then or later."),
            text_parameter("seen_before", "ISO 8601: flows whose newest journey began before."),
            Parameter(
                "sort",
                "query",
                "The order: what asks for attention first, most journeys first, or newest first.",
                {"type": "string", "enum": list(FLOW_SORTS), "default": FLOW_SORTS[0]},
            ),
            *PAGE_PARAMETERS,
        ),
        tag="flows",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/flows/{id}",
        get_flow,
        "One flow: where its stories are, and what was done to it.",
        answers={200: Answer("The flow.", FLOW_SCHEMA), 404: Answer("No such flow."), 503: AWAY},
        parameters=(FLOW_ID,),
        tag="flows",
        access="read",
    ),
    Call(
        "PUT",
        "/api/v1/flows/{id}",
        put_flow,
        "Merges a flow into another one, whose test then speaks for both, or parts it (`null`). Ids stay.",
        answers={
            200: Answer("How the flow stands now.", FLOW_SCHEMA),
            400: Answer("The body can't be used."),
            404: Answer("No such flow."),
            409: Answer("These two can't be merged; the message says why."),
            408: Answer("The body did not arrive in time."),
            413: Answer("Too large."),
            429: Answer("As many edits as we can take are under way; Retry-After says when to come back."),
            422: Answer("There is no such other flow."),
            503: AWAY,
        },
        parameters=(FLOW_ID,),
        body={
            "application/json": {
                "schema": {"type": "object", "required": ["merged_into"], "properties": {"merged_into": _NULLABLE}}
            }
        },
        tag="flows",
        access="read",
    ),
)
