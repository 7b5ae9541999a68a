"""`journeywright coverage`: what the stored tests cover of what users did."""

from typing import Annotated

import typer

from agents.cli.console import Failure, out
from agents.cli.options import takes
from agents.settings import Settings

HELP = """Says which share of what users did the tests cover, what is missing, and the fewest tests that would do.

Example:  journeywright coverage --app shop.example --target 0.9

Other tests are those that ran where the app carries the recorder and that told it so, as exported ones do.

A flow with a test that nobody went through since --since (as in 2026-01-31) has died out."""


@takes("data", "storage", "users_min")
def coverage(
    settings: Settings,
    app: Annotated[str, typer.Option(help="The app.")],
    target: Annotated[float, typer.Option(min=0, max=1, help="The share of activities to reach.")] = 0.9,
    since: Annotated[str, typer.Option(help="A date: flows not seen since have died out.")] = "",
) -> None:
    """Reads the storage and prints the answer."""
    from agents.composition import Services
    from agents.storage import StorageUnavailable
    from pipeline.flows.coverage import OF_TESTS
    from pipeline.flows.coverage import coverage as covered

    services = Services(settings)
    try:
        flows = services.storage.seen_flows(app, settings.users_min)
        others = services.storage.seen_flows(f"{app}{OF_TESTS}", settings.users_min)
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if not flows:
        raise Failure(f"there is no story of app {app!r} in {settings.storage_url}")
    found = covered(flows, target, since, others)
    titles = {flow.flow_id: flow.title for flow in flows}
    shares = f"{found.journeys_covered:.1%} of {found.journeys} journeys and {found.activities_covered:.1%}"
    by_others = f"{found.journeys_by_others:.1%} of the journeys and {found.activities_by_others:.1%} of the activities"
    nobody = (max(0.0, 1 - found.journeys_covered - found.journeys_by_others),
              max(0.0, 1 - found.activities_covered - found.activities_by_others))  # fmt: skip
    lines = [
        f"{shares} of {found.activities} kinds of activities are covered by tests.",
        f"Other tests alone cover {by_others}; nobody covers {nobody[0]:.1%} and {nobody[1]:.1%}.",
        *(f"missing: {gap.flow.title} ({gap.flow.journeys} journeys, {gap.reason})" for gap in found.missing),
        *(f"died out: {gap.flow.title} (last seen {gap.flow.last_seen[:10]})" for gap in found.died_out),
        f"{len(found.smallest)} of {len(flows)} tests reach {found.reached:.1%} of the activities:",
        *(f"  {titles[name]}" for name in found.smallest),
    ]
    for line in lines:
        out.print(line, markup=False, highlight=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("coverage", help=HELP)(coverage)
