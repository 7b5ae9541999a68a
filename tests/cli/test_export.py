"""Exporting what is stored: with a sign-in that is shared, and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, update

from agents.cli import root
from agents.composition import Services
from agents.settings import Settings, load
from agents.storage import Storage, engine
from agents.storage.migrations.versions import v0007_credentials
from agents.storage.tables import TESTS
from pipeline.generate import test_of as write_flow
from tests.codegen.test_sign_in import THINGS, adds
from tests.storage.samples import a_story, a_test


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


def made_earlier(services: Services, code: str) -> None:
    """Puts code of an earlier version in the place of all that was generated."""
    with services.storage._engine.begin() as connection:
        for row in connection.execute(select(TESTS)).all():
            body = orjson.dumps({**orjson.loads(row.body), "code": code}).decode()
            connection.execute(update(TESTS).where(TESTS.c.id == row.id).values(body=body, published=True))


EARLIER = """import os

from playwright.sync_api import Page


def test_it(page: Page) -> None:
    page.get_by_label("Password").fill(os.environ["APP_PASSWORD"])
"""


@pytest.mark.parametrize("sign_in", ["once", "each"])
def test_what_an_earlier_version_wrote_is_written_anew(services: Services, tmp_path: Path, sign_in: str) -> None:
    """No test that types a credential itself, wherever the page is, is exported; what a person saved is."""
    made_earlier(services, EARLIER)
    assert root.run(("export", "--out", str(tmp_path / "out"), "--sign-in", sign_in)) == 0
    texts = {file.name: file.read_text() for file in (tmp_path / "out").glob("test_*.py")}
    assert len(texts) == len(THINGS) + 1
    assert not any('fill(os.environ["APP_PASSWORD"])' in text for text in texts.values())
    assert texts["test_add_a_map.py"] == "def test_mine(page):\n    pass\n"


def test_what_can_not_be_written_anew_is_left_out(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a line that says which test, and why; the others are exported."""
    made_earlier(services, EARLIER)
    for what in THINGS:
        services.storage.withdraw_story(adds(what).id)
    assert root.run(("export", "--out", str(tmp_path / "out"))) == 0
    assert [file.name for file in (tmp_path / "out").glob("test_*.py")] == ["test_add_a_map.py"]
    said = capsys.readouterr().err
    assert said.count("of an earlier version is left out: ForbiddenCode: ") == len(THINGS)


def test_an_upgrade_has_them_written_anew(tmp_path: Path) -> None:
    """The tests agent finds them among what is unsettled when it starts, and no others."""
    url = f"sqlite:///{tmp_path / 'journeys.db'}"
    database = engine.make_engine(url)
    engine.migrate(database)
    storage = Storage(database)
    for what in THINGS:
        test = write_flow([adds(what)])
        storage.put_stories([adds(what)])
        assert storage.put_test(test)
        assert storage.note_published(test)
    plain = a_test(a_story())
    storage.put_story(a_story())
    assert storage.put_test(plain)
    assert storage.note_published(plain)
    assert storage.unsettled_flows() == []
    # Today's storage can't write into tables of that time: the one step of the upgrade is done on today's.
    with database.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0007_credentials.upgrade()
    assert {one.flow_id for one in storage.unsettled_flows()} == {write_flow([adds(what)]).flow_id for what in THINGS}
    storage.close()
