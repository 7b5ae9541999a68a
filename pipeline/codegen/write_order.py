"""What a page must have saved before the next action writes the same thing: pages that save in the background keep a
queue, and drop or mix up what comes while the first is still under way."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from pipeline.activities.facts.responses import CHANGING
from pipeline.codegen.expected_requests import BESIDE, REQUESTS_MAX, ExpectedRequest, address_pattern
from pipeline.semantics import urls
from schemas.statuses import succeeded
from schemas.stories import CheckStep, ClickStep, NetworkRequest, PressStep, SelectStep, Step, Story

NAME_CHARS_MIN: Final = 4
"""A shorter last part of an address names nothing that could be told within another's."""
_BETWEEN_WORDS: Final = re.compile(r"\W+")


def saved_before_next_write(
    story: Story, place: int, varying: frozenset[str] = frozenset()
) -> tuple[ExpectedRequest, ...]:
    """The requests by which the step of this place wrote something that the next step wrote again, as it was answered
    before that: an editor that was opened saves its draft, then "Delete" is pressed. Fields are left out: what is typed
    is saved by a timer, as often as the page likes."""
    step, upcoming = story.steps[place], story.steps[place + 1]
    acts = isinstance(step, ClickStep | CheckStep | SelectStep | PressStep) and not (step.navigates or step.loads)
    if not acts or step.tab_id != upcoming.tab_id:
        return ()
    later = [request for request in story.network_requests if _writes(request, upcoming)]
    sent = [(request.method, request.url) for request in story.network_requests]
    patterns = [
        _pattern(request.url, [url for _, url in sent], varying)
        for request in story.network_requests
        if _writes(request, step)
        and request.method != "POST"  # goes to a list or a program, whatever the thing
        and sent.count((request.method, request.url)) == 1
        and any(_is_of(request, one) for one in later)
    ]
    return tuple(ExpectedRequest(pattern=pattern) for pattern in dict.fromkeys(patterns) if pattern)[:REQUESTS_MAX]


def _pattern(url: str, asked: Sequence[str], varying: frozenset[str]) -> str | None:
    """A pattern that no other address of the story fits, by the whole path where it
    holds names alone: ids are others on other data."""
    path = urls.parse_any(url).path
    named = not re.search(r"\d", unquote(path)) and not any(value in unquote(path) for value in varying)
    for pattern in (address_pattern(url, varying), rf"{re.escape(path)}(\?|$)" if named else None):
        if pattern is not None and all(other == url or not re.search(pattern, other) for other in asked):
            return pattern
    return None


def _writes(request: NetworkRequest, step: Step) -> bool:
    return (
        request.cause == step.event_id
        and request.method in CHANGING
        and succeeded(request.status)
        and urls.origin(request.url) == urls.origin(step.page.url)
        and not BESIDE.search(request.url)
    )


def _path(request: NetworkRequest) -> str:
    return urls.parse_any(request.url).path


def _is_of(request: NetworkRequest, later: NetworkRequest) -> bool:
    """Whether both write one thing: at its own address, or in one list the one's name speaks of the other's ("Draft of
    'Minutes'" of "Minutes")."""
    if _path(request) == _path(later):
        return request.method != later.method
    (parent, own), (other_parent, other) = _named(request), _named(later)
    in_words = f" {_BETWEEN_WORDS.sub(' ', other)} " in f" {_BETWEEN_WORDS.sub(' ', own)} "
    return later.method != "POST" and parent == other_parent and len(other) >= NAME_CHARS_MIN and in_words


def _named(request: NetworkRequest) -> tuple[str, str]:
    """The list of the thing that is written, and its name: the last parts of the address."""
    parts = [unquote(part) for part in _path(request).rstrip("/").split("/")]
    return parts[-2] if len(parts) > 1 else "", parts[-1]
