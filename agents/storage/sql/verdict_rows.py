"""Verdicts of tests, people's decisions about them, and the state that follows from both."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, func, insert, select, update

from agents.storage.sql import rows
from agents.storage.sql.proof_run_rows import note_run
from agents.storage.tables import TEST_DECISIONS, TEST_REVISIONS, TESTS, VERDICTS
from agents.storage.values import NoSuchTest, Page, PageRequest, ProofCounts, TestDecision
from pipeline.proof.healing import NOBODY_COMES
from pipeline.proof.states import Decision, Standing, state_of
from schemas.codecs import from_json, to_json
from schemas.verdicts import VERDICT, Verdict

VERDICTS_MAX: Final = 50
"""Verdicts kept of one test; older ones are dropped."""
DECISIONS_MAX: Final = 100
"""Decisions kept of one test."""
REASON_CHARS_MAX: Final = 500


_NAMED: Final[BindParameter[str]] = bindparam("test")
_DECIDED: Final = (
    select(TEST_DECISIONS.c.decision, TEST_DECISIONS.c.revision)
    .where(TEST_DECISIONS.c.test_id == _NAMED)
    .order_by(TEST_DECISIONS.c.number.desc())
    .limit(1)
)
_SHOWN: Final = (
    select(VERDICTS.c.outcome, VERDICTS.c.revision, VERDICTS.c.finding)
    .where(VERDICTS.c.test_id == _NAMED, VERDICTS.c.outcome != "not_run")
    .where(VERDICTS.c.kind.is_distinct_from("environment"))
    .order_by(VERDICTS.c.start_timestamp.desc(), VERDICTS.c.id.desc())
    .limit(1)
)
_NOTE_STATE: Final = update(TESTS).where(TESTS.c.id == _NAMED).values(state=bindparam("now"))
_NEWEST: Final = (
    select(TEST_REVISIONS.c.number, TEST_REVISIONS.c.origin)
    .where(TEST_REVISIONS.c.test_id == _NAMED)
    .order_by(TEST_REVISIONS.c.number.desc())
    .limit(1)
)
_EDITED: Final = _NEWEST.where(TEST_REVISIONS.c.origin == "edited")


@dataclass(frozen=True, slots=True)
class VerdictFilter:
    """Which verdicts: every field that is set must hold. `outcomes` names some of them."""

    app: str | None = None
    test_id: str | None = None
    outcomes: tuple[str, ...] = ()
    kind: str | None = None
    run_id: str | None = None


def put_verdict(connection: Connection, verdict: Verdict) -> bool:
    """Stores a verdict and what follows for the test's state. False: there is no such test any more."""
    key = rows.plain(verdict.test_id)
    if not _lock(connection, key):
        return False
    note_run(connection, verdict)
    applied = [mutant for mutant in verdict.mutants if mutant.applied]
    row = {
        "id": rows.plain(verdict.id),
        "test_id": key,
        "app": rows.plain(verdict.app),
        "revision": verdict.revision,
        "outcome": verdict.outcome,
        "kind": verdict.kind,
        "start_timestamp": rows.plain(verdict.ended_at),
        "body": rows.plain(to_json(verdict).decode()),
        "run_id": rows.plain(verdict.run_id),
        "finding": rows.plain(verdict.finding),
        "mutants_applied": len(applied),
        "mutants_noticed": sum(mutant.noticed for mutant in applied),
    }
    rows.upsert(connection, VERDICTS, [row])
    mine = VERDICTS.c.test_id == key
    newest = select(VERDICTS.c.id).where(mine).order_by(VERDICTS.c.start_timestamp.desc(), VERDICTS.c.id.desc())
    kept = newest.limit(VERDICTS_MAX).scalar_subquery()
    connection.execute(delete(VERDICTS).where(mine & VERDICTS.c.id.not_in(kept)))
    refresh_state(connection, key)
    return True


