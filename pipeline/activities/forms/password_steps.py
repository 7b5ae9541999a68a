"""Which steps of a story are one form with a password, which of them sent it off, and which typed the login name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.activities.facts.responses import changes
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import BOX_ROLES, is_link, is_text_field
from pipeline.semantics.verbs import (
    CANCEL,
    COMMIT,
    LOGIN_NAME,
    SIGN_IN,
    SIGN_UP,
    is_same_as_password,
    is_search_field,
)
from schemas.elements import Element
from schemas.stories import (
    BackStep,
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
    UploadStep,
)

_SHOWS: Final = WORDS["shows_password"]
"""What controls say that stand in a form with a password and don't send it off."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers of a form's first and last step, of the one that sent it off (None where none did), of the one that
    typed the login name, and of those that typed passwords."""

    first: int
    last: int
    sent: int | None
    login: int | None
    passwords: tuple[int, ...]


class PasswordSteps:
    """The steps of one story, and the requests that each of them caused."""

    def __init__(self, steps: Sequence[Step], sent_with: Mapping[str, Sequence[NetworkRequest]]) -> None:
        self.steps = steps
        self.sent_with = sent_with

    def bounds(self) -> Iterator[Bounds]:
        at = earliest = 0
        while at < len(self.steps):
            if not meaning_of(self.steps[at]).is_password:
                at += 1
                continue
            first, login = self._begin(at, earliest)
            last, sent = self._end(at)
            inside = range(first, last + 1)
            passwords = tuple(number for number in inside if meaning_of(self.steps[number]).is_password)
            login = self._login(inside, passwords) if login is None else login
            yield Bounds(first, last, sent, login, passwords)
            at = earliest = last + 1

    def _begin(self, at: int, earliest: int) -> tuple[int, int | None]:
        """The first step of the form, and the login name that was asked for on a page before."""
        password = self.steps[at]
        first, passed = at, False
        for number in range(at - 1, earliest - 1, -1):
            step = self.steps[number]
            if self._is_field(step, password) and (not passed or _of_one_form(step, password)):
                first = number
            elif not is_idle(step):
                if step.navigates or isinstance(step, GotoStep | ReloadStep | BackStep) or self._writes(step):
                    break
                passed = True  # a list of the page's own within the form: beyond it the form must be told
        sender = first - 1
        name = self.steps[first - 2] if first - 2 >= earliest else None
        onward = first == at and sender >= earliest and _sends(self.steps[sender])
        if onward and isinstance(name, FillStep) and _names_user(name) and not is_search_field(name.target):
            return first - 2, first - 2
        return first, None

    def _end(self, at: int) -> tuple[int, int | None]:
        """The last step of the form, and the one that sent it off."""
        password = self.steps[at]
        last = at
        for number in range(at, len(self.steps)):
            step = self.steps[number]
            if isinstance(step, FillStep) and step.navigates and number >= at:
                return number, number
            if number == at or self._is_field(step, password):
                last = number
                continue
            if is_idle(step):
                continue
            return (number, number) if self._sends_off(number) else (last, None)
        return last, None

    def _is_field(self, step: Step, password: Step) -> bool:
        """Whether it fills in a field of the password's form."""
        here, there = meaning_of(step), meaning_of(password)
        if step.tab_id != password.tab_id or (step.page.url and here.page_where != there.page_where):
            return False
        target = getattr(step, "target", None)
        if not isinstance(target, Element):
            return False
        if isinstance(step, ClickStep):
            return target.role in BOX_ROLES
        if not isinstance(step, FillStep | CheckStep | SelectStep | UploadStep):
            return False
        if here.is_search:
            return False
        own = password.target.form if isinstance(password, FillStep) else ""
        return not (own and target.form and own != target.form)

    def _writes(self, step: Step) -> bool:
        return any(map(changes, self.sent_with.get(step.event_id, ())))

    def _sends_off(self, number: int) -> bool:
        step = self.steps[number]
        if isinstance(step, PressStep):
            return step.key == "Enter"
        words = meaning_of(step).caption
        if not isinstance(step, ClickStep) or CANCEL.match(words):
            return False
        leads_away = is_link(step.target) and step.navigates and not self._writes(step)
        return not leads_away or any(verb.search(words) for verb in (SIGN_IN, SIGN_UP, COMMIT))

    def _login(self, inside: range, passwords: Sequence[int]) -> int | None:
        """The login name: the text before the first password, else the one after it."""
        texts = [number for number in inside if self._is_text(number)]
        named = [number for number in texts if _names_user(self.steps[number])]
        before = [number for number in texts if number < passwords[0]]
        return next(iter((*named[:1], *reversed(before), *texts)), None)

    def _is_text(self, number: int) -> bool:
        step = self.steps[number]
        plain = isinstance(step, FillStep) and not step.value.secret and bool(step.value.text)
        return (plain and not meaning_of(step).is_password) or is_same_as_password(step)


def _of_one_form(step: Step, password: Step) -> bool:
    """Whether the recorder says that both stand in the same form."""
    forms = [getattr(getattr(one, "target", None), "form", "") for one in (step, password)]
    return forms[0] == forms[1] != ""


def _names_user(step: Step) -> bool:
    """Whether it types a login name, by its field or by what was typed."""
    if is_same_as_password(step):
        return True
    if not isinstance(step, FillStep) or step.value.secret or not step.value.text:
        return False
    marked = (step.target.autocomplete or "") in ("username", "email") or step.target.type == "email"
    return marked or "@" in step.value.text or bool(LOGIN_NAME.search(meaning_of(step).words))


def _sends(step: Step) -> bool:
    """Whether it may send off the page on which the login name is asked for."""
    return (isinstance(step, ClickStep) and not is_text_field(step.target)) or (
        isinstance(step, PressStep) and step.key == "Enter"
    )


def is_idle(step: Step) -> bool:
    """Whether it says nothing of the form: the pointer moved, the cursor was placed, the password was shown."""
    if isinstance(step, HoverStep | ScrollStep):
        return True
    if isinstance(step, PressStep):
        return step.key != "Enter" and not step.navigates
    if not isinstance(step, ClickStep) or step.navigates:
        return False
    return is_text_field(step.target) or bool(_SHOWS.search(meaning_of(step).caption))
