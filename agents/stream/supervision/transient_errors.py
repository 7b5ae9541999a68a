"""Errors that may go away by themselves: the one place that tells them from the others.

Transient: the broker, the database or the registry is away, busy, or does not let us. The same is tried again, with
growing pauses, for as long as it takes. Permanent: it is this record, or our own code; trying again changes nothing.
"""

from collections.abc import Iterator
from typing import Final

from aiokafka import errors
from faust.exceptions import ProducerSendError

from agents.registry import RegistryAway
from agents.storage import StorageUnavailable

PAUSE_MIN_S: Final = 0.1
PAUSE_MAX_S: Final = 5.0
"""The pauses between tries grow from the one to the other."""

_OF_A_RECORD: Final = (
    errors.MessageSizeTooLargeError, errors.RecordTooLargeError, errors.RecordListTooLargeError,
    errors.InvalidMessageError, errors.CorruptRecordException, errors.InvalidTimestampError,
    errors.UnsupportedForMessageFormatError,
)  # fmt: skip
"""The broker says it of this very record."""


def is_transient(error: BaseException) -> bool:
    """Whether the same may work later."""
    if isinstance(error, ProducerSendError) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, errors.KafkaError):
        return not isinstance(error, _OF_A_RECORD)
    return isinstance(error, StorageUnavailable | RegistryAway | ProducerSendError | OSError | TimeoutError)


def pauses() -> Iterator[float]:
    """The pauses before the second try, the third, and so on, for ever; in seconds."""
    pause_s = PAUSE_MIN_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, PAUSE_MAX_S)
