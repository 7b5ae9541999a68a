"""`journeywright export`: the stored tests as a pytest project."""

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.console import Failure, out
from agents.cli.options import takes
from agents.settings import Settings

HELP = """Writes the stored tests as a ready-to-run pytest project: conftest.py, tests, pyproject.toml, README.

Example:  journeywright export --out tests --app shop.example

What a person saved wins over what was generated. Works while `up` runs. Exit code 1 where there is no test."""


@takes("data", "storage")
def export(
    settings: Settings,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The project's folder.")],
    app: Annotated[str | None, typer.Option(help="Only the tests of this app.")] = None,
) -> None:
    """Reads the storage and writes the project."""
    from agents.composition import Services
    from agents.local.folders import NotOurs, write_project
    from agents.storage import StorageUnavailable
    from pipeline.writing import project_files

    services = Services(settings)
    try:
        tests = services.tests(app)
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if not tests:
        about = f" of app {app!r}" if app else ""
        raise Failure(f"there is no test{about} in {settings.storage_url}: send events first, or correct --data")
    try:
        write_project(folder, project_files(tests))
    except NotOurs as error:
        raise Failure(str(error)) from None
    out.print(f"{len(tests)} test{'s' if len(tests) > 1 else ''} in {folder}", markup=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export", help=HELP)(export)
