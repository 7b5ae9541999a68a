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


def test_stories_and_tests_are_right_when_one_of_three_brokers_goes(tmp_path: Path) -> None:
    """Killed, silent for a while, or back with an empty disk: what was acknowledged is told, and once."""
    kinds = ("broker_kill", "broker_pause", "broker_empty")
    report = run(tmp_path, seed=7, count=len(kinds), journeys_per_s=1.0, kinds=kinds, brokers=3)
    assert report.right, f"{report}\nlogs: {tmp_path}"
