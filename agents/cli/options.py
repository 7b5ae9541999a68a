"""Settings as options of commands: each command names those that it uses; help shows variable and default."""

import inspect
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from agents.cli.console import Failure
from agents.settings import PREFIX, Settings, load

ALLOW_ORIGIN = typer.Option(
    metavar="ORIGIN",
    help="An origin, https://host[:port], on which tests may type credentials too. May be given more than once.",
)

REACH = typer.Option(
    metavar="ORIGIN",
    help="An origin that pages may load from, besides the app's own; * for any. May be given more than once.",
)


def origins(named: Sequence[str] | None) -> list[str]:
    """The origins of these addresses, as browsers spell them. Raises Failure for what is no web address."""
    from pipeline.semantics.urls import origin

    found = {address: origin(address) for address in named or ()}
    wrong = [address for address, one in found.items() if not one]
    if wrong:
        raise Failure(f"--allow-origin {wrong[0]} is no origin: give https://host or https://host:port", 2)
    return list(dict.fromkeys(found.values()))


KAFKA = tuple(name for name in Settings.model_fields if name.startswith("kafka_") and name != "kafka_jars")
"""How Kafka is spoken to."""


def utc(text: str) -> str:
    """A moment as the stored ones are written: ISO 8601 in UTC; one without a zone is in UTC, "" stays "". Raises
    Failure."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"--since: {text[:100]!r} is no time; give one as in 2026-01-31T18:00:00Z", 2) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def takes(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command an option for each named setting, and calls it with the `settings` that come of them.

    A secret is no option, for a command line is read by others: it comes by its variable or the file.
    """
    chosen = {name: Settings.model_fields[name] for name in names}
    options = {
        name: Annotated[
            str | None,
            typer.Option(
                f"--{name.replace('_', '-')}",
                envvar=f"{PREFIX}{name.upper()}",
                help=field.description,
                show_default=str(field.default) if field.default not in ("", None) else False,
                metavar="TEXT" if field.annotation not in (int, float) else "NUMBER",
                rich_help_panel="Settings",
            ),
        ]
        for name, field in chosen.items()
        if field.annotation is not SecretStr
    }

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_settings(**arguments: Any) -> None:
            overrides = {name: arguments.pop(name) for name in options}
            command(settings=load(**overrides), **arguments)

        own = inspect.signature(command, eval_str=True).parameters
        kept = [parameter for name, parameter in own.items() if name != "settings"]
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in options.items()
        ]
        signature = inspect.Signature([*kept, *added])
        with_settings.__signature__ = signature  # type: ignore[attr-defined]
        with_settings.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
        return with_settings

    return decorate
