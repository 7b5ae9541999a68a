"""One run: bodies and messages for a while, then where all of it is."""

import asyncio
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx
from aiokafka import AIOKafkaProducer

from agents.local.processes import free_port
from agents.local.supervisor import Machine
from agents.settings import load
from agents.stream.journeys.ticks import TICK_HEADER
from agents.stream.supervision.abort import FROZEN
from pipeline.intake import BadInput, read_message
from schemas.codecs import from_json, to_json
from schemas.stories import STORY
from tests.faults.run import compare, texts, windowing_of
from tests.faults.truth import LogTruth
from tests.fuzz import mutations
from tests.stream.cluster import Record, lag, latest, read

PATHS: Final = ("/api/v1/events", "/api/v1/events", "/e/", "/i/v0/e/", "/batch/", "/s/")
GOOD_EVERY: Final = 20
"""One good journey among so many bodies and messages."""
ANSWER_S: Final = 60.0
"""A later answer is a hang."""
SETTLE_S: Final = 180.0
"""How long all may take to come to its place in the end."""
NO_ACTS: Final = frozenset(
    {
        "opaque",
        "request",
        "effect",
        "dialog",
        "download",
        "end",
        "popup",
        "recording",
        "recorder_error",
        "scroll",
        "hover",
    }
)
"""Kinds of events that say nothing of what somebody did; a window of these alone has no story."""
WRONG_MAX: Final = 10
TICKS_MAX: Final = 10
"""Messages that may be under way though nobody sends any more."""
CHECK_S: Final = 0.5
BACK_S: Final = 300.0
"""How long a worker that the machine stopped may take to be back."""


@dataclass
class Report:
    """What was sent, how it was answered, and all that was wrong."""

    seed: int
    sent: Counter[str] = field(default_factory=Counter)
    good: list[str] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    """Windows in which nothing was done, by the kinds of their events: they have no story."""
    refusals: dict[tuple[int, int], str] = field(default_factory=dict)
    """Why messages can't be read, by partition and offset: each is read once, however often it is looked."""
    frozen: list[str] = field(default_factory=list)
    """Ends of a worker that the machine gave no time for longer than a session: no input's doing, and counted."""
    wrong: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        """Takes what the supervisor says: how a process ended."""
        if " ended with " in line:
            (self.frozen if FROZEN in line else self.wrong).append(line)

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(self.sent.items()))
        found = ", ".join(f"{name} {count}" for name, count in sorted(self.places.items()))
        silent = ", ".join(f"({kinds}) {count}" for kinds, count in self.silent.most_common())
        wrong = "".join(f"\nWRONG: {one}" for one in self.wrong)
        return (
            f"seed {self.seed}: {counts}; good journeys {len(self.good)}; {found}\nno story: {silent or 'none'}\n"
            f"ends for want of time: {len(self.frozen)}{wrong}"
        )


