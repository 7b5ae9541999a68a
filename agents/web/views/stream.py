"""What goes on, told as it happens: stories as they are stored, and how this worker is.

All workers share the storage, so it is asked once a second what was stored since. A cursor is a place in that order;
as one worker's clock may be behind another's, each look begins OVERLAP_S before it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from agents.storage import StoredStory
from agents.storage.sql.arrivals import Arrival
from agents.storage.sql.cursors import pack, unpack
from agents.storage.sql.rows import now
from agents.web.calls import Answer, Call, Context, Parameter
from agents.web.errors import api_error
from agents.web.guards.admission import own_app
from agents.web.queries import CURSOR_CHARS_MAX, off_loop, text_parameter
from agents.web.streams import Gone, Stream
from agents.web.views.live import newest, sees_the_worker, shown_story, worker_figures
from schemas.codecs import BadInput
from schemas.limits import ID_CHARS_MAX, PAGE_ITEMS_MAX

LOOK_S: Final = 1.0
"""How often it is looked at what is new."""
OVERLAP_S: Final = 3
SEEN_MAX: Final = 5_000
"""Arrivals that a stream remembers, so that it says each once; beyond, one may be said twice."""
FOLLOWED_MAX: Final = 50
"""Stories that a stream says changes of, those that it said last."""
SUMMARY: Final = (
    "Server-sent events: `story` as each is stored or changes (as in `GET /api/v1/live`), `gone` with the id of one "
    "that was withdrawn, `worker` as its figures change (for keys that see all apps), `problem` before an end that was "
    "not planned. It begins with the newest stories, or after `Last-Event-ID`; `begun` says that all of what there was "
    "is told, so that it can be shown at once. It ends after ten minutes, to be asked "
    "for again, with the stories that are `shown` by then: of those too it says what is gone. A story may be told "
    "twice. A line that begins with a colon says that it is still there."
)


async def get_stream(context: Context, request: web.Request) -> web.StreamResponse:
    """Stories as they appear, and the worker's figures as they change."""
    app = own_app(request, request.query.get("app"))
    last_id = request.headers.get("Last-Event-ID", "")
    if len(last_id) > CURSOR_CHARS_MAX:
        raise BadInput("Last-Event-ID: not one that this stream gave")
    cursor = Arrival(*unpack(last_id)) if last_id else None
    async with context.streams.place(context.visitors.of(request)):
        begun = Arrival(now(), "")
        shown = _shown_ids(request)
        known = [] if cursor else await off_loop(newest, context, app)
        stream = await Stream.opened(request)
        try:
            feed = StoryFeed(context, stream, app, cursor or begun, worker=sees_the_worker(request))
            await feed.begin(known, shown)
            while not stream.is_over:
                await feed.look()
                if not await context.streams.pause(LOOK_S):
                    break
        except Gone:
            pass
        except Exception as error:  # noqa: BLE001 - logged; the head is sent, so it can only be said in the stream
            failed = api_error(error)
            with suppress(Gone):
                await stream.say("problem", {"code": failed.code, "message": failed.message})
    return stream.answer


