"""What a page within an app must have got before it is filled in or its buttons are pressed: many show their form at
once, and draw it anew when the app answers. What was typed meanwhile is lost, and a button knows nothing yet."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from pipeline.codegen import addresses
from pipeline.codegen.expected_requests import BESIDE, REQUESTS_MAX, ExpectedRequest, address_pattern
from pipeline.semantics import urls
from pipeline.semantics.addresses import singular
from pipeline.semantics.generated import is_id, is_volatile
from pipeline.semantics.text import is_button, is_link, is_text_field, spaced
from schemas.events import Appeared
from schemas.statuses import REDIRECTED
from schemas.stories import (
    CheckStep,
    ClickStep,
    FillStep,
    GotoStep,
    HoverStep,
    NetworkRequest,
    PressStep,
    ReloadStep,
    ScrollStep,
    SelectStep,
    Step,
    Story,
    UploadStep,
)

_Call = tuple[str, str, tuple[tuple[str, str], ...]]
ENTERS: Final = (FillStep, SelectStep, CheckStep, UploadStep)
_RUNS_ON: Final = re.compile(r"(?i)stream|subscri|listen|watch|\bsse\b|poll|realtime|live|updates?\b|health|alive")
"""Addresses that are asked by a timer, or whose answer goes on."""
_PART: Final = re.compile(r"(?i)(per_?)?page(_?size)?|limit|size|offset|skip|take|count|first|start")
"""Parameters that say which part of a list is asked for: their numbers are the app's own."""
_FILE: Final = re.compile(r"(?i)\.(m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm|wasm)$")
"""Parts of the app itself, which browsers keep."""
_WORDS_OF_APP: Final = re.compile(
    r"(?i)/(static|assets|locales?|i18n|langs?|languages?|translations?)/(.*/)?[^/]*\.json$"
)
"""Settings and translations that are parts of the app itself."""
_BY_TIMER: Final = frozenset({"unread", "time", singular("status"), "inbox", "count"})
"""What apps ask for again and again, as the last word of an address."""
_APPS_OWN: Final = _BY_TIMER | {"session", "config", "configuration", "setting", "preference", "feature", "version"}
"""What an app asks for on its own account, whatever page is shown."""
_UNTELLING: Final = frozenset({"api", "rest", "list", "all", "index", "new", "data"})
"""Words at the end of an address that don't say of what."""


def page_data(story: Story, place: int, varying: frozenset[str] = frozenset()) -> tuple[ExpectedRequest, ...]:
    """The requests by which a page within the app, that the step of this place led to, got what it shows, where the
    user entered something or pressed a button next. Only such as the arrival itself explains, and nothing before it in
    the story asked for: what an app knows already it may not ask for again, and what is asked again and again comes
    when it pleases."""
    step = story.steps[place]
    if not _arrives(step) or not _is_used(step, story.steps[place + 1 :]):
        return ()
    if not _is_known_from_its_load(story, place):
        return ()
    address, shown = _words_of_page(step), _words_shown(step)
    causes: dict[_Call, list[str | None]] = {}
    for request in story.network_requests:
        causes.setdefault(_call(request), []).append(request.cause)
    arrivals = frozenset(one.event_id for one in story.steps if _arrives(one) or one.loads)
    own = [
        request
        for request in story.network_requests
        if request.cause == step.event_id
        and _brings_data(request, step)
        and _is_explained(request.url, address, shown)
        and _is_asked_by_pages(causes[_call(request)], step, arrivals)
    ]
    till_then = {None} | {one.event_id for one in story.steps[: place + 1]}
    paths = [address_pattern(request.url) for request in story.network_requests if request.cause in till_then]
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


def _is_used(step: Step, later: Sequence[Step]) -> bool:
    """Whether something is entered, or a button pressed that leads on, before anything else is done there."""
    for one in later:
        if one.tab_id != step.tab_id:
            return False
        if isinstance(one, ENTERS):
            return True
        if isinstance(one, ClickStep) and one.navigates and is_button(one.target):
            return True
        goes_there = isinstance(one, ClickStep) and is_text_field(one.target) and not one.navigates
        if not goes_there and not isinstance(one, HoverStep | ScrollStep):
            return False
    return False


def _is_asked_by_pages(causes: list[str | None], step: Step, arrivals: frozenset[str | None]) -> bool:
    """Whether the step caused the first of such requests, and each later one came with another page: a timer sends
    others."""
    return causes[0] == step.event_id and len(set(causes)) == len(causes) and arrivals.issuperset(causes)


def _brings_data(request: NetworkRequest, step: Step) -> bool:
    path = urls.parse_any(request.url).path
    return (
        request.method == "GET"
        and request.status in (200, REDIRECTED)
        and urls.origin(request.url) == urls.origin(step.page.url)
        and not BESIDE.search(request.url)
        and not _RUNS_ON.search(path)
        and not _FILE.search(path)
        and not _WORDS_OF_APP.search(path)
    )


def _is_known_from_its_load(story: Story, place: int) -> bool:
    """Whether the story tells what the app asked for when it was loaded. A journey may begin in an app that was there
    long before, and had got then what a new page asks for only now."""
    arrival = story.steps[place]
    loading = {one.event_id for one in story.steps[:place] if one.loads or isinstance(one, GotoStep | ReloadStep)}
    for request in story.network_requests:
        if request.cause is not None and request.cause not in loading:
            return False  # what comes without a cause from here on may come by a timer
        if _brings_data(request, arrival) and not _BY_TIMER & set(_last_words(request.url)):
            return True
    return False


def _is_explained(url: str, address: frozenset[str], shown: frozenset[str]) -> bool:
    """Whether the page says what the request asks for, in its address or in what appeared on it. A timer may have sent
    it as well: that it came soon after the click says little."""
    words = _last_words(url)
    if not words:
        return False
    own = _APPS_OWN & set(words)
    return own <= address and (words[-1] in address or (not own and words[-1] in shown))


def _last_words(url: str) -> list[str]:
    """The words of the last part of an address that tells of what it is."""
    for part in reversed(urls.parse_any(url).path.split("/")):
        words = _words(part.rpartition(".")[0] or part)
        while words and words[-1] in _UNTELLING:
            words.pop()
        if words and not is_id(part):
            return words
    return []


def _words(text: str) -> list[str]:
    return [singular(word) for word in spaced(text).split() if len(word) > 1]


def _words_of_page(step: Step) -> frozenset[str]:
    """The words in the address of the page that the step led to."""
    found = urls.parse_any(step.after.url if step.after is not None else "")
    return frozenset(_words(f"{found.path} {found.fragment}"))


def _words_shown(step: Step) -> frozenset[str]:
    """The words of what appeared, without what leads to other pages."""
    shown = [one.element for one in step.changes if isinstance(one, Appeared)]
    told = [one for one in shown if not is_link(one) and not is_button(one)]
    return frozenset(word for one in told for text in (one.name, one.label, one.text) for word in _words(text or ""))


def _with_its_page(url: str, varying: frozenset[str]) -> str:
    """A pattern for the address with what tells it from other lists of the same things: which part of one it is. What
    else an app asks of a list changes with its rights and settings."""
    parts = frozenset(value for name, value in parse_qsl(urls.parse_any(url).query) if _PART.fullmatch(name))
    found = addresses.address(url, parts, varying) if parts else None
    return found.place if found is not None else ""


def _call(request: NetworkRequest) -> _Call:
    """Method and address of a request, moments and tokens alike."""
    found = urls.parse_any(request.url)
    query = tuple((name, "" if is_volatile(value) else value) for name, value in parse_qsl(found.query))
    return request.method, found.path, query
