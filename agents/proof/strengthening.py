"""Gives a test that does not notice how the app was broken the recorded assertions that do notice it, and no others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agents.proof.attempts import all_pass, mutant_run, runs
from agents.proof.runner import Runner, RunReport
from pipeline.codegen.amendments import Amendments, normal
from pipeline.proof.mutants import Mutant
from schemas.generated_tests import GeneratedTest
from schemas.verdicts import MutantResult

DROPPED_MAX: Final = 4
"""Recorded assertions that may turn out not to hold here, before the attempt is given up."""


@dataclass(frozen=True)
class Stronger:
    """A test that asserts more: the runs that it passed, how it met the mutants that it did not notice before, and what
    was added."""

    test: GeneratedTest
    reports: list[RunReport]
    results: tuple[MutantResult, ...]
    reasons: tuple[str, ...]


def strengthened(
    runner: Runner,
    rewrite: Callable[[Amendments], GeneratedTest],
    amendments: Amendments,
    missed: Sequence[Mutant],
    runs_wanted: int,
) -> Stronger | None:
    """The test with what notices some of the `missed` mutants; None where nothing that was recorded does, or does not
    hold here. `amendments` are those that the test has already."""
    thorough = _holding(runner, rewrite, replace(amendments, thorough=True))
    if thorough is None:
        return None
    noticing = {
        assertion: result.kind
        for result in (mutant_run(runner, thorough, mutant) for mutant in missed)
        if (assertion := _assertion(result.statement)) is not None
    }
    if not noticing:
        return None
    test = rewrite(replace(amendments, added=frozenset(noticing)))
    reports = runs(runner, test, runs_wanted)
    results = tuple(mutant_run(runner, test, mutant) for mutant in missed)
    if not all_pass(reports) or not any(result.noticed for result in results):
        return None
    reasons = tuple(f"added, for it notices {kind.replace('_', ' ')}: {said}" for said, kind in noticing.items())
    return Stronger(test, reports, results, reasons)


def _holding(
    runner: Runner, rewrite: Callable[[Amendments], GeneratedTest], amendments: Amendments
) -> GeneratedTest | None:
    """The thorough test without those of its assertions that don't hold here."""
    for _ in range(DROPPED_MAX + 1):
        test = rewrite(amendments)
        facts = runner.run(test).facts
        if facts.passed:
            return test
        assertion = _assertion(facts.statement)
        if not facts.last or assertion is None:
            return None
        amendments = replace(amendments, dropped=amendments.dropped | {assertion})
    return None


def _assertion(statement: str) -> str | None:
    """A statement as amendments name it; None where it asserts nothing of the page, or was cut for being too long."""
    if not statement.startswith("expect("):
        return None
    try:
        return normal(statement)
    except SyntaxError:
        return None
