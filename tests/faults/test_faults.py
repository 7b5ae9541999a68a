"""The short form of the fault suite."""

from pathlib import Path

import pytest

from tests.faults.run import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_stories_and_tests_are_right_after_every_kind_of_fault(tmp_path: Path) -> None:
    """One of the worst kinds each, over live traffic: nothing lost, nothing twice, nothing wrong, nothing stuck."""
    kinds = ("kill", "join", "freeze", "broker_kill", "storage_locked", "poison", "leave", "wipe")
    report = run(tmp_path, seed=7, count=len(kinds), journeys_per_s=2.0, kinds=kinds)
    assert report.right, f"{report}\nlogs: {tmp_path}"
