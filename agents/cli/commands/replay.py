"""`journeywright replay`: events files into the topic."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.console import Failure, err, out
from agents.cli.options import KAFKA, takes
from agents.settings import Settings

if TYPE_CHECKING:
    from schemas.events import Event
    from schemas.messages import Message

MESSAGES_IN_FLIGHT_MAX = 500

HELP = """Puts the events of files into the topic, packed by journey, in their order.

Example:  journeywright replay monday.ndjson.gz tuesday.ndjson.gz --brokers 127.0.0.1:9092

Running it twice is harmless: events are known by their ids. Exit code 1 if a file can't be read."""


@takes("brokers", "topic_prefix", "schema_registry_url", *KAFKA)
def replay(
    settings: Settings,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON, NDJSON or gzip of these.")],
) -> None:
    """Reads the files and produces their events."""
    from agents.cli.files import read_files
    from agents.local.kafka import answers

    if not settings.brokers:
        raise Failure("no broker is named: give --brokers host:port", 2)
    events: list[Event] = []
    for file, intake in read_files(files):
        err.print(f"{file}: {len(intake.events)} events", markup=False)
        events.extend(intake.events)
    if not answers(settings.brokers, settings):
        raise Failure(f"no broker answers at {settings.brokers}: start one, or correct --brokers")
    from agents.composition import Services
    from agents.registry import RegistryError

    began = time.monotonic()
    try:
        messages = Services(settings).wire.messages(events)
    except RegistryError as error:
        raise Failure(f"{error}") from None
    asyncio.run(_produce(settings, messages))
    took_s = max(time.monotonic() - began, 1e-3)
    out.print(f"{len(events)} events in {len(messages)} messages, {took_s:.1f} s, {len(events) / took_s:,.0f} events/s")


async def _produce(settings: Settings, messages: "Sequence[Message]") -> None:
    from aiokafka import AIOKafkaProducer
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from schemas.limits import MESSAGE_BYTES_MAX

    topic = settings.topic("events")
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.brokers,
        acks="all",
        linger_ms=5,
        max_request_size=MESSAGE_BYTES_MAX * 2,
        **settings.aiokafka_options(),
    )
    await producer.start()
    try:
        if not await producer.client.add_topic(topic) and topic not in producer.client.cluster.topics():
            raise Failure(f"there is no topic {topic} at {settings.brokers}: start a worker once, which creates it")
        columns = (TextColumn("messages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task("messages", total=len(messages))
            for start in range(0, len(messages), MESSAGES_IN_FLIGHT_MAX):
                batch = messages[start : start + MESSAGES_IN_FLIGHT_MAX]
                sent = [await producer.send(topic, message.value, key=message.key) for message in batch]
                await asyncio.gather(*sent)
                progress.advance(task, len(batch))
    finally:
        await producer.stop()


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("replay", help=HELP)(replay)
