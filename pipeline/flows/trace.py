"""One session of a flow, made comparable with the others: its steps as tokens, what it saw apart from its own data."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Final, assert_never

from pipeline.activities.facts.variables import data_of, inputs_of
from pipeline.activities.forms.password_forms import PasswordForms, password_forms
from pipeline.semantics.derived import RecentByIdentity
from pipeline.semantics.elements import DATA, Data, identity, named
from pipeline.semantics.messages import errors
from pipeline.semantics.object_names import is_row, row_of
from pipeline.semantics.text import clean
from pipeline.semantics.verbs import is_commit
from schemas.codecs import to_json
from schemas.elements import Candidate, Element, Locator
from schemas.events import Appeared, Change, CountChanged, Gone, StateChanged, TextChanged, ValueChanged
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
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

_MOMENT: Final = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"#\d+\b")
SESSIONS_WEIGHT_MAX: Final = 10_000
"""Steps and changes on the page of the sessions that are kept, twice: the samples of a hundred usual flows, 20 MB."""


class Session:
    """One story with what is needed to lay it beside another; what is asked of it is worked out once."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.data = inputs_of(story.steps, data_of(story.steps))
        pairs = list(zip((None, *story.steps), story.steps, strict=False))
        self.passwords = password_forms(story.steps, story.network_requests)
        self.tokens = _numbered_from_the_end(_tokens(pairs, self.data, self.passwords))
        self.inputs = tuple(None if _sends(step, before) else input_of(step) for before, step in pairs)
        self.user = self.passwords.user(story.steps)
        self.places = {token: place for place, token in enumerate(self.tokens)}
        self._masked: dict[str, str] = {}
        self._shapes: dict[tuple[int, bool], frozenset[str]] = {}
        self._shown: dict[tuple[int, bool], dict[Hashable, Element]] = {}
        self._ways: dict[int, tuple[Element, frozenset[Hashable]]] = {}
        self._stands: dict[Hashable, list[tuple[int, bool]]] | None = None

    def masked(self, text: str) -> str:
        """The text without this session's data and without dates and times: those of another day are no other text."""
        if text not in self._masked:
            self._masked[text] = _timeless(self.data.masked(text))
        return self._masked[text]

    def keys_of(self, change: Change) -> tuple[Hashable, Hashable]:
        """What a change says, apart from data and as it stands: texts that hold a word which one user typed, another
        one didn't, are the same text."""
        return exact_of(change, self.masked), exact_of(change, _timeless)

    def changes(self, place: int, opened: bool) -> tuple[Change, ...]:
        """What the step changed in its tab, or in the tab that it opened."""
        step = self.story.steps[place]
        return step.opened_changes if opened else step.changes

    def shown(self, place: int, opened: bool) -> dict[Hashable, Element]:
        """What the step showed (in the tab that it opened), by either of its keys, each with its element."""
        key = (place, opened)
        if key not in self._shown:
            changes = self.changes(place, opened)
            self._shown[key] = {one: change.element for change in changes for one in self.keys_of(change)}
        return self._shown[key]

    def came(self, place: int, opened: bool) -> list[Element]:
        """What appeared after the step (in the tab that it opened)."""
        return [change.element for change in self.changes(place, opened) if isinstance(change, Appeared)]

    def stands(self, place: int, keys: Iterable[Hashable]) -> bool:
        """Whether what one of these keys says appeared by this step, and has not gone since."""
        if self._stands is None:
            self._stands = self._comings()
        for key in keys:
            until = [came for at, came in self._stands.get(_what(key), ()) if at <= place]
            if until and until[-1]:
                return True
        return False

    def _comings(self) -> dict[Hashable, list[tuple[int, bool]]]:
        found: dict[Hashable, list[tuple[int, bool]]] = {}
        for at, step in enumerate(self.story.steps):
            for change in step.changes:
                if isinstance(change, Appeared | Gone):
                    for key in self.keys_of(change):
                        found.setdefault(_what(key), []).append((at, isinstance(change, Appeared)))
        return found

    def shapes(self, place: int, opened: bool) -> frozenset[str]:
        """The same with numbers as place-holders."""
        key = (place, opened)
        if key not in self._shapes:
            self._shapes[key] = frozenset(map(numberless, self.shown(place, opened)))
        return self._shapes[key]

    def ways(self, element: Element | None) -> frozenset[Hashable]:
        """The ways to find an element; what finds it alone on the page finds it in its row as well."""
        if element is None:
            return frozenset()
        found = self._ways.get(id(element))
        if found is None:  # what is kept holds its element, so no other one has this identity
            alone = (one.locator for one in element.candidates if one.count == 1 and not one.within)
            found = (element, frozenset((*map(self.way, element.candidates), *map(self.alone, alone))))
            self._ways[id(element)] = found
        return found[1]

    def way(self, candidate: Candidate) -> Hashable:
        """A way to find an element, apart from data, to which belongs in which row it stands; whether it finds it alone
        belongs to the way."""
        within = [one.model_copy(update={"has_text": DATA}) if is_row(one) else one for one in candidate.within]
        return self.masked(to_json([candidate.locator, within]).decode()), candidate.count == 1

    def way_in_thing(self, candidate: Candidate) -> Hashable | None:
        """A way that finds the element alone within what holds certain words, whichever these are; None for others."""
        if candidate.count != 1 or not any(one.has_text for one in candidate.within):
            return None
        within = [one.model_copy(update={"has_text": DATA}) if one.has_text else one for one in candidate.within]
        return self.masked(to_json([candidate.locator, within]).decode())

    def ways_in_things(self, element: Element | None) -> frozenset[Hashable]:
        """The ways that find an element alone within what holds certain words, whichever these are."""
        found = map(self.way_in_thing, element.candidates if element is not None else ())
        return frozenset(way for way in found if way is not None)

    def alone(self, locator: Locator) -> Hashable:
        """A way to find an element without saying where it stands."""
        return self.masked(to_json([locator]).decode()), "alone"

    def calls(self, place: int) -> set[Hashable]:
        """The requests that the step caused."""
        cause = self.story.steps[place].event_id
        return {self.call(request) for request in self.story.network_requests if request.cause == cause}

    def call(self, request: NetworkRequest) -> Hashable:
        return request.method, self.data.place(request.url), request.status


