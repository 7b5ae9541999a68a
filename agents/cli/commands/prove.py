"""`journeywright prove`: runs an app's tests, repairs and challenges them, and keeps the verdicts."""

import os
import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from agents.cli.console import Failure, left_out, out, say
from agents.cli.options import ALLOW_ORIGIN, REACH, origins, takes, utc
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.composition import Services
    from agents.proof.prover import Proof, Subject, Wanted
    from agents.proof.runner import Environment
    from schemas.verdicts import FailureKind, Verdict

HELP = """Runs the stored tests of an app, each several times on a clean copy of it, and keeps a verdict of each.

Example:  APP_PASSWORD=… journeywright prove --app shop --base-url http://127.0.0.1:8000 --reset ./reset.sh --mutants

Pages reach the app's own origins only; --reach names others that they need. --environment takes all of this from the
TOML file that JOURNEYWRIGHT_ENVIRONMENTS names; what the command line says wins.

With --mutants the app is broken on purpose in the browser and on the wire, once for each way, and the test must fail.
With --heal the sessions since the change say what a failing test should do now: where users come to the same end in
another way, it is written anew from them; where they fail too, the app is broken, and nothing is healed.

With --repair a test that fails because of itself is written anew from what else was recorded; the assertions that it
ends on stay.

Exit code 0 if all tests passed all runs, else by the gravest kind of failure: 10 app, 11 test, 12 data,
13 environment, 14 unknown."""

_MARKS: Final = re.compile(r"[\\|\[\]]")
EXIT_CODES: Final[dict["FailureKind", int]] = {"app": 10, "test": 11, "data": 12, "environment": 13, "unknown": 14}
"""In the order of their gravity."""


@takes("data", "storage", "files", "artifacts", "videos", "users_min", "chromium", "environments")
def prove(
    settings: Settings,
    app: Annotated[str, typer.Option(help="The app whose tests are proven.")],
    base_url: Annotated[str, typer.Option(help="Where the app runs. Not needed with --environment.")] = "",
    reset: Annotated[str, typer.Option(help="A command, or an address to POST to, that makes the app clean.")] = "",
    runs: Annotated[int, typer.Option(min=1, max=20, help="How often each test is run.")] = 3,
    mutants: Annotated[bool, typer.Option("--mutants", help="Break the app on purpose.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Repair tests from recorded evidence.")] = False,
    heal: Annotated[bool, typer.Option("--heal", help="Heal tests from what users do since the change.")] = False,
    since: Annotated[
        str,
        typer.Option(metavar="TIME", help="When this build was deployed, ISO 8601. Empty: told from the sessions."),
    ] = "",
    allow_origin: Annotated[list[str] | None, ALLOW_ORIGIN] = None,
    build: Annotated[str, typer.Option(help="The app's version, for the verdicts.")] = "",
    environment: Annotated[
        str, typer.Option(help="An environment of the file; without a file only its name, for the verdicts.")
    ] = "",
    reach: Annotated[list[str] | None, REACH] = None,
    parallel: Annotated[int, typer.Option(min=1, max=16, help="How many tests run at once.")] = 1,
    expect_s: Annotated[
        int,
        typer.Option(
            "--expect-timeout",
            metavar="SECONDS",
            min=1,
            max=60,
            help="How long an assertion may wait in this place, if that is slow.",
        ),
    ] = 5,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the results as JUnit XML.")] = None,
    summary: Annotated[Path | None, typer.Option(metavar="FILE", help="Append a summary in Markdown.")] = None,
) -> None:
    """Proves, and prints one line a test."""
    from agents.composition import Services
    from agents.local.browser import find_chromium
    from agents.proof.prover import Since, Wanted
    from agents.proof.reset import ResetFailed
    from agents.proof.runner import Environment
    from agents.storage import StorageUnavailable

    told = Environment(
        base_url, find_chromium(settings), environment, build, reset, {}, tuple(origins(allow_origin)),
        tuple(reach or ()), parallel, expect_s,
    )  # fmt: skip
    place = _place(settings, told, app)
    services = Services(settings)
    try:
        wanted = Wanted(runs, mutants, repair, heal, services.artifacts, settings.videos, run_id=str(uuid.uuid4()))
        subjects = services.subjects(app, left_out, Since(utc(since), build) if heal else None)
        if not subjects:
            raise Failure(f"there is no test of app {app!r} in {settings.storage_url}: send events first")
        with ThreadPoolExecutor(place.parallel) as pool:
            proofs = list(pool.map(lambda one: _proved(services, one, place, wanted), subjects))
    except ResetFailed as error:
        raise Failure(f"the app can't be reset: {error}", EXIT_CODES["environment"]) from None
    except StorageUnavailable as error:
        raise Failure(f"{error}: start the database, or correct --storage") from None
    finally:
        services.close()
    names = [subject.test.name for subject in subjects]
    out.print(_table(names, proofs))
    verdicts = [proof.verdict for proof in proofs]
    if junit is not None:
        junit.write_bytes(junit_xml(app, names, verdicts))
    if summary is not None:
        with summary.open("a") as file:
            file.write(markdown(names, verdicts))
    code = exit_code(verdicts)
    if code:
        raise typer.Exit(code)


def _proved(services: "Services", subject: "Subject", place: "Environment", wanted: "Wanted") -> "Proof":
    say(subject.test.title)
    return services.prove(subject, place, wanted, say)


