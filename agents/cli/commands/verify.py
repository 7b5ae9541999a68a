"""`journeywright verify`: runs an exported project against a running app."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from agents.cli.console import Failure, Step, out
from agents.cli.options import ALLOW_ORIGIN, origins, takes
from agents.settings import Settings

HELP = """Runs an exported project against an app and reports: one line a test; exit code 0 only if all passed.

Example:  APP_PASSWORD=… journeywright verify tests --base-url http://127.0.0.1:8000

Secrets are never stored: tests that sign in read APP_USER and APP_PASSWORD from the environment. They type these on
pages of the base URL's origin only, and on those of --allow-origin, as a sign-in elsewhere needs it."""


FAILURE_CHARS_MAX = 400


@takes("chromium")
def verify(
    settings: Settings,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `journeywright export` wrote.")],
    base_url: Annotated[str, typer.Option(help="Where the app runs.")],
    allow_origin: Annotated[list[str] | None, ALLOW_ORIGIN] = None,
) -> None:
    """Runs the project and prints a table."""
    from agents.local.browser import find_chromium
    from agents.local.project import NotRun, run_project
    from pipeline.codegen.project.fixtures import ALLOWED_ORIGINS
    from pipeline.semantics.urls import origin, without_user

    if not origin(base_url):
        raise Failure(
            f"--base-url {without_user(base_url)} is no web address: give http://host:port or https://host", 2
        )
    allowed = " ".join([*os.environ.get(ALLOWED_ORIGINS, "").split(), *origins(allow_origin)])
    chromium = find_chromium(settings)
    try:
        with Step(f"Running {folder} against {without_user(base_url)}"):
            verdicts = run_project(folder, base_url, chromium, {ALLOWED_ORIGINS: allowed})
    except NotRun as error:
        raise Failure(str(error)) from None
    table = Table(box=None, pad_edge=False)
    for heading in ("test", "passed", "seconds", "why"):
        table.add_column(heading, overflow="fold")
    for verdict in verdicts:
        sign = "[green]yes[/]" if verdict.passed else "[red]no[/]"
        table.add_row(escape(verdict.name), sign, f"{verdict.seconds:.1f}", escape(verdict.failure[:FAILURE_CHARS_MAX]))
    out.print(table)
    failed = sum(not verdict.passed for verdict in verdicts)
    out.print(f"{len(verdicts) - failed} of {len(verdicts)} tests passed")
    if failed:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("verify", help=HELP)(verify)
