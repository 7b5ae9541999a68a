"""What is written on this machine is its owner's alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.local.folders import write_project
from agents.private import make_folder
from agents.settings import load
from agents.storage import CodeFiles, Storage
from tests.storage.samples import a_story, a_test


@pytest.fixture(params=[0o000, 0o022, 0o377], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The process's umask during the test: one that lets all through, the usual one, and one that takes too much."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The mode of each file and folder below, by its name."""
    return {str(one.relative_to(folder)): stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*")}


def test_database_test_files_and_projects_are_the_owners_alone(tmp_path: Path, umask: int) -> None:
    """The data folder, the database with its journal, the files of tests and an exported project."""
    settings = load(data=tmp_path / "far" / "data")
    settings.make_data()
    storage = Storage.open(settings.storage_url)
    story = a_story()
    storage.put_story(story)
    storage.put_test(a_test(story))
    CodeFiles(settings.files_url, storage).publish(a_test(story).id)
    write_project(tmp_path / "out", {"test_it.py": "x", "stories.jsonl": b"{}"})
    found = modes(tmp_path)
    storage.close()
    assert {"far/data/journeywright.db", "far/data/journeywright.db-wal", "far/data/tests", "out/stories.jsonl"} <= set(
        found
    )
    wrong = {
        name: oct(mode) for name, mode in found.items() if mode != (0o700 if (tmp_path / name).is_dir() else 0o600)
    }
    assert not wrong


def test_a_database_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    """One of an earlier version, which the umask left readable; the folder that a person made is left as it is."""
    file = tmp_path / "shared" / "journeywright.db"
    file.parent.mkdir(mode=0o755)
    file.touch()
    file.chmod(0o644)
    Storage.open(f"sqlite:///{file}").close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o755


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A path that a file has is refused, as it was."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "file")
