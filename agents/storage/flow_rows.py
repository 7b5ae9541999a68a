"""The flows of an app, as they were seen."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, select

from agents.storage import rows
from agents.storage.tables import FLOWS, STORIES, TESTS
from pipeline.flows.coverage import SeenFlow, seen_flow
from pipeline.patterns.discovery import SeenGoals, seen_goals
from schemas.codecs import from_json
from schemas.stories import STORY

FLOWS_MAX: Final = 2_000
"""Flows that are looked at, the most frequent first."""


def seen_flows(connection: Connection, app: str, users_min: int) -> list[SeenFlow]:
    """The FLOWS_MAX most frequent flows of an app."""
    return [
        seen_flow(row.id, from_json(STORY, row.body), row.support, row.last, bool(row.tested), users_min)
        for row in most_frequent(connection, app)
    ]


def seen_goals_of(connection: Connection, app: str, users_min: int) -> list[SeenGoals]:
    """What the FLOWS_MAX most frequent flows of an app were after."""
    rows = most_frequent(connection, app)
    return [seen_goals(row.id, from_json(STORY, row.body), row.support, users_min) for row in rows]


def most_frequent(connection: Connection, app: str) -> Iterable[Row[Any]]:
    """The FLOWS_MAX most frequent flows of an app with a story each."""
    drawn = (
        select(
            STORIES.c.flow_id, func.min(STORIES.c.id).label("story"), func.max(STORIES.c.start_timestamp).label("last")
        )
        .where(STORIES.c.app == rows.plain(app))
        .group_by(STORIES.c.flow_id)
        .subquery()
    )
    tested = exists().where(TESTS.c.flow_id == FLOWS.c.id).label("tested")
    query = (
        select(FLOWS.c.id, FLOWS.c.support, drawn.c.last, STORIES.c.body, tested)
        .join(drawn, drawn.c.flow_id == FLOWS.c.id)
        .join(STORIES, STORIES.c.id == drawn.c.story)
        .order_by(FLOWS.c.support.desc(), FLOWS.c.id)
        .limit(FLOWS_MAX)
    )
    return connection.execute(query)
