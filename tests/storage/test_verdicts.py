"""Verdicts, decisions, repairs, and the state of a test that follows from them."""

import pytest

from agents.storage import CodeFilter, NoSuchTest, PageRequest, Storage
from agents.storage.sql.proof_run_rows import RUNS_MAX, RunFilter, Standing
from agents.storage.sql.verdict_rows import DECISIONS_MAX, VERDICTS_MAX, VerdictFilter
from agents.storage.values import ProofCounts
from schemas.generated_tests import GeneratedTest
from schemas.verdicts import MutantResult, Outcome, Run, Verdict
from tests.storage.samples import a_story, a_test

EDIT = "def test_sign_in(page):\n    page.goto('/better')\n"


def stored(storage: Storage) -> GeneratedTest:
    """A test that has just been stored."""
    story = a_story()
    storage.put_story(story)
    test = a_test(story)
    assert storage.put_test(test)
    return test


def a_verdict(
    test_id: str, outcome: Outcome = "passed", revision: int = 1, number: int = 0, run_id: str = ""
) -> Verdict:
    at = f"2026-01-01T00:00:00.{number:03d}Z"
    run = Run(outcome="passed" if outcome == "passed" else "failed", seconds=1.0)
    kind = None if outcome == "passed" else "app"
    return Verdict(
        id=f"v{number}", test_id=test_id, revision=revision, app="shop.example",
        started_at=at, ended_at=at, outcome=outcome, kind=kind, runs=(run,),
        run_id=run_id, build="118" if run_id else "", environment="staging" if run_id else "",
        mutants=(MutantResult(kind="server_error", applied=True, noticed=True),
                 MutantResult(kind="stale_answer", applied=True, noticed=False),
                 MutantResult(kind="dead_control", applied=False, noticed=False)) if outcome == "passed" else (),
    )  # fmt: skip


def state(storage: Storage, test_id: str) -> str:
    found = storage.test(test_id)
    assert found is not None
    return found.state


def test_state_follows_verdicts_and_decisions(storage: Storage) -> None:
    """A draft is proven by a verdict, reviewed by a person, failing by the next verdict, and found by its state."""
    test = stored(storage)
    assert state(storage, test.id) == "draft"
    assert storage.put_verdict(a_verdict(test.id))
    assert state(storage, test.id) == "proven"
    storage.decide(test.id, "approve")
    assert state(storage, test.id) == "reviewed"
    storage.put_verdict(a_verdict(test.id, "failed", number=1))
    assert state(storage, test.id) == "failing"
    assert [one.test.id for one in storage.tests(CodeFilter(state="failing")).items] == [test.id]
    assert not storage.tests(CodeFilter(state="proven")).items
    storage.decide(test.id, "quarantine", "waits for a fix")
    assert state(storage, test.id) == "quarantined"
    newest = storage.decisions(test.id)[0]
    assert (newest.decision, newest.reason) == ("quarantine", "waits for a fix")


def test_edit_makes_the_proof_outdated(storage: Storage) -> None:
    """A verdict about the generated revision says nothing about a person's edit."""
    test = stored(storage)
    storage.put_verdict(a_verdict(test.id))
    storage.save_edit(test.id, EDIT, None)
    assert state(storage, test.id) == "outdated"


def test_repair_is_what_people_run_until_something_newer_is_generated(storage: Storage) -> None:
    """A repaired revision waits for approval with its reason; a newer generated one, or a person's edit, wins."""
    test = stored(storage)
    repaired = test.model_copy(update={"code": test.code + "# repaired\n"})
    kept = storage.put_repair(repaired, "another locator")
    assert kept is not None
    assert (kept.code, kept.origin, kept.state, kept.revision) == (repaired.code, "repaired", "healed", 2)
    assert [(one.origin, one.reason) for one in storage.revisions(test.id)] == [
        ("repaired", "another locator"),
        ("generated", ""),
    ]
    storage.put_verdict(a_verdict(test.id, revision=2))
    storage.decide(test.id, "approve")
    assert state(storage, test.id) == "reviewed"
    newer = a_story(version=4)
    storage.put_story(newer)
    assert storage.put_test(a_test(newer))
    after = storage.test(test.id)
    assert after is not None
    assert (after.code, after.origin, after.state) == (a_test(newer).code, "generated", "outdated")


def test_repair_never_touches_a_persons_edit(storage: Storage) -> None:
    """What a person saved stays, whatever the prover found."""
    test = stored(storage)
    storage.save_edit(test.id, EDIT, None)
    assert storage.put_repair(test.model_copy(update={"code": "# other\n"}), "why") is None
    found = storage.test(test.id)
    assert found is not None
    assert found.code == EDIT


