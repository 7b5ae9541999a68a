"""Flows that people merge, and part again.

A flow keeps the id that its key gives it. Merged into another one, it has no stories of its own: those that it had, and
those that come, belong to the other one, whose test is written from all of them. Parted, it has them again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Connection, cast, delete, func, insert, select, update

from agents.storage.sql import rows
from agents.storage.sql.failures import failures
from agents.storage.sql.flow_rows import most_frequent
from agents.storage.sql.story_rows import KNOWN_AS, add_support, lock_merged, merged_paths, note_evidence
from agents.storage.tables import FLOW_CHANGES, FLOWS, STORIES, TESTS
from agents.storage.values import CannotMerge, FlowChange, NoSuchFlow, StoredFlow
from pipeline.flows.ids import flow_id as flow_of_key
from schemas.codecs import from_json
from schemas.stories import STORY, Story

MERGED_MAX: Final = 100
"""Flows that are merged into one, those that came with others included."""
CHANGES_MAX: Final = 100
"""Of what was done to a flow, the newest so many are kept."""
SAMPLES_MAX: Final = 5
"""Stories by which a flow's key is told anew."""


def merge(connection: Connection, flow_id: str, into: str) -> None:
    """Merges a flow into another one of its app, or into the one that this was merged into. The same again changes
    nothing. Raises NoSuchFlow or CannotMerge."""
    flow, other = rows.plain(flow_id), rows.plain(into)
    paths = lock_merged(connection, [flow, other])
    root = paths[other][-1]
    if _app_of(connection, flow) != _app_of(connection, other):
        raise CannotMerge("the two flows are of different apps")
    if flow in paths[other]:
        raise CannotMerge(
            "a flow can't be merged into itself"
            if flow == other
            else "that flow is merged into this one already: part it first"
        )
    if len(paths[flow]) > 1:
        if paths[flow][-1] == root:
            return
        raise CannotMerge(f"the flow is merged into {paths[flow][1]} already: part it first")
    if 1 + len(_below(connection, [root, flow])) > MERGED_MAX:
        raise CannotMerge(f"no more than {MERGED_MAX} flows can be merged into one")
    _merge(connection, flow, root)


def _merge(connection: Connection, flow: str, root: str) -> None:
    connection.execute(update(FLOWS).where(FLOWS.c.id == flow).values(merged_into=root))
    moved = _move(connection, flow, root, STORIES.c.flow_id == flow)
    _note(connection, flow, "merged into", root, moved)
    _note(connection, root, "took in", flow, moved)


def part(connection: Connection, flow_id: str) -> None:
    """Parts a flow, with those that were merged into it, from the one that it is merged into. One that isn't merged
    stays as it is. Raises NoSuchFlow."""
    flow = rows.plain(flow_id)
    path = lock_merged(connection, [flow])[flow]
    app = _app_of(connection, flow)
    if len(path) == 1:
        return
    root = path[-1]
    own = [flow, *_below(connection, [flow])]
    keys = select(FLOWS.c.flow_key).where(FLOWS.c.id.in_(own), FLOWS.c.app == app)
    connection.execute(update(FLOWS).where(FLOWS.c.id == flow).values(merged_into=None))
    moved = _move(connection, root, flow, (STORIES.c.flow_id == root) & _key_of(connection).in_(keys))
    _note(connection, flow, "parted from", root, moved)
    _note(connection, root, "gave back", flow, moved)


def behind(connection: Connection, version: int) -> list[str]:
    """The flows with stories that were looked at last when keys were told by the rules of an earlier version."""
    query = select(FLOWS.c.id).where(FLOWS.c.support > 0, FLOWS.c.key_version < version).order_by(FLOWS.c.id)
    return list(connection.execute(query).scalars())


def carry_over(connection: Connection, flow_id: str, key_of: Callable[[Story], str], version: int) -> None:
    """Keeps a flow's id where its stories have another key by the rules of `version`: the flow that this key names is
    merged into it, so that stories that come are told to it. Two flows that have become one are merged, into the one
    that was carried over before. `key_of` tells the key of a story."""
    path = lock_merged(connection, [flow_id])[flow_id]
    row = connection.execute(select(FLOWS).where(FLOWS.c.id == flow_id)).one()
    if len(path) > 1 or row.key_version >= version:
        return  # another worker was quicker
    connection.execute(update(FLOWS).where(FLOWS.c.id == flow_id).values(key_version=version))
    below = select(FLOWS.c.flow_key).where(FLOWS.c.id.in_(_below(connection, [flow_id])))
    for old in [row.flow_key, *connection.execute(below).scalars()]:
        mine = (STORIES.c.flow_id == flow_id) & (_key_of(connection) == old)
        query = select(STORIES.c.body).where(mine).order_by(STORIES.c.id).limit(SAMPLES_MAX)
        keys = Counter(key_of(from_json(STORY, body)) for body in connection.execute(query).scalars())
        if not keys:
            continue
        key = max(sorted(keys), key=lambda one: keys[one])
        if _known_as(connection, flow_id, row.app, key, version) != flow_id:
            return  # it was merged into another one, with all that was merged into it


