"""What goes on at the moment: the newest stories, and how this worker is."""

from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from agents.metrics import Metrics
from agents.storage import PageRequest, StoredStory, StoryFilter
from agents.web.answers import json_answer
from agents.web.calls import Answer, Call, Context
from agents.web.guards.admission import KEY, own_app
from agents.web.queries import off_loop, text_parameter
from pipeline.privacy.pseudonyms import title_for_all

STORIES_SHOWN: Final = 20
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "number"}
_COUNTS: Final = {"type": "object", "additionalProperties": _COUNT}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_PLACE: Final = _object(topic=_TEXT, partition=_TEXT, lag_messages=_COUNT, last_progress_s=_COUNT)
_LETTER: Final = _object(
    at=_TEXT, kind=_TEXT, cause=_TEXT, topic=_TEXT, partition={"type": "integer"}, offset={"type": "integer"}
)
_WORKER: Final = {
    **_object(
        open_windows=_COUNT,
        held_bytes=_COUNT,
        clock_delay_s=_COUNT,
        embedder_queue=_COUNT,
        events_accepted=_COUNT,
        events_refused=_COUNTS,
        stories_published=_COUNT,
        tests_published=_COUNT,
        messages_lost=_COUNT,
        own_faults=_COUNTS,
        recorder_errors=_COUNTS,
        dead_letters=_COUNTS,
        newest_dead_letters={"type": "array", "items": _LETTER},
        partitions={"type": "array", "items": _PLACE},
        missing={"type": "object", "additionalProperties": _TEXT},
    ),
    "nullable": True,
}
_STORY: Final = _object(
    id=_TEXT,
    title=_TEXT,
    app=_TEXT,
    tags={"type": "array", "items": _TEXT},
    flow_id=_TEXT,
    support={"type": "integer"},
    started_at=_TEXT,
    ended_at=_TEXT,
    steps={"type": "integer"},
    has_test={"type": "boolean"},
)
SCHEMA: Final[dict[str, Any]] = _object(stories={"type": "array", "items": _STORY}, worker=_WORKER)


async def get_live(context: Context, request: web.Request) -> web.Response:
    """The newest stories; the worker's own figures for whoever may see all apps."""
    app = own_app(request, request.query.get("app"))
    stories = await off_loop(newest, context, app)
    worker = worker_figures(context) if sees_the_worker(request) else None
    return json_answer({"stories": stories, "worker": worker})


def sees_the_worker(request: web.Request) -> bool:
    """Whether the request's key is good for what other apps use too."""
    return request[KEY].app is None


def newest(context: Context, app: str | None) -> list[dict[str, Any]]:
    """The stories that began last."""
    page = context.services.storage.stories(StoryFilter(app=app), PageRequest(STORIES_SHOWN))
    return [shown_story(one, context.services.settings.users_min) for one in page.items]


def shown_story(stored: StoredStory, users_min: int) -> dict[str, Any]:
    """A story in a list, with nothing that few users typed."""
    story = stored.story
    return {
        "id": story.id,
        "title": title_for_all(story, users_min),
        "app": story.app,
        "tags": list(story.tags),
        "flow_id": stored.flow_id,
        "support": stored.support,
        "started_at": story.start_timestamp,
        "ended_at": story.end_timestamp,
        "steps": len(story.steps),
        "has_test": stored.has_test,
    }


def worker_figures(context: Context) -> dict[str, Any]:
    """How this worker is at the moment."""
    context.services.refresh()
    metrics = context.services.metrics
    found = _samples(metrics)
    lag, progress = found.get("lag_messages", {}), found.get("last_progress_timestamp_seconds", {})
    reasons = {name: check() for name, check in context.services.checks.items()}

    def one(name: str) -> float:
        return found.get(name, {}).get((), 0.0)

    def by_label(name: str) -> dict[str, float]:
        return {labels[0]: value for labels, value in found.get(name, {}).items() if value}

    return {
        "open_windows": one("open_windows"),
        "held_bytes": one("held_bytes"),
        "clock_delay_s": one("clock_delay_seconds"),
        "embedder_queue": one("embedder_queue"),
        "events_accepted": one("events_accepted_total"),
        "events_refused": by_label("events_refused_total"),
        "stories_published": one("stories_published_total"),
        "tests_published": one("tests_published_total"),
        "messages_lost": one("messages_lost_total"),
        "own_faults": by_label("own_faults_total"),
        "recorder_errors": by_label("recorder_errors_total"),
        "dead_letters": by_label("dead_letters_total"),
        "newest_dead_letters": [asdict(letter) for letter in reversed(metrics.newest_dead_letters)],
        "partitions": [
            {
                "topic": place[0],
                "partition": place[1],
                "lag_messages": lag[place],
                "last_progress_s": progress.get(place, 0.0),
            }
            for place in sorted(lag)
        ],
        "missing": {name: reason for name, reason in reasons.items() if reason is not None},
    }


def _samples(metrics: Metrics) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of our metrics by name and labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            name = sample.name.removeprefix("journeywright_")
            found.setdefault(name, {})[tuple(sample.labels.values())] = sample.value
    return found


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/live",
        get_live,
        "The newest stories, and how the worker that answers is: open journeys, lag, dead letters, recorder errors.",
        answers={200: Answer("What goes on.", SCHEMA), 503: Answer("Storage is away.")},
        parameters=(text_parameter("app", "Stories of this app."),),
        tag="operations",
        access="read",
    ),
)
