"""Which of the possible assertions a test makes."""

from collections.abc import Container, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from pipeline.codegen.assertions.check import Check, says_part
from pipeline.codegen.assertions.entered import NOTHING, Entered
from pipeline.codegen.assertions.salience import is_message, is_sentence, looks_glued
from pipeline.codegen.locators.finder import expect
from pipeline.codegen.python.expressions import Attr, Call, flat, method
from pipeline.semantics.lexicon import WORDS

ENOUGH: Final = 2
"""So many checks are taken whatever they say; more only where they say much."""

SCORE_MIN: Final = 20
"""Checks that say less are taken only where there is nothing else."""

SCORE_THIRD_MIN: Final = 54
"""A third check and more must say so much."""

_ALIKE: Final = {"heading": 16}
"""How much less a check says for each other one of its kind: one heading tells which page it is, a second one seldom
tells more."""


ENTERED: Final = 25
"""How much more a check says for showing what the user entered and no other one shows."""
ENTERED_MORE_MAX: Final = 4
"""So many more checks are made where each shows something more of what the user entered."""
EFFECTS: Final = frozenset(
    {"status", "alert", "alertdialog", "changed", "value", "kept", "removed", "gone", "order", "url"}
)
"""Kinds that are taken beside what was entered: what the app answered, and what became of what was there."""
NOT_SHOWN: Final = frozenset({"gone", "removed", "url", "title", "value"})
"""Kinds that show nothing in the page, or only repeat in a field what was typed."""
ALONE: Final = 8
"""How much more a check says that shows one thing that was entered and nothing else."""


def chosen(checks: Sequence[Check], most: int, entered: Entered = NOTHING) -> list[Check]:
    """The best checks that differ: no text within another's, at most two of a kind while others are left, and some more
    where they show what the user `entered`. Where that is shown, other texts of the page are not taken beside it."""
    taken: list[Check] = []
    pool = list(enumerate(checks))
    shown = [_shown(check, entered) for check in checks]
    left = set(entered.values)
    while pool and len(taken) < most + ENTERED_MORE_MAX:
        place, best = max(pool, key=lambda one: (_worth(one[1], taken) + _more(one[1], left & shown[one[0]]), -one[0]))
        pool.remove((place, best))
        new = left & shown[place]
        if not new and not _is_wanted(best, taken, most, told=len(left) < len(entered.values)):
            continue
        if any(best.statement == other.statement or _overlap(best, other) for other in taken):
            continue
        taken.append(best)
        left -= new
    return sorted(taken, key=lambda check: (not check.soon, check.kind != "url", -check.score))


def covering(checks: Sequence[Check], taken: Sequence[Check], entered: Entered, most: int) -> list[Check]:
    """At most so many more checks beside those that were `taken`, each of something else that was entered."""
    left = set(entered.values).difference(*(_shown(check, entered) for check in taken))
    out: list[Check] = []
    for check in sorted(checks, key=lambda check: -(check.score + _more(check, left & _shown(check, entered)))):
        new = left & _shown(check, entered)
        clear = new and not any(_overlap(check, other) for other in (*taken, *out))
        if clear and check.score >= SCORE_THIRD_MIN and len(out) < most:
            out.append(check)
            left -= new
    return out


def _shown(check: Check, entered: Entered) -> frozenset[str]:
    glued = check.kind in NOT_SHOWN or looks_glued(check.says, entered.values)
    return frozenset() if glued else entered.shown_in(check.says)


def _more(check: Check, new: AbstractSet[str]) -> int:
    """How much more a check says for what it shows of what was entered."""
    is_alone = check.says.casefold() in map(str.casefold, new) and ".filter(" not in flat(check.statement)
    return (ENTERED if new else 0) + (ALONE if is_alone else 0)


def _worth(check: Check, taken: Sequence[Check]) -> int:
    return check.score - _ALIKE.get(check.kind, 9) * sum(other.kind == check.kind for other in taken)


def _is_wanted(check: Check, taken: Sequence[Check], most: int, told: bool) -> bool:
    """Whether a check is made that shows nothing more of what was entered; `told` says whether another one does."""
    if not taken:
        return True
    enough = len(taken) >= ENOUGH
    if len(taken) >= most or check.score < (SCORE_THIRD_MIN if enough else SCORE_MIN):
        return False
    return not (enough and told) or check.kind in EFFECTS or tells_what_was_done(check.says)


def tells_what_was_done(text: str) -> bool:
    """By its words: `Changed Status from Open to Resolved.`"""
    return is_message(text) or (is_sentence(text) and WORDS["done_now"].search(text) is not None)


def _overlap(one: Check, other: Check) -> bool:
    if "url" in (one.kind, other.kind) or not one.says or not other.says:
        return False
    told = [tells_what_was_done(check.says) for check in (one, other) if check.kind == "status"]
    if told == [True] and one.says.casefold() != other.says.casefold():
        return False  # that a thing was saved is one thing, that it is in the list another
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
