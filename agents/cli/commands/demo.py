"""`journeywright demo`: the main job on this machine, start to end."""

import signal
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from agents.cli.commands.prove import noticed
from agents.cli.console import Failure, out, say
from agents.cli.options import takes
from agents.settings import Settings

if TYPE_CHECKING:
    from agents.demo.run import Outcome
    from agents.proof.prover import Proof
    from schemas.verdicts import Verdict

HELP = """Shows the main job on this machine: real sessions in a real browser become stories, tests, and passed tests.

Starts Kafka, a worker and a small web shop; several users visit the shop in Chromium; their stories appear; the tests
are exported and run against a fresh copy of the shop. All on loopback, in a folder of its own (.data/demo). With
--brokers it uses that Kafka, under topics of its own.

With --change or --keep the tests are proven too: run twice more, and against a shop that is broken on purpose, once for
each way, which they must notice.

With --change the shop then gets its next version, in which a button has another name and no book can be saved; others
visit it, and the tests are proven on it: one is healed from what these users do, and one finds the bug.

Example:  journeywright demo --change

Exit code 0 only if every test passed."""

PROOF = ("proven", "breaks noticed")


@takes("data", "brokers", "chromium", "kafka_jars", "log_level")
def demo(
    settings: Settings,
    change: Annotated[
        bool, typer.Option("--change", help="Then change the shop: one test is healed, and one bug found.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave all of it running, with its dashboard.")] = False,
) -> None:
    """Runs the demonstration and prints its table."""
    from agents.demo.run import Demo, DemoFailed
    from agents.local.project import NotRun
    from agents.local.supervisor import NotRunning

    began = time.monotonic()
    show = Demo(settings, say)
    outcome: Outcome | None = None
    try:
        with show.machine:
            stories = show.record()
            tests = show.export()
            if not keep and not change:
                # Nothing of ours is needed for the tests; they have the machine to themselves.
                show.machine.stop()
            outcome = show.verify(tests, stories)
            if keep or change:
                outcome = show.prove(outcome)
            _print(outcome, show.folder, time.monotonic() - began)
            if change:
                began = time.monotonic()
                _print_change(show.change(), time.monotonic() - began)
            if keep:
                with show.shop(f"{show.machine.url}/capture.js") as shop:
                    out.print(f"Still running: dashboard {show.machine.url}/, shop {shop}  (Ctrl-C ends it)")
                    signal.pause()
    except (DemoFailed, NotRunning, NotRun) as error:
        raise Failure(str(error)) from None
    except KeyboardInterrupt:
        if outcome is None:
            raise
    if not outcome.good:
        raise typer.Exit(1)


def _print(outcome: "Outcome", folder: object, took_s: float) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    proven = any(row.proof is not None for row in outcome.rows)
    for heading in ("story", "tags", "support", "test", "passed", "seconds", *(PROOF if proven else ())):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("support", "seconds") else "left")
    for row in outcome.rows:
        verdict = row.verdict
        passed = "[red]not run[/]" if verdict is None else "[green]yes[/]" if verdict.passed else "[red]no[/]"
        seconds = f"{verdict.seconds:.1f}" if verdict is not None else ""
        cells = (escape(row.story), escape(", ".join(row.tags)), str(row.support), escape(row.test), passed, seconds)
        table.add_row(*cells, *(_proof(row.proof) if proven else ()))
    out.print()
    out.print(table)
    for row in outcome.rows:
        if row.verdict is not None and not row.verdict.passed:
            out.print(f"[red]{escape(row.test)}[/]: {escape(row.verdict.failure)}")
    passed_count = sum(row.verdict is not None and row.verdict.passed for row in outcome.rows)
    out.print(
        f"\n{outcome.stories} visits, {len(outcome.rows)} flows, {passed_count} of {len(outcome.rows)} tests passed"
    )
    out.print(f"Tests {outcome.project}, logs, broker and database {folder} ({took_s:.0f} s)", markup=False)


def _proof(verdict: "Verdict | None") -> tuple[str, str]:
    """How many of the proof's runs passed, and how many of the ways to break the shop were noticed."""
    if verdict is None:
        return "", ""
    passed = sum(run.outcome == "passed" for run in verdict.runs)
    return f"{passed} of {len(verdict.runs)}", noticed(verdict)


def _print_change(proofs: "Sequence[tuple[str, Proof]]", took_s: float) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("test", "now", "what users say"):
        table.add_column(heading, overflow="fold")
    for title, proof in sorted(proofs, key=lambda one: one[0]):
        healing = proof.healing
        bug = proof.verdict.outcome != "passed" and proof.verdict.kind == "app"
        now = "[green]healed[/]" if proof.repaired else "[red]bug found[/]" if bug else proof.verdict.outcome
        said = "; ".join(proof.reasons) or ("" if healing is None or not bug else healing.means)
        table.add_row(escape(title), now, escape(said))
    out.print(table)
    healed = sum(proof.repaired is not None for _, proof in proofs)
    out.print(f"After the change: {healed} test healed, told in {took_s:.0f} s", markup=False)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo", help=HELP)(demo)