def _known_as(connection: Connection, flow_id: str, app: str, key: str, version: int) -> str:
    """Lets stories with this key come to the flow; where they come to another one that was carried over before, the two
    are one from now on. The flow that they come to."""
    named = flow_of_key(app, key)
    new = {"id": named, "app": app, "flow_key": rows.plain(key), "support": 0, "key_version": version}
    rows.insert_absent(connection, FLOWS, [new])
    root = lock_merged(connection, [named, flow_id])[named][-1]
    if root == flow_id:
        return flow_id
    if root != named:
        _merge(connection, flow_id, root)
        return root
    connection.execute(update(FLOWS).where(FLOWS.c.id == named).values(merged_into=flow_id))
    moved = _move(connection, named, flow_id, STORIES.c.flow_id == named)
    _note(connection, flow_id, KNOWN_AS, named, moved)
    return flow_id


def flow(connection: Connection, flow_id: str) -> StoredFlow:
    """One flow. Raises NoSuchFlow."""
    key = rows.plain(flow_id)
    row = connection.execute(select(FLOWS).where(FLOWS.c.id == key)).one_or_none()
    if row is None:
        raise NoSuchFlow(flow_id)
    root = merged_paths(connection, [key])[key][-1]
    of_key = _key_of(connection) == row.flow_key if root != key else STORIES.c.id.is_not(None)
    query = select(STORIES.c.body).where(STORIES.c.flow_id == root, of_key).order_by(STORIES.c.id).limit(1)
    body = connection.execute(query).scalar_one_or_none()
    last = connection.execute(select(func.max(STORIES.c.start_timestamp)).where(STORIES.c.flow_id == key)).scalar()
    return StoredFlow(
        flow_id=key,
        app=row.app,
        support=row.support,
        sample=None if body is None else from_json(STORY, body),
        last_seen=last or "",
        merged_into=row.merged_into,
        merged=tuple(_below(connection, [key])),
        test_id=connection.execute(select(TESTS.c.id).where(TESTS.c.flow_id == key)).scalar_one_or_none(),
        changes=_changes(connection, key),
        failure=failures(connection, [key]).get(key, ""),
    )


def flows(connection: Connection, app: str) -> list[StoredFlow]:
    """The most frequent flows of an app, up to FLOWS_MAX; those that are merged into others stand there."""
    found = list(most_frequent(connection, app))
    names = [row.id for row in found]
    merged = {name: _below(connection, [name]) for name in _merged(connection, names)}
    failed = failures(connection, names)
    query = select(TESTS.c.flow_id, TESTS.c.id).where(TESTS.c.app == rows.plain(app))
    tests: dict[str, str] = {row.flow_id: row.id for row in connection.execute(query)}
    return [
        StoredFlow(
            flow_id=row.id,
            app=app,
            support=row.support,
            sample=from_json(STORY, row.body),
            last_seen=row.last,
            merged_into=None,
            merged=tuple(merged.get(row.id, ())),
            test_id=tests.get(row.id),
            failure=failed.get(row.id, ""),
        )
        for row in found
    ]


def _app_of(connection: Connection, flow: str) -> str:
    app: str | None = connection.execute(select(FLOWS.c.app).where(FLOWS.c.id == flow)).scalar_one_or_none()
    if app is None:
        raise NoSuchFlow(flow)
    return app


def _move(connection: Connection, source: str, target: str, which: ColumnElement[bool]) -> int:
    """Moves stories from one flow to another; how many."""
    moved = connection.execute(update(STORIES).where(which).values(flow_id=target)).rowcount
    add_support(connection, {source: -moved, target: moved})
    note_evidence(connection, [source, target])
    return moved


def _merged(connection: Connection, flows: Iterable[str]) -> dict[str, list[str]]:
    """The flows that are merged into these, by these."""
    query = select(FLOWS.c.id, FLOWS.c.merged_into).where(FLOWS.c.merged_into.in_(list(flows))).order_by(FLOWS.c.id)
    found: dict[str, list[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.merged_into, []).append(row.id)
    return found


def _below(connection: Connection, flows: list[str]) -> list[str]:
    """All flows that are merged into these, or into one of those."""
    found: list[str] = []
    level = flows
    while level:
        level = [name for names in _merged(connection, level).values() for name in names]
        found += level
    return found


def _key_of(connection: Connection) -> ColumnElement[Any]:
    """The flow key that a story's body names, whatever flow the story is in."""
    if connection.dialect.name == "sqlite":
        return func.json_extract(STORIES.c.body, "$.flow_key")
    # No database text has a NUL, but JSON can spell one, and PostgreSQL refuses to read it.
    return cast(func.replace(STORIES.c.body, "\\u0000", ""), JSON).op("->>")("flow_key")


def _note(connection: Connection, flow: str, change: str, other: str, stories: int) -> None:
    mine = FLOW_CHANGES.c.flow_id == flow
    last = connection.execute(select(func.max(FLOW_CHANGES.c.number)).where(mine)).scalar() or 0
    row = {"flow_id": flow, "number": last + 1, "changed_at": rows.now()}
    connection.execute(insert(FLOW_CHANGES).values(**row, change=change, other_flow_id=other, stories=stories))
    connection.execute(delete(FLOW_CHANGES).where(mine, FLOW_CHANGES.c.number <= last + 1 - CHANGES_MAX))


def _changes(connection: Connection, flow: str) -> tuple[FlowChange, ...]:
    query = select(FLOW_CHANGES).where(FLOW_CHANGES.c.flow_id == flow).order_by(FLOW_CHANGES.c.number)
    return tuple(
        FlowChange(row.changed_at, row.change, row.other_flow_id, row.stories) for row in connection.execute(query)
    )
