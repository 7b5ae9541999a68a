"""The connection to the database: settings per dialect, migrations at start, bounded retries.

SQLite runs in WAL mode and takes its write lock at the beginning of a transaction that will write, so that two
workers wait for each other instead of failing half-way. A database that is locked or away is tried again with growing
pauses up to a bound; then `StorageUnavailable` says so to the caller, who still holds the unacknowledged message.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from agents.private import make_file, make_folder
from agents.storage.values import StorageUnavailable

logger = logging.getLogger(__name__)

R = TypeVar("R")

WRITE_RETRY_S = 20.0
READ_RETRY_S = 3.0
BUSY_TIMEOUT_MS = 2_000
"""How long SQLite itself waits for a lock before our own retries take over."""
CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_MS = 5_000
"""PostgreSQL: how long one attempt waits for a connection and for a lock."""
PAUSE_MIN_S = 0.02
PAUSE_MAX_S = 1.0
MIGRATION_LOCK = 7_237_510_044_316
"""The advisory lock of PostgreSQL under which one worker migrates while the others wait."""
RETRYABLE_STATES = ("08", "40001", "40P01", "55P03", "57P")
"""SQLSTATE beginnings: connection lost, serialisation, deadlock, lock not available, server shutting down."""
RETRYABLE_SQLITE = (
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "disk i/o error",
    "unable to open database file",
)


def make_engine(url: str) -> Engine:
    """An engine for a SQLAlchemy URL. A SQLite file and its folder are made, for their owner alone."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("storage: SQLite needs a file, several threads and workers share it")
        file = Path(str(parsed.database)).absolute()
        make_folder(file.parent)
        make_file(file)  # SQLite's own files beside it take its mode
        engine = create_engine(
            parsed,
            pool_size=8,
            max_overflow=8,
            pool_timeout=10,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed,
        pool_size=8,
        max_overflow=8,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": f"-c lock_timeout={LOCK_TIMEOUT_MS}"},
    )


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def in_transaction(engine: Engine, work: Callable[[Connection], R], *, writes: bool) -> R:
    """Runs `work` in one transaction, again from its beginning if the database was locked or away.

    Raises StorageUnavailable when the bound is reached; every other error passes through at once.
    """
    deadline_s = time.monotonic() + (WRITE_RETRY_S if writes else READ_RETRY_S)
    pause_s = PAUSE_MIN_S
    while True:
        try:
            with engine.connect().execution_options(writes=writes) as connection, connection.begin():
                return work(connection)
        except (DBAPIError, PoolTimeout) as error:
            if not is_transient(error):
                raise
            if time.monotonic() + pause_s > deadline_s:
                raise StorageUnavailable("the database is locked or away") from error
        time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - only so that waiting workers spread
        pause_s = min(pause_s * 2, PAUSE_MAX_S)


def is_transient(error: Exception) -> bool:
    """Whether an error is of the kind that goes away by itself: a lock, a lost connection, a restart."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state: Any = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(RETRYABLE_STATES)
    if isinstance(error.orig, sqlite3.Error):
        return any(part in str(error.orig).lower() for part in RETRYABLE_SQLITE)
    return isinstance(error, OperationalError)  # psycopg: refused, timed out, closed while connecting


def migrate(engine: Engine, version: str = "head") -> None:
    """Brings the tables forward to a version, the newest by default. Workers that start together take turns.

    Tables of a version that is newer than this program are left as they are: in a rolling upgrade an earlier worker may
    start again after a later one, and migrations only add what earlier ones can do without.
    """
    config = _config()
    known = {script.revision for script in scripts().walk_revisions()}

    def upgrade(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            logger.warning("the database is of a later version (%s) and is left as it is", current)
            return
        config.attributes["connection"] = connection
        command.upgrade(config, version)

    in_transaction(engine, upgrade, writes=True)


def scripts() -> ScriptDirectory:
    """The migrations that there are."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
