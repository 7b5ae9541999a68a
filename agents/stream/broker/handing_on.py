"""Messages go from the consumer straight to those who take them without waiting.

Faust's consumer waits for each message to be put into a stream's queue, or for the flow to stop, by four tasks a
message; the stream gives the others their turn before each message that it hands to its agent. For a topic whose taker
never waits (it has a queue of its own, and holds what is fetched) all that does nothing: such a message is handed on
where it is fetched. A turn for the others comes after each hundred messages, as Faust gives it, and after each fetch.

Where the flow is stopped or the producer is behind, it is waited as Faust does, and then handed on: no message of such
a topic goes through the stream's queue, where the next would overtake it. The agent stays, for it is what subscribes
to the topic; with `apply()` taken out it is given all messages.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import faust
from faust.transport.conductor import Conductor
from faust.transport.consumer import Consumer
from mode.services import WaitResults

from agents.stream.supervision.abort import end_process

Take = Callable[[Any], None]
"""Takes an event. It must not wait."""


class _Taken:
    """Stands for a message that was taken already: nothing is to be waited for."""

    def __await__(self) -> Iterator[None]:
        return iter(())


TAKEN: Final = _Taken()
_WAIT_FIRST: Final = Consumer.wait_first
"""Faust's own way."""
_NOTHING_TO_WAIT_FOR: Final = WaitResults([TAKEN], [None], stopped=False)


def take_straight(app: faust.App, topic: Any, name: str, take: Take) -> None:
    """Puts an agent of this name on the app whose messages go straight to `take`, which acknowledges their events
    itself. A failure ends the process."""

    def taken(event: Any) -> None:
        try:
            take(event)
        except BaseException as error:  # noqa: BLE001 (whatever it is: who goes on without the message loses it)
            end_process(f"the {name} agent failed", error)

    async def subscribed(stream: Any) -> None:
        async for event in stream.noack().events():
            taken(event)

    app.takers = {**getattr(app, "takers", {}), topic.get_topic_name(): taken}
    app.agent(topic, name=name, concurrency=1)(subscribed)


def apply() -> None:
    """Puts it in the place of Faust's own way, once per process."""
    if Consumer.wait_first is _WAIT_FIRST:
        _wait_for_nothing_where_taken()
        _hand_on()


def _wait_for_nothing_where_taken() -> None:
    async def wait_first(self: Any, *waited: Any, timeout: Any = None) -> Any:
        if waited and waited[0] is TAKEN:
            for other in waited[1:]:
                other.close()
            return _NOTHING_TO_WAIT_FOR
        return await _WAIT_FIRST(self, *waited, timeout=timeout)

    Consumer.wait_first = wait_first


def _hand_on() -> None:
    compiled = Conductor._compile_message_handler

    def compile_handler(self: Any) -> Any:
        app, original = self.app, compiled(self)

        def on_message(message: Any) -> Any:
            take = getattr(app, "takers", {}).get(message.topic)
            if take is None:
                return original(message)
            if not app.flow_control.is_active() or _is_behind(app.producer.buffer):
                return _take_later(app, message, take)
            _take(app, message, take)
            return TAKEN

        return on_message

    Conductor._compile_message_handler = compile_handler


async def _take_later(app: Any, message: Any, take: Take) -> None:
    await app.flow_control.acquire()
    await app.producer.buffer.wait_until_ebb()
    _take(app, message, take)


def _take(app: Any, message: Any, take: Take) -> None:
    """As a stream takes a message: not one from before a rebalance, which comes again to its partition's owner."""
    if message.generation_id != app.consumer_generation_id:
        return
    message.incref()
    if not message.tracked:
        message.tracked = True
        app.consumer.track_message(message)
    app.monitor.stream_inbound_time[message.tp] = time.monotonic()  # else Faust says that nothing moves here
    take(app.create_event(message.key, message.value, message.headers, message))


def _is_behind(buffer: Any) -> bool:
    """Whether so much waits in Faust's own producer that its way waits too."""
    return bool(buffer.size > buffer.max_messages)
