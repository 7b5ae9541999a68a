"""Names that each session made anew: a test that makes such a thing gives it a name of its own in each run.

Where several users made a thing of one kind and no two of them called it the same, the app may well refuse a name that
is taken, and a second thing of that name makes every look-up find two. A test calls it as the recording did, with a
mark of the run.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.activities.intents import goals_of
from pipeline.codegen.python.parametrize import whole
from pipeline.flows.consensus import Consensus
from pipeline.flows.trace import Session, session_of
from pipeline.semantics.elements import is_search
from pipeline.semantics.text import clean
from pipeline.semantics.verbs import IDENTITY_FIELD, words_on
from schemas.stories import FillStep, Story

SESSIONS_MIN: Final = 3
"""So many sessions must have named such a thing, each otherwise."""
NAME_CHARS_MAX: Final = 60
"""Longer texts are no names."""
_LETTER: Final = re.compile(r"[^\W\d_]{2}")
"""What has none is a number, an amount or a date."""


def with_unique_names(told: Consensus) -> Consensus:
    """The consensus with the names that must be another in each run, in the order in which they are typed."""
    if len(told.sessions) < SESSIONS_MIN:
        return told
    sessions = [session_of(story) for story in told.sessions]
    own = next(session for session in sessions if session.story.id == told.story.id)
    found = [told.story.steps[place] for place in _naming(told.story) if _all_differ(own, sessions, place)]
    texts = dict.fromkeys(step.value.text for step in found if isinstance(step, FillStep))
    others = [session.story for session in sessions if session is not own]
    return replace(told, unique=tuple(text for text in texts if not _stands_there(text, others)))


def _naming(story: Story) -> Iterator[int]:
    """The places of the steps that give something a name which is made: what it is called, or known by."""
    for goal in goals_of(story.steps, story.network_requests):
        if goal.kind not in ("create", "sign_up"):
            continue
        for place in range(goal.first, goal.last + 1):
            step = story.steps[place]
            if isinstance(step, FillStep) and _may_name(step):
                known_by = IDENTITY_FIELD.search(words_on(step.target)) or step.target.type == "email"
                if known_by or clean(step.value.text) in goal.order:
                    yield place


def _may_name(step: FillStep) -> bool:
    text = step.value.text
    if step.value.secret or step.value.shown_in is not None or step.before or is_search(step):
        return False
    return len(text) <= NAME_CHARS_MAX and "\n" not in text and _LETTER.search(text) is not None


def _all_differ(own: Session, sessions: list[Session], place: int) -> bool:
    """Whether no two of the sessions, and enough of them, typed the same in this place."""
    token = own.tokens[place]
    steps = [session.story.steps[at] for session in sessions if (at := session.places.get(token)) is not None]
    texts = [step.value.text.strip().casefold() for step in steps if isinstance(step, FillStep)]
    return len(texts) >= SESSIONS_MIN and len(set(texts)) == len(texts)


def _stands_there(name: str, others: list[Story]) -> bool:
    """Whether a session that never typed it was shown it: as a word of the app, then, which stays as it is."""
    word = whole(name)
    return any(word.search(text) for story in others for text in _shown(story))


def _shown(story: Story) -> Iterator[str]:
    yield from story.final_state.texts
    for step in story.steps:
        target = getattr(step, "target", None)
        if target is not None:
            yield target.name or ""
        for change in (*step.changes, *step.opened_changes):
            yield change.element.name or ""
            yield change.element.text or ""
