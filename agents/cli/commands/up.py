"""`journeywright up`: everything on this machine until stopped."""

import time
from typing import Annotated

import typer

from agents.cli.console import Failure, out, say
from agents.cli.options import KAFKA, takes
from agents.settings import Settings

CHECK_S = 0.5
WORKERS_MAX = 64

HELP = """Runs everything on this machine until stopped: Kafka (unless --brokers names one), workers, the web port.

Example:  journeywright up --data .data --web-port 6066

Prints `ready http://…` once events are welcome; Ctrl-C or SIGTERM stops it all within ten seconds."""


@takes(*(name for name in Settings.model_fields if name not in KAFKA), *KAFKA)
def up(
    settings: Settings,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=WORKERS_MAX, help="Worker processes, each with all roles. None: one a core."),
    ] = None,
) -> None:
    """Starts the machine and watches over it."""
    from agents.composition import Services
    from agents.local.processes import cores
    from agents.local.supervisor import Machine, NotRunning

    Services(settings).require_usable()
    machine = Machine(settings, workers or workers_of(cores(), settings.partitions), say)
    try:
        machine.start()
        out.print(f"ready {machine.url}")
        while True:
            time.sleep(CHECK_S)
            machine.check()
    except KeyboardInterrupt:
        say("Stopping")
        if machine.given_up:
            raise typer.Exit(1) from None
    except NotRunning as error:
        raise Failure(str(error)) from None
    finally:
        machine.stop()


def workers_of(cores: int, partitions: int) -> int:
    """One worker a core, and none that would have no partition."""
    return max(1, min(cores, partitions, WORKERS_MAX))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("up", help=HELP)(up)
