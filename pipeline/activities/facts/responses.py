"""What the app answered to a step: whether it was asked to change something, and whether it refused."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.semantics.addresses import page, place, route
from pipeline.semantics.controls import brings_menu
from pipeline.semantics.elements import Data
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import asks_for_more, errors, refusals, without_own
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import is_link
from schemas import statuses
from schemas.events import Appeared, Gone, TextChanged
from schemas.stories import ClickStep, FillStep, GotoStep, HoverStep, NetworkRequest, PressStep, ReloadStep, Step

CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SENT: Final = "SEND"
"""How recorders tell of a message over a connection that stays open (a WebSocket)."""
_CHANGING_FILES: Final = frozenset({"MKCOL", "MKCALENDAR", "PROPPATCH", "MOVE", "COPY"})
"""More of them, as WebDAV has it."""
REFUSAL_CHARS_MAX: Final = 80
"""What is kept of a refusal, once data is left out of it."""
REFUSAL_READ_MAX: Final = 400
"""What is read of it for that."""
CALLS_MIN: Final = 3
"""So many requests by one step to one address are calls of an app, and no form that was sent off."""
KEPT_MIN: Final = 3
"""After so many steps a page writes to one place before that is taken for its own state."""
_REPLACING: Final = frozenset({"PUT", "PATCH"})
LOCKED: Final = WORDS["locked"]
_FAILED: Final = WORDS["failed"]
_READS: Final = re.compile(
    r"filter|count[\w-]*|paginate|search[\w-]*|query|history|list|find|lookup|suggest\w*|autocomplete", re.I
)
"""Last parts of addresses that are asked by POST for something to show."""


def changes(request: NetworkRequest) -> bool:
    """Whether a request asks the app to change something."""
    last = "".join(route(request.url)[-1:])
    if request.method in _CHANGING_FILES:
        return True
    return request.method in CHANGING and not (request.method == "POST" and _READS.fullmatch(last))


def calls_in(requests: Sequence[NetworkRequest]) -> frozenset[str]:
    """The addresses that take any call of an app, be it to look or to change (as of JSON-RPC): one step asked for
    several things there at once, and others asked there too."""
    asked: dict[str, Counter[str]] = {}
    for request in requests:
        if request.method == "POST" and request.cause is not None:
            asked.setdefault(request.url, Counter())[request.cause] += 1
    return frozenset(url for url, by in asked.items() if len(by) > 1 and max(by.values()) >= CALLS_MIN)


def asked_to_look(steps: Sequence[Step], requests: Sequence[NetworkRequest]) -> frozenset[str]:
    """The addresses that are asked by POST for what a page shows: a link that led to its own address asked there as
    well. (Of a link that sends something off, that is where it sends it.)"""
    opened = {one.step.event_id: _page_after(one.step) for one in map(meaning_of, steps) if one.leads_where_it_says}
    asked = (one for one in requests if one.method == "POST" and one.cause in opened)
    return frozenset(one.url for one in asked if page(one.url) != opened[one.cause or ""])


def asked_by_pages(
    steps: Sequence[Step], requests: Sequence[NetworkRequest], looks: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """Of these addresses, those that different pages ask by POST as they load (for the news, say), each with the event
    id of the step that loaded the page. The address must say which page of the app it is: one that doesn't, as `/rpc`,
    takes any act as well. A page that stays may save at the address where it asks for all."""
    came = {step.event_id: _page_after(step) for step in steps if step.loads}
    asked = [
        (one.url, one.cause)
        for one in requests
        if one.method == "POST" and one.url in looks and one.cause in came and page(one.url)[1]
    ]
    pages: dict[str, set[object]] = {}
    for url, cause in asked:
        pages.setdefault(url, set()).add(came[cause])
    return frozenset(one for one in asked if len(pages[one[0]]) > 1)


def _page_after(step: Step) -> object:
    return None if step.after is None else page(step.after.url)


def kept_by_page(steps: Sequence[Step], requests: Sequence[NetworkRequest]) -> frozenset[str]:
    """The addresses where a page keeps its own state (what is open, how wide a column is): it writes there as soon as
    it has loaded, before anything could be done on it, and after whatever is done then, also where that only shows
    something."""
    written = [one for one in requests if one.method in _REPLACING and one.cause is not None]
    if len({one.cause for one in written}) < KEPT_MIN:
        return frozenset()
    loads = {step.event_id for step in steps if _loads(step)}
    shows = {step.event_id for step in steps if _only_shows(step)}
    by_place: dict[tuple[str, str], list[NetworkRequest]] = {}
    for one in written:
        by_place.setdefault(place(one.url), []).append(one)
    kept = []
    for ones in by_place.values():
        causes = {one.cause for one in ones}
        kept += ones if len(causes) >= KEPT_MIN and causes & loads and causes & shows else []
    return frozenset(one.url for one in kept)


def _loads(step: Step) -> bool:
    """Whether a page loads before anything can be done on it: it was opened, or led to by a form with a password."""
    if isinstance(step, GotoStep | ReloadStep):
        return True
    sent = isinstance(step, ClickStep | PressStep) and step.target is not None and step.target.in_password_form
    return sent and step.navigates


def _only_shows(step: Step) -> bool:
    """Whether it only went to another page of the app, pointed at something, or brought a menu."""
    if isinstance(step, HoverStep):
        return True
    if not isinstance(step, ClickStep) or _loads(step):
        return False
    return step.navigates or step.button == "right" or brings_menu(step)


def changing(steps: Sequence[Step], requests: Sequence[NetworkRequest]) -> list[NetworkRequest]:
    """Those of all requests of a story that ask the app to change something. What a button asks where a link asks too
    may well be a change: at one address an app keeps more than one mark of a thing."""
    calls, looks, kept = calls_in(requests), asked_to_look(steps, requests), kept_by_page(steps, requests)
    pressed = {one.step.event_id for one in map(meaning_of, steps) if one.is_button} if looks else set()
    by_pages = asked_by_pages(steps, requests, looks) if looks else frozenset()

    def looked(one: NetworkRequest) -> bool:
        by_itself = one.url in calls or (one.url, one.cause) in by_pages
        return one.method == "POST" and (by_itself or (one.url in looks and one.cause not in pressed))

    def is_kept(one: NetworkRequest) -> bool:
        return one.method in _REPLACING and one.url in kept

    return [one for one in requests if changes(one) and not looked(one) and not is_kept(one)]


def _own_texts(steps: Sequence[Step]) -> Iterator[str]:
    """What the user typed, line by line, and the names of things that were clicked."""
    for step in steps:
        if isinstance(step, FillStep) and not step.value.secret:
            yield from (step.value.text, *step.value.text.splitlines()[:20])
        elif isinstance(step, ClickStep) and is_link(step.target):
            yield meaning_of(step).caption


class Answers:
    """The answers of one story, asked for in the order of its steps: a refusal is remembered while it stays."""

    def __init__(self, steps: Sequence[Step], requests: Sequence[NetworkRequest], data: Data) -> None:
        self.data = data
        self._refused = ""
        self._own = tuple(dict.fromkeys(_own_texts(steps)))
        self._sent: dict[str, list[NetworkRequest]] = {}
        for request in requests:
            if request.cause is not None:
                self._sent.setdefault(request.cause, []).append(request)
        self.written_by: dict[str, list[NetworkRequest]] = {}
        for request in changing(steps, requests):
            if request.cause is not None:
                self.written_by.setdefault(request.cause, []).append(request)
        self.recorded = bool(self._sent)
        """Whether any request was recorded that a step caused."""
        writing = ((number, step) for number, step in enumerate(steps) if self.writes(step))
        self._last_write = {data.place(step.page.url): number for number, step in writing}

    def writes_after(self, number: int, where: str) -> bool:
        """Whether a step after that one, on a page of this pattern, asks for a change."""
        return self._last_write.get(where, -1) > number

    def settled(self, outcome: str) -> str:
        """Takes an outcome that was decided elsewhere, and gives it back."""
        self._refused = outcome
        return outcome

    def refusal(self, step: Step, filled: Sequence[Step] = ()) -> str:
        """What the page said against it, in its own words apart from data; nothing where it was taken. What it said
        while the form was `filled` in counts where nothing was sent off then."""
        against = self._words_against(step)
        if not against and not (self.writes(step) or step.navigates or step.changes):
            against = next((errors(one.changes) for one in reversed(filled) if one is not step), [])
        if against:
            self._refused = f"refused: {self.data.without(against[0][:REFUSAL_READ_MAX])[:REFUSAL_CHARS_MAX]}"
        elif self.failed(step):
            self._refused = self._refused or "refused"
        elif not self._still_refused(step):
            self._refused = ""
        return self._refused

    def says_no(self, step: Step) -> bool:
        """Whether the page or the app said no to a step, whatever was sent off before."""
        return bool(self._words_against(step)) or self.failed(step)

    def _words_against(self, step: Step) -> list[str]:
        against = refusals(step, self._own)
        if against and not self.writes(step) and meaning_of(step).headings:
            against = [text for text in against if not asks_for_more(text)]  # a form that opened with its hints
        return against or self._wrong_headings(step)

    def _wrong_headings(self, step: Step) -> list[str]:
        """Headings that say what went wrong with what was sent off: `You did not pass`."""
        failures = [text for text in meaning_of(step).headings if _FAILED.search(text)] if self.writes(step) else []
        return [text for text in failures if _FAILED.search(self.data.without(without_own(text, step, self._own)))]

    def failed(self, step: Step) -> bool:
        """Whether a request that it caused was answered so. What fails beside a new page (a ping, a lock let go) is not
        the answer: there the page itself must have been asked for."""
        refused = (r for r in self._sent.get(step.event_id, ()) if (r.status or 0) >= statuses.FAILED)
        sent = [r for r in refused if changes(r)]
        if not step.navigates:
            return bool(sent)
        return any(step.after is not None and place(r.url) == place(step.after.url) for r in sent)

    def _still_refused(self, step: Step) -> bool:
        """Whether nothing is new since the page refused it before: of the same words said again none is told."""
        news = any(isinstance(change, Appeared | TextChanged | Gone) for change in step.changes)
        stays = step.after is None or self.data.place(step.after.url) == self.data.place(step.page.url)
        return bool(self._refused) and stays and not news and bool(step.changes or step.after)

    def leads_on(self, step: Step) -> bool:
        """Whether it led to another page than the one that it was done on."""
        return step.after is None or self.data.place(step.after.url) != self.data.place(step.page.url)

    def asks(self, step: Step) -> bool:
        """Whether all that it caused are requests that change nothing, and some."""
        sent = self._sent.get(step.event_id, ())
        return bool(sent) and not self.writes(step)

    def speaks(self, step: Step) -> bool:
        """Whether it sent a message over an open connection: no one can say whether that asked for a change."""
        return any(request.method == SENT for request in self._sent.get(step.event_id, ()))

    def written(self, step: Step) -> list[NetworkRequest]:
        """The requests that it caused which change something."""
        return self.written_by.get(step.event_id, [])

    def writes(self, step: Step) -> bool:
        """Whether it caused a request that changes something."""
        return step.event_id in self.written_by


class Verdicts:
    """What came of each step that sent something off: the one answer to whether it was refused.

    `decided` are those that the reading of the story in its order decided; any other step is judged by itself.
    """

    def __init__(self, steps: Sequence[Step], answers: Answers, decided: Mapping[int, str]) -> None:
        self._steps = steps
        self._answers = answers
        self._decided = dict(decided)
        self.writing = frozenset(filter(None, answers.written_by))
        """The events of the steps that asked the app to change something."""

    def refused(self, number: int) -> bool:
        """Whether what that step sent off was refused."""
        outcome = self._decided.get(number)
        return self._answers.says_no(self._steps[number]) if outcome is None else bool(outcome)

    def but(self, later: "Verdicts") -> "Verdicts":
        """These, where `later`, which read fewer of the steps, has none."""
        return Verdicts(self._steps, self._answers, {**self._decided, **later._decided})
