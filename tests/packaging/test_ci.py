"""`make test` believes nobody: as many tests must pass as were collected."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def run_tests(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Runs scripts/test.sh over one file of tests."""
    file = folder / "test_sample.py"
    file.write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the sample needs none, and they take seconds
    command = [str(ROOT / "scripts" / "test.sh"), str(file)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_all_passed_is_good(tmp_path: Path) -> None:
    """Two collected, two passed: the closing lines say so."""
    done = run_tests(tmp_path, "def test_a(): pass\ndef test_b(): pass\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 collected tests passed" in done.stdout


@pytest.mark.parametrize(
    "second",
    [
        "def test_b(): assert False",
        "import pytest\n@pytest.mark.skip\ndef test_b(): pass",
        "import pytest\n@pytest.mark.xfail\ndef test_b(): assert False",
        "import os\ndef test_b(): os._exit(0)",
    ],
    ids=["failed", "skipped", "expected to fail", "ended the process"],
)
def test_anything_else_is_not(tmp_path: Path, second: str) -> None:
    """A failure, a skip, an expected failure, or a process that ends in the middle with 0: none counts as a pass."""
    done = run_tests(tmp_path, f"def test_a(): pass\n{second}\n")
    assert done.returncode != 0
    assert "2 of 2" not in done.stdout
