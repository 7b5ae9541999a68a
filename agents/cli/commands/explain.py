"""`journeywright explain`: why a story is told as it is."""

from typing import Annotated

import typer

from agents.cli.console import Failure, out
from agents.cli.options import takes
from agents.settings import Settings
from pipeline.activities.explain import Reason, explain
from pipeline.privacy.pseudonyms import visible_to_everyone

HELP = """Says which rule said what of a story, and from which evidence.

Example:  journeywright explain 5f0c2a7e-0000-5000-8000-000000000000

The first part is what title, sentence and tags are made of, the second what the story's flow is told by, the third
which clicks it is not told by, and why."""


def lines_of(reasons: tuple[Reason, ...]) -> list[str]:
    """Reasons for people: an activity, its rule, and below it the evidence."""
    lines = []
    for reason in reasons:
        first, last = reason.steps[0], reason.steps[-1]
        steps = f"step {first}" if first == last else f"steps {first}-{last}"
        lines.append(f"  {reason.activity}  ({steps}; rule: {reason.rule})")
        lines += [f"      {text}" for text in reason.evidence]
    return lines or ["  nothing"]


@takes("data", "storage", "users_min")
def explain_story(settings: Settings, story: Annotated[str, typer.Argument(help="The id of the story.")]) -> None:
    """Reads the storage and prints the answer."""
    from agents.composition import Services
    from agents.storage import StorageUnavailable

    services = Services(settings)
    try:
        stored = services.storage.story(story)
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    if stored is None:
        raise Failure(f"there is no story {story!r} in {settings.storage_url}")
    shown = visible_to_everyone(stored.story, settings.users_min)
    found = explain(shown)
    lines = [
        f"{shown.title}  (story {shown.id}, flow {stored.flow_id})",
        "Title, sentence and tags:",
        *lines_of(found.title),
        "Flow:",
        *lines_of(found.flow),
        *(f"  it ended at {place}" for place in found.end),
        *(("Clicks that the flow is not told by:", *lines_of(found.other_clicks)) if found.other_clicks else ()),
    ]
    for line in lines:
        out.print(line, markup=False, highlight=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain", help=HELP)(explain_story)
