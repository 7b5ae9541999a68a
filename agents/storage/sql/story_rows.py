"""Stories and flows in the database.

A flow's row is locked before its stories change, so that `support` and the evidence are those of one moment even
when several workers bring stories of the same flow.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from agents.storage.recent_stories import RECENT, json_of
from agents.storage.sql import rows
from agents.storage.tables import FLOW_CHANGES, FLOWS, STORIES, STORY_TAGS, TESTS
from agents.storage.values import FlowState, Page, PageRequest, StoredStory, StoryFilter
from pipeline.activities.flow_key import KEY_VERSION
from pipeline.flows.consensus import SAMPLES_MAX, evidence_of
from pipeline.flows.ids import flow_id, test_id
from schemas.codecs import from_json
from schemas.stories import STORY, Story

KNOWN_AS: Final = "known as"
"""What is noted of a flow whose key is another one by newer rules: nothing that its test would ask for."""

Versions = tuple[tuple[str, int], ...]
"""(id, version) of stories."""


_NAMED: Final[BindParameter[str]] = bindparam("flow")
# What each story and test asks is built once: to build a statement, and to find what was compiled of it, costs several
# times what it costs to run it.
_BEFORE: Final = select(STORIES.c.id, STORIES.c.flow_id, STORIES.c.body).where(
    STORIES.c.id.in_(bindparam("stories", expanding=True))
)
_FLOWS: Final = select(FLOWS.c.id, FLOWS.c.app, FLOWS.c.support).where(
    FLOWS.c.id.in_(bindparam("flows", expanding=True))
)
_TESTS: Final = select(TESTS.c.id, TESTS.c.evidence, TESTS.c.published).where(
    TESTS.c.id.in_(bindparam("tests", expanding=True))
)
_HAS_TEST: Final = exists().where(TESTS.c.flow_id == STORIES.c.flow_id).label("has_test")
_DRAWN: Final = select(STORIES.c.id, STORIES.c.version).where(STORIES.c.flow_id == _NAMED)
_SAMPLED: Final = _DRAWN.order_by(STORIES.c.id).limit(SAMPLES_MAX)
_SESSIONS: Final = select(STORIES.c.body).where(STORIES.c.flow_id == _NAMED).order_by(STORIES.c.id).limit(SAMPLES_MAX)
_DRAWN_BODIES: Final = select(STORIES.c.id, STORIES.c.version, STORIES.c.flow_id, STORIES.c.body).where(
    STORIES.c.id.in_(bindparam("stories", expanding=True))
)
_NOTE_EVIDENCE: Final = update(FLOWS).where(FLOWS.c.id == _NAMED).values(evidence=bindparam("drawn"))
_ADD_SUPPORT: Final = update(FLOWS).where(FLOWS.c.id == _NAMED).values(support=FLOWS.c.support + bindparam("change"))
_MERGED: Final = select(FLOWS.c.id, FLOWS.c.merged_into).where(
    FLOWS.c.id.in_(bindparam("flows", expanding=True)), FLOWS.c.merged_into.is_not(None)
)


def put_stories(connection: Connection, stories: Sequence[Story]) -> dict[str, FlowState]:
    """Inserts or replaces stories, moves those between flows whose flow key changed. Of several versions of one story
    the last one counts. The states, by flow, of every flow that a story is in now or was in before."""
    now = rows.now()
    placed = {put.key: put for put in (_placed(story, now) for story in stories)}
    _lock_story_ids(connection, placed)
    flows = {put.flow: put for put in placed.values()}
    rows.insert_absent(connection, FLOWS, [put.flow_row() for put in flows.values()])
    before, into = _locked(connection, placed, flows)
    placed = {key: replace(put, flow=into[put.flow][-1]) for key, put in placed.items()}
    concerned = sorted({*(put.flow for put in placed.values()), *(row.flow_id for row in before.values())})
    changed = [put for key, put in placed.items() if _differs(put, before.get(key))]
    _write(connection, changed, before)
    moves: Counter[str] = Counter()
    for put in changed:
        moves[put.flow] += 1
        if put.key in before:
            moves[before[put.key].flow_id] -= 1
    add_support(connection, moves)
    return _states(connection, concerned, note_evidence(connection, concerned))


def lock_stories(connection: Connection, stories: Sequence[str]) -> dict[str, str]:
    """Keeps others from changing these stories and their flows until the transaction ends; the flow of each, where it
    is there still."""
    _lock_story_ids(connection, stories)
    before, _ = _locked(connection, stories, [])
    return {story: row.flow_id for story, row in before.items()}


def _locked(
    connection: Connection, stories: Iterable[str], flows: Iterable[str]
) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Locks these flows, those that the stories are in, and all that they are merged into. The rows of the stories, and
    the ways to where each flow's stories belong, as they are from then on: while a lock is waited for, people may merge
    flows, which moves stories."""
    known = {"stories": list(stories)}
    locked: set[str] = set()
    while True:
        before = {row.id: row for row in connection.execute(_BEFORE, known)}
        concerned = {*flows, *(row.flow_id for row in before.values())}
        if concerned <= locked:
            return before, lock_merged(connection, concerned)
        lock_merged(connection, concerned)
        locked |= concerned


