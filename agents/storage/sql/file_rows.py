"""What the files of tests are made from: names, places and code, read for many tests at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import BindParameter, Connection, Select, bindparam, select, update

from agents.storage.sql import rows
from agents.storage.sql.code_rows import listed
from agents.storage.tables import TESTS


@dataclass(frozen=True, slots=True)
class TestFile:
    """Where a test lies: the name that it wants in its app, and the path where it was put last (None: nowhere)."""

    __test__ = False  # for pytest, which would take it for a test by its name

    id: str
    app: str
    file_name: str
    path: str | None


_IDS: Final[BindParameter[str]] = bindparam("tests", expanding=True)
_WANTED: Final = select(TESTS.c.app, TESTS.c.file_name).where(TESTS.c.id.in_(_IDS)).distinct()
_NAMED: Final = (
    select(TESTS.c.id, TESTS.c.app, TESTS.c.file_name, TESTS.c.path)
    .where(TESTS.c.app == bindparam("of_app"), TESTS.c.file_name.in_(bindparam("names", expanding=True)))
    .order_by(TESTS.c.id)
)
_TAKEN: Final = select(TESTS.c.path).where(
    TESTS.c.app == bindparam("of_app"), TESTS.c.path.in_(bindparam("paths", expanding=True))
)
_NOTE_PATH: Final = update(TESTS).where(TESTS.c.id == bindparam("test")).values(path=bindparam("place"))


@cache
def _by_id() -> Select[Any]:
    return listed().where(TESTS.c.id.in_(_IDS))


def codes_of(connection: Connection, test_ids: Collection[str]) -> dict[str, str]:
    """What people should run of these tests, by their ids; those that are gone are left out."""
    found = connection.execute(_by_id(), {"tests": list(map(rows.plain, test_ids))})
    return {row.id: row.edit if row.edit is not None else _code(row.repair or row.body) for row in found}


def siblings_of(connection: Connection, test_ids: Collection[str]) -> list[list[TestFile]]:
    """For each name that these tests want in their apps, all tests that want it, by id."""
    names: dict[str, set[str]] = {}
    for row in connection.execute(_WANTED, {"tests": list(map(rows.plain, test_ids))}):
        names.setdefault(row.app, set()).add(row.file_name)
    return [files for app, some in sorted(names.items()) for files in files_named(connection, app, some)]


def files_named(connection: Connection, app: str, names: Collection[str]) -> list[list[TestFile]]:
    """The tests of an app that want these file names, by name, each list by id."""
    asked = {"of_app": rows.plain(app), "names": sorted(map(rows.plain, names))}
    found: dict[str, list[TestFile]] = {}
    for row in connection.execute(_NAMED, asked):
        found.setdefault(row.file_name, []).append(TestFile(row.id, row.app, row.file_name, row.path))
    return list(found.values())


def note_paths(connection: Connection, paths: Mapping[str, str]) -> None:
    """Remembers where the files of tests lie, by their ids."""
    if paths:
        connection.execute(_NOTE_PATH, [{"test": rows.plain(key), "place": path} for key, path in paths.items()])


def taken_paths(connection: Connection, app: str, paths: Collection[str]) -> set[str]:
    """Those of the paths at which a test of the app lies."""
    return set(connection.execute(_TAKEN, {"of_app": rows.plain(app), "paths": list(paths)}).scalars())


def _code(body: str) -> str:
    code: str = orjson.loads(body)["code"]
    return code
