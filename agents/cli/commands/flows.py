"""`journeywright flows`: which stories came together, and people's word on which should."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from agents.cli.console import Failure, out
from agents.cli.options import takes
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.storage import Storage

HELP = """Lists the flows of an app. Merges one into another where two do the same thing, or parts it again.

Example:  journeywright flows --app shop.example
          journeywright flows --app shop.example --merge 6f1c… --into 2ab0…
          journeywright flows --app shop.example --part 6f1c…

Ids may be cut short where they are still the only ones. A running worker writes the tests anew within seconds; what
people saved stays."""


@takes("data", "storage", "users_min")
def flows(
    settings: Settings,
    app: Annotated[str, typer.Option(help="The app.")],
    merge: Annotated[str, typer.Option(help="The flow to merge into another one.", metavar="ID")] = "",
    into: Annotated[str, typer.Option(help="The flow that it does the same as.", metavar="ID")] = "",
    part: Annotated[
        str, typer.Option(help="The flow to part from the one that it was merged into.", metavar="ID")
    ] = "",
) -> None:
    """Reads the storage, changes it where asked, and prints the flows."""
    from agents.composition import Services
    from agents.storage import CannotMerge, StorageUnavailable

    if bool(merge) != bool(into) or (merge and part):
        raise Failure("--merge and --into go together, and --part goes alone")
    services = Services(settings)
    try:
        if merge:
            services.storage.merge_flow(_found(services.storage, app, merge), _found(services.storage, app, into))
        if part:
            services.storage.part_flow(_found(services.storage, app, part))
        table = _table(services.storage, app, settings.users_min)
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    except CannotMerge as error:
        raise Failure(str(error)) from None
    finally:
        services.close()
    if not table.row_count:
        raise Failure(f"there is no story of app {app!r} in {settings.storage_url}")
    out.print(table)


def _found(storage: "Storage", app: str, begins: str) -> str:
    """The one flow of the app whose id begins so."""
    from agents.storage import NoSuchFlow

    try:
        if storage.flow(begins).app == app:
            return begins
    except NoSuchFlow:
        pass  # the beginning of an id
    known = [name for flow in storage.flows(app) for name in (flow.flow_id, *flow.merged)]
    found = [name for name in known if name.startswith(begins)]
    if len(found) != 1:
        raise Failure(f"{len(found)} flows of app {app!r} have an id that begins with {begins!r}, one is expected")
    return found[0]


def _table(storage: "Storage", app: str, users_min: int) -> Table:
    from pipeline.privacy.pseudonyms import title_for_all

    table = Table(
        "flow", "stories", "last seen", "title", "merged into it", "no test because", box=None, pad_edge=False
    )
    for flow in storage.flows(app):
        title = "" if flow.sample is None else title_for_all(flow.sample, users_min)
        cells = (flow.flow_id, str(flow.support), flow.last_seen[:10], title, "\n".join(flow.merged), flow.failure)
        table.add_row(*map(Text, cells))  # plain text, whoever wrote it
    return table


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("flows", help=HELP)(flows)
