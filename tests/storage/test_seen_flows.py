"""What flows do, told once and kept; and how many journeys there were by day."""

import pytest
from sqlalchemy import update

from agents.storage import Storage
from agents.storage.sql import flow_rows
from agents.storage.sql.flow_lists import DAYS
from agents.storage.sql.flow_rows import DayOfJourneys, FrequentFlow
from agents.storage.tables import STORIES
from pipeline.flows.coverage import SeenFlow
from pipeline.flows.ids import flow_id
from schemas.codecs import to_json
from tests.storage.samples import APP, a_story, a_test


def test_what_a_flow_does_is_told_anew_with_each_version(storage: Storage) -> None:
    """Journeys and tests that came since the last look are counted, and a new version of the story is read."""
    storage.put_story(a_story("b"))
    assert [(one.title, one.journeys, one.tested) for one in storage.seen_flows(APP, 1)] == [("Sign in", 1, False)]
    storage.put_story(a_story("c", start_timestamp="2024-11-01T00:00:00.000Z"))
    assert storage.put_test(a_test(a_story("b"), a_story("c")))
    (flow,) = storage.seen_flows(APP, 1)
    assert (flow.journeys, flow.tested, flow.last_seen) == (2, True, "2024-11-01T00:00:00.000Z")
    storage.put_story(a_story("b", version=4, title="Sign in again"))
    assert [one.title for one in storage.seen_flows(APP, 1)] == ["Sign in again"]
    assert storage.seen_flows("other", 1) == []


def test_a_story_is_told_once(storage: Storage) -> None:
    """What was told is kept with the story, and counts whatever the story's body says now; other rules ask anew."""
    storage.put_story(a_story("b", title="As it was told"))
    assert [one.title for one in storage.seen_flows(APP, 1)] == ["As it was told"]
    with storage._engine.begin() as connection:
        connection.execute(update(STORIES).values(body=to_json(a_story("b", title="As it is now")).decode()))
    (flow,) = storage.seen_flows(APP, 1)
    assert (flow.title, flow.flow_id, flow.journeys) == ("As it was told", flow_id(APP, "sign in"), 1)
    assert [one.title for one in storage.seen_flows(APP, 2)] == ["As it is now"]


def test_what_was_told_of_another_version_is_not_kept(storage: Storage) -> None:
    """What flows do is saved for many at once, each with the version of the story that it was told of."""
    storage.put_stories([a_story("a", flow_key="a"), a_story("b", flow_key="b", version=4)])
    told = [
        FrequentFlow(SeenFlow(name, f"Told {name}", 0, "", frozenset({"done"}), True), name, 3, classified=True)
        for name in ("a", "b")
    ]
    storage.save_activities(told, 1)
    assert sorted(one.title for one in storage.seen_flows(APP, 1)) == ["Sign in", "Told a"]


def test_more_flows_than_are_read_at_once_are_all_known(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch by batch; and the next look reads no story."""
    monkeypatch.setattr(flow_rows, "STORIES_AT_ONCE_MAX", 2)
    storage.put_stories([a_story(name, flow_key=name, title=name) for name in "abcde"])
    first = storage.seen_flows(APP, 1)
    assert sorted(one.title for one in first) == list("abcde")
    with storage._engine.begin() as connection:
        connection.execute(update(STORIES).values(body="not read"))
    assert storage.seen_flows(APP, 1) == first


def test_journeys_are_counted_by_day(storage: Storage) -> None:
    """Up to the app's own newest story; those of flows with a test apart from the others."""
    storage.put_stories([a_story("a"), a_story("b", flow_key="search"), a_story("c", app="other")])
    storage.put_story(a_story("d", app="other", start_timestamp="2025-01-01T00:00:00.000Z"))
    assert storage.put_test(a_test(a_story("a")))
    days = storage.journeys_by_day(APP)
    assert len(days) == DAYS
    assert days[-1] == DayOfJourneys("2024-10-10", tested=1, untested=1, users=1)
    assert {(one.tested, one.untested, one.users) for one in days[:-1]} == {(0, 0, 0)}
    assert flow_id(APP, "search") in {one.flow_id for one in storage.seen_flows(APP, 1)}
