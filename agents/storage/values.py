"""What storage takes and answers, apart from stories and tests themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from pipeline.flows.consensus import evidence_of
from pipeline.proof.states import Decision, Origin, State
from schemas import limits
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

T = TypeVar("T")


class StorageUnavailable(RuntimeError):
    """The database stayed locked or away for longer than the bounded retries. Nothing was written; try again."""


class NoSuchTest(LookupError):
    """There is no test of this id."""


class EditConflict(RuntimeError):
    """The test was changed since the editor read it. `etag` is the present one."""

    def __init__(self, etag: str) -> None:
        super().__init__("the test was changed since it was read")
        self.etag = etag


class NoSuchFlow(LookupError):
    """There is no flow of this id."""


class CannotMerge(ValueError):
    """These two flows can't be merged; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class FlowState:
    """A flow right after a change.

    `sampled` are the (id, version) of the stories that its test is written from, () once the flow is empty. `support`
    counts its stories. `test_evidence` says what the stored test was written from, None where there is no test, and
    `test_published` whether it went to its topic. `left` is the state of the flow that the story belonged to before,
    where the change moved it.
    """

    flow_id: str
    app: str
    sampled: tuple[tuple[str, int], ...]
    support: int
    test_evidence: str | None = None
    test_published: bool = False
    left: "FlowState | None" = None

    @property
    def needs_test(self) -> bool:
        """Whether the test that these stories give is not stored, or not published yet."""
        return bool(self.sampled) and not (self.test_published and evidence_of(self.sampled) == self.test_evidence)

    @property
    def needs_no_test(self) -> bool:
        """Whether there is a test although the flow is empty."""
        return not self.sampled and self.test_evidence is not None


@dataclass(frozen=True, slots=True)
class FlowChange:
    """What was done to a flow: it was merged into `other`, took `other` in, was parted from `other`, gave `other` back,
    or has been known as `other` too since keys are told by newer rules. `stories` counts those that changed places;
    `changed_at` is ISO 8601 in UTC."""

    changed_at: str
    change: Literal["merged into", "took in", "parted from", "gave back", "known as"]
    other: str
    stories: int


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """Something that workers were about when they ended: `ends` times, of which it is `known` of so many that it was
    the reason. `cause` and `trace` say what is known of it."""

    item: str
    ends: int = 1
    known: int = 0
    cause: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """A flow as it stands: how many stories it has, one of them (None where it has none), when the newest began, the
    flow that it is merged into, all that are merged into it, its test where there is one, and what was done to it,
    oldest first (left out in lists). `failure` says why no test could be written of it, "" where one was."""

    flow_id: str
    app: str
    support: int
    sample: Story | None
    last_seen: str
    merged_into: str | None
    merged: tuple[str, ...]
    test_id: str | None
    changes: tuple[FlowChange, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story and what only the set of all stories knows: its flow, the flow's support, and whether it has a test."""

    story: Story
    flow_id: str
    support: int
    has_test: bool


@dataclass(frozen=True, slots=True)
class StoredTest:
    """A test as people get it: `code` is the person's newest edit where there is one (`saved`), else what is newer of
    the last repair and what was generated last; `origin` says which, `test` is the generated or repaired one."""

    test: GeneratedTest
    code: str
    saved: bool
    etag: str
    support: int
    revision: int
    path: str | None
    origin: Origin = "generated"
    state: State = "draft"


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a test's code. `written_at` is ISO 8601 in UTC."""

    number: int
    origin: Origin
    code: str
    written_at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TestDecision:
    """What a person decided about one revision of a test, and why. `decided_at` is ISO 8601 in UTC."""

    __test__ = False

    decision: Decision
    revision: int
    reason: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list, newest first. `next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories: every field that is set must hold."""

    app: str | None = None
    session_id: str | None = None
    tag: str | None = None
    flow_id: str | None = None


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """Which tests: every field that is set must hold. `user_story_id` and `session_id` find the tests of the flows
    that the story, or the session's stories, belong to; `tag` those whose representative carries the tag."""

    app: str | None = None
    session_id: str | None = None
    user_story_id: str | None = None
    tag: str | None = None
    flow_id: str | None = None
    saved: bool | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of a list, and from where: `cursor` is what the page before answered."""

    limit: int = field(default=50)
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= limits.PAGE_ITEMS_MAX:
            raise ValueError(f"limit must be from 1 to {limits.PAGE_ITEMS_MAX}")


@dataclass(frozen=True, slots=True)
class ProofCounts:
    """How the tests stand: how many are in each state, and when the newest verdict was given (ISO 8601; "": never)."""

    by_state: dict[str, int]
    last_verdict_at: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are."""

    stories: int
    flows: int
    tests: int
    saved_tests: int
    flows_without_test: int = 0
