"""`journeywright demo`: the main job on this machine, start to end."""

import signal
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from agents.cli.console import Failure, out, say
from agents.cli.options import takes
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.demo.run import Outcome

HELP = """Shows the main job on this machine: real sessions in a real browser become stories, tests, and passed tests.

Starts Kafka, a worker and a small web shop; several users visit the shop in Chromium; their stories appear; the tests
are exported and run against a fresh copy of the shop. All on loopback, in a folder of its own (.data/demo). With
--brokers it uses that Kafka, under topics of its own.

Example:  journeywright demo --keep

Exit code 0 only if every test passed."""


@takes("data", "brokers", "chromium", "kafka_jars", "log_level")
def demo(
    settings: Settings,
    keep: Annotated[bool, typer.Option("--keep", help="Leave all of it running afterwards, to look at.")] = False,
) -> None:
    """Runs the demonstration and prints its table."""
    from agents.demo.run import Demo, DemoFailed
    from agents.local.project import NotRun
    from agents.local.supervisor import NotRunning

    began = time.monotonic()
    show = Demo(settings, say)
    outcome: Outcome | None = None
    try:
        with show.machine:
            stories = show.record()
            tests = show.export()
            if not keep:
                # Nothing of ours is needed for the tests; they have the machine to themselves.
                show.machine.stop()
            outcome = show.verify(tests, stories)
            _print(outcome, show.folder, time.monotonic() - began)
            if keep:
                with show.shop(f"{show.machine.url}/capture.js") as shop:
                    out.print(f"Still running: shop {shop}, stories and tests {show.machine.url}  (Ctrl-C ends it)")
                    signal.pause()
    except (DemoFailed, NotRunning, NotRun) as error:
        raise Failure(str(error)) from None
    except KeyboardInterrupt:
        if outcome is None:
            raise
    if not outcome.good:
        raise typer.Exit(1)


def _print(outcome: "Outcome", folder: object, took_s: float) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("story", "tags", "support", "test", "passed", "seconds"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("support", "seconds") else "left")
    for row in outcome.rows:
        verdict = row.verdict
        passed = "[red]not run[/]" if verdict is None else "[green]yes[/]" if verdict.passed else "[red]no[/]"
        seconds = f"{verdict.seconds:.1f}" if verdict is not None else ""
        table.add_row(
            escape(row.story), escape(", ".join(row.tags)), str(row.support), escape(row.test), passed, seconds
        )
    out.print()
    out.print(table)
    for row in outcome.rows:
        if row.verdict is not None and not row.verdict.passed:
            out.print(f"[red]{escape(row.test)}[/]: {escape(row.verdict.failure)}")
    passed_count = sum(row.verdict is not None and row.verdict.passed for row in outcome.rows)
    out.print(
        f"\n{outcome.stories} visits, {len(outcome.rows)} flows, {passed_count} of {len(outcome.rows)} tests passed"
    )
    out.print(f"Tests {outcome.project}, logs, broker and database {folder} ({took_s:.0f} s)", markup=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo", help=HELP)(demo)
