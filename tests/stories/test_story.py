"""The whole story: its outer fields, states, short actions, size."""

import json
import time

import pytest

from pipeline.intake import read_body
from pipeline.stories.build import build_story
from pipeline.stories.size_limit import fitted
from pipeline.windowing.closed_window import ClosedWindow
from schemas import limits
from schemas.codecs import to_json
from schemas.elements import ById, Candidate
from schemas.events import Appeared, Event
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, password, sign_in, textbox

SECRET = "correct horse battery"


def _challenge(name: str, at: str, url: str, tag: str, text: str, **attributes: str) -> dict[str, object]:
    properties = {
        "distinct_id": "u1",
        "session_id": "s1",
        "journey_id": "j1",
        "$current_url": url,
        "$host": "example.com",
        "eventType": name,
        "elementType": tag,
        "elementText": text,
        "elementAttributes": attributes,
    }
    return {"event": f"${name}", "properties": properties, "timestamp": at}


def _story(records: list[dict[str, object]]) -> Story:
    events = read_body(json.dumps({"events": records}).encode()).events
    ordered: tuple[Event, ...] = tuple(sorted(events, key=lambda e: (e.at_ms, e.tab_id, e.seq, e.id)))
    story = build_story(ClosedWindow("id-1", len(ordered), "example.com", "j1", "end", ordered))
    assert story is not None
    return story


def _login_records() -> list[dict[str, object]]:
    url = "https://example.com/login"
    return [
        _challenge("input", "2023-09-16T10:30:15.000Z", url, "input", "user@example.com", id="#email"),
        _challenge("input", "2023-09-16T10:30:25.000Z", url, "input", "********", id="#password"),
        _challenge("click", "2023-09-16T10:30:35.000Z", url, "button", "Login", id="#login-button"),
        _challenge("navigation", "2023-09-16T10:30:45.000Z", url, "a", "Profile"),
        _challenge("input", "2023-09-16T10:30:55.000Z", "https://example.com/profile", "input", "Jo", id="#name"),
    ]


def test_a_sign_in_of_the_challenge_format() -> None:
    """States, times and the short actions that earlier clients read."""
    story = _story(_login_records())
    assert story.initial_state.url == "https://example.com/login"
    assert story.final_state.url == "https://example.com/profile"
    assert (story.start_timestamp, story.end_timestamp) == ("2023-09-16T10:30:15.000Z", "2023-09-16T10:30:55.000Z")
    assert [(action.type, action.target, action.value) for action in story.actions] == [
        ("navigation", "", "https://example.com/login"),
        ("input", "#email", "user@example.com"),
        ("input", "#password", "********"),
        ("click", "#login-button", ""),
        ("click", "the link 'Profile'", ""),
        ("input", "#name", "Jo"),
    ]
    assert (story.closed_by, story.user_id, story.session_id, story.version) == ("end", "u1", "s1", 5)


def test_the_names_of_the_outer_fields_are_those_that_clients_know() -> None:
    """In JSON the fields are spelt as earlier clients expect, empty ones too."""
    printed = json.loads(to_json(_story(_login_records())))
    assert {"startTimestamp", "endTimestamp", "initialState", "finalState", "networkRequests", "tags"} <= set(printed)
    assert printed["networkRequests"] == []


def test_states_have_titles_and_telling_texts() -> None:
    """What told the user where they were stands in the states: messages first, then headings."""
    journey = Journey().opens(HOME, Appeared(element=heading("Shop")), title="The shop")
    journey.click(button("Save")).shows_new(heading("Orders"), alert("Saved"))
    story = journey.story()
    assert (story.initial_state.title, story.initial_state.texts) == ("The shop", ("Shop",))
    assert story.final_state.texts == ("Saved", "Orders")


def test_no_secret_anywhere() -> None:
    """A password is nowhere in the story; neither is a token in the words for people."""
    journey = Journey().opens(f"{HOME}reset?token={SECRET}")
    story = sign_in(journey).story()
    assert SECRET not in " ".join([story.title, story.sentence, *(step.said for step in story.steps)])
    assert story.actions[2].value == "********"


def _large(steps: int) -> Story:
    many = tuple(Candidate(locator=ById(value=f"{n}-" + "x" * 150)) for n in range(limits.CANDIDATES_MAX))
    changes = [Appeared(element=heading("h" * 150).model_copy(update={"candidates": many})) for _ in range(5)]
    journey = Journey().opens()
    for number in range(steps):
        journey.click(button(f"B{number}", candidates=many)).shows(*changes[: number % 6])
    return journey.story()


def test_a_small_story_is_left_as_it_is() -> None:
    """Nothing is reduced below the bound."""
    assert _large(10).notes == ()


@pytest.mark.parametrize("steps", [200, 499])
def test_a_large_story_is_reduced_and_says_so(steps: int) -> None:
    """It fits into one message, keeps all its steps where that is enough, and its notes tell what is missing."""
    story = _large(steps)
    assert len(to_json(story)) <= limits.MESSAGE_BYTES_MAX
    assert len(story.steps) == steps + 1
    assert any("too large" in note for note in story.notes)


def test_when_nothing_else_helps_steps_are_dropped() -> None:
    """The first steps are kept, and the note says that there were more."""
    journey = Journey().opens()
    for number in range(300):
        journey.fill(textbox(f"Field {number}"), "x" * limits.VALUE_CHARS_MAX)
    story = journey.story()
    assert len(to_json(story)) <= limits.MESSAGE_BYTES_MAX
    assert 1 < len(story.steps) < 300
    assert "Only the first steps are kept: the story was too large." in story.notes
    assert fitted(story) == story


def test_a_long_story_is_cut_at_its_bound() -> None:
    """Beyond STORY_STEPS_MAX steps the rest is left out with a note."""
    journey = Journey().opens()
    for number in range(limits.STORY_STEPS_MAX + 1):
        journey.click(button(f"B{number}"))
    story = journey.story()
    assert len(story.steps) == limits.STORY_STEPS_MAX
    assert any(str(limits.STORY_STEPS_MAX) in note for note in story.notes)


def test_requests_are_cut_at_their_bound() -> None:
    """Beyond STORY_REQUESTS_MAX requests the rest is left out with a note."""
    journey = Journey().opens().fill(password(), secret="password")
    for _ in range(limits.STORY_REQUESTS_MAX + 1):
        journey.asks("/api", "GET")
    story = journey.story()
    assert len(story.network_requests) == limits.STORY_REQUESTS_MAX
    assert len(story.notes) == 1


def test_the_longest_journey_is_told_in_no_time() -> None:
    """A window at its bound of events takes seconds at most: the cost grows with the events, not with their square."""
    journey = Journey().opens()
    for number in range((limits.JOURNEY_EVENTS_MAX - 1) // 2):
        journey.fill(textbox(f"Field {number}"), "x").shows_new(alert(f"Fine {number}"))
    began_s = time.process_time()
    assert len(journey.story().steps) == limits.STORY_STEPS_MAX
    assert time.process_time() - began_s < 10
