"""`journeywright worker`: one Faust worker in a cluster."""

import time
from typing import Annotated

import typer

from agents.cli.console import Failure, say
from agents.cli.options import KAFKA, takes
from agents.settings import Settings

BROKER_S = 90.0
"""How long a worker waits for a broker that isn't there yet: both may be starting."""

HELP = """Runs one worker until stopped. Start as many as you like, on as many machines; they share the partitions.

Example:  journeywright worker --brokers kafka-1:9092,kafka-2:9092 --role journeys,tests \\
--storage postgresql+psycopg://…

Roles: ingest takes events by HTTP, journeys makes stories of them, tests writes tests of those.
The role prove, off by default and with no other one, proves new and changed tests in those environments of
JOURNEYWRIGHT_ENVIRONMENTS that say `automatic = true`."""


@takes(*(name for name in Settings.model_fields if name not in ("kafka_jars", "roles", *KAFKA)), *KAFKA)
def worker(
    settings: Settings,
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            envvar="JOURNEYWRIGHT_ROLES",
            help="Any of ingest,journeys,tests, or prove alone. None: the first three.",
        ),
    ] = None,
) -> None:
    """Waits for the broker, then hands over to Faust until a signal comes."""
    from agents.settings import load

    if role is not None:
        settings = load(**{**settings.model_dump(), "roles": role})
    if not settings.brokers:
        raise Failure("no broker is named: give --brokers, set JOURNEYWRIGHT_BROKERS, or run `journeywright up`", 2)
    from agents.composition import Services

    services = Services(settings, shares_model=True)
    services.require_usable()
    # The model and our libraries take seconds to load; the broker may be starting meanwhile.
    if "journeys" in settings.role_set:
        services.embedder.warm()
    from agents.storage import StorageUnavailable
    from agents.stream.worker import run

    _wait_for(settings)
    try:
        raise typer.Exit(run(services))
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct JOURNEYWRIGHT_STORAGE") from None


def _wait_for(settings: Settings) -> None:
    from agents.local.kafka import answers

    deadline = time.monotonic() + BROKER_S
    waiting = False
    while not answers(settings.brokers, settings):
        if time.monotonic() > deadline:
            raise Failure(f"no broker answers at {settings.brokers}: start one, or correct JOURNEYWRIGHT_BROKERS")
        if not waiting:
            say(f"Waiting for a broker at {settings.brokers}")
            waiting = True
        time.sleep(0.2)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("worker", help=HELP)(worker)
