"""`journeywright doctor`: what is there, what is missing, and what to do about it."""

from typing import Annotated

import typer
from rich.markup import escape

from agents.cli.console import Failure, out
from agents.cli.options import KAFKA, takes
from agents.settings import Settings

HELP = """Checks what journeywright needs: Java, Kafka, topics, registry, storage, files, browser, model, recorder.

Example:  journeywright doctor --brokers 127.0.0.1:9092

Each line says what was found, or what to do. Exit code 1 if something is missing."""


@takes(
    "data", "brokers", "storage", "files", "chromium", "kafka_jars", "topic_prefix", "partitions",
    "schema_registry_url", *KAFKA,
)  # fmt: skip
def doctor(
    settings: Settings,
    only: Annotated[str, typer.Option(help="Check only this: java, kafka, topics, storage …")] = "",
) -> None:
    """Runs the checks and prints a line each."""
    from agents.local.checks import CHECKS

    chosen = {name: check for name, check in CHECKS.items() if only in ("", name)}
    if not chosen:
        raise Failure(f"there is no check {only!r}; choose from {', '.join(CHECKS)}", code=2)
    failed = 0
    for name, check in chosen.items():
        finding = check(settings)
        failed += not finding.good
        sign = "[green]✓[/]" if finding.good else "[red]✗[/]"
        out.print(f"{sign} {name:9} {escape(finding.found)}")
        if finding.todo:
            out.print(f"  {'':9} → {escape(finding.todo)}")
    if failed:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor", help=HELP)(doctor)
