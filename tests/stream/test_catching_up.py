"""When a worker that took a partition up may answer for its journeys."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agents.stream.journeys.partition import Partition, PartitionServices
from agents.stream.journeys.routing import JourneyRouter
from pipeline.windowing.partition import PartitionWindows, Windowing
from pipeline.windowing.segments import SegmentLog


async def answers(reached: int, first: int, end: int, more: int) -> list[bool]:
    """Whether it answers: before anything is known of the log, then once it is, then after each further message.

    The table reaches the offset `reached`; the log goes on at `first`, and ends at `end`.
    """
    state = PartitionWindows(Windowing(1_000), SegmentLog("0", "me"))
    state.offset = reached
    no_delivery: Any = None  # nothing is flushed here, nothing is read
    around = PartitionServices(no_delivery, no_delivery, lambda *_: None, no_delivery, no_delivery)
    partition = Partition(0, around)
    partition.take_up(lambda: state)
    agent: Any = SimpleNamespace(partitions={0: partition})
    app: Any = None
    places = JourneyRouter(app, "events", 1, agent)
    found = [places.is_mine("j")]
    partition.catch_up(first, end)
    found.append(places.is_mine("j"))
    for offset in range(first, first + more):
        state.apply(offset, 1_000, ())
        found.append(places.is_mine("j"))
    partition.let_go()
    return found


@pytest.mark.parametrize(
    ("reached", "first", "end", "more", "wanted"),
    [
        pytest.param(-1, 0, 0, 1, [False, True, True], id="nothing was ever sent"),
        pytest.param(6, 7, 7, 1, [False, True, True], id="all was flushed"),
        pytest.param(6, 7, 9, 2, [False, False, False, True], id="two messages were known and not flushed"),
        pytest.param(8, 7, 9, 2, [False, True, True, True], id="the flush is ahead of the commit"),
        pytest.param(-1, 40, 40, 0, [False, True], id="all aged out before it was read"),
    ],
)
def test_it_answers_once_it_knows_what_its_predecessor_may_have_shown(
    reached: int, first: int, end: int, more: int, wanted: list[bool]
) -> None:
    """Not before the end of the log at take-up is known and reached; then always."""
    assert asyncio.run(answers(reached, first, end, more)) == wanted
