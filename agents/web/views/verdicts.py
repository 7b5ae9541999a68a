"""Verdicts, the revisions of a test, and people's decisions about it."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final, get_args

from aiohttp import web

from agents.storage import NoSuchTest, StoredTest
from agents.storage.sql.verdict_rows import REASON_CHARS_MAX, VerdictFilter
from agents.web.answers import json_answer
from agents.web.bodies import body_of, document_of
from agents.web.calls import Answer, Call, Context, ref
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import may_see, own_app
from agents.web.queries import PAGE_PARAMETERS, off_loop, page_request, text_filters, text_parameter
from agents.web.views.tests import AWAY, TEST_ID
from pipeline.proof.states import Decision, Origin
from schemas.codecs import BadInput, dump
from schemas.verdicts import FailureKind, Outcome

BODY_BYTES_MAX: Final = 6 * REASON_CHARS_MAX + 100
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer"}
REVISIONS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["revisions", "decisions"],
    "properties": {
        "revisions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["number", "origin", "code", "written_at", "reason"],
                "properties": {
                    "number": _COUNT,
                    "origin": {"type": "string", "enum": list(get_args(Origin))},
                    "code": _TEXT,
                    "written_at": _TEXT,
                    "reason": _TEXT,
                },
            },
        },
        "decisions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["decision", "revision", "reason", "decided_at"],
                "properties": {
                    "decision": {"type": "string", "enum": list(get_args(Decision))},
                    "revision": _COUNT,
                    "reason": _TEXT,
                    "decided_at": _TEXT,
                },
            },
        },
    },
}
STATE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "state", "revision"],
    "properties": {"id": _TEXT, "state": _TEXT, "revision": _COUNT},
}
TITLES_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": _TEXT,
    "description": "The titles of the tests that are named, by id.",
}
VERDICTS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["verdicts", "titles", "next_cursor"],
    "properties": {
        "verdicts": {"type": "array", "items": ref("Verdict")},
        "titles": TITLES_SCHEMA,
        "next_cursor": {"type": "string", "nullable": True},
    },
}


async def get_verdicts(context: Context, request: web.Request) -> web.Response:
    """A page of verdicts."""
    texts = text_filters(request, "test_id", "kind", "run_id")
    outcomes = tuple(one for one in request.query.get("outcome", "").split(",") if one)
    for outcome in outcomes:
        _require_one_of("outcome", outcome, get_args(Outcome))
    _require_one_of("kind", texts.get("kind"), get_args(FailureKind))
    wanted = VerdictFilter(app=own_app(request, request.query.get("app")), outcomes=outcomes, **texts)
    storage = context.services.storage
    page = await off_loop(storage.verdicts, wanted, page_request(request))
    titles = await off_loop(storage.titles, {one.test_id for one in page.items})
    told = [dump(one) for one in page.items]
    return json_answer({"verdicts": told, "titles": titles, "next_cursor": page.next_cursor})


async def get_revisions(context: Context, request: web.Request) -> web.Response:
    """What a test's code was, and what people decided about it."""
    stored = await _own(context, request)
    storage = context.services.storage
    revisions = await off_loop(storage.revisions, stored.test.id)
    decisions = await off_loop(storage.decisions, stored.test.id)
    return json_answer({"revisions": list(map(asdict, revisions)), "decisions": list(map(asdict, decisions))})


def _deciding(decision: Decision) -> Callable[[Context, web.Request], Awaitable[web.StreamResponse]]:
    async def decide(context: Context, request: web.Request) -> web.Response:
        stored = await _own(context, request)
        reason = _reason(await body_of(context, request, BODY_BYTES_MAX, _too_large()), required=decision == "reject")
        try:
            await off_loop(context.services.storage.decide, stored.test.id, decision, reason)
        except NoSuchTest:
            raise not_found("test", stored.test.id) from None
        after = await off_loop(context.services.storage.test, stored.test.id)
        if after is None:
            raise not_found("test", stored.test.id)
        return json_answer({"id": after.test.id, "state": after.state, "revision": after.revision})

    return decide


async def _own(context: Context, request: web.Request) -> StoredTest:
    key = request.match_info["id"]
    stored = await off_loop(context.services.storage.test, key)
    if stored is None or not may_see(request, stored.test.app):
        raise not_found("test", key)
    return stored


def _reason(body: bytes, *, required: bool) -> str:
    """The reason in a body; an empty body gives none. Raises BadInput."""
    document = document_of(body) if body.strip() else {}
    reason = document.get("reason", "") if isinstance(document, dict) else None
    if not isinstance(reason, str) or len(reason) > REASON_CHARS_MAX:
        raise BadInput(f'reason: should be a text of at most {REASON_CHARS_MAX} characters; send {{"reason": "…"}}')
    if required and not reason.strip():
        raise BadInput('reason: say why it is rejected; send {"reason": "…"}')
    return reason


def _require_one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise BadInput(f"{name}: should be one of {', '.join(allowed)}")


def _too_large() -> ApiError:
    return ApiError(413, "too_large", f"the body has more than {BODY_BYTES_MAX} bytes", "send a shorter reason")


_DECISIONS: Final[dict[Decision, str]] = {
    "approve": "A person has reviewed the test as it stands.",
    "reject": "A person does not want the test as it stands; the next revision is looked at anew.",
    "quarantine": "The test is not to be run until it is released.",
    "release": "Ends a quarantine.",
}
_REASON_BODY: Final = {
    "application/json": {
        "schema": {
            "type": "object",
            "properties": {"reason": {"type": "string", "maxLength": REASON_CHARS_MAX}},
        }
    }
}

CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/verdicts",
        get_verdicts,
        "What came of running tests, newest first.",
        answers={200: Answer("A page.", VERDICTS_SCHEMA), 400: Answer("A parameter that can't be used."), 503: AWAY},
        parameters=(
            text_parameter("test_id", "Verdicts of this test."),
            text_parameter("app", "Verdicts of this app's tests."),
            text_parameter("run_id", "Verdicts of this proving run."),
            text_parameter("outcome", "One or several of passed, failed, flaky and not_run, with commas between."),
            text_parameter("kind", "Whose fault a failure was: app, test, data, environment or unknown."),
            *PAGE_PARAMETERS,
        ),
        tag="tests",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/tests/{id}/revisions",
        get_revisions,
        "What a test's code was over time, newest first, and what people decided about it.",
        answers={200: Answer("The revisions.", REVISIONS_SCHEMA), 404: Answer("No such test."), 503: AWAY},
        parameters=(TEST_ID,),
        tag="tests",
        access="read",
    ),
    *(
        Call(
            "POST",
            f"/api/v1/tests/{{id}}/{decision}",
            _deciding(decision),
            summary,
            answers={
                200: Answer("The state of the test now.", STATE_SCHEMA),
                400: Answer("The body can't be used."),
                404: Answer("No such test."),
                413: Answer("Too large."),
                503: AWAY,
            },
            parameters=(TEST_ID,),
            body=_REASON_BODY,
            tag="tests",
            access="read",
        )
        for decision, summary in _DECISIONS.items()
    ),
)
