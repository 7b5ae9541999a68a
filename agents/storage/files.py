"""Test files, through fsspec: a folder by default, any object store by URL.

A file holds what people should run: a person's edit where there is one. Names are made of safe characters only,
whatever an app or a title was called, and no two texts share one; on this machine the owner alone can read them.
Beside tests that take fixtures lies the conftest.py with them.
"""

import hashlib
import os
import re
import threading
from collections.abc import Collection, Container, Sequence
from pathlib import Path
from typing import Any, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from agents.private import make_folder, write_file
from agents.storage.sql.file_rows import TestFile
from agents.storage.storage import Storage
from agents.storage.values import StorageUnavailable, StoredTest
from pipeline.codegen.project.conftest_file import Wanted, conftest
from pipeline.codegen.python.program import FIXTURES, fixtures_of

NAME_CHARS_MAX: Final = 100
UNSAFE = re.compile(r"[^a-z0-9._-]+")
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
DIGEST_CHARS: Final = 32
DIGESTED = re.compile(rf"(^|-)[0-9a-f]{{{DIGEST_CHARS}}}$")
"""How the names end that were changed: no other name may end so."""
SETTLE_ROUNDS_MAX: Final = 5


def safe_name(text: str) -> str:
    """A file or folder name for any text: lower case letters, digits, `.`, `_`, `-`; never hidden, never `..`.

    Different texts have different names, also where case, a dot at the end, or the way an accent is written don't
    count: a text that is no such name itself, or looks like one that was made, gets a digest of all of it.
    """
    name = UNSAFE.sub("-", text.lower()).strip("-.")[:NAME_CHARS_MAX].rstrip("-.")
    reserved = RESERVED.match(name) is not None
    if name and name == text and not reserved and not DIGESTED.search(name):
        return name
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARS]
    return "-".join([*(["x"] if reserved else []), *([name] if name else []), digest])


def file_path(app: str, file_name: str, suffix: str = "") -> str:
    """`<app>/<name>.py` with safe parts; `suffix` stands before the ending."""
    stem = file_name.removesuffix(".py")
    return f"{safe_name(app)}/{safe_name(stem)}{suffix}.py"


class CodeFiles:
    """Keeps the files of tests in step with storage. Methods are synchronous and may be called from any thread."""

    def __init__(self, url: str, storage: Storage) -> None:
        self._fs: Any
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._storage = storage

    def publish(self, test_id: str) -> str | None:
        """`publish_all` of one test; its path below the root, None where there is no such test."""
        return self.publish_all([test_id]).get(test_id)

    def publish_all(self, test_ids: Collection[str]) -> dict[str, str]:
        """Writes the files of tests as storage has them now and answers their paths below the root; tests that are not
        there have none.

        Of several tests that want one name, that with the smallest id has it; the others carry their id. Raises
        StorageUnavailable when the files can't be written.
        """
        paths: dict[str, str] = {}
        waiting = frozenset(test_ids)
        for _ in range(SETTLE_ROUNDS_MAX):
            if not waiting:
                break
            written = self._write_all(self._storage.siblings_of(waiting), waiting, paths)
            # Whoever saves an edit in between writes it as well: the last of both has seen both.
            now = self._storage.codes_of(waiting)
            waiting = frozenset(name for name, code in now.items() if written.get(name) != code)
        return {name: paths[name] for name in test_ids if name in paths}

    def withdraw(self, stored: StoredTest) -> None:
        """Removes the file of a test that storage has just withdrawn; its name goes to the next that wants it."""
        if stored.path is not None:
            self._remove_left(stored.test.app, [stored.path])
        self.publish_all([one.id for one in self._storage.files_named(stored.test.app, stored.test.file_name)[:1]])

    def read(self, path: str) -> str:
        """The text of a file, by its path below the root."""
        raw: bytes = self._fs.cat_file(f"{self._root}/{path}")
        return raw.decode()

    def _write_all(
        self, siblings: Sequence[Sequence[TestFile]], wanted: Container[str], paths: dict[str, str]
    ) -> dict[str, str]:
        """Writes the tests that are wanted, and of those that want their names the ones that lie elsewhere. What was
        written, by id; where comes to `paths`."""
        placed = {path: one for files in siblings for path, one in _placed(files)}
        moving = {path: one for path, one in placed.items() if one.id in wanted or one.path != path}
        codes = self._storage.codes_of([one.id for one in moving.values()])
        for path, one in moving.items():
            code = codes.get(one.id)
            if code is not None:
                if fixtures_of(code):
                    self._write(f"{path.partition('/')[0]}/conftest.py", conftest(Wanted(FIXTURES.keys())))
                self._write(path, code)
                paths[one.id] = path
        self._storage.note_paths({one.id: path for path, one in moving.items() if one.path != path})
        left: dict[str, set[str]] = {}
        for one in moving.values():
            if one.path is not None and one.path not in placed:
                left.setdefault(one.app, set()).add(one.path)
        for app, some in left.items():
            self._remove_left(app, some)
        return codes

    def _remove_left(self, app: str, paths: Collection[str]) -> None:
        """Removes files that tests of an app left: unless another test has taken the name meanwhile."""
        for path in set(paths) - self._storage.taken_paths(app, paths):
            self._remove(path)

    def _write(self, path: str, code: str) -> None:
        whole = f"{self._root}/{path}"
        try:
            if isinstance(self._fs, LocalFileSystem):
                target = Path(whole)
                make_folder(target.parent)
                partial = target.with_name(f"{target.name}.{os.getpid()}-{threading.get_ident()}.partial")
                write_file(partial, code.encode())
                partial.replace(target)  # readers see the old file or the new one, never half of it
            else:
                self._fs.pipe_file(whole, code.encode())
        except OSError as error:
            raise _unavailable(error) from error

    def _remove(self, path: str) -> None:
        try:
            self._fs.rm_file(f"{self._root}/{path}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unavailable(error) from error


def _placed(files: Sequence[TestFile]) -> list[tuple[str, TestFile]]:
    """The tests that want one name, in the order of their ids, each with the path that it gets."""
    found = []
    for number, one in enumerate(files):
        # Two underscores, which no name of a test has: it is no other test's own name.
        suffix = "" if number == 0 else f"__{safe_name(one.id).replace('-', '')}"
        found.append((file_path(one.app, one.file_name, suffix), one))
    return found


def _unavailable(error: OSError) -> StorageUnavailable:
    return StorageUnavailable(f"the test files can't be changed: {error.strerror or type(error).__name__}")