def verdicts(connection: Connection, wanted: VerdictFilter, page: PageRequest) -> Page[Verdict]:
    """A page of verdicts, newest first."""
    query: Select[Any] = select(VERDICTS)
    if wanted.outcomes:
        query = query.where(VERDICTS.c.outcome.in_(wanted.outcomes))
    for name in ("app", "test_id", "kind", "run_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(VERDICTS.c[name] == rows.plain(value))
    found, cursor = rows.page_rows(connection, query, VERDICTS, page)
    return Page([from_json(VERDICT, row.body) for row in found], cursor)


def verdict(connection: Connection, verdict_id: str) -> Verdict | None:
    """One verdict."""
    query = select(VERDICTS.c.body).where(VERDICTS.c.id == rows.plain(verdict_id))
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else from_json(VERDICT, body)


def decide(connection: Connection, test_id: str, decision: Decision, reason: str) -> None:
    """Keeps a person's decision about the test as it stands, and what follows. Raises NoSuchTest."""
    key = rows.plain(test_id)
    if not _lock(connection, key):
        raise NoSuchTest(test_id)
    mine = TEST_DECISIONS.c.test_id == key
    last = connection.execute(select(func.max(TEST_DECISIONS.c.number)).where(mine)).scalar() or 0
    row = {
        "test_id": key,
        "number": last + 1,
        "decision": decision,
        "revision": _revision(connection, key)[0],
        "reason": rows.plain(reason)[:REASON_CHARS_MAX],
        "decided_at": rows.now(),
    }
    connection.execute(insert(TEST_DECISIONS).values(**row))
    connection.execute(delete(TEST_DECISIONS).where(mine, TEST_DECISIONS.c.number <= last + 1 - DECISIONS_MAX))
    refresh_state(connection, key)


def decisions(connection: Connection, test_id: str) -> list[TestDecision]:
    """What people decided about a test, newest first."""
    mine = TEST_DECISIONS.c.test_id == rows.plain(test_id)
    query = select(TEST_DECISIONS).where(mine).order_by(TEST_DECISIONS.c.number.desc())
    return [TestDecision(row.decision, row.revision, row.reason, row.decided_at) for row in connection.execute(query)]


def proof_counts(connection: Connection) -> ProofCounts:
    """How the tests stand."""
    counts = connection.execute(select(TESTS.c.state, func.count()).group_by(TESTS.c.state))
    newest = connection.execute(select(func.max(VERDICTS.c.start_timestamp))).scalar()
    return ProofCounts({state: int(count) for state, count in counts}, newest or "")


def quarantined(connection: Connection, app: str | None) -> dict[str, str]:
    """The tests in quarantine with the reason of the newest decision, by id."""
    mine = TEST_DECISIONS.c.test_id == TESTS.c.id
    newest = select(TEST_DECISIONS.c.reason).where(mine).order_by(TEST_DECISIONS.c.number.desc()).limit(1)
    query = select(TESTS.c.id, newest.scalar_subquery().label("reason")).where(TESTS.c.state == "quarantined")
    if app is not None:
        query = query.where(TESTS.c.app == rows.plain(app))
    return {row.id: row.reason or "" for row in connection.execute(query.order_by(TESTS.c.id))}


def refresh_state(connection: Connection, key: str) -> None:
    """Computes the state of a test anew; called by whatever changes what it follows from. A verdict that the place of
    the run is to blame for says nothing of the test."""
    revision, origin = _revision(connection, key)
    decided = connection.execute(_DECIDED, {"test": key}).one_or_none()
    told = connection.execute(_SHOWN, {"test": key}).one_or_none()
    standing = Standing(
        revision=revision,
        origin=origin,
        decision=None if decided is None else decided.decision,
        decided_revision=0 if decided is None else decided.revision,
        outcome=None if told is None else told.outcome,
        proved_revision=0 if told is None else told.revision,
        gone=told is not None and told.finding == NOBODY_COMES,
    )
    connection.execute(_NOTE_STATE, {"test": key, "now": state_of(standing)})


def _lock(connection: Connection, key: str) -> bool:
    return connection.execute(select(TESTS.c.id).where(TESTS.c.id == key).with_for_update()).one_or_none() is not None


def _revision(connection: Connection, key: str) -> tuple[int, Any]:
    """The number and origin of the revision that people should run: the newest edit, else the newest one."""
    edited = connection.execute(_EDITED, {"test": key}).one_or_none()
    row = edited or connection.execute(_NEWEST, {"test": key}).one_or_none()
    return (0, "generated") if row is None else (row.number, row.origin)
