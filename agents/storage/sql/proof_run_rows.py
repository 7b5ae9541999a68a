"""Proving runs: one go over an app's tests, and what its verdicts come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from agents.storage.sql import rows
from agents.storage.tables import PROOF_RUNS, VERDICTS
from agents.storage.values import Page, PageRequest
from schemas.verdicts import Verdict

RUNS_MAX: Final = 500
"""Proving runs kept of one app; older ones are dropped, their verdicts stay."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which proving runs: every field that is set must hold."""

    id: str | None = None
    app: str | None = None
    environment: str | None = None
    build: str | None = None


@dataclass(frozen=True, slots=True)
class ProofRun:
    """One go over an app's tests. `outcomes` and `kinds` count its kept verdicts by outcome and by kind of failure,
    `mutants_applied` and `mutants_noticed` the ways in which the app was broken, and those that a test noticed. Times
    are ISO 8601 in UTC."""

    id: str
    app: str
    environment: str
    build: str
    started_at: str
    ended_at: str
    tests: int
    outcomes: dict[str, int]
    kinds: dict[str, int]
    mutants_applied: int
    mutants_noticed: int


def note_run(connection: Connection, verdict: Verdict) -> None:
    """Notes the run that a verdict was given in; a verdict without one belongs to none."""
    if not verdict.run_id:
        return
    key, app = rows.plain(verdict.run_id), rows.plain(verdict.app)
    row = {
        "id": key,
        "app": app,
        "environment": rows.plain(verdict.environment),
        "build": rows.plain(verdict.build),
        "start_timestamp": rows.plain(verdict.started_at),
        "ended_at": rows.plain(verdict.ended_at),
    }
    rows.insert_absent(connection, PROOF_RUNS, [row])
    mine = PROOF_RUNS.c.id == key
    later = mine & (PROOF_RUNS.c.ended_at < row["ended_at"])
    connection.execute(update(PROOF_RUNS).where(later).values(ended_at=row["ended_at"]))
    of_app = PROOF_RUNS.c.app == app
    newest = select(PROOF_RUNS.c.id).where(of_app)
    newest = newest.order_by(PROOF_RUNS.c.start_timestamp.desc(), PROOF_RUNS.c.id.desc()).limit(RUNS_MAX)
    connection.execute(delete(PROOF_RUNS).where(of_app & PROOF_RUNS.c.id.not_in(newest.scalar_subquery())))


def proof_runs(connection: Connection, wanted: RunFilter, page: PageRequest) -> Page[ProofRun]:
    """A page of proving runs, newest first."""
    query: Select[Any] = select(PROOF_RUNS)
    for name in ("id", "app", "environment", "build"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(PROOF_RUNS.c[name] == rows.plain(value))
    found, cursor = rows.page_rows(connection, query, PROOF_RUNS, page)
    return Page(_counted(connection, found), cursor)


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of one test in one run."""

    outcome: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that two runs disagree about; None where it was not in that run."""

    test_id: str
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared: how many tests they know together, how many they disagree about, and the first of these."""

    tests: int
    differing: int
    differences: tuple[Difference, ...]


def compared(connection: Connection, before: str, after: str, limit: int) -> Comparison:
    """What changed from one run to another, the worst first."""
    old, new = _standings(connection, before), _standings(connection, after)
    tests = old.keys() | new.keys()
    found = [Difference(one, old.get(one), new.get(one)) for one in tests if old.get(one) != new.get(one)]
    found.sort(key=lambda one: (_WORST.index(one.after.outcome if one.after else ""), one.test_id))
    return Comparison(len(tests), len(found), tuple(found[:limit]))


_WORST: Final = ("failed", "flaky", "not_run", "", "passed")


def _standings(connection: Connection, run: str) -> dict[str, Standing]:
    """By test; of several verdicts about one the newest."""
    columns = (VERDICTS.c.test_id, VERDICTS.c.outcome, VERDICTS.c.kind)
    query = select(*columns).where(VERDICTS.c.run_id == rows.plain(run))
    ordered = query.order_by(VERDICTS.c.start_timestamp, VERDICTS.c.id)
    return {test: Standing(outcome, kind) for test, outcome, kind in connection.execute(ordered)}


def _counted(connection: Connection, found: Sequence[Row[Any]]) -> list[ProofRun]:
    """The runs with what their verdicts come to."""
    columns = (VERDICTS.c.run_id, VERDICTS.c.outcome, VERDICTS.c.kind)
    sums = (
        func.count(),
        func.coalesce(func.sum(VERDICTS.c.mutants_applied), 0),
        func.coalesce(func.sum(VERDICTS.c.mutants_noticed), 0),
    )
    mine = VERDICTS.c.run_id.in_([row.id for row in found])
    outcomes: dict[str, Counter[str]] = {row.id: Counter() for row in found}
    kinds: dict[str, Counter[str]] = {row.id: Counter() for row in found}
    mutants: Counter[tuple[str, bool]] = Counter()
    for run, outcome, kind, count, applied, noticed in connection.execute(
        select(*columns, *sums).where(mine).group_by(*columns)
    ):
        outcomes[run][outcome] += count
        if kind is not None:
            kinds[run][kind] += count
        mutants[run, False] += int(applied)
        mutants[run, True] += int(noticed)
    return [
        ProofRun(
            id=row.id,
            app=row.app,
            environment=row.environment,
            build=row.build,
            started_at=row.start_timestamp,
            ended_at=row.ended_at,
            tests=outcomes[row.id].total(),
            outcomes=dict(sorted(outcomes[row.id].items())),
            kinds=dict(sorted(kinds[row.id].items())),
            mutants_applied=mutants[row.id, False],
            mutants_noticed=mutants[row.id, True],
        )
        for row in found
    ]
