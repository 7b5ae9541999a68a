"""A partition's reading waits while too much waits to be flushed."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agents.stream.partition import UNFLUSHED_BYTES_MAX, UNFLUSHED_MAX, Partition
from pipeline.rows import SegmentLog
from pipeline.windows import PartitionWindows
from tests.windows.logs import WINDOWING


class SlowDelivery:
    """Delivers once it is released."""

    def __init__(self) -> None:
        self.released = asyncio.Event()

    async def deliver(self, *_: Any) -> None:
        await self.released.wait()


def message(offset: int, value: bytes) -> Any:
    """A message as Faust gives it."""
    inner = SimpleNamespace(offset=offset, value=value, timestamp=1_700_000_000.0)
    return SimpleNamespace(message=inner, ack=lambda: None)


async def has_room(partition: Partition) -> bool:
    try:
        await asyncio.wait_for(partition.room(), 0.05)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("count", "value"),
    [(UNFLUSHED_MAX, b""), (64, b"x" * (UNFLUSHED_BYTES_MAX // 64))],
    ids=["messages", "bytes"],
)
def test_reading_waits_at_the_bound_and_goes_on_after_the_flush(count: int, value: bytes) -> None:
    """One message below the bound there is room, with it there is none until a flush took them."""

    async def run() -> None:
        delivery = SlowDelivery()
        partition = Partition(0, PartitionWindows(WINDOWING, SegmentLog("0", "a")), delivery)  # type: ignore[arg-type]
        partition.apply(message(0, b""), [], [], [])
        await asyncio.sleep(0.3)  # the first flush has begun, and waits
        for offset in range(1, count):
            partition.apply(message(offset, value), [], [], [])
        assert await has_room(partition)
        partition.apply(message(count, value), [], [], [])
        assert not await has_room(partition)
        delivery.released.set()
        await asyncio.wait_for(partition.room(), 5)
        partition.stop()

    asyncio.run(run())
