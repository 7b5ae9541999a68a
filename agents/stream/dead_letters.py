"""Dead letters: what can't be read or told, as it came, with its cause and where it came from."""

from dataclasses import dataclass, field
from typing import Final

from schemas import limits

CAUSE_HEADER: Final = "journeywright-cause"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Raw bytes that went nowhere else. `cause` is for people, `kind` a short word of ours for the metrics."""

    key: bytes | None
    raw: bytes
    cause: str
    kind: str
    topic: str
    partition: int
    offset: int
    headers: tuple[tuple[str, bytes], ...] = field(default=())

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
            ("journeywright-size", str(len(self.raw)).encode()),
            *self.headers,
        ]
        key = self.key[: limits.DEAD_LETTER_KEY_BYTES_MAX] if self.key is not None else None
        return key, self.raw[: limits.DEAD_LETTER_BYTES_MAX], headers
