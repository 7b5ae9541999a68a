"""Messages go from the consumer straight to those who take them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import faust
from faust.transport.consumer import Consumer
from faust.types import TP
from faust.types.tuples import ConsumerMessage
from mode import Service

from agents.stream.broker import handing_on
from agents.stream.broker.handing_on import TAKEN, take_straight

TOPIC = "events"


class Waiting(Service):
    """Waits as Faust's consumer does."""

    wait_first = Consumer.wait_first


class Broker:
    """An app with a taker for a topic, and what its consumer would hand on."""

    def __init__(self) -> None:
        handing_on.apply()
        self.app = faust.App("handing-on", broker="kafka://127.0.0.1:9", store="memory://")
        self.taken: list[int] = []
        topic = self.app.topic(TOPIC, key_type=bytes, value_type=bytes)
        take_straight(self.app, topic, "taker", lambda event: self.taken.append(event.message.offset))
        self.app.flow_control.resume()
        self.service = Waiting()
        self.service.wait_first = Consumer.wait_first.__get__(self.service)

    def message(self, offset: int, generation: int = 0) -> ConsumerMessage:
        tp = TP(TOPIC, 0)
        return ConsumerMessage(TOPIC, 0, offset, 0.0, 0, [], b"k", b"v", None, 1, 1, tp, generation_id=generation)

    async def hand_on(self, offset: int, stopped: Coroutine[Any, Any, Any], generation: int = 0) -> Any:
        """What Faust does with each message that it fetched."""
        return await self.service.wait_first(self.app.topics.on_message(self.message(offset, generation)), stopped)


def test_a_message_is_taken_without_a_task() -> None:
    """Handing on a message makes no task, and none is left of what else would have been waited for."""

    async def handed_on() -> tuple[list[int], int]:
        broker = Broker()
        made = 0

        def make(loop: Any, work: Any, **options: Any) -> Any:
            nonlocal made
            made += 1
            return asyncio.Task(work, loop=loop, **options)

        asyncio.get_running_loop().set_task_factory(make)
        for offset in range(5):
            result = await broker.hand_on(offset, asyncio.Event().wait())
            assert not result.stopped
        return broker.taken, made

    assert asyncio.run(handed_on()) == ([0, 1, 2, 3, 4], 0)


def test_a_message_waits_while_the_flow_is_stopped() -> None:
    """It is taken once the flow goes on, and before the one that comes after it."""

    async def handed_on() -> tuple[list[int], list[int]]:
        broker = Broker()
        broker.app.flow_control.suspend()
        waits = asyncio.create_task(broker.hand_on(0, asyncio.Event().wait()))
        await asyncio.sleep(0.05)
        before = list(broker.taken)
        broker.app.flow_control.resume()
        await waits
        await broker.hand_on(1, asyncio.Event().wait())
        return before, broker.taken

    assert asyncio.run(handed_on()) == ([], [0, 1])


def test_a_message_is_let_go_when_a_rebalance_comes_while_it_waits() -> None:
    """Who waits for the flow is let go with it, and what waited is never taken: it is fetched again."""

    async def handed_on() -> list[int]:
        broker = Broker()
        broker.app.flow_control.suspend()
        stopped = asyncio.Event()
        waits = asyncio.create_task(broker.hand_on(0, stopped.wait()))
        await asyncio.sleep(0.05)
        stopped.set()
        await waits
        broker.app.flow_control.resume()
        await asyncio.sleep(0.05)
        return broker.taken

    assert asyncio.run(handed_on()) == []


def test_a_message_from_before_a_rebalance_is_not_taken() -> None:
    """It comes again to its partition's owner."""

    async def handed_on() -> list[int]:
        broker = Broker()
        broker.app.consumer_generation_id = 2
        await broker.hand_on(0, asyncio.Event().wait(), generation=1)
        await broker.hand_on(0, asyncio.Event().wait(), generation=2)
        return broker.taken

    assert asyncio.run(handed_on()) == [0]


def test_a_message_is_acknowledged_once_by_whoever_took_it() -> None:
    """It is counted as one that is under way, until it is acknowledged."""

    async def acknowledged() -> tuple[int, int]:
        broker = Broker()
        broker.app.topics._acking_topics.add(TOPIC)
        consumer = broker.app.consumer
        message = broker.message(3)
        assert broker.app.topics.on_message(message) is TAKEN
        under_way = len(consumer.unacked)
        message.ack(consumer)
        return under_way, len(consumer.unacked)

    assert asyncio.run(acknowledged()) == (1, 0)


def test_another_topic_goes_its_own_way() -> None:
    """Only topics with a taker are handed on so."""

    async def goes() -> list[int]:
        broker = Broker()
        message = broker.message(0)
        message.topic = "other"
        on = broker.app.topics.on_message(message)
        assert on is not TAKEN
        on.close()
        return broker.taken

    assert asyncio.run(goes()) == []
