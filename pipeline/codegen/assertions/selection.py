"""Which of the possible assertions a test makes."""

from collections.abc import Container
from dataclasses import replace
from typing import Final

from pipeline.codegen.assertions.candidates import Check, says_part
from pipeline.codegen.locators import expect
from pipeline.codegen.python.expressions import Attr, Call, flat, method

ENOUGH: Final = 2
"""So many checks are taken whatever they say; more only where they say much."""

SCORE_MIN: Final = 20
"""Checks that say less are taken only where there is nothing else."""

_ALIKE: Final = {"heading": 16}
"""How much less a check says for each other one of its kind: one heading tells which page it is, a second one seldom
tells more."""


def chosen(checks: list[Check], most: int) -> list[Check]:
    """The best checks that differ: no text within another's, at most two of a kind while others are left."""
    taken: list[Check] = []
    pool = list(checks)
    while pool and len(taken) < most:
        best = max(
            pool,
            key=lambda check: (
                check.score - _ALIKE.get(check.kind, 9) * sum(other.kind == check.kind for other in taken),
                -checks.index(check),
            ),
        )
        pool.remove(best)
        if best.score < (SCORE_MIN if len(taken) < ENOUGH else 54) and taken:
            continue
        if any(best.statement == other.statement or _overlap(best, other) for other in taken):
            continue
        taken.append(best)
    return sorted(taken, key=lambda check: (not check.soon, check.kind != "url", -check.score))


def _overlap(one: Check, other: Check) -> bool:
    if "url" in (one.kind, other.kind) or not one.says or not other.says:
        return False
    return says_part(one.says, other.says)


def met_before(check: Check, met: Container[str]) -> Check:
    """Where the page shows again what the test has met in the same document, the old one may stand beside the new one
    for a moment (a view that is swapped with an animation): one of them is enough."""
    match check.statement:
        case Call(function=Attr(of=Call(args=(found,)), name="to_be_visible"), args=()) if flat(found) in met:
            statement = method(expect(Attr(found, "first")), "to_be_visible")
            return replace(check, statement=statement)
        case _:
            return check