def test_verdicts_are_listed_newest_first_page_by_page(storage: Storage) -> None:
    """Lists are cut into pages and narrowed by what is asked."""
    test = stored(storage)
    for number in range(5):
        storage.put_verdict(a_verdict(test.id, "failed" if number % 2 else "passed", number=number))
    first = storage.verdicts(VerdictFilter(test_id=test.id), PageRequest(3))
    rest = storage.verdicts(VerdictFilter(test_id=test.id), PageRequest(3, first.next_cursor))
    assert [one.id for one in (*first.items, *rest.items)] == ["v4", "v3", "v2", "v1", "v0"]
    assert [one.id for one in storage.verdicts(VerdictFilter(outcomes=("failed",))).items] == ["v3", "v1"]


def test_verdicts_and_decisions_have_bounds(storage: Storage) -> None:
    """Only the newest are kept of one test."""
    test = stored(storage)
    for number in range(VERDICTS_MAX + 2):
        storage.put_verdict(a_verdict(test.id, number=number))
    for _ in range(DECISIONS_MAX + 2):
        storage.decide(test.id, "approve")
    assert len(storage.verdicts(VerdictFilter(test_id=test.id), PageRequest(200)).items) == VERDICTS_MAX
    assert len(storage.decisions(test.id)) == DECISIONS_MAX


def test_verdict_of_a_test_that_is_gone_is_not_kept(storage: Storage) -> None:
    """A test may be withdrawn while it is run."""
    assert not storage.put_verdict(a_verdict("nobody"))
    with pytest.raises(NoSuchTest):
        storage.decide("nobody", "approve")


def test_proving_run_says_what_its_verdicts_come_to(storage: Storage) -> None:
    """Its verdicts are counted by outcome and by kind, and the mutants that had something to break; a verdict outside
    of any run makes none."""
    test = stored(storage)
    storage.put_verdict(a_verdict(test.id, number=0))
    storage.put_verdict(a_verdict(test.id, number=1, run_id="r1"))
    storage.put_verdict(a_verdict(test.id, "failed", number=5, run_id="r1"))
    storage.put_verdict(a_verdict(test.id, number=9, run_id="r2"))
    newest, run = storage.proof_runs().items
    assert (newest.id, run.id, run.build, run.environment, run.tests) == ("r2", "r1", "118", "staging", 2)
    assert (run.outcomes, run.kinds) == ({"failed": 1, "passed": 1}, {"app": 1})
    assert (run.mutants_applied, run.mutants_noticed) == (2, 1)
    assert run.started_at < run.ended_at
    assert [one.id for one in storage.proof_runs(RunFilter(id="r1", app=run.app)).items] == ["r1"]
    assert len(storage.verdicts(VerdictFilter(run_id="r1")).items) == 2


def test_only_the_newest_proving_runs_are_kept(storage: Storage) -> None:
    """An app that is proven at each change does not fill the database."""
    test = stored(storage)
    for number in range(RUNS_MAX + 1):
        storage.put_verdict(a_verdict(test.id, number=number, run_id=f"r{number}"))
    page = storage.proof_runs(page=PageRequest(100))
    assert page.items[0].id == f"r{RUNS_MAX}"
    assert not storage.proof_runs(RunFilter(id="r0")).items


def test_tests_are_counted_by_state(storage: Storage) -> None:
    """What /metrics tells: states, and when a verdict was given last."""
    test = stored(storage)
    assert storage.proof_counts() == ProofCounts({"draft": 1}, "")
    storage.put_verdict(a_verdict(test.id, "failed", number=7))
    assert storage.proof_counts() == ProofCounts({"failing": 1}, "2026-01-01T00:00:00.007Z")


def test_two_runs_are_compared_by_what_changed(storage: Storage) -> None:
    """Tests that came to the same are counted, not listed; what is worst now comes first, and of several verdicts of a
    run about one test the newest counts."""
    tests = [a_test(a_story(f"s{n}", flow_key=f"flow {n}")) for n in range(4)]
    for number, test in enumerate(tests):
        storage.put_story(a_story(f"s{number}", flow_key=f"flow {number}"))
        assert storage.put_test(test)
    said: list[tuple[int, Outcome, str]] = [
        (0, "passed", "r1"), (0, "passed", "r2"), (1, "failed", "r1"), (1, "passed", "r2"),
        (2, "passed", "r1"), (2, "passed", "r2"), (2, "failed", "r2"), (3, "passed", "r1"),
    ]  # fmt: skip
    for number, (of, outcome, run) in enumerate(said):
        storage.put_verdict(a_verdict(tests[of].id, outcome, number=number, run_id=run))
    found = storage.compared_runs("r1", "r2")
    assert (found.tests, found.differing) == (4, 3)
    assert [(one.test_id, one.before, one.after) for one in found.differences] == [
        (tests[2].id, Standing("passed", None), Standing("failed", "app")),
        (tests[3].id, Standing("passed", None), None),
        (tests[1].id, Standing("failed", "app"), Standing("passed", None)),
    ]
    assert storage.compared_runs("r1", "r2", limit=1).differences == found.differences[:1]
    assert storage.titles([tests[0].id, "nobody"]) == {tests[0].id: "Sign in"}
