"""Where one window holds several stories: somebody signed out, and somebody signed in to something else.

Only that is a border. A goal that comes after another one within the same sign-in stays in one story, for alone it
would not be signed in, and may need what the other one made.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipeline.activities.activity import ACTS, Activity
from pipeline.activities.classify import activities_of
from pipeline.activities.facts.variables import data_of
from pipeline.intake.rrweb.merge import is_unreadable
from pipeline.semantics.addresses import slug
from pipeline.semantics.text import caption
from pipeline.semantics.verbs import SIGN_OUT, is_password, says
from pipeline.stories.build import build_story
from pipeline.windowing.closed_window import ClosedWindow
from pipeline.windowing.ids import PARTS_MAX, part_ids
from schemas.codecs import BadInput, to_json
from schemas.events import Click, Event, Page
from schemas.stories import FillStep, Step, Story

SIGN_OUTS_MAX: Final = 2 * PARTS_MAX
"""Sign-outs of one window that are looked at: for each, all that comes before and after it is read."""
WORD_CHARS_MIN: Final = 3
"""Shorter words stand in other texts by chance."""


class NoStory(BadInput):
    """A window of which nothing can be told, though something was done in it."""


def build_stories(window: ClosedWindow) -> tuple[Story, ...]:
    """The stories of a closed window in the order of time, untagged: mostly one, none where it holds no step, PARTS_MAX
    at most. Pure; each part's id is that of its place in the window, its version the window's.

    Raises NoStory where nothing is told because a recording can't be read."""
    parts = [build_story(part) for part in _parts(window)]
    stories = tuple(part for part in parts if part is not None)
    if not stories and any(map(is_unreadable, window.events)):
        raise NoStory("all that the window holds is a recording that can't be read")
    return stories


def _parts(window: ClosedWindow) -> list[ClosedWindow]:
    if not any(isinstance(event, Click) and SIGN_OUT.search(caption(event.target)) for event in window.events):
        return [window]
    story = build_story(window)
    starts = [] if story is None else _starts(story)
    parts: list[list[Event]] = [[] for _ in range(len(starts) + 1)]
    part_of: dict[str, int] = {}
    for event in window.events:
        begun = starts.index(event.id) + 1 if event.id in starts else max(part_of.values(), default=0)
        # What an action caused belongs to it, however late it came.
        part = part_of.get(getattr(event, "cause", None) or "", begun)
        part_of[event.id] = part
        parts[part].append(event)
    names = part_ids(window.story_id)
    return [replace(window, story_id=names[place], events=tuple(part)) for place, part in enumerate(parts)]


def _starts(story: Story) -> list[str]:
    """The ids of the events with which the second part and those after it begin."""
    starts: list[str] = []
    first = 0
    for place in _sign_outs(story)[:SIGN_OUTS_MAX]:
        if len(starts) + 1 == PARTS_MAX:
            break
        before, after = story.steps[first : place + 1], story.steps[place + 1 :]
        if _is_border(story, before, after):
            starts.append(after[0].event_id)
            first = place + 1
    return starts


def _sign_outs(story: Story) -> list[int]:
    """The places of those sign-outs after which a password is typed before the next one."""
    ends = [place for place, step in enumerate(story.steps[:-1]) if says(step, SIGN_OUT)]
    return [
        place
        for place, end in pairwise([*ends, len(story.steps)])
        if any(map(is_password, story.steps[place + 1 : end]))
    ]


def _is_border(story: Story, before: Sequence[Step], after: Sequence[Step]) -> bool:
    """Whether something was done before, a sign-in and something else come after, and that needs nothing of it."""
    done, then = _done(story, before), _done(story, after)
    signs_in = bool(then) and then[0].kind == "sign in" and not then[0].outcome
    if not signs_in or not _works(done) or not _works(then):
        return False
    signing_in = {number for activity in done if activity.kind == "sign in" for number in activity.steps}
    others = [step for number, step in enumerate(before) if number not in signing_in]
    if any(is_password(step) for step in others):
        return False  # a password that was set may be the one that is used afterwards
    names = {slug(step.value.text) for step in before if isinstance(step, FillStep) and step not in others}
    later = slug(to_json(list(after)).decode())
    words = {word for word in data_of(before).words - names if len(word) >= WORD_CHARS_MIN}
    return not any(word in later for word in words)


def _done(story: Story, steps: Sequence[Step]) -> tuple[Activity, ...]:
    last = steps[-1].after or steps[-1].page
    return activities_of(steps, story.network_requests, Page(url=last.url)).done


def _works(activities: Sequence[Activity]) -> bool:
    """Whether something was sent off and taken, beside signing in and out."""
    return any(activity.kind in ACTS and activity.fields and not activity.outcome for activity in activities)
