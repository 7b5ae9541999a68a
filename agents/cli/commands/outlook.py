"""`journeywright outlook`: which tests will fail, told from what users do, before anybody runs them."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from agents.cli.console import Failure, left_out, out
from agents.cli.options import takes, utc
from agents.settings import Settings

HELP = """Tells from users' sessions which tests of an app no longer fit it, before they fail. Nothing is run.

For each test it is asked whether its ways still find their elements in new sessions, what the step is now, and whether
users still come to the end. Without --since, new are the sessions after the last one that did all as the test does it.

Example:  journeywright outlook --app shop --since 2026-01-31T18:00:00Z --build 118

Exit code 0 if all tests fit, 1 if one does not."""


@takes("data", "storage", "users_min")
def outlook(
    settings: Settings,
    app: Annotated[str, typer.Option(help="The app whose tests are looked at.")],
    since: Annotated[
        str, typer.Option(metavar="TIME", help="When the app changed, ISO 8601. Empty: told from the sessions.")
    ] = "",
    build: Annotated[str, typer.Option(help="The app's version, for the sentences.")] = "",
) -> None:
    """Reads the storage and prints one line a test."""
    from agents.composition import Services
    from agents.proof.prover import Since
    from agents.storage import StorageUnavailable
    from pipeline.proof.healing import decide, evidence_sentences

    services = Services(settings)
    table = Table(box=None, pad_edge=False)
    for heading in ("test", "decision", "new sessions", "what they say"):
        table.add_column(heading, overflow="fold")
    fits = True
    try:
        for name, story, found, label in services.outlooks(app, left_out, Since(utc(since), build)):
            rule = decide(found)
            fits = fits and rule.decision in ("keep", "wait")
            told = "; ".join(evidence_sentences(found, story, label)) if rule.decision == "heal" else rule.means
            table.add_row(escape(name), rule.decision, f"{found.succeeded} of {found.taken}", escape(told))
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if not table.row_count:
        raise Failure(f"there is no test of app {app!r} with sessions to compare in {settings.storage_url}")
    out.print(table)
    if not fits:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("outlook", help=HELP)(outlook)
