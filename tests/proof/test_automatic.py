"""New tests that a worker proves by itself: where, and only once."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from agents.composition import Services
from agents.proof.artifacts import ArtifactStore
from agents.proof.automatic import NewTests
from agents.proof.prover import Proof, Subject, Wanted
from agents.proof.runner import Environment
from agents.settings import BadSettings, Settings, load
from pipeline.generate import test_of as written_from
from schemas.verdicts import Verdict
from tests.proof.test_prover import story

PLACES = """[staging]
app = "shop"
base_url = "http://127.0.0.1:9"
build = "118"
automatic = true

[production]
app = "shop"
base_url = "http://127.0.0.1:9"
"""


def settings(folder: Path, places: str) -> Settings:
    (folder / "environments.toml").write_text(places)
    return load(data=folder, environments=folder / "environments.toml", chromium="/bin/true", users_min=1)


def test_verdict_that_is_there_is_given_without_a_run(tmp_path: Path) -> None:
    """The same revision on the same build in the same place is not run again; no other place is asked."""
    services = Services(settings(tmp_path, PLACES))
    told = story()
    services.storage.put_story(told)
    test = written_from([told], 1)
    services.storage.put_test(test)
    known = Verdict(
        id="v", test_id=test.id, revision=1, app="shop", build="118", environment="staging", outcome="passed",
        started_at="2026-01-01T00:00:00.000Z", ended_at="2026-01-01T00:01:00.000Z",
    )  # fmt: skip
    services.storage.put_verdict(known)
    tests: NewTests = services.new_tests()
    tests.stopping.set()  # whatever would run is given up at once
    assert [place.name for _, place in tests.environments] == ["staging"]
    assert tests.verdicts(test.id) == [known]
    assert tests.verdicts("nobody") == []
    services.close()


def test_no_place_is_used_that_was_not_named_for_it(tmp_path: Path) -> None:
    """Without an environment that is automatic, the role can't begin."""
    services = Services(settings(tmp_path, PLACES.replace("automatic = true", "")))
    with pytest.raises(BadSettings, match=r"no environment of .* is automatic"):
        services.new_tests()


def test_place_that_can_not_be_used_says_nothing_of_a_test(tmp_path: Path) -> None:
    """A test that was proven stays so where the next run could not be one."""
    services = Services(settings(tmp_path, PLACES))
    told = story()
    services.storage.put_story(told)
    test = written_from([told], 1)
    services.storage.put_test(test)
    good = Verdict(
        id="v", test_id=test.id, revision=1, app="shop", outcome="passed",
        started_at="2026-01-01T00:00:00.000Z", ended_at="2026-01-01T00:01:00.000Z",
    )  # fmt: skip
    services.storage.put_verdict(good)
    away = {"id": "w", "outcome": "failed", "kind": "environment", "ended_at": "2026-01-02T00:00:00.000Z"}
    services.storage.put_verdict(good.model_copy(update=away))
    (stored,) = services.storage.tests().items
    assert stored.state == "proven"
    services.close()


@dataclass
class Asked:
    """Stored tests that note what is wanted of a proof, and prove nothing."""

    wanted: list[Wanted] = field(default_factory=list)

    def subject(self, test_id: str) -> Subject:
        """A test of this id."""
        return Subject(written_from([story()], 1).model_copy(update={"id": test_id}), 1)

    def known_verdict(self, *_: object) -> None:
        """There is none yet."""

    def prove(self, _subject: Subject, _environment: Environment, wanted: Wanted, _say: object) -> Proof:
        """Notes what is wanted."""
        self.wanted.append(wanted)
        times = {"started_at": "2026-01-01T00:00:00.000Z", "ended_at": "2026-01-01T00:01:00.000Z"}
        return Proof(Verdict(id="v", test_id="t", revision=1, app="shop", outcome="passed", **times))


def test_what_is_proven_on_one_build_is_one_run(tmp_path: Path) -> None:
    """So that people see it among the other runs, and compare builds; without a build's name each day is a run."""
    asked = Asked()
    places = [
        [("shop", Environment("http://127.0.0.1:9", Path("chromium"), "staging", build))] for build in ("7", "8", "")
    ]
    for place in places:
        tests = NewTests(asked, place, ArtifactStore(tmp_path.as_uri()), "off", Event())
        for test_id in ("one", "other"):
            tests.verdicts(test_id)
    runs = [one.run_id for one in asked.wanted]
    assert [runs[0] == runs[1], runs[2] == runs[3], runs[4] == runs[5]] == [True, True, True]
    assert len({"", *runs}) == 4
    assert len({one.verdict_id for one in asked.wanted}) == 6
