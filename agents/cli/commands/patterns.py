"""`journeywright patterns`: what users did that no known pattern reaches, as a part of a file of patterns."""

from typing import Annotated

import typer

from agents.cli.console import Failure, Step
from agents.cli.options import takes
from agents.settings import Settings

HELP = """Prints patterns found in an app's traffic, as TOML with the evidence in comments, ready for your own file.

Example:  journeywright patterns --app shop.example >> patterns.toml

In the file, which JOURNEYWRIGHT_PATTERNS names, give them names of your own, put the examples of two under one name to
merge them, or take out what is none. Running workers take a changed file at once. Exit code 1 where none was found."""


@takes("data", "storage", "patterns", "users_min")
def patterns(
    settings: Settings,
    app: Annotated[str, typer.Option(help="The app.")],
) -> None:
    """Reads the storage, asks the model, prints the file's part."""
    from agents.composition import Services
    from agents.storage import StorageUnavailable
    from pipeline.patterns.discovery import pattern_file

    services = Services(settings)
    try:
        flows = services.storage.seen_goals(app, settings.users_min)
        with Step(f"Comparing what {len(flows)} flows were after"):
            found = services.embedder.find_sync(flows) if flows else ()
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if not found:
        raise Failure(f"no pattern was found in the {len(flows)} flows of app {app!r}: the known ones reach them")
    typer.echo(pattern_file(found), nl=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("patterns", help=HELP)(patterns)
