"""Proves a test: runs it, repairs it where evidence allows, breaks the app, and says what came of it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Event

from agents.proof.artifacts import ArtifactStore, VerdictFolder
from agents.proof.attempts import all_pass, mutant_run, runs
from agents.proof.runner import Environment, Runner, RunReport
from agents.proof.strengthening import strengthened
from agents.proof.video import Videos
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.flows.trace import Session
from pipeline.proof.endings import lost
from pipeline.proof.healing import HealingRule, decide, evidence_sentences
from pipeline.proof.instrument import lines_after_edit
from pipeline.proof.mutants import Mutant, mutants_of
from pipeline.proof.repair import REPAIRS_MAX, Repair, next_repair
from pipeline.proof.states import Origin
from pipeline.proof.traffic import Outlook, Watched
from pipeline.proof.verdicts import cut, outcome_of, run_of
from pipeline.semantics.urls import without_user
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
    """How far the proof goes. `artifacts` is where failed runs leave their traces, `videos` says of which runs there
    are videos, `run_id` is the proving run that the verdicts belong to; `verdict_id` is the verdict's ("": a new one).
    Where `stopping` is set, Stopped is raised."""

    runs: int = 3
    mutants: bool = False
    repair: bool = False
    heal: bool = False
    artifacts: ArtifactStore | None = None
    videos: Videos = "failed"
    run_id: str = ""
    verdict_id: str = ""
    stopping: Event | None = None


@dataclass(frozen=True)
class Proof:
    """What came of it: the verdict, and the test as it should be from now on where that is another one, with its
    reasons. `origin` says how that came to be. `healing` is what the new sessions say, where they were asked."""

    verdict: Verdict
    revised: GeneratedTest | None = None
    origin: Origin = "generated"
    reasons: tuple[str, ...] = ()
    healing: HealingRule | None = None

    @property
    def repaired(self) -> GeneratedTest | None:
        """The test as it passes now, where it did not pass as it was."""
        return self.revised if self.origin == "repaired" else None


@dataclass(frozen=True)
class _Tried:
    """A form of the test, and how its runs went. `amendments` are those that it was written with, None where that is
    not known; `reasons` say why it is another one than was asked for."""

    test: GeneratedTest
    reports: Sequence[RunReport]
    amendments: Amendments | None = NONE
    reasons: tuple[str, ...] = ()
    origin: Origin = "generated"

    @property
    def passed(self) -> bool:
        return self.reports[-1].facts.passed


def prove(subject: Subject, environment: Environment, wanted: Wanted, say: Say) -> Proof:
    """Proves one test. Raises ResetFailed where the environment can't be made clean, and Stopped."""
    with Runner(environment, wanted.stopping) as runner:
        return _prove(subject, runner, wanted, say)


def _prove(subject: Subject, runner: Runner, wanted: Wanted, say: Say) -> Proof:
    environment = runner.environment
    started_at = _now()
    name = wanted.verdict_id or str(uuid.uuid4())
    kept = None if wanted.artifacts is None else VerdictFolder(wanted.artifacts, subject.test.id, name)
    tried = _Tried(subject.test, runs(runner, subject.test, wanted.runs, kept, wanted.videos))
    for address in tried.reports[-1].blocked:
        say(f"    kept from {address}: name it with --reach if the app needs it")
    healing: HealingRule | None = None
    if wanted.heal and subject.traffic is not None and subject.story is not None:
        watched = Watched(subject.story, subject.test)
        outlook = watched.outlook(subject.traffic.before, subject.traffic.fresh)
        healing = decide(outlook, tried.reports[-1].facts)
        if healing.decision == "heal" and not tried.passed:
            tried = _healed(subject, runner, wanted, outlook, say) or tried
    blamed = healing is not None and healing.decision in ("app", "changed", "outdated", "environment")
    if wanted.repair and subject.rewrite is not None and not tried.passed and not blamed:
        tried = _repaired(subject.rewrite, runner, wanted, tried, say) or tried
    results: Sequence[MutantResult] = ()
    if wanted.mutants and subject.story is not None and outcome_of(_told(tried))[0] == "passed":
        mutants = mutants_of(subject.story, tried.test)
        results = [mutant_run(runner, tried.test, mutant) for mutant in mutants]
        if wanted.repair and subject.rewrite is not None:
            tried, results = _strengthened(subject.rewrite, runner, wanted, tried, mutants, results, say)
    outcome, kind = outcome_of(_told(tried))
    verdict = Verdict(
        id=name,
        test_id=tried.test.id,
        revision=subject.revision,
        app=tried.test.app,
        build=cut(environment.build),
        environment=cut(environment.name or without_user(environment.base_url)),
        run_id=wanted.run_id,
        started_at=started_at,
        ended_at=_now(),
        outcome=outcome,
        kind=_blamed(kind, healing) if outcome == "failed" else kind,
        finding="" if healing is None else healing.name,
        evidence=tuple(cut(reason) for reason in tried.reasons)[:VERDICT_EVIDENCE_MAX],
        runs=tuple(_told(tried)),
        mutants=tuple(results),
        artifacts=() if kept is None else kept.artifacts(),
    )
    revised = None if tried.origin == "generated" else tried.test
    return Proof(verdict, revised, tried.origin, tried.reasons, healing)


