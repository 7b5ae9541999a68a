"""Batches of records as the broker gives them: each record is read, or comes as `Unreadable` at its offset.

aiokafka 0.14 raises at a batch that it can't open (a codec that it lacks, bytes that open to gigabytes, a header's name
that is no UTF-8), and again each time it is fetched: whoever may produce stops a partition for good. The broker takes
all of these. Here a batch opens to OPENED_BYTES_MAX at most, names of headers are read as far as they are UTF-8, and
what can't be read even so keeps its place in the log, for its dead letter.

A producer that writes in transactions leaves a record at the end of each, which aiokafka leaves out: a hole in the
offsets, and where it is the last one, an end that is never reached. It comes as a `Marker` here.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from aiokafka import codec
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record import _crecords, default_records
from aiokafka.record.default_records import _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import MemoryRecords

from agents.faults import message_of
from pipeline.intake.bodies import gunzip
from schemas import limits
from schemas.codecs import BadInput

logger = logging.getLogger(__name__)

OPENED_BYTES_MAX: Final = 32 * 1024 * 1024
"""What one batch may open to. Producers count their batches before they compress them: 1 MiB, unless set otherwise.
Snappy, which opens to 21 times its size at most, is read without it."""
_OPENED_TO: Final = (8, 64)
"""Times its size that a batch is tried to open to first."""
_LENGTH: Final = slice(8, 12)
_LENGTH_END: Final = 12
"""Where a batch says how many bytes follow."""


class Unreadable(bytes):
    """Stands for the value of a record whose batch can't be read; nothing of it is kept."""

    cause: str
    size_bytes: int

    @classmethod
    def of(cls, cause: str, size_bytes: int) -> "Unreadable":
        made = cls()
        made.cause = cause[: limits.CAUSE_CHARS_MAX]
        made.size_bytes = size_bytes
        return made


class Marker(bytes):
    """Stands for the value of a record by which a broker ends a producer's transaction: it says nothing to us."""


def value_of(message: Any) -> bytes | None:
    """A message's value. Raises BadInput where its batch can't be read."""
    value: bytes | None = message.value
    if isinstance(value, Unreadable):
        raise BadInput(value.cause)
    return value


def apply() -> None:
    """Puts it in the place of aiokafka's own reading, once per process."""
    if fetcher.MemoryRecords is Batches:
        return
    fetcher.MemoryRecords = Batches
    for module in (_crecords.default_records, default_records):
        module.gzip_decode = _gunzipped
        module.lz4_decode = _opener("lz4")
        module.zstd_decode = _opener("zstd")


class Batches:
    """The batches of one answer for one partition, as aiokafka's `MemoryRecords` gives them."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._records: Any = MemoryRecords(raw)
        self._at = 0

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        return len(self._raw)

    def next_batch(self) -> "Batch":
        batch = self._records.next_batch()
        head = self._raw[self._at : self._at + _LENGTH_END]
        start, self._at = self._at, self._at + _LENGTH_END + int.from_bytes(head[_LENGTH], "big")
        return Batch(batch, memoryview(self._raw)[start : self._at])


class Batch:
    """One batch; what it holds is read as a whole, so that nothing of it is given before all of it can be."""

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch, self._raw = batch, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    @property
    def is_control_batch(self) -> bool:
        """No: aiokafka would leave out its records, and their offsets with them."""
        return False

    def __iter__(self) -> Iterator[Any]:
        if self._batch.is_control_batch:
            return self._stands_for(Marker())
        try:
            try:
                return iter(list(self._batch))
            except (UnicodeDecodeError, CorruptRecordException):  # aiokafka makes the second of the first
                return iter(self._leniently())
        except Exception as error:  # noqa: BLE001 - whatever a reader of foreign bytes stumbles on is in these bytes
            return self._unread(error)

    def _leniently(self) -> list[Any]:
        batch = _DefaultRecordBatchPy(self._raw)
        batch._maybe_uncompress()
        batch._buffer = _Lenient(batch._buffer)
        return list(batch)

    def _unread(self, error: Exception) -> Iterator[Any]:
        batch = self._batch
        reason = str(error) if isinstance(error, BadInput) else message_of(error)
        value = Unreadable.of(f"its batch can't be read: {reason}", len(self._raw))
        logger.error("a batch from offset %s to %s can't be read: %s", batch.base_offset, batch.next_offset - 1, reason)
        return self._stands_for(value)

    def _stands_for(self, value: bytes) -> Iterator[Any]:
        """A record with this value at each offset of the batch."""
        batch = self._batch
        for offset in range(batch.base_offset, batch.next_offset):
            yield _DefaultRecordPy(offset, batch.max_timestamp, batch.timestamp_type, None, value, [])


class _Lenient(bytearray):
    """Bytes whose parts are read as UTF-8 as far as they are."""

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        return _Lenient(part) if isinstance(key, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)


def _gunzipped(payload: Any) -> bytes:
    return gunzip(bytes(payload), OPENED_BYTES_MAX)


def _opener(name: str) -> Callable[[Any], bytes]:
    """Opens what this codec wrote into a buffer of a size that it may not exceed."""

    def opened(payload: Any) -> bytes:
        if codec.cramjam is None:
            raise BadInput(f"no reader of {name} is installed")
        read = getattr(codec.cramjam, name).decompress_into
        for times in _OPENED_TO:
            buffer = bytearray(min(times * len(payload), OPENED_BYTES_MAX))
            with suppress(codec.cramjam.DecompressionError):
                return bytes(memoryview(buffer)[: read(payload, buffer)])
        buffer = bytearray(OPENED_BYTES_MAX)
        try:
            return bytes(memoryview(buffer)[: read(payload, buffer)])
        except codec.cramjam.DecompressionError:
            raise BadInput(f"it is no {name}, or opens to more than {OPENED_BYTES_MAX} bytes") from None

    return opened
