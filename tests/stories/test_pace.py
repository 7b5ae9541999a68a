"""How long pages took to answer, and how long an exported project waits for them."""

import pytest

from pipeline.codegen.project.conftest_file import EXPECT_MS_MAX, Wanted, conftest
from pipeline.stories.pace import slowest_ms
from schemas.events import Appeared, Effect
from tests.stories.by_hand import Journey, button, heading, textbox

SHOWN = Appeared(element=heading("Saved"))


def answered(journey: Journey, after_ms: int, **more: object) -> Journey:
    """The last action was answered after so long."""
    cause = journey.events[-1].id
    return journey.add(Effect, after_ms, cause=cause, after=journey.page, **{"changes": (SHOWN,), **more})


def test_the_longest_answer_counts() -> None:
    """From the click to the moment when the page was quiet; opening a page counts as well."""
    journey = answered(Journey().opens().click(button("Save")), 6_200)
    answered(journey.click(button("Close")), 300)
    assert slowest_ms(journey.events) == 6_200
    journey = Journey().opens()
    journey.add(Effect, 7_000, cause=None, after=journey.page, changes=(SHOWN,))
    assert slowest_ms(journey.events) == 7_000


def test_what_says_nothing_of_a_page_does_not_count() -> None:
    """Typing takes its own time, a page that never became quiet showed all long before, and an answer without anything
    to see is nothing to wait for. Other sources don't tell when a page was quiet."""
    assert slowest_ms(answered(Journey().opens().fill(textbox("Name"), "Ida"), 9_000).events) == 0
    clicked = Journey().opens().click(button("Save"))
    assert slowest_ms(answered(clicked, 9_000, settled=False).events) == 0
    assert slowest_ms(answered(Journey().opens().click(button("Save")), 9_000, changes=()).events) == 0
    assert slowest_ms(answered(Journey("native").opens().click(button("Save")), 9_000).events) == 0


@pytest.mark.parametrize(("slowest", "waits_ms"), [(0, None), (4_999, None), (5_200, 20_000), (60_000, EXPECT_MS_MAX)])
def test_a_project_waits_longer_for_slow_pages(slowest: int, waits_ms: int | None) -> None:
    """Four times as long as users waited, in whole seconds up to a bound, where that was longer than the default."""
    text = conftest(Wanted(slowest_ms=slowest))
    compile(text, "conftest.py", "exec")
    assert ("set_options" in text) == (waits_ms is not None)
    assert waits_ms is None or f"expect.set_options(timeout={waits_ms})\n" in text
