"""Projects are written whole, and never over what somebody else wrote."""

from pathlib import Path

import pytest

from agents.local.folders import NotOurs, write_project


def test_a_second_run_removes_what_the_first_left(tmp_path: Path) -> None:
    """A test that is no longer there leaves no file behind; a person's own file stays."""
    write_project(tmp_path, {"test_a.py": "a", "test_b.py": "b"})
    (tmp_path / "mine.txt").write_text("mine")
    write_project(tmp_path, {"test_b.py": "B", "test_c.py": b"c"})
    found = {file.name: file.read_text() for file in tmp_path.iterdir() if not file.name.startswith(".")}
    assert found == {"test_b.py": "B", "test_c.py": "c", "mine.txt": "mine"}


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    """`--out .` in the wrong folder destroys nothing."""
    (tmp_path / "pyproject.toml").write_text("theirs")
    with pytest.raises(NotOurs, match=r"pyproject\.toml"):
        write_project(tmp_path, {"test_a.py": "a", "pyproject.toml": "ours"})
    assert [file.name for file in tmp_path.iterdir()] == ["pyproject.toml"]
    assert (tmp_path / "pyproject.toml").read_text() == "theirs"
