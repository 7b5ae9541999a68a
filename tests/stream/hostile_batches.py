"""Batches of records as bytes, also such as no well-behaved producer sends."""

import asyncio
import struct
from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c

Row = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]
"""Key, value, headers."""
_ROOM_BYTES = 1 << 30


def batch_of(
    rows: Sequence[Row],
    codec: int = 0,
    offset: int = 0,
    said: int | None = None,
    names: dict[bytes, bytes] | None = None,
) -> bytes:
    """A batch of these records, from this offset on. `said` is the codec that it claims, `names` what names of headers
    are written as instead, byte for byte."""
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, -1, _ROOM_BYTES)
    for number, (key, value, headers) in enumerate(rows):
        builder.append(number, 1_000, key, value, headers)
    for name, written in (names or {}).items():
        assert len(name) == len(written)
        assert name in builder._buffer
        builder._buffer = builder._buffer.replace(name, written)
    raw = builder.build()
    struct.pack_into(">q", raw, 0, offset)
    if said is not None:
        attributes = _DefaultRecordBatchBuilderPy.ATTRIBUTES_OFFSET
        struct.pack_into(">h", raw, attributes, said)
        struct.pack_into(">I", raw, attributes - 4, calc_crc32c(bytes(raw[attributes:])))
    return bytes(raw)


def send(brokers: str, topic: str, partition: int, batches: Iterable[bytes]) -> None:
    """To a partition, as they are, acknowledged one after the other."""
    asyncio.run(_send(brokers, topic, partition, list(batches)))


async def _send(brokers: str, topic: str, partition: int, batches: Sequence[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=brokers, acks="all", max_request_size=4 * 1024 * 1024)
    await producer.start()
    try:
        for raw in batches:
            batch = producer.create_batch()
            batch.append(timestamp=None, key=b"", value=b"")
            batch.close()
            batch._buffer = bytearray(raw)
            await (await producer.send_batch(batch, topic, partition=partition))
    finally:
        await producer.stop()
