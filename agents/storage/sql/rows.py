"""What stories and tests rows have in common: cleaning of texts, upserts of either dialect, and pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Executable, Row, Select, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from agents.storage.sql import cursors
from agents.storage.values import PageRequest
from schemas import limits

_READ_TOGETHER: Final = 8
"""Rows that are fetched at once: what is read beyond the end of a page is bounded by them."""


def plain(text: str) -> str:
    """A text as a database can hold and compare it: no NUL, no lone surrogates (PostgreSQL refuses both)."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def now() -> str:
    """This moment in UTC, as ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def upsert(connection: Connection, table: Table, new: Sequence[Mapping[str, Any]], kept: tuple[str, ...] = ()) -> None:
    """Inserts rows, or replaces those with the same primary key, save the columns named in `kept`. All rows have the
    same columns."""
    if new:
        connection.execute(_upsert(connection.dialect.name, table, tuple(new[0]), kept), new)


def insert_absent(connection: Connection, table: Table, new: Sequence[Mapping[str, Any]]) -> None:
    """Inserts those of the rows whose primary key is not there yet."""
    if new:
        connection.execute(_insert_absent(connection.dialect.name, table), new)


@lru_cache(maxsize=32)
def _insert_absent(dialect: str, table: Table) -> Executable:
    statement: Executable = _insert(dialect, table).on_conflict_do_nothing()
    return statement


@lru_cache(maxsize=32)
def _upsert(dialect: str, table: Table, columns: tuple[str, ...], kept: tuple[str, ...]) -> Executable:
    # Kept from call to call: building the statement costs more than running it.
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in (*keys, *kept)}
    complete: Executable = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return complete


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def page_rows(
    connection: Connection, query: Select[Any], table: Table, page: PageRequest
) -> tuple[list[Row[Any]], str | None]:
    """One page of a query, newest first, and the cursor of the next; shorter than asked for where its rows are long. No
    more of them is read than the page holds. Raises BadInput for a cursor not of ours."""
    keys = (table.c.start_timestamp, table.c.id)
    if page.cursor is not None:
        start, row_id = cursors.unpack(page.cursor)
        query = query.where(tuple_(*keys) < tuple_(plain(start), plain(row_id)))
    ordered = query.order_by(*(key.desc() for key in keys)).limit(page.limit + 1)
    rows: list[Row[Any]] = []
    chars = 0
    with connection.execute(ordered, execution_options={"yield_per": _READ_TOGETHER}) as found:
        for row in found:
            chars += sum(len(value) for value in row if isinstance(value, str))
            if rows and (len(rows) == page.limit or chars > limits.PAGE_CHARS_MAX):
                return rows, cursors.pack(rows[-1].start_timestamp, rows[-1].id)
            rows.append(row)
    return rows, None
