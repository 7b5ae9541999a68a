"""A worker whose recovery halts between placing the changelog's partitions and reading them, as on a machine that is
busy: what is fetched meanwhile comes while the flow is stopped."""

import asyncio
import sys
from typing import Any, Final

from faust.tables.recovery import Recovery

from tests.stream.untagged_worker import main

HALT_S: Final = 0.8
"""Less than the second for which Faust waits for messages: what waited before the rebalance still waits."""


def halt_after_seek() -> None:
    """Puts the halt in place."""
    seek = Recovery._seek_offsets

    async def seek_and_halt(self: Any, consumer: Any, tps: Any, offsets: Any, title: str) -> None:
        await seek(self, consumer, tps, offsets, title)
        await asyncio.sleep(HALT_S)

    Recovery._seek_offsets = seek_and_halt


if __name__ == "__main__":
    halt_after_seek()
    sys.exit(main())
