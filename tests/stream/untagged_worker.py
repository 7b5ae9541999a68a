"""A real worker without the model, which takes a gigabyte and seconds to load: stories get no tags. Everything else is
what `journeywright worker` runs. While HOLD lies in its data folder, the stories wait, as for a model that hangs."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agents.composition import Services
from agents.settings import load
from agents.stream.worker import run
from pipeline.patterns.discovery import FoundPattern, SeenGoals
from schemas.stories import Story

HOLD: Final = "hold-stories"


class Untagged:
    """Leaves stories as they are."""

    def __init__(self, data: Path) -> None:
        self._hold = data / HOLD

    def warm(self) -> None:
        """Nothing to load."""

    async def start(self) -> None:
        """Nothing to load."""

    async def tag(self, stories: Sequence[Story]) -> list[Story]:
        """The same stories."""
        while self._hold.exists():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.02)
        return list(stories)

    async def check(self) -> None:
        """It always works."""

    async def find(self, _: Sequence[SeenGoals]) -> Sequence[FoundPattern]:
        """None."""
        return ()

    async def stop(self) -> None:
        """Nothing to end."""

    def close(self) -> None:
        """Nothing to end."""


def main() -> int:
    """Runs it until it is told to end."""
    services = Services(load())
    services.__dict__["embedder"] = Untagged(services.settings.data)
    return run(services)


if __name__ == "__main__":
    sys.exit(main())
