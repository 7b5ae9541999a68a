"""What commands print of others' texts never steers the terminal that shows it."""

import io

import pytest
from rich.markup import escape
from rich.table import Table

from agents.cli.console import SafeConsole

HOSTILE = "a\x1b]52;c;AAAA\x07b\x9b2J\u202ec\u2028d\x1b[2J"
"""Writes to the clipboard, clears the screen, turns the order of letters."""


def printed(*rows: object) -> str:
    screen = io.StringIO()
    console = SafeConsole(file=screen, highlight=False, soft_wrap=True, width=200, force_terminal=True)
    for row in rows:
        console.print(row)
    return screen.getvalue()


def test_signs_that_steer_a_terminal_are_shown_as_escapes() -> None:
    """In a line as in a table; the styles of the command itself stay."""
    table = Table(box=None)
    table.add_column("name", overflow="fold")
    table.add_row(escape(HOSTILE))
    text = printed(f"[bold]{escape(HOSTILE)}[/]", table)
    assert text.count("a\\x1b]52;c;AAAA") == text.count("d\\x1b[2J") == 2
    assert "b\\x9b2J\\u202ec\\u2028d" in text
    assert "\x1b[1m" in text
    assert not any(sign in text for sign in ("\x1b]", "\x1b[2J", "\x9b", "\x07", "\u202e", "\u2028"))


@pytest.mark.parametrize("text", ["plain\nlines", "می\u200cخواهم", "👩\u200d💻", "naïve 漢字"])
def test_what_people_write_stays(text: str) -> None:
    """Ends of lines, letters of any script, and what joins them."""
    assert text in printed(escape(text))
