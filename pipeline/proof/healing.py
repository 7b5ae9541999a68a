"""What to do about a test once the app has changed: by written rules, from new sessions and the test's own run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.proof.diagnosis import diagnose
from pipeline.proof.evidence import RunFacts
from pipeline.proof.traffic import MOST, Outlook, StepNow
from pipeline.semantics.text import thing
from pipeline.steps.draft import target_of
from schemas.stories import Story

Decision = Literal["keep", "wait", "heal", "app", "changed", "outdated", "environment"]
"""Leave the test as it is; wait for more sessions; write it anew; the app is broken; its end is another one now, and a
person looks at it; nobody does this any more; the place where it ran is not usable."""
NOBODY_COMES: Final = "nobody comes"
"""The rule by which a test is out of date: what it does is no longer there to be done."""
SESSIONS_MIN: Final = 3
"""New sessions that went this way, from which on they are believed."""
EXPECTED_MIN: Final = 5.0
"""So many sessions should have gone this way before it is said that nobody does."""
FAILED_SHARE: Final = 0.2
"""A server that fails in more of the visits, at steps of the test, is broken."""
_BROKEN: Final = frozenset({"server error", "request lost", "script error"})
"""Rules of a run that blame the app whatever users did."""

Holds = Callable[[Outlook, RunFacts | None], bool]


@dataclass(frozen=True, slots=True)
class HealingRule:
    """`name` is what is shown, `means` says it to a person."""

    name: str
    decision: Decision
    holds: Holds
    means: str


def decide(outlook: Outlook, facts: RunFacts | None = None) -> HealingRule:
    """The first rule that holds. `facts` are those of the test's newest run; None where only the traffic is asked."""
    return next(rule for rule in HEALING_RULES if rule.holds(outlook, facts))


def _run_blames(facts: RunFacts | None, names: frozenset[str]) -> bool:
    return facts is not None and not facts.passed and diagnose(facts).name in names


def _not_here(_: Outlook, facts: RunFacts | None) -> bool:
    return facts is not None and not facts.passed and diagnose(facts).kind == "environment"


def _broken_for_users(outlook: Outlook, _: RunFacts | None) -> bool:
    return outlook.touched >= SESSIONS_MIN and outlook.server_failed > FAILED_SHARE * outlook.touched


def _users_fail(outlook: Outlook, _: RunFacts | None) -> bool:
    share = outlook.succeeded / outlook.taken if outlook.taken else 1.0
    return outlook.taken >= SESSIONS_MIN and share < MOST * outlook.success_before


def _nobody_comes(outlook: Outlook, facts: RunFacts | None) -> bool:
    run_passed = facts is not None and facts.passed
    return not run_passed and outlook.expected >= EXPECTED_MIN and outlook.taken <= (1 - MOST) * outlook.expected


def _ends_otherwise(outlook: Outlook, _: RunFacts | None) -> bool:
    return outlook.succeeded >= SESSIONS_MIN and outlook.ended_alike < MOST * outlook.succeeded


def _done_otherwise(outlook: Outlook, facts: RunFacts | None) -> bool:
    other_options = facts is not None and not facts.passed and facts.error_type == "options"
    otherwise = outlook.lost or outlook.elsewhere or outlook.added or outlook.left_out
    return outlook.came_for_it >= SESSIONS_MIN and bool(otherwise or other_options)


HEALING_RULES: Final = (
    HealingRule(
        "not usable here", "environment", _not_here, "The place where the test ran is not usable: that says nothing."
    ),
    HealingRule(
        "broken in the run",
        "app",
        lambda _, facts: _run_blames(facts, _BROKEN),
        "The server or a script of the page failed while the test ran.",
    ),
    HealingRule(
        "broken for users", "app", _broken_for_users, "The server fails in many of the new sessions: nothing is healed."
    ),
    HealingRule(NOBODY_COMES, "outdated", _nobody_comes, "Users who could do this no longer do."),
    HealingRule(
        "too few sessions",
        "wait",
        lambda outlook, _: outlook.taken < SESSIONS_MIN,
        "Too few new sessions went this way to say what it is now.",
    ),
    HealingRule(
        "end not known",
        "wait",
        lambda outlook, _: not outlook.success_before,
        "No earlier session came to what the test ends on: nothing can be said of the new ones.",
    ),
    HealingRule("users fail", "app", _users_fail, "Users who begin this no longer come to its end: nothing is healed."),
    HealingRule(
        "ends otherwise",
        "changed",
        _ends_otherwise,
        "Users come to an end, and not all of what the test says is there.",
    ),
    HealingRule(
        "two versions",
        "wait",
        lambda outlook, _: bool(outlook.unsure),
        "For some users the test's way finds its element, for others not: two versions are in use.",
    ),
    HealingRule("done otherwise", "heal", _done_otherwise, "Users come to the same end in another way now."),
    HealingRule("as before", "keep", lambda *_: True, "Users do this as the test does it."),
)
"""In the order in which they are asked; the last one holds always."""


def evidence_sentences(outlook: Outlook, story: Story, since: str) -> tuple[str, ...]:
    """What the new sessions say, for people. `since` names the deploy: `build 118`, or a time."""
    of = f"of {outlook.came_for_it} sessions"
    told = [f"{now.by_count} {of} did step {now.step + 1} by {now.by}{_before(story, now)}" for now in outlook.lost]
    told += [
        f"{now.done - now.led} {of} were led to another page by step {now.step + 1}: {story.steps[now.step].said}"
        for now in outlook.elsewhere
    ]
    told += [f"{added.count} {of} did one step more: {added.said}" for added in outlook.added]
    told += [
        f"{outlook.came_for_it - now.done} {of} left out step {now.step + 1}: {story.steps[now.step].said}"
        for now in outlook.left_out
    ]
    told = told or [f"{outlook.ended_alike} {of} came to the same end with other choices"]
    return tuple(f"since {since}, {one}" for one in told)


def _before(story: Story, now: StepNow) -> str:
    target = target_of(story.steps[now.step])
    before = "" if target is None else thing(target)
    return "" if before in ("", now.by) else f", not by {before}"
