"""Tests: what was generated, and what a person made of it."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.storage import CodeFilter, EditConflict, NoSuchTest, StoredTest
from agents.web.answers import json_answer
from agents.web.bodies import body_of, document_of
from agents.web.calls import Answer, Call, Context, Parameter, ref
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import KEY, may_see, own_app
from agents.web.guards.arrivals import media_type
from agents.web.queries import PAGE_PARAMETERS, flag, off_loop, page_request, text_filters, text_parameter
from pipeline.codegen.edit_checks import problems_of
from pipeline.proof.instrument import lines_after_edit
from pipeline.proof.states import STATES
from schemas import limits
from schemas.codecs import BadInput, dump

BODY_BYTES_MAX = 6 * limits.CODE_BYTES_MAX + 1_000
"""JSON may write each byte of the code as `\\u00xx`."""


def test_json(stored: StoredTest) -> dict[str, Any]:
    """A test as clients know it; `code` is what people should run."""
    fields: dict[str, Any] = dump(stored.test)
    return {
        **fields,
        "code": stored.code,
        "step_lines": lines_after_edit(stored.test.code, stored.test.step_lines, stored.code),
        "user_story_id": stored.test.story_id,
        "saved": stored.saved,
        "etag": stored.etag,
        "revision": stored.revision,
        "support": stored.support,
        "file": stored.path,
        "origin": stored.origin,
        "state": stored.state,
    }


def _answer(stored: StoredTest) -> web.Response:
    return json_answer(test_json(stored), headers={"ETag": f'"{stored.etag}"'})


async def get_tests(context: Context, request: web.Request) -> web.Response:
    """A page of tests."""
    texts = text_filters(request, "session_id", "user_story_id", "tag", "flow_id", "state")
    if "state" in texts and texts["state"] not in STATES:
        raise BadInput(f"state: should be one of {', '.join(STATES)}")
    app = own_app(request, request.query.get("app"))
    wanted = CodeFilter(app=app, **texts, saved=flag(request, "saved"))
    page = await off_loop(context.services.storage.tests, wanted, page_request(request))
    return json_answer({"tests": [test_json(one) for one in page.items], "next_cursor": page.next_cursor})


async def get_test(context: Context, request: web.Request) -> web.Response:
    """One test."""
    key = request.match_info["id"]
    stored = await off_loop(context.services.storage.test, key)
    if stored is None or not may_see(request, stored.test.app):
        raise not_found("test", key)
    return _answer(stored)


async def put_test(context: Context, request: web.Request) -> web.Response:
    """Saves a person's edit."""
    key = request.match_info["id"]
    await _require_own(context, request, key)
    etag = _expected(request.headers.get("If-Match"))
    code = _code(await body_of(context, request, BODY_BYTES_MAX, _code_too_large()), media_type(request))
    await off_loop(check_code, code)
    try:
        stored = await off_loop(context.services.storage.save_edit, key, code, etag)
    except NoSuchTest:
        raise not_found("test", key) from None
    except EditConflict as conflict:
        message = "the test was changed since you read it"
        hint = "GET it again and put your change on top"
        raise ApiError(412, "changed", message, hint, etag=conflict.etag) from None
    await off_loop(context.services.files.publish, key)
    return _answer(stored)


async def post_check(context: Context, request: web.Request) -> web.Response:
    """Says what is wrong with code that a person is editing. Nothing is saved, and nothing of it is run."""
    await _require_own(context, request, request.match_info["id"])
    code = _code(await body_of(context, request, BODY_BYTES_MAX, _code_too_large()), media_type(request))
    problems = await off_loop(problems_of, code)
    return json_answer({"problems": [asdict(one) for one in problems]})


async def _require_own(context: Context, request: web.Request, key: str) -> None:
    """404 for a test of an app that the key is not for."""
    if request[KEY].app is not None:
        stored = await off_loop(context.services.storage.test, key)
        if stored is None or not may_see(request, stored.test.app):
            raise not_found("test", key)


def _expected(if_match: str | None) -> str | None:
    """The etag that the client read; None for `*`, any."""
    if if_match is None or not if_match.strip():
        hint = 'send If-Match with the etag that you read, e.g. If-Match: "0123abcd"'
        raise ApiError(428, "if_match_missing", "saving needs to know what you changed", hint)
    return None if if_match.strip() == "*" else if_match.strip().strip('"')


