"""A ready-to-run pytest project around generated tests."""

from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.consensus import Consensus
from pipeline.writing.sign_in import SharedSignIn, shared_sign_in
from schemas.generated_tests import GeneratedTest

_CONFTEST: Final = """@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_type: BrowserType) -> dict[str, Any]:
    \"\"\"Adds the path of Chromium: $CHROMIUM, or the first one found, unless Playwright's own is there.\"\"\"
    named = os.environ.get("CHROMIUM")
    if browser_type.name != "chromium" or (not named and Path(browser_type.executable_path).exists()):
        return browser_type_launch_args
    installed = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    found = named or next(filter(None, installed), None)
    if not found:
        return browser_type_launch_args
    args = [*browser_type_launch_args.get("args", []), *([] if os.name == "nt" or os.geteuid() else ["--no-sandbox"])]
    return {**browser_type_launch_args, "executable_path": found, "args": args}
"""

_SIGNED_IN: Final = """@pytest.fixture(scope="session")
def sign_in_state(browser: Browser, browser_context_args: dict[str, Any]) -> tuple[str, Any]:
    \"\"\"Signs in once: where that leads, and the storage by which the app knows the user; None if it does not.\"\"\"
    with browser.new_context(**browser_context_args) as context:
        page = context.new_page()
        sign_in(page)
        address, state = page.url, context.storage_state()
    with browser.new_context(**{**browser_context_args, "storage_state": state}) as context:
        page = context.new_page()
        page.goto(address)
        try:
            see_signed_in(page)
        except AssertionError:
            state = None
    return address, state


@pytest.fixture
def signed_in_page(new_context: Callable[..., BrowserContext], sign_in_state: tuple[str, Any]) -> Page:
    \"\"\"A page of a context of its own, on which the user has just signed in.\"\"\"
    address, state = sign_in_state
    if state is None:
        page = new_context().new_page()
        sign_in(page)
    else:
        page = new_context(storage_state=state).new_page()
        page.goto(address)
    return page
"""

STORAGE_STATE: Final = "APP_STORAGE_STATE"
"""The variable that names the file by which tests of a recording start signed in, as the recording did."""

_STORAGE_STATE: Final = f"""@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    \"\"\"Starts each test with the cookies and storage in the file that ${STORAGE_STATE} names.\"\"\"
    return {{**browser_context_args, "storage_state": os.environ["{STORAGE_STATE}"]}}
"""

_PYPROJECT: Final = """[project]
name = "recorded-flows"
version = "0"
requires-python = ">=3.11"
dependencies = ["pytest>=8", "pytest-playwright>=0.7"]

[tool.pytest.ini_options]
testpaths = ["."]
"""

_README: Final = """# Recorded flows

One Playwright test for each flow that users of the app went through.

```sh
pip install pytest pytest-playwright && playwright install chromium
pytest --base-url https://your-app.example
```

An installed Chromium is used where Playwright's own is missing; `CHROMIUM` names one.
{signed_in}{environment}"""

_README_SIGNED_IN: Final = """
Tests that take `signed_in_page` start after the sign-in of `conftest.py`, which is done once: they share what the
server keeps for a session. `journeywright export --sign-in each` gives each test a sign-in of its own.
"""


def project_files(
    tests: Iterable[GeneratedTest], flows: Mapping[str, Consensus] | None = None, *, storage_state: bool = False
) -> dict[str, str]:
    """File name → content. File names are those of the tests, numbered where two are alike; in the order of their ids,
    so that the same tests give the same project.

    `flows` are what tests were written from, by test id. Where enough of them begin with the same sign-in, the project
    signs in once and these tests start after it. Tests that stand in no `flows` keep their code as it is.
    `storage_state`: the sessions began signed in, so the tests start with the storage state that a variable names.
    """
    ordered = sorted(tests, key=lambda test: (test.file_name, test.id))
    shared = shared_sign_in(flows or {})
    files = {
        "conftest.py": _conftest(shared, storage_state),
        "pyproject.toml": _PYPROJECT,
        "README.md": _README.format(
            signed_in=_README_SIGNED_IN if shared else "", environment=_environment(ordered, storage_state)
        ),
    }
    for test in ordered:
        name, number = test.file_name, 2
        while name in files:
            name = f"{test.file_name.removesuffix('.py')}_{number}.py"
            number += 1
        files[name] = test.code if shared is None else shared.codes.get(test.id, test.code)
    return files


def _conftest(shared: SharedSignIn | None, storage_state: bool) -> str:
    """The fixtures, and with a shared sign-in the functions that they call."""
    if shared is None:
        head = ['"""Starts the installed Chromium where Playwright has none of its own."""', "", "import os"]
        own = ["BrowserType"]
    else:
        head = ['"""Starts the installed Chromium where Playwright has none of its own, and signs in once."""']
        head += ["", "import os", *(["import re"] if shared.uses_re else [])]
        own = ["Browser", "BrowserContext", "BrowserType", "Page", "expect"]
    head += ["import shutil", *(["from collections.abc import Callable"] if shared else [])]
    head += ["from pathlib import Path", "from typing import Any", "", "import pytest"]
    head += [f"from playwright.sync_api import {', '.join(own)}", "", ""]
    parts = ["\n".join([*head, _CONFTEST])]
    if shared is not None:
        parts += ["\n".join([*shared.functions, ""]), _SIGNED_IN]
    if storage_state:
        parts.append(_STORAGE_STATE)
    return "\n\n".join(parts)


def _environment(tests: list[GeneratedTest], storage_state: bool) -> str:
    names = sorted(
        {name for test in tests for name in test.environment} | ({STORAGE_STATE} if storage_state else set())
    )
    if not names:
        return ""
    return "\nThe tests read these from the environment: " + ", ".join(f"`{name}`" for name in names) + ".\n"
