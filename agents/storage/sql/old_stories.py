"""Which stories are too old to be kept, and how they leave: storage grows with what users do, not with time.

The stories that a flow's test is written from stay, whatever their age, so that no test changes.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select, tuple_

from agents.storage.sql import story_rows
from agents.storage.tables import STORIES

BATCH_MAX: Final = 100
"""Stories that are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class OldStories:
    """The stories of an app that began before `before` (ISO 8601) and come after `after`, by start and id."""

    app: str
    before: str
    after: tuple[str, str] = ("", "")


def old_stories(connection: Connection, days: int, now: str) -> list[OldStories]:
    """For each app what began more than `days` days before its newest story, or before `now` where that is earlier.

    An app is measured by its own traffic: one whose users are away, or whose old recordings are played back, keeps
    what it has.
    """
    newest = func.max(STORIES.c.start_timestamp)
    found = connection.execute(select(STORIES.c.app, newest.label("newest")).group_by(STORIES.c.app))
    return [OldStories(row.app, _earlier(min(row.newest, now), days)) for row in found]


def forget(connection: Connection, old: OldStories) -> tuple[int, OldStories | None]:
    """Deletes of the next BATCH_MAX old stories those that no test is written from. How many these were, and where to
    go on; None at the end."""
    place = tuple_(STORIES.c.start_timestamp, STORIES.c.id)
    query = (
        select(STORIES.c.id, STORIES.c.start_timestamp)
        .where(STORIES.c.app == old.app, STORIES.c.start_timestamp < old.before, place > old.after)
        .order_by(STORIES.c.start_timestamp, STORIES.c.id)
        .limit(BATCH_MAX)
    )
    found = connection.execute(query).all()
    if not found:
        return 0, None
    flows = story_rows.lock_stories(connection, [row.id for row in found])
    drawn = {story for flow in set(flows.values()) for story, _ in story_rows.sampled_versions(connection, flow)}
    gone = sorted(flows.keys() - drawn)
    if gone:
        connection.execute(delete(STORIES).where(STORIES.c.id.in_(gone)))
        story_rows.add_support(connection, {flow: -n for flow, n in Counter(flows[one] for one in gone).items()})
    return len(gone), OldStories(old.app, old.before, (found[-1].start_timestamp, found[-1].id))


def _earlier(at: str, days: int) -> str:
    """So many days earlier; "", before which nothing began, where that is no time (whoever sends stories says when they
    began) or lies before the first year."""
    try:
        moment = datetime.fromisoformat(at)
        return (moment - timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""
