"""The prove agent: tests of the topic that are new or changed, proven, and their verdicts stored and published."""

import asyncio
import logging
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import faust

from agents.faults import message_of, trace_of
from agents.proof.automatic import NewTests
from agents.proof.child import Stopped
from agents.proof.reset import ResetFailed
from agents.storage import StorageUnavailable
from agents.stream.broker.dead_letters import letter_of
from agents.stream.broker.inbox import Inbox
from agents.stream.broker.sending import Record, Sender
from agents.stream.dependencies import StreamDependencies
from agents.stream.supervision.abort import end_process
from agents.stream.supervision.transient_errors import pauses
from schemas.verdicts import Verdict

WAITING_MAX: Final = 100
"""Tests that may wait; beyond, no more are fetched."""
PUBLISHED_MAX: Final = 10_000
"""Verdicts of which it is remembered that they were published."""

logger = logging.getLogger(__name__)


class ProveAgent:
    """Takes one test after the other, has it proven, publishes its verdicts, and only then acknowledges it.

    Each step may be repeated: after a crash the test comes again, and what storage has of it is published without
    another run.
    """

    def __init__(
        self, app: faust.App, parts: StreamDependencies, partitions: int, sender: Sender, tests: NewTests
    ) -> None:
        self._app = app
        self._parts = parts
        self._count = partitions
        self._sender = sender
        self._tests = tests
        self.inbox = Inbox(parts.settings.topic("tests"), WAITING_MAX)
        self._verdicts = parts.settings.topic("verdicts")
        self._worker = ThreadPoolExecutor(1, "prove")
        self._stage = parts.progress.prover
        self._published: OrderedDict[str, None] = OrderedDict()

    def add(self) -> None:
        """Puts the agent and its worker on the app."""
        self.inbox.add(self._app, "prove", self._count)
        self._app.task(self.work)
        self._app.on_partitions_revoked.connect(self.let_go, weak=False)
        self._app.on_before_shutdown.connect(self.stop, weak=False)

    async def let_go(self, *_: Any, **__: Any) -> None:
        """A rebalance begins: what waits is not proven here any more."""
        self.inbox.let_go()

    async def stop(self, *_: Any, **__: Any) -> None:
        """The end: the proof under way is given up, and comes again to whoever is next."""
        self._tests.stopping.set()
        await self.let_go()

    async def work(self) -> None:
        """Works on what comes, until it is cancelled."""
        try:
            while True:
                self._stage.rest()
                await self.inbox.arrived.wait()
                self.inbox.arrived.clear()
                while self.inbox:
                    for event in self.inbox.take(1):
                        await self._one(event)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it ends the process
            if not self._parts.progress.stopping:
                end_process("a test could not be worked on", error)

    async def _one(self, event: Any) -> None:
        now = self.inbox.round
        self._stage.moved("the runs of a test")
        try:
            verdicts = await self._proven(event.message) if event.message.value else []
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - buried; the other tests go on
            self._parts.metrics.own_faults.labels("prove").inc()
            logger.error("a test could not be proven", extra={"trace": trace_of(error)})
            cause = f"internal error (prove): {message_of(error)}"
            letter = letter_of(event.message, cause, "internal", self.inbox.topic, trace=trace_of(error))
            await self._sender.bury([letter])
            verdicts = []
        self._stage.moved("its verdicts to be published")
        await self._publish(verdicts)
        if now == self.inbox.round:
            event.ack()
            self._parts.progress.test_done(event.message.partition, event.message.offset)

    async def _proven(self, message: Any) -> list[Verdict]:
        """The verdicts of a test. While storage is away, or an app can't be reset, it is tried again."""
        test_id = (message.key or b"").decode("utf-8", "replace")
        for pause_s in pauses():
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._worker, self._tests.verdicts, test_id)
            except StorageUnavailable as error:
                logger.warning("storage does not answer, trying again: %s", error)
                self._parts.metrics.storage_retries.inc()
                self._parts.progress.storage_away_s = time.monotonic()
            except ResetFailed as error:
                logger.warning("an app can't be reset, trying again: %s", error)
            self._stage.moved()
            await asyncio.sleep(pause_s)
        raise AssertionError("the pauses never end")

    async def _publish(self, verdicts: list[Verdict]) -> None:
        """Publishes those that were not published yet by this process."""
        new = [one for one in verdicts if _name(one) not in self._published]
        if not new:
            return
        records = [Record(self._verdicts, one.test_id.encode(), self._parts.wire.verdict(one)) for one in new]
        refused = await self._sender.deliver(records)
        for number, error in refused.items():
            self._parts.metrics.own_faults.labels("send").inc()
            logger.error("verdict %s is refused by Kafka: %s", new[number].id, message_of(error))
        for one in new:
            self._parts.metrics.verdicts.labels(one.outcome).inc()
            self._published[_name(one)] = None
        while len(self._published) > PUBLISHED_MAX:
            self._published.popitem(last=False)


def _name(verdict: Verdict) -> str:
    return f"{verdict.id} {verdict.ended_at}"
