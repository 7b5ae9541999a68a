"""What runs leave: cleaned of secrets, bounded in size, and kept for as long as there is room, in a folder or an object
store."""

import io
import json
import logging
import shutil
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote, urlsplit

import fsspec
from fsspec.implementations.local import LocalFileSystem

from agents import private
from pipeline.codegen.values.credentials import PASSWORD
from schemas.limits import VERDICT_ARTIFACTS_MAX
from schemas.verdicts import Artifact

FILE_BYTES_MAX: Final = 20 * 1024**2
"""A larger file is not kept, nor is a larger part of a trace."""
TEST_FOLDERS_MAX: Final = 10
"""Of so many verdicts of one test the artifacts are kept."""
ALL_BYTES_MAX: Final = 1024**3
"""What all artifacts may use together; the oldest go first."""
PRUNE_ALL_S: Final = 600
"""All of them are looked at no more often: of a large store that takes a while."""
SECRET_CHARS_MIN: Final = 4
"""A shorter secret can't be told from other text: then no trace is kept."""
_TEXT: Final = frozenset({".txt", ".vtt"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Folder:
    """The artifacts of one verdict: when the last of them was written, and how many bytes they have."""

    changed_s: float
    path: str
    size_bytes: int


class ArtifactStore:
    """Keeps the files of verdicts below an fsspec URL: a folder for each test, in it one for each verdict. Methods may
    be called from any thread; several provers may share a store."""

    def __init__(self, url: str, folders_max: int = TEST_FOLDERS_MAX, bytes_max: int = ALL_BYTES_MAX) -> None:
        self._fs: Any
        self._fs, self._root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self._root = self._root.rstrip("/")
        self._folders_max, self._bytes_max = folders_max, bytes_max
        self._pruned_s = -float(PRUNE_ALL_S)

    @property
    def _local(self) -> bool:
        return isinstance(self._fs, LocalFileSystem)

    def keep(self, left: Path, test_id: str, verdict_id: str, variables: Mapping[str, str]) -> None:
        """Keeps the files that a run left in the folder `left`, without secrets; those of an earlier run of the same
        verdict give way to them. Raises OSError."""
        folder = self._folder(test_id, verdict_id)
        if self._local:
            private.make_folder(Path(folder))
        for path in sorted(left.iterdir())[:VERDICT_ARTIFACTS_MAX]:
            raw = _clean(path, variables) if path.stat().st_size <= FILE_BYTES_MAX else None
            if raw is None:
                continue
            if self._local:
                private.write_file(Path(folder) / path.name, raw)
            else:
                with _asked():
                    self._fs.pipe_file(f"{folder}/{path.name}", raw)

    def artifacts(self, test_id: str, verdict_id: str) -> tuple[Artifact, ...]:
        """The files that were kept of a verdict. Raises OSError."""
        folder = self._folder(test_id, verdict_id)
        with _asked():
            found = self._fs.find(folder)
        names = sorted(path.rpartition("/")[2] for path in found)[:VERDICT_ARTIFACTS_MAX]
        return tuple(Artifact(name=name, url=self._url(f"{folder}/{name}")) for name in names)

    def read(self, artifact: Artifact) -> Path | bytes | None:
        """A file, or on another machine its bytes; None where it is not below this store, or not any more. Raises
        OSError where the store does not answer."""
        if self._local:
            return _local_file(artifact.url, Path(self._root))
        root = self._fs.unstrip_protocol(self._root)
        inside = artifact.url.removeprefix(f"{root}/")
        if inside == artifact.url or ".." in inside.split("/"):
            return None
        try:
            with _asked():
                raw: bytes = self._fs.cat_file(f"{self._root}/{inside}", start=0, end=FILE_BYTES_MAX)
        except FileNotFoundError:
            return None
        return raw

    def prune(self, test_id: str) -> None:
        """Removes the oldest artifacts of a test beyond its bound, and now and then the oldest of all beyond theirs; a
        store that does not answer is asked again after the next proof."""
        try:
            self._drop_old(list(self._folders(f"{self._root}/{test_id}")))
            if time.monotonic() - self._pruned_s >= PRUNE_ALL_S:
                self._pruned_s = time.monotonic()
                self.prune_all()
        except OSError as error:
            logger.warning("old artifacts can't be removed: %s", error)

    def prune_all(self) -> None:
        """Removes the oldest artifacts until both bounds hold. Raises OSError."""
        tests: dict[str, list[_Folder]] = {}
        for folder in self._folders(self._root):
            tests.setdefault(folder.path.rpartition("/")[0], []).append(folder)
        kept = [folder for mine in tests.values() for folder in self._drop_old(mine)]
        room = self._bytes_max
        for folder in sorted(kept, key=lambda one: (one.changed_s, one.path), reverse=True):
            room -= folder.size_bytes
            if room < 0:
                self._remove(folder)

    def _drop_old(self, folders: list[_Folder]) -> list[_Folder]:
        """Those that stay of the folders of one test; the others are removed."""
        folders.sort(key=lambda one: (one.changed_s, one.path), reverse=True)
        for folder in folders[self._folders_max :]:
            self._remove(folder)
        return folders[: self._folders_max]

    def _folders(self, root: str) -> Iterator[_Folder]:
        """The folders of verdicts below a place; files that lie elsewhere are not ours."""
        sizes: dict[str, tuple[float, int]] = {}
        with _asked():
            found = self._fs.find(root, detail=True)
        for path, told in found.items():
            folder = path.rpartition("/")[0]
            if folder.count("/") == self._root.count("/") + 2:
                changed_s, size_bytes = sizes.get(folder, (0.0, 0))
                sizes[folder] = max(changed_s, self._changed_s(path, told)), size_bytes + int(told["size"] or 0)
        for folder, (changed_s, size_bytes) in sizes.items():
            yield _Folder(changed_s, folder, size_bytes)

    def _changed_s(self, path: str, told: Mapping[str, Any]) -> float:
        found = told.get("mtime") or told.get("LastModified") or self._fs.modified(path)
        return found.timestamp() if isinstance(found, datetime) else float(found)

    def _remove(self, folder: _Folder) -> None:
        if self._local:
            shutil.rmtree(folder.path, ignore_errors=True)
            return
        try:
            with _asked():
                self._fs.rm(folder.path, recursive=True)
        except FileNotFoundError:  # another prover was quicker
            return

    def _folder(self, test_id: str, verdict_id: str) -> str:
        return f"{self._root}/{test_id}/{verdict_id}"

    def _url(self, path: str) -> str:
        return Path(path).as_uri() if self._local else str(self._fs.unstrip_protocol(path))


@dataclass(frozen=True, slots=True)
class VerdictFolder:
    """The folder of a store for the artifacts of one verdict."""

    store: ArtifactStore
    test_id: str
    verdict_id: str

    def keep(self, left: Path, variables: Mapping[str, str]) -> None:
        """Keeps the files in the folder `left`. Raises OSError."""
        self.store.keep(left, self.test_id, self.verdict_id, variables)

    def artifacts(self) -> tuple[Artifact, ...]:
        """What was kept; nothing where the store does not answer."""
        try:
            return self.store.artifacts(self.test_id, self.verdict_id)
        except OSError as error:
            logger.warning("what a run left is not known: %s", error)
            return ()


@contextmanager
def _asked() -> Iterator[None]:
    """Whatever a store raises is an OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # nothing but a store's call stands in the block, and each store has errors of its own
        raise OSError(f"the store of artifacts does not answer: {error}") from error


def _local_file(url: str, root: Path) -> Path | None:
    try:
        address = urlsplit(url)
        if address.scheme != "file" or address.netloc not in ("", "localhost"):
            return None
        path = Path(unquote(address.path)).resolve()
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # no address, or a name that no file system takes
        return None


def _clean(path: Path, variables: Mapping[str, str]) -> bytes | None:
    """What is kept of a file."""
    if path.suffix == ".zip":
        return _clean_trace(path, variables)
    raw = path.read_bytes()
    return without_secrets(raw, variables) if path.suffix in _TEXT else raw


def _clean_trace(source: Path, variables: Mapping[str, str]) -> bytes | None:
    """A trace without the secrets that were typed. None where a secret is too short to be told from other text, and of
    a trace that its run was ended in the midst of."""
    if any(len(secret) < SECRET_CHARS_MIN for secret in _secrets(variables)) or not zipfile.is_zipfile(source):
        return None
    made = io.BytesIO()
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as clean:
        for entry in archive.infolist():
            if entry.file_size <= FILE_BYTES_MAX:
                clean.writestr(entry.filename, without_secrets(archive.read(entry), variables))
    return made.getvalue()


def _secrets(variables: Mapping[str, str]) -> list[str]:
    return [value for name, value in variables.items() if name.startswith(PASSWORD) and value]


def without_secrets(raw: bytes, variables: Mapping[str, str]) -> bytes:
    """The same with `[secret]` in the place of each password, however it is written."""
    for secret in _secrets(variables):
        for form in {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}:
            raw = raw.replace(form.encode(), b"[secret]")
    return raw