class Keeper:
    """Starts again what ends, as `journeywright up` does; a context."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper")

    def __enter__(self) -> "Keeper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(CHECK_S):
            self._machine.check()


def good_journey(name: str) -> dict[str, Any]:
    """Three events of an app of its own, with an end."""
    at_ms = round(time.time() * 1000) - 2_000
    base = {"app": f"app of {name}", "session_id": f"s-{name}", "journey_id": name, "tab_id": "t", "traffic": "test"}
    save = {"tag": "button", "role": "button", "name": "Save"}
    save |= {"candidates": [{"locator": {"by": "role", "role": "button", "name": "Save"}, "count": 1}]}
    page = {"url": "http://shop.test/", "title": "Shop"}
    kinds: list[dict[str, Any]] = [
        {"kind": "navigation", "url": page["url"]},
        {"kind": "click", "target": save},
        {"kind": "end"},
    ]
    return {
        "events": [
            {**base, **one, "id": f"{name}-{seq}", "at_ms": at_ms + 100 * seq, "seq": seq, "page": page}
            for seq, one in enumerate(kinds)
        ]
    }


async def _send(machine: Machine, report: Report, seconds: float) -> None:
    """Bodies by HTTP and messages by Kafka, in turns as the seed says, until time is up."""
    rng, deadline, number = random.Random(report.seed), time.monotonic() + seconds, 0
    producer = AIOKafkaProducer(bootstrap_servers=machine.settings.brokers)
    await producer.start()
    try:
        async with httpx.AsyncClient(base_url=machine.url, timeout=ANSWER_S, verify=False) as http:
            while time.monotonic() < deadline and len(report.wrong) < WRONG_MAX:
                number += 1
                name = f"z{report.seed}.{number}"
                if number % GOOD_EVERY == 0:
                    body = json.dumps(good_journey(name)).encode()
                    if await _post(http, report, "/api/v1/events", body, 202):
                        report.good.append(name)
                elif rng.random() < 0.5:
                    await _post(http, report, rng.choice(PATHS), mutations.body(rng, name))
                else:
                    key = rng.choice((name.encode(), None, b"\xff", b""))
                    value = mutations.body(rng, name)[: 900 * 1024]
                    await producer.send_and_wait("events", value, key=key)
                    report.sent["messages"] += 1
    finally:
        await producer.stop()


async def _post(http: httpx.AsyncClient, report: Report, path: str, body: bytes, wanted: int = 0) -> bool:
    """Whether it was answered. No answer is wrong, unless the worker ended: then that is reported, and it is waited
    for as any sender would."""
    try:
        answer = await http.post(path, content=body)
    except httpx.HTTPError as error:
        if await _back(http):
            report.sent["unanswered"] += 1
        else:
            report.wrong.append(f"{path}: {type(error).__name__} for {body[:300]!r}")
        return False
    report.sent[f"http {answer.status_code}"] += 1
    if answer.status_code >= 500 or wanted not in (0, answer.status_code):
        report.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]} for {body[:300]!r}")
    return True


async def _back(http: httpx.AsyncClient) -> bool:
    """Whether the port was closed, and is ready again within BACK_S."""
    closed, deadline = False, time.monotonic() + BACK_S
    while time.monotonic() < deadline:
        try:
            if (await http.get("/readyz")).status_code == HTTPStatus.OK:
                return closed
        except httpx.HTTPError as error:
            closed = closed or isinstance(error, httpx.ConnectError)
        await asyncio.sleep(CHECK_S)
    return False


def _lag(machine: Machine) -> int:
    settings = machine.settings
    return sum(lag(settings.brokers, settings.group, settings.topic(name)) for name in ("events", "stories"))


def _looked(machine: Machine, report: Report, log: LogTruth) -> list[str]:
    """What is missing; while the worker is away, that."""
    try:
        return _missing(machine, report, log)
    except httpx.TransportError as error:
        return [f"the web port does not answer: {type(error).__name__}"]


def _missing(machine: Machine, report: Report, log: LogTruth) -> list[str]:
    """What is not where the pure core, over the log of the events topic, says that it must be."""
    settings = machine.settings
    records, letters, told = (
        read(settings.brokers, settings.topic(name)) for name in ("events", "events-dead-letter", "stories")
    )
    truth = log.read(records)
    buried = {
        (int(letter.headers["journeywright-partition"]), int(letter.headers["journeywright-offset"]))
        for letter in letters
    }
    found = {key: untagged(value) for key, value in latest(told).items()}
    stories = compare(found, texts(truth.stories))
    report.places = Counter({"dead letters": len(buried), "stories": len(found), "open windows": truth.open})
    report.silent = truth.silent
    missing = [] if stories.equal else [f"stories: {stories}"]
    missing += [f"no story of ({kinds})" for kinds in truth.silent if not NO_ACTS.issuperset(kinds.split())]
    for record in records:
        place = record.partition, record.offset
        if place not in report.refusals:
            report.refusals[place] = _refusal(record)
        cause = "late" if place in truth.late_at else report.refusals[place]
        if cause and place not in buried:
            missing.append(f"message {record.partition}/{record.offset} is no dead letter: {cause}")
    missing += [
        f"a fault of ours: {letter.headers['journeywright-cause'].decode()}"
        for letter in letters
        if letter.headers["journeywright-kind"] == b"internal"
    ]
    untold = sum(letter.headers["journeywright-kind"] == b"untellable" for letter in letters)
    if untold < len(truth.untellable):
        missing.append(f"{len(truth.untellable)} windows can't be told, {untold} are dead letters")
    with httpx.Client(base_url=machine.url, timeout=ANSWER_S, verify=False) as http:
        for journey in truth.waiting:
            if http.get(f"/api/v1/journeys/{quote(journey, safe='')}").status_code != HTTPStatus.OK:
                missing.append(f"journey {journey!r} is not among the open ones")
        for name in report.good:
            if not http.get("/api/v1/tests", params={"app": f"app of {name}"}).json()["tests"]:
                missing.append(f"good journey {name} has no test")
    return missing


def _refusal(record: Record) -> str:
    """Why a message, or an event of it, can't be read; "" where all can be."""
    if TICK_HEADER in record.headers:
        return ""
    try:
        return next((one.error for one in read_message(record.value or b"", record.headers).refused), "")
    except BadInput as error:
        return str(error)


def untagged(story: bytes) -> bytes:
    """A story as it is before the model looked at it."""
    return to_json(from_json(STORY, story).model_copy(update={"patterns": (), "tags": ()}))


def run(folder: Path, seed: int, seconds: float) -> Report:
    """Sends for so many seconds, then waits until all is in its place, for SETTLE_S at most."""
    settings = load(data=folder, web_port=free_port(), gap_s=60, lateness_s=5, partitions=2)
    report = Report(seed)
    with Machine(settings, say=report.note) as machine, Keeper(machine):
        asyncio.run(_send(machine, report, seconds))
        deadline = time.monotonic() + SETTLE_S
        while _lag(machine) > TICKS_MAX and time.monotonic() < deadline:
            time.sleep(CHECK_S)
        settled, log = False, LogTruth(windowing_of(settings), settings.partitions)
        # A look may take minutes, and windows close meanwhile: the last one begins when all had their time, and reads
        # only what came since the one before.
        while (missing := _looked(machine, report, log)) and not settled:
            settled = time.monotonic() > deadline
            time.sleep(2)
        with httpx.Client(base_url=machine.url, timeout=ANSWER_S, verify=False) as http:
            text = http.get("/metrics").text
    if report.wrong or missing:
        logs = "\n".join(path.read_text("utf-8", "replace")[-1_500:] for path in (folder / "log").glob("worker*"))
        report.wrong.append(f"the workers' logs end with:\n{logs}")
    report.wrong += missing[:WRONG_MAX]
    report.wrong += [
        line for line in text.splitlines() if '_total{cause="internal"' in line and not line.endswith(" 0.0")
    ]
    return report