class StoryFeed:
    """Says on one stream what was not said on it yet."""

    def __init__(self, context: Context, stream: Stream, app: str | None, cursor: Arrival, *, worker: bool) -> None:
        self._says_worker = worker
        self._context, self._stream, self._app, self._cursor = context, stream, app, cursor
        self._seen: OrderedDict[Arrival, None] = OrderedDict()
        self._told: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._worker: Any = None

    async def begin(self, known: Sequence[dict[str, Any]], shown: Sequence[str] = ()) -> None:
        """Says what is there already, the oldest story first, and of the stories with the ids `shown` which are gone or
        have changed since; then that this was all. Raises Gone, StorageUnavailable."""
        await self._figures()
        found = await self._named(list(shown))
        there = {name: one for name, one in found.items() if self._app in (None, one.story.app)}
        for name in shown:
            if name not in there:
                await self._stream.say("gone", {"id": name})
        for one in (*reversed(known), *map(self._shown, there.values())):
            await self._say(one)
        await self._stream.say("begun", {})

    async def look(self) -> None:
        """Says what is new since the last look. Raises Gone, StorageUnavailable."""
        await self._figures()
        await self._new_stories()
        await self._changed_stories()
        await self._stream.beat()

    async def _figures(self) -> None:
        if not self._says_worker:
            return
        figures = self._context.streams.shared(LOOK_S, lambda: worker_figures(self._context))
        if figures != self._worker:
            self._worker = figures
            await self._stream.say("worker", figures)

    async def _new_stories(self) -> None:
        storage, after = self._context.services.storage, _earlier(self._cursor)
        while True:
            found = await off_loop(storage.arrivals, after, self._app)
            new = [one for one in found if one not in self._seen]
            stored = await self._named([one.story_id for one in new])
            for one in new:
                self._seen[one] = None
                self._cursor = max(self._cursor, one)
                if one.story_id in stored:
                    await self._say(self._shown(stored[one.story_id]))
            while len(self._seen) > SEEN_MAX:
                self._seen.popitem(last=False)
            if len(found) < PAGE_ITEMS_MAX:
                return
            after = found[-1]

    async def _changed_stories(self) -> None:
        if not self._told:
            return
        states = await off_loop(self._context.services.storage.flows_of_stories, list(self._told))
        for story_id in [one for one in self._told if one not in states]:
            del self._told[story_id]
            await self._stream.say("gone", {"id": story_id})
        changed = [one for one, shown in self._told.items() if states[one] != (shown["flow_id"], shown["has_test"])]
        for stored in (await self._named(changed)).values():
            await self._say(self._shown(stored))

    async def _named(self, story_ids: list[str]) -> dict[str, StoredStory]:
        if not story_ids:
            return {}
        found = await off_loop(self._context.services.storage.stories_named, story_ids)
        return {one.story.id: one for one in found}

    def _shown(self, stored: StoredStory) -> dict[str, Any]:
        return shown_story(stored, self._context.services.settings.users_min)

    async def _say(self, shown: dict[str, Any]) -> None:
        before = self._told.get(shown["id"], {})
        if {**before, "support": shown["support"]} == shown:  # a flow's support grows with each of its stories
            return
        self._told[shown["id"]] = shown
        while len(self._told) > FOLLOWED_MAX:
            self._told.popitem(last=False)
        await self._stream.say("story", shown, pack(self._cursor.stored_at, self._cursor.story_id))


def _shown_ids(request: web.Request) -> list[str]:
    shown = list(dict.fromkeys(request.query.getall("shown", [])))
    if len(shown) > FOLLOWED_MAX or any(len(one) > ID_CHARS_MAX for one in shown):
        raise BadInput(f"shown: should be the ids of at most {FOLLOWED_MAX} stories")
    return shown


def _earlier(cursor: Arrival) -> Arrival:
    """Where to look from; a cursor that somebody made up and that is no time is looked from as it is."""
    try:
        at = datetime.fromisoformat(cursor.stored_at) - timedelta(seconds=OVERLAP_S)
    except (ValueError, OverflowError):
        return cursor
    return Arrival(at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "")


CALLS: Final[tuple[Call, ...]] = (
    Call(
        "GET",
        "/api/v1/live/stream",
        get_stream,
        SUMMARY,
        answers={
            200: Answer("Events, until one of the two sides ends it.", {"type": "string"}, "text/event-stream"),
            400: Answer("A Last-Event-ID that this stream did not give."),
            429: Answer("As many streams as one visitor may have are open; Retry-After says when to come back."),
            503: Answer("All streams that there can be are open, or storage is away; Retry-After says when."),
        },
        parameters=(
            text_parameter("app", "Stories of this app."),
            Parameter(
                "shown",
                "query",
                "The ids of stories that the caller shows: it is said which of them are gone or have changed.",
                {"type": "array", "items": {"type": "string", "maxLength": ID_CHARS_MAX}, "maxItems": FOLLOWED_MAX},
            ),
            Parameter(
                "Last-Event-ID",
                "header",
                "The id of the last event that was read: it goes on after it.",
                {"type": "string", "maxLength": CURSOR_CHARS_MAX},
            ),
        ),
        tag="operations",
        access="read",
    ),
)
