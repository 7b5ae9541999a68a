"""From events to steps: which navigations the user asked for, and which action each effect belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from pipeline.semantics.addresses import origin, place
from pipeline.semantics.wording import said
from pipeline.steps.draft import Draft, common, may_navigate, same_target, step_of
from pipeline.steps.history import History
from pipeline.steps.hovered_names import call_as_it_came
from pipeline.steps.noise import without_noise
from schemas import limits
from schemas.elements import Element
from schemas.events import (
    Check,
    Click,
    Dialog,
    Download,
    Drag,
    Effect,
    End,
    Event,
    Fill,
    Hover,
    Navigation,
    Opaque,
    Page,
    Popup,
    Press,
    RecorderError,
    Recording,
    Request,
    Scroll,
    Select,
    Upload,
)
from schemas.stories import BackStep, ClickStep, DialogAnswer, GotoStep, NetworkRequest, ReloadStep, Step

NAVIGATION_AFTER_MS: Final = 10_000
"""How long after an action a navigation counts as its doing, for sources that don't say what caused what, and where the
page itself asked for it."""
REDIRECT_WITHIN_MS: Final = 3_000
"""A second load so soon after an address was opened is the site's redirect, for sources that don't say who asked."""

_Attached = Effect | Dialog | Popup | Download | Request
_NoSteps = End | Opaque | Recording | RecorderError


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a window's events amount to. `final_page` is the page that the user saw last."""

    steps: tuple[Step, ...]
    requests: tuple[NetworkRequest, ...]
    final_page: Page
    notes: tuple[str, ...]


def rebuild(events: Sequence[Event]) -> Rebuilt | None:
    """Steps, requests and the last page of a window; None where the user did nothing and opened nothing."""
    tape = _Tape(events)
    for event in events:
        tape.take(event)
    tape.attach_deferred()
    if not tape.drafts:
        return None
    drafts = without_noise(tape.drafts, any(isinstance(event, Effect) for event in events))
    call_as_it_came(drafts)
    notes = list(tape.notes)
    if len(drafts) > limits.STORY_STEPS_MAX:
        notes.append(f"Only the first {limits.STORY_STEPS_MAX} of {len(drafts)} steps are kept.")
        drafts = drafts[: limits.STORY_STEPS_MAX]
    steps = tuple(draft.finished(said(draft.step)[: limits.SAID_CHARS_MAX]) for draft in drafts)
    owners = {event_id: draft.event_ids[0] for draft in drafts for event_id in draft.event_ids}
    requests = _network(tape.requests, owners, notes)
    return Rebuilt(steps, requests, tape.last_page, tuple(dict.fromkeys(notes)))


def _network(requests: list[Request], owners: dict[str, str], notes: list[str]) -> tuple[NetworkRequest, ...]:
    if len(requests) > limits.STORY_REQUESTS_MAX:
        notes.append(f"Only the first {limits.STORY_REQUESTS_MAX} of {len(requests)} requests are kept.")
    return tuple(
        NetworkRequest(
            url=request.url,
            method=request.method,
            status=request.status,
            cause=owners.get(request.cause) if request.cause else None,
        )
        for request in requests[: limits.STORY_REQUESTS_MAX]
    )