def _code(body: bytes, content_type: str) -> str:
    try:
        if content_type.startswith("text/"):
            code: object = body.decode()
        else:
            document = document_of(body)
            code = document.get("code") if isinstance(document, dict) else None
    except UnicodeDecodeError:
        raise BadInput("the body is not UTF-8") from None
    if not isinstance(code, str):
        raise BadInput('code: should be a text; send {"code": "…"}, or the code itself as text/plain')
    if len(code.encode()) > limits.CODE_BYTES_MAX:
        raise _code_too_large()
    return code


def _code_too_large() -> ApiError:
    return ApiError(413, "too_large", f"the code has more than {limits.CODE_BYTES_MAX} bytes", "make it smaller")


def check_code(code: str) -> None:
    """Refuses with 422, reason and line what Python can't parse. Nothing of it is run."""
    for problem in problems_of(code):
        if problem.severity == "error":
            message = f"line {problem.line}: {problem.message}" if problem.line else problem.message
            hint = "correct the code and save again"
            raise ApiError(422, "does_not_parse", message, hint, line=problem.line)


PROBLEMS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["problems"],
    "properties": {
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["line", "severity", "message"],
                "properties": {
                    "line": {"type": "integer", "nullable": True},
                    "severity": {"type": "string", "enum": ["error", "warning"]},
                    "message": {"type": "string"},
                },
            },
        }
    },
}
CODE_BODY: Final[dict[str, Any]] = {
    "application/json": {
        "schema": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
    },
    "text/plain": {"schema": {"type": "string"}},
}
TEST_ID = Parameter("id", "path", "The test's id.", required=True)
AWAY = Answer("Storage is away.")

CALLS = (
    Call(
        "GET",
        "/api/v1/tests",
        get_tests,
        "Tests, newest first.",
        answers={
            200: Answer("A page.", ref("CodePage")),
            400: Answer("A parameter that can't be used."),
            503: AWAY,
        },
        parameters=(
            text_parameter("user_story_id", "The test of the flow that this story belongs to."),
            text_parameter("session_id", "Tests of the flows that this session went through."),
            text_parameter("app", "Tests of this app."),
            text_parameter("tag", "Tests whose story has this tag."),
            text_parameter("flow_id", "The test of this flow."),
            Parameter("state", "query", "Tests in this state.", {"type": "string", "enum": list(STATES)}),
            Parameter("saved", "query", "Only tests that a person has saved, or only the others.", {"type": "boolean"}),
            *PAGE_PARAMETERS,
        ),
        tag="tests",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/tests/{id}",
        get_test,
        "One test.",
        answers={200: Answer("The test.", ref("CodeAnswer")), 404: Answer("No such test."), 503: AWAY},
        parameters=(TEST_ID,),
        tag="tests",
        access="read",
    ),
    Call(
        "PUT",
        "/api/v1/tests/{id}",
        put_test,
        "Saves a person's edit. Generating the test anew never overwrites it.",
        answers={
            200: Answer("Saved.", ref("CodeAnswer")),
            400: Answer("No code in the body."),
            404: Answer("No such test."),
            412: Answer("Changed since it was read; `etag` is the present one."),
            408: Answer("The body did not arrive in time."),
            413: Answer("Too large."),
            429: Answer("As many edits as we can take are under way; Retry-After says when to come back."),
            422: Answer("The code doesn't parse; `line` says where."),
            428: Answer("If-Match is missing."),
            503: AWAY,
        },
        parameters=(TEST_ID, Parameter("If-Match", "header", "The etag that was read, or `*`.")),
        body=CODE_BODY,
        tag="tests",
        access="read",
    ),
    Call(
        "POST",
        "/api/v1/tests/{id}/check",
        post_check,
        "What is wrong with code that a person is editing, by line. Nothing is saved or run.",
        answers={
            200: Answer("What was found; a text with an error would not be saved.", PROBLEMS_SCHEMA),
            400: Answer("No code in the body."),
            404: Answer("No such test."),
            408: Answer("The body did not arrive in time."),
            413: Answer("Too large."),
            429: Answer("As many edits as we can take are under way; Retry-After says when to come back."),
            503: AWAY,
        },
        parameters=(TEST_ID,),
        body=CODE_BODY,
        tag="tests",
        access="read",
    ),
)
