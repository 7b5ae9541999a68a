"""Vectors of texts that were encoded once, in a file: a start needs no model until a new text comes."""

import fcntl
import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from agents.private import make_file
from pipeline.patterns.matching import Vectors

logger = logging.getLogger(__name__)

VECTORS_MAX: Final = 100_000
"""Vectors in the file: 1.6 kB each, 160 MB at most. Beyond it the oldest go."""
BUSY_S: Final = 10.0
"""How long to wait for another process that writes."""


class VectorStore:
    """Vectors by text, for all processes of a machine that name the same file.

    Texts are kept as their SHA-256 only. `model` names the model and the libraries that made the vectors: those of
    another one are thrown away. All in it can be computed again: a broken file is made anew, and where it can't be used
    for a while (no room, locked), the log says so and nothing is found. Raises OSError or sqlite3.Error at the start
    only.
    """

    def __init__(self, path: Path, model: str) -> None:
        self._path = path
        self._model = model
        self._one_at_a_time = threading.Lock()
        self._rows = self._opened()

    def get(self, texts: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of those texts that are known."""
        with self._one_at_a_time:
            found = {text: self._asked(text) for text in texts}
        return {text: np.frombuffer(vector, np.float32) for text, vector in found.items() if vector is not None}

    def put(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keeps the vectors of these texts."""
        rows = [(_key(text), vector.tobytes()) for text, vector in zip(texts, vectors, strict=True)]
        with self._one_at_a_time:
            try:
                with self._rows:
                    self._rows.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
                    self._rows.execute(
                        "DELETE FROM vectors WHERE id <= (SELECT max(id) FROM vectors) - ?", (VECTORS_MAX,)
                    )
            except sqlite3.DatabaseError as error:
                self._failed(error)

    def close(self) -> None:
        """Closes the file."""
        with self._one_at_a_time:
            self._rows.close()

    def _asked(self, text: str) -> bytes | None:
        try:
            row = self._rows.execute("SELECT vector FROM vectors WHERE key = ?", (_key(text),)).fetchone()
        except sqlite3.DatabaseError as error:
            self._failed(error)
            return None
        return None if row is None else bytes(row[0])

    def _opened(self) -> sqlite3.Connection:
        try:
            return _open(self._path, self._model)
        except sqlite3.OperationalError:  # no room, no permission, locked for too long: a new file would not help
            raise
        except sqlite3.DatabaseError as error:
            logger.warning("%s is broken (%s): it is made anew", self._path, error)
            _remove(self._path)
            return _open(self._path, self._model)

    def _failed(self, error: sqlite3.DatabaseError) -> None:
        if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
            logger.warning("%s can't be used now: %s", self._path, error)
            return
        logger.warning("%s is broken (%s): it is made anew", self._path, error)
        self._rows.close()
        _remove(self._path)
        self._rows = self._opened()


def _open(path: Path, model: str) -> sqlite3.Connection:
    """One process after the other: SQLite does not wait where two choose its kind of journal at once."""
    with path.with_suffix(".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _open_alone(path, model)


def _open_alone(path: Path, model: str) -> sqlite3.Connection:
    make_file(path)
    rows = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
    try:
        rows.execute("PRAGMA journal_mode=WAL")
        with rows:
            rows.execute("BEGIN IMMEDIATE")
            rows.execute("CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, key BLOB UNIQUE, vector BLOB)")
            rows.execute("CREATE TABLE IF NOT EXISTS made_by (model TEXT PRIMARY KEY)")
            if rows.execute("SELECT model FROM made_by").fetchall() != [(model,)]:
                rows.execute("DELETE FROM vectors")
                rows.execute("DELETE FROM made_by")
                rows.execute("INSERT INTO made_by VALUES (?)", (model,))
    except BaseException:
        rows.close()
        raise
    return rows


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
