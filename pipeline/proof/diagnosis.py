"""Why a run failed, by written rules: the same run always gets the same answer. The first rule that holds decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.proof.evidence import Answer, RunFacts
from schemas.verdicts import FailureKind

Holds = Callable[[RunFacts], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` is what a verdict shows, `means` says it to a person, `next_step` what the person does now."""

    name: str
    kind: FailureKind
    holds: Holds
    means: str
    next_step: str


def diagnose(facts: RunFacts) -> Rule:
    """The rule that explains a failed run."""
    return next(rule for rule in RULES if rule.holds(facts))


def next_step(name: str) -> str:
    """What a person does now, by the name of a rule as verdicts have it; "" for one that there is not any more."""
    return next((rule.next_step for rule in RULES if rule.name == name), "")


def _during(facts: RunFacts) -> list[Answer]:
    """The answers of the failing step and of the one before it: what a step asks for may come while the next waits."""
    if facts.step is None:
        return list(facts.answers)
    return [answer for answer in facts.answers if answer.step >= facts.step - 1]


def _server_failed(facts: RunFacts) -> bool:
    return any(answer.status >= 500 for answer in _during(facts))


def _request_failed(facts: RunFacts) -> bool:
    return any(answer.status == 0 and not answer.document for answer in _during(facts))


def _page_missing(facts: RunFacts) -> bool:
    return any(answer.document and answer.status in (404, 410) for answer in _during(facts))


def _refused(facts: RunFacts) -> bool:
    """The sign-in itself failed, or the app asks for it again."""
    denied = any(answer.status in (401, 403) for answer in _during(facts))
    return facts.signs_in and (denied or facts.asks_password)


RULES: Final = (
    Rule(
        "not started",
        "environment",
        lambda facts: not facts.started,
        "The test could not begin.",
        "Look at the output of pytest: a browser or a package is missing, or the run took too long.",
    ),
    Rule(
        "can't be imported",
        "test",
        lambda facts: facts.error_type == "load",
        "The file of the test is not valid.",
        "Correct the edit, or go back to the generated revision.",
    ),
    Rule(
        "variable not set",
        "environment",
        lambda facts: facts.error_type == "secret_missing",
        "A variable that the test reads is not set.",
        "Set APP_USER and APP_PASSWORD of the identity that signs in here.",
    ),
    Rule(
        "foreign origin",
        "environment",
        lambda facts: facts.error_type == "wrong_origin",
        "A secret would be typed on an origin that nobody named.",
        "Name the origin with --allow-origin if it belongs to the app.",
    ),
    Rule(
        "address not reached",
        "environment",
        lambda facts: facts.error_type == "navigation",
        "The address did not answer, or not in time.",
        "Start the app, or correct --base-url; look at its certificate, and at what else this machine does.",
    ),
    Rule(
        "server error",
        "app",
        _server_failed,
        "The server answered with an error where users' sessions went well.",
        "Look into the server's log at this time: the app is broken here.",
    ),
    Rule(
        "sign-in refused",
        "environment",
        _refused,
        "The app did not let the user in.",
        "Check APP_USER and APP_PASSWORD, and that this user exists here.",
    ),
    Rule(
        "page missing",
        "data",
        _page_missing,
        "A page that the test opens does not exist here.",
        "Make what the test needs, or reset the environment.",
    ),
    Rule(
        "option missing",
        "data",
        lambda facts: facts.error_type == "options",
        "A list does not offer what users chose.",
        "Make what the test needs, or reset the environment.",
    ),
    Rule(
        "request lost",
        "app",
        _request_failed,
        "A request of the page got no answer.",
        "Look whether the server is reachable from the browser, and what it logged.",
    ),
    Rule(
        "script error",
        "app",
        lambda facts: bool(facts.page_errors),
        "A script of the page failed in this step.",
        "Look at the page's console: the app is broken here.",
    ),
    Rule(
        "several matches",
        "test",
        lambda facts: facts.error_type == "strict",
        "The locator matches several elements here.",
        "Repair: another recorded locator may match exactly one.",
    ),
    Rule(
        "came late",
        "test",
        lambda facts: facts.late,
        "What users saw came, but after the statement had waited its time.",
        "Run it again on a machine with less to do; if it stays late, find out why the app has become slow.",
    ),
    Rule(
        "wrong outcome",
        "app",
        lambda facts: facts.asserts and facts.last and facts.error_type == "assertion",
        "All steps could be done, and the result that every user saw did not come.",
        "Compare the picture of the page with the story: the app is broken here, or does something else now.",
    ),
    Rule(
        "wrong content",
        "app",
        lambda facts: facts.asserts and bool(facts.matched),
        "The element is there and shows something else than users saw.",
        "Compare the picture of the page with the story.",
    ),
    Rule(
        "element missing",
        "test",
        lambda facts: facts.matched == 0,
        "No element matches the locator here.",
        "Repair: another recorded locator may match exactly one.",
    ),
    Rule(
        "element not ready",
        "test",
        lambda facts: facts.error_type == "timeout" and bool(facts.matched),
        "The element is there, and could not be used in time.",
        "Repair: another recorded gesture, or waiting for a recorded answer, may do.",
    ),
    Rule(
        "no rule",
        "unknown",
        lambda _: True,
        "No rule explains this failure.",
        "Look at the trace.",
    ),
)
"""In the order in which they are asked; the last one holds always."""
