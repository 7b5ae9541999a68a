"""Dead letters: what can't be read or told, with its cause and where it came from, and without secrets."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from agents.faults import trace_of
from agents.stream.broker.fetched import Unreadable
from pipeline.intake.redaction import Redacted, redacted
from schemas import limits

logger = logging.getLogger(__name__)

CAUSE_HEADER: Final = "journeywright-cause"
REDACTED_HEADER: Final = "journeywright-redacted"
"""Says that secrets were taken out; the message as it came lies where topic, partition and offset say."""
TRACE_HEADER: Final = "journeywright-trace"
TRACE_CHARS_MAX: Final = 4_000
NO_HEADERS: Final[Mapping[str, bytes]] = {}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Raw bytes that went nowhere else. `cause` is for people, `kind` a short word of ours for the metrics.

    `trace` says where our code failed, without values. `size_bytes` is the size as it came, where `raw` is less than
    that.
    """

    key: bytes | None
    raw: bytes
    cause: str
    kind: str
    topic: str
    partition: int
    offset: int
    headers: tuple[tuple[str, bytes], ...] = field(default=())
    size_bytes: int | None = None
    trace: str = ""

    @property
    def place(self) -> dict[str, object]:
        """Where it came from, for the log: never what is in it."""
        return {"topic": self.topic, "partition": self.partition, "offset": self.offset}

    def message(self) -> tuple[bytes | None, bytes, list[tuple[str, bytes]]]:
        """Key, value and headers of the message on the dead-letter topic. The value is cut at
        DEAD_LETTER_BYTES_MAX; the true size stands in a header."""
        cause = self.cause[: limits.CAUSE_CHARS_MAX].encode("utf-8", "replace")
        headers = [
            (CAUSE_HEADER, cause),
            ("journeywright-kind", self.kind.encode()),
            ("journeywright-topic", self.topic.encode()),
            ("journeywright-partition", str(self.partition).encode()),
            ("journeywright-offset", str(self.offset).encode()),
            ("journeywright-size", str(self.size_bytes or len(self.raw)).encode()),
            *([(TRACE_HEADER, self.trace[:TRACE_CHARS_MAX].encode("utf-8", "replace"))] if self.trace else []),
            *self.headers,
        ]
        key = self.key[: limits.DEAD_LETTER_KEY_BYTES_MAX] if self.key is not None else None
        return key, self.raw[: limits.DEAD_LETTER_BYTES_MAX], headers


def letter_of(
    message: Any, cause: str, kind: str, topic: str, headers: Mapping[str, bytes] = NO_HEADERS, trace: str = ""
) -> DeadLetter:
    """The letter of a message as it came, without what the intake would have kept back of it."""
    raw = message.value or b""
    if isinstance(raw, Unreadable):
        withheld = ((REDACTED_HEADER, b"1"),)
        return DeadLetter(None, b"", cause, kind, topic, message.partition, message.offset, withheld, raw.size_bytes)
    try:
        kept = redacted(raw, headers)
    except Exception as error:  # noqa: BLE001 - the place is told, and nothing of what is in the message
        logger.error("a dead letter is left empty, its secrets can't be found", extra={"trace": trace_of(error)})
        kept = Redacted(b"", changed=True)
    key = message.key if kept.raw or not raw else None
    marks = ((REDACTED_HEADER, b"1"),) if kept.changed else ()
    return DeadLetter(key, kept.raw, cause, kind, topic, message.partition, message.offset, marks, len(raw), trace)
