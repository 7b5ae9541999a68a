"""The tests agent: stories of the topic into storage, and the tests of their flows onto theirs."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import faust
import orjson

from agents.storage import FlowState, StorageUnavailable
from agents.stream.broker.dead_letters import DeadLetter, letter_of
from agents.stream.broker.fetched import Marker, value_of
from agents.stream.broker.inbox import Inbox
from agents.stream.broker.sending import Record, Sender
from agents.stream.dependencies import StreamDependencies
from agents.stream.flow_writing import FlowWriter, Output, Said, Stored, Stories, UnwrittenFlow, unwritten
from agents.stream.journeys.reading import item_of
from agents.stream.supervision.abort import end_process
from agents.stream.supervision.suspects import EndedWorkers, Suspects, cause_of, traced
from pipeline.activities.flow_key import KEY_VERSION, key_of
from schemas.codecs import BadInput
from schemas.stories import Story

logger = logging.getLogger(__name__)

RETRY_S: Final = 1.0
BATCH_MAX: Final = 100
"""Stories that share a transaction."""
TOGETHER_MAX: Final = BATCH_MAX * 10
"""Stories that are stored before the tests of their flows are written: the flow of many of them once."""
WAITING_MAX: Final = BATCH_MAX * 10
"""Stories that may wait for the storage; beyond, no more are fetched."""
BY_HAND_S: Final = 3.0
"""How often storage is asked for flows that people merged or parted."""
LET_GO_S: Final = 25.0
"""How long a rebalance waits for what is being stored: longer than the storage itself takes to give up."""

R = TypeVar("R")
NOTHING_SAID: Final[Stories] = {}


class TestsAgent:
    """Reads what has come, in one go; stores it; writes, stores and publishes the tests of the flows that changed; only
    then acknowledges. Each step may be repeated.

    What came before a rebalance comes again to its partition's next owner, who may have newer versions of it already.
    So it is not stored after the rebalance: `Inbox.round` counts these, and `_storing` is held while something is
    stored.
    """

    def __init__(
        self, app: faust.App, parts: StreamDependencies, partitions: int, sender: Sender, suspects: Suspects
    ) -> None:
        self._app = app
        self._parts = parts
        self._count = partitions
        self._sender = sender
        self._suspects = suspects
        self._stage = parts.progress.writer
        self._writer = FlowWriter(parts, suspects, self._stage.moved)
        self.inbox = Inbox(parts.settings.topic("stories"), WAITING_MAX)
        self._tests = parts.settings.topic("tests")
        self._worker = ThreadPoolExecutor(1, "tests")
        self._storing = asyncio.Lock()
        self._unwritable: dict[str, tuple[tuple[str, int], ...]] = {}
        """Flows, with their stories, of which our code can't write a test: not tried again before they change."""

    def add(self) -> None:
        """Puts the agent and its worker on the app."""
        self.inbox.add(self._app, "tests", self._count)
        self._app.task(self.work)
        self._app.on_partitions_revoked.connect(self.let_go, weak=False)
        self._app.on_before_shutdown.connect(self.let_go, weak=False)

    async def work(self) -> None:
        """Works on what comes, until it is cancelled."""
        try:
            await self._suspects.look()
            await self._carry_over()
            await self._settle(await self._tried(self._parts.storage.unsettled_flows))
            look_at_s = time.monotonic() + BY_HAND_S
            while True:
                if not self.inbox:
                    self.inbox.arrived.clear()
                    self._stage.rest()
                    await self._wait_until(look_at_s)
                if self.inbox:
                    await self._batch(self.inbox.take(TOGETHER_MAX), self.inbox.round)
                if time.monotonic() >= look_at_s:
                    await self._settle_by_hand()
                    look_at_s = time.monotonic() + BY_HAND_S
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            if not self._parts.progress.stopping:
                end_process("a batch of stories failed", error)

    async def _wait_until(self, at_s: float) -> None:
        try:
            await asyncio.wait_for(self.inbox.arrived.wait(), max(0.0, at_s - time.monotonic()))
        except TimeoutError:
            return

    async def _carry_over(self) -> None:
        """After an upgrade that tells flows by other rules: flows keep their ids, tests and edits."""
        behind = await self._tried(self._parts.storage.flows_behind, KEY_VERSION)
        for flow in behind:
            try:
                await self._tried(self._parts.storage.carry_over, flow, key_of, KEY_VERSION)
            except Exception as error:  # noqa: BLE001 - the other flows go on
                self._parts.metrics.own_faults.labels("write").inc()
                logger.error("flow %s keeps its old key", flow, extra={"trace": traced(error)})
            self._stage.moved()
        if behind:
            logger.warning("flows are told by the rules of version %d now: %d keep their ids", KEY_VERSION, len(behind))

    async def _settle_by_hand(self) -> None:
        """Writes the tests of flows that people merged or parted, through whichever worker they did. Storage that does
        not answer is asked again next time."""
        asked = await self._once(self._parts.storage.unsettled_flows, True)
        states = [] if asked is None else asked[0]
        await self._settle([state for state in states if self._unwritable.get(state.flow_id) != state.sampled])

    async def let_go(self, *_: Any, **__: Any) -> None:
        """A rebalance begins, or the end: returns once nothing is being stored, and what waits is not stored any more.
        Nobody else gets our partitions before."""
        self.inbox.let_go()
        try:
            await asyncio.wait_for(self._storing.acquire(), LET_GO_S)
        except TimeoutError:
            end_process(f"what is being stored did not end within {LET_GO_S:.0f} s, and others wait for our partitions")
        self._storing.release()
        if not self._parts.progress.stopping:
            await self._suspects.look()

    async def _batch(self, events: list[Any], now: int) -> None:
        if not events:
            return
        changed: dict[str, FlowState] = {}
        stories: dict[str, Story | None] = {}
        letters: list[DeadLetter] = []
        for first in range(0, len(events), BATCH_MAX):
            some = events[first : first + BATCH_MAX]
            self._stage.moved(f"the reading of {len(some)} stories")
            said, unread = await self._read(some)
            letters += unread
            if not said:
                continue
            self._stage.moved(f"the storing of {len(said)} stories")
            stored = await self._stored(said, now)
            if stored is None:
                return  # what was stored before comes again to the partition's next owner, who writes its tests
            letters += [self._unstorable(one, error) for one, error in stored.failed]
            changed |= {state.flow_id: state for state in stored.changed}
            stories |= {one.story_id: one.story for one in said}
        if await self._settle(list(changed.values()), stories):
            told_s = min(event.message.timestamp for event in events)
            self._parts.metrics.test_seconds.observe(max(0.0, time.time() - told_s))
        self._stage.moved(f"the acknowledgement of {len(letters)} dead letters")
        await self._sender.bury(letters, self._stage.moved)
        for event in events:
            event.ack()
            self._parts.progress.story_done(event.message.partition, event.message.offset)
        if self._suspects.any:
            await self._suspects.acquit([item_of(event.message) for event in events])

    async def _stored(self, said: Sequence[Said], now: int) -> Stored | None:
        """What came of it; None where a rebalance came before it could be stored."""
        while True:
            async with self._storing:
                if self.inbox.round != now:
                    return None
                done = await self._once(self._writer.store, said)
            if done is not None:
                return done[0]
            await asyncio.sleep(RETRY_S)

    async def _settle(self, states: Sequence[FlowState], said: Stories = NOTHING_SAID) -> int:
        """Stores and publishes the tests that these flows ask for; how many were published. Storage remembers what
        was published, so what a crash leaves undone is found there."""
        published = 0
        while states:
            self._stage.moved(f"the tests of {len(states)} flows")
            written = await self._tried(self._writer.write, states, said)
            failed, outputs, moved = list(written.failed), written.outputs, written.moved
            known = {state.flow_id: state for state in states}
            while outputs:
                outputs, refused = await self._published(outputs, known)
                failed += refused
                published += len(outputs)
                self._parts.metrics.tests.inc(sum(1 for output in outputs if output.test is not None))
                noted = await self._tried(self._writer.note_published, outputs)
                failed += [unwritten(known[output.flow_id], error) for output, error in noted.failed]
                outputs, moved = noted.again, [*moved, *noted.moved]
            await self._tell_unwritten(failed)
            states = moved
        return published

    async def _published(
        self, outputs: Sequence[Output], flows: dict[str, FlowState]
    ) -> tuple[list[Output], list[UnwrittenFlow]]:
        """Sends tests; those that were sent, and the flows of those that can't be."""
        ready: list[Output] = []
        records: list[Record] = []
        failed: list[UnwrittenFlow] = []
        for output in outputs:
            try:
                value = None if output.test is None else self._parts.wire.test(output.test)
            except Exception as error:  # noqa: BLE001 - told with its flow
                failed.append(unwritten(flows[output.flow_id], error))
                continue
            ready.append(output)
            records.append(Record(self._tests, output.test_id.encode(), value))
        self._stage.moved(f"the acknowledgement of {len(records)} tests")
        refused = await self._sender.deliver(records, self._stage.moved)
        failed += [unwritten(flows[ready[number].flow_id], error) for number, error in refused.items()]
        return [output for number, output in enumerate(ready) if number not in refused], failed

    async def _tell_unwritten(self, failed: Sequence[UnwrittenFlow]) -> None:
        """A flow without a test is never silent: it is noted with the flow, counted, logged, and in the dead
        letters."""
        if not failed:
            return
        for one in failed:
            self._unwritable[one.flow.flow_id] = one.flow.sampled
        news = await self._tried(self._writer.note_failures, failed)
        letters = []
        for one in news:
            stories = [story for story, _ in one.flow.sampled]
            self._parts.metrics.unwritable.inc()
            about = {"app": one.flow.app, "trace": one.trace}
            logger.error("no test could be written of flow %s, of stories %s", one.flow.flow_id, stories, extra=about)
            raw = orjson.dumps({"app": one.flow.app, "flow_id": one.flow.flow_id, "stories": stories})
            cause = f"no test could be written of this flow: {one.cause}"
            key = one.flow.flow_id.encode()
            letters.append(DeadLetter(key, raw, cause, "unwritable", self.inbox.topic, -1, -1, trace=one.trace))
        await self._sender.bury(letters, self._stage.moved)

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
            return (await asyncio.get_running_loop().run_in_executor(self._worker, self._computed, work, *arguments),)
        except StorageUnavailable as error:
            logger.warning("storage does not answer, trying again: %s", error)
            self._parts.metrics.storage_retries.inc()
            self._parts.progress.storage_away_s = time.monotonic()
            return None

    def _computed(self, work: Callable[..., R], *arguments: Any) -> R:
        """The same, known as under way: a machine that has little time for it takes long over a batch of stories."""
        with self._suspects.computing(self._stage.waits_for):
            return work(*arguments)

    async def _read(self, events: list[Any]) -> tuple[list[Said], list[DeadLetter]]:
        said: dict[str, Said] = {}
        letters = []
        for event in events:
            message = event.message
            if isinstance(message.value, Marker):
                continue
            name = (message.key or b"").decode("utf-8", "replace")
            try:
                story = await self._story(message) if value_of(message) else None
                if story is not None and story.id != name:
                    raise BadInput("the key is not the story's id")
            except BadInput as error:
                letters.append(letter_of(message, str(error), "bad_story", self.inbox.topic))
                continue
            except Exception as error:  # noqa: BLE001 - buried
                letters.append(self._own_fault(message, "read", error))
                continue
            said.pop(name, None)
            said[name] = Said(name, story, message)  # of several versions in one batch the last one counts
        return list(said.values()), letters

    async def _story(self, message: Any) -> Story:
        end = self._suspects.guilty(item_of(message))
        if end is not None:
            raise EndedWorkers(end)
        await self._parts.wire.learn(message.value)
        with self._suspects.trying(item_of(message)):
            return self._parts.wire.read_story(message.value)

    def _unstorable(self, one: Said, error: Exception) -> DeadLetter:
        return self._own_fault(one.message, "store", error)

    def _own_fault(self, message: Any, what: str, error: Exception) -> DeadLetter:
        """A story that our code can't read, or the database does not take."""
        self._parts.metrics.own_faults.labels(what).inc()
        about = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        logger.error("a story is buried, it can't be %s", "read" if what == "read" else "stored",
                     extra={**about, "trace": traced(error)})  # fmt: skip
        cause = f"internal error ({what}): {cause_of(error)}"
        return letter_of(message, cause, "internal", self.inbox.topic, trace=traced(error))
