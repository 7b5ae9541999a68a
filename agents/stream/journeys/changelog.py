"""What the table's changelog holds, as its rows; what is no row of ours is passed over.

Faust reads the changelog at each start and does not come to its end where a record has a key that can't be read, or one
that is no key of a table: whoever may produce to the topic would stop its partition for good.
"""

import logging
from collections.abc import Iterable
from typing import Any, Final

import faust
import orjson

from agents.stream.broker.fetched import Marker, Unreadable

logger = logging.getLogger(__name__)

Window = tuple[float, float]
RowKey = tuple[str, Window]
KEY_BYTES_MAX: Final = 1_000
"""The longest key of a row that is looked at; ours have fewer than a hundred bytes."""
LOGGED_MAX: Final = 20
"""Records that the log names."""


def row_key(raw: bytes | None, partition: int) -> RowKey | None:
    """A row's name and window, from a record's key; None where it is no row of this partition."""
    if not isinstance(raw, bytes) or len(raw) > KEY_BYTES_MAX:
        return None
    try:
        name, (start, end) = orjson.loads(raw)
    except (ValueError, TypeError):
        return None
    if not isinstance(name, str) or {type(start), type(end)} - {int, float}:
        return None
    return (name, (start, end)) if name.startswith(f"{partition}/") else None


class ChangelogTable(faust.Table):
    """A table whose keys are printed as JSON, and which takes its own rows only."""

    passed_over = 0

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Takes the rows of a batch of records."""
        rows = []
        for event in batch:
            message = event.message
            if isinstance(message.value, Marker):
                continue
            key = row_key(message.key, message.partition)
            if key is None or isinstance(message.value, Unreadable):
                self._pass_over(message)
                continue
            event.key = key
            rows.append(event)
        super().apply_changelog_batch(rows)

    def _pass_over(self, message: Any) -> None:
        self.passed_over += 1
        if self.passed_over <= LOGGED_MAX:
            place = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
            logger.error("a record of the changelog is no row of ours, and is passed over", extra=place)
