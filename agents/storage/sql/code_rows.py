"""Tests and the revisions of their code in the database.

A person's edit is a revision of its own; what is generated later never replaces it. Of the generated ones only the
newest are kept.
"""

import hashlib
from collections.abc import Collection
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, exists, func, insert, select, update

from agents.storage.sql import rows
from agents.storage.sql.story_rows import lock_flows, sampled_versions
from agents.storage.sql.verdict_rows import refresh_state
from agents.storage.tables import FLOWS, STORIES, STORY_TAGS, TEST_REVISIONS, TESTS
from agents.storage.values import (
    CodeFilter,
    EditConflict,
    NoSuchTest,
    Page,
    PageRequest,
    Revision,
    StoredTest,
)
from pipeline.proof.states import Origin
from schemas.codecs import from_json, to_json
from schemas.generated_tests import GENERATED_TEST, GeneratedTest

REVISIONS_MAX: Final = 20
"""Revisions kept of one test, of each origin; older ones are dropped."""


_NAMED: Final[BindParameter[str]] = bindparam("test")
_LAST: Final = select(func.max(TEST_REVISIONS.c.number)).where(TEST_REVISIONS.c.test_id == _NAMED)
_MINE = (TEST_REVISIONS.c.test_id == _NAMED) & (TEST_REVISIONS.c.origin == bindparam("by"))
_NEWEST_CODE: Final = select(TEST_REVISIONS.c.code).where(_MINE).order_by(TEST_REVISIONS.c.number.desc()).limit(1)
_KEPT = select(TEST_REVISIONS.c.number).where(_MINE).order_by(TEST_REVISIONS.c.number.desc()).limit(REVISIONS_MAX)
_DROP_SURPLUS: Final = delete(TEST_REVISIONS).where(_MINE, TEST_REVISIONS.c.number.not_in(_KEPT.scalar_subquery()))
_ADD_REVISION: Final = insert(TEST_REVISIONS)
_REPAIRED: Final[tuple[Origin, ...]] = ("repaired", "strengthened")


def withdraw_test(connection: Connection, test_id: str) -> StoredTest | None:
    """Deletes the test of an empty flow and answers what it was. A test that a person saved stays, no longer published
    (None)."""
    stored = test(connection, test_id)
    if stored is None:
        return None
    lock_flows(connection, [stored.test.flow_id])
    if sampled_versions(connection, stored.test.flow_id):
        return None
    mine = TESTS.c.id == rows.plain(test_id)
    if stored.saved:
        connection.execute(update(TESTS).where(mine).values(published=False))
        return None
    connection.execute(delete(TESTS).where(mine))
    return stored


def save_edit(connection: Connection, test_id: str, code: str, etag: str | None) -> StoredTest:
    """Saves a person's code. `etag` is what they read, None for "whatever is there".

    Raises NoSuchTest, or EditConflict when the code changed in between.
    """
    key = rows.plain(test_id)
    connection.execute(select(TESTS.c.id).where(TESTS.c.id == key).with_for_update())
    stored = test(connection, test_id)
    if stored is None:
        raise NoSuchTest(test_id)
    if stored.saved and stored.code == code:
        return stored  # the same edit again: an answer was lost on its way
    if etag is not None and etag != stored.etag:
        raise EditConflict(stored.etag)
    add_revision(connection, key, "edited", code)
    connection.execute(update(TESTS).where(TESTS.c.id == key).values(saved=True))
    refresh_state(connection, key)
    after = test(connection, test_id)
    assert after is not None
    return after


def put_repair(
    connection: Connection, repaired: GeneratedTest, reason: str, instead_of: str, origin: Origin
) -> StoredTest | None:
    """Keeps a repaired or strengthened test as a new revision; None where the test is gone, was edited by a person, or
    is no longer the one that it was to replace, whose evidence is `instead_of`."""
    key = rows.plain(repaired.id)
    connection.execute(select(TESTS.c.id).where(TESTS.c.id == key).with_for_update())
    stored = test(connection, repaired.id)
    if stored is None or stored.saved or stored.test.evidence != instead_of:
        return None
    add_revision(connection, key, origin, repaired.code, reason, to_json(repaired).decode())
    refresh_state(connection, key)
    return test(connection, repaired.id)


def test(connection: Connection, test_id: str) -> StoredTest | None:
    """One test."""
    row = connection.execute(_one(), {"test": rows.plain(test_id)}).one_or_none()
    return None if row is None else _stored(row)


