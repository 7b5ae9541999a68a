"""Lists of flows: filtered, sorted and cut into pages by the database as a plain loop would."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from agents.storage import PageRequest, Storage
from agents.storage.sql.flow_lists import ATTENTION, DAYS, VERDICTS_SHOWN, FlowFilter, FlowSort, ListedFlow
from schemas.codecs import BadInput
from schemas.verdicts import Verdict
from tests.storage.samples import a_story, a_test

APPS = ("shop.example", "desk.example")
TAGS = ("login", "search", "checkout")


def filled(storage: Storage, flows: int) -> None:
    """Flows of two apps, with one to three journeys each, most of them with a test, some proven or failing."""
    draw = random.Random(7)
    for number in range(flows):
        changes: dict[str, Any] = {
            "app": APPS[number % 2],
            "flow_key": f"key {number}",
            "title": f"Do thing {number} ÄÖÜ 100%",
            "tags": (TAGS[number % 3],),
            "start_timestamp": f"2024-10-{1 + draw.randrange(20):02d}T10:00:00.000Z",
        }
        stories = [a_story(f"{number}-{one}", **changes) for one in range(1 + draw.randrange(3))]
        storage.put_stories(stories)
        if number % 5 == 4:
            continue
        test = a_test(*stories, tags=changes["tags"])
        assert storage.put_test(test)
        for one in range(draw.randrange(3) * 6):
            at = f"2024-11-01T10:00:{one:02d}.000Z"
            outcome = draw.choice(("passed", "failed", "flaky"))
            kind = None if outcome == "passed" else "app"
            fields = {"id": f"v{number}-{one}", "test_id": test.id, "revision": 1, "app": test.app}
            assert storage.put_verdict(Verdict(**fields, started_at=at, ended_at=at, outcome=outcome, kind=kind))


def everything(storage: Storage, wanted: FlowFilter, sort: FlowSort, limit: int) -> list[ListedFlow]:
    """All pages of a list, one after the other."""
    found: list[ListedFlow] = []
    page = PageRequest(limit)
    while True:
        part = storage.flow_page(wanted, sort, page)
        found += part.flows
        if part.next_cursor is None:
            return found
        page = PageRequest(limit, part.next_cursor)


def test_pages_hold_each_flow_once_in_the_order_asked_for(storage: Storage) -> None:
    """Whatever the size of a page."""
    filled(storage, 23)
    orders: dict[FlowSort, Any] = {
        "attention": lambda one: (ATTENTION.index(one.state), -one.support, one.flow_id),
        "journeys": lambda one: (-one.support, one.flow_id),
        "seen": lambda one: (-int(one.last_seen[8:10]), one.flow_id),
    }
    for sort, order in orders.items():
        for limit in (1, 7, 200):
            found = everything(storage, FlowFilter(), sort, limit)
            assert len({one.flow_id for one in found}) == 23
            assert found == sorted(found, key=order), sort


FILTERS: tuple[tuple[FlowFilter, Callable[[ListedFlow], bool]], ...] = (
    (FlowFilter(app="desk.example"), lambda one: one.app == "desk.example"),
    (FlowFilter(tag="search"), lambda one: "search" in one.tags),
    (FlowFilter(states=("failing", "untested")), lambda one: one.state in ("failing", "untested")),
    (FlowFilter(words=("THING", "äöü")), lambda one: one.test_id is not None),
    (FlowFilter(words=("thing 1",)), lambda one: one.test_id is not None and "thing 1" in one.title),
    (FlowFilter(words=("100%",)), lambda one: one.test_id is not None),
    (FlowFilter(words=("%",)), lambda one: one.test_id is not None),
    (FlowFilter(words=("_o",)), lambda one: False),
    (FlowFilter(seen_since="2024-10-10"), lambda one: one.last_seen >= "2024-10-10"),
    (FlowFilter(seen_before="2024-10-10"), lambda one: one.last_seen < "2024-10-10"),
)


def test_each_filter_leaves_what_it_says(storage: Storage) -> None:
    """And the page counts what it leaves."""
    filled(storage, 23)
    of_all = everything(storage, FlowFilter(), "attention", 200)
    for wanted, holds in FILTERS:
        expected = [one for one in of_all if holds(one)]
        page = storage.flow_page(wanted, "attention", PageRequest(200))
        assert list(page.flows) == expected, wanted
        assert page.total == len(expected), wanted


def test_a_row_has_the_newest_verdicts_and_the_journeys_of_the_last_days(storage: Storage) -> None:
    """The newest ten, newest first; days end with the newest journey of all."""
    filled(storage, 23)
    page = storage.flow_page()
    shown = [one for one in page.flows if one.verdicts]
    assert max(len(one.verdicts) for one in shown) == VERDICTS_SHOWN
    for one in shown:
        ended = [verdict.ended_at for verdict in one.verdicts]
        assert ended == sorted(ended, reverse=True)
    assert len(page.days) == DAYS
    newest = max(one.last_seen for one in page.flows)
    assert page.days[-1] == newest[:10]
    for one in page.flows:
        assert sum(one.journeys) == (one.support if one.last_seen[:10] >= page.days[0] else 0)


def test_users_are_counted_once_a_day(storage: Storage) -> None:
    """A user is whom the app named, and else a session; a new version of a journey may name one."""
    sessions = {"a": "s1", "b": "s1", "c": "s2", "d": "s3"}
    storage.put_stories([a_story(name, session_id=session) for name, session in sessions.items()])
    storage.put_story(a_story("e", session_id="s1", start_timestamp="2024-10-09T00:00:00.000Z"))
    (flow,) = storage.flow_page().flows
    assert (flow.journeys[-2:], flow.users[-2:]) == ((1, 4), (1, 3))
    storage.put_stories([a_story(name, session_id=sessions[name], version=4, user_id="ada") for name in "acd"])
    (flow,) = storage.flow_page().flows
    assert (flow.journeys[-2:], flow.users[-2:]) == ((1, 4), (1, 2))


def test_a_cursor_of_another_order_is_refused(storage: Storage) -> None:
    """As is one that nobody gave."""
    filled(storage, 3)
    cursor = storage.flow_page(page=PageRequest(1)).next_cursor
    with pytest.raises(BadInput, match="cursor"):
        storage.flow_page(sort="seen", page=PageRequest(1, cursor))


def test_an_edit_and_a_merge_show_in_the_list(storage: Storage) -> None:
    """A flow that is merged into another one is no flow of its own any more."""
    filled(storage, 2)
    first, second = everything(storage, FlowFilter(), "journeys", 200)
    assert second.test_id is not None
    storage.save_edit(second.test_id, "def test_it():\n    pass\n", None)
    assert [one.saved for one in everything(storage, FlowFilter(), "journeys", 200)] == [False, True]
    storage.put_story(a_story("other", app=first.app, flow_key="other"))
    other = next(one for one in everything(storage, FlowFilter(app=first.app), "journeys", 200) if one != first)
    storage.merge_flow(other.flow_id, first.flow_id)
    assert [one.flow_id for one in everything(storage, FlowFilter(app=first.app), "journeys", 200)] == [first.flow_id]
