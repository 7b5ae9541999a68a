"""Whatever somebody does on a page can be done again: the page ends in the same state, the server gets the same."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.capture.conftest import browser, capture_js  # noqa: F401 (fixtures)
from tests.roundtrip.judge import journey, judge, pages

pytestmark = pytest.mark.slow

APPS = pages(Path(__file__).parent / "apps")
TIMES = 4


@pytest.mark.parametrize("seed", ["1", "2"])
@pytest.mark.parametrize("name", sorted(APPS))
def test_a_journey_ends_the_same_when_its_test_does_it(
    browser: Browser,  # noqa: F811
    capture_js: str,  # noqa: F811
    name: str,
    seed: str,
) -> None:
    """Recorded, written as a test, and run on a fresh copy of the page."""
    outcome, why = judge(browser, journey(browser, APPS[name], f"{name}-{seed}", TIMES), capture_js)
    assert outcome == "same", why
