"""A verdict: what happened when one revision of a test was run. The value of the `verdicts` topic."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from schemas import limits
from schemas.base import Count, Id, Moment, Note, Ref, Url, Value

Outcome = Literal["passed", "failed", "flaky", "not_run"]
RunOutcome = Literal["passed", "failed", "not_run"]
FailureKind = Literal["app", "test", "data", "environment", "unknown"]
"""Whose fault a failure is: the app answered wrongly, the test can't find or wait right, something that must exist does
not, the place where it runs is not usable; or no rule says."""
MutantKind = Literal[
    "server_error", "lost_request", "missing_text", "wrong_text", "dead_control", "altered_value", "stale_answer"
]
"""What is broken on purpose: the request of the last step is answered 500 or gets lost, the texts that the test ends on
are missing or wrong, the last control does nothing, the sent values are altered, or what was read before is answered
again after the change."""


class Run(Value):
    """One run of the test. `step` is the place of the story's step that failed, from 0; `statement` the line of code,
    `error` the first line of what went wrong, `rule` the name of the rule that told the kind."""

    prints_all: ClassVar[bool] = True

    outcome: RunOutcome
    seconds: Annotated[float, Field(ge=0, le=limits.RUN_S_MAX, allow_inf_nan=False)]
    kind: FailureKind | None = None
    rule: Note = ""
    step: int | None = Field(default=None, ge=0, le=limits.STORY_STEPS_MAX)
    statement: Note = ""
    error: Note = ""


class MutantResult(Value):
    """Whether the test noticed one way to break the app. `applied` is false where nothing was there to be broken: such
    a mutant says nothing. `statement` is the line of code that noticed."""

    prints_all: ClassVar[bool] = True

    kind: MutantKind
    applied: bool
    noticed: bool
    statement: Note = ""


class Artifact(Value):
    """A file that a run left: a trace, a picture of the page, the console."""

    prints_all: ClassVar[bool] = True

    name: Note
    url: Url


class Verdict(Value):
    """What came of running a test. Times are ISO 8601 in UTC with milliseconds.

    `revision` is the number of the test's revision that was run, `build` names the app's version where somebody said
    it, `environment` the place where it ran. `kind` tells why it failed, None where it passed. `run_id` is that of the
    proving run which gave it: one go over an app's tests. `finding` is the rule by which new sessions of users were
    read, "" where they were not asked; `evidence` says in words what they or a repair showed.
    """

    prints_all: ClassVar[bool] = True

    id: Id
    test_id: Id
    revision: Count
    app: Id
    build: Note = ""
    environment: Note = ""
    run_id: Ref = ""
    started_at: Moment
    ended_at: Moment
    outcome: Outcome
    kind: FailureKind | None = None
    finding: Note = ""
    evidence: Annotated[tuple[Note, ...], Field(max_length=limits.VERDICT_EVIDENCE_MAX)] = ()
    runs: Annotated[tuple[Run, ...], Field(max_length=limits.VERDICT_RUNS_MAX)] = ()
    mutants: Annotated[tuple[MutantResult, ...], Field(max_length=limits.VERDICT_MUTANTS_MAX)] = ()
    artifacts: Annotated[tuple[Artifact, ...], Field(max_length=limits.VERDICT_ARTIFACTS_MAX)] = ()


VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
