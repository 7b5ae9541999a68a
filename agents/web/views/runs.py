"""Proving runs: one go over an app's tests, with what it came to."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.storage import CodeFilter, PageRequest, Storage
from agents.storage.sql.proof_run_rows import ProofRun, RunFilter
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import not_found
from agents.web.guards.admission import may_see, own_app
from agents.web.queries import PAGE_PARAMETERS, off_loop, page_request, text_filters, text_parameter
from agents.web.views.tests import AWAY
from agents.web.views.verdicts import TITLES_SCHEMA
from pipeline.codegen.project.files import quarantine_list
from schemas import limits
from schemas.codecs import BadInput
from schemas.generated_tests import GeneratedTest

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_COUNTS: Final = {"type": "object", "additionalProperties": _COUNT}
_PROPERTIES: Final[dict[str, Any]] = {
    **dict.fromkeys(("id", "app", "environment", "build", "started_at", "ended_at"), _TEXT),
    "tests": _COUNT,
    "outcomes": {**_COUNTS, "description": "Verdicts by outcome: passed, failed, flaky, not_run."},
    "kinds": {**_COUNTS, "description": "Verdicts that did not pass by whose fault it was."},
    "mutants_applied": _COUNT,
    "mutants_noticed": _COUNT,
}
RUN_SCHEMA: Final[dict[str, Any]] = {"type": "object", "required": list(_PROPERTIES), "properties": _PROPERTIES}
RUNS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["runs", "next_cursor"],
    "properties": {
        "runs": {"type": "array", "items": RUN_SCHEMA},
        "next_cursor": {"type": "string", "nullable": True},
    },
}
_STANDING: Final = {
    "type": "object",
    "required": ["outcome", "kind"],
    "properties": {"outcome": _TEXT, "kind": {"type": "string", "nullable": True}},
    "nullable": True,
}
COMPARISON_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["before", "after", "tests", "differing", "differences", "titles"],
    "properties": {
        "before": RUN_SCHEMA,
        "after": RUN_SCHEMA,
        "tests": _COUNT,
        "differing": _COUNT,
        "differences": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test_id", "before", "after"],
                "properties": {"test_id": _TEXT, "before": _STANDING, "after": _STANDING},
            },
        },
        "titles": TITLES_SCHEMA,
    },
}


async def get_runs(context: Context, request: web.Request) -> web.Response:
    """A page of proving runs."""
    wanted = RunFilter(app=own_app(request, request.query.get("app")), **text_filters(request, "environment", "build"))
    page = await off_loop(context.services.storage.proof_runs, wanted, page_request(request))
    return json_answer({"runs": list(map(asdict, page.items)), "next_cursor": page.next_cursor})


async def get_run(context: Context, request: web.Request) -> web.Response:
    """One proving run; `GET /api/v1/verdicts?run_id=` lists its verdicts."""
    return json_answer(asdict(await _own(context, request, request.match_info["id"])))


async def get_comparison(context: Context, request: web.Request) -> web.Response:
    """What changed from an earlier run to this one."""
    after = await _own(context, request, request.match_info["id"])
    before = await _own(context, request, request.match_info["before"])
    storage = context.services.storage
    found = await off_loop(storage.compared_runs, before.id, after.id)
    titles = await off_loop(storage.titles, [one.test_id for one in found.differences])
    return json_answer({"before": asdict(before), "after": asdict(after), **asdict(found), "titles": titles})


async def _own(context: Context, request: web.Request, key: str) -> ProofRun:
    page = await off_loop(context.services.storage.proof_runs, RunFilter(id=key))
    if not page.items or not may_see(request, page.items[0].app):
        raise not_found("proving run", key)
    return page.items[0]


async def get_quarantine(context: Context, request: web.Request) -> web.Response:
    """The quarantine.txt of an exported project: the files that are not to be run now, each with why."""
    app = own_app(request, request.query.get("app"))
    if not app:
        raise BadInput("app: should name an app")
    text = await off_loop(_quarantine, context.services.storage, app)
    return web.Response(text=text, content_type="text/plain", charset="utf-8")


def _quarantine(storage: Storage, app: str) -> str:
    named = storage.quarantined(app)
    tests: list[GeneratedTest] = []
    page = PageRequest(limits.PAGE_ITEMS_MAX)
    while named:
        found = storage.tests(CodeFilter(app=app), page)
        tests += [stored.test for stored in found.items]
        if found.next_cursor is None:
            break
        page = PageRequest(limits.PAGE_ITEMS_MAX, found.next_cursor)
    return quarantine_list(tests, named)


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/runs",
        get_runs,
        "Proving runs, newest first: each one go over an app's tests.",
        answers={200: Answer("A page.", RUNS_SCHEMA), 400: Answer("A parameter that can't be used."), 503: AWAY},
        parameters=(
            text_parameter("app", "Runs of this app's tests."),
            text_parameter("environment", "Runs in this environment."),
            text_parameter("build", "Runs of this version of the app."),
            *PAGE_PARAMETERS,
        ),
        tag="tests",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/quarantine",
        get_quarantine,
        "The quarantine.txt of an app's exported project: files that are not to be run now, each with why.",
        answers={
            200: Answer("A file's name in each line, then a space and the reason.", {"type": "string"}, "text/plain"),
            400: Answer("No app is named."),
            503: AWAY,
        },
        parameters=(Parameter("app", "query", "The app.", {"type": "string", "minLength": 1}, required=True),),
        tag="tests",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/runs/{id}",
        get_run,
        "One proving run; `/api/v1/verdicts?run_id=` lists its verdicts.",
        answers={200: Answer("The run.", RUN_SCHEMA), 404: Answer("No such run."), 503: AWAY},
        parameters=(Parameter("id", "path", "The run's id.", required=True),),
        tag="tests",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/runs/{id}/since/{before}",
        get_comparison,
        "What changed from an earlier proving run to this one: the tests that the two disagree about, the worst first.",
        answers={
            200: Answer("Both runs, how many tests differ, and the first of them.", COMPARISON_SCHEMA),
            404: Answer("No such run."),
            503: AWAY,
        },
        parameters=(
            Parameter("id", "path", "The run's id.", required=True),
            Parameter("before", "path", "The id of the run to compare with.", required=True),
        ),
        tag="tests",
        access="read",
    ),
)