def _told(tried: _Tried) -> list[Run]:
    return [run_of(report.facts) for report in tried.reports]


def _repaired(
    rewrite: Callable[[Amendments], GeneratedTest],
    runner: Runner,
    wanted: Wanted,
    failed: _Tried,
    say: Say,
) -> _Tried | None:
    """The repaired test; None where no recorded evidence made it pass."""
    amendments, reasons, facts = NONE, [], failed.reports[-1].facts
    for _ in range(REPAIRS_MAX):
        repair: Repair | None = next_repair(facts, amendments)
        if repair is None or run_of(facts).kind in ("app", "environment", "data"):
            return None
        amendments = repair.amendments
        reasons.append(repair.reason)
        say(f"    repair: {repair.reason}")
        test = rewrite(amendments)
        report = runner.run(test)
        if report.facts.passed:
            reports = [report, *runs(runner, test, max(0, wanted.runs - 1))]
            return _Tried(test, reports, amendments, tuple(reasons), "repaired") if all_pass(reports) else None
        facts = report.facts
    return None


def _strengthened(
    rewrite: Callable[[Amendments], GeneratedTest],
    runner: Runner,
    wanted: Wanted,
    tried: _Tried,
    mutants: Sequence[Mutant],
    results: Sequence[MutantResult],
    say: Say,
) -> tuple[_Tried, Sequence[MutantResult]]:
    """The test with what notices the mutants that it did not notice, and how it met all of them; as it was where
    nothing that was recorded notices them, which is said, or where it is not known how the test was written."""
    missed = [mutant for mutant, told in zip(mutants, results, strict=True) if told.applied and not told.noticed]
    if not missed:
        return tried, results
    better, nothing_else = None, ""
    if tried.amendments is not None and rewrite(tried.amendments).code == tried.test.code:
        better = strengthened(runner, rewrite, tried.amendments, missed, wanted.runs)
        nothing_else = ", and nothing else that was recorded would notice it"
    known = {} if better is None else {told.kind: told for told in better.results}
    results = [known.get(told.kind, told) for told in results]
    reasons = () if better is None else better.reasons
    still = [told.kind.replace("_", " ") for told in results if told.applied and not told.noticed]
    if still:
        reasons += (f"not noticed{nothing_else}: {', '.join(still)}",)
    for reason in reasons:
        say(f"    {reason}")
    told_so_far = (*tried.reasons, *reasons)
    if better is None:
        return replace(tried, reasons=told_so_far), results
    origin: Origin = "repaired" if tried.origin == "repaired" else "strengthened"
    return _Tried(better.test, better.reports, None, told_so_far, origin), results


def _blamed(kind: FailureKind | None, healing: HealingRule | None) -> FailureKind | None:
    """Whose fault a failure is, once users were asked: where they fail too, or see another end, it is the app's."""
    return "app" if healing is not None and healing.decision in ("app", "changed") else kind


def _healed(subject: Subject, runner: Runner, wanted: Wanted, outlook: Outlook, say: Say) -> _Tried | None:
    """The test written anew from the new sessions; None where that one would say less of its end, or does not pass."""
    assert subject.traffic is not None
    assert subject.story is not None
    test = subject.traffic.write(outlook.stories)
    less = lost(subject.test, Session(subject.story), test, Session(subject.traffic.agree(outlook.stories)))
    if less:
        say(f"    not healed: the new test would no longer say {', '.join(map(repr, less))}")
        return None
    reasons = evidence_sentences(outlook, subject.story, subject.traffic.since)
    for reason in reasons:
        say(f"    healed: {reason}")
    known = {"id": subject.test.id, "flow_id": subject.test.flow_id, "file_name": subject.test.file_name}
    test = test.model_copy(update=known)
    reports = runs(runner, test, wanted.runs)
    return _Tried(test, reports, None, reasons, "repaired") if all_pass(reports) else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_code(test: GeneratedTest, code: str) -> GeneratedTest:
    """A test as a person edited it: the steps begin where their lines are now."""
    lines = lines_after_edit(test.code, test.step_lines, code)
    return test if code == test.code else test.model_copy(update={"code": code, "step_lines": lines})
