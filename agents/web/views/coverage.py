"""What the tests of an app cover of what its users did."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.storage.sql.flow_rows import FLOWS_MAX
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.guards.admission import own_app
from agents.web.queries import off_loop, text_parameter
from pipeline.flows.coverage import OF_TESTS, Coverage, Gap, coverage
from schemas.codecs import BadInput

TARGET_DEFAULT: Final = 0.9
WITHIN_S: Final = 0.4
"""How long stories may be read for one answer; it then says how many flows are left, and who asks again gets more."""
_TEXT: Final = {"type": "string"}
_SHARE: Final = {"type": "number", "minimum": 0, "maximum": 1}
_GAP: Final = {
    "type": "object",
    "required": ["flow_id", "title", "journeys", "last_seen", "reason"],
    "properties": {
        "flow_id": _TEXT, "title": _TEXT, "journeys": {"type": "integer"}, "last_seen": _TEXT, "reason": _TEXT,
    },
}  # fmt: skip
EARLIER_NAMES: Final = {f"deeds{end}": f"activities{end}" for end in ("", "_covered", "_by_others")}
"""What fields were called before, for programs that read them so."""
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": [
        "journeys",
        "journeys_covered",
        "activities",
        "activities_covered",
        "missing",
        "died_out",
        "smallest",
        "reached",
        "titles",
        "days",
        "flows_max",
        "flows_unread",
    ],
    "properties": {
        "journeys": {"type": "integer"},
        "journeys_covered": _SHARE,
        "journeys_by_others": _SHARE,
        "activities": {"type": "integer"},
        "activities_covered": _SHARE,
        "activities_by_others": _SHARE,
        "deeds": {"type": "integer", "deprecated": True},
        "deeds_covered": {**_SHARE, "deprecated": True},
        "deeds_by_others": {**_SHARE, "deprecated": True},
        "missing": {"type": "array", "items": _GAP},
        "died_out": {"type": "array", "items": _GAP},
        "smallest": {"type": "array", "items": _TEXT},
        "reached": _SHARE,
        "titles": {
            "type": "object",
            "additionalProperties": _TEXT,
            "description": "The titles of the flows of `smallest`, by id.",
        },
        "days": {
            "type": "array",
            "description": "By day: journeys of flows with a test, the other journeys, and how many users did them.",
            "items": {
                "type": "object",
                "required": ["day", "tested", "untested", "users"],
                "properties": {
                    "day": _TEXT,
                    "tested": {"type": "integer"},
                    "untested": {"type": "integer"},
                    "users": {"type": "integer"},
                },
            },
        },
        "flows_max": {"type": "integer", "description": "So many flows are looked at, the most frequent first."},
        "flows_unread": {
            "type": "integer",
            "description": "Flows, the least frequent ones, that were not read yet and are not counted: ask again.",
        },
    },
}


async def get_coverage(context: Context, request: web.Request) -> web.Response:
    """Shares, gaps, and the smallest set of tests that reaches `target`."""
    app = own_app(request, request.query.get("app"))
    if not app:
        raise BadInput("app: should name an app")
    services = context.services
    target, users_min = _target(request), services.settings.users_min
    flows = await off_loop(services.storage.known_flows, app, users_min, WITHIN_S)
    others = await off_loop(services.storage.known_flows, f"{app}{OF_TESTS}", users_min, WITHIN_S)
    found = await off_loop(coverage, flows.flows, target, request.query.get("since", ""), others.flows)
    known = {flow.flow_id: flow.title for flow in flows.flows}
    days = await off_loop(services.storage.journeys_by_day, app)
    more = {"titles": {one: known[one] for one in found.smallest}, "days": list(map(asdict, days))}
    return json_answer({**_json(found), **more, "flows_max": FLOWS_MAX, "flows_unread": flows.unread + others.unread})


def _target(request: web.Request) -> float:
    try:
        target = float(request.query.get("target", TARGET_DEFAULT))
    except ValueError:
        target = -1.0
    if not 0 <= target <= 1:
        raise BadInput("target: should be a number from 0 to 1")
    return target


def _json(found: Coverage) -> dict[str, Any]:
    gaps = {"missing": [_gap(gap) for gap in found.missing], "died_out": [_gap(gap) for gap in found.died_out]}
    shown = asdict(found)
    earlier = {before: shown[name] for before, name in EARLIER_NAMES.items()}
    return {**shown, **earlier, **gaps}


def _gap(gap: Gap) -> dict[str, Any]:
    flow = gap.flow
    return {
        "flow_id": flow.flow_id,
        "title": flow.title,
        "journeys": flow.journeys,
        "last_seen": flow.last_seen,
        "reason": gap.reason,
    }


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/coverage",
        get_coverage,
        "What the tests of an app cover of what its users did, and the fewest tests that would do.",
        answers={
            200: Answer("The coverage.", SCHEMA),
            400: Answer("A parameter that can't be used."),
            503: Answer("Storage is away."),
        },
        parameters=(
            Parameter("app", "query", "The app.", {"type": "string", "minLength": 1}, required=True),
            Parameter(
                "target",
                "query",
                "The share of activities that the smallest set must reach.",
                {**_SHARE, "default": 0.9},
            ),
            text_parameter("since", "ISO 8601: tested flows that were not seen since have died out."),
        ),
        tag="tests",
        access="read",
    ),
)
