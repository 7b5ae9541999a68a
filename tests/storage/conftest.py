"""A storage for each test, on SQLite and, slow, on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.storage import Storage
from tests.postgres import new_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journeys.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def storage(storage_url: str) -> Iterator[Storage]:
    """A migrated storage."""
    opened = Storage.open(storage_url)
    yield opened
    opened.close()
