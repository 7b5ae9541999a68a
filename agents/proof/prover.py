"""Proves a test: runs it, repairs it where evidence allows, breaks the app, and says what came of it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from agents.proof.artifacts import artifacts_in
from agents.proof.runner import Environment, Runner, RunReport
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.flows.trace import Session
from pipeline.proof.endings import lost
from pipeline.proof.healing import HealingRule, decide, evidence_sentences
from pipeline.proof.mutants import Mutant, mutants_of
from pipeline.proof.repair import REPAIRS_MAX, Repair, next_repair
from pipeline.proof.traffic import Outlook, Watched
from pipeline.proof.verdicts import cut, outcome_of, run_of
from schemas.generated_tests import GeneratedTest
from schemas.limits import VERDICT_EVIDENCE_MAX
from schemas.stories import Story
from schemas.verdicts import FailureKind, MutantResult, Run, Verdict

Say = Callable[[str], None]


@dataclass(frozen=True)
class Since:
    """A change of the app: when it was deployed (ISO 8601 in UTC; "": since the test's ways last found their elements),
    and the name of the build."""

    at: str = ""
    build: str = ""


@dataclass(frozen=True)
class Traffic:
    """The app's sessions before and after a change of it. `since` names the change, as in "build 118"; `write` writes a
    test from sessions of one flow, `agree` gives the story that it is written from."""

    before: Sequence[Story]
    fresh: Sequence[Story]
    since: str
    write: Callable[[Sequence[Story]], GeneratedTest]
    agree: Callable[[Sequence[Story]], Story]


@dataclass(frozen=True)
class Subject:
    """A test to be proven. `rewrite` writes it with amendments; None for a person's edit, which is never changed.
    `traffic` is what healing goes by."""

    test: GeneratedTest
    revision: int
    story: Story | None = None
    rewrite: Callable[[Amendments], GeneratedTest] | None = None
    traffic: Traffic | None = None


@dataclass(frozen=True)
class Wanted:
    """How far the proof goes. `artifacts` is the folder where failed runs leave their traces, `run_id` the proving run
    that the verdicts belong to; `verdict_id` is the verdict's ("": a new one). Where `stopping` is set, Stopped is
    raised."""

    runs: int = 3
    mutants: bool = False
    repair: bool = False
    heal: bool = False
    artifacts: Path | None = None
    run_id: str = ""
    verdict_id: str = ""
    stopping: Event | None = None


@dataclass(frozen=True)
class Proof:
    """What came of it: the verdict, and the repaired test with its reasons where a repair passed all runs. `healing` is
    what the new sessions say, where they were asked."""

    verdict: Verdict
    repaired: GeneratedTest | None = None
    reasons: tuple[str, ...] = ()
    healing: HealingRule | None = None


def prove(subject: Subject, environment: Environment, wanted: Wanted, say: Say) -> Proof:
    """Proves one test. Raises ResetFailed where the environment can't be made clean, and Stopped."""
    with Runner(environment, wanted.stopping) as runner:
        return _prove(subject, runner, wanted, say)


def _prove(subject: Subject, runner: Runner, wanted: Wanted, say: Say) -> Proof:
    environment = runner.environment
    started_at = _now()
    name = wanted.verdict_id or str(uuid.uuid4())
    keep = None if wanted.artifacts is None else wanted.artifacts / subject.test.id / name
    reports = _runs(runner, subject.test, wanted.runs, keep)
    for address in reports[-1].blocked:
        say(f"    kept from {address}: name it with --reach if the app needs it")
    repaired: GeneratedTest | None = None
    reasons: tuple[str, ...] = ()
    healing: HealingRule | None = None
    if wanted.heal and subject.traffic is not None and subject.story is not None:
        watched = Watched(subject.story, subject.test)
        outlook = watched.outlook(subject.traffic.before, subject.traffic.fresh)
        healing = decide(outlook, reports[-1].facts)
        if healing.decision == "heal" and not reports[-1].facts.passed:
            repaired, reasons, better = _healed(subject, runner, wanted, outlook, say)
            reports = better or reports
    blamed = healing is not None and healing.decision in ("app", "changed", "outdated", "environment")
    if wanted.repair and subject.rewrite is not None and not reports[-1].facts.passed and not blamed:
        repaired, reasons, better = _repaired(subject, runner, wanted, reports[-1], say)
        reports = better or reports
    test = repaired or subject.test
    runs = [run_of(report.facts) for report in reports]
    outcome, kind = outcome_of(runs)
    results: Sequence[MutantResult] = ()
    if wanted.mutants and outcome == "passed" and subject.story is not None:
        results = [_mutant(runner, test, mutant) for mutant in mutants_of(subject.story, test)]
    verdict = Verdict(
        id=name,
        test_id=test.id,
        revision=subject.revision,
        app=test.app,
        build=cut(environment.build),
        environment=cut(environment.name or environment.base_url),
        run_id=wanted.run_id,
        started_at=started_at,
        ended_at=_now(),
        outcome=outcome,
        kind=_blamed(kind, healing) if outcome == "failed" else kind,
        finding="" if healing is None else healing.name,
        evidence=tuple(cut(reason) for reason in reasons)[:VERDICT_EVIDENCE_MAX],
        runs=tuple(runs),
        mutants=tuple(results),
        artifacts=artifacts_in(keep),
    )
    return Proof(verdict, repaired, reasons, healing)


def _runs(runner: Runner, test: GeneratedTest, count: int, keep: Path | None) -> list[RunReport]:
    """Up to `count` runs; a test that fails twice in the same way is not run again."""
    reports: list[RunReport] = []
    for _ in range(count):
        reports.append(runner.run(test, keep=keep))
        failed = [report.facts for report in reports if not report.facts.passed]
        if len(failed) >= 2 and _same(run_of(failed[-1]), run_of(failed[-2])):
            break
    return reports


def _same(one: Run, other: Run) -> bool:
    return (one.rule, one.step, one.statement) == (other.rule, other.step, other.statement)


def _repaired(
    subject: Subject, runner: Runner, wanted: Wanted, failed: RunReport, say: Say
) -> tuple[GeneratedTest | None, tuple[str, ...], list[RunReport]]:
    """The repaired test, why it is as it is, and its runs; None where no recorded evidence made it pass."""
    assert subject.rewrite is not None
    amendments, reasons, facts = NONE, [], failed.facts
    for _ in range(REPAIRS_MAX):
        repair: Repair | None = next_repair(facts, amendments)
        if repair is None or run_of(facts).kind in ("app", "environment", "data"):
            return None, (), []
        amendments = repair.amendments
        reasons.append(repair.reason)
        say(f"    repair: {repair.reason}")
        test = subject.rewrite(amendments)
        report = runner.run(test)
        if report.facts.passed:
            rest = _runs(runner, test, max(0, wanted.runs - 1), None)
            reports = [report, *rest]
            if all(one.facts.passed for one in reports):
                return test, tuple(reasons), reports
            return None, (), []
        facts = report.facts
    return None, (), []


def _blamed(kind: FailureKind | None, healing: HealingRule | None) -> FailureKind | None:
    """Whose fault a failure is, once users were asked: where they fail too, or see another end, it is the app's."""
    return "app" if healing is not None and healing.decision in ("app", "changed") else kind


def _healed(
    subject: Subject, runner: Runner, wanted: Wanted, outlook: Outlook, say: Say
) -> tuple[GeneratedTest | None, tuple[str, ...], list[RunReport]]:
    """The test written anew from the new sessions, why, and its runs; None where that one would say less of its end, or
    does not pass."""
    assert subject.traffic is not None
    assert subject.story is not None
    test = subject.traffic.write(outlook.stories)
    less = lost(subject.test, Session(subject.story), test, Session(subject.traffic.agree(outlook.stories)))
    if less:
        say(f"    not healed: the new test would no longer say {', '.join(map(repr, less))}")
        return None, (), []
    reasons = evidence_sentences(outlook, subject.story, subject.traffic.since)
    for reason in reasons:
        say(f"    healed: {reason}")
    known = {"id": subject.test.id, "flow_id": subject.test.flow_id, "file_name": subject.test.file_name}
    test = test.model_copy(update=known)
    reports = _runs(runner, test, wanted.runs, None)
    return (test, reasons, reports) if all(one.facts.passed for one in reports) else (None, (), [])


def _mutant(runner: Runner, test: GeneratedTest, mutant: Mutant) -> MutantResult:
    report = runner.run(test, mutant)
    noticed = report.applied and not report.facts.passed and report.facts.started
    statement = cut(report.facts.statement) if noticed else ""
    return MutantResult(kind=mutant.kind, applied=report.applied, noticed=noticed, statement=statement)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_code(test: GeneratedTest, code: str) -> GeneratedTest:
    """A test as a person edited it: its lines are no longer those of the story's steps."""
    return test if code == test.code else test.model_copy(update={"code": code, "step_lines": ()})
