"""A file of patterns that is changed while the worker runs."""

import os
from pathlib import Path

import pytest

from agents.embedder import PatternFile

FIRST = '[patterns.approve]\nexamples = ["approve a request"]\n'
SECOND = '[patterns.decline]\nexamples = ["decline a request"]\n'


def write(path: Path, text: str, at_s: int) -> None:
    path.write_text(text)
    os.utime(path, (at_s, at_s))


def test_a_change_is_taken_once(tmp_path: Path) -> None:
    """Nothing is said while the file is as it was; a change gives the new patterns, beside the built-in ones, once."""
    path = tmp_path / "patterns.toml"
    write(path, FIRST, 1_000)
    changed = PatternFile(path)
    assert changed() is None
    write(path, SECOND, 2_000)
    found = changed()
    assert found is not None
    names = {pattern.name for pattern in found}
    assert {"decline", "login"} <= names
    assert "approve" not in names
    assert changed() is None


@pytest.mark.parametrize("text", ["[patterns", "[patterns.x]\nexamples = 3\n"])
def test_a_broken_file_changes_nothing(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    """What can't be read is told in the log, once, and the patterns stay; a repaired file is taken."""
    path = tmp_path / "patterns.toml"
    write(path, FIRST, 1_000)
    changed = PatternFile(path)
    write(path, text, 2_000)
    assert changed() is None
    assert "not used" in caplog.text
    write(path, SECOND, 3_000)
    assert changed() is not None


def test_a_file_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    """Without the file the patterns stay as they were."""
    path = tmp_path / "patterns.toml"
    write(path, FIRST, 1_000)
    changed = PatternFile(path)
    path.unlink()
    assert changed() is None
