"""What a test waits for before it fills in a page that a single-page app shows before it has its data."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from schemas.events import Appeared, Typed
from schemas.stories import ClickStep, FillStep, NetworkRequest
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, story

PAGE = at("/notes")
NEXT = at("/home")
LIST = NetworkRequest(url=f"{HOME}/api/notes?page=1&per_page=10&order=desc", status=200)


def _searched(
    *more: NetworkRequest,
    loads: bool = False,
    fills: bool = True,
    load: bool = True,
    to: str = "/notes",
    shows: str = "",
    **of_list: Any,
) -> str:
    """The test of somebody who opens the page of notes and looks for one; `of_list` is what its list has otherwise,
    `load` whether the story tells what the app asked for first."""
    shown = (Appeared(element=by_role("h1", "heading", shows)),) if shows else ()
    page = base(NEXT, at(to), navigates=True, loads=loads, changes=shown)
    opens = ClickStep(target=by_role("a", "link", "Notes"), **page)
    field = ClickStep(target=by_label("Title"), **base(PAGE))
    typed = FillStep(target=by_label("Title"), value=Typed(text="tide"), **base(PAGE))
    filters = ClickStep(target=by_role("button", "button", "Filter"), **base(PAGE))
    steps = (opens, field, typed, filters) if fills else (opens, filters)
    asked = LIST.model_copy(update={"cause": opens.event_id, **of_list})
    loaded = (NetworkRequest(url=f"{HOME}/api/home", status=200),) if load else ()
    return write_test(story(*steps, network_requests=(*loaded, *more, asked))).code


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
    scoped = LIST.model_copy(update={"url": f"{HOME}/api/notes?scopes=true"})
    assert "expect_response" not in _searched(scoped, url=f"{HOME}/api/notes?folders=true")


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
        {"url": f"{HOME}/locales/en/notes.json"},
        {"url": f"{HOME}/static/app/notes.json"},
        {"url": f"{HOME}/api/categories"},
        {"url": f"{HOME}/api/notes/unread"},
        {"url": f"{HOME}/api/status", "shows": "Status"},
        {"url": f"{HOME}/api/session", "shows": "Session"},
        {"url": f"{HOME}/api/note-settings"},
        {"url": f"{HOME}/api/7"},
        {"load": False},
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


@pytest.mark.parametrize(
    ("asked", "otherwise"),
    [
        ("/api/notes/17", {}),
        ("/api/noteList", {"to": "/note-list"}),
        ("/_next/data/a81bc81b/notes.json", {}),
        ("/api/categories", {"shows": "Category of notes"}),
        ("/api/session", {"to": "/session"}),
    ],
)
def test_what_the_page_speaks_of_is_waited_for(asked: str, otherwise: dict[str, Any]) -> None:
    """In its address or in what appeared on it, one of them or many."""
    assert "expect_response" in _searched(url=HOME + asked, **otherwise)


@pytest.mark.parametrize(("first", "waits"), [("/api/me", True), ("/api/time", False)])
def test_only_an_app_whose_load_is_told_is_waited_for(first: str, waits: bool) -> None:
    """What a journey that begins within an app asks for, the app as a test opens it may have asked for before."""
    loaded = NetworkRequest(url=HOME + first, status=200)
    assert ("expect_response" in _searched(loaded, load=False)) is waits


def test_what_comes_without_a_cause_after_an_action_is_no_load() -> None:
    """A timer sent it."""
    caused = NetworkRequest(url=f"{HOME}/api/tags", status=200, cause="before")
    late = NetworkRequest(url=f"{HOME}/api/me", status=200)
    assert "expect_response" not in _searched(caused, late, load=False)


def _pressed(*causes: str, leads_on: bool = True) -> str:
    """The test of somebody who opens a note and presses its button; the note is asked for by the opening, and then by
    each of `causes`: by the button, by a timer, or by the opening once more."""
    note = at("/notes/17")
    opens = ClickStep(target=by_role("a", "link", "Tide"), **base(NEXT, note, navigates=True))
    presses = ClickStep(
        target=by_role("button", "button", "Edit"), **base(note, at("/notes/17/edit"), navigates=leads_on)
    )
    by = {"opening": opens.event_id, "button": presses.event_id, "timer": None}
    asked = [NetworkRequest(url=f"{HOME}/api/notes/17", status=200, cause=by[one]) for one in ("opening", *causes)]
    loaded = NetworkRequest(url=f"{HOME}/api/home", status=200)
    return write_test(story(opens, presses, network_requests=(loaded, *asked))).code


@pytest.mark.parametrize("causes", [(), ("button",)])
def test_a_button_that_leads_on_is_pressed_once_its_page_has_its_data(causes: tuple[str, ...]) -> None:
    """It knows nothing of the thing before, and would lead nowhere. The page that it leads to may ask for it again."""
    waiting = 'with page.expect_response(re.compile(r"/api/notes/\\d+$")):\n'
    assert waiting + '        page.get_by_role("link", name="Tide").click()' in _pressed(*causes)


@pytest.mark.parametrize("causes", [("timer",), ("opening",), ("button", "timer")])
def test_what_no_page_alone_asks_for_is_not_waited_for(causes: tuple[str, ...]) -> None:
    """What is sent by a timer, or more than once, may come from before."""
    assert "expect_response" not in _pressed(*causes)


def test_a_button_that_stays_on_its_page_waits_for_nothing() -> None:
    """It opens a menu or a dialog, whatever the page knows."""
    assert "expect_response" not in _pressed(leads_on=False)
