"""Ticks: messages without events that let a partition's clock go on when its traffic stops.

They travel through the partition itself, so they are ordered behind the events that they close. They say nothing but
their own log time; a forged one can do no harm. A message with events is none, whatever its headers say.
"""

from typing import Final

TICK_HEADER: Final = "journeywright-tick"
TICK_S_MAX: Final = 1.0
TICK_S_MIN: Final = 0.1


def tick_s(gap_ms: int, lateness_ms: int) -> float:
    """How often an idle partition with open windows is ticked, in seconds: fine enough for the windows to close within
    a small part of the gap."""
    return min(TICK_S_MAX, max(TICK_S_MIN, min(gap_ms, lateness_ms or gap_ms) / 4_000))