def _place(settings: Settings, told: "Environment", app: str) -> "Environment":
    """The environment of this name in the file, with what the command line says put over it; without a file what the
    command line says. Variables win over files of secrets."""
    from agents.proof.environments import IDENTITY, read_environments

    variables = {name: value for name, value in os.environ.items() if name.startswith(IDENTITY)}
    place = replace(told, variables=variables)
    if settings.environments is not None and told.name:
        known = read_environments(settings.environments)
        written = known.place(told.name)
        if written.app != app:
            raise Failure(f"environment {told.name!r} is one of app {written.app!r}, not of {app!r}", 2)
        place = replace(
            place,
            base_url=told.base_url or written.base_url,
            build=told.build or written.build,
            reset=told.reset or written.reset,
            variables={**known.identities(written), **variables},
            allowed_origins=(*told.allowed_origins, *origins(written.allowed_origins)),
            reached_origins=(*told.reached_origins, *written.reached_origins),
            parallel=max(told.parallel, written.parallel),
            expect_s=max(told.expect_s, written.expect_s),
        )
    if not place.base_url:
        raise Failure("say where the app runs: --base-url, or --environment with JOURNEYWRIGHT_ENVIRONMENTS", 2)
    if place.parallel > 1 and place.reset:
        raise Failure("tests can't run at once where the app is reset before each: leave --parallel or --reset out", 2)
    return place


def _table(names: Sequence[str], proofs: "Sequence[Proof]") -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("test", "outcome", "runs", "mutants noticed", "kind", "why"):
        table.add_column(heading, overflow="fold")
    colors = {"passed": "green", "failed": "red", "flaky": "yellow", "not_run": "yellow"}
    for name, proof in zip(names, proofs, strict=True):
        verdict = proof.verdict
        told = f"repaired: {'; '.join(proof.reasons)}" if proof.repaired is not None else why(verdict)
        table.add_row(
            escape(name),
            f"[{colors[verdict.outcome]}]{verdict.outcome}[/]",
            f"{sum(run.outcome == 'passed' for run in verdict.runs)} of {len(verdict.runs)}",
            noticed(verdict),
            verdict.kind or "",
            escape(told[:300]),
        )
    return table


def noticed(verdict: "Verdict") -> str:
    """How many of the mutants that had something to break were noticed, and which were not."""
    applied = [mutant for mutant in verdict.mutants if mutant.applied]
    if not applied:
        return ""
    missed = [mutant.kind for mutant in applied if not mutant.noticed]
    return f"{len(applied) - len(missed)} of {len(applied)}" + (f", not {', '.join(missed)}" if missed else "")


def why(verdict: "Verdict") -> str:
    """Why it failed, in one line; empty where it passed."""
    failed = next((run for run in verdict.runs if run.outcome != "passed"), None)
    if failed is None:
        return ""
    place = f" in step {failed.step + 1}" if failed.step is not None else ""
    return f"{failed.rule}{place}: {failed.statement or failed.error}"


def advice(verdict: "Verdict") -> str:
    """What a person does about it now; empty where it passed."""
    from pipeline.proof.diagnosis import next_step

    failed = next((run for run in verdict.runs if run.outcome != "passed"), None)
    return "" if failed is None else next_step(failed.rule)


def junit_xml(app: str, names: Sequence[str], verdicts: "Sequence[Verdict]") -> bytes:
    """The verdicts as JUnit XML, one case a test: a failure is the app's or the test's, an error the environment's."""
    tags = [_junit_tag(verdict) for verdict in verdicts]
    counts = {"tests": len(verdicts), "failures": tags.count("failure"), "errors": tags.count("error")}
    suite = ET.Element("testsuite", {"name": _printable(app), **{name: str(count) for name, count in counts.items()}})
    for name, verdict, tag in zip(names, verdicts, tags, strict=True):
        seconds = sum(run.seconds for run in verdict.runs)
        case = ET.SubElement(suite, "testcase", classname=_printable(app), name=_printable(name), time=f"{seconds:.3f}")
        if tag:
            told = ET.SubElement(case, tag, type=verdict.kind or "unknown", message=_printable(why(verdict)))
            told.text = advice(verdict)
        if verdict.mutants:
            ET.SubElement(case, "system-out").text = f"mutants noticed: {noticed(verdict)}"
    raw: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return raw


def _junit_tag(verdict: "Verdict") -> str:
    if verdict.outcome == "passed":
        return ""
    return "error" if verdict.outcome == "not_run" or verdict.kind == "environment" else "failure"


def _printable(text: str) -> str:
    """A text without what XML can't hold."""
    return "".join(char for char in text if char.isprintable())


def markdown(names: Sequence[str], verdicts: "Sequence[Verdict]") -> str:
    """The verdicts as a table in Markdown, as for the summary of a CI step."""
    passed = sum(verdict.outcome == "passed" for verdict in verdicts)
    rows = [f"{passed} of {len(verdicts)} tests passed", ""]
    rows += ["| test | outcome | mutants noticed | kind | why | what to do |", "|---|---|---|---|---|---|"]
    for name, verdict in zip(names, verdicts, strict=True):
        cells = (name, verdict.outcome, noticed(verdict), verdict.kind or "", why(verdict), advice(verdict))
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join([*rows, "", ""])


def _cell(text: str) -> str:
    """A text that has none of a table's or HTML's marks, and makes no link or picture."""
    return _MARKS.sub(r"\\\g<0>", _printable(text)).replace("<", "&lt;").replace("`", "'")


def exit_code(verdicts: "Sequence[Verdict]") -> int:
    """0 where all passed, else the code of the gravest kind of failure."""
    kinds = {verdict.kind or "unknown" for verdict in verdicts if verdict.outcome != "passed"}
    return next((code for kind, code in EXIT_CODES.items() if kind in kinds), 0)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("prove", help=HELP)(prove)
