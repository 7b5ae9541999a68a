"""Runs an exported pytest project in a process of its own, and reads what came of it."""

import os
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.local import processes

END_S = 8.0
"""How long pytest may take to close its browser, when it is told to end."""


class NotRun(RuntimeError):
    """The project could not be run at all. The message says why, in one line."""


@dataclass(frozen=True)
class ProjectResult:
    """What came of one test. `file` is relative to the project; `failure` is the first line of what went wrong."""

    file: str
    name: str
    passed: bool
    seconds: float
    failure: str = ""


def run_project(
    folder: Path, base_url: str, chromium: Path, variables: Mapping[str, str] | None = None
) -> list[ProjectResult]:
    """Runs all tests of a project against `base_url`. `variables` are for the tests (APP_PASSWORD …).

    Raises NotRun where there is nothing to run or pytest itself failed.
    """
    if not folder.is_dir():
        raise NotRun(f"{folder} is no folder: give one that `journeywright export` wrote")
    # An exported project's conftest.py starts the Chromium that CHROMIUM names.
    environment = {**os.environ, **(variables or {}), "CHROMIUM": str(chromium), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory(prefix="journeywright-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [
            *(sys.executable, "-m", "pytest", "-q", "--tb=short"),
            *("-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"),
            *(f"--rootdir={folder}", f"--output={scratch}/results", f"--base-url={base_url}", str(folder)),
        ]
        output = Path(scratch) / "output"
        processes.finish(processes.start(command, output, environment), END_S)
        verdicts = _read(report, folder) if report.exists() else []
        if not verdicts:
            raise NotRun(f"no test ran in {folder}: {_last_line(output.read_text(errors='replace'))}")
    return verdicts


def _read(report: Path, folder: Path) -> list[ProjectResult]:
    verdicts = []
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 (pytest has just written it)
        faults = [child for child in case if child.tag in ("failure", "error", "skipped")]
        message = faults[0].get("message", "") if faults else ""
        verdicts.append(
            ProjectResult(
                file=case.get("file", "").removeprefix(f"{folder}/"),
                name=case.get("name", "").removesuffix("[chromium]"),
                passed=not faults,
                seconds=float(case.get("time", "0")),
                failure=next(iter(message.splitlines()), "") or (faults[0].tag if faults else ""),
            )
        )
    return verdicts


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "pytest printed nothing"
