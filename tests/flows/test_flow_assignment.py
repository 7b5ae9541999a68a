"""Stories of varied traffic come to the flows that a person would name, whatever the order."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.flows.measures import quality
from bench.flows.synthetic import APPS, FLOWS, Flow, Visitor, alert, edit, make, refused, sign_in, traffic
from pipeline.activities.flow_key import key_of
from pipeline.flows.ids import flow_id
from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from schemas.codecs import from_json, to_json
from schemas.events import End
from schemas.stories import STORY, Story


def story_of(flow: Flow, number: int, app: int = 0) -> Story:
    """A made-up visitor's story."""
    visitor = Visitor(APPS[app].name, number, random.Random(number))
    flow(APPS[app], visitor)
    visitor.add(End)
    return told(visitor)


def told(visitor: Visitor) -> Story:
    events = tuple(visitor.events)
    story = build_story(ClosedWindow(events[0].journey_id, len(events), visitor.app, visitor.app, "end", events))
    assert story is not None
    return story


def test_varied_traffic_comes_to_its_flows() -> None:
    """Names, values, detours, second tries, order of fields and way of sending don't make another flow."""
    truth, found = [], []
    for true, window in traffic(300, seed=7):
        story = build_story(window)
        assert story is not None
        truth.append(true)
        found.append(flow_id(story.app, story.flow_key))
    figures = quality(truth, found, truth)
    assert figures.homogeneity == 1.0, figures.mistakes
    assert figures.v_measure > 0.99, figures.mistakes


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_a_kind_of_journey_is_mostly_one_flow(flow: Flow) -> None:
    """Of twelve visitors who do the same thing at least eleven have the same key."""
    keys = [story_of(flow, number).flow_key for number in range(12)]
    assert max(map(keys.count, keys)) >= 11


def test_a_refusal_stays_apart() -> None:
    """Who never got in did something else than who got in at the second try."""
    good = {story_of(sign_in, number).flow_key for number in range(12)}
    bad = {story_of(refused, number).flow_key for number in range(12)}
    assert len(good) == len(bad) == 1
    assert good != bad


def test_another_form_is_another_flow() -> None:
    """Making something and changing something are two flows, and so is making something else."""
    keys = {story_of(flow, 3).flow_key for flow in (make, edit)}
    assert len(keys) == 2


def test_typing_without_sending_is_told_apart() -> None:
    """A form that was filled in and left is no form that was sent off."""
    left, sent = Visitor("app0", 1, random.Random(1)), Visitor("app0", 1, random.Random(1))
    for visitor in (left, sent):
        visitor.open("/settings")
        visitor.write("Name", "Ada")
    sent.send("Save", "POST", "/settings", alert("Saved."), url=None)
    assert told(left).flow_key != told(sent).flow_key


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
@settings(max_examples=15, deadline=None)
def test_a_key_depends_on_its_story_alone(numbers: list[int]) -> None:
    """Told after any other stories, a story has the same key."""
    alone = story_of(edit, 5).flow_key
    for number in numbers:
        story_of(FLOWS[number % len(FLOWS)], number)
    assert story_of(edit, 5).flow_key == alone


def test_a_stored_story_has_its_key_still() -> None:
    """What is kept of a story is enough to tell its flow anew, as after an upgrade."""
    for _, window in traffic(150, seed=11):
        story = build_story(window)
        assert story is not None
        assert key_of(from_json(STORY, to_json(story))) == story.flow_key
