"""A real PostgreSQL for the tests: in a temporary folder, on loopback."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from agents.local.processes import free_port


def _programs() -> Path:
    debian = (str(path) for path in Path("/").glob("usr/lib/postgresql/*/bin/initdb"))
    found = shutil.which("initdb") or next(debian, None)
    assert found, "PostgreSQL's initdb is needed: scripts/test.sh installs it, or says how"
    return Path(found).resolve().parent


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def server() -> Iterator[str]:
    """Its URL, without a database's name."""
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
        try:
            yield f"postgresql+psycopg://journeys@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "fast", "stop"], check=True, cwd=folder)


def new_database(server_url: str) -> str:
    """The URL of an empty database, in a locale whose order is not that of the code points."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(f"{server_url}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"))
    admin.dispose()
    return f"{server_url}/{name}"
