"""The key of a flow: what was done and how it ended, values left out. Equal keys mean the same flow."""

import hashlib
from typing import Final

import orjson

from pipeline.activities.classify import activities_of
from pipeline.activities.story_activities import Activities
from pipeline.semantics.derived import once_per_story
from schemas.events import Page
from schemas.stories import Story

KEY_VERSION: Final = 20
"""Part of every key: raise it when the meaning of activities changes, and flows get new ids at one known moment."""
KEY_CHARS: Final = 32


def key_of(story: Story) -> str:
    """The key that a story, told at any time, has by the rules of today."""
    return flow_key(_activities(story))


@once_per_story
def kinds_done(story: Story) -> frozenset[str]:
    """The kinds of what was done in a story; whoever told it knows them."""
    return _activities(story).kinds()


def _activities(story: Story) -> Activities:
    page = Page(url=story.final_state.url, title=story.final_state.title)
    return activities_of(story.steps, story.network_requests, page)


def flow_key(activities: Activities) -> str:
    """A hash of what was done, where, with which fields, and of the outcome."""
    return hashlib.sha256(orjson.dumps([KEY_VERSION, activities.shape()])).hexdigest()[:KEY_CHARS]
