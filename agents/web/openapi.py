"""The API's description (OpenAPI 3.0), made from the same calls as the routes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from agents.web.calls import NO_KEY, OTHER_KEY, OTHER_NAME, OTHER_PAGE, Answer, Call, Parameter, ref
from schemas.events import EVENT
from schemas.generated_tests import GENERATED_TEST
from schemas.stories import STORY
from schemas.verdicts import VERDICT

TEMPLATE: Final = "#/components/schemas/{model}"
STRING: Final = {"type": "string"}
STRINGS: Final = {"type": "array", "items": STRING}
COUNT: Final = {"type": "integer", "minimum": 0}
CURSOR: Final = {"type": "string", "nullable": True}

KEY_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, where JOURNEYWRIGHT_API_KEYS names any: one that sends, or one that reads.",
}

ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {"code": STRING, "message": STRING, "hint": STRING},
        }
    },
}


def _object(properties: Mapping[str, Any], required: Iterable[str] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(properties if required is None else required), "properties": properties}


def _list_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_REJECTED = _list_of(_object({"index": COUNT, "error": STRING}))

CHALLENGE_EVENT: Final = {
    "type": "object",
    "required": ["event", "properties", "timestamp"],
    "properties": {
        "event": {"type": "string", "enum": ["$click", "$input", "$navigation", "$api-call"]},
        "properties": {"type": "object"},
        "timestamp": STRING,
    },
    "example": {
        "event": "$click",
        "timestamp": "2024-10-10T22:53:05.563Z",
        "properties": {
            "session_id": "session-1",
            "journey_id": "journey-1",
            "$current_url": "https://shop.example/",
            "$host": "shop.example",
            "eventType": "click",
            "elementType": "button",
            "elementText": "Save",
            "elementAttributes": {"id": "save"},
            "timestamp": "2024-10-10T22:53:05.563Z",
        },
    },
}

OWN_SCHEMAS: Final[dict[str, Any]] = {
    "ChallengeEvent": CHALLENGE_EVENT,
    "AnyEvent": {
        "description": "An event in our own format, or in one of those that are told apart by their content.",
        "anyOf": [ref("ChallengeEvent"), ref("Event"), {"type": "object"}],
    },
    "Error": ERROR,
    "Accepted": _object({"accepted": {"type": "integer", "minimum": 1}, "rejected": _REJECTED}),
    "NothingAccepted": {"allOf": [ref("Error"), _object({"accepted": COUNT, "rejected": _REJECTED})]},
    "StoryAnswer": {
        "allOf": [
            ref("Story"),
            _object({"hasTests": {"type": "boolean"}, "flow_id": STRING, "support": COUNT}),
            {"type": "object", "properties": {"explanation": ref("Explanation")}},
        ]
    },
    "Explanation": _object(
        {
            "title": _list_of(ref("Reason")),
            "flow": _list_of(ref("Reason")),
            "end": _list_of(STRING),
            "other_clicks": _list_of(ref("Reason")),
        }
    ),
    "Reason": _object({"steps": _list_of(COUNT), "activity": STRING, "rule": STRING, "evidence": _list_of(STRING)}),
    "StoryPage": _object({"stories": _list_of(ref("StoryAnswer")), "next_cursor": CURSOR}),
    "CodeAnswer": {
        "allOf": [
            ref("GeneratedTest"),
            _object(
                {
                    "user_story_id": STRING,
                    "saved": {"type": "boolean"},
                    "etag": STRING,
                    "revision": COUNT,
                    "support": COUNT,
                    "file": {"type": "string", "nullable": True},
                    "origin": STRING,
                    "state": STRING,
                }
            ),
        ]
    },
    "CodePage": _object({"tests": _list_of(ref("CodeAnswer")), "next_cursor": CURSOR}),
    "OpenJourney": _object(
        {
            "journey_id": STRING,
            "windows": _list_of(
                _object(
                    {
                        "app": STRING,
                        "story_id": STRING,
                        "ended": {"type": "boolean"},
                        "event_count": COUNT,
                        "events": _list_of({"type": "object"}),
                    }
                )
            ),
        }
    ),
    "Alive": _object({"alive": {"type": "boolean"}}),
    "Readiness": _object(
        {
            "ready": {"type": "boolean"},
            "checks": {
                "type": "object",
                "additionalProperties": _object({"ok": {"type": "boolean"}, "reason": STRING}),
            },
        }
    ),
}


def description(calls: Iterable[Call]) -> dict[str, Any]:
    """The whole description of these calls, those that are hidden left out."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        if not call.hidden:
            paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "journeywright",
            "version": "1",
            "description": "Browser events in; user stories and Playwright tests out.",
        },
        "paths": paths,
        "components": {"schemas": {**_model_schemas(), **OWN_SCHEMAS}, "securitySchemes": {"key": KEY_SCHEME}},
    }


