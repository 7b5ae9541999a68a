"""The words that a test is found by."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from agents.storage.sql import rows
from agents.storage.tables import TEST_TEXTS
from schemas.generated_tests import GeneratedTest

SEARCHED_CHARS_MAX: Final = 4_000
"""Of a very long test the beginning is searched."""


def searched_text(test: GeneratedTest) -> str:
    """Title, story, steps, tags, names and app in small letters. A test holds only what everybody may read, so nobody
    finds out by searching what few users typed."""
    told = "\n".join((test.title, test.file_name, test.app, test.flow_id, test.story, *test.tags, *test.steps))
    return rows.plain(told.casefold())[:SEARCHED_CHARS_MAX]


def put_texts(connection: Connection, tests: Sequence[GeneratedTest]) -> None:
    """Keeps the words of tests that are stored."""
    rows.upsert(connection, TEST_TEXTS, [{"test_id": rows.plain(one.id), "text": searched_text(one)} for one in tests])
