"""Which Python `make setup` takes."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIND = """. scripts/packages.sh; eval "$(sed -n "/^find_python/,/^'/p" scripts/setup.sh)"; find_python"""


def interpreter(file: Path, wanted: str) -> Path:
    """Something that says of itself that it is what is wanted then: fast, or any that will do."""
    file.write_text(f'#!/bin/sh\ncase "$3" in {wanted}) exit 0;; esac\nexit 1\n')
    file.chmod(0o700)
    return file


def found(folder: Path, **more: str) -> str:
    bash = shutil.which("bash")
    sed = shutil.which("sed")
    assert bash
    assert sed
    environment = {"PATH": f"{folder}:{Path(sed).parent}", **more}
    return subprocess.run(
        [bash, "-euc", FIND], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_one_that_was_built_to_be_fast_goes_before_others(tmp_path: Path) -> None:
    """A slow one of the version that is looked for first is not taken where a fast one is there: the system's, or one
    that comes later."""
    interpreter(tmp_path / "python3.11", "any")
    interpreter(tmp_path / "python3.12", "fast|any")
    assert found(tmp_path) in ("/usr/bin/python3.11", "python3.12")


@pytest.mark.parametrize("kind", ["any", "fast|any"])
def test_the_one_that_is_named_is_taken(tmp_path: Path, kind: str) -> None:
    """However it was built, and wherever it lies."""
    (folder := tmp_path / "my own").mkdir()
    named = interpreter(folder / "python", kind)
    assert found(tmp_path, PYTHON=str(named)) == str(named)


def test_one_that_will_not_do_is_not_taken(tmp_path: Path) -> None:
    """Of another version, say."""
    assert found(tmp_path, PYTHON=str(interpreter(tmp_path / "python", "none"))) == ""
