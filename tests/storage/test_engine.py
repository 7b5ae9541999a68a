"""Migrations, several workers at a start, and databases that are locked or away."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from agents.storage import Storage, StorageUnavailable, engine
from agents.storage.tables import METADATA
from tests.storage.samples import a_story


def test_migrations_give_the_tables_that_the_code_expects(storage_url: str) -> None:
    """After all migrations nothing differs from the declared tables."""
    Storage.open(storage_url).close()
    database = engine.make_engine(storage_url)
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.dispose()


@pytest.mark.slow
def test_workers_that_start_together_all_come_up(storage_url: str) -> None:
    """Several processes migrate the same empty database at once; every one of them can store then."""
    code = (
        "import sys; from agents.storage import Storage; from tests.storage.samples import a_story\n"
        "Storage.open(sys.argv[1]).put_story(a_story(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, storage_url]
    workers = [subprocess.Popen([*command, f"s{n}"], stderr=subprocess.PIPE) for n in range(3)]
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors.decode()
    opened = Storage.open(storage_url)
    assert opened.counts().stories == 3
    opened.close()


def test_an_older_database_is_brought_forward_with_its_data(storage_url: str) -> None:
    """From each earlier version, with rows in every table, the newest is reached and nothing is lost."""
    database = engine.make_engine(storage_url)
    engine.migrate(database, "0001")
    with database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO flows VALUES ('f', 'a', 'k', 1)")
        connection.exec_driver_sql(
            "INSERT INTO tests VALUES ('t', 'f', 'a', 's', 1, '2024', 'test_x.py', '{}', true, NULL)"
        )
    engine.migrate(database)
    database.dispose()
    opened = Storage.open(storage_url)
    assert (opened.counts().tests, opened.counts().saved_tests, opened.counts().flows) == (1, 1, 1)
    opened.close()


def test_a_second_start_keeps_the_data(storage_url: str) -> None:
    """Migrating a migrated database changes nothing."""
    first = Storage.open(storage_url)
    first.put_story(a_story())
    first.close()
    again = Storage.open(storage_url)
    assert again.counts().stories == 1
    again.close()


def test_a_lock_that_is_released_in_time_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that meets another program's lock succeeds once the lock is gone, though SQLite's own patience ended."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 100)
    path = tmp_path / "journeys.db"
    storage = Storage.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(engine.BUSY_TIMEOUT_MS / 1000 + 0.3, lambda: other.execute("ROLLBACK"))
    timer.start()
    assert storage.put_story(a_story()).support == 1
    timer.join()
    other.close()
    storage.close()


def test_a_lock_that_stays_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the bound is reached the caller is told that storage is unavailable, and nothing was written."""
    monkeypatch.setattr(engine, "WRITE_RETRY_S", 0.2)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 100)
    path = tmp_path / "journeys.db"
    storage = Storage.open(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        storage.put_story(a_story())
    other.execute("ROLLBACK")
    other.close()
    assert storage.counts().stories == 0
    storage.close()


def test_a_database_that_is_away_is_reported(monkeypatch: pytest.MonkeyPatch, free_port: object) -> None:
    """A refused connection ends, after the bounded retries, in the same error."""
    assert callable(free_port)
    monkeypatch.setattr(engine, "READ_RETRY_S", 0.1)
    nowhere = Storage(engine.make_engine(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"))
    with pytest.raises(StorageUnavailable):
        nowhere.check()
    nowhere.close()


@pytest.mark.slow
def test_a_lost_connection_is_made_again(postgres: str) -> None:
    """When the server throws all connections out, the next write and the next read succeed all the same."""
    storage = Storage.open(f"{postgres}/postgres")
    storage.put_story(a_story())
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = user"
    admin = create_engine(f"{postgres}/postgres")
    for again in (lambda: storage.put_story(a_story(version=4)).support, lambda: storage.counts().stories):
        with admin.connect() as connection:
            connection.exec_driver_sql(others)
        assert again() == 1
    admin.dispose()
    storage.close()
