"""`journeywright prove`: verdicts are kept, and its exit code says whose fault a failure is."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from agents.cli import root
from agents.cli.commands.prove import exit_code, junit_xml, markdown
from agents.storage import Storage
from agents.storage.sql.verdict_rows import VerdictFilter
from pipeline.generate import test_of as written_from
from schemas.verdicts import FailureKind, MutantResult, Run, Verdict
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


def a_verdict(rule: str, **changes: object) -> Verdict:
    """Of one run that failed by this rule; of one that passed where it is ""."""
    kind = changes.get("kind")
    run = Run(
        outcome="failed" if rule else "passed", seconds=1, rule=rule, statement="a | <b> `c`\x00 [d](e)", kind=kind
    )
    told = {"id": "v", "test_id": "t", "revision": 1, "app": "shop", "runs": (run,), "started_at": "", "ended_at": ""}
    moments = {"started_at": "2026-01-01T00:00:00.000Z", "ended_at": "2026-01-01T00:01:00.000Z"}
    return Verdict.model_validate({**told, **moments, "outcome": "failed" if rule else "passed", **changes})


def test_ci_is_told_whose_fault_it_is_and_what_to_do() -> None:
    """A failure of the app or the test is a failure, one of the place an error; each with what a person does now. No
    text of a page is read as a part of the table, or breaks the XML."""
    verdicts = [a_verdict("server error", kind="app"), a_verdict("address not reached", kind="environment"),
                a_verdict("", mutants=(MutantResult(kind="wrong_text", applied=True, noticed=False),))]  # fmt: skip
    suite = ET.fromstring(junit_xml("shop\x01", ["one", "two\x1b", "three"], verdicts))
    assert suite.attrib["name"] == "shop"
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("3", "1", "1")
    assert [child.tag for case in suite for child in case] == ["failure", "error", "system-out"]
    assert "the app is broken here" in (suite[0][0].text or "")
    assert suite[2][0].text == "mutants noticed: 0 of 1, not wrong_text"
    lines = markdown(["one", "two", "three"], verdicts).splitlines()
    assert lines[0] == "1 of 3 tests passed"
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines[2:-1]} == {7}
    assert "server error: a \\| &lt;b> 'c' \\[d\\](e)" in lines[4]


@pytest.mark.parametrize(
    ("kinds", "code"),
    [((), 0), (("app", "test"), 10), (("data", "test"), 11), (("environment", "data"), 12), (("environment",), 13),
     (("unknown", None), 14)],
)  # fmt: skip
def test_exit_code_is_that_of_the_gravest_kind(kinds: tuple[FailureKind | None, ...], code: int) -> None:
    """0 where all passed; of several kinds the one that most needs a person."""
    assert exit_code([a_verdict(""), *(a_verdict("no rule", kind=kind) for kind in kinds)]) == code


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


LATE = """<script>for (const told of document.querySelectorAll("[role=status]")) {
    told.hidden = true; setTimeout(() => { told.hidden = false }, 6500) }</script>"""


@pytest.mark.slow
@pytest.mark.parametrize(("options", "outcome"), [((), "failed"), (("--expect-timeout", "12"), "passed")])
def test_a_slow_place_is_waited_for_where_a_person_says_so(
    app: App, tmp_path: Path, options: tuple[str, ...], outcome: str
) -> None:
    """A message that comes after 6.5 s is there for an assertion that may wait for 12; Playwright's own bound is 5."""
    app.more = LATE
    code = prove(app, tmp_path, *options)
    assert (code == 0, kept(tmp_path)[1]) == (outcome == "passed", [outcome])


def test_app_without_tests_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to prove is a failure that says what to do."""
    options = ["--storage", f"sqlite:///{tmp_path / 'empty.db'}", "--data", str(tmp_path)]
    assert root.run(["prove", "--app", "nobody", "--base-url", "http://127.0.0.1:9", *options]) == 1
    assert "send events first" in capsys.readouterr().err
