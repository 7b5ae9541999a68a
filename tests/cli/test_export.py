"""Exporting what is stored: with a sign-in that is shared, and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.cli import root
from agents.composition import Services
from agents.settings import Settings, load
from pipeline.generate import test_of as write_flow
from tests.writing.test_sign_in import THINGS, adds


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A storage with the tests of four flows that begin with the same sign-in, one of them saved by a person."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JOURNEYWRIGHT_{name.upper()}", raising=False)
    monkeypatch.setenv("JOURNEYWRIGHT_DATA", str(tmp_path / "data"))
    services = Services(load())
    for what in (*THINGS, "map"):
        services.storage.put_stories([adds(what)])
        assert services.storage.put_test(write_flow([adds(what)]))
    services.storage.save_edit(write_flow([adds("map")]).id, "def test_mine(page):\n    pass\n", None)
    yield services
    services.close()


def test_the_stored_tests_share_a_sign_in(services: Services, tmp_path: Path) -> None:
    """Exported, the generated ones start after it, the saved one is as it was saved; what is stored stays whole."""
    assert root.run(("export", "--out", str(tmp_path / "out"))) == 0
    texts = {file.name: file.read_text() for file in (tmp_path / "out").glob("*.py")}
    assert sorted(name for name, text in texts.items() if re.search(r"\(signed_in_page: Page\)", text)) == [
        f"test_add_a_{what}.py" for what in THINGS
    ]
    assert texts["test_add_a_map.py"] == "def test_mine(page):\n    pass\n"
    assert "def sign_in(page: Page, fill_credential: Callable[[Locator, str], None])" in texts["conftest.py"]
    assert all("APP_PASSWORD" in test.code for test in services.tests() if test.title != "Add a map")


def test_each_test_signs_in_where_that_is_asked_for(services: Services, tmp_path: Path) -> None:
    """With `--sign-in each` every file is the stored code."""
    assert root.run(("export", "--out", str(tmp_path / "out"), "--sign-in", "each")) == 0
    for test in services.tests():
        assert (tmp_path / "out" / test.file_name).read_text() == test.code


def test_what_was_overtaken_is_not_written_anew(services: Services) -> None:
    """Where a story came whose test is not stored yet, the stored test keeps its code."""
    services.storage.put_stories([adds("cup").model_copy(update={"version": 9})])
    titles = {found.story.title for found in services.sources(services.tests()).values()}
    assert titles == {"Add a hat", "Add a pen"}
