"""What all commands say, and how: results on stdout, everything else on stderr."""

import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

WIDTH = 200
"""Of tables that don't go to a terminal, so that a log shows whole lines."""

_LAID_OUT: Final = frozenset("\n\t\u200c\u200d")
"""What stands in texts and is not printed: ends of lines, and what scripts and emoji are joined or parted by."""


class SafeConsole(Console):
    """Shows what others wrote: signs that steer a terminal, or turn the order of what is read, come as escapes."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The parts of what is shown; the styles are ours."""
        for part in super().render(renderable, options):
            yield part if part.control or part.text.isprintable() else part._replace(text=_plain(part.text))


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() or one in _LAID_OUT else ascii(one)[1:-1] for one in text)


out = SafeConsole(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH)
"""Results: what a script may read."""

err = SafeConsole(stderr=True, highlight=False, soft_wrap=True)
"""Progress and complaints."""


class Failure(Exception):
    """The command could not do its job. The message says what, where, and what to do. `code` is the exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def complain(message: str) -> None:
    """One line about what went wrong."""
    err.print(f"[bold red]journeywright:[/] {escape(' '.join(message.split()))}")


def left_out(what: str, error: Exception) -> None:
    """One line about something that can't be used while the others go on, and why."""
    complain(f"{what}: {type(error).__name__}: {error}")


def say(message: str) -> None:
    """One line of progress. `message` is plain text, whoever wrote it."""
    err.print(escape(message))


class Step:
    """A line of progress with the time that it took: `with Step("Starting Kafka"): …`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = 0.0

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if err.is_terminal:
            err.print(f"… {escape(self._what)}", end="\r")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sign = "[green]✓[/]" if kind is None else "[red]✗[/]"
        err.print(f"{sign} {escape(self._what)} [dim]{time.monotonic() - self._began:.1f} s[/]")
