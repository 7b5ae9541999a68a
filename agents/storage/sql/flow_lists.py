"""Lists of flows as people look at them: filtered, sorted and cut into pages by the database.

What only the flows of one page need (title, verdicts, journeys by day) is asked for afterwards, for these alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from agents.storage.sql import cursors, rows
from agents.storage.sql.failures import failures
from agents.storage.tables import FLOWS, STORIES, STORY_TAGS, TEST_TEXTS, TESTS, VERDICTS
from agents.storage.values import PageRequest
from pipeline.privacy.pseudonyms import title_for_all
from schemas.codecs import from_json
from schemas.generated_tests import GENERATED_TEST
from schemas.stories import STORY

FlowSort = Literal["attention", "journeys", "seen"]
FLOW_SORTS: Final[tuple[FlowSort, ...]] = get_args(FlowSort)
UNTESTED: Final = "untested"
"""What stands in the place of a test's state where a flow has no test."""
ATTENTION: Final = (
    "failing", "flaky", "healed", UNTESTED, "outdated", "draft", "proven", "reviewed", "quarantined",
)  # fmt: skip
"""The states in the order in which somebody should look at them."""
WORDS_MAX: Final = 8
"""Words that are looked for at once."""
DAYS: Final = 14
"""Days of which journeys and users are counted."""
VERDICTS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """Which flows: every field that is set must hold. `words` must all stand in the flow's test, `states` names some
    of ATTENTION, `seen_since` and `seen_before` (ISO 8601) bound the start of its newest story."""

    app: str | None = None
    tag: str | None = None
    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    seen_since: str | None = None
    seen_before: str | None = None


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """A verdict in a list: what came of it, whose fault it was, and when it was given."""

    id: str
    outcome: str
    kind: str | None
    ended_at: str


