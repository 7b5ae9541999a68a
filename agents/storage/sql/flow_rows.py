"""The flows of an app, as they were seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, exists, func, select, update

from agents.storage.recent_stories import RECENT
from agents.storage.sql import rows
from agents.storage.sql.flow_lists import days_shown
from agents.storage.tables import FLOWS, STORIES, TESTS
from pipeline.activities.flow_key import KEY_VERSION
from pipeline.flows.coverage import SeenFlow, seen_flow
from pipeline.patterns.discovery import SeenGoals, seen_goals
from schemas.codecs import from_json
from schemas.stories import STORY

FLOWS_MAX: Final = 2_000
"""Flows that are looked at, the most frequent first."""
STORIES_AT_ONCE_MAX: Final = 20
"""Stories that are read and classified between two writes: a fifth of a second, so that progress is kept."""

_SAVE: Final = (
    update(STORIES)
    .where(STORIES.c.id == bindparam("story"), STORIES.c.version == bindparam("counted"))
    .values(activities=bindparam("saved"))
)
_STANDING: Final = (STORIES.c.id.label("story"), STORIES.c.version, STORIES.c.activities)


@dataclass(frozen=True, slots=True)
class FrequentFlow:
    """A flow, and the story that stands for it: title and activities are those of that story.

    `classified` says whether they are known.
    """

    flow: SeenFlow
    story_id: str
    version: int
    classified: bool


@dataclass(frozen=True, slots=True)
class KnownFlows:
    """Flows as they were seen, and how many more there are whose stories were not read yet."""

    flows: list[SeenFlow]
    unread: int


@dataclass(frozen=True, slots=True)
class DayOfJourneys:
    """Journeys of one day (ISO 8601): those of flows with a test, and the others; and how many users did them."""

    day: str
    tested: int
    untested: int
    users: int = 0


def frequent_flows(connection: Connection, app: str, users_min: int) -> list[FrequentFlow]:
    """The FLOWS_MAX most frequent flows of an app.

    No story is read: its activities were saved when it was classified, and count as long as the rules are the same.
    """
    return [_frequent_flow(row, users_min) for row in connection.execute(_frequent(_of_app(app), *_STANDING))]


def _frequent_flow(row: Row[Any], users_min: int) -> FrequentFlow:
    saved = {} if row.activities is None else orjson.loads(row.activities)
    classified = (saved.get("key_version"), saved.get("users_min")) == (KEY_VERSION, users_min)
    title, activities = (saved["title"], saved["deeds"]) if classified else ("", ())
    flow = SeenFlow(row.id, title, row.support, row.last, frozenset(activities), bool(row.tested))
    return FrequentFlow(flow, row.story, row.version, classified)


def unclassified(found: Sequence[FrequentFlow]) -> Iterator[Sequence[FrequentFlow]]:
    """The flows whose activities are not known, in batches of STORIES_AT_ONCE_MAX."""
    left = [one for one in found if not one.classified]
    return (left[begin : begin + STORIES_AT_ONCE_MAX] for begin in range(0, len(left), STORIES_AT_ONCE_MAX))


def read_stories(connection: Connection, wanted: Sequence[FrequentFlow]) -> dict[str, str]:
    """The canonical JSON of the stories that stand for these flows, by id; of those with the same version still."""
    versions = {one.story_id: one.version for one in wanted}
    query = select(STORIES.c.id, STORIES.c.version, STORIES.c.body).where(STORIES.c.id.in_(versions))
    return {row.id: row.body for row in connection.execute(query) if row.version == versions[row.id]}


def classified(wanted: Sequence[FrequentFlow], bodies: Mapping[str, str], users_min: int) -> list[FrequentFlow]:
    """The flows with the titles and activities of their stories; a flow whose story is gone is left out."""
    out = []
    for one in wanted:
        if (body := bodies.get(one.story_id)) is not None:
            story, of = RECENT.story(body), one.flow
            flow = seen_flow(of.flow_id, story, of.journeys, of.last_seen, of.tested, users_min)
            out.append(replace(one, flow=flow, classified=True))
    return out


def save_activities(connection: Connection, found: Sequence[FrequentFlow], users_min: int) -> None:
    """Saves the titles and activities with the stories that have the same version still."""
    rules = {"key_version": KEY_VERSION, "users_min": users_min}
    saved = [orjson.dumps({**rules, "title": one.flow.title, "deeds": sorted(one.flow.activities)}) for one in found]
    known = [
        {"story": rows.plain(one.story_id), "counted": one.version, "saved": rows.plain(text.decode())}
        for one, text in zip(found, saved, strict=True)
    ]
    if known:
        connection.execute(_SAVE, known)


def journeys_by_day(connection: Connection, app: str) -> list[DayOfJourneys]:
    """The journeys of an app on each of the days that are shown."""
    days = days_shown(connection, app)
    day = func.substr(STORIES.c.start_timestamp, 1, 10)
    tested = exists().where(TESTS.c.flow_id == STORIES.c.flow_id)
    since = (STORIES.c.app == rows.plain(app)) & (STORIES.c.start_timestamp >= days[0])
    query = select(day.label("day"), tested.label("tested"), func.count().label("count")).where(since)
    counts = {(row.day, bool(row.tested)): int(row[2]) for row in connection.execute(query.group_by("day", "tested"))}
    who = select(day, func.count(STORIES.c.user_id.distinct())).where(since).group_by(day)
    users = {date: int(count) for date, count in connection.execute(who)}
    return [
        DayOfJourneys(one, counts.get((one, True), 0), counts.get((one, False), 0), users.get(one, 0)) for one in days
    ]


def seen_goals_of(connection: Connection, app: str, users_min: int) -> list[SeenGoals]:
    """What the FLOWS_MAX most frequent flows of an app were after."""
    rows = most_frequent(connection, app)
    return [seen_goals(row.id, from_json(STORY, row.body), row.support, users_min) for row in rows]


def most_frequent(connection: Connection, app: str) -> Iterable[Row[Any]]:
    """The FLOWS_MAX most frequent flows of an app with a story each."""
    return connection.execute(_frequent(_of_app(app), STORIES.c.body))


def _of_app(app: str) -> ColumnElement[bool]:
    return STORIES.c.app == rows.plain(app)


def _frequent(wanted: ColumnElement[bool], *of_story: ColumnElement[Any]) -> Select[Any]:
    drawn = (
        select(
            STORIES.c.flow_id, func.min(STORIES.c.id).label("story"), func.max(STORIES.c.start_timestamp).label("last")
        )
        .where(wanted)
        .group_by(STORIES.c.flow_id)
        .subquery()
    )
    tested = exists().where(TESTS.c.flow_id == FLOWS.c.id).label("tested")
    return (
        select(FLOWS.c.id, FLOWS.c.support, drawn.c.last, tested, *of_story)
        .join(drawn, drawn.c.flow_id == FLOWS.c.id)
        .join(STORIES, STORIES.c.id == drawn.c.story)
        .order_by(FLOWS.c.support.desc(), FLOWS.c.id)
        .limit(FLOWS_MAX)
    )
