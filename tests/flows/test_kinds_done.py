"""What a story does, for coverage: told with it, and the same that is read of it."""

import pytest
from hypothesis import HealthCheck, given, settings

from bench.flows.synthetic import traffic
from pipeline.activities.flow_key import kinds_done
from pipeline.generate import stories_of_window
from pipeline.patterns.matching import tagged
from pipeline.stories.build import build_story
from schemas.codecs import from_json, to_json
from schemas.events import Event
from schemas.stories import STORY, PatternMatch, Story
from tests.stories.by_hand import window
from tests.stories.test_any_events import WINDOWS

STORIES = [story for _, window in traffic(80, 11) for story in stories_of_window(window)]


def read(story: Story) -> frozenset[str]:
    """What is read of the story by somebody who did not tell it."""
    again = from_json(STORY, to_json(story))
    assert kinds_done.known(again) is None
    return kinds_done(again)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_told_story_knows_what_it_does(story: Story) -> None:
    """It is what reading gives; tags change nothing of it."""
    assert kinds_done.known(story) == read(story)
    assert kinds_done.known(tagged(story, (PatternMatch(name="login", similarity=0.9),))) == read(story)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(WINDOWS)
def test_so_does_a_story_of_any_events(events: list[Event]) -> None:
    """Also where it was cut to fit: there it may know nothing, and never anything else."""
    story = build_story(window(events))
    if story is not None:
        assert kinds_done.known(story) in (None, read(story))
