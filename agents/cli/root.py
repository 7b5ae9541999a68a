"""The root of the command line: the commands by name, and how what goes wrong is told: one line, no trace."""

from collections.abc import Sequence

import typer

from agents.cli.commands import (
    coverage,
    demo,
    doctor,
    explain,
    export,
    flows,
    generate,
    outlook,
    patterns,
    prove,
    record,
    replay,
    up,
    verify,
    worker,
)
from agents.cli.console import Failure, complain
from agents.local.browser import NoBrowser
from agents.local.kafka import NoBroker
from agents.settings import BadSettings
from schemas.codecs import BadInput

app = typer.Typer(
    name="journeywright",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help=(
        "Turns real browser sessions into user stories and Playwright tests, through Apache Kafka.\n\n"
        "See it work, start to end:  [bold]journeywright demo[/bold]\n\n"
        "Run it here:  [bold]journeywright up[/bold], then put "
        "[bold]<script src=http://127.0.0.1:6066/capture.js data-app=shop>[/bold] into your page.\n\n"
        "From files, with no broker:  [bold]journeywright generate events.json --out tests[/bold]\n\n"
        "Each setting is an option of the commands that use it, a JOURNEYWRIGHT_… variable, or a key of the TOML file "
        "that JOURNEYWRIGHT_CONFIG names; `journeywright up --help` shows them all."
    ),
)

_RUNNING = (demo, record, up, worker, generate, replay)
_READING = (export, explain, coverage, flows, patterns, verify, prove, outlook, doctor)
for command in (*_RUNNING, *_READING):
    command.register(app)


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    try:
        app(args=list(arguments), prog_name="journeywright")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except Failure as error:
        complain(str(error))
        return error.code
    except BadSettings as error:
        complain(str(error))
        return 2
    except (NoBroker, NoBrowser, BadInput) as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("stopped")
        return 1
    return 0
