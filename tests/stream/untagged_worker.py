"""A real worker without the model, which takes a gigabyte and seconds to load: stories get no tags. Everything else is
what `journeywright worker` runs."""

import sys
from collections.abc import Sequence

from agents.composition import Services
from agents.settings import load
from agents.stream.worker import run
from pipeline.found_patterns import FoundPattern, SeenGoals
from schemas.stories import Story


class Untagged:
    """Leaves stories as they are."""

    def warm(self) -> None:
        """Nothing to load."""

    async def start(self) -> None:
        """Nothing to load."""

    async def tag(self, stories: Sequence[Story]) -> list[Story]:
        """The same stories."""
        return list(stories)

    async def find(self, _: Sequence[SeenGoals]) -> Sequence[FoundPattern]:
        """None."""
        return ()

    async def stop(self) -> None:
        """Nothing to end."""

    def close(self) -> None:
        """Nothing to end."""


if __name__ == "__main__":
    services = Services(load())
    services.__dict__["embedder"] = Untagged()
    sys.exit(run(services))