class _Tape:
    """One pass over the events of a window. It lives only inside `rebuild`."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.drafts: list[Draft] = []
        self.requests: list[Request] = []
        self.notes: list[str] = []
        self.last_page = Page()
        self._actions = {event.id for event in events if not isinstance(event, _Attached | _NoSteps)}
        self._ends = {event.cause: event for event in events if isinstance(event, Effect) and event.cause is not None}
        self._first_url = next((event.page.url for event in events if event.page.url), "")
        self._by_event: dict[str, Draft] = {}
        self._latest: dict[str, Draft] = {}
        self._urls: dict[str, str] = {}
        self._histories: dict[str, History] = {}
        self._openers: dict[str, Draft] = {}
        self._deferred: list[_Attached] = []
        self._pressed = {event.id for event in events if isinstance(event, Click | Drag | Check | Press)}
        self._ahead: dict[str, list[Navigation]] = {}
        """Where pages went as the button went down, by the click that the browser made of it later."""

    def take(self, event: Event) -> None:
        match event:
            case Click() | Fill() | Select() | Check() | Press() | Upload() | Drag() | Hover() | Scroll():
                self._arrive(event)
                self._add(Draft(step_of(event), [event.id]))
                self._see(event.page)
                for navigation in self._ahead.pop(event.id, ()):
                    self.take(navigation)
            case Navigation():
                if event.cause in self._pressed and event.cause not in self._by_event:
                    self._ahead.setdefault(event.cause, []).append(event)
                    return
                if event.target is not None and event.cause is None:
                    self._follow_link(event, event.target)
                else:
                    self._navigate(event)
                self._see(Page(url=event.url))
            case Effect() | Dialog() | Popup() | Download() | Request():
                self._attach_or_defer(event)
            case RecorderError():
                self.notes.append("The recorder met an error of its own: something that was done may be missing.")
            case End() | Opaque() | Recording():
                pass
            case _:
                assert_never(event)

    def attach_deferred(self) -> None:
        """What came before the action that it names as its cause (a field's value is told when the field is left)."""
        for event in self._deferred:
            self._attach(event)

    # --- actions ---

    def _arrive(self, event: Event) -> None:
        """Makes sure that the tab is where the action found it."""
        tab, url = event.tab_id, event.page.url
        if tab not in self._urls:
            if tab not in self._openers:
                self._goto(event, url or (self._first_url if not self.drafts else ""))
            self._urls[tab] = url
            return
        here = self._urls[tab]
        if not url or url == here:
            return
        latest = self._latest.get(tab)
        if not here or latest is None or isinstance(latest.step, GotoStep) or place(url) == place(here):
            self._move(tab, url, latest)
        elif may_navigate(latest.step):
            latest.navigates = True
            self._move(tab, url, latest)
        else:
            self._goto(event, url)

    def _move(self, tab: str, url: str, draft: Draft | None) -> None:
        self._urls[tab] = url
        if draft is not None:
            draft.after = Page(url=url)

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self._by_event[draft.event_ids[0]] = draft
        self._latest[draft.step.tab_id] = draft

    def _goto(self, event: Event, url: str) -> None:
        if not url:
            self.notes.append("The address of the first page is not known.")
        base = common(event) | {"page": Page()}
        self._add(Draft(GotoStep(**base, url=url), [event.id]))
        self._urls[event.tab_id] = url

    # --- navigations ---

    def _navigate(self, event: Navigation) -> None:
        tab = event.tab_id
        latest, here = self._latest.get(tab), self._urls.get(tab)
        history = self._histories.setdefault(tab, History())
        direction = history.go(event.url) if event.how == "back_forward" else history.visit(event.url)
        caused = event.cause is not None and event.cause in self._actions
        if not self.drafts or (here is None and not caused and tab not in self._openers):
            self._goto(event, event.url)
        elif here is None:
            self._urls[tab] = event.url
            opener = self._openers.get(tab)
            if opener is not None:
                opener.opened_page = opener.opened_page or Page(url=event.url)
        elif caused:
            self._follow(event, self._by_event.get(event.cause or ""))
        elif event.how in ("reload", "back_forward"):
            self._history(event, latest, direction)
        elif event.cause is not None or self._follows(event, latest):
            self._follow(event, latest)
        elif not self._repeats(event, latest, here):
            self._goto(event, event.url)

    def _follow_link(self, event: Navigation, target: Element) -> None:
        """A navigation that names its link is a click on it, unless the click is there already."""
        self._arrive(event)
        latest = self._latest.get(event.tab_id)
        if latest is None or not isinstance(latest.step, ClickStep) or not same_target(latest.step.target, target):
            latest = Draft(ClickStep(**common(event), target=target), [event.id])
            self._add(latest)
        if event.url and event.url != self._urls[event.tab_id]:
            self._follow(event, latest)

    def _follow(self, event: Navigation, draft: Draft | None) -> None:
        """The navigation is the doing of `draft`."""
        if draft is not None and not isinstance(draft.step, GotoStep):
            draft.navigates = True
            draft.loads = draft.loads or event.how == "load"
        self._move(event.tab_id, event.url, draft)
        if draft is not None:
            self._by_event.setdefault(event.id, draft)

    def _history(self, event: Navigation, latest: Draft | None, direction: Literal[-1, 1]) -> None:
        base = common(event)
        if event.how == "reload":
            repeated = latest is not None and isinstance(latest.step, ReloadStep | GotoStep) and not latest.changes
            if not repeated:
                self._add(Draft(ReloadStep(**base), [event.id]))
        else:
            self._add(Draft(BackStep(**base, delta=direction), [event.id]))
        self._follow(event, self._latest.get(event.tab_id))

    def _follows(self, event: Navigation, latest: Draft | None) -> bool:
        """Whether a navigation without a cause is the page's doing all the same."""
        if latest is None:
            return False
        wait_ms = event.at_ms - latest.step.at_ms
        if isinstance(latest.step, GotoStep):
            within_ms = {"page": NAVIGATION_AFTER_MS, "user": -1, None: REDIRECT_WITHIN_MS}[event.asked_by]
            return event.how in ("spa", "hash") or (wait_ms <= within_ms and event.url != latest.step.url)
        if event.how == "spa":
            return True
        if event.how == "hash" and (event.asked_by == "page" or self._still_answers(latest, event)):
            return True
        if event.source == "capture" and event.asked_by != "page":
            return False
        return may_navigate(latest.step) and not latest.navigates and wait_ms <= NAVIGATION_AFTER_MS

    def _still_answers(self, latest: Draft, event: Navigation) -> bool:
        """Whether the page set the address by itself while it still answered the action before: that ends there."""
        ends = [end for name in latest.event_ids if (end := self._ends.get(name)) is not None]
        return any(end.at_ms >= event.at_ms and end.after.url == event.url for end in ends)

    def _repeats(self, event: Navigation, latest: Draft | None, here: str) -> bool:
        """Whether it says nothing new: the same address again, with nothing done in between."""
        if event.url != here:
            return False
        return event.source != "capture" or (latest is not None and isinstance(latest.step, GotoStep))

    # --- what came of it ---

    def _attach_or_defer(self, event: _Attached) -> None:
        if event.cause is not None and event.cause in self._actions and event.cause not in self._by_event:
            self._deferred.append(event)
        else:
            self._attach(event)
        if isinstance(event, Effect):
            self._see(event.after)
            if event.after.url and event.tab_id in self._urls:
                self._urls[event.tab_id] = event.after.url

    def _attach(self, event: _Attached) -> None:
        draft = self._by_event.get(event.cause) if event.cause is not None else None
        opener = None if event.tab_id in self._latest else self._openers.get(event.tab_id)
        if isinstance(event, Request):
            self.requests.append(event)
            if draft is not None:
                draft.ask(event)
        elif isinstance(event, Effect) and draft is None and opener is not None:
            opener.opened_page = event.after if event.after.url else opener.opened_page
            opener.show(event.changes, opened=True)
        else:
            self._give(event, draft or self._latest.get(event.tab_id))

    def _give(self, event: Effect | Dialog | Popup | Download, draft: Draft | None) -> None:
        if draft is None:
            if not isinstance(event, Effect):
                self.notes.append(f"A {event.kind} is left out: nothing that the user did led to it.")
            return
        match event:
            case Effect():
                draft.show(event.changes)
                draft.touched = draft.touched or event.touched
                if event.after.url or event.after.title:
                    draft.after = event.after
                    draft.navigates = draft.navigates or _left(draft, event)
            case Dialog():
                draft.answer(
                    DialogAnswer(dialog=event.dialog, message=event.message, accepted=event.accepted, value=event.value)
                )
            case Popup():
                draft.opens_tab = event.opened_tab_id or event.id
                if event.opened_tab_id:
                    self._openers.setdefault(event.opened_tab_id, draft)
                if event.url:
                    draft.opened_page = draft.opened_page or Page(url=event.url)
            case Download():
                draft.download = event.filename
            case _:
                assert_never(event)

    def _see(self, page: Page) -> None:
        """Remembers the page that the user saw last; a page without an address says nothing."""
        if page.url:
            same = page.url == self.last_page.url and not page.title
            self.last_page = self.last_page if same else page


def _left(draft: Draft, event: Effect) -> bool:
    if isinstance(draft.step, GotoStep):
        return False
    return bool(event.page.url and event.after.url) and event.page.url != event.after.url


def starting_origin(steps: Sequence[Step]) -> str:
    """The origin of the first page."""
    return next((origin(step.url) for step in steps if isinstance(step, GotoStep) and step.url), "")
