"""The conftest.py of an exported project: the fixtures that its tests take."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.project.fixtures import (
    CALLED,
    CONFTEST,
    CONTEXT,
    QUARANTINE,
    SIGNED_IN,
    SIGNED_IN_NAMES,
    STORAGE_STATE,
    TELLS_RECORDER,
    Fixture,
)
from pipeline.codegen.project.shared_sign_in import SharedSignIn
from pipeline.codegen.python.context_options import context_options
from pipeline.codegen.python.program import FILL_CREDENTIAL
from pipeline.semantics.browsers import USUAL_LANGUAGE, Browser

EXPECT_MS: Final = 5_000
"""How long an assertion of Playwright waits by default."""
EXPECT_TIMES: Final = 4
"""A page may take so many times as long as it took for users: machines that run tests are busy."""
EXPECT_MS_MAX: Final = 30_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the tests of a project take, and what is known of the app.

    `fixtures` are the names of those that tests call. `storage_state`: they start with the storage that a variable
    names. `language`: their browser asks for pages in the usual one. `slowest_ms` is how long pages took to answer
    users at worst: where that is long, tests wait longer.
    """

    fixtures: Set[str] = frozenset()
    storage_state: bool = False
    language: bool = False
    slowest_ms: int = 0

    @property
    def called(self) -> list[Fixture]:
        """The fixtures that tests call, in the order of the file."""
        return [fixture for name, fixture in CALLED.items() if name in self.fixtures]


def conftest(wanted: Wanted, shared: SharedSignIn | None = None) -> str:
    """The file with all that is wanted, and with `shared` the fixtures that sign in."""
    parts = ["\n".join([*_head(wanted, shared), *_patience(wanted.slowest_ms), CONFTEST]), TELLS_RECORDER, QUARANTINE]
    parts += [fixture.text for fixture in wanted.called]
    if shared is not None:
        parts += ["\n".join([*shared.functions, ""]), _signed_in(shared.browser)]
    parts += [_context(wanted)] if wanted.storage_state or wanted.language else []
    return "\n\n".join(parts)


def _context(wanted: Wanted) -> str:
    """The fixture with the options of each test's browser."""
    does, options = [], []
    if wanted.language:
        does.append("Opens pages in the language that most users have.")
        options.append(f'"locale": "{USUAL_LANGUAGE}"')
    if wanted.storage_state:
        does.append(f"Starts each test with the cookies and storage in the file that ${STORAGE_STATE} names.")
        options.append(f'"storage_state": os.environ["{STORAGE_STATE}"]')
    return CONTEXT.format(does=" ".join(does), options=", ".join(options))


def _signed_in(browser: Browser) -> str:
    """The fixtures that sign in, in a browser that has what is not usual of this one."""
    options = [f'"{name}": {value}' for name, value in context_options(browser).items()]
    if not options:
        return SIGNED_IN
    before, opens, after = SIGNED_IN.partition("    with browser.new_context(")
    return f"{before}    browser_context_args = {{**browser_context_args, {', '.join(options)}}}\n{opens}{after}"


def _patience(slowest_ms: int) -> list[str]:
    """How long an assertion waits, as lines, where users waited longer than tests do by default."""
    if slowest_ms < EXPECT_MS:
        return []
    waits_ms = min(EXPECT_TIMES * slowest_ms // 1_000 * 1_000, EXPECT_MS_MAX)
    return [
        f"# Pages took up to {slowest_ms / 1_000:.1f} s to answer users.",
        f"expect.set_options(timeout={waits_ms})",
        "",
        "",
    ]


def _head(wanted: Wanted, shared: SharedSignIn | None) -> list[str]:
    called = wanted.called
    does = ["starts the installed Chromium where Playwright has none of its own", *(one.does for one in called)]
    does += ["signs in once"] if shared else []
    said = f"{', '.join(does[:-1])} and {does[-1]}" if len(does) > 1 else does[0]
    standard = ["json", "os", *(["re"] if shared is not None and shared.uses_re else []), "shutil"]
    head = [f'"""{said[0].upper()}{said[1:]}."""', "", *(f"import {name}" for name in standard)]
    head += [*(["from collections.abc import Callable"] if called else []), "from pathlib import Path"]
    fills = FILL_CREDENTIAL in wanted.fixtures
    head += ["from typing import Any", *(["from urllib.parse import urlsplit"] if fills else [])]
    head += ["from uuid import uuid4", "", "import pytest"]
    names = {"Browser", "BrowserContext", "BrowserType", *(name for one in called for name in one.imports)}
    names |= {*(SIGNED_IN_NAMES if shared else ()), *(("expect",) if wanted.slowest_ms >= EXPECT_MS else ())}
    head += [f"from playwright.sync_api import {', '.join(sorted(names, key=lambda one: (one.islower(), one)))}"]
    return [*head, "", "".join(one.constants for one in called)]