def tests(connection: Connection, wanted: CodeFilter, page: PageRequest) -> Page[StoredTest]:
    """A page of tests, those of the newest representatives first."""
    query = listed()
    if wanted.app is not None:
        query = query.where(TESTS.c.app == rows.plain(wanted.app))
    if wanted.flow_id is not None:
        query = query.where(TESTS.c.flow_id == rows.plain(wanted.flow_id))
    if wanted.state is not None:
        query = query.where(TESTS.c.state == rows.plain(wanted.state))
    if wanted.saved is not None:
        query = query.where(TESTS.c.saved.is_(wanted.saved))
    if wanted.user_story_id is not None:
        flow = select(STORIES.c.flow_id).where(STORIES.c.id == rows.plain(wanted.user_story_id))
        query = query.where(TESTS.c.flow_id.in_(flow))
    if wanted.session_id is not None:
        flows = select(STORIES.c.flow_id).where(STORIES.c.session_id == rows.plain(wanted.session_id))
        query = query.where(TESTS.c.flow_id.in_(flows))
    if wanted.tag is not None:
        tagged = (STORY_TAGS.c.story_id == TESTS.c.story_id) & (STORY_TAGS.c.tag == rows.plain(wanted.tag))
        query = query.where(exists().where(tagged))
    found, cursor = rows.page_rows(connection, query, TESTS, page)
    return Page([_stored(row) for row in found], cursor)


def titles(connection: Connection, test_ids: Collection[str]) -> dict[str, str]:
    """The titles of those of the tests that there are, by id."""
    names = [rows.plain(one) for one in test_ids]
    found = connection.execute(select(TESTS.c.id, TESTS.c.body).where(TESTS.c.id.in_(names)))
    return {row.id: orjson.loads(row.body)["title"] for row in found}


def revisions(connection: Connection, test_id: str) -> list[Revision]:
    """What the test's code was, newest first."""
    mine = TEST_REVISIONS.c.test_id == rows.plain(test_id)
    query = select(TEST_REVISIONS).where(mine).order_by(TEST_REVISIONS.c.number.desc())
    found = connection.execute(query)
    return [Revision(row.number, row.origin, row.code, row.written_at, row.reason) for row in found]


@cache
def _one() -> Select[Any]:
    return listed().where(TESTS.c.id == _NAMED)


@cache
def listed() -> Select[Any]:
    """Tests, with the newest edit of each, and with its repair where that is newer than what was generated."""
    mine = TEST_REVISIONS.c.test_id == TESTS.c.id
    newest_edit = select(TEST_REVISIONS.c.code).where(mine, TEST_REVISIONS.c.origin == "edited")
    edit = newest_edit.order_by(TEST_REVISIONS.c.number.desc()).limit(1).scalar_subquery().label("edit")
    generated = select(func.max(TEST_REVISIONS.c.number)).where(mine, TEST_REVISIONS.c.origin == "generated")
    newer = TEST_REVISIONS.c.number > generated.correlate(TESTS).scalar_subquery()
    repairs = (mine, TEST_REVISIONS.c.origin.in_(_REPAIRED), newer)
    last = TEST_REVISIONS.c.number.desc()
    repair = select(TEST_REVISIONS.c.body).where(*repairs).order_by(last).limit(1).scalar_subquery().label("repair")
    repair_origin = select(TEST_REVISIONS.c.origin).where(*repairs).order_by(last).limit(1).scalar_subquery()
    newest = select(func.max(TEST_REVISIONS.c.number)).where(mine).scalar_subquery().label("revision")
    shown = (TESTS, FLOWS.c.support, edit, repair, repair_origin.label("repair_origin"), newest)
    return select(*shown).join(FLOWS, FLOWS.c.id == TESTS.c.flow_id)


def _stored(row: Row[Any]) -> StoredTest:
    known = from_json(GENERATED_TEST, row.repair or row.body)
    code = known.code if row.edit is None else row.edit
    etag = hashlib.sha256(code.encode()).hexdigest()[:32]
    origin: Origin = "edited" if row.edit is not None else row.repair_origin or "generated"
    return StoredTest(
        known, code, bool(row.saved), etag, row.support, row.revision or 0, row.path, origin=origin, state=row.state
    )


def add_revision(
    connection: Connection, key: str, origin: Origin, code: str, reason: str = "", body: str | None = None
) -> None:
    """Keeps code as the newest revision, unless the newest one of its origin is the same."""
    mine = {"test": key, "by": origin}
    if connection.execute(_NEWEST_CODE, mine).scalar_one_or_none() == code:
        return
    last = connection.execute(_LAST, {"test": key}).scalar() or 0
    row = {"test_id": key, "number": last + 1, "origin": origin, "code": code, "written_at": rows.now()}
    row |= {"reason": rows.plain(reason), "body": body}
    connection.execute(_ADD_REVISION, row)
    if last >= REVISIONS_MAX:  # else there can be no more of them than are kept
        connection.execute(_DROP_SURPLUS, mine)
