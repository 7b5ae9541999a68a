"""The tests agent: stories of the topic into storage, and the tests of their flows onto theirs."""

import asyncio
import logging
import time
from collections.abc import Callable, Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import faust

from agents.faults import trace_of
from agents.storage import FlowState, StorageUnavailable
from agents.stream.dead_letters import DeadLetter, letter_of
from agents.stream.ending import die
from agents.stream.parts import StreamParts
from agents.stream.sending import Sender, acknowledged
from pipeline.flows import test_id
from pipeline.stories.flow_key import KEY_VERSION, key_of
from schemas.codecs import BadInput
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

logger = logging.getLogger(__name__)

RETRY_S: Final = 1.0
BATCH_MAX: Final = 100
"""Stories that share a transaction."""
BY_HAND_S: Final = 3.0
"""How often storage is asked for flows that people merged or parted."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Said:
    """A record of the stories topic: a story, or None where it is withdrawn."""

    story_id: str
    story: Story | None


@dataclass(frozen=True, slots=True)
class Output:
    """What becomes of a flow's test: the test, or None once it is withdrawn."""

    test_id: str
    flow_id: str
    test: GeneratedTest | None


class WritingAgent:
    """Reads what has come, in one go; stores it; writes, stores and publishes the tests of the flows that changed; only
    then acknowledges. Each step may be repeated.

    What came before a rebalance comes again to its partition's next owner, who may have newer versions of it already.
    So it is not stored after the rebalance: `_round` counts these, and `_storing` is held while something is stored.
    """

    def __init__(self, app: faust.App, parts: StreamParts, partitions: int, sender: Sender) -> None:
        self._app = app
        self._parts = parts
        self._count = partitions
        self._sender = sender
        self._topic = parts.settings.topic("stories")
        self._tests = parts.settings.topic("tests")
        self._worker = ThreadPoolExecutor(1, "tests")
        self._waiting: asyncio.Queue[tuple[int, Any]] = asyncio.Queue(BATCH_MAX * 10)
        self._round = 0
        self._storing = asyncio.Lock()
        self._unwritable: dict[str, tuple[tuple[str, int], ...]] = {}
        """Flows, with their stories, of which our code can't write a test: told once."""

    def add(self) -> None:
        """Puts the agent and its worker on the app."""
        raw: dict[str, Any] = {"key_serializer": "raw", "value_serializer": "raw"}
        stories = self._app.topic(
            self._topic, key_type=bytes, value_type=bytes, allow_empty=True, partitions=self._count, **raw
        )
        self._app.agent(stories, name="tests", concurrency=1)(self._run)
        self._app.task(self._work)
        self._app.on_partitions_revoked.connect(self._let_go, weak=False)
        self._app.on_before_shutdown.connect(self._let_go, weak=False)

    async def _run(self, stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                await self._waiting.put((self._round, event))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            die("the tests agent failed", error)

    async def _work(self) -> None:
        first = asyncio.ensure_future(self._waiting.get())
        try:
            await self._carry_over()
            await self._settle(await self._tried(self._parts.storage.unsettled_flows))
            look_at_s = time.monotonic() + BY_HAND_S
            while True:
                await asyncio.wait({first}, timeout=max(0.0, look_at_s - time.monotonic()))
                if first.done():
                    came = [first.result()]
                    while len(came) < BATCH_MAX and not self._waiting.empty():
                        came.append(self._waiting.get_nowait())
                    first = asyncio.ensure_future(self._waiting.get())
                    now = self._round
                    await self._batch([event for since, event in came if since == now], now)
                if time.monotonic() >= look_at_s:
                    await self._settle_by_hand()
                    look_at_s = time.monotonic() + BY_HAND_S
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            if not self._parts.progress.stopping:
                die("a batch of stories failed", error)
        finally:
            first.cancel()

    async def _carry_over(self) -> None:
        """After an upgrade that tells flows by other rules: flows keep their ids, tests and edits."""
        behind = await self._tried(self._parts.storage.flows_behind, KEY_VERSION)
        for flow in behind:
            await self._tried(self._parts.storage.carry_over, flow, key_of, KEY_VERSION)
        if behind:
            logger.warning("flows are told by the rules of version %d now: %d keep their ids", KEY_VERSION, len(behind))

    async def _settle_by_hand(self) -> None:
        """Writes the tests of flows that people merged or parted, through whichever worker they did. Storage that does
        not answer is asked again next time."""
        asked = await self._once(self._parts.storage.unsettled_flows, True)
        states = [] if asked is None else asked[0]
        await self._settle([state for state in states if self._unwritable.get(state.flow_id) != state.sampled])

    async def _let_go(self, *_: Any, **__: Any) -> None:
        """A rebalance begins, or the end: returns once nothing is being stored, and what waits is not stored any more.
        Nobody else gets our partitions before."""
        self._round += 1
        async with self._storing:
            pass

    async def _batch(self, events: list[Any], now: int) -> None:
        said, letters = await self._read(events)
        if said:
            states = await self._stored(said, now)
            if states is None:
                return
            if await self._settle(states, {one.story_id for one in said}):
                told_s = min(event.message.timestamp for event in events)
                self._parts.metrics.test_seconds.observe(max(0.0, time.time() - told_s))
        await acknowledged(await self._sender.bury(letters))
        for event in events:
            event.ack()
            self._parts.progress.story_done(event.message.partition, event.message.offset)
        for letter in letters:
            self._parts.metrics.dead_letters.labels(letter.kind).inc()

    async def _stored(self, said: Sequence[Said], now: int) -> list[FlowState] | None:
        """The flows that changed; None where a rebalance came before it could be stored."""
        while True:
            async with self._storing:
                if self._round != now:
                    return None
                done = await self._once(self._store, said)
            if done is not None:
                return done[0]
            await asyncio.sleep(RETRY_S)

    async def _settle(self, states: Sequence[FlowState], said: Container[str] = ()) -> int:
        """Stores and publishes the tests that these flows ask for; how many were published. Storage remembers what
        was published, so what a crash leaves undone is found there."""
        published = 0
        while states:
            outputs, moved = await self._tried(self._write_all, states, said)
            while outputs:
                acks = []
                for output in outputs:
                    value = None if output.test is None else self._parts.wire.test(output.test)
                    acks.append(await self._sender.send(self._tests, output.test_id.encode(), value))
                await acknowledged(acks)
                published += len(outputs)
                self._parts.metrics.tests.inc(sum(1 for output in outputs if output.test is not None))
                outputs, overtaken = await self._tried(self._note_all, outputs)
                moved = [*moved, *overtaken]
            states = moved
        return published

    async def _tried(self, work: Callable[..., R], *arguments: Any) -> R:
        """Does it on the worker's thread, until storage takes it: a locked or absent database delays, and loses
        nothing."""
        while True:
            done = await self._once(work, *arguments)
            if done is not None:
                return done[0]
            await asyncio.sleep(RETRY_S)

    async def _once(self, work: Callable[..., R], *arguments: Any) -> tuple[R] | None:
        """What the work gives, done on the worker's thread; None where storage did not answer."""
        try:
            return (await asyncio.get_running_loop().run_in_executor(self._worker, work, *arguments),)
        except StorageUnavailable as error:
            logger.warning("storage does not answer, trying again: %s", error)
            self._parts.metrics.storage_retries.inc()
            return None

    async def _read(self, events: list[Any]) -> tuple[list[Said], list[DeadLetter]]:
        said: dict[str, Said] = {}
        letters = []
        for event in events:
            message = event.message
            name = (message.key or b"").decode("utf-8", "replace")
            try:
                story = await self._story(message.value) if message.value else None
                if story is not None and story.id != name:
                    raise BadInput("the key is not the story's id")
            except BadInput as error:
                letters.append(letter_of(message, str(error), "bad_story", self._topic))
                continue
            said.pop(name, None)
            said[name] = Said(name, story)  # of several versions in one batch the last one counts
        return list(said.values()), letters

    async def _story(self, raw: bytes) -> Story:
        await self._parts.wire.learn(raw)
        return self._parts.wire.read_story(raw)

    def _store(self, said: Sequence[Said]) -> list[FlowState]:
        """Puts stories into storage; the states of all flows that this changed."""
        changed: dict[str, FlowState] = {}
        run: list[Story] = []
        for one in said:
            if one.story is not None:
                run.append(one.story)
                continue
            self._put(run, changed)
            run = []
            _note(self._parts.storage.withdraw_story(one.story_id), changed)
        self._put(run, changed)
        return list(changed.values())

    def _put(self, stories: list[Story], changed: dict[str, FlowState]) -> None:
        if stories:
            for state in self._parts.storage.put_stories(stories):
                _note(state, changed)

    def _write_all(self, states: Sequence[FlowState], said: Container[str]) -> tuple[list[Output], list[FlowState]]:
        """Stores the tests; what the topic must be told, and the flows that moved on meanwhile, by another's hand.

        The test of a story that was just said is written again even where storage has that version: the same number
        of events need not be the same events.
        """
        outputs, moved = [], []
        for state in states:
            name = test_id(state.app, state.flow_id)
            drawn = {story_id for story_id, _ in state.sampled}
            if state.needs_no_test:
                outputs.append(Output(name, state.flow_id, None))
            elif drawn and (state.needs_test or any(story_id in said for story_id in drawn)):
                test = self._written(state)
                if test is None:
                    continue
                if not self._parts.storage.put_test(test):
                    moved.append(self._parts.storage.flow_state(state.flow_id))
                    continue
                self._parts.files.publish(test.id)
                outputs.append(Output(name, state.flow_id, test))
        return outputs, moved

    def _note_all(self, outputs: Sequence[Output]) -> tuple[list[Output], list[FlowState]]:
        """Notes what was published; what must be published after it, because another worker was quicker."""
        storage = self._parts.storage
        again, moved = [], []
        for output in outputs:
            if output.test is None:
                stored = storage.withdraw_test(output.test_id)
                if stored is not None:
                    self._parts.files.withdraw(stored)
                elif storage.flow_state(output.flow_id).sampled:
                    # The flow came to life again, and our tombstone may have come after its new test.
                    newer = storage.test(output.test_id)
                    if newer is not None:
                        again.append(Output(output.test_id, output.flow_id, newer.test))
                    moved.append(storage.flow_state(output.flow_id))
            elif not storage.note_published(output.test):
                newer = storage.test(output.test_id)
                again.append(Output(output.test_id, output.flow_id, None if newer is None else newer.test))
        return again, moved

    def _written(self, state: FlowState) -> GeneratedTest | None:
        """A flow that our code can't write a test of must not stop the others: it is logged as a bug."""
        sessions = self._parts.storage.sessions(state.flow_id)
        if not sessions:
            return None  # its last story was withdrawn this moment, by another worker, which says so
        try:
            return self._parts.write(sessions, state.flow_id)
        except Exception as error:  # noqa: BLE001 - logged
            about = {"app": sessions[0].app, "journey_id": sessions[0].journey_id, "trace": trace_of(error)}
            self._unwritable[state.flow_id] = state.sampled
            logger.error("no test could be written of stories %s", [story.id for story in sessions], extra=about)
            return None


def _note(state: FlowState | None, changed: dict[str, FlowState]) -> None:
    while state is not None:
        changed[state.flow_id] = state
        state = state.left
