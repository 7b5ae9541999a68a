"""The one windowed Faust table, as the journeys agent uses it.

Rows are put behind the changelog's acknowledgement: what the table holds is then always what its changelog holds, up to
rows that came through and of which this worker never learned. A key is (row name, event-time window); the row names
begin with their partition.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import faust
from faust.serializers.codecs import dumps

from agents.faults import message_of
from agents.stream.broker.sending import Record, Sender
from agents.stream.broker.topics import TABLE
from agents.stream.journeys.changelog import ChangelogTable, Window
from agents.stream.supervision.transient_errors import pauses
from pipeline.windowing.segments import Changes

logger = logging.getLogger(__name__)

WINDOW_S = 3600.0
MARK_WINDOW = (0.0, WINDOW_S - 0.1)
"""The window of rows that belong to no time, as Faust's tumbling windows print it."""


class RowsRefused(RuntimeError):
    """The changelog does not take rows, for a reason that is theirs."""


class JourneysTable:
    """Rows of all partitions that this worker holds."""

    def __init__(self, app: faust.App, partitions: int, sender: Sender) -> None:
        self._sender = sender
        shape: dict[str, Any] = {"partitions": partitions, "key_type": bytes, "value_type": bytes}
        table = ChangelogTable(app, name=TABLE, beacon=app.tables.beacon, **shape)
        self.faust_table = app.tables.add(table)
        self._windowed = self.faust_table.tumbling(WINDOW_S)
        self._windows: dict[str, Window] = {}

    def rows(self, partition: int) -> dict[str, bytes]:
        """The rows of a partition, and takes note of their windows."""
        prefix = f"{partition}/"
        found = {}
        for (name, window), value in self.faust_table.data.items():
            if name.startswith(prefix) and value is not None:
                found[name] = value
                self._windows[name] = window
        return found

    def keep_only(self, partitions: Iterable[int]) -> None:
        """Drops the rows of other partitions from memory: their owners have them now."""
        wanted = {str(partition) for partition in partitions}
        data = self.faust_table.data
        for key in [key for key in data if key[0].partition("/")[0] not in wanted]:
            data.pop(key, None)
            self._windows.pop(key[0], None)

    async def write(self, partition: int, changes: Changes, clock_ms: int, moved: Callable[[], None]) -> None:
        """Makes a flush's changes durable, in their order; returns once they are acknowledged. Raises RowsRefused."""
        now = self._window_of(clock_ms)
        puts = []
        for name, value in changes.puts:
            window = MARK_WINDOW if name.endswith("/m") else now
            puts.append(((name, window), value))
        await self._send(partition, puts, moved)
        for key, value in puts:
            self.faust_table.data[key] = value
            self._windows[key[0]] = key[1]

    async def delete(self, partition: int, names: Iterable[str], moved: Callable[[], None]) -> None:
        """Deletes rows; returns once the tombstones are acknowledged. Raises RowsRefused."""
        keys = [(name, self._windows.pop(name)) for name in names if name in self._windows]
        await self._send(partition, [(key, None) for key in keys], moved)
        for key in keys:
            self.faust_table.data.pop(key, None)

    def _window_of(self, clock_ms: int) -> Window:
        window: Window = self.faust_table.window.current(clock_ms / 1000)
        return window

    async def _send(
        self, partition: int, rows: Sequence[tuple[tuple[str, Window], bytes | None]], moved: Callable[[], None]
    ) -> None:
        topic = self.faust_table.changelog_topic.get_topic_name()
        # Keys as Faust prints them, for Faust reads them.
        records = [Record(topic, dumps("json", key), value, partition) for key, value in rows]
        waiting = list(range(len(records)))
        for pause_s in pauses():
            refused = await self._sender.deliver([records[number] for number in waiting], moved)
            waiting = [waiting[number] for number in refused]
            for number, error in zip(waiting, refused.values(), strict=True):
                name, value = rows[number][0][0], rows[number][1]
                if value is not None and not name.endswith("/m"):
                    raise RowsRefused(f"row {name}: {message_of(error)}") from error
                # A manifest or a tombstone speaks of no message: the topic's settings are wrong.
                logger.error("the changelog refuses row %s, it is sent again: %s", name, message_of(error))
            if not waiting:
                return
            await asyncio.sleep(pause_s)
