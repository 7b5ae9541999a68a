"""What a test waits for before it fills in a page that a single-page app shows before it has its data."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from schemas.events import Typed
from schemas.stories import ClickStep, FillStep, NetworkRequest
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, story

PAGE = at("/notes")
NEXT = at("/home")
LIST = NetworkRequest(url=f"{HOME}/api/notes?page=1&per_page=10&order=desc", status=200)


def _searched(*more: NetworkRequest, loads: bool = False, fills: bool = True, **of_list: Any) -> str:
    """The test of somebody who opens the page of notes and looks for one; `of_list` is what its list has otherwise."""
    opens = ClickStep(target=by_role("a", "link", "Notes"), **base(NEXT, PAGE, navigates=True, loads=loads))
    field = ClickStep(target=by_label("Title"), **base(PAGE))
    typed = FillStep(target=by_label("Title"), value=Typed(text="tide"), **base(PAGE))
    filters = ClickStep(target=by_role("button", "button", "Filter"), **base(PAGE))
    steps = (opens, field, typed, filters) if fills else (opens, filters)
    asked = LIST.model_copy(update={"cause": opens.event_id, **of_list})
    return write_test(story(*steps, network_requests=(*more, asked))).code


def test_a_page_within_an_app_has_its_data_before_it_is_filled_in() -> None:
    """Many a page shows its form at once, and draws it anew when its list comes: what was typed meanwhile is lost."""
    code = _searched()
    waiting = 'with page.expect_response(re.compile(r"/api/notes(\\?|$)")):\n'
    assert waiting + '        page.get_by_role("link", name="Notes").click()' in code
    assert "draws its form anew" in code
    assert "saves in the background" not in code
    # Another part of the same list, asked for before, is not this one.
    elsewhere = LIST.model_copy(update={"url": f"{HOME}/api/notes?page=1&per_page=5&order=desc"})
    assert r"/api/notes\?.*\bpage=1\b.*\bper_page=10\b" in _searched(elsewhere)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"loads": True},
        {"fills": False},
        {"method": "POST"},
        {"status": None},
        {"status": 304},
        {"cause": None},
        {"url": "http://elsewhere.test/api/notes"},
        {"url": f"{HOME}/api/notifications"},
        {"url": f"{HOME}/api/notes/stream"},
        {"url": f"{HOME}/chunks/notes.3f2a9c.js"},
    ],
)
def test_no_other_data_is_waited_for(otherwise: dict[str, Any]) -> None:
    """A new document has its form from the server; what runs by a timer, without end, elsewhere or from what the
    browser keeps may never come again."""
    assert "expect_response" not in _searched(**otherwise)


@pytest.mark.parametrize("url", [LIST.url, f"{LIST.url}&_=1733021212345"])
def test_data_that_the_app_asked_for_before_is_not_waited_for(url: str) -> None:
    """It may keep it, or ask for it by a timer."""
    again = f"{LIST.url}&_=1733021299999" if "_=" in url else LIST.url
    assert "expect_response" not in _searched(LIST.model_copy(update={"url": again}), url=url)
