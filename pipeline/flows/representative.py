"""Which session of a flow tells the steps of its test."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.flows.trace import Session, is_earlier_try
from pipeline.privacy.pseudonyms import typed_texts
from pipeline.semantics.browsers import layout_of
from pipeline.semantics.verbs import is_same_as_password
from schemas.stories import FillStep, Step, Story

_FOR_ITS_WORDS: Final = frozenset({"masked"})
"""Secrets that are withheld for what they say, wherever they were typed."""


def representative(sessions: Sequence[Session], rare: frozenset[str] = frozenset()) -> Session:
    """The session with the fewest `rare` and withheld texts, for those are made up and may lead elsewhere; then one
    that signs in, where any does, as the user who did so most often; then the one that leaves out the fewest of the
    steps that most took; then the one whose texts most typed, for what most do matters most; then the fewest steps;
    then the earliest; then the smallest id. Raises ValueError without any."""
    taken = Counter(token for session in sessions for token in set(session.tokens))
    usual = {token for token, count in taken.items() if 2 * count > len(sessions) and not is_earlier_try(token)}

    typed = [typed_texts(session.story.steps) for session in sessions]
    counts = Counter(text for texts in typed for text in texts)
    users = Counter(session.user for session in sessions)

    def unclean(told: tuple[Session, tuple[str, ...]]) -> tuple[int, bool, int, int, float, int, str, str]:
        session, texts = told
        story = session.story
        made = sum(text in rare for text in texts) + sum(map(_is_withheld, story.steps))
        signs_in = session.passwords.signs_in()
        missing = len(usual.difference(session.tokens))
        seldom = -sum(counts[text] for text in texts) / len(texts) if texts else 0.0
        user = -users[session.user]
        return made, not signs_in, user, missing, seldom, len(story.steps), story.start_timestamp, story.id

    return min(zip(sessions, typed, strict=True), key=unclean)[0]


def _is_withheld(step: Step) -> bool:
    """Whether a text was typed that was withheld for what it said, not for where it was typed."""
    return isinstance(step, FillStep) and step.value.secret in _FOR_ITS_WORDS and not is_same_as_password(step)


def of_one_layout(sessions: tuple[Story, ...]) -> list[Story]:
    """The sessions in windows of one kind and in one language, as most of them are: others were shown other things."""
    kinds = Counter(map(layout_of, sessions))
    kind = min(kinds, key=lambda one: (-kinds[one], one))
    return [story for story in sessions if layout_of(story) == kind]
