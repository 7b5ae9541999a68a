"""Writes a project into a folder: whole files, and none left over from an earlier project in the same place."""

from collections.abc import Mapping
from pathlib import Path

from agents.private import make_folder, write_file

MARK = ".journeywright"
"""Lists what an earlier run wrote into the folder: those files may be removed, a person's own may not."""


class NotOurs(RuntimeError):
    """The folder holds a file that we would overwrite and did not write. The message names it, in one line."""


def write_project(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Makes `folder` hold these files (name → content); what an earlier run left there and this one has not, goes.

    Its owner alone can read what is made. Raises NotOurs, before anything is changed, where a file of somebody else's
    has one of the names.
    """
    make_folder(folder)
    mark = folder / MARK
    earlier = set(mark.read_text().splitlines()) if mark.exists() else set()
    foreign = sorted(name for name in files if (folder / name).exists() and name not in earlier)
    if foreign:
        raise NotOurs(f"{folder / foreign[0]} is in the way and not of our making: choose an empty folder")
    write_file(mark, "".join(f"{name}\n" for name in sorted({*files, *earlier})).encode())
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        write_file(folder / name, raw)
    for name in earlier - set(files):
        if name and Path(name).name == name:
            (folder / name).unlink(missing_ok=True)
    mark.write_text("".join(f"{name}\n" for name in sorted(files)))
