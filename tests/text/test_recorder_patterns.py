"""No regular expression of the recorder or the dashboard costs more than in proportion to a text's length."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.text.costs import UNITS

SCRIPT = Path(__file__).with_name("recorder_patterns.mjs")


def tried(*patterns: str) -> dict[str, Any]:
    """What Node says of these patterns, else of all of the recorder's and the dashboard's."""
    units = json.dumps([unit for unit in UNITS if unit.isprintable()])
    done = subprocess.run(["node", str(SCRIPT), *patterns], input=units, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_patterns_of_the_recorder_are_linear() -> None:
    """Each one, on repeated units of every kind, up to the longest value of a field."""
    said = tried()
    assert said["costly"] == {}
    assert said["count"] > 100


@pytest.mark.parametrize("pattern", [r"\S+@\S", r"\s*x$", r"([/=])([\w=-]{24,})(?=[/?]|$)"])
def test_what_is_not_linear_is_noticed(pattern: str) -> None:
    """Patterns of the kinds that people write."""
    assert tried(pattern)["costly"]
