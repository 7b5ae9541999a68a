"""What the agents need of the other parts of the program."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.metrics import Metrics
from agents.settings import Settings
from agents.storage import CodeFiles, Storage
from agents.stream.supervision.progress import Progress
from agents.wire import Wire
from pipeline.patterns.discovery import FoundPattern, SeenGoals
from pipeline.windowing.closed_window import ClosedWindow
from pipeline.windowing.partition import Windowing
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story


class Tagger(Protocol):
    """Gives stories their tags; the embedder."""

    def warm(self) -> None:
        """Begins to load what it needs, and returns at once."""

    async def start(self) -> None:
        """Loads what it needs."""

    async def tag(self, stories: Sequence[Story]) -> list[Story]:
        """The same stories, with tags and patterns."""

    async def check(self) -> None:
        """Returns where it works at all; raises otherwise."""

    async def find(self, flows: Sequence[SeenGoals]) -> Sequence[FoundPattern]:
        """The patterns in these flows that the known ones do not reach."""

    async def stop(self) -> None:
        """Lets go of what it holds."""


@dataclass(frozen=True)
class StreamDependencies:
    """`build` makes a window's stories, none where nothing was done in it; `write` the test of a flow, by its id, from
    its sessions."""

    settings: Settings
    windowing: Windowing
    metrics: Metrics
    progress: Progress
    tagger: Tagger
    storage: Storage
    files: CodeFiles
    wire: Wire
    build: Callable[[ClosedWindow], Sequence[Story]]
    write: Callable[[Sequence[Story], str], GeneratedTest]
