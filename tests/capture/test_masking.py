"""On pages made at random nothing of what is masked or secret is sent, and the rest is."""

import pytest
from playwright.sync_api import Browser

from tests.masking.run import Pages, leaks, new_tab, seeds, visit

pytestmark = pytest.mark.slow
PAGES = 14


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_masked_or_secret_is_sent(browser: Browser, capture_js: str, seed: int) -> None:
    """Masks, labels, frames, shadow trees, secrets and what repeats them; `make masking` tries many more."""
    with Pages(capture_js) as pages:
        tab = new_tab(browser, pages)
        visits = [visit(tab, pages, one) for one in seeds(seed, PAGES)]
        tab.context.close()
    assert {one.seed: one.wrong for one in visits if one.wrong} == {}
    assert sum(one.acts for one in visits) > 3 * PAGES


@pytest.mark.parametrize(
    "told",
    ["Zor Ablin", "ZOR  ABLIN", "zor-ablin", "zor%20ablin", "zor%2520ablin", "zor+ablin", "z\\u006fr &#97;blin",
     "Wm9yIEFibGlu", "n=QTpab3IgQWJsaW4_", "5a6f722041626c696e", "nilbA roZ"],
)  # fmt: skip
def test_the_search_finds_every_form(told: str) -> None:
    """A secret is seen in any case, spacing and encoding: what the pages prove hangs on it."""
    event = {"kind": "click", "journey_id": "j", "at_ms": 1, "seq": 1, "target": {"text": f"Saved {told}."}}
    assert leaks([event], ["Zor Ablin"], "http://x") != []


def test_the_search_finds_what_was_typed_key_by_key() -> None:
    """A secret that is spread over several events is seen as well."""
    events = [
        {"kind": "press", "journey_id": "j", "at_ms": at, "seq": at, "key": key} for at, key in enumerate("hunter22")
    ]
    assert leaks(events, ["hunter22"], "http://x") != []
