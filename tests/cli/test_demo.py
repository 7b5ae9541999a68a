"""The main job, start to end, as a newcomer runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.demo.stock import PASSWORD
from agents.settings import Settings


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_the_demonstration_ends_with_tests_that_pass(tmp_path: Path) -> None:
    """Real Kafka, real worker, real browser: each visit becomes a story, each flow a test, and every test passes.

    Several visitors who did the same thing support one test, and the shop's password is in none of the files. Once the
    shop has changed, the test of the renamed button is healed, and that of the broken page finds the bug.
    """
    known = {f"JOURNEYWRIGHT_{name.upper()}" for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in known}
    command = [sys.executable, "-m", "agents.cli", "demo", "--change", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told

    summary = re.search(r"(\d+) visits, (\d+) flows, (\d+) of (\d+) tests passed", done.stdout)
    assert summary is not None, told
    visits, flows, passed, tests = map(int, summary.groups())
    assert visits == 10
    assert flows == tests == passed
    assert 5 <= flows < visits

    for tag in ("login", "search", "create", "checkout", "delete"):
        assert re.search(rf"story: .*\[.*\b{tag}\b.*\]", told), f"no story was tagged {tag}: {told}"
    assert re.search(r"Sign in +login +[2-9] +test_sign_in\.py +yes", done.stdout), done.stdout
    proven = re.findall(r"yes +[\d.]+ +(\d) of (\d) +(\d) of (\d)", done.stdout)
    assert len(proven) == flows, done.stdout
    assert all(passed == runs == "2" and int(noticed) > 0 for passed, runs, noticed, _ in proven), done.stdout

    assert len(re.findall(r"^.+ healed +.*of 3 sessions did step", done.stdout, re.MULTILINE)) == 1, done.stdout
    assert len(re.findall(r"bug found", done.stdout)) == 1, done.stdout

    project = tmp_path / "demo" / "project"
    files = [file for file in project.rglob("*") if file.is_file() and file.suffix in (".py", ".toml", ".md")]
    assert len([file for file in files if file.name.startswith("test_")]) == flows
    assert not [file for file in files if PASSWORD in file.read_text()]
