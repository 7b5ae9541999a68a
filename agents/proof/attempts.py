"""Runs of one test: several on the app as it is, or one on the app broken in one way."""

from agents.proof.artifacts import VerdictFolder
from agents.proof.runner import Runner, RunReport
from agents.proof.video import Videos
from pipeline.proof.mutants import Mutant
from pipeline.proof.verdicts import cut, run_of
from schemas.generated_tests import GeneratedTest
from schemas.verdicts import MutantResult, Run


def runs(
    runner: Runner, test: GeneratedTest, count: int, kept: VerdictFolder | None = None, videos: Videos = "off"
) -> list[RunReport]:
    """Up to `count` runs; a test that fails twice in the same way is not run again. Failed runs leave what they have to
    show in `kept`, with a video where `videos` says so; of runs that pass, the first leaves its video at most."""
    reports: list[RunReport] = []
    for number in range(count):
        wanted: Videos = "failed" if videos == "all" and number else videos
        reports.append(runner.run(test, kept=kept, videos=wanted))
        failed = [report.facts for report in reports if not report.facts.passed]
        if len(failed) >= 2 and _same(run_of(failed[-1]), run_of(failed[-2])):
            break
    return reports


def all_pass(reports: list[RunReport]) -> bool:
    """Whether each of these runs passed."""
    return all(report.facts.passed for report in reports)


def mutant_run(runner: Runner, test: GeneratedTest, mutant: Mutant) -> MutantResult:
    """Whether the test notices that the app is broken in this way, and by which statement."""
    report = runner.run(test, mutant)
    noticed = report.applied and not report.facts.passed and report.facts.started
    statement = cut(report.facts.statement) if noticed else ""
    return MutantResult(kind=mutant.kind, applied=report.applied, noticed=noticed, statement=statement)


def _same(one: Run, other: Run) -> bool:
    return (one.rule, one.step, one.statement) == (other.rule, other.step, other.statement)
