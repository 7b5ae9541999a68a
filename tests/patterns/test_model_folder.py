"""Where the workers of a machine meet that share a model."""

import os
from pathlib import Path

import pytest

from agents.shared_model import model_folder


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this user's sockets."""
    folder = tmp_path / "run"
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_workers_of_any_data_folder_meet(runtime: Path) -> None:
    """Those with the same model do, in a folder that nobody else can enter."""
    folder = model_folder(Path("/data/1"), "model 1")
    assert folder == model_folder(Path("/data/2"), "model 1") != model_folder(Path("/data/1"), "model 2")
    assert folder.parent == runtime
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["open", "link", "file", "another's"])
def test_what_is_not_this_users_alone_is_not_used(runtime: Path, tmp_path: Path, kind: str) -> None:
    """Else whoever may write there could give the vectors, and read what is asked: the data folder is used then."""
    data = tmp_path / "data"
    folder = model_folder(data, "model")
    folder.rmdir()
    if kind == "file":
        folder.touch(0o700)
    elif kind == "link":
        (tmp_path / "target").mkdir(0o700)
        folder.symlink_to(tmp_path / "target")
    else:
        folder.mkdir(0o700)
        folder.chmod(0o755 if kind == "open" else 0o700)
        if kind == "another's":
            if os.geteuid() != 0:
                pytest.skip("only root can give a folder away")
            os.chown(folder, 12345, -1)
    assert model_folder(data, "model") == data


def test_without_a_folder_for_sockets_the_data_folder_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where the system has no place for temporary files that may be written."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
    assert model_folder(tmp_path, "model") == tmp_path
