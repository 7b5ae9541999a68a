"""Test files, through fsspec: a folder by default, any object store by URL.

A file holds what people should run: a person's edit where there is one. Names are made of safe characters only,
whatever an app or a title was called, and no two texts share one; on this machine the owner alone can read them.
Beside tests that type credentials lies the conftest.py that looks where they do so.
"""

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import Any, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem

from agents.private import make_folder, write_file
from agents.storage.storage import Storage
from agents.storage.values import StorageUnavailable, StoredTest
from pipeline.codegen.project.fixtures import conftest
from pipeline.codegen.python.program import FILL_CREDENTIAL

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
        """Writes the file of a test as storage has it now and answers its path below the root.

        None where there is no such test. Of several tests that want one name, that with the smallest id has it; the
        others carry their id. Raises StorageUnavailable when the files can't be written.
        """
        for _ in range(SETTLE_ROUNDS_MAX):
            stored = self._storage.test(test_id)
            if stored is None:
                return None
            path = self._write_siblings(stored)
            after = self._storage.test(test_id)
            if after is not None and after.etag == stored.etag:
                return path
        return path

    def withdraw(self, stored: StoredTest) -> None:
        """Removes the file of a test that storage has just withdrawn; its name goes to the next that wants it."""
        if stored.path is not None:
            self._remove(stored.path)
        for sibling in self._storage.tests_of_file(stored.test.app, stored.test.file_name)[:1]:
            self._write_siblings(sibling)

    def read(self, path: str) -> str:
        """The text of a file, by its path below the root."""
        raw: bytes = self._fs.cat_file(f"{self._root}/{path}")
        return raw.decode()

    def _write_siblings(self, wanted: StoredTest) -> str | None:
        mine, left, taken = None, set(), set()
        for place, stored in enumerate(self._storage.tests_of_file(wanted.test.app, wanted.test.file_name)):
            # Two underscores, which no name of a test has: it is no other test's own name.
            suffix = "" if place == 0 else f"__{safe_name(stored.test.id).replace('-', '')}"
            path = file_path(stored.test.app, stored.test.file_name, suffix)
            taken.add(path)
            if stored.test.id == wanted.test.id:
                mine = path
            if stored.test.id == wanted.test.id or stored.path != path:
                if FILL_CREDENTIAL in stored.code:
                    self._write(f"{path.partition('/')[0]}/conftest.py", conftest(fills=True))
                self._write(path, stored.code)
                left.add(stored.path or path)
                self._storage.note_path(stored.test.id, path)
        for path in left - taken:
            self._remove(path)
        return mine

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


def _unavailable(error: OSError) -> StorageUnavailable:
    return StorageUnavailable(f"the test files can't be changed: {error.strerror or type(error).__name__}")
