"""Batches that the broker takes and a reader stumbles on."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.record.default_records import _DefaultRecordBatchPy

from agents.settings import load
from agents.stream.broker import fetched
from agents.stream.broker.fetched import OPENED_BYTES_MAX, Batches, Marker, Unreadable
from agents.stream.journeys.partition import NOTHING
from agents.stream.journeys.reading import Reader
from tests.stream.hostile_batches import batch_of

TRANSACTIONAL, CONTROL = 0x10, 0x20
"""What a batch says of itself among its attributes."""


@pytest.fixture(autouse=True)
def applied() -> None:
    fetched.apply()


def read(*batches: bytes) -> list[tuple[int, bytes | None, list[tuple[str, bytes | None]]]]:
    """Offset, value and headers of all records."""
    given = Batches(b"".join(batches))
    records = []
    while given.has_next():
        records += [(one.offset, one.value, list(one.headers)) for one in given.next_batch()]
    return records


def test_a_plain_batch_is_read_as_ever() -> None:
    """Offsets, values and headers, whatever the batch before it was."""
    rows = [(b"k", b"one", [("h", b"1")]), (None, b"two", []), (b"", None, [])]
    assert read(batch_of(rows, offset=7), batch_of(rows[:1], offset=10)) == [
        (7, b"one", [("h", b"1")]), (8, b"two", []), (9, None, []), (10, b"one", [("h", b"1")]),
    ]  # fmt: skip


@pytest.mark.parametrize("codec", [0, 1])
def test_a_name_of_a_header_that_is_no_text_costs_nothing_else(codec: int) -> None:
    """The record keeps its value, and its neighbours theirs."""
    rows = [(b"k", b"one" * 20, []), (b"k", b"two", [("name", b"1")])]
    assert read(batch_of(rows, codec, names={b"name": b"n\xff\xfee"})) == [
        (0, b"one" * 20, []),
        (1, b"two", [("n\ufffd\ufffde", b"1")]),
    ]


def test_a_batch_that_opens_to_too_much_keeps_its_places() -> None:
    """Its records are told as unreadable, offset for offset; what comes before and after is read. At the bound it is
    read."""
    frame = len(batch_of([(None, b"a" * (1 << 21), [])])) - _DefaultRecordBatchPy.HEADER_STRUCT.size - (1 << 21)
    most = batch_of([(None, b"a" * (OPENED_BYTES_MAX - frame), [])], codec=1)
    bomb = batch_of([(None, b"a" * OPENED_BYTES_MAX, []), (None, b"b", [])], codec=1, offset=1)
    told = read(most, bomb, batch_of([(None, b"c", [])], offset=3))
    assert [offset for offset, _, _ in told] == [0, 1, 2, 3]
    assert [type(value) for _, value, _ in told] == [bytes, Unreadable, Unreadable, bytes]
    broken = told[1][1]
    assert isinstance(broken, Unreadable)
    assert "more than" in broken.cause
    assert broken.size_bytes == len(bomb)


@pytest.mark.parametrize("codec", [5, 6, 7])
def test_a_codec_that_nobody_knows_keeps_its_place(codec: int) -> None:
    """Also one of a later version of Kafka."""
    ((offset, value, _),) = read(batch_of([(None, b"one", [])], codec=0, said=codec))
    assert offset == 0
    assert isinstance(value, Unreadable)


def test_the_end_of_a_transaction_keeps_its_place() -> None:
    """It comes as a record that says nothing: the offsets have no hole, and a log that ends with it has an end."""
    control = batch_of([(b"\x00\x00\x00\x01", b"\x00" * 6, [])], said=CONTROL | TRANSACTIONAL, offset=1)
    told = read(batch_of([(None, b"a", [])], said=TRANSACTIONAL), control, batch_of([(None, b"b", [])], offset=2))
    assert [(offset, value) for offset, value, _ in told] == [(0, b"a"), (1, b""), (2, b"b")]
    assert isinstance(told[1][1], Marker)
    records = PartitionRecords(TopicPartition("events", 0), Batches(control), None, 1, None, None, True, 0)
    assert [one.offset for one in records] == [1]


def test_the_end_of_a_transaction_is_no_message(tmp_path: Path) -> None:
    """Its offset is counted, and nothing of it is read or buried."""
    seen = []

    async def order(message: Any) -> None:
        seen.append(message.offset)

    parts: Any = SimpleNamespace(settings=load(data=tmp_path))
    nothing_is_tried: Any = None
    reader = Reader(parts, 1, nothing_is_tried, order)
    message = SimpleNamespace(value=Marker(), headers=[], offset=3)
    assert asyncio.run(reader.read(message, -1)) is NOTHING
    assert seen == [3]
