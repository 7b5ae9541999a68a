"""The whole way with no broker: events to stories to tests."""

import ast
import random

from pipeline import generate
from pipeline.flows.ids import flow_id
from pipeline.flows.ids import test_id as id_of_test
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from schemas.events import Event
from tests.stories.by_hand import HOME, Journey, button, sign_in, textbox

WINDOWING = Windowing(gap_ms=1_800_000)


def _events() -> list[Event]:
    """Three journeys: two sign-ins of different people, and a form."""
    events: list[Event] = []
    for number, user in enumerate(("ann@example.com", "bob@example.com")):
        journey = sign_in(Journey().opens(f"{HOME}login"), user)
        events += [_of(event, f"j{number}") for event in journey.events]
    form = Journey().opens(HOME).fill(textbox("Name"), "Ann").click(button("Send")).leads_to(f"{HOME}thanks")
    return events + [_of(event, "j2") for event in form.events]


def _of(event: Event, journey_id: str) -> Event:
    update = {"journey_id": journey_id, "id": f"{journey_id}-{event.id}"}
    cause = getattr(event, "cause", None)
    return event.model_copy(update=update | ({"cause": f"{journey_id}-{cause}"} if cause else {}))


def test_one_test_for_each_flow() -> None:
    """Two people who do the same share one test, written from the earlier story."""
    stories = generate.stories_of(_events(), WINDOWING)
    tests = generate.tests_of(stories)
    assert [story.title for story in stories] == ["Log in", "Log in", "Fill in 'Name' and click 'Send'"]
    assert len(tests) == 2
    for test in tests:
        same = [story for story in stories if flow_id(story.app, story.flow_key) == test.flow_id]
        assert test.story_id == min((story.start_timestamp, story.id) for story in same)[1]
        assert test.id == id_of_test(test.app, test.flow_id)
        ast.parse(test.code)


def test_order_and_repetition_of_the_events_do_not_matter() -> None:
    """The same events shuffled and doubled give the same bytes."""
    events = _events()
    shuffled = events * 2
    random.Random(7).shuffle(shuffled)
    stories, again = generate.stories_of(events, WINDOWING), generate.stories_of(shuffled, WINDOWING)
    assert to_json(stories) == to_json(again)
    assert to_json(generate.tests_of(stories)) == to_json(generate.tests_of(again[::-1]))
