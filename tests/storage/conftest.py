"""A storage for each test, on SQLite and, slow, on a real PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from agents.local.processes import free_port
from agents.storage import Storage


def _programs() -> Path:
    debian = (str(path) for path in Path("/").glob("usr/lib/postgresql/*/bin/initdb"))
    found = shutil.which("initdb") or next(debian, None)
    assert found, "PostgreSQL's initdb is needed: install the package `postgresql`"
    return Path(found).resolve().parent


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of the tests' own, without a database's name; in a temporary folder, on loopback."""
    programs, before, port = _programs(), _as_somebody(), free_port()
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if before:
            shutil.chown(folder, "nobody", "nogroup")
        data = f"{folder}/data"
        initdb = [programs / "initdb", "-D", data, "-U", "journeys", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*before, *initdb], check=True, capture_output=True, cwd=folder)
        options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        control = [*before, programs / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-o", options, "-l", f"{folder}/log", "start"], check=True, cwd=folder)
        yield f"postgresql+psycopg://journeys@127.0.0.1:{port}"
        subprocess.run([*control, "-m", "fast", "stop"], check=True, cwd=folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journeys.db'}"
    server = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"))
    admin.dispose()
    return f"{server}/{name}"


@pytest.fixture
def storage(storage_url: str) -> Iterator[Storage]:
    """A migrated storage."""
    opened = Storage.open(storage_url)
    yield opened
    opened.close()