@dataclass(frozen=True, slots=True)
class _Placed:
    """A story on its way into its flow: the one that its key names, or the one that this was merged into."""

    story: Story
    key: str
    flow: str
    body: str
    stored_at: str

    def row(self) -> dict[str, Any]:
        return {
            "id": self.key,
            "version": self.story.version,
            "app": rows.plain(self.story.app),
            "session_id": rows.plain(self.story.session_id),
            "journey_id": rows.plain(self.story.journey_id),
            "flow_id": self.flow,
            "start_timestamp": rows.plain(self.story.start_timestamp),
            "body": self.body,
            "user_id": rows.plain(self.story.user_id or self.story.session_id),
            "stored_at": self.stored_at,
            "activities": None,
        }

    def flow_row(self) -> dict[str, Any]:
        flow_key = rows.plain(self.story.flow_key)
        app = rows.plain(self.story.app)
        return {"id": self.flow, "app": app, "flow_key": flow_key, "support": 0, "key_version": KEY_VERSION}

    def tag_rows(self) -> list[dict[str, Any]]:
        return [{"story_id": self.key, "tag": tag} for tag in sorted({rows.plain(tag) for tag in self.story.tags})]


def _placed(story: Story, now: str) -> _Placed:
    body = json_of(story).decode()
    RECENT.keep(body, story)
    return _Placed(story, rows.plain(story.id), flow_id(story.app, story.flow_key), body, now)


def _differs(put: _Placed, before: Any) -> bool:
    return before is None or before.body != put.body or before.flow_id != put.flow


def _write(connection: Connection, changed: Sequence[_Placed], before: Container[str]) -> None:
    rows.upsert(connection, STORIES, [put.row() for put in changed])
    known = [put.key for put in changed if put.key in before]
    if known:
        connection.execute(delete(STORY_TAGS).where(STORY_TAGS.c.story_id.in_(known)))
    tags = [row for put in changed for row in put.tag_rows()]
    if tags:
        connection.execute(insert(STORY_TAGS), tags)


def withdraw_story(connection: Connection, story_id: str) -> FlowState | None:
    """Deletes a story. The state of the flow that it belonged to, or None where there was no such story."""
    key = rows.plain(story_id)
    flow = lock_stories(connection, [key]).get(key)
    if flow is None:
        return None
    connection.execute(delete(STORIES).where(STORIES.c.id == key))
    add_support(connection, {flow: -1})
    return _states(connection, [flow], note_evidence(connection, [flow]))[flow]


def flow_state(connection: Connection, flow: str) -> FlowState:
    """The state of a flow whose row exists."""
    return _states(connection, [flow], {flow: sampled_versions(connection, flow)})[flow]


