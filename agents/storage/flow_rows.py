"""The flows of an app, as they were seen."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select

from agents.storage import rows
from agents.storage.flow_lists import days_shown
from agents.storage.tables import FLOWS, STORIES, TESTS
from pipeline.flows.coverage import SeenFlow, seen_flow
from pipeline.patterns.discovery import SeenGoals, seen_goals
from schemas.codecs import from_json
from schemas.limits import PAGE_ITEMS_MAX
from schemas.stories import STORY

FLOWS_MAX: Final = 2_000
"""Flows that are looked at, the most frequent first."""
TOLD_MAX: Final = 20_000
"""Flows that are kept as they were told: those of ten apps."""

StoryKey = tuple[str, int, int]
"""A story's id and version, and how many users must have typed what may be told."""


class ToldFlows:
    """What flows do, as it was told of one story each. It is kept from one look to the next: to read a story and tell
    it takes milliseconds, and its version never changes. May be used by several threads."""

    def __init__(self, told_max: int = TOLD_MAX) -> None:
        self._max = told_max
        self._told: OrderedDict[StoryKey, SeenFlow] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._told)

    def known(self, keys: Iterable[StoryKey]) -> dict[StoryKey, SeenFlow]:
        """Those of the stories that are known."""
        with self._lock:
            found = {key: self._told[key] for key in keys if key in self._told}
            for key in found:
                self._told.move_to_end(key)
        return found

    def add(self, told: dict[StoryKey, SeenFlow]) -> None:
        """Keeps these; what was not asked for longest is forgotten."""
        with self._lock:
            self._told |= told
            while len(self._told) > self._max:
                self._told.popitem(last=False)


@dataclass(frozen=True, slots=True)
class DayOfJourneys:
    """Journeys of one day (ISO 8601): those of flows with a test, and the others; and how many users did them."""

    day: str
    tested: int
    untested: int
    users: int = 0


def seen_flows(connection: Connection, app: str, users_min: int, told: ToldFlows) -> list[SeenFlow]:
    """The FLOWS_MAX most frequent flows of an app. Only stories that `told` doesn't know are read."""
    frequent = list(connection.execute(_frequent(app, STORIES.c.id.label("story"), STORIES.c.version)))
    keys = {row.id: (row.story, row.version, users_min) for row in frequent}
    known = told.known(keys.values())
    new = _told_of(connection, {flow: key for flow, key in keys.items() if key not in known})
    told.add(new)
    known |= new
    return [
        replace(known[key], flow_id=row.id, journeys=row.support, last_seen=row.last, tested=bool(row.tested))
        for row in frequent
        if (key := keys[row.id]) in known
    ]


def _told_of(connection: Connection, wanted: dict[str, StoryKey]) -> dict[StoryKey, SeenFlow]:
    """What flows do, by the story that is to tell it."""
    found: dict[StoryKey, SeenFlow] = {}
    flows = {key[0]: (flow, key) for flow, key in wanted.items()}
    for part in _parts(sorted(flows)):
        for row in connection.execute(select(STORIES.c.id, STORIES.c.body).where(STORIES.c.id.in_(part))):
            flow, key = flows[row.id]
            found[key] = seen_flow(flow, from_json(STORY, row.body), 0, "", False, key[2])
    return found


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[begin : begin + PAGE_ITEMS_MAX] for begin in range(0, len(names), PAGE_ITEMS_MAX))


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
    return connection.execute(_frequent(app, STORIES.c.body))


def _frequent(app: str, *of_story: ColumnElement[Any]) -> Select[Any]:
    drawn = (
        select(
            STORIES.c.flow_id, func.min(STORIES.c.id).label("story"), func.max(STORIES.c.start_timestamp).label("last")
        )
        .where(STORIES.c.app == rows.plain(app))
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
