"""Stories in the order in which they were stored: who looks on is told of each as it comes."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from agents.storage.sql import rows
from agents.storage.tables import STORIES


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """When a version of a story was stored (ISO 8601 in UTC, by the clock of the worker that did), and which."""

    stored_at: str
    story_id: str


def arrivals(connection: Connection, after: Arrival, app: str | None, limit: int) -> list[Arrival]:
    """The next `limit` stories that were stored after another one, of one app or of all, in that order."""
    query = select(STORIES.c.stored_at, STORIES.c.id).where(
        tuple_(STORIES.c.stored_at, STORIES.c.id) > (rows.plain(after.stored_at), rows.plain(after.story_id))
    )
    if app is not None:
        query = query.where(STORIES.c.app == rows.plain(app))
    found = connection.execute(query.order_by(STORIES.c.stored_at, STORIES.c.id).limit(limit))
    return [Arrival(row.stored_at, row.id) for row in found]
