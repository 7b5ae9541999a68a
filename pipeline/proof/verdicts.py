"""Runs to a verdict."""

from collections.abc import Sequence

from pipeline.proof.diagnosis import diagnose
from pipeline.proof.evidence import RunFacts
from schemas.limits import NOTE_CHARS_MAX, RUN_S_MAX
from schemas.verdicts import FailureKind, Outcome, Run


def run_of(facts: RunFacts) -> Run:
    """What a verdict says of one run."""
    seconds = min(max(facts.seconds, 0.0), float(RUN_S_MAX))
    if facts.passed:
        return Run(outcome="passed", seconds=seconds)
    rule = diagnose(facts)
    return Run(
        outcome="failed" if facts.started else "not_run",
        seconds=seconds,
        kind=rule.kind,
        rule=rule.name,
        step=facts.step,
        statement=cut(facts.statement),
        error=cut(facts.error),
    )


def outcome_of(runs: Sequence[Run]) -> tuple[Outcome, FailureKind | None]:
    """What several runs of the same revision come to, and why. Without any run the test was not run."""
    told = [run for run in runs if run.outcome != "not_run"]
    if not told:
        return "not_run", "environment"
    failed = [run for run in told if run.outcome == "failed"]
    if not failed:
        return "passed", None
    if len(failed) < len(told):
        return "flaky", "test"
    kinds = {run.kind for run in failed}
    return "failed", failed[0].kind if len(kinds) == 1 else "unknown"


def cut(text: str) -> str:
    """The text up to the bound of a verdict's texts, in one line."""
    return " ".join(text.split())[:NOTE_CHARS_MAX]
