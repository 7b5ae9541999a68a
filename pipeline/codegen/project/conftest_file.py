"""The conftest.py of an exported project: the fixtures that its tests take."""

from dataclasses import dataclass
from typing import Final

from pipeline.codegen.project.fixtures import (
    CONFTEST,
    CONTEXT,
    DRAGS,
    FILLS,
    FILLS_CONSTANTS,
    FILLS_NAMES,
    LOCATOR,
    MAKES_UNIQUE,
    QUARANTINE,
    SETTLES,
    SIGNED_IN,
    SIGNED_IN_NAMES,
    STORAGE_STATE,
    TELLS_RECORDER,
)
from pipeline.codegen.project.shared_sign_in import SharedSignIn
from pipeline.codegen.python.quoting import quoted
from pipeline.semantics.browsers import USUAL_LANGUAGE, Browser

EXPECT_MS: Final = 5_000
"""How long an assertion of Playwright waits by default."""
EXPECT_TIMES: Final = 4
"""A page may take so many times as long as it took for users: machines that run tests are busy."""
EXPECT_MS_MAX: Final = 30_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the tests of a project take, and what is known of the app.

    `fills`: the fixture that types credentials, `unique` the one that makes names unique, `dragged` the one that drags,
    `settles` the one that waits for editors.
    `storage_state`: they start with the storage that a variable names. `language`: their browser asks for pages in the
    usual one. `slowest_ms` is how long pages took to answer users at worst: where that is long, tests wait longer.
    """

    fills: bool = False
    unique: bool = False
    dragged: bool = False
    settles: bool = False
    storage_state: bool = False
    language: bool = False
    slowest_ms: int = 0


def conftest(wanted: Wanted, shared: SharedSignIn | None = None) -> str:
    """The file with all that is wanted, and with `shared` the fixtures that sign in."""
    parts = ["\n".join([*_head(wanted, shared), *_patience(wanted.slowest_ms), CONFTEST]), TELLS_RECORDER, QUARANTINE]
    parts += [FILLS] if wanted.fills else []
    parts += [MAKES_UNIQUE] if wanted.unique else []
    parts += [DRAGS] if wanted.dragged else []
    parts += [SETTLES] if wanted.settles else []
    if shared is not None:
        parts += ["\n".join([*shared.functions, ""]), _signed_in(shared.browser)]
    parts += [_context(wanted)] if wanted.storage_state or wanted.language else []
    return "\n\n".join(parts)


def _context(wanted: Wanted) -> str:
    """The fixture with the options of each test's browser."""
    does = ["Asks for pages in the language of most users."] if wanted.language else []
    does += [
        f"Starts each test with the cookies and storage in the file that ${STORAGE_STATE} names."
    ] * wanted.storage_state
    options = [f'"locale": "{USUAL_LANGUAGE}"'] if wanted.language else []
    options += [f'"storage_state": os.environ["{STORAGE_STATE}"]'] if wanted.storage_state else []
    return CONTEXT.format(does=" ".join(does), options=", ".join(options))


def _signed_in(browser: Browser) -> str:
    """The fixtures that sign in, in a browser that has that of it which is not usual."""
    options = [] if browser.language is None else [f'"locale": {quoted(browser.language)}']
    if browser.screen is not None:
        width_px, height_px = browser.screen.width_px, browser.screen.height_px
        options.append(f'"viewport": {{"width": {width_px}, "height": {height_px}}}')
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
    fills, unique, dragged, settles = wanted.fills, wanted.unique, wanted.dragged, wanted.settles
    does = ["starts the installed Chromium where Playwright has none of its own"]
    does += [
        *(["types credentials"] if fills else []),
        *(["makes names unique"] if unique else []),
        *(["drags as a hand does"] if dragged else []),
        *(["waits for editors"] if settles else []),
        *(["signs in once"] if shared else []),
    ]
    said = f"{', '.join(does[:-1])} and {does[-1]}" if len(does) > 1 else does[0]
    standard = ["json", "os", *(["re"] if shared is not None and shared.uses_re else []), "shutil"]
    head = [f'"""{said[0].upper()}{said[1:]}."""', "", *(f"import {name}" for name in standard)]
    head += [
        *(["from collections.abc import Callable"] if fills or unique or dragged or settles else []),
        "from pathlib import Path",
    ]
    head += ["from typing import Any", *(["from urllib.parse import urlsplit"] if fills else [])]
    head += ["from uuid import uuid4", "", "import pytest"]
    names = {
        "Browser",
        "BrowserContext",
        "BrowserType",
        *(FILLS_NAMES if fills else ()),
        *(LOCATOR if dragged or settles else ()),
        *(SIGNED_IN_NAMES if shared else ()),
        *(("expect",) if wanted.slowest_ms >= EXPECT_MS else ()),
    }
    head += [f"from playwright.sync_api import {', '.join(sorted(names, key=lambda one: (one.islower(), one)))}"]
    return [*head, "", *([FILLS_CONSTANTS] if fills else [""])]
