"""The wire: what a worker writes and reads with a schema registry, and what it does while that is away."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from aiohttp import web

from agents import wire
from agents.registry import RegistryError
from agents.settings import Settings, load
from agents.wire import SCHEMA_ID_MAX, TRIES_MAX, AvroWire, JsonWire, Wire
from pipeline import generate
from pipeline.windowing.partition import Windowing
from schemas.avro import events_to_avro, schema_id, schema_text
from schemas.codecs import BadInput, to_json
from schemas.events import Event
from schemas.messages import messages_of
from tests.stream.traffic import journey

R = TypeVar("R")
STRANGE = 77
"""The id of a schema of another producer's."""


@dataclass
class Answers:
    """A registry that answers from memory, so that it can be away, or fail, at the word of a test."""

    statuses: dict[str, int] = field(default_factory=dict)
    """Answers to paths that end so, instead of the right one."""
    asked: list[str] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        for end, status in self.statuses.items():
            if request.path.endswith(end):
                return web.json_response({"message": "as told"}, status=status)
        subject = request.path.split("/")[2]
        if request.method == "POST":
            self.subjects.setdefault(subject, (await request.json())["schema"])
            return web.json_response({"id": 1 + list(self.subjects).index(subject)})
        if request.path == f"/schemas/ids/{STRANGE}":
            return web.json_response({"schema": schema_text("events")})
        if subject not in self.subjects:
            return web.json_response({}, status=404)
        return web.json_response({"id": 1, "schema": self.subjects[subject]})


def test_a_story_of_this_process_is_not_parsed_again() -> None:
    """The tests agent gets the very value that was told, not parsed again; of other bytes an equal one."""
    story = generate.stories_of(journey(random.Random(1), "j", 1_700_000_000_000), Windowing(1_800_000))[0]
    written = JsonWire().story(story)
    assert JsonWire().read_story(written) is story
    spaced = written.replace(b'"version":', b'"version": ')
    assert JsonWire().read_story(spaced) is not story
    assert JsonWire().read_story(spaced) == story


def with_registry(answers: Answers, work: Callable[[Settings], Awaitable[R]]) -> R:
    """Runs `work` while the registry answers."""

    async def serve() -> R:
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", answers.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        try:
            return await work(load(schema_registry_url=f"http://user:secret@{host}:{port}"))
        finally:
            await runner.cleanup()

    return asyncio.run(serve())


def with_wire(answers: Answers, work: Callable[[AvroWire], Awaitable[R]]) -> R:
    """Runs `work` with a wire that has started."""

    async def run(settings: Settings) -> R:
        opened = await AvroWire.open(settings)
        answers.asked.clear()
        try:
            return await work(opened)
        finally:
            await opened.close()

    return with_registry(answers, run)


def some_events(count: int = 20) -> list[Event]:
    rng = random.Random(1)
    return [event for number in range(count) for event in journey(rng, f"j{number}", 1_700_000_000_000)]


def strange(number: int = STRANGE) -> bytes:
    return events_to_avro(number, some_events(1))


def read_all(reader: Wire, writer: Wire) -> list[Event]:
    return [event for m in writer.messages(some_events()) for event in reader.read_events(m.value, {}).events]


def test_all_read_what_all_write() -> None:
    """With and without a registry, in all four combinations, events and stories come back as they went, and nobody has
    to ask the registry for that."""
    stories = generate.stories_of(some_events(), Windowing(1_800_000, 120_000, 86_400_000))
    (test, *_) = generate.tests_of(stories)
    answers = Answers()

    async def work(avro: AvroWire) -> None:
        assert [m.key for m in avro.messages(some_events())] == [m.key for m in messages_of(some_events())]
        for writer in (avro, JsonWire()):
            for reader in (avro, JsonWire()):
                assert read_all(reader, writer) == some_events()
                assert [to_json(reader.read_story(writer.story(one))) for one in stories] == list(map(to_json, stories))
        assert schema_id(avro.test(test)) is not None
        assert JsonWire().test(test) == to_json(test)
        await avro.learn(avro.test(test))
        assert answers.asked == []

    with_wire(answers, work)


def test_another_producers_schema_is_fetched_once() -> None:
    """Then it is known."""
    answers = Answers()

    async def work(avro: AvroWire) -> None:
        for _ in range(3):
            await avro.learn(strange())
            assert avro.read_events(strange(), {}).events == tuple(some_events(1))

    with_wire(answers, work)
    assert answers.asked == [f"/schemas/ids/{STRANGE}"]


