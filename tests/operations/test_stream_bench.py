"""The bench of the stream sends what it says, and knows when all of it is done."""

import argparse
import json

from bench.stream import Seen, repeated
from pipeline.flows.ids import flow_id


def test_journeys_of_few_flows_are_sent() -> None:
    """As many journeys as were asked for, of as many flows, each event once, no message larger than asked for."""
    rows = repeated(argparse.Namespace(journeys=40, flows=4, batch=3))
    events = [event for _, value in rows for event in json.loads(value)]
    assert len({key for key, _ in rows}) == 40
    assert len({event["id"] for event in events}) == len(events)
    assert max(len(json.loads(value)) for _, value in rows) == 3


def test_tests_are_done_once_they_stand_on_all_sessions() -> None:
    """A test that was written before the flow's last story is not the last word."""
    seen = Seen()
    for name in ("s1", "s2"):
        story = {"id": name, "app": "shop", "flow_key": "buy", "journey_id": name}
        seen.note("stories", json.dumps(story).encode())
    for sessions, done in ((1, False), (2, True)):
        test = {"flow_id": flow_id("shop", "buy"), "sessions": sessions}
        seen.note("tests", json.dumps(test).encode())
        assert seen.written == done
