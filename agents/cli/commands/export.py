"""`journeywright export`: the stored tests as a pytest project."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.console import Failure, left_out, out
from agents.cli.options import ALLOW_ORIGIN, origins, takes
from agents.settings import Settings

HELP = """Writes the stored tests as a ready-to-run pytest project: conftest.py, tests, pyproject.toml, README.

Example:  journeywright export --out tests --app shop.example

Where three flows or more begin with the same sign-in, the project signs in once, and they start after it: they share
what the server keeps for a session. With --sign-in each every test signs in by itself.

Tests type credentials on pages of the base URL's origin only, and on those of --allow-origin, as a sign-in elsewhere
needs it.

Tests in quarantine are written too, and not run: quarantine.txt lists them, and conftest.py reads that. The list alone
comes from GET /api/v1/quarantine?app=APP, so a project in a repository needs no new export.

What a person saved wins over what was generated. Works while `up` runs. Exit code 1 where there is no test."""


class SignIn(StrEnum):
    """How often an exported project signs in."""

    ONCE = "once"
    EACH = "each"


@takes("data", "storage", "users_min")
def export(
    settings: Settings,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The project's folder.")],
    app: Annotated[str | None, typer.Option(help="Only the tests of this app.")] = None,
    sign_in: Annotated[
        SignIn, typer.Option(help="Sign in once for all flows that can, or in each test.")
    ] = SignIn.ONCE,
    allow_origin: Annotated[list[str] | None, ALLOW_ORIGIN] = None,
    state: Annotated[
        str,
        typer.Option(metavar="STATE,…", help="Only tests in these states. Empty: in any."),
    ] = "",
) -> None:
    """Reads the storage and writes the project."""
    from agents.composition import Services
    from agents.local.folders import NotOurs, write_project
    from agents.storage import StorageUnavailable
    from pipeline.codegen import project_files

    allowed = origins(allow_origin)
    services = Services(settings)
    try:
        tests = services.tests(app, _states(state), left_out)
        flows = services.sources(tests) if sign_in is SignIn.ONCE else {}
        quarantined = services.storage.quarantined(app)
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if not tests:
        about = f" of app {app!r}" if app else ""
        raise Failure(f"there is no test{about} in {settings.storage_url}: send events first, or correct --data")
    try:
        write_project(folder, project_files(tests, flows, origins=allowed, quarantined=quarantined))
    except NotOurs as error:
        raise Failure(str(error)) from None
    out.print(f"{len(tests)} test{'s' if len(tests) > 1 else ''} in {folder}", markup=False)


def _states(chosen: str) -> "frozenset[str]":
    """The states whose tests are wanted."""
    from pipeline.proof.states import STATES

    names = frozenset(part.strip() for part in chosen.split(",") if part.strip())
    if names - set(STATES):
        raise Failure(f"{', '.join(sorted(names - set(STATES)))}: no such state; choose from {', '.join(STATES)}", 2)
    return names or frozenset(STATES)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export", help=HELP)(export)
