"""The tests agent gives its partitions away: what it had read is not stored after that."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.metrics import Metrics
from agents.settings import load
from agents.storage import CodeFiles, FlowState, Storage
from agents.stream.parts import StreamParts
from agents.stream.progress import Progress
from agents.stream.sending import Record, Refusals
from agents.stream.suspects import Suspects
from agents.stream.tests_agent import WritingAgent
from agents.stream.under_way import UnderWay
from agents.wire import JsonWire
from pipeline.generate import test_of as write_test
from pipeline.stories.borders import build_stories
from pipeline.windows import Windowing
from schemas.codecs import to_json
from schemas.stories import Story
from tests.storage.samples import a_story


@dataclass
class Come:
    """A message of the stories topic, as Faust hands it over."""

    story: Story
    offset: int
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def message(self) -> Any:
        @dataclass
        class Message:
            topic: str
            key: bytes
            value: bytes
            partition: int
            offset: int
            timestamp: float

        return Message("stories", self.story.id.encode(), to_json(self.story), 0, self.offset, 0.0)

    def ack(self) -> None:
        self.acknowledged.set()


@dataclass
class Topics:
    """Takes what is sent."""

    sent: list[bytes | None] = field(default_factory=list)

    async def deliver(self, records: Sequence[Record], _moved: Callable[[], None]) -> Refusals:
        self.sent += [record.value for record in records]
        return {}

    async def bury(self, letters: Sequence[Any], _moved: Callable[[], None]) -> None:
        assert not letters


class SlowStorage(Storage):
    """Storage whose writing of stories waits for a word."""

    go_on: threading.Event
    began: threading.Event

    def put_stories(self, stories: Sequence[Story]) -> list[FlowState]:
        self.began.set()
        assert self.go_on.wait(10)
        return super().put_stories(stories)


def agent_on(folder: Path) -> tuple[WritingAgent, SlowStorage]:
    storage = SlowStorage.open(f"sqlite:///{folder}/s.db")
    assert isinstance(storage, SlowStorage)
    storage.go_on, storage.began = threading.Event(), threading.Event()
    app: Any = None
    sender: Any = Topics()
    tagger: Any = None
    parts = StreamParts(
        load(brokers="none:1"), Windowing(1, 1, 2), Metrics(), Progress(), tagger, storage,
        CodeFiles(f"file://{folder}/files", storage), JsonWire(), build_stories, write_test,
    )  # fmt: skip
    suspects = Suspects(storage, UnderWay.open(folder / "under-way")[0])
    return WritingAgent(app, parts, 1, sender, suspects), storage


def test_what_was_read_before_a_rebalance_is_not_stored_after_it(tmp_path: Path) -> None:
    """It waits in the queue, is dropped there without being acknowledged, and comes again to its next owner."""
    agent, storage = agent_on(tmp_path)
    storage.go_on.set()
    stale, fresh = Come(a_story(version=3), 1), Come(a_story("s2"), 2)

    async def run() -> None:
        agent.offer(stale)
        await agent.let_go()
        agent.offer(fresh)
        work = asyncio.create_task(agent.work())
        await fresh.acknowledged.wait()
        work.cancel()

    asyncio.run(asyncio.wait_for(run(), 20))
    assert not stale.acknowledged.is_set()
    assert storage.story("s1") is None
    assert storage.story("s2") is not None
    storage.close()


def test_partitions_are_given_away_once_nothing_is_being_stored(tmp_path: Path) -> None:
    """The rebalance waits for the batch under way: the next owner's newer version can't be overtaken by it."""
    agent, storage = agent_on(tmp_path)
    under_way = Come(a_story(version=3), 1)

    async def run() -> None:
        agent.offer(under_way)
        work = asyncio.create_task(agent.work())
        await asyncio.to_thread(storage.began.wait, 10)
        leaving = asyncio.create_task(agent.let_go())
        await asyncio.sleep(0.2)
        assert not leaving.done()
        storage.go_on.set()
        await leaving
        assert storage.story("s1") is not None
        work.cancel()

    asyncio.run(asyncio.wait_for(run(), 20))
    storage.close()
