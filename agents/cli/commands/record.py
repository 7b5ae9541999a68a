"""`journeywright record`: a test of what one person does in a browser, with no change to the app."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.syntax import Syntax

from agents.cli.console import Failure, Step, err, out, say
from agents.cli.options import takes
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.local.recording import Recorded
    from pipeline.windowing.partition import Windowing
    from schemas.generated_tests import GeneratedTest
    from schemas.stories import Story

HELP = """Opens a browser, records what you do in it, and writes a test of it when you close the browser.

Example:  journeywright record http://127.0.0.1:8000 --out tests --check

Nothing is changed in the app, and no broker is needed. Each step is shown as it is told. Close the browser or press
Ctrl-C to end. Passwords are never kept: the test reads APP_USER and APP_PASSWORD from the environment.

A program can drive the browser instead of you: it finds the address to connect to over CDP in CDP_URL.

Example:  journeywright record http://127.0.0.1:8000 --out tests --headless -- python drive.py"""

PAUSE_MAX_S = 24 * 3600
"""A recording is one journey, however long the person pauses."""


@takes("chromium")
def record(
    settings: Settings,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address to begin with.")],
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[-- COMMAND…]", help="A program that drives the browser.")
    ] = None,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The project's folder.")] = Path("recorded"),
    app: Annotated[str, typer.Option(help="The app's name. Empty: the host of URL.")] = "",
    headless: Annotated[bool, typer.Option("--headless", help="Show no window: for scripts.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Run the tests once when they are written.")] = False,
    language: Annotated[
        str, typer.Option("--lang", metavar="NAME", help="The pages' language, as de-DE. Empty: the desktop's.")
    ] = "",
    storage_state: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Start with this storage state.")
    ] = None,
    save_storage: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Keep cookies and storage here at the end.")
    ] = None,
) -> None:
    """Records, tells, writes, and shows what was written."""
    import asyncio

    from agents.local.browser import find_chromium
    from agents.local.processes import free_port
    from agents.local.recording import NotRecorded, RecordingOptions
    from agents.local.recording import record as run
    from pipeline.semantics.urls import parse_any

    address = _address(url)
    if headless and not command:
        raise Failure("--headless shows no window to work in: name a program that drives the browser, after --")
    options = RecordingOptions(
        url=address,
        app=app or parse_any(address).host,
        chromium=find_chromium(settings, windows=not headless),
        headless=headless,
        language=_language(language),
        command=tuple(command or ()),
        storage_state=storage_state,
        save_storage=save_storage,
        cdp_port=free_port() if command else 0,
    )
    if not command:
        say("Recording: close the browser or press Ctrl-C to end")
    try:
        recorded = asyncio.run(run(options, Narrator().tell))
    except NotRecorded as error:
        raise Failure(str(error)) from None
    tests = _write(recorded, folder, signed_in=storage_state is not None)
    if check:
        _check(settings, tests, folder, address, storage_state)


class Narrator:
    """Shows each step as a sentence, once the next one has begun or nothing more came; the last call shows the rest."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def tell(self, recorded: "Recorded") -> None:
        """Shows what is new in the events so far."""
        steps = [step for story in _stories(recorded) for step in story.steps]
        for number, step in enumerate(steps, 1):
            if self._shown.get(step.event_id) != step.said:
                self._shown[step.event_id] = step.said
                err.print(f"  [dim]{number:>3}[/] {escape(step.said)}")


def _address(url: str) -> str:
    from pipeline.semantics.urls import origin

    address = url if "://" in url else f"http://{url}"
    if not origin(address):
        raise Failure(f"{url} is no web address: give one like http://127.0.0.1:8000")
    return address


def _language(name: str) -> str:
    from pipeline.intake.languages import first_language

    if name and first_language(name) != name:
        raise Failure(f"{name!r} is no name of a language: give one like de or pt-BR")
    return name


def _windowing() -> "Windowing":
    from pipeline.windowing.partition import Windowing

    return Windowing(PAUSE_MAX_S * 1000, 0, PAUSE_MAX_S * 1000)


def _stories(recorded: "Recorded") -> "list[Story]":
    from pipeline.generate import stories_of

    return stories_of(recorded.events(), _windowing())


def _write(recorded: "Recorded", folder: Path, *, signed_in: bool) -> "list[GeneratedTest]":
    """Writes the project and shows its stories and tests."""
    from agents.local.folders import NotOurs, write_project
    from pipeline.codegen import project_files
    from pipeline.generate import sources, tests_of
    from schemas.codecs import to_json

    stories = _stories(recorded)
    if not stories:
        raise Failure("nothing was done in the browser: there is no test to write")
    tests = tests_of(stories, users_min=1)
    lines = b"".join(to_json(story) + b"\n" for story in stories)
    files = project_files(tests, sources(stories, 1), storage_state=signed_in)
    try:
        write_project(folder, {**files, "stories.jsonl": lines})
    except NotOurs as error:
        raise Failure(str(error)) from None
    for story in stories:
        out.print(f"\n[bold]{escape(story.title)}[/]")
        for note in story.notes:
            out.print(f"  note: {note}", markup=False)
    for test in tests:
        out.print(f"\n{folder / test.file_name}", markup=False)
        out.print(
            Syntax(test.code, "python", background_color="default") if out.is_terminal else test.code, markup=False
        )
    if recorded.refused:
        say(f"{recorded.refused} events could not be read and are left out")
    return tests


def _check(
    settings: Settings, tests: "list[GeneratedTest]", folder: Path, address: str, storage_state: Path | None
) -> None:
    """Runs the tests once. Raises Failure where they need a variable that is not set, or one of them fails."""
    import os

    from agents.local.browser import find_chromium
    from agents.local.project import NotRun, run_project
    from pipeline.codegen.project.fixtures import STORAGE_STATE
    from pipeline.semantics.urls import origin

    missing = sorted({name for test in tests for name in test.environment if "PASSWORD" in name} - set(os.environ))
    if missing:
        raise Failure(
            f"the tests were written, and not run: set {', '.join(missing)}, then `journeywright verify {folder}`"
        )
    variables = {STORAGE_STATE: str(storage_state.absolute())} if storage_state is not None else {}
    base_url = origin(address)
    try:
        with Step(f"Running the tests against {base_url}"):
            verdicts = run_project(folder, base_url, find_chromium(settings), variables)
    except NotRun as error:
        raise Failure(str(error)) from None
    for verdict in verdicts:
        out.print(f"{'passed' if verdict.passed else 'failed'}  {verdict.name}  {verdict.failure[:200]}", markup=False)
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("record", help=HELP)(record)
