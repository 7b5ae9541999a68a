"""What the views need of the rest of the program. The composition root fills it in."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.keys import Keys
from agents.metrics import Metrics
from agents.proof.artifacts import ArtifactStore
from agents.settings import Settings
from agents.storage import CodeFiles, Storage
from pipeline.patterns.discovery import FoundPattern, SeenGoals
from schemas.events import Event
from schemas.messages import Message, messages_of

Check = Callable[[], str | None]
"""Looks at one thing that must be there before work can be done: None when it is, else what is missing."""


class BrokerUnavailable(RuntimeError):
    """Kafka did not acknowledge in time. The events may or may not be in the topic: the sender sends them again."""


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window that is still held in the table: the id that its story has or will have, whether an explicit end
    closed it, and its events in order, each as canonical JSON."""

    app: str
    story_id: str
    ended: bool
    events: Sequence[bytes]


class Journeys(Protocol):
    """The open windows of this worker, and where those of the others are."""

    def worker_of(self, journey_id: str) -> str | None:
        """The URL of the worker that holds the journey's partition; None when nobody does at the moment."""

    def is_mine(self, journey_id: str) -> bool:
        """Whether this worker holds the journey's partition, recovered and ready."""

    def open_windows(self, journey_id: str) -> Sequence[OpenWindow]:
        """The journey's windows in this worker's table, oldest first; none for an unknown journey."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event lies in its partition: the offset of its message, and when that was written (epoch ms)."""

    offset: int
    logged_ms: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search in the log found, by event id. The offsets from `begin` up to before `end` were looked through."""

    topic: str
    partition: int
    begin: int
    end: int
    messages: int
    places: Mapping[str, Place]


FindEvents = Callable[[str, Collection[str], int], Awaitable[Found | None]]
"""Looks for events of a journey in the log, from a time on (epoch ms); None while another search is under way."""
FindPatterns = Callable[[Sequence[SeenGoals]], Awaitable[Sequence[FoundPattern] | None]]


async def _no_model(_: Sequence[SeenGoals]) -> None:
    """The answer of a worker without a model."""


async def _no_log(_journey_id: str, _event_ids: Collection[str], _since_ms: int) -> None:
    """The answer where no log is read."""
    raise BrokerUnavailable("this process reads no log")


@dataclass(frozen=True)
class WebServices:
    """Settings, storage and files; `artifacts` is what proving runs left; `produce(key, value)` writes to the events
    topic and returns once Kafka has acknowledged (BrokerUnavailable otherwise); `checks` say what is missing for work;
    `refresh` brings the gauges of the stream up to date before they are printed; `keys` are the API keys that are asked
    for; `pack` makes the messages that are produced; `find_patterns` asks the model, and answers None where this worker
    has none, or not yet; `find_events` searches the log."""

    settings: Settings
    storage: Storage
    files: CodeFiles
    artifacts: ArtifactStore
    metrics: Metrics
    journeys: Journeys
    produce: Callable[[bytes, bytes], Awaitable[None]]
    checks: Mapping[str, Check] = field(default_factory=dict)
    refresh: Callable[[], None] = lambda: None
    keys: Keys = field(default_factory=Keys)
    pack: Callable[[Iterable[Event]], tuple[Message, ...]] = messages_of
    find_patterns: FindPatterns = _no_model
    find_events: FindEvents = _no_log
