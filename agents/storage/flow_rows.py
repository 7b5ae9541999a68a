"""The flows of an app, as they were seen."""

from typing import Final

from sqlalchemy import Connection, exists, func, select

from agents.storage import rows
from agents.storage.tables import FLOWS, STORIES, TESTS
from pipeline.coverage import SeenFlow, seen_flow
from schemas.codecs import from_json
from schemas.stories import STORY

FLOWS_MAX: Final = 2_000
"""Flows that are looked at, the most frequent first."""


def seen_flows(connection: Connection, app: str) -> list[SeenFlow]:
    """The FLOWS_MAX most frequent flows of an app."""
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
    return [
        seen_flow(row.id, from_json(STORY, row.body), row.support, row.last, bool(row.tested))
        for row in connection.execute(query)
    ]