def _weight(story: Story) -> int:
    return sum(1 + len(step.changes) + len(step.opened_changes) for step in story.steps)


_sessions: Final = RecentByIdentity[Story, Session](SESSIONS_WEIGHT_MAX, _weight)


def session_of(story: Story) -> Session:
    """The session of a story, made once for the same object: a flow's stories are laid beside each other again with
    each further one."""
    return _sessions.get(story, Session)


def _numbered_from_the_end(tokens: list[Hashable]) -> list[Hashable]:
    """Equal tokens told apart by how many of them follow: second tries meet first ones that succeeded."""
    seen: Counter[Hashable] = Counter()
    out: list[Hashable] = []
    for token in reversed(tokens):
        seen[token] += 1
        out.append((token, seen[token]))
    return out[::-1]


def is_earlier_try(token: Hashable) -> bool:
    """Whether a session's token is that of something refused, or that was done again later."""
    match token:
        case (("refused", *_), _):
            return True
        case (_, int() as following):
            return following > 1
        case _:
            return False


def _sends(step: Step, before: Step | None) -> bool:
    """Whether the step sends off what was just entered: by Enter or by a button, it is the same."""
    return isinstance(before, FillStep) and isinstance(step, ClickStep | PressStep) and is_commit(step)


def _tokens(pairs: Iterable[tuple[Step | None, Step]], data: Data, passwords: PasswordForms) -> list[Hashable]:
    """What makes each step the same step in another session. Who is refused tries again, perhaps on another page: the
    last try is the one that others made at once."""
    tokens: list[Hashable] = []
    tried = ""
    for number, (before, step) in enumerate(pairs):
        if not _sends(step, before):
            tokens.append(_token(step, data))
            continue
        where = tried or data.place(step.page.url)
        entered = passwords.sent_by(number)
        refused = bool(errors(step.changes)) if entered is None else entered.refused
        tokens.append(("refused" if refused else "send", where))
        tried = where if refused else ""
    return tokens


def _token(step: Step, data: Data) -> Hashable:
    match step:
        case GotoStep():
            return ("goto", data.place(step.url))
        case ReloadStep() | BackStep():
            return (step.type, data.place(step.page.url))
        case ScrollStep():
            return (step.type, "" if step.target is None else identity(step.target, data))
        case PressStep():
            return (step.type, identity(step.target, data), step.key)
        case CheckStep() | ClickStep() | FillStep() | SelectStep() | UploadStep() | DragStep() | HoverStep():
            return (step.type, identity(step.target, data))
        case _:
            assert_never(step)


def input_of(step: Step) -> Hashable:
    """What the user chose in this step."""
    match step:
        case GotoStep():
            return step.url.partition("//")[2].partition("/")[2]
        case FillStep():
            return step.value.secret or step.value.text
        case SelectStep():
            return tuple(option.value for option in step.options)
        case CheckStep():
            return named(step.target), step.checked
        case UploadStep():
            return step.files
        case ClickStep() | PressStep() | HoverStep() | DragStep():
            return " in ".join(filter(None, (named(step.target), row_of(step.target))))
        case ReloadStep() | BackStep() | ScrollStep():
            return None
        case _:
            assert_never(step)


def numberless(exact: Hashable) -> str:
    """What a change says, apart from its numbers."""
    return re.sub(r"\d+", "{n}", repr(exact))


def rough_of(change: Change) -> Hashable:
    return change.change, change.element.role or change.element.tag


def text_of(change: Change) -> str:
    """All that a change says in words."""
    after = change.after if isinstance(change, TextChanged | ValueChanged) else ""
    return " ".join((change.element.name or "", change.element.text or "", after))


def _timeless(text: str) -> str:
    """Without what is another one each time, and is asserted by nobody: dates, times, and numbers of things (`#25`)."""
    return _NUMBERED.sub("#{n}", _MOMENT.sub("{time}", clean(text)))


def _what(key: Hashable) -> Hashable:
    """What a key says, whether it came or went."""
    return key[1:] if isinstance(key, tuple) else key


def exact_of(change: Change, masked: Callable[[str], str]) -> Hashable:
    """What a change says, apart from data."""
    element = change.element
    match change:
        case Appeared() | Gone():
            return (change.change, *_whom(element), masked(element.name or ""), masked(element.text or ""))
        case TextChanged() | ValueChanged():
            return (change.change, *_whom(element), masked(change.after))
        case StateChanged():
            return (change.change, *_whom(element), masked(element.name or ""), change.state, change.after)
        case CountChanged():
            return (change.change, *_whom(element), change.after, *change.texts)
        case _:
            assert_never(change)


def _whom(element: Element) -> tuple[str, ...]:
    return element.role or element.tag, element.type or "", str(element.level or "")
