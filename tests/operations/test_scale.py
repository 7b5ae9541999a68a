"""The sizes of docs/scale.md."""

from pathlib import Path

import pytest

from bench.scale import Load, Measured, document, plan

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_shows_what_the_model_says() -> None:
    """Whoever changes a figure prints the table anew: python -m bench.scale --document."""
    assert document() in (ROOT / "docs" / "scale.md").read_text()


@pytest.mark.parametrize("apps", [1, 10, 100, 2_000])
def test_more_traffic_never_needs_less(apps: int) -> None:
    """Of anything; and no worker is planned without a partition."""
    small, large = plan(Load(apps), Measured()), plan(Load(2 * apps), Measured())
    assert large.events_s == pytest.approx(2 * small.events_s)
    for name in ("cores", "workers", "partitions", "topic_bytes", "network_mbit_s", "stories_bytes"):
        assert getattr(large, name) >= getattr(small, name), name
    assert small.partitions >= small.workers >= 2
