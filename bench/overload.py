"""`python -m bench.overload [--seconds N] [--times N] [--clients N]`: far more than the machine can take, over HTTP.

Starts a machine of its own (Kafka from the jars, one worker with all roles, a folder that is removed at the end), then
1. the sustainable rate of the port: a few clients, each sending one short journey after the other, for some seconds;
2. the overload: `--times` that rate for `--seconds`, whatever the answers are;
3. the recovery: the time until a request is taken again, and until every journey that was acknowledged has its story.

Prints the answers by status, the memory of the processes over time, and what became of what was acknowledged. Ends with
1 where something acknowledged is neither in a story nor in a dead letter, or where a refusal doesn't say when to come
back.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiokafka import AIOKafkaConsumer

from agents.local.processes import free_port
from agents.local.supervisor import Machine
from agents.settings import load
from bench.stream import journey

EVENTS = 10
CALIBRATION_CLIENTS = 8
CALIBRATION_S = 8.0
PATIENCE_S = 120.0
"""How long nothing may come out before the wait for the rest is given up; the whole of it takes what it takes."""
TELL_S = 30.0
TICK_S = 0.02
MIB = 1024 * 1024


@dataclass
class Load:
    """What was sent and answered."""

    url: str
    answers: Counter[int] = field(default_factory=Counter)
    unsent: int = 0
    """Requests that the generator held back, because as many as it has clients were under way."""
    silent: int = 0
    """Refusals without Retry-After."""
    errors: Counter[str] = field(default_factory=Counter)
    """Why there was no answer."""
    acknowledged: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    under_way: int = 0

    async def one(self, session: aiohttp.ClientSession, name: str) -> None:
        """Sends a journey; 0 stands for no answer."""
        self.under_way += 1
        began = time.perf_counter()
        try:
            async with session.post(self.url, data=json.dumps(journey(name, EVENTS)).encode()) as answer:
                status = answer.status
                self.silent += status in (429, 503) and "Retry-After" not in answer.headers
        except (aiohttp.ClientError, TimeoutError) as error:
            status = 0
            self.errors[type(error).__name__] += 1
        self.under_way -= 1
        self.answers[status] += 1
        if status == 202:
            self.acknowledged.add(name)
            self.seconds.append(time.perf_counter() - began)


def resident(pids: dict[str, int]) -> dict[str, int]:
    """MiB of memory that each process holds, its children included."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it ended meanwhile
            children.setdefault(parent, []).append(int(entry.name))

    def total(pid: int) -> int:
        try:
            own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            own = 0
        return own + sum(total(child) for child in children.get(pid, ()))

    return {name: total(pid) // MIB for name, pid in pids.items()}


async def sustainable(load_: Load, session: aiohttp.ClientSession) -> float:
    """Journeys a second that a few patient clients get through."""
    deadline = time.monotonic() + CALIBRATION_S

    async def client(number: int) -> None:
        sent = 0
        while time.monotonic() < deadline:
            await load_.one(session, f"calm-{number}-{sent}")
            sent += 1

    await asyncio.gather(*(client(number) for number in range(CALIBRATION_CLIENTS)))
    return len(load_.acknowledged) / CALIBRATION_S


async def flood(load_: Load, session: aiohttp.ClientSession, rate: float, seconds: float, clients: int) -> None:
    """Offers so many journeys a second, whether or not the ones before were answered."""
    began = time.monotonic()
    offered = 0
    tasks: set[asyncio.Task[None]] = set()
    while (passed := time.monotonic() - began) < seconds:
        while offered < passed * rate:
            offered += 1
            if load_.under_way >= clients or len(tasks) >= clients:
                load_.unsent += 1
                continue
            task = asyncio.create_task(load_.one(session, f"flood-{offered}"))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(TICK_S)
    await asyncio.gather(*tasks)


async def watch(pids: dict[str, int], every_s: float, say: Callable[[dict[str, int]], None]) -> None:
    """Notes the memory now and then, until it is cancelled."""
    while True:
        say(await asyncio.to_thread(resident, pids))
        await asyncio.sleep(every_s)


async def all_told(broker: str, wanted: set[str]) -> tuple[set[str], int]:
    """The journeys that are without story or dead letter when all are there or nothing more comes; and the letters."""
    consumer = AIOKafkaConsumer(
        "stories", "events-dead-letter", bootstrap_servers=broker, auto_offset_reset="earliest", max_poll_records=2_000
    )
    await consumer.start()
    left, letters = set(wanted), 0
    moved = told = time.monotonic()
    try:
        while left and time.monotonic() < moved + PATIENCE_S:
            before = len(left)
            for part, batch in (await consumer.getmany(timeout_ms=500)).items():
                for message in batch:
                    if part.topic == "stories":
                        left.discard(json.loads(message.value)["journey_id"] if message.value else "")
                    else:
                        letters += 1
                        left.discard((message.key or b"").decode("utf-8", "replace"))
            now = time.monotonic()
            moved = now if len(left) < before else moved
            if now >= told + TELL_S:
                told = now
                print(f"{len(wanted) - len(left):,} of {len(wanted):,} told", flush=True)
    finally:
        await consumer.stop()
    return left, letters


async def run(machine: Machine, options: argparse.Namespace) -> bool:
    """All of it; whether it went as it should."""
    load_ = Load(f"{machine.url}/api/v1/events")
    memory: list[dict[str, int]] = []
    timeout = aiohttp.ClientTimeout(total=60)
    connector = aiohttp.TCPConnector(limit=options.clients)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        rate = await sustainable(load_, session)
        print(f"sustainable: {rate:,.0f} journeys/s, {rate * EVENTS:,.0f} events/s")
        watching = asyncio.create_task(watch(machine.pids, max(1.0, options.seconds / 12), memory.append))
        load_.answers.clear()
        load_.seconds.clear()
        began = time.monotonic()
        await flood(load_, session, rate * options.times, options.seconds, options.clients)
        took = time.monotonic() - began
        watching.cancel()
        ended = time.monotonic()
        tried = 0
        while load_.answers[202] == 0 or f"after-{tried - 1}" not in load_.acknowledged:
            await load_.one(session, f"after-{tried}")
            tried += 1
        print(f"taken again {time.monotonic() - ended:.2f} s after the end, at try {tried}")
    left, letters = await all_told(machine.settings.brokers, load_.acknowledged)
    print(f"all of it told {time.monotonic() - ended:.1f} s after the end")
    memory.append(resident(machine.pids))
    sent = sum(load_.answers.values())
    by_status = ", ".join(f"{status or 'no answer'} {count:,}" for status, count in sorted(load_.answers.items()))
    print(f"offered {sent + load_.unsent:,} in {took:.0f} s, sent {sent:,} ({sent / took:,.0f}/s): {by_status}")
    if load_.errors:
        print("no answer: " + ", ".join(f"{name} {count}" for name, count in load_.errors.items()))
    print(f"time to 202: median {statistics.median(load_.seconds):.2f} s, worst {max(load_.seconds):.2f} s")
    print("memory, MiB: " + "; ".join(", ".join(f"{n} {mib}" for n, mib in row.items()) for row in memory))
    print(f"acknowledged {len(load_.acknowledged):,}, dead letters {letters}, lost {len(left)}, "
          f"refusals without Retry-After {load_.silent}")  # fmt: skip
    return not left and not load_.silent


def main() -> None:
    """Runs it and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="how long the overload lasts")
    parser.add_argument("--times", type=float, default=10, help="how many times the sustainable rate")
    parser.add_argument("--clients", type=int, default=600, help="requests that may be under way at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="journeywright-overload-") as folder:
        settings = load(data=Path(folder), brokers="", web_port=free_port(), topic_prefix="", lateness_s=10)
        with Machine(settings, say=print) as machine:
            right = asyncio.run(run(machine, options))
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
