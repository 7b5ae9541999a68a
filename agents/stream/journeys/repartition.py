"""Which of a message's events belong to the partition that it lies in, and where the others must go.

A journey's partition is that of its id's UTF-8 bytes, by Kafka's default partitioner. Events that lie elsewhere,
because their message had another key or none, or held several journeys, are sent again to where they belong, with the
right key. They go to that partition by number, so no message is ever sent on twice.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from aiokafka.partitioner import murmur2

from schemas.events import Event
from schemas.messages import Message, messages_of


@lru_cache(maxsize=65_536)
def partition_of(journey_id: str, partitions: int) -> int:
    """The partition that a journey belongs to."""
    return int((murmur2(journey_id.encode()) & 0x7FFFFFFF) % partitions)


def split(
    events: Iterable[Event],
    here: int,
    partitions: int,
    pack: Callable[[Iterable[Event]], Iterable[Message]] = messages_of,
) -> tuple[list[Event], list[tuple[int, Message]]]:
    """The events that belong here, and messages with their partitions for the others, as `pack` makes them."""
    mine: list[Event] = []
    astray: dict[int, list[Event]] = {}
    for event in events:
        target = partition_of(event.journey_id, partitions)
        if target == here:
            mine.append(event)
        else:
            astray.setdefault(target, []).append(event)
    return mine, [(target, message) for target, some in astray.items() for message in pack(some)]
