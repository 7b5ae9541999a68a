"""`journeywright up`: everything on this machine until stopped."""

import time
from typing import Annotated

import typer

from agents.cli.console import Failure, out, say
from agents.cli.options import KAFKA, takes
from agents.settings import Settings

CHECK_S = 0.5

HELP = """Runs everything on this machine until stopped: Kafka (unless --brokers names one), a worker, the web port.

Example:  journeywright up --data .data --web-port 6066

Prints `ready http://…` once events are welcome; Ctrl-C or SIGTERM stops it all within ten seconds."""


@takes(*(name for name in Settings.model_fields if name not in KAFKA), *KAFKA)
def up(
    settings: Settings,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes, each with all roles.")] = 1,
) -> None:
    """Starts the machine and watches over it."""
    from agents.composition import Services
    from agents.local.supervisor import Machine, NotRunning

    Services(settings).require_usable()
    machine = Machine(settings, workers, say)
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


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("up", help=HELP)(up)