def _operation(call: Call) -> dict[str, Any]:
    path_words = "".join(part if part.isalnum() else "_" for part in call.path).strip("_") or "root"
    operation: dict[str, Any] = {
        "summary": call.summary,
        "tags": [call.tag],
        "operationId": f"{call.method.lower()}_{path_words}{'_' if call.path.endswith('/') else ''}",
        "parameters": [_parameter(one) for one in call.parameters],
        "responses": {str(status): _response(status, answer) for status, answer in _answers(call).items()},
    }
    if call.access != "open":
        operation["security"] = [{}, {"key": []}]
    if call.body is not None:
        operation["requestBody"] = {"required": True, "content": call.body}
    return operation


def _answers(call: Call) -> dict[int, Answer]:
    """The answers, with those about keys where the call may ask for one."""
    about_keys = {} if call.access == "open" else {401: NO_KEY, 403: OTHER_KEY}
    about_pages = {} if call.capture else {403: OTHER_PAGE if call.access == "open" else OTHER_KEY}
    return dict(sorted({421: OTHER_NAME, **about_keys, **about_pages, **call.answers}.items()))


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place,
        "description": one.description,
        "required": one.required,
        "schema": dict(one.schema),
    }


def _response(status: int, answer: Answer) -> dict[str, Any]:
    schema = answer.schema if answer.schema is not None else (ref("Error") if status >= 400 else None)
    response: dict[str, Any] = {"description": answer.description}
    if schema is not None:
        response["content"] = {answer.content_type: {"schema": schema}}
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return response


def _model_schemas() -> dict[str, Any]:
    models: dict[str, TypeAdapter[Any]] = {"Event": EVENT, "Story": STORY, "GeneratedTest": GENERATED_TEST}
    models["Verdict"] = VERDICT
    inputs: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (name, "validation", adapter) for name, adapter in models.items()
    ]
    roots, shared = TypeAdapter.json_schemas(inputs, ref_template=TEMPLATE)
    named = {name: root for (name, _), root in roots.items() if "$ref" not in root}
    converted: dict[str, Any] = _as_3_0({**shared["$defs"], **named})
    return converted


def _as_3_0(node: Any) -> Any:
    """JSON Schema as pydantic writes it, in the older dialect of OpenAPI 3.0."""
    if isinstance(node, list):
        return [_as_3_0(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _as_3_0(item) for key, item in node.items() if key not in ("const", "prefixItems")}
    if "const" in node:
        out["enum"] = [node["const"]]
    if "prefixItems" in node:
        out["items"] = _as_3_0(node["prefixItems"][0])  # pairs of one kind are all that we have
    if {"type": "null"} in node.get("anyOf", ()):
        rest = [item for item in out.pop("anyOf") if item != {"type": "null"}]
        if len(rest) > 1:
            return out | {"nullable": True, "anyOf": rest}
        return out | {"nullable": True} | ({"allOf": rest} if "$ref" in rest[0] else rest[0])
    return out
