"""By which messages of the log the steps of a story came."""

from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import may_see
from agents.web.queries import off_loop
from agents.web.services import BrokerUnavailable, Found
from agents.web.views.stories import STORY_ID
from schemas.stories import Story

_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_STEP: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["event_id", "offset", "logged_at"],
    "properties": {
        "event_id": _TEXT,
        "offset": {**_COUNT, "nullable": True},
        "logged_at": {**_TEXT, "nullable": True},
    },
}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["topic", "partition", "searched_from", "searched_to", "messages", "steps"],
    "properties": {
        "topic": _TEXT,
        "partition": _COUNT,
        "searched_from": {**_COUNT, "description": "The first offset that was looked at."},
        "searched_to": {**_COUNT, "description": "The first offset that was not."},
        "messages": _COUNT,
        "steps": {"type": "array", "items": _STEP},
    },
}


async def get_places(context: Context, request: web.Request) -> web.Response:
    """Topic, partition and offset of the event that each step of a story is told of."""
    key = request.match_info["id"]
    stored = await off_loop(context.services.storage.story, key)
    if stored is None or not may_see(request, stored.story.app):
        raise not_found("story", key)
    story = stored.story
    began = datetime.fromisoformat(story.start_timestamp)
    wanted = {step.event_id for step in story.steps}
    try:
        since_ms = int(began.timestamp() * 1000)
        found = await context.services.find_events(story.journey_id, wanted, since_ms)
    except BrokerUnavailable as error:
        raise ApiError(503, "broker_away", str(error), "try again once Kafka answers") from None
    if found is None:
        raise ApiError(429, "busy", "somebody else's events are being looked for", "try again in some seconds")
    return json_answer(_json(story, found))


def _json(story: Story, found: Found) -> dict[str, Any]:
    places = [(step.event_id, found.places.get(step.event_id)) for step in story.steps]
    return {
        "topic": found.topic,
        "partition": found.partition,
        "searched_from": found.begin,
        "searched_to": found.end,
        "messages": found.messages,
        "steps": [
            {
                "event_id": event_id,
                "offset": None if place is None else place.offset,
                "logged_at": None if place is None else _moment(place.logged_ms),
            }
            for event_id, place in places
        ],
    }


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/stories/{id}/places",
        get_places,
        "Topic, partition and offset of the event that each step of a story is told of: the log is searched for it, so "
        "an offset is null where it has aged out, or lies too far from when the browser says it happened.",
        answers={
            200: Answer("Where they lie.", SCHEMA),
            404: Answer("No such story."),
            429: Answer("Another search is under way."),
            503: Answer("Storage or Kafka is away."),
        },
        parameters=(STORY_ID,),
        tag="stories",
        access="read",
    ),
)