def _states(connection: Connection, flows: Sequence[str], drawn: Mapping[str, Versions]) -> dict[str, FlowState]:
    """The states of flows whose rows exist, and of which it is known what their tests are written from."""
    found = connection.execute(_FLOWS, {"flows": list(flows)}).all()
    names = {row.id: test_id(row.app, row.id) for row in found}
    tests = {row.id: row for row in connection.execute(_TESTS, {"tests": list(names.values())})}
    states = {}
    for row in found:
        test = tests.get(names[row.id])
        evidence, published = (None, False) if test is None else (test.evidence, test.published)
        states[row.id] = FlowState(row.id, row.app, drawn[row.id], row.support, evidence, published)
    return {flow: states[flow] for flow in flows}


def unsettled(connection: Connection, by_hand: bool = False) -> list[FlowState]:
    """The flows whose stored test isn't the one that their stories ask for now: what a crash left undone, or `by_hand`
    only what people did to flows. A saved test stays when its flow is empty, but not on the topic."""
    query = (
        select(FLOWS.c.id)
        .select_from(FLOWS.outerjoin(TESTS, TESTS.c.flow_id == FLOWS.c.id))
        .where(
            or_(
                and_(FLOWS.c.support > 0, TESTS.c.id.is_(None)),
                and_(FLOWS.c.support == 0, TESTS.c.id.is_not(None), or_(~TESTS.c.saved, TESTS.c.published)),
                and_(FLOWS.c.support > 0, FLOWS.c.evidence.is_(None)),
                and_(FLOWS.c.support > 0, TESTS.c.evidence != FLOWS.c.evidence),
                and_(FLOWS.c.support > 0, TESTS.c.published.is_(False)),
            )
        )
    )
    if by_hand:
        query = query.where(FLOWS.c.id.in_(select(FLOW_CHANGES.c.flow_id).where(FLOW_CHANGES.c.change != KNOWN_AS)))
    return [flow_state(connection, flow) for flow in connection.execute(query).scalars().all()]


def sampled_versions(connection: Connection, flow: str) -> Versions:
    """(id, version) of the stories that the flow's test is written from, drawn by `pipeline.flows.consensus`."""
    return tuple((row.id, row.version) for row in connection.execute(_SAMPLED, {"flow": flow}))


def sessions(connection: Connection, flow: str) -> list[Story]:
    """Those stories."""
    return [RECENT.story(body) for body in connection.execute(_SESSIONS, {"flow": flow}).scalars()]


def drawn_bodies(connection: Connection, states: Sequence[FlowState]) -> dict[str, list[str]]:
    """For each of these flows the canonical JSON of the stories that its test is written from, in their order. Flows
    that changed since their state was taken are left out."""
    names = [story for state in states for story, _ in state.sampled]
    found = {row.id: row for row in connection.execute(_DRAWN_BODIES, {"stories": names})}
    bodies = {}
    for state in states:
        stories = [found.get(story) for story, _ in state.sampled]
        now = [None if row is None else (row.flow_id, row.id, row.version) for row in stories]
        if now == [(state.flow_id, *drawn) for drawn in state.sampled]:
            bodies[state.flow_id] = [row.body for row in stories if row is not None]
    return bodies


def newest(connection: Connection, app: str, since: str, until: str, count_max: int) -> list[Story]:
    """The newest stories of an app that began from `since` to before `until` ("" for no bound), oldest first."""
    query = select(STORIES.c.body).where(STORIES.c.app == rows.plain(app))
    if since:
        query = query.where(STORIES.c.start_timestamp >= rows.plain(since))
    if until:
        query = query.where(STORIES.c.start_timestamp < rows.plain(until))
    query = query.order_by(STORIES.c.start_timestamp.desc(), STORIES.c.id.desc()).limit(count_max)
    return [from_json(STORY, body) for body in connection.execute(query).scalars()][::-1]


def note_evidence(connection: Connection, flows: Iterable[str]) -> dict[str, Versions]:
    """Writes down what the tests of these flows are to be written from, so that what a crash leaves undone is found;
    (id, version) of the stories by flow."""
    drawn = {flow: sampled_versions(connection, flow) for flow in flows}
    if drawn:
        changes = [{"flow": flow, "drawn": evidence_of(some) if some else None} for flow, some in drawn.items()]
        connection.execute(_NOTE_EVIDENCE, changes)
    return drawn