def test_while_the_registry_is_away_nothing_is_refused() -> None:
    """The reader waits, and goes on when it is back; what it knows already is read meanwhile."""
    answers = Answers()

    async def work(avro: AvroWire) -> None:
        answers.statuses = {"": 503}
        waiting = asyncio.create_task(avro.learn(strange()))
        await asyncio.sleep(1.0)
        assert not waiting.done()
        assert read_all(avro, avro) == some_events()
        answers.statuses = {}
        await asyncio.wait_for(waiting, 10)
        assert avro.read_events(strange(), {}).events == tuple(some_events(1))

    with_wire(answers, work)


@pytest.mark.parametrize("status", [404, 500])
def test_a_schema_that_nobody_has_refuses_its_records_only(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, or such that a registry in good order fails on it: its records are bad input, after so many tries and
    with a bounded number of questions. The reason names the registry, and no password."""
    monkeypatch.setattr(wire, "PAUSE_MAX_S", 0.01)
    monkeypatch.setattr(wire, "PAUSE_MIN_S", 0.01)
    answers = Answers()

    async def work(avro: AvroWire) -> None:
        answers.statuses = {f"/ids/{STRANGE}": status}
        for _ in range(3):
            with pytest.raises(BadInput, match=f"no Avro schema {STRANGE}") as refused:
                await avro.learn(strange())
            assert "127.0.0.1" in str(refused.value)
            assert "secret" not in str(refused.value)
        with pytest.raises(BadInput):
            await avro.learn(strange(SCHEMA_ID_MAX + 1))

    with_wire(answers, work)
    assert sum(path.endswith(f"/ids/{STRANGE}") for path in answers.asked) == (1 if status == 404 else TRIES_MAX)


def test_unknown_schemas_are_forgotten_beyond_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to UNKNOWN_MAX of them are remembered; and each only for a while."""
    monkeypatch.setattr(wire, "UNKNOWN_MAX", 3)
    answers = Answers(statuses={"/ids/1000": 404, "/ids/1001": 404, "/ids/1002": 404, "/ids/1003": 404})

    async def work(avro: AvroWire) -> None:
        for number in (1000, 1001, 1002, 1000, 1003, 1000):
            with pytest.raises(BadInput):
                await avro.learn(strange(number))

    with_wire(answers, work)
    assert [path[-4:] for path in answers.asked] == ["1000", "1001", "1002", "1003", "1000"]


def test_a_start_waits_for_a_registry_that_is_starting() -> None:
    """And gives up, with the reason, when its patience ends."""
    answers = Answers(statuses={"/versions/latest": 503})

    async def late(settings: Settings) -> None:
        opening = asyncio.create_task(AvroWire.open(settings))
        await asyncio.sleep(0.5)
        answers.statuses = {}
        await (await asyncio.wait_for(opening, 10)).close()
        answers.statuses = {"/versions/latest": 503}
        began_s = time.monotonic()
        with pytest.raises(RegistryError, match="answers 503"):
            await AvroWire.open(settings, start_s=0.5)
        assert time.monotonic() - began_s < 5

    with_registry(answers, late)


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (json.dumps({"type": "record", "name": "Story", "fields": []}).replace("[]", "[FIELD]"), "id: string"),
        ('syntax = "proto3";', "no Avro"),
    ],
)
def test_a_start_is_refused_where_readers_would_break(there: str, reason: str) -> None:
    """At once, with what is wrong and what to do; nothing is registered."""
    there = there.replace("FIELD", '{"name": "id", "type": "long", "default": 0}')
    answers = Answers(subjects={"stories-value": there})

    async def start(settings: Settings) -> Any:
        with pytest.raises(RegistryError, match=f"(?s)stories-value.*{reason}.*nothing was registered: run"):
            await AvroWire.open(settings)

    with_registry(answers, start)
    assert answers.subjects["stories-value"] == there


def test_no_registry_says_so_where_a_record_is_not_ours() -> None:
    """What to do stands in the cause of the dead letter."""
    alone = JsonWire()
    for read in (lambda raw: alone.read_events(raw, {}), alone.read_story):
        with pytest.raises(BadInput, match="set JOURNEYWRIGHT_SCHEMA_REGISTRY_URL"):
            read(b"\0\0\0\0\7nonsense")
        with pytest.raises(BadInput) as plain:
            read(b"{")
        assert "REGISTRY" not in str(plain.value)
