"""`python -m bench.recovery [--journeys N,N,…] [--events N]`: what open journeys cost, at a start and in memory.

For each number of journeys, on topics of its own: so many journeys are opened by a worker on a real broker, and the
worker is killed by SIGKILL. Then
1. recovery: a worker is started, and taken is the time from process start to ready, of this from the assignment of the
   partitions until work went on, and of this the building of the state from its rows;
2. memory: the worker's resident memory beyond that of one without journeys, by open journey;
3. the changelog as compaction would leave it: live rows and their bytes, while the journeys are open, and after all
   have ended, when only their places are remembered (JOURNEY_MEMORY_S).

The workers load no model, which would add the same seconds to each start, and write no tests.
"""

import argparse
import random
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from agents.local.kafka import LocalKafka, jars_folder
from agents.local.processes import free_port
from agents.settings import Settings, load
from agents.stream.broker.topics import changelog
from agents.stream.journeys.repartition import partition_of
from schemas.codecs import to_json
from schemas.events import End, Event
from tests.stream.cluster import WorkerProcess, latest, produce, read, wait_for
from tests.stream.traffic import Shape, journey

PATIENCE_S = 900.0
MESSAGE_EVENTS = 200
GAP_S = 600.0
LATENESS_S = 2.0
SAID = re.compile(r"taken up with \d+ journeys in (\d+\.\d+) s")


@dataclass(frozen=True)
class Recovery:
    """Seconds and bytes of one start."""

    ready_s: float
    recovery_s: float
    building_s: float
    resident_bytes: int


def opened(count: int, events: int) -> list[Event]:
    """So many journeys, open, that began just now."""
    shape = Shape(steps_min=events, steps_max=events, step_ms=100, sittings_max=1, ends=0.0)
    now_ms = round(time.time() * 1000) - 1_000
    rng = random.Random(count)
    return [event for number in range(count) for event in journey(rng, f"j{number}", now_ms, shape)]


def ends_of(count: int) -> list[Event]:
    """An end for each of them."""
    now_ms = round(time.time() * 1000)
    return [
        End(id=f"j{n}-end", app="shop.example", session_id=f"j{n}", journey_id=f"j{n}", at_ms=now_ms)
        for n in range(count)
    ]


def send(settings: Settings, events: list[Event]) -> None:
    """Many journeys a message, all of the message's partition: a message costs more than an event."""
    by_partition: dict[int, list[Event]] = {}
    for event in events:
        by_partition.setdefault(partition_of(event.journey_id, settings.partitions), []).append(event)
    for partition, some in by_partition.items():
        bodies = [some[start : start + MESSAGE_EVENTS] for start in range(0, len(some), MESSAGE_EVENTS)]
        messages = [(b"", b"[" + b",".join(to_json(event) for event in body) + b"]") for body in bodies]
        produce(settings.brokers, settings.topic("events"), messages, partition)


def metric(worker: WorkerProcess, name: str) -> float:
    """The sum of a metric's samples; -1 where there is none."""
    page = (worker.get("/metrics") or b"").decode()
    found = re.findall(rf"^journeywright_{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE)
    return sum(float(one) for one in found) if found else -1.0


def start(worker: WorkerProcess) -> Recovery:
    """Starts a worker and measures until it is ready."""
    worker.log.unlink(missing_ok=True)
    began_s = time.monotonic()
    worker.start()
    while not worker.is_ready():
        assert time.monotonic() < began_s + PATIENCE_S, worker.tail()
        time.sleep(0.05)
    ready_s = time.monotonic() - began_s
    recovery_s = metric(worker, "recovery_seconds")
    building_s = sum(float(one) for one in SAID.findall(worker.log.read_text(errors="replace")))
    resident = round(metric(worker, "process_resident_memory_bytes"))
    return Recovery(ready_s, recovery_s, building_s, resident)


def live(settings: Settings) -> tuple[int, int]:
    """Rows of the changelog that compaction would keep, and their bytes."""
    rows = latest(read(settings.brokers, changelog(settings)))
    return len(rows), sum(len(value) for value in rows.values())


def measure(folder: Path, brokers: str, count: int, events: int, close_max: int) -> int:
    """One number of journeys; prints its lines and returns the resident bytes after recovery."""
    own = folder / f"n{count}"
    own.mkdir()
    settings = load(
        brokers=brokers, data=own, topic_prefix=f"n{count}.", web_port=free_port(), log_level="info",
        roles="journeys", gap_s=GAP_S, lateness_s=LATENESS_S, journey_memory_s=GAP_S + LATENESS_S,
    )  # fmt: skip
    worker = WorkerProcess(settings, own / "worker.log")
    try:
        start(worker)
        send(settings, opened(count, events))
        wait_for(lambda: metric(worker, "open_windows") == count, PATIENCE_S, worker.tail)
        wait_for(lambda: metric(worker, "lag_messages") <= settings.partitions, PATIENCE_S, worker.tail)
        held = metric(worker, "held_bytes")
        worker.kill()
        rows = live(settings)
        found = start(worker)
        print(f"{count} open journeys, {events} events each, {held / max(1, count * events):.0f} bytes an event:")
        print(
            f"  start to ready {found.ready_s:.1f} s, of this from assignment to work {found.recovery_s:.2f} s, "
            f"of this building the state {found.building_s:.2f} s; resident {found.resident_bytes / 1e6:.0f} MB"
        )
        print(f"  changelog: {rows[0]} live rows, {rows[1] / 1e6:.1f} MB", flush=True)
        if count > close_max:
            return found.resident_bytes
        send(settings, ends_of(count))
        wait_for(lambda: metric(worker, "open_windows") == 0, PATIENCE_S, worker.tail)
        wait_for(lambda: metric(worker, "lag_messages") <= settings.partitions, PATIENCE_S, worker.tail)
        time.sleep(2)
        rows = live(settings)
        print(f"  after their end: {rows[0]} live rows, {rows[1] / 1e6:.2f} MB", flush=True)
        return found.resident_bytes
    finally:
        worker.kill()


def main() -> None:
    """Prints the figures for each number of journeys."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journeys", default="1000,10000,100000")
    parser.add_argument("--events", type=int, default=4, help="events of a journey")
    parser.add_argument("--close-max", type=int, default=10_000, help="up to so many are closed, too: it takes long")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeywright-recovery-") as name:
        folder = Path(name)
        kafka = LocalKafka(folder / "kafka", jars_folder(load()))
        try:
            brokers = kafka.start()
            empty = measure(folder, brokers, 0, options.events, options.close_max)
            for count in (int(one) for one in options.journeys.split(",")):
                resident = measure(folder, brokers, count, options.events, options.close_max)
                print(f"  memory: {(resident - empty) / count:.0f} bytes an open journey", flush=True)
        finally:
            kafka.stop()


if __name__ == "__main__":
    main()
