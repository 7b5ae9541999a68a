"""Stories, and journeys that are still open."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from agents.storage import StoredStory, StoryFilter
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context, Parameter, ref
from agents.web.errors import ApiError, not_found
from agents.web.guards.admission import may_see, own_app
from agents.web.queries import PAGE_PARAMETERS, flag, off_loop, page_request, text_filters, text_parameter
from agents.web.services import OpenWindow
from pipeline.activities.explain import explain
from pipeline.privacy.pseudonyms import event_without_texts, events_without_values, visible_to_everyone
from pipeline.stories.traffic import traffic_of
from schemas.codecs import dump, from_json
from schemas.events import EVENT

ROUTED_HEADER: Final = "X-Journeywright-Routed"
"""Set on a request that one worker passes on to another, so that it is passed on once only."""
ROUTE_SECONDS_MAX: Final = 5.0
EVENTS_SHOWN_MAX: Final = 1_000
"""Events of one journey's open windows."""
SHOWN_BYTES_MAX: Final = 200_000
"""Bytes of these events, beyond the first: to look a megabyte through for values takes a third of a second."""
MARKED_AS_TEST: Final = b'"traffic":"test"'
"""Stands in each event that says so of itself; within a text its quotes would be escaped."""


def story_json(stored: StoredStory, users_min: int = 1) -> dict[str, Any]:
    """A story as clients know it."""
    fields: dict[str, Any] = dump(visible_to_everyone(stored.story, users_min))
    return {**fields, "hasTests": stored.has_test, "flow_id": stored.flow_id, "support": stored.support}


async def get_stories(context: Context, request: web.Request) -> web.Response:
    """A page of stories."""
    app = own_app(request, request.query.get("app"))
    wanted = StoryFilter(app=app, **text_filters(request, "session_id", "tag", "flow_id"))
    page = await off_loop(context.services.storage.stories, wanted, page_request(request))
    users_min = context.services.settings.users_min
    told = await off_loop(lambda: [story_json(one, users_min) for one in page.items])
    return json_answer({"stories": told, "next_cursor": page.next_cursor})


async def get_story(context: Context, request: web.Request) -> web.Response:
    """One story."""
    key = request.match_info["id"]
    explains = flag(request, "explain")
    stored = await off_loop(context.services.storage.story, key)
    if stored is None or not may_see(request, stored.story.app):
        raise not_found("story", key)
    users_min = context.services.settings.users_min
    return json_answer(await off_loop(_story, stored, users_min, explains))


def _story(stored: StoredStory, users_min: int, explains: bool | None) -> dict[str, Any]:
    told = story_json(stored, users_min)
    if explains:
        told["explanation"] = asdict(explain(visible_to_everyone(stored.story, users_min)))
    return told


def windows_json(windows: Sequence[OpenWindow], users_min: int = 1) -> list[dict[str, Any]]:
    """Open windows as clients see them, with the newest events of all of them, as many as there is room for. Where
    values of real traffic need several users they are made up; and where that would take long, no texts are shown."""
    bytes_left, events_left = SHOWN_BYTES_MAX, EVENTS_SHOWN_MAX
    told: list[dict[str, Any]] = []
    for window in reversed(windows):
        shown: list[bytes] = []
        for event in reversed(window.events[-events_left:] if events_left else ()):
            bytes_left -= len(event)
            if bytes_left < 0 and (told or shown):
                break
            shown.append(event)
        events_left -= len(shown)
        fields = {"app": window.app, "story_id": window.story_id, "ended": window.ended}
        events = _shown(window, shown[::-1], users_min)
        told.append({**fields, "event_count": len(window.events), "events": events})
    return told[::-1]


def _shown(window: OpenWindow, newest: list[bytes], users_min: int) -> list[Any]:
    """The newest events of a window as whoever asks may read them."""
    whole: list[Any] = [orjson.Fragment(event) for event in newest]
    if users_min <= 1 or all(MARKED_AS_TEST in event for event in window.events):
        return whole
    if len(newest) < len(window.events):
        return [event_without_texts(event) for event in newest]
    events = [from_json(EVENT, event) for event in newest]
    return events_without_values(events, window.story_id) if traffic_of(events) == "real" else whole


async def get_journey(context: Context, request: web.Request) -> web.StreamResponse:
    """The open windows of a journey, from the worker that holds them."""
    key = request.match_info["id"]
    journeys = context.services.journeys
    if not journeys.is_mine(key):
        elsewhere = journeys.worker_of(key)
        if elsewhere is None or ROUTED_HEADER in request.headers or _is_me(context, elsewhere):
            raise ApiError(503, "moving", "the journey is moving between workers", "ask again in a moment")
        return await _routed(elsewhere, request)
    windows = [window for window in journeys.open_windows(key) if may_see(request, window.app)]
    if not windows:
        hint = "it may be closed: GET /api/v1/stories"
        raise ApiError(404, "not_found", f"no open journey has the id {key[:100]!r}", hint)
    users_min = context.services.settings.users_min
    told = await off_loop(windows_json, windows, users_min)
    return json_answer({"journey_id": key, "windows": told})


def _is_me(context: Context, url: str) -> bool:
    mine, other = URL(context.services.settings.public_url), URL(url)
    return (mine.host, mine.port) == (other.host, other.port)


async def _routed(worker_url: str, request: web.Request) -> web.Response:
    target = URL(worker_url).join(URL(request.rel_url.raw_path, encoded=True))
    timeout = aiohttp.ClientTimeout(total=ROUTE_SECONDS_MAX)
    passed_on = {ROUTED_HEADER: "1"}
    if "Authorization" in request.headers:
        passed_on["Authorization"] = request.headers["Authorization"]
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(target, headers=passed_on) as answer,
        ):
            body = await answer.read()
            headers = {name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers}
            return web.Response(body=body, status=answer.status, headers=headers, content_type=answer.content_type)
    except (TimeoutError, aiohttp.ClientError):
        message = "the worker that holds the journey doesn't answer"
        raise ApiError(503, "moving", message, "ask again in a moment") from None


STORY_ID = Parameter("id", "path", "The story's id.", required=True)

CALLS = (
    Call(
        "GET",
        "/api/v1/stories",
        get_stories,
        "Stories, newest first.",
        answers={
            200: Answer("A page.", ref("StoryPage")),
            400: Answer("A parameter that can't be used."),
            503: Answer("Storage is away."),
        },
        parameters=(
            text_parameter("session_id", "Stories of this session."),
            text_parameter("app", "Stories of this app."),
            text_parameter("tag", "Stories with this tag."),
            text_parameter("flow_id", "Stories of this flow."),
            *PAGE_PARAMETERS,
        ),
        tag="stories",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/stories/{id}",
        get_story,
        "One story; with `explain=1` also which rule said what of it, and from which evidence.",
        answers={
            200: Answer("The story.", ref("StoryAnswer")),
            400: Answer("A parameter that can't be used."),
            404: Answer("No such story."),
            503: Answer("Storage is away."),
        },
        parameters=(
            STORY_ID,
            Parameter("explain", "query", "Adds `explanation`.", {"type": "string", "enum": ["1", "0"]}),
        ),
        tag="stories",
        access="read",
    ),
    Call(
        "GET",
        "/api/v1/journeys/{id}",
        get_journey,
        "The open windows of a journey, from whichever worker holds it.",
        answers={
            200: Answer("The open windows.", ref("OpenJourney")),
            404: Answer("No open journey has this id."),
            503: Answer("The journey is moving between workers."),
        },
        parameters=(Parameter("id", "path", "The journey's id.", required=True),),
        tag="stories",
        access="read",
    ),
)
