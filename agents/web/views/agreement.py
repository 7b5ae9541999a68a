"""How far the sessions of a flow agree with its test, step by step."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.storage import NoSuchFlow, Storage
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context
from agents.web.errors import not_found
from agents.web.guards.admission import may_see
from agents.web.queries import off_loop
from agents.web.views.flows import AWAY, FLOW_ID
from pipeline.flows.agreement import Agreement, agreement
from schemas.stories import Story

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


SCHEMA: Final = _object(
    test_id={"type": "string", "nullable": True},
    flow_id={"type": "string", "description": "The flow of the sessions: another one where that one heals the test."},
    sessions=_list_of(
        _object(
            story_id=_TEXT,
            session_id=_TEXT,
            journey_id=_TEXT,
            started_at=_TEXT,
            ended_at=_TEXT,
            traffic=_TEXT,
            closed_by=_TEXT,
            steps=_COUNT,
        )
    ),
    steps=_list_of(
        _object(
            said=_TEXT,
            line=_COUNT,
            event_id=_TEXT,
            sessions=_COUNT,
            values=_COUNT,
            assertions=_list_of(
                _object(line=_COUNT, statement=_TEXT, sessions={"type": "integer", "nullable": True}),
            ),
            varied=_list_of(_object(change=_TEXT, role=_TEXT, text=_TEXT, sessions=_COUNT)),
        )
    ),
)


async def get_agreement(context: Context, request: web.Request) -> web.Response:
    """The sessions that a flow's test was written from, and what they say of each step."""
    key = request.match_info["id"]
    storage, users_min = context.services.storage, context.services.settings.users_min
    try:
        flow = await off_loop(storage.flow, key)
    except NoSuchFlow:
        raise not_found("flow", key) from None
    if not may_see(request, flow.app):
        raise not_found("flow", key)
    own, found = await off_loop(_found, storage, key, flow.test_id, users_min)
    sessions, steps = [_session(one) for one in found.sessions], [asdict(step) for step in found.steps]
    return json_answer({"test_id": flow.test_id, "flow_id": own, "sessions": sessions, "steps": steps})


def _found(storage: Storage, flow_id: str, test_id: str | None, users_min: int) -> tuple[str, Agreement]:
    """The agreement, and the flow whose sessions it is about: a healed test is written from those of the flow in which
    users do now what it was about."""
    stored = storage.test(test_id) if test_id is not None else None
    if stored is None:
        return flow_id, Agreement(tuple(storage.sessions(flow_id)), ())
    story = stored.test.story_id
    own, _ = storage.flows_of_stories([story]).get(story, (flow_id, True))
    return own, agreement(storage.sessions(own), stored.test, users_min)


def _session(story: Story) -> dict[str, Any]:
    return {
        "story_id": story.id,
        "session_id": story.session_id,
        "journey_id": story.journey_id,
        "started_at": story.start_timestamp,
        "ended_at": story.end_timestamp,
        "traffic": story.traffic,
        "closed_by": story.closed_by,
        "steps": len(story.steps),
    }


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/flows/{id}/agreement",
        get_agreement,
        "The sessions that a flow's test was written from: who did each step, what is asserted, what varied.",
        answers={200: Answer("The agreement.", SCHEMA), 404: Answer("No such flow."), 503: AWAY},
        parameters=(FLOW_ID,),
        tag="flows",
        access="read",
    ),
)
