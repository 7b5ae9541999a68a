"""A ready-to-run pytest project around generated tests."""

from collections.abc import Iterable
from typing import Final

from schemas.generated_tests import GeneratedTest

_CONFTEST: Final = '''"""Starts the installed Chromium where Playwright has none of its own."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_type: BrowserType) -> dict[str, Any]:
    """Adds the path of Chromium: $CHROMIUM, or the first one found, unless Playwright's own is there."""
    named = os.environ.get("CHROMIUM")
    if browser_type.name != "chromium" or (not named and Path(browser_type.executable_path).exists()):
        return browser_type_launch_args
    installed = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    found = named or next(filter(None, installed), None)
    if not found:
        return browser_type_launch_args
    args = [*browser_type_launch_args.get("args", []), *([] if os.name == "nt" or os.geteuid() else ["--no-sandbox"])]
    return {**browser_type_launch_args, "executable_path": found, "args": args}
'''

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
{environment}"""


def project_files(tests: Iterable[GeneratedTest]) -> dict[str, str]:
    """File name → content. File names are those of the tests, numbered where two are alike; in the order of their ids,
    so that the same tests give the same project."""
    ordered = sorted(tests, key=lambda test: (test.file_name, test.id))
    files = {
        "conftest.py": _CONFTEST,
        "pyproject.toml": _PYPROJECT,
        "README.md": _README.format(environment=_environment(ordered)),
    }
    for test in ordered:
        name, number = test.file_name, 2
        while name in files:
            name = f"{test.file_name.removesuffix('.py')}_{number}.py"
            number += 1
        files[name] = test.code
    return files


def _environment(tests: list[GeneratedTest]) -> str:
    names = sorted({name for test in tests for name in test.environment})
    if not names:
        return ""
    return "\nThe tests read these from the environment: " + ", ".join(f"`{name}`" for name in names) + ".\n"