@dataclass(frozen=True, slots=True)
class ListedFlow:
    """A flow in a list. `journeys` counts its stories by day, as many as `FlowPage.days`, and `users` who did them;
    `verdicts` are the newest ones of its test, newest first. `state` is that of its test, or `untested`."""

    flow_id: str
    app: str
    title: str
    tags: tuple[str, ...]
    support: int
    last_seen: str
    state: str
    test_id: str | None
    file_name: str
    sessions: int
    saved: bool
    failure: str
    journeys: tuple[int, ...]
    users: tuple[int, ...]
    verdicts: tuple[ShownVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowPage:
    """Part of a list of flows. `days` are the dates that journeys are counted for, the newest last. `total` and
    `states` count the whole list, `states` whatever the filter says about states; None beyond the first page."""

    flows: tuple[ListedFlow, ...]
    next_cursor: str | None
    days: tuple[str, ...]
    total: int | None = None
    states: dict[str, int] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class SeenApp:
    """An app with its flows and their stories counted."""

    app: str
    flows: int
    journeys: int


@dataclass(frozen=True, slots=True)
class _Key:
    """One column that a list is sorted by."""

    column: ColumnElement[Any]
    kind: type[int] | type[str]
    descending: bool = False


def apps(connection: Connection, app: str | None, limit: int) -> list[SeenApp]:
    """The apps that flows were seen of, those of most journeys first; only `app` where it is given."""
    journeys = func.sum(FLOWS.c.support)
    query = select(FLOWS.c.app, func.count(), journeys).where(FLOWS.c.support > 0).group_by(FLOWS.c.app)
    if app is not None:
        query = query.where(FLOWS.c.app == rows.plain(app))
    found = connection.execute(query.order_by(journeys.desc(), FLOWS.c.app).limit(limit))
    return [SeenApp(name, int(flows), int(support)) for name, flows, support in found]


def flow_page(
    connection: Connection, wanted: FlowFilter, sort: FlowSort, page: PageRequest, users_min: int
) -> FlowPage:
    """A page of flows. Raises BadInput for a cursor that no earlier page of this sort gave."""
    state = _state()
    last = _last()
    keys = _keys(sort, state, last)
    query = _joined(select(FLOWS.c.id, state.label("state"), *(key.column for key in keys))).where(
        *_where(wanted, last)
    )
    if page.cursor is not None:
        query = query.where(_after(keys, cursors.unpack_values(page.cursor, sort, [key.kind for key in keys])))
    if wanted.states:
        query = query.where(state.in_(wanted.states))
    ordered = query.order_by(*(key.column.desc() if key.descending else key.column for key in keys))
    found = list(connection.execute(ordered.limit(page.limit + 1)))
    shown = found[: page.limit]
    cursor = cursors.pack_values(sort, list(shown[-1][2:])) if len(found) > page.limit else None
    counted = _counted(connection, wanted, state, last) if page.cursor is None else None
    total = None if counted is None else sum(counted.get(one, 0) for one in wanted.states or counted)
    days = days_shown(connection)
    flows = _listed(connection, [(row[0], row[1]) for row in shown], days, users_min)
    return FlowPage(tuple(flows), cursor, days, total, counted)


def _joined(query: Select[Any]) -> Select[Any]:
    return query.select_from(FLOWS.outerjoin(TESTS, TESTS.c.flow_id == FLOWS.c.id))


def _state() -> ColumnElement[Any]:
    return func.coalesce(TESTS.c.state, UNTESTED)


def _last() -> ColumnElement[Any]:
    newest = select(func.max(STORIES.c.start_timestamp)).where(STORIES.c.flow_id == FLOWS.c.id)
    return newest.correlate(FLOWS).scalar_subquery()


def _keys(sort: FlowSort, state: ColumnElement[Any], last: ColumnElement[Any]) -> tuple[_Key, ...]:
    by_id = _Key(FLOWS.c.id, str)
    journeys = _Key(FLOWS.c.support, int, descending=True)
    match sort:
        case "attention":
            places = {name: place for place, name in enumerate(ATTENTION)}
            return _Key(case(places, value=state, else_=len(ATTENTION)), int), journeys, by_id
        case "journeys":
            return journeys, by_id
        case "seen":
            return _Key(last, str, descending=True), by_id


def _after(keys: Sequence[_Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """What comes after these values: greater in one column, and equal in those before it."""
    ways: list[ColumnElement[bool]] = []
    for place, (key, value) in enumerate(zip(keys, values, strict=True)):
        same = [before.column == other for before, other in zip(keys[:place], values[:place], strict=True)]
        ways.append(and_(*same, key.column < value if key.descending else key.column > value))
    return or_(*ways)


def _where(wanted: FlowFilter, last: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """What the filter asks for, states left out."""
    found: list[ColumnElement[bool]] = [FLOWS.c.support > 0]
    if wanted.app is not None:
        found.append(FLOWS.c.app == rows.plain(wanted.app))
    if wanted.tag is not None:
        tagged = STORY_TAGS.c.tag == rows.plain(wanted.tag)
        by_test = exists().where(STORY_TAGS.c.story_id == TESTS.c.story_id, tagged)
        of_flow = (STORIES.c.flow_id == FLOWS.c.id) & (STORIES.c.id == STORY_TAGS.c.story_id)
        found.append(or_(by_test, and_(TESTS.c.id.is_(None), exists().where(of_flow, tagged))))
    if wanted.words:
        has = [TEST_TEXTS.c.text.contains(rows.plain(word.casefold()), autoescape=True) for word in wanted.words]
        found.append(exists().where(TEST_TEXTS.c.test_id == TESTS.c.id, *has))
    if wanted.seen_since is not None:
        found.append(last >= rows.plain(wanted.seen_since))
    if wanted.seen_before is not None:
        found.append(last < rows.plain(wanted.seen_before))
    return found


def _counted(
    connection: Connection, wanted: FlowFilter, state: ColumnElement[Any], last: ColumnElement[Any]
) -> dict[str, int]:
    query = _joined(select(state, func.count())).where(*_where(wanted, last)).group_by(state)
    return {name: int(count) for name, count in connection.execute(query)}


def days_shown(connection: Connection, app: str | None = None) -> tuple[str, ...]:
    """The DAYS days that end with the newest story's, of all apps or one: in a replay of last year's traffic, those of
    last year."""
    query = select(func.max(STORIES.c.start_timestamp))
    if app is not None:
        query = query.where(STORIES.c.app == rows.plain(app))
    newest = connection.execute(query).scalar() or rows.now()
    try:
        end = date.fromisoformat(newest[:10])
    except ValueError:
        end = date.fromisoformat(rows.now()[:10])
    first = end.toordinal() - DAYS + 1
    return tuple(date.fromordinal(max(1, first + number)).isoformat() for number in range(DAYS))


def _listed(
    connection: Connection, found: Sequence[tuple[str, str]], days: tuple[str, ...], users_min: int
) -> Iterable[ListedFlow]:
    """The flows of one page with what is shown of them, in the same order."""
    names = [name for name, _ in found]
    flows = {row.id: row for row in connection.execute(select(FLOWS).where(FLOWS.c.id.in_(names)))}
    tests = {row.flow_id: row for row in connection.execute(select(TESTS).where(TESTS.c.flow_id.in_(names)))}
    verdicts = _verdicts(connection, [row.id for row in tests.values()])
    journeys, last = _journeys(connection, names, days), _newest(connection, names)
    causes = failures(connection, [name for name in names if name not in tests])
    for name, state in found:
        row = tests.get(name)
        test = None if row is None else from_json(GENERATED_TEST, row.body)
        title, tags = (test.title, test.tags) if test is not None else _of_a_story(connection, name, users_min)
        yield ListedFlow(
            flow_id=name,
            app=flows[name].app,
            title=title,
            tags=tags,
            support=flows[name].support,
            last_seen=last.get(name, ""),
            state=state,
            test_id=None if test is None else test.id,
            file_name="" if test is None else test.file_name,
            sessions=0 if test is None else test.sessions,
            saved=row is not None and bool(row.saved),
            failure=causes.get(name, ""),
            journeys=tuple(journeys.get((name, day), (0, 0))[0] for day in days),
            users=tuple(journeys.get((name, day), (0, 0))[1] for day in days),
            verdicts=verdicts.get(row.id, ()) if row is not None else (),
        )


def _of_a_story(connection: Connection, flow: str, users_min: int) -> tuple[str, tuple[str, ...]]:
    """Title and tags of one of the flow's stories, as everybody may read them."""
    query = select(STORIES.c.body).where(STORIES.c.flow_id == flow).order_by(STORIES.c.id).limit(1)
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        return "", ()
    story = from_json(STORY, body)
    return title_for_all(story, users_min), story.tags


def _newest(connection: Connection, flows: Sequence[str]) -> dict[str, str]:
    newest = func.max(STORIES.c.start_timestamp).label("newest")
    query = select(STORIES.c.flow_id, newest).where(STORIES.c.flow_id.in_(flows)).group_by(STORIES.c.flow_id)
    return {row.flow_id: row.newest for row in connection.execute(query)}


def _journeys(
    connection: Connection, flows: Sequence[str], days: Sequence[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """How many stories, and of how many users, by flow and day."""
    day = func.substr(STORIES.c.start_timestamp, 1, 10)
    since = (STORIES.c.flow_id.in_(flows)) & (STORIES.c.start_timestamp >= days[0])
    users = func.count(STORIES.c.user_id.distinct())
    query = select(STORIES.c.flow_id, day, func.count(), users).where(since).group_by(STORIES.c.flow_id, day)
    return {(name, date): (int(count), int(who)) for name, date, count, who in connection.execute(query)}


def _verdicts(connection: Connection, tests: Sequence[str]) -> dict[str, tuple[ShownVerdict, ...]]:
    """The newest VERDICTS_SHOWN of each test, newest first."""
    newest = (VERDICTS.c.start_timestamp.desc(), VERDICTS.c.id.desc())
    place = func.row_number().over(partition_by=VERDICTS.c.test_id, order_by=newest).label("place")
    columns = (VERDICTS.c.test_id, VERDICTS.c.id, VERDICTS.c.outcome, VERDICTS.c.kind, VERDICTS.c.start_timestamp)
    numbered = select(*columns, place).where(VERDICTS.c.test_id.in_(tests)).subquery()
    query = select(numbered).where(numbered.c.place <= VERDICTS_SHOWN).order_by(numbered.c.test_id, numbered.c.place)
    found: dict[str, list[ShownVerdict]] = {}
    for row in connection.execute(query):
        shown = ShownVerdict(row.id, row.outcome, row.kind, row.start_timestamp)
        found.setdefault(row.test_id, []).append(shown)
    return {test: tuple(shown) for test, shown in found.items()}
