"""What flows do, told once and kept; and how many journeys there were by day."""

from agents.storage import Storage, flow_rows
from agents.storage.flow_lists import DAYS
from agents.storage.flow_rows import DayOfJourneys, ToldFlows
from pipeline.flows.ids import flow_id
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
    """What is known is not read again: what was kept stands in the answer, and the counts are those of now."""
    storage.put_story(a_story("b"))
    told = ToldFlows()
    told.add({("b", 3, 1): flow_rows.seen_flow("f", a_story("b", title="As it was told"), 0, "", False, 1)})
    with storage._engine.connect() as connection:
        (flow,) = flow_rows.seen_flows(connection, APP, 1, told)
    assert (flow.title, flow.flow_id, flow.journeys) == ("As it was told", flow_id(APP, "sign in"), 1)


def test_what_is_kept_is_bounded() -> None:
    """What was asked for longest ago is forgotten first."""
    told = ToldFlows(told_max=2)
    flow = flow_rows.seen_flow("f", a_story(), 1, "", False, 1)
    for name in ("a", "b"):
        told.add({(name, 1, 1): flow})
    assert told.known([("a", 1, 1), ("x", 1, 1)]) == {("a", 1, 1): flow}
    told.add({("c", 1, 1): flow})
    assert len(told) == 2
    assert set(told.known([("a", 1, 1), ("b", 1, 1), ("c", 1, 1)])) == {("a", 1, 1), ("c", 1, 1)}


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
