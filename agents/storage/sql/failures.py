"""What went wrong by a fault of ours, kept so that it is neither hidden nor met for ever: flows without a test, and
what workers ended at."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from agents.storage.sql import rows
from agents.storage.tables import FLOW_FAILURES, FLOWS, WORKER_ENDS
from agents.storage.values import WorkerEnd

ENDS_DAYS: Final = 7
"""How long it is remembered what a worker ended at."""
ENDS_MAX: Final = 10_000
"""Of those the newest so many are answered."""
CAUSE_CHARS_MAX: Final = 500
TRACE_CHARS_MAX: Final = 4_000
_FORGET: Final = delete(FLOW_FAILURES).where(FLOW_FAILURES.c.flow_id.in_(bindparam("flows", expanding=True)))


def note_failure(connection: Connection, flow_id: str, evidence: str, cause: str) -> bool:
    """Notes that no test could be written of a flow from this evidence. Whether that is news."""
    key = rows.plain(flow_id)
    told = rows.plain(cause)[:CAUSE_CHARS_MAX]
    before = connection.execute(select(FLOW_FAILURES).where(FLOW_FAILURES.c.flow_id == key)).one_or_none()
    if before is not None and (before.evidence, before.cause) == (evidence, told):
        return False
    row = {"flow_id": key, "evidence": evidence, "cause": told, "noted_at": rows.now()}
    rows.upsert(connection, FLOW_FAILURES, [row])
    return True


def forget_failures(connection: Connection, flows: Sequence[str]) -> None:
    """These flows have their tests, or need none any more."""
    connection.execute(_FORGET, {"flows": list(map(rows.plain, flows))})


def failures(connection: Connection, flows: list[str]) -> dict[str, str]:
    """Why these flows have no test, of those that have stories and none."""
    query = select(FLOW_FAILURES.c.flow_id, FLOW_FAILURES.c.cause).join(FLOWS, FLOWS.c.id == FLOW_FAILURES.c.flow_id)
    found = connection.execute(query.where(FLOW_FAILURES.c.flow_id.in_(flows), FLOWS.c.support > 0))
    return {row.flow_id: row.cause for row in found}


def count_failures(connection: Connection) -> int:
    """How many flows have stories, and no test because none could be written."""
    query = select(func.count()).select_from(FLOW_FAILURES).join(FLOWS, FLOWS.c.id == FLOW_FAILURES.c.flow_id)
    return int(connection.execute(query.where(FLOWS.c.support > 0)).scalar() or 0)


def note_ends(connection: Connection, ended: list[WorkerEnd]) -> None:
    """Adds what a worker ended at to what is known, and drops what is older than ENDS_DAYS."""
    oldest = datetime.now(UTC) - timedelta(days=ENDS_DAYS)
    shown = oldest.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    connection.execute(delete(WORKER_ENDS).where(WORKER_ENDS.c.noted_at < shown))
    for end in ended:
        key = rows.plain(end.item)
        query = select(WORKER_ENDS).where(WORKER_ENDS.c.item == key).with_for_update()
        before = connection.execute(query).one_or_none()
        ends, known = (before.ends, before.known) if before is not None else (0, 0)
        row = {
            "item": key,
            "ends": ends + end.ends,
            "known": known + end.known,
            "cause": rows.plain(end.cause)[:CAUSE_CHARS_MAX] or (before.cause if before is not None else ""),
            "trace": rows.plain(end.trace)[:TRACE_CHARS_MAX] or (before.trace if before is not None else ""),
            "noted_at": rows.now(),
        }
        rows.upsert(connection, WORKER_ENDS, [row])


def ends(connection: Connection) -> list[WorkerEnd]:
    """What workers ended at, the newest first, up to ENDS_MAX."""
    query = select(WORKER_ENDS).order_by(WORKER_ENDS.c.noted_at.desc()).limit(ENDS_MAX)
    return [WorkerEnd(row.item, row.ends, row.known, row.cause, row.trace) for row in connection.execute(query)]


def forget_ends(connection: Connection, items: list[str]) -> None:
    """These were gone through without harm: what ended there, they were not the reason."""
    connection.execute(delete(WORKER_ENDS).where(WORKER_ENDS.c.item.in_([rows.plain(item) for item in items])))
