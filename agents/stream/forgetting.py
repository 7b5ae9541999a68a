"""Old stories leave storage, a few at a time, while the worker does its work."""

import asyncio
import logging
from typing import Final

from agents.metrics import Metrics
from agents.storage import Storage, StorageUnavailable
from agents.storage.sql import rows
from agents.storage.sql.old_stories import OldStories

logger = logging.getLogger(__name__)

EVERY_S: Final = 3_600.0
"""How often old stories are looked for."""
PAUSE_S: Final = 0.1
"""Between two transactions: the stories of now come first."""


class Forgetting:
    """Deletes stories that are older than `days` days, but for those that tests are written from. Any number of workers
    may do so at once. Nothing is forgotten where `days` is 0."""

    def __init__(self, storage: Storage, metrics: Metrics, days: int, every_s: float = EVERY_S) -> None:
        self._storage = storage
        self._metrics = metrics
        self._days = days
        self._every_s = every_s

    async def run(self) -> None:
        """Goes on until it is cancelled. Storage that does not answer is asked again next time."""
        while self._days:
            await asyncio.sleep(self._every_s)
            try:
                await self.forget()
            except StorageUnavailable as error:
                logger.warning("old stories stay for now, storage does not answer: %s", error)
                self._metrics.storage_retries.inc()

    async def forget(self) -> None:
        """Goes once through all apps. Raises StorageUnavailable."""
        for first in await asyncio.to_thread(self._storage.old_stories, self._days, rows.now()):
            old: OldStories | None = first
            while old is not None:
                count, old = await asyncio.to_thread(self._storage.forget_stories, old)
                self._metrics.stories_forgotten.inc(count)
                await asyncio.sleep(PAUSE_S)
