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
from agents.stream.broker.dead_letters import DeadLetter
from agents.stream.broker.inbox import Inbox
from agents.stream.broker.sending import Record, Refusals
from agents.stream.dependencies import StreamDependencies
from agents.stream.flow_writing import TOGETHER_MAX
from agents.stream.supervision.progress import Progress
from agents.stream.supervision.suspects import Suspects
from agents.stream.supervision.under_way import UnderWay
from agents.stream.tests_agent import BATCH_MAX, TestsAgent
from agents.wire import JsonWire
from pipeline.codegen.python.allow_list import ForbiddenCode
from pipeline.flows.consensus import SAMPLES_MAX
from pipeline.flows.ids import flow_id
from pipeline.generate import test_of as write_test
from pipeline.stories.splitting import build_stories
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.storage.samples import a_story, a_test


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
    buried: list[DeadLetter] = field(default_factory=list)

    async def deliver(self, records: Sequence[Record], _moved: Callable[[], None]) -> Refusals:
        self.sent += [record.value for record in records]
        return {}

    async def bury(self, letters: Sequence[DeadLetter], _moved: Callable[[], None]) -> None:
        self.buried += letters


class SlowStorage(Storage):
    """Storage whose writing of stories waits for a word."""

    go_on: threading.Event
    began: threading.Event

    def put_stories(self, stories: Sequence[Story]) -> list[FlowState]:
        self.began.set()
        assert self.go_on.wait(10)
        return super().put_stories(stories)


def agent_on(folder: Path, write: Any = None) -> tuple[TestsAgent, SlowStorage]:
    storage = SlowStorage.open(f"sqlite:///{folder}/s.db")
    assert isinstance(storage, SlowStorage)
    storage.go_on, storage.began = threading.Event(), threading.Event()
    app: Any = None
    sender: Any = Topics()
    tagger: Any = None
    parts = StreamDependencies(
        load(brokers="none:1"), Windowing(1, 1, 2), Metrics(), Progress(), tagger, storage,
        CodeFiles(f"file://{folder}/files", storage), JsonWire(), build_stories,
        write or (lambda sessions, flow: write_test(sessions, flow=flow)),
    )  # fmt: skip
    suspects = Suspects(storage, UnderWay.open(folder / "under-way")[0])
    return TestsAgent(app, parts, 1, sender, suspects), storage


def test_what_was_read_before_a_rebalance_is_not_stored_after_it(tmp_path: Path) -> None:
    """It waits in the queue, is dropped there without being acknowledged, and comes again to its next owner."""
    agent, storage = agent_on(tmp_path)
    storage.go_on.set()
    stale, fresh = Come(a_story(version=3), 1), Come(a_story("s2"), 2)

    async def run() -> None:
        agent.inbox.offer(stale)
        await agent.let_go()
        agent.inbox.offer(fresh)
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
        agent.inbox.offer(under_way)
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


