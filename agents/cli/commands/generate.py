"""`journeywright generate`: events files to a test project, with no broker."""

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.console import Failure, Step, complain, out
from agents.cli.options import ALLOW_ORIGIN, origins, takes
from agents.settings import Settings

HELP = """Turns events files into stories and a test project, with no broker: the same core, the same bytes.

Example:  journeywright generate events.json more.ndjson.gz --out tests

DIR then holds conftest.py, a test for each flow, and stories.jsonl: one story a line, as on the topic."""

REAL_TRAFFIC = (
    "What fewer than {} users typed is made up in the tests; stories.jsonl holds it as the topic does: keep it where "
    "the events are. If testers recorded them, say so with --users-min 1."
)


@takes("gap_s", "lateness_s", "journey_memory_s", "patterns", "users_min")
def generate(
    settings: Settings,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON, NDJSON or gzip of these.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The project's folder.")],
    allow_origin: Annotated[list[str] | None, ALLOW_ORIGIN] = None,
) -> None:
    """Reads the files, tells their stories, writes the project."""
    from agents.cli.files import read_files, reason_of
    from agents.composition import Services
    from agents.garbage import search_seldom
    from agents.local.folders import NotOurs, write_project
    from pipeline.codegen import project_files
    from pipeline.flows.ids import flow_id
    from pipeline.generate import sources
    from schemas.codecs import to_json

    allowed = origins(allow_origin)
    events = [event for _, intake in read_files(files) for event in intake.events]
    search_seldom()
    services = Services(settings)
    missed: list[str] = []
    try:
        with Step(f"Telling the stories of {len(events)} events"):
            stories, tests = services.told_offline(
                events, lambda what, error: missed.append(f"{what}: {reason_of(error)}")
            )
    finally:
        services.close()
    for what in missed:
        complain(what)
    if not stories:
        raise Failure(f"nobody did anything in {', '.join(map(str, files))}: there is no story to tell")
    lines = b"".join(to_json(story) + b"\n" for story in stories)
    written = {(test.app, test.flow_id) for test in tests}
    told = [story for story in stories if (story.app, flow_id(story.app, story.flow_key)) in written]
    project = project_files(tests, sources(told, settings.users_min), origins=allowed)
    try:
        write_project(folder, {**project, "stories.jsonl": lines})
    except NotOurs as error:
        raise Failure(str(error)) from None
    out.print(f"{len(stories)} stories, {len(tests)} tests in {folder}", markup=False)
    if settings.users_min > 1 and any(story.traffic == "real" for story in stories):
        out.print(REAL_TRAFFIC.format(settings.users_min), markup=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("generate", help=HELP)(generate)
