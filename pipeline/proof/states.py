"""The state of a test: what its newest verdict and people's decisions come to."""

from dataclasses import dataclass
from typing import Final, Literal, assert_never, get_args

from schemas.verdicts import Outcome

State = Literal["draft", "proven", "reviewed", "failing", "flaky", "healed", "quarantined", "outdated"]
STATES: Final[tuple[State, ...]] = get_args(State)
Decision = Literal["approve", "reject", "quarantine", "release"]
Origin = Literal["generated", "edited", "repaired", "strengthened"]
"""How a revision came to be. A strengthened one asserts all that it did before, and more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the state of a test.

    `revision` is the one that people should run, `origin` how it came to be. `decision` is the newest one of a person,
    `decided_revision` what it was about. `outcome` is that of the newest verdict (None: never run), `proved_revision`
    the revision that it was about. `gone` says that it failed and users no longer do what it does.
    """

    revision: int
    origin: Origin = "generated"
    decision: Decision | None = None
    decided_revision: int = 0
    outcome: Outcome | None = None
    proved_revision: int = 0
    gone: bool = False


def state_of(standing: Standing) -> State:
    """The state. A person's decision wins: what is quarantined stays so until somebody releases it, what is rejected
    until there is a newer revision."""
    if standing.decision == "quarantine":
        return "quarantined"
    if standing.decision == "reject" and standing.decided_revision == standing.revision:
        return "quarantined"
    if standing.outcome is None or standing.outcome == "not_run":
        return _unproven(standing)
    if standing.proved_revision != standing.revision:
        return "reviewed" if _approved(standing) else "outdated"
    match standing.outcome:
        case "failed":
            return "outdated" if standing.gone else "failing"
        case "flaky":
            return "flaky"
        case "passed":
            return _passing(standing)
        case _:
            assert_never(standing.outcome)


def _approved(standing: Standing) -> bool:
    return standing.decision == "approve" and standing.decided_revision == standing.revision


def _unproven(standing: Standing) -> State:
    if _approved(standing):
        return "reviewed"
    return "healed" if standing.origin == "repaired" else "draft"


def _passing(standing: Standing) -> State:
    if _approved(standing):
        return "reviewed"
    return "healed" if standing.origin == "repaired" else "proven"
