"""What a search in a page that stays has left and hidden is what a test proves of it."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from schemas.elements import ByRole, Candidate, Element
from schemas.events import Appeared, Change, CountChanged, Gone, TextChanged, Typed
from schemas.stories import ClickStep, FillStep, GotoStep, Step
from tests.codegen.by_hand import HOME, at, base, by_role, by_text, story

LIST = at("/variables")
LEFT = 'expect(page.get_by_role("row").filter(has_text="hive").first).to_be_visible()'
HIDDEN = 'expect(page.get_by_text("crew_size").filter(visible=True)).to_have_count(0)'


def _row(text: str) -> Element:
    return by_text("tr", text, role="row", name=text)


def _listed(*rows: str) -> GotoStep:
    came = tuple(Appeared(element=_row(one)) for one in rows)
    return GotoStep(url=f"{HOME}/variables", **base(at("/"), LIST, changes=came, loads=True))


def _typed(*changes: Change, **more: Any) -> FillStep:
    field = by_role("input", "searchbox", "Search variables")
    return FillStep(target=field, value=Typed(text="hive"), **base(LIST, LIST, changes=changes, **more))


HIDES = Gone(element=by_text("td", "crew_size"))


def test_a_search_leaves_what_matches_and_hides_what_does_not() -> None:
    """Neither of them is new, so nothing but this says that the page has searched."""
    count = TextChanged(element=by_text("span", "1 Variable"), before="2 Variables", after="1 Variable")
    code = write_test(story(_listed("crew_size 3", "hive_count 8"), _typed(count, HIDES))).code
    assert LEFT in code
    assert HIDDEN in code


def test_what_a_button_searches_for_is_asserted_too() -> None:
    """The button right after what was typed sends it off."""
    go = ClickStep(target=by_role("button", "button", "Search"), **base(LIST, LIST, changes=(HIDES,)))
    assert LEFT in write_test(story(_listed("crew_size 3", "hive_count 8"), _typed(), go)).code


@pytest.mark.parametrize(
    "steps",
    [
        (_listed("crew_size 3", "hive_count 8"), _typed()),
        (_listed("crew_size 3", "hive_count 8"), _typed(Gone(element=by_text("b", "1 - 7")))),
        (_listed("crew_size 3"), _typed(HIDES)),
        (_listed("crew_size 3", "hive_count 8"), _typed(HIDES, Gone(element=_row("hive_count 8")))),
        (_listed("crew_size 3", "hive_count 8"), _typed(HIDES, navigates=True, loads=True)),
    ],
    ids=["nothing hidden", "only a pager changed", "nothing known to match", "what matched went too", "another page"],
)
def test_of_a_search_that_shows_nothing_of_it_nothing_is_asserted(steps: tuple[Step, ...]) -> None:
    """Rows that were there before may be asserted only where the page shows that it has searched."""
    assert LEFT not in write_test(story(*steps)).code


def test_a_result_that_says_more_than_its_name_is_told_by_what_was_typed() -> None:
    """Number and state of the ticket are others' doing."""
    found = at("/search?q=hive")
    texts = ("Bug #2 (Resolved): Mend the hive", "Bug #5 (New): Paint the hive")
    changes = tuple(Appeared(element=by_role("a", "link", text, text=text)) for text in texts)
    field = by_role("input", "searchbox", "Search")
    fill = FillStep(target=field, value=Typed(text="hive"), **base(LIST))
    go = ClickStep(
        target=by_role("button", "button", "Go"), **base(LIST, found, changes=changes, navigates=True, loads=True)
    )
    code = write_test(story(fill, go)).code
    assert code.count('expect(page.get_by_role("link").filter(has_text="hive").first).to_be_visible()') == 1
    assert "Resolved" not in code
    assert "New" not in code


@pytest.mark.parametrize(("stands", "is_asserted"), [("hive_count", True), ("garden", False)])
def test_of_a_list_too_long_to_be_told_a_result_is_known_by_its_text(stands: str, is_asserted: bool) -> None:
    """Its rows are not all in the recording: that it got shorter, and that a text with what was typed stayed, is."""
    cells = tuple(Appeared(element=by_text("span", text)) for text in ("crew_size", stands))
    came = GotoStep(url=f"{HOME}/variables", **base(at("/"), LIST, changes=cells, loads=True))
    rows = Candidate(locator=ByRole(role="row"), count=2)
    shorter = CountChanged(element=by_role("table", "grid", "Variables"), items=rows, before=9, after=2)
    code = write_test(story(came, _typed(shorter, HIDES))).code
    assert (LEFT in code) is is_asserted
