"""The short form of the fuzzer."""

from pathlib import Path

import pytest

from tests.fuzz.run import run

SECONDS = 15
SEED = 32


@pytest.mark.slow
def test_mutated_bodies_and_messages_cost_nobody_anything(tmp_path: Path) -> None:
    """Whatever comes by HTTP and by Kafka: no process ends, no answer is 5xx or missing, all that was acknowledged is
    in a story, an open window or a dead letter, and each good journey among it has its test."""
    report = run(tmp_path, SEED, SECONDS)
    assert report.good
    assert not report.wrong, str(report)
