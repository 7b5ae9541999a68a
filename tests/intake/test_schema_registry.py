"""The client of a schema registry, against a real one (Apicurio, from its jars) and against what is none."""

import asyncio
import json
from collections.abc import Callable

import pytest
from aiohttp import web
from intake_samples import as_json, native

from agents.local.checks import CHECKS
from agents.registry import RegistryError, SchemaRegistry
from agents.settings import load
from pipeline.intake import BadInput, read_body, read_message
from schemas.avro import NAMES, AvroReader, UnknownSchema, events_to_avro, schema_text
from tests.registry import Registry


@pytest.fixture
def registry_url(registry: Registry) -> str:
    return registry.url


@pytest.mark.slow
def test_events_travel_by_a_real_registry(registry_url: str) -> None:
    """One side registers the schema and writes, the other fetches it by the record's id and reads."""

    async def travel() -> None:
        there, here = SchemaRegistry(registry_url), SchemaRegistry(registry_url)
        try:
            numbers = {name: await there.require(f"{name}-value", name) for name in NAMES}
            assert {name: await there.require(f"{name}-value", name) for name in NAMES} == numbers
            events = read_body(as_json(native())).events
            raw = events_to_avro(numbers["events"], events)
            reader = AvroReader()
            with pytest.raises(UnknownSchema) as unknown:
                read_message(raw, avro=reader)
            reader.add(unknown.value.schema_id, await here.schema(unknown.value.schema_id))
            assert read_message(raw, avro=reader).events == events
            with pytest.raises(UnknownSchema):
                await here.schema(0x7FFFFF)
        finally:
            await there.close()
            await here.close()

    asyncio.run(travel())


@pytest.mark.slow
def test_a_schema_that_would_break_readers_is_refused(registry_url: str) -> None:
    """Where something else lies under the subject already, the start fails with the reasons, and nothing is added."""

    async def start() -> None:
        registry = SchemaRegistry(registry_url)
        try:
            other = json.loads(schema_text("story"))
            other["fields"][0]["type"] = "long"
            other["fields"][0]["default"] = 0
            number = await registry.register("changed-value", json.dumps(other))
            with pytest.raises(BadInput, match="id: "):
                await registry.require("changed-value", "story")
            latest = await registry.latest("changed-value")
            assert latest is not None
            assert latest.id == number
            assert await registry.latest("nobody-value") is None
        finally:
            await registry.close()

    asyncio.run(start())


@pytest.mark.slow
def test_a_compatible_change_is_registered(registry_url: str) -> None:
    """An earlier version with a field less lies there: ours is added as the next version, by whichever of several
    workers comes first; and the earlier one, which still runs somewhere, may start again after it."""

    async def start() -> None:
        registry = SchemaRegistry(registry_url)
        try:
            earlier = json.loads(schema_text("story"))
            del earlier["fields"][-2]
            first = await registry.register("grown-value", json.dumps(earlier))
            second, again, third = await asyncio.gather(*(registry.require("grown-value", "story") for _ in range(3)))
            assert second == again == third != first
            assert await registry.register("grown-value", json.dumps(earlier)) == first
            assert await registry.compatible("grown-value", schema_text("story")) == ()
        finally:
            await registry.close()

    asyncio.run(start())


def ask(url: str) -> None:
    async def call() -> None:
        registry = SchemaRegistry(url, timeout_s=2)
        try:
            await registry.latest("x")
        finally:
            await registry.close()

    asyncio.run(call())


def test_a_registry_that_is_away_is_named(free_port: Callable[[], int]) -> None:
    """The reason says which registry, and that it can't be reached."""
    with pytest.raises(RegistryError, match=r"http://127\.0\.0\.1:\d+ can't be reached"):
        ask(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(("status", "reason"), [(200, "answers no JSON"), (500, "answers 500 to GET /subjects")])
def test_what_is_no_registry_is_named(status: int, reason: str) -> None:
    """Another server at the address, or one in trouble."""

    async def serve() -> None:
        async def page(_: web.Request) -> web.Response:
            return web.Response(text="<html>", status=status)

        app = web.Application()
        app.router.add_route("*", "/{any:.*}", page)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        registry = SchemaRegistry(f"http://{host}:{port}")
        try:
            with pytest.raises(RegistryError, match=reason):
                await registry.latest("x")
        finally:
            await registry.close()
            await runner.cleanup()

    asyncio.run(serve())


@pytest.mark.slow
def test_the_doctor_looks_at_the_registry(registry_url: str, free_port: Callable[[], int]) -> None:
    """Without registering anything; what is wrong comes with what to do."""
    prefix = "doctor."
    settings = load(schema_registry_url=registry_url, topic_prefix=prefix)

    async def register(text: str) -> bool:
        asked = SchemaRegistry(registry_url)
        try:
            empty = await asked.latest(f"{prefix}stories-value") is None
            await asked.register(f"{prefix}stories-value", text)
            return empty
        finally:
            await asked.close()

    assert CHECKS["registry"](load(schema_registry_url="")).found == "none is named: values are JSON"
    assert CHECKS["registry"](settings).good
    assert asyncio.run(register(json.dumps({"type": "record", "name": "Other", "fields": []})))
    broken = CHECKS["registry"](settings)
    assert not broken.good
    assert "Other is now called Story" in broken.found
    away = CHECKS["registry"](load(schema_registry_url=f"http://127.0.0.1:{free_port()}"))
    assert "can't be reached" in away.found
    assert "JOURNEYWRIGHT_SCHEMA_REGISTRY_URL" in away.todo