def test_a_flow_without_a_test_is_told_everywhere_and_its_neighbours_go_on(tmp_path: Path) -> None:
    """Where the writer fails at one flow: it is noted with its cause, counted once, and in the dead letters with its
    trace; the flow beside it has its test. When it can be written again, nothing is noted any more."""
    broken = True

    def write(sessions: Sequence[Story], flow: str) -> GeneratedTest:
        if broken and sessions[0].id == "bad":
            raise ForbiddenCode("a call is not allowed")
        assert flow == flows[sessions[0].id]
        return a_test(sessions[0])

    agent, storage = agent_on(tmp_path, write)
    storage.go_on.set()
    bad, good = Come(a_story("bad", flow_key="bad"), 1), Come(a_story("good", flow_key="good"), 2)
    flows = {one.story.id: flow_id(one.story.app, one.story.flow_key) for one in (bad, good)}

    async def run(agent: TestsAgent, *come: Come) -> None:
        work = asyncio.create_task(agent.work())
        for one in come:
            one.acknowledged.clear()
            agent.inbox.offer(one)
            await one.acknowledged.wait()
        work.cancel()

    asyncio.run(asyncio.wait_for(run(agent, bad, good, bad), 20))
    assert storage.flow(flows["bad"]).failure == "ForbiddenCode: a call is not allowed"
    assert [flow.failure for flow in storage.flows(bad.story.app) if flow.flow_id == flows["good"]] == [""]
    assert storage.counts().flows_without_test == 1
    sender: Any = agent._sender
    letters: list[DeadLetter] = sender.buried
    (letter,) = letters
    assert (letter.kind, letter.key) == ("unwritable", flows["bad"].encode())
    assert "ForbiddenCode" in letter.trace
    assert storage.flow(flows["good"]).test_id is not None
    broken = False
    again = TestsAgent(agent._app, agent._parts, 1, sender, agent._suspects)
    asyncio.run(asyncio.wait_for(run(again, Come(bad.story, 3)), 20))
    assert storage.flow(flows["bad"]).failure == ""
    assert storage.flow(flows["bad"]).test_id is not None
    storage.close()


def test_tests_are_stored_together_within_the_bound_and_one_that_is_refused_alone(tmp_path: Path) -> None:
    """TOGETHER_MAX tests share a transaction, one more has its own; where one can't be stored its neighbours are, and
    it is told with its cause."""
    agent, storage = agent_on(tmp_path, lambda sessions, flow: a_test(sessions[0]))
    storage.go_on.set()
    stories = [a_story(f"{n}", flow_key=f"{n}") for n in range(TOGETHER_MAX + 1)]
    states = storage.put_stories(stories)
    calls: list[int] = []
    put_tests = storage.put_tests

    def refusing(tests: Sequence[GeneratedTest]) -> list[bool]:
        calls.append(len(tests))
        if any(test.story_id == "7" for test in tests):
            raise ValueError("the database does not take it")
        return put_tests(tests)

    storage.put_tests = refusing  # type: ignore[method-assign]
    written = agent._writer.write(states, {})
    assert sorted(calls) == [1] * (TOGETHER_MAX + 1) + [TOGETHER_MAX]
    assert [one.flow.sampled for one in written.failed] == [(("7", 3),)]
    assert len(written.outputs) == TOGETHER_MAX
    assert storage.counts().tests == TOGETHER_MAX
    storage.close()


def test_a_flow_of_many_waiting_stories_is_written_once(tmp_path: Path) -> None:
    """What waits is stored in several transactions first; its flow's test is written from all of it, once."""
    written: list[int] = []

    def write(sessions: Sequence[Story], flow: str) -> GeneratedTest:
        written.append(len(sessions))
        return write_test(sessions, flow=flow)

    agent, storage = agent_on(tmp_path, write)
    storage.go_on.set()
    come = [Come(a_story(f"s{number:04}"), number) for number in range(2 * BATCH_MAX + 1)]

    async def run() -> None:
        for one in come:
            agent.inbox.offer(one)
        work = asyncio.create_task(agent.work())
        await asyncio.gather(*(one.acknowledged.wait() for one in come))
        work.cancel()

    asyncio.run(asyncio.wait_for(run(), 60))
    assert written == [SAMPLES_MAX]
    assert storage.story(come[-1].story.id) is not None
    storage.close()


def test_no_more_is_taken_at_once_than_the_bound_on_bytes_says() -> None:
    """Of what waits as many are taken as come to the bound, the last one beyond it; the others wait on."""
    inbox = Inbox("stories", 100)
    come = [Come(a_story(f"s{number}"), number) for number in range(5)]
    for one in come:
        inbox.offer(one)
    size = len(come[0].message.value)
    assert inbox.take(100, 2 * size) == come[:2]
    assert inbox.take(1, 9 * size) == come[2:3]
    assert inbox.take(100) == come[3:]
