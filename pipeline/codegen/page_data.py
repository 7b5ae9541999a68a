"""What a page within an app must have got before it is filled in: many show their form at once, and draw it anew when
the app answers. What was typed meanwhile is lost."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from pipeline.codegen import addresses
from pipeline.codegen.expected_requests import BESIDE, REQUESTS_MAX, ExpectedRequest, address_pattern
from pipeline.semantics import urls
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.text import is_text_field
from schemas.stories import (
    CheckStep,
    ClickStep,
    FillStep,
    HoverStep,
    NetworkRequest,
    PressStep,
    ScrollStep,
    SelectStep,
    Step,
    Story,
    UploadStep,
)

ENTERS: Final = (FillStep, SelectStep, CheckStep, UploadStep)
_RUNS_ON: Final = re.compile(r"(?i)stream|subscri|listen|watch|\bsse\b|poll|realtime|live|updates?\b|health|alive")
"""Addresses that are asked by a timer, or whose answer goes on."""
_PART: Final = re.compile(r"(?i)(per_?)?page(_?size)?|limit|size|offset|skip|take|count|first|start")
"""Parameters that say which part of a list is asked for: their numbers are the app's own."""
_FILE: Final = re.compile(r"(?i)\.(m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm|wasm)$")
"""Parts of the app itself, which browsers keep."""


def page_data(story: Story, place: int, varying: frozenset[str] = frozenset()) -> tuple[ExpectedRequest, ...]:
    """The requests by which a page within the app, that the step of this place led to, got what it shows, where the
    user entered something next. Only such as nothing else in the story asked for: what an app knows already it may not
    ask for again, and what is asked again and again comes when it pleases."""
    step = story.steps[place]
    if not _arrives(step) or not _is_filled_in(step, story.steps[place + 1 :]):
        return ()
    asked = [_call(request) for request in story.network_requests]
    own = [
        request
        for request, call in zip(story.network_requests, asked, strict=True)
        if request.cause == step.event_id and _brings_data(request, step) and asked.count(call) == 1
    ]
    paths = [address_pattern(request.url) for request in story.network_requests]
    patterns = [
        pattern if paths.count(pattern) == 1 else _with_its_page(request.url, varying)
        for request in own
        if (pattern := address_pattern(request.url, varying)) is not None
    ]
    return tuple(ExpectedRequest(pattern=pattern, brings_data=True) for pattern in dict.fromkeys(patterns) if pattern)[
        :REQUESTS_MAX
    ]


def _arrives(step: Step) -> bool:
    """Whether the step led to another page of the app without a new document."""
    within = isinstance(step, ClickStep | PressStep) and step.navigates and not step.loads and step.opens_tab is None
    if not within or step.after is None:
        return False
    return addresses.relative(step.after.url) != addresses.relative(step.page.url)


def _is_filled_in(step: Step, later: Sequence[Step]) -> bool:
    """Whether something is entered before anything else is done there."""
    for one in later:
        if one.tab_id != step.tab_id:
            return False
        if isinstance(one, ENTERS):
            return True
        goes_there = isinstance(one, ClickStep) and is_text_field(one.target) and not one.navigates
        if not goes_there and not isinstance(one, HoverStep | ScrollStep):
            return False
    return False


def _brings_data(request: NetworkRequest, step: Step) -> bool:
    path = urls.parse_any(request.url).path
    return (
        request.method == "GET"
        and request.status == 200
        and urls.origin(request.url) == urls.origin(step.page.url)
        and not BESIDE.search(request.url)
        and not _RUNS_ON.search(path)
        and not _FILE.search(path)
    )


def _with_its_page(url: str, varying: frozenset[str]) -> str:
    """A pattern for the address with what tells it from other lists of the same things: which part of one it is."""
    parts = frozenset(value for name, value in parse_qsl(urls.parse_any(url).query) if _PART.fullmatch(name))
    found = addresses.address(url, parts, varying)
    return found.place if found is not None else ""


def _call(request: NetworkRequest) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Method and address of a request, moments and tokens alike."""
    found = urls.parse_any(request.url)
    query = tuple((name, "" if is_volatile(value) else value) for name, value in parse_qsl(found.query))
    return request.method, found.path, query
