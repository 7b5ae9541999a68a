"""Generated tests into the database, many in one transaction: the test of each flow that a batch of stories changed.

A statement costs more than the row that it is about, so each is asked once for all of them.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from agents.storage.sql import rows
from agents.storage.sql.code_rows import add_revision
from agents.storage.sql.failures import forget_failures
from agents.storage.sql.story_rows import lock_flows, sampled_versions
from agents.storage.sql.test_texts import put_texts
from agents.storage.sql.verdict_rows import refresh_state
from agents.storage.tables import FLOWS, STORIES, TEST_REVISIONS, TESTS
from pipeline.flows.consensus import evidence_of
from pipeline.proof.states import Standing, state_of
from schemas.codecs import to_json
from schemas.generated_tests import GeneratedTest

_DRAWN: Final = select(FLOWS.c.id, FLOWS.c.evidence).where(FLOWS.c.id.in_(bindparam("flows", expanding=True)))
_STARTED: Final = select(STORIES.c.id, STORIES.c.start_timestamp).where(
    STORIES.c.id.in_(bindparam("stories", expanding=True))
)
_BODIES: Final = select(TESTS.c.id, TESTS.c.body, TESTS.c.published).where(
    TESTS.c.id.in_(bindparam("tests", expanding=True))
)
_NOTE_PUBLISHED: Final = (
    update(TESTS).where(TESTS.c.id == bindparam("test"), TESTS.c.body == bindparam("printed")).values(published=True)
)
_ADD_REVISIONS: Final = insert(TEST_REVISIONS)
_NEW_STATE: Final = state_of(Standing(revision=1))


def put_tests(connection: Connection, tests: Sequence[GeneratedTest]) -> list[bool]:
    """Stores the tests of different flows, each if it is written from the stories that its flow draws now, and answers
    False for the others.

    False means that another worker has seen another story, or a newer version, meanwhile: its test is the right one.
    """
    flows = sorted(test.flow_id for test in tests)
    lock_flows(connection, flows)
    drawn = _drawn(connection, flows)
    stored = [drawn.get(test.flow_id) == test.evidence for test in tests]
    right = [test for test, is_right in zip(tests, stored, strict=True) if is_right]
    if right:
        forget_failures(connection, [test.flow_id for test in right])
        _write(connection, right)
    return stored


def _drawn(connection: Connection, flows: Sequence[str]) -> dict[str, str]:
    """The evidence of the stories that each flow draws now; flows without any are left out."""
    found = {}
    for row in connection.execute(_DRAWN, {"flows": list(flows)}):
        # The first version of these tables did not write it down.
        evidence = row.evidence or _evidence_of_stories(connection, row.id)
        if evidence is not None:
            found[row.id] = evidence
    return found


def _evidence_of_stories(connection: Connection, flow: str) -> str | None:
    drawn = sampled_versions(connection, flow)
    return evidence_of(drawn) if drawn else None


def _write(connection: Connection, tests: Sequence[GeneratedTest]) -> None:
    before = {row.id: row.body for row in connection.execute(_BODIES, {"tests": [rows.plain(one.id) for one in tests]})}
    told = {"stories": list({rows.plain(one.story_id) for one in tests})}
    started = {row.id: row.start_timestamp for row in connection.execute(_STARTED, told)}
    printed = [_row(test, started) for test in tests]
    changed = [
        (test, row) for test, row in zip(tests, printed, strict=True) if before.get(row["id"]) != row["body"]
    ]  # what stands there already stays, with what is known of its being published
    rows.upsert(connection, TESTS, [row for _, row in changed], kept=("saved", "path", "state"))
    put_texts(connection, [test for test, _ in changed])
    new = [_first_revision(row["id"], test.code) for test, row in changed if row["id"] not in before]
    if new:  # they have no revisions, verdicts and decisions yet: all of those go with their test
        connection.execute(_ADD_REVISIONS, new)
    for test, row in changed:
        if row["id"] in before:
            add_revision(connection, row["id"], "generated", test.code)
            refresh_state(connection, row["id"])


def _row(test: GeneratedTest, started: dict[str, str]) -> dict[str, Any]:
    story = rows.plain(test.story_id)
    return {
        "id": rows.plain(test.id),
        "flow_id": test.flow_id,
        "app": rows.plain(test.app),
        "story_id": story,
        "version": test.version,
        "start_timestamp": started[story],
        "file_name": rows.plain(test.file_name),
        "body": to_json(test).decode(),
        "saved": False,
        "path": None,
        "published": False,
        "evidence": test.evidence,
        "state": _NEW_STATE,
    }


def _first_revision(key: str, code: str) -> dict[str, Any]:
    about = {"test_id": key, "number": 1, "origin": "generated", "code": code, "written_at": rows.now()}
    return {**about, "reason": "", "body": None}


def note_published(connection: Connection, tests: Sequence[GeneratedTest]) -> list[bool]:
    """Remembers that these tests went to their topic. False for one of which storage has another version by now, or
    none: that must go there too."""
    printed = {rows.plain(test.id): to_json(test).decode() for test in tests}
    connection.execute(_NOTE_PUBLISHED, [{"test": key, "printed": body} for key, body in printed.items()])
    now = {row.id: row.body for row in connection.execute(_BODIES, {"tests": list(printed)})}
    return [now.get(key) == body for key, body in printed.items()]
