"""The one windowed Faust table, as the journeys agent uses it.

Rows are put behind the changelog's acknowledgement: what the table holds is then always what its changelog holds, up to
rows that came through and of which this worker never learned. A key is (row name, event-time window); the row names
begin with their partition.
"""

from collections.abc import Iterable
from typing import Any

import faust

from agents.stream.sending import acknowledged
from agents.stream.topics import TABLE
from pipeline.rows import Changes

Window = tuple[float, float]
WINDOW_S = 3600.0
MARK_WINDOW = (0.0, WINDOW_S - 0.1)
"""The window of rows that belong to no time, as Faust's tumbling windows print it."""


class JourneysTable:
    """Rows of all partitions that this worker holds."""

    def __init__(self, app: faust.App, partitions: int) -> None:
        self.faust_table = app.Table(TABLE, partitions=partitions, value_type=bytes)
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

    async def write(self, partition: int, changes: Changes, clock_ms: int) -> None:
        """Makes a flush's changes durable, in their order; returns once they are acknowledged."""
        now = self._window_of(clock_ms)
        puts = []
        for name, value in changes.puts:
            window = MARK_WINDOW if name.endswith("/m") else now
            puts.append(((name, window), value))
        await acknowledged([await self._send(partition, key, value) for key, value in puts])
        for key, value in puts:
            self.faust_table.data[key] = value
            self._windows[key[0]] = key[1]

    async def delete(self, partition: int, names: Iterable[str]) -> None:
        """Deletes rows; returns once the tombstones are acknowledged."""
        keys = [(name, self._windows.pop(name)) for name in names if name in self._windows]
        await acknowledged([await self._send(partition, key, None) for key in keys])
        for key in keys:
            self.faust_table.data.pop(key, None)

    def _window_of(self, clock_ms: int) -> Window:
        window: Window = self.faust_table.window.current(clock_ms / 1000)
        return window

    async def _send(self, partition: int, key: tuple[str, Window], value: bytes | None) -> Any:
        return await self.faust_table.changelog_topic.send(
            key=key, value=value, partition=partition, key_serializer="json", value_serializer="raw"
        )
