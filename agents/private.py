"""Files and folders that their owner alone can read, whatever the umask: they hold what was recorded."""

import os
import stat
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it that are missing; what is there already stays as it is. Raises OSError."""
    missing = []
    at = folder.absolute()
    while not at.exists():
        missing.append(at)
        at = at.parent
    for one in reversed(missing):
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)
        one.chmod(FOLDER_MODE)  # an odd umask may have taken from it
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(folder))


def make_own_folder(folder: Path) -> None:
    """Makes a folder where others may make theirs, too. Raises OSError, also where what is there is another user's, a
    link, or open to others."""
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & ~FOLDER_MODE:
        raise PermissionError(1, "Not this user's alone", str(folder))


def make_file(file: Path) -> None:
    """Makes an empty file where there is none; one that is there is closed to others. Raises OSError."""
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, FILE_MODE))
    file.chmod(FILE_MODE)


def write_file(file: Path, content: bytes) -> None:
    """Writes a whole file anew. Raises OSError."""
    make_file(file)
    file.write_bytes(content)
