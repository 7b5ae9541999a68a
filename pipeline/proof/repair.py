"""What to try next with a test that fails where it runs: only what was recorded, and never less of what it ends on."""

import ast
from dataclasses import dataclass, replace
from typing import Final

from pipeline.codegen.amendments import Amendments
from pipeline.codegen.python.program import FIXTURES, UNIQUE
from pipeline.proof.evidence import RunFacts

REPAIRS_MAX: Final = 6
"""Repairs that are tried of one test."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One more amendment, and why it is made."""

    amendments: Amendments
    reason: str


def next_repair(facts: RunFacts, before: Amendments) -> Repair | None:
    """The next repair after a run that failed in a known step; None where no recorded evidence can help.

    A locator that does not match exactly once is replaced by the next recorded one. An assertion between the steps
    that fails although its locator matches once, or after its locator was replaced already, is left out. The
    assertions after the last step are never left out, and nothing is skipped, forced or waited for longer. What came
    late was right, so nothing is repaired.
    """
    if facts.passed or facts.late or facts.step is None or not facts.statement:
        return None
    locator = locator_of(facts.statement)
    replaced = any(step == facts.step for step, _ in before.avoided)
    if locator is not None and facts.matched != 1 and not (facts.asserts and not facts.last and replaced):
        if (facts.step, locator) in before.avoided:
            return None
        avoided = before.avoided | {(facts.step, locator)}
        found = "no element" if facts.matched == 0 else "not exactly one element"
        return Repair(
            replace(before, avoided=avoided), f"{locator} matches {found} here: another recorded locator is used"
        )
    if facts.asserts and not facts.last and facts.statement not in before.dropped:
        dropped = before.dropped | {facts.statement}
        return Repair(replace(before, dropped=dropped), f"left out, for it does not hold here: {facts.statement}")
    return None


def locator_of(statement: str) -> str | None:
    """What a statement acts on, as code: `X` of `X.click()`, `expect(X).to_…()`, `fill_credential(X, …)`,
    `drag(X, …)` and `settled(X)`; None for the page itself."""
    try:
        tree = ast.parse(statement, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(tree, ast.Call):
        return None
    if isinstance(tree.func, ast.Name) and tree.func.id in FIXTURES.keys() - {UNIQUE} and tree.args:
        return ast.unparse(tree.args[0])
    if not isinstance(tree.func, ast.Attribute):
        return None
    subject: ast.expr = tree.func.value
    if isinstance(subject, ast.Call) and isinstance(subject.func, ast.Name) and subject.func.id == "expect":
        subject = subject.args[0] if subject.args else subject
    return ast.unparse(subject) if isinstance(subject, ast.Call | ast.Attribute) else None
