"""`journeywright prove`: verdicts are kept, and its exit code says whose fault a failure is."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from agents.cli import root
from agents.storage import Storage
from agents.storage.verdict_rows import VerdictFilter
from pipeline.generate import test_of as written_from
from tests.proof.test_prover import App, app, story

__all__ = ["app"]


def prove(app: App, tmp_path: Path, *options: str) -> int:
    """Runs the command on a storage that holds the test of one story."""
    url = f"sqlite:///{tmp_path / 'journeys.db'}"
    storage = Storage.open(url)
    told = story()
    storage.put_story(told)
    storage.put_test(written_from([told], 1))
    storage.close()
    arguments = ["prove", "--app", "shop", "--base-url", app.url, "--runs", "1", "--users-min", "1"]
    return root.run([*arguments, "--storage", url, "--data", str(tmp_path / "data"), *options])


def kept(tmp_path: Path) -> tuple[str, list[str]]:
    """The state of the test, and the outcomes of its verdicts."""
    storage = Storage.open(f"sqlite:///{tmp_path / 'journeys.db'}")
    (stored,) = storage.tests().items
    outcomes = [verdict.outcome for verdict in storage.verdicts(VerdictFilter(test_id=stored.test.id)).items]
    storage.close()
    return stored.state, outcomes


@pytest.mark.slow
def test_test_that_passes_becomes_proven(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict is stored, and CI gets its two files."""
    junit, summary = tmp_path / "junit.xml", tmp_path / "summary.md"
    assert prove(app, tmp_path, "--junit", str(junit), "--summary", str(summary)) == 0, capsys.readouterr()
    assert kept(tmp_path) == ("proven", ["passed"])
    assert ET.parse(junit).getroot().attrib["failures"] == "0"
    assert "| passed |" in summary.read_text()


@pytest.mark.slow
def test_broken_app_ends_with_its_exit_code(app: App, tmp_path: Path) -> None:
    """10 stands for the app; the test is failing, and its trace is kept."""
    app.broken = True
    assert prove(app, tmp_path) == 10
    assert kept(tmp_path) == ("failing", ["failed"])
    assert list((tmp_path / "data" / "proof").rglob("trace.zip"))


@pytest.mark.slow
def test_repaired_test_waits_for_approval(app: App, tmp_path: Path) -> None:
    """A repair that passes is a revision of its own, healed and not yet reviewed."""
    app.button = "Keep"
    assert prove(app, tmp_path, "--repair") == 0
    assert kept(tmp_path) == ("healed", ["passed"])


def test_app_without_tests_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to prove is a failure that says what to do."""
    options = ["--storage", f"sqlite:///{tmp_path / 'empty.db'}", "--data", str(tmp_path)]
    assert root.run(["prove", "--app", "nobody", "--base-url", "http://127.0.0.1:9", *options]) == 1
    assert "send events first" in capsys.readouterr().err