def lock_flows(connection: Connection, flows: Sequence[str]) -> None:
    """Keeps other workers from changing these flows until the transaction ends (SQLite holds its one lock already)."""
    if connection.dialect.name == "postgresql":
        query = select(FLOWS.c.id).where(FLOWS.c.id.in_(flows)).order_by(FLOWS.c.id)
        connection.execute(query.with_for_update())


def merged_paths(connection: Connection, flows: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each flow the way from it to the flow that its stories belong to, both included."""
    into: dict[str, str | None] = {}
    asked = set(flows)
    wanted = asked
    while wanted:
        found = {row.id: row.merged_into for row in connection.execute(_MERGED, {"flows": list(wanted)})}
        into |= found
        wanted = {flow for flow in found.values() if flow not in into}
    paths = {}
    for flow in asked:
        path = [flow]
        while (further := into.get(path[-1])) is not None:
            path.append(further)
        paths[flow] = tuple(path)
    return paths


def lock_merged(connection: Connection, flows: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Locks these flows and all that they are merged into; the ways there, as they are from now on."""
    asked, locked = set(flows), set[str]()
    while True:
        paths = merged_paths(connection, asked)
        wanted = asked.union(*paths.values()) - locked
        if not wanted:
            return paths
        lock_flows(connection, sorted(wanted))
        locked |= wanted


def story(connection: Connection, story_id: str) -> StoredStory | None:
    """One story."""
    row = connection.execute(_listed().where(STORIES.c.id == rows.plain(story_id))).one_or_none()
    return None if row is None else _stored(row)


def stories_named(connection: Connection, story_ids: Sequence[str]) -> list[StoredStory]:
    """These stories, without those that are gone."""
    named = [rows.plain(one) for one in story_ids]
    return [_stored(row) for row in connection.execute(_listed().where(STORIES.c.id.in_(named)))]


def stories(connection: Connection, wanted: StoryFilter, page: PageRequest) -> Page[StoredStory]:
    """A page of stories, newest first."""
    query = _listed()
    for column, value in (
        (STORIES.c.app, wanted.app),
        (STORIES.c.session_id, wanted.session_id),
        (STORIES.c.flow_id, wanted.flow_id),
    ):
        if value is not None:
            query = query.where(column == rows.plain(value))
    if wanted.tag is not None:
        tagged = (STORY_TAGS.c.story_id == STORIES.c.id) & (STORY_TAGS.c.tag == rows.plain(wanted.tag))
        query = query.where(exists().where(tagged))
    found, cursor = rows.page_rows(connection, query, STORIES, page)
    return Page([_stored(row) for row in found], cursor)


def flows_of_stories(connection: Connection, story_ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """The flow of each of these stories that is there still, and whether it has a test. No story is read for that."""
    named = {rows.plain(one): one for one in story_ids}
    query = select(STORIES.c.id, STORIES.c.flow_id, _HAS_TEST).where(STORIES.c.id.in_(named))
    return {named[row.id]: (row.flow_id, bool(row.has_test)) for row in connection.execute(query)}


def _listed() -> Select[Any]:
    return select(STORIES, FLOWS.c.support, _HAS_TEST).join(FLOWS, FLOWS.c.id == STORIES.c.flow_id)


def _stored(row: Row[Any]) -> StoredStory:
    return StoredStory(from_json(STORY, row.body), row.flow_id, row.support, bool(row.has_test))


def _lock_story_ids(connection: Connection, keys: Iterable[str]) -> None:
    """Keeps two workers from bringing the same story at once: before its first version there is no row to lock."""
    if connection.dialect.name == "postgresql":
        for key in sorted(keys):
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def add_support(connection: Connection, moves: Mapping[str, int]) -> None:
    """Counts stories that came (or, below zero, left), by flow."""
    changes = [{"flow": flow, "change": change} for flow, change in moves.items() if change]
    if changes:
        connection.execute(_ADD_SUPPORT, changes)
