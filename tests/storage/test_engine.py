"""Migrations, several workers at a start, and databases that are locked or away."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

from agents.storage import Storage, StorageUnavailable, StoryFilter, engine
from agents.storage.engine import scripts
from agents.storage.tables import METADATA
from schemas.codecs import dump, to_json
from tests.storage.samples import a_story, a_test

VERSIONS = [script.revision for script in reversed([*scripts().walk_revisions()])]
EARLIER = VERSIONS[:-1]
OLD = a_story("old")
OLD_TEST = a_test(OLD)
LATER = frozenset(
    {"test_texts", "flow_changes", "flow_failures", "worker_ends", "verdicts", "test_decisions", "proof_runs"}
)
"""Tables that the first version had not: who wrote before them left them empty."""
EDIT = "def test_sign_in(page):\n    page.goto('/edited')\n"
LACKING = {
    "0001": {"evidence", "sessions", "step_lines"},
    "0002": {"evidence", "sessions", "step_lines"},
    "0003": {"step_lines"},
    "0004": {"step_lines"},
    "0005": {"step_lines"},
}
"""What bodies of tests did not say in earlier versions."""


def old_database(url: str, version: str, tables: str | None = None) -> None:
    """A database of an earlier version with a row or more in each table, as that version wrote them; or tables of
    another version with these rows."""
    database = engine.make_engine(url)
    engine.migrate(database, tables or version)
    there = MetaData()
    there.reflect(database)
    body = {name: value for name, value in dump(OLD_TEST).items() if name not in LACKING.get(version, ())}
    rows: dict[str, list[dict[str, Any]]] = {
        "flows": [{"id": OLD_TEST.flow_id, "app": OLD.app, "flow_key": OLD.flow_key, "support": 1}],
        "stories": [
            {
                "id": OLD.id, "version": OLD.version, "app": OLD.app, "session_id": OLD.session_id,
                "journey_id": OLD.journey_id, "flow_id": OLD_TEST.flow_id, "start_timestamp": OLD.start_timestamp,
                "body": to_json(OLD).decode(),
            }
        ],
        "story_tags": [{"story_id": OLD.id, "tag": tag} for tag in OLD.tags],
        "tests": [
            {
                "id": OLD_TEST.id, "flow_id": OLD_TEST.flow_id, "app": OLD.app, "story_id": OLD.id,
                "version": OLD_TEST.version, "start_timestamp": OLD.start_timestamp, "file_name": OLD_TEST.file_name,
                "body": to_json(body).decode(), "saved": True, "path": "shop.example/test_sign_in.py",
            }
        ],
        "test_revisions": [
            {"test_id": OLD_TEST.id, "number": number, "origin": origin, "code": code, "written_at": "2024-10-10"}
            for number, (origin, code) in enumerate([("generated", OLD_TEST.code), ("edited", EDIT)], start=1)
        ],
    }  # fmt: skip
    assert rows.keys() | {"alembic_version"} == there.tables.keys() - LATER
    with database.begin() as connection:
        for name, some in rows.items():
            connection.execute(there.tables[name].insert(), some)
    database.dispose()


def test_migrations_give_the_tables_that_the_code_expects(storage_url: str) -> None:
    """After all migrations nothing differs from the declared tables."""
    Storage.open(storage_url).close()
    database = engine.make_engine(storage_url)
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("version", [None, EARLIER[0]])
def test_workers_that_start_together_all_come_up(storage_url: str, version: str | None) -> None:
    """Several processes migrate the same database at once, an empty one or one of the first version; every one of them
    can store then, and what was there is there."""
    if version is not None:
        old_database(storage_url, version)
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
    assert opened.counts().stories == (3 if version is None else 4)
    opened.close()


@pytest.mark.parametrize("version", EARLIER)
def test_an_older_database_is_brought_forward_with_its_data(storage_url: str, version: str) -> None:
    """From each earlier version, with rows in every table, the newest is reached; all is read as it was written, a
    person's edit is what people should run, and the flow goes on from there."""
    old_database(storage_url, version)
    opened = Storage.open(storage_url)
    (stored,) = opened.stories(StoryFilter(tag="login", session_id=OLD.session_id)).items
    assert (stored.story, stored.support, stored.has_test) == (OLD, 1, True)
    test = opened.test(OLD_TEST.id)
    assert test is not None
    assert test.test.model_copy(update={"evidence": OLD_TEST.evidence, "sessions": 1}) == OLD_TEST
    assert (test.code, test.saved, test.path) == (EDIT, True, "shop.example/test_sign_in.py")
    assert [one.origin for one in opened.revisions(OLD_TEST.id)] == ["edited", "generated"]
    # What an earlier version did not note (which stories the test is of, that it was published) is made up for.
    assert [state.flow_id for state in opened.unsettled_flows()] == [OLD_TEST.flow_id]
    assert opened.sessions(OLD_TEST.flow_id) == [OLD]
    opened.put_story(a_story("new"))
    newer = a_test(a_story("new"), OLD)
    assert opened.put_test(newer)
    assert opened.note_published(newer)
    assert opened.unsettled_flows() == []
    kept = opened.test(OLD_TEST.id)
    assert kept is not None
    assert kept.code == EDIT
    opened.close()


def test_what_earlier_versions_write_fits_todays_tables(storage_url: str) -> None:
    """So that they go on working while a rolling upgrade is under way: migrations only add what can be left out."""
    old_database(storage_url, EARLIER[0], tables="head")
    opened = Storage.open(storage_url)
    assert (opened.counts().stories, opened.counts().tests) == (1, 1)
    opened.close()


def test_a_later_versions_database_is_left_as_it_is(storage_url: str) -> None:
    """A worker of this version that starts again after a later one has migrated can store and read."""
    Storage.open(storage_url).close()
    database = engine.make_engine(storage_url)
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE stories ADD COLUMN mood VARCHAR NOT NULL DEFAULT 'calm'")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened = Storage.open(storage_url)
    opened.put_story(a_story())
    assert opened.story("s1") is not None
    opened.close()
    with database.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "9999"
    database.dispose()


def test_a_second_start_keeps_the_data(storage_url: str) -> None:
    """Migrating a migrated database changes nothing."""
    first = Storage.open(storage_url)
    first.put_story(a_story())
    first.close()
    again = Storage.open(storage_url)
    assert again.counts().stories == 1
    again.close()


@contextmanager
def locked(url: str) -> Iterator[Callable[[], object]]:
    """Another program holds the lock that writing takes; what it yields lets go of it, from any thread."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield other.rollback
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as held:
            held.execute("LOCK TABLE flows IN ACCESS EXCLUSIVE MODE")
            yield held.rollback


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The databases' own patience ends soon."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 100)


@pytest.mark.usefixtures("hasty")
def test_a_lock_that_is_released_in_time_is_waited_for(storage_url: str) -> None:
    """A write that meets another program's lock succeeds once the lock is gone, though the database's own patience
    ended."""
    storage = Storage.open(storage_url)
    with locked(storage_url) as release:
        timer = threading.Timer(0.5, release)
        timer.start()
        assert storage.put_story(a_story()).support == 1
        timer.join()
    storage.close()


@pytest.mark.usefixtures("hasty")
def test_a_lock_that_stays_is_reported(storage_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the bound is reached the caller is told that storage is unavailable, and nothing was written."""
    storage = Storage.open(storage_url)
    monkeypatch.setattr(engine, "WRITE_RETRY_S", 0.2)
    with locked(storage_url), pytest.raises(StorageUnavailable):
        storage.put_story(a_story())
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
