"""What a failed run leaves: cleaned of secrets, bounded in size, and kept for as long as there is room."""

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

from agents import private
from schemas.limits import VERDICT_ARTIFACTS_MAX
from schemas.verdicts import Artifact

FILE_BYTES_MAX: Final = 20 * 1024**2
"""A larger file is not kept, nor is a larger part of a trace."""
TEST_FOLDERS_MAX: Final = 10
"""Of so many verdicts of one test the artifacts are kept."""
ALL_BYTES_MAX: Final = 1024**3
"""What all artifacts may use together; the oldest go first."""
SECRET_CHARS_MIN: Final = 4
"""A shorter secret can't be told from other text: then no trace is kept."""
_TEXT: Final = frozenset({".txt"})


def keep(left: Path, folder: Path, variables: Mapping[str, str]) -> None:
    """Keeps the files that a run left in the folder `left`, without secrets; those of an earlier run of the same
    verdict give way to them."""
    private.make_folder(folder)
    for path in sorted(left.iterdir())[:VERDICT_ARTIFACTS_MAX]:
        if path.stat().st_size > FILE_BYTES_MAX:
            continue
        if path.suffix == ".zip":
            _clean_trace(path, folder / path.name, variables)
        elif path.suffix in _TEXT:
            private.write_file(folder / path.name, without_secrets(path.read_bytes(), variables))
        else:
            private.write_file(folder / path.name, path.read_bytes())


def artifacts_in(folder: Path | None) -> tuple[Artifact, ...]:
    """The files that were kept of a verdict."""
    if folder is None or not folder.exists():
        return ()
    return tuple(Artifact(name=path.name, url=path.as_uri()) for path in sorted(folder.iterdir()))


def prune(root: Path, folders_max: int = TEST_FOLDERS_MAX, bytes_max: int = ALL_BYTES_MAX) -> None:
    """Removes the oldest artifacts below `root` (a folder for each test, in it one for each verdict) until both bounds
    hold. Several provers may do so at once."""
    kept: list[tuple[float, Path]] = []
    for test in _folders(root):
        mine = sorted(((_changed(one), one) for one in _folders(test)), reverse=True)
        for _, folder in mine[folders_max:]:
            shutil.rmtree(folder, ignore_errors=True)
        kept += mine[:folders_max]
    room = bytes_max
    for _, folder in sorted(kept, reverse=True):
        room -= sum(_bytes(path) for path in folder.glob("*"))
        if room < 0:
            shutil.rmtree(folder, ignore_errors=True)


def _folders(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _clean_trace(source: Path, target: Path, variables: Mapping[str, str]) -> None:
    """Copies a trace without the secrets that were typed. A secret too short to be told from other text: no copy."""
    if any(len(secret) < SECRET_CHARS_MIN for secret in _secrets(variables)):
        return
    private.make_file(target)
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as clean:
        for entry in archive.infolist():
            if entry.file_size <= FILE_BYTES_MAX:
                clean.writestr(entry.filename, without_secrets(archive.read(entry), variables))


def _secrets(variables: Mapping[str, str]) -> list[str]:
    return [value for name, value in variables.items() if name.startswith("APP_PASSWORD") and value]


def without_secrets(raw: bytes, variables: Mapping[str, str]) -> bytes:
    """The same with `[secret]` in the place of each password, however it is written."""
    for secret in _secrets(variables):
        for form in {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}:
            raw = raw.replace(form.encode(), b"[secret]")
    return raw
