"""`python -m bench.scale [--document]`: what a cluster for so many apps needs, reckoned from what was measured.

A model of a dozen multiplications, to be doubted: each figure of `Measured` says where it comes from. `--document`
prints the table of docs/scale.md; a test compares the two.
"""

import argparse
import math
from dataclasses import dataclass
from typing import Final

from schemas.limits import PARTITION_BYTES_MAX

DAY_S: Final = 86_400
GIB: Final = 1024**3
FULL: Final = 0.6
"""Part of a core that is planned for: the rest is for peaks within the minute, recovery and take-overs."""
PARTITION_FULL_BYTES: Final = PARTITION_BYTES_MAX / 2
"""Of the open events of a partition; at its bound, closed windows no longer wait for stragglers."""
TESTED_BYTES: Final = 4 * GIB
"""What a worker's pod may have; more workers before larger ones."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one event, journey and worker cost. Seconds, and bytes of memory and disk."""

    worker_s: float = 609e-6  # one worker until its last test: 12.0 s for 19,713 events, 8.8 a message, 617 B each
    event_bytes: int = 6_760  # 98 journeys recorded on ten real apps: mean of JSON on the topic, uncompressed
    compression: float = 8.0  # zlib makes 13 of whole journeys; batches of a producer mix journeys
    journey_events: int = 12  # the same 98 journeys
    story_bytes: int = 50_600  # the same 98 journeys: a story as JSON
    stored_part: float = 0.25  # PostgreSQL compresses large texts; reckoned, not measured
    rest_bytes: int = 130 * 1024**2  # /proc of a worker without open journeys
    model_bytes: int = 900 * 1024**2  # once a machine
    open_event_bytes: int = 600  # beyond its body: ADR 15
    closed_journey_bytes: int = 1_200  # its place, kept for a day: ADR 15
    recovery_s: float = 82e-6  # an open journey of four events, all told: ADR 20
    takeover_s: float = 6.5  # session time-out and what follows it: ADR 19


@dataclass(frozen=True, slots=True)
class Load:
    """What comes: `peak` is the busiest hour's rate over the day's mean."""

    apps: int
    journeys_day: int = 5_000
    peak: float = 4.0
    open_s: float = 1_800 + 120 + 600
    """How long a journey is held: its silence, the time for stragglers, and how long it takes itself."""
    retention_days: float = 7.0
    """Of the topic `events`."""
    stories_days: int = 90
    """How long storage keeps stories (JOURNEYWRIGHT_STORIES_DAYS)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What it needs."""

    events_s: float
    cores: float
    workers: int
    partitions: int
    worker_bytes: float
    topic_bytes: float
    network_mbit_s: float
    stories_bytes: float
    recovery_s: float


def plan(load: Load, of: Measured) -> Plan:
    """The least that carries this load at its peak, with one worker away."""
    journeys_s = load.apps * load.journeys_day / DAY_S * load.peak
    events_s = journeys_s * of.journey_events
    cores = events_s * of.worker_s / FULL
    held = journeys_s * load.open_s
    body = of.journey_events * (of.event_bytes + of.open_event_bytes) + of.closed_journey_bytes
    memory = held * body + load.apps * load.journeys_day * of.closed_journey_bytes
    room = TESTED_BYTES - of.rest_bytes - of.model_bytes
    workers = 1 + max(1, math.ceil(cores), math.ceil(memory / room))
    return Plan(
        events_s=events_s,
        cores=cores,
        workers=workers,
        partitions=_power_of_two(max(4, 3 * workers, memory / PARTITION_FULL_BYTES)),
        worker_bytes=of.rest_bytes + of.model_bytes + memory / (workers - 1),
        topic_bytes=load.apps * load.journeys_day * load.retention_days * of.journey_events * of.event_bytes
        / of.compression * 3,
        network_mbit_s=events_s * of.event_bytes / of.compression * 8 / 1e6,
        stories_bytes=load.apps * load.journeys_day * load.stories_days * of.story_bytes * of.stored_part,
        recovery_s=of.takeover_s + held / workers * of.recovery_s * of.journey_events / 4,
    )  # fmt: skip


def rate(workers: int, cores: int, of: Measured) -> float:
    """Events a second that so many workers with one thread of work each can do on so many cores."""
    return min(workers, cores) / of.worker_s


def _power_of_two(number: float) -> int:
    return 2 ** math.ceil(math.log2(number))


def size(number: float) -> str:
    """`1.5 GB`, for people."""
    for unit, bytes_ in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= bytes_:
            return f"{number / bytes_:,.1f} {unit}"
    return f"{number / 1e3:,.0f} kB"


def document() -> str:
    """The table of docs/scale.md."""
    loads = [Load(10), Load(100), Load(2_000)]
    plans = [plan(load, Measured()) for load in loads]
    rows = {
        "journeys a day": [f"{load.apps * load.journeys_day:,}" for load in loads],
        "events a second at the peak": [f"{one.events_s:,.0f}" for one in plans],
        "cores for the workers": [f"{one.cores:,.1f}" for one in plans],
        "workers, one of them to spare": [f"{one.workers:,}" for one in plans],
        "partitions": [f"{one.partitions:,}" for one in plans],
        "memory of a worker": [size(one.worker_bytes) for one in plans],
        "topic `events`, a week, three replicas": [size(one.topic_bytes) for one in plans],
        "into Kafka at the peak": [f"{one.network_mbit_s:,.1f} Mbit/s" for one in plans],
        "stories in the database, 90 days": [size(one.stories_bytes) for one in plans],
        "take-over with its recovery": [f"{one.recovery_s:,.0f} s" for one in plans],
    }
    head = ["| | 10 apps | 100 apps | 2,000 apps |", "|---|---|---|---|"]
    return "\n".join([*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())])


def main() -> None:
    """Prints the plan of a load, or the table of the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", action="store_true", help="print the table of docs/scale.md")
    parser.add_argument("--apps", type=int, default=10)
    parser.add_argument("--journeys", type=int, default=5_000, help="journeys of an app in a day")
    parser.add_argument("--peak", type=float, default=4.0, help="the busiest hour's rate over the day's mean")
    options = parser.parse_args()
    if options.document:
        print(document())
        return
    found = plan(Load(options.apps, options.journeys, options.peak), Measured())
    print(f"{found.events_s:,.0f} events/s at the peak: {found.workers} workers ({found.cores:.1f} cores), "
          f"{found.partitions} partitions, {size(found.worker_bytes)} each; {size(found.topic_bytes)} of topics, "
          f"{size(found.stories_bytes)} of stories")  # fmt: skip
    for workers in (1, 3):
        print(f"{workers} workers on 2 cores: {rate(workers, 2, Measured()):,.0f} events/s")


if __name__ == "__main__":
    main()
