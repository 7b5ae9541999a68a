"""Forms with a password: what each was for, whose password it was, and whether the app took it.

This is the one place that decides it. Titles, tags, flow keys, credentials of tests, parameters and the laying of
sessions beside each other ask here, so that they can't contradict each other.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final, Literal

from pipeline.activities.forms.password_steps import PasswordSteps, is_idle
from pipeline.activities.verdicts import UNKNOWN, Answer, Sent, answer_to
from pipeline.semantics.derived import once_per_steps
from pipeline.semantics.lexicon import LISTS, WORDS
from pipeline.semantics.messages import ANSWER_CHARS_MAX, sounds_wrong
from pipeline.semantics.step_meaning import StepMeaning, meaning_of
from pipeline.semantics.text import spaced
from pipeline.semantics.verbs import (
    CANCEL,
    CONFIRM,
    CREATE,
    KEEPS,
    SIGN_IN,
    SIGN_OUT,
    SIGN_UP,
    is_same_as_password,
)
from schemas.events import ValueChanged
from schemas.stories import (
    BackStep,
    ClickStep,
    FillStep,
    GotoStep,
    NetworkRequest,
    PressStep,
    ReloadStep,
    SelectStep,
    Step,
)

Purpose = Literal["sign in", "confirm", "sign up", "make account", "change password", "keep"]
"""`confirm`: who is signed in proves it once more. `make account`: for somebody else. `keep`: a password that is stored
with something else, such as that of a connection."""

SIGN_IN_FIELDS_MAX: Final = 2
"""Fields beside the password that a sign-in may have (name, tenant), where its page's address says that it is one; else
one. Where its button says so, any number: system, server, database, language."""
_OLD: Final = WORDS["old_password"]
"""What the field of the password that one has already says."""
_NAME_TYPES: Final = frozenset({None, "", "text", "email", "tel"})
"""Types of fields for a login name."""
_MAKES: Final = WORDS["makes_account"]
"""What the buttons and the names of forms say that let nobody in."""
_FORM_WORDS: Final = frozenset({"form", "frm", "box", "dialog", "panel", "page", "user", "username", "main"})
"""What the name of a form that lets in may say beside that."""
_MAKING: Final = (*LISTS["sign_up_pages"], *LISTS["making_pages"], "reset", "password", "settings")


@dataclass(frozen=True, slots=True)
class PasswordForm:
    """The steps of one form with a password.

    `first` and `last` are the numbers of its first and last step, `sent` that of the step that sent it off, None where
    it was given up. `login` is the step that typed the login name, on the same page or on the one before; `passwords`
    are those that typed passwords. A form that was refused may hold the login name of the try before.
    """

    purpose: Purpose
    first: int
    last: int
    sent: int | None
    login: int | None
    passwords: tuple[int, ...]
    answer: Answer = UNKNOWN

    @property
    def refused(self) -> bool:
        return self.answer.verdict == "refused"


class PasswordForms:
    """The forms with a password of one story, in their order."""

    def __init__(self, forms: Sequence[PasswordForm]) -> None:
        self.all = tuple(forms)
        self._by_first = {form.first: form for form in forms}
        self._by_sent = {form.sent: form for form in forms if form.sent is not None}

    def __iter__(self) -> Iterator[PasswordForm]:
        return iter(self.all)

    def beginning(self, first: int) -> PasswordForm | None:
        """The form whose first step is that one."""
        return self._by_first.get(first)

    def sent_by(self, number: int) -> PasswordForm | None:
        """The form that was sent off by that step."""
        return self._by_sent.get(number)

    def amidst(self, number: int) -> bool:
        """Whether that step lies within a form, before it was sent off."""
        return any(form.first < number <= form.last and number != form.sent for form in self.all)

    def signs_in(self) -> bool:
        """Whether somebody was let in."""
        return any(form.purpose == "sign in" and form.sent is not None and not form.refused for form in self.all)

    def user(self, steps: Sequence[Step]) -> str:
        """The login name of who was let in last, else of who tried last; nothing where nobody is named."""
        tries = [form for form in self.all if form.purpose == "sign in" and login_name(form, steps)]
        form = next(iter([*(one for one in reversed(tries) if not one.refused), *tries[-1:]]), None)
        return "" if form is None else login_name(form, steps)


def login_name(form: PasswordForm, steps: Sequence[Step]) -> str:
    """The login name of a form: as it was typed, else what the only text field held as its page came; nothing
    where neither is known, or the name is withheld as it is the password's text."""
    step = None if form.login is None else steps[form.login]
    if step is not None:
        return step.value.text if isinstance(step, FillStep) and not is_same_as_password(step) else ""
    came = next((one for one in reversed(steps[: form.first]) if one.loads or isinstance(one, GotoStep)), None)
    if came is None or form.purpose != "sign in":
        return ""
    held = [
        change.after
        for change in came.changes
        if isinstance(change, ValueChanged)
        and change.after
        and change.element.type in _NAME_TYPES
        and not change.element.masked
    ]
    return held[0] if len(held) == 1 else ""


def password_forms(steps: Sequence[Step], requests: Sequence[NetworkRequest] = ()) -> PasswordForms:
    """What was typed into forms with a password, and what came of it. Pure; any steps give some forms."""
    return _password_forms(steps, requests)


@once_per_steps
def _password_forms(steps: Sequence[Step], requests: Sequence[NetworkRequest]) -> PasswordForms:
    sent_with: dict[str, list[NetworkRequest]] = {}
    for request in requests:
        if request.cause is not None:
            sent_with.setdefault(request.cause, []).append(request)
    reader = _Reader(steps, sent_with)
    return PasswordForms(reader.forms())


class _Reader:
    def __init__(self, steps: Sequence[Step], sent_with: dict[str, list[NetworkRequest]]) -> None:
        self.steps = steps
        self.meanings = [meaning_of(step) for step in steps]
        self.sent_with = sent_with
        self.tells_effects = any(step.changes for step in steps)

    def forms(self) -> list[PasswordForm]:
        found = [
            PasswordForm("keep", one.first, one.last, one.sent, one.login, one.passwords)
            for one in PasswordSteps(self.steps, self.sent_with).bounds()
        ]
        out: list[PasswordForm] = []
        signed_in: PasswordForm | None = None
        before = 0
        for number, form in enumerate(found):
            if any(step.says(SIGN_OUT) for step in self.meanings[before : form.first]):
                signed_in = None
            form = replace(form, purpose=self._purpose(form, signed_in, out))
            if form.login is None and out and out[-1].refused and self._same(out[-1], form):
                form = replace(form, login=out[-1].login)  # it still stands in the form
            following = found[number + 1] if number + 1 < len(found) else None
            form = replace(form, answer=self._answer(form, following, out))
            if form.purpose == "sign in" and form.sent is not None:
                signed_in = None if form.refused else form
            out.append(form)
            before = form.last
        return out

    # --- what it was for ---

    def _purpose(self, form: PasswordForm, signed_in: PasswordForm | None, before: Sequence[PasswordForm]) -> Purpose:
        own = self.meanings[form.first : form.last + 1]
        sender = self._sender(form)
        words = sender.caption if isinstance(sender.step, ClickStep) else ""
        fields = self._fields(form)
        beside = len({one.field for one in own if isinstance(one.step, FillStep | SelectStep)} - fields)
        named = bool(SIGN_IN.search(words)) or not sender.page_words.isdisjoint(LISTS["sign_in_pages"])
        if len(fields) > 1:
            if not beside or any(asks_old(one, own) for one in own if one.is_password):
                return "change password"
            others = {field for one in before for field in self._fields(one)} - fields
            return "make account" if signed_in or others or CREATE.match(words) else "sign up"
        tried = next((one for one in reversed(before) if one.purpose == "sign in" and self._same(one, form)), None)
        if tried is not None:
            return "sign in"
        if signed_in is not None and not (named and self._names_other_entrance(words, sender, signed_in)):
            if beside:
                return "make account"
            return "keep" if KEEPS.match(words) and not any(asks_old(one, own) for one in own) else "confirm"
        if SIGN_UP.search(words) or _signs_up_at(sender.page_words):
            return "sign up"
        if not beside and not named and (CONFIRM.match(words) or "confirm" in sender.page_words):
            return "confirm"
        if beside > SIGN_IN_FIELDS_MAX - (not named) and not SIGN_IN.search(words):
            return "sign up" if beside > SIGN_IN_FIELDS_MAX and not KEEPS.match(words) else "keep"
        called = dict.fromkeys(one.target.form for one in own if isinstance(one.step, FillStep))
        entrance = any(_is_entrance(spaced(form.partition(" / ")[0])) for form in called)
        if named or (entrance and not (KEEPS.match(words) or CREATE.match(words))):
            return "sign in"
        forms = spaced(" ".join(called))
        makes = any(verb.search(text) for verb in (_MAKES, SIGN_UP) for text in (words, forms))
        return "keep" if makes or not sender.page_words.isdisjoint(_MAKING) else "sign in"

    def _names_other_entrance(self, words: str, sender: StepMeaning, signed_in: PasswordForm) -> bool:
        """Whether the button says that somebody signs in, or the address does and is not the one of before."""
        return bool(SIGN_IN.search(words)) or sender.page_where != self.meanings[signed_in.first].page_where

    def _sender(self, form: PasswordForm) -> StepMeaning:
        """The step that sent a form off; its last one where none did."""
        return self.meanings[form.last if form.sent is None else form.sent]

    def _fields(self, form: PasswordForm) -> set[tuple[str, ...]]:
        return {self.meanings[n].field for n in form.passwords}

    def _same(self, one: PasswordForm, other: PasswordForm) -> bool:
        """Whether it is the same form, on the same page or sent off by the same button."""
        if self._shown_again(one, other):
            return True
        if self._fields(one) != self._fields(other):
            return False
        logins = [self.meanings[form.login] for form in (one, other) if form.login is not None]
        if len({step.field for step in logins if isinstance(step.step, FillStep)}) > 1:
            return False
        senders = [self._sender(form) for form in (one, other)]
        words = [step.caption for step in senders if isinstance(step.step, ClickStep)]
        button = len(words) == len(senders) and words[0] == words[1] != "" and len(logins) in (0, 2)
        return button or senders[0].page_where == senders[1].page_where

    def _shown_again(self, one: PasswordForm, other: PasswordForm) -> bool:
        """Whether one led to a page that says that something was wrong, and has the other with the same fields, though
        they may be labelled otherwise there: a small form of the start page, and the large one of its own page."""
        if one.sent is None or other.first <= one.sent:
            return False
        step = self.meanings[one.sent]
        landed = step.after_where is not None and step.after_where == self.meanings[other.first].page_where
        names, others = ({name for name, *_ in self._fields(form)} for form in (one, other))
        if not landed or names != others or "" in names:
            return False
        return any(len(text) <= ANSWER_CHARS_MAX and sounds_wrong(text) for text in step.shown)

    # --- what came of it ---

    def _answer(self, form: PasswordForm, following: PasswordForm | None, before: Sequence[PasswordForm]) -> Answer:
        if form.sent is None:
            return UNKNOWN
        step = self.steps[form.sent]
        until = len(self.steps) if following is None else following.first
        later = self.steps[form.sent + 1 : until]
        again = following is not None and self._same(form, following) and all(map(self._stays, later))
        again = again and form.purpose in ("sign in", "confirm")  # who makes one account may make another
        asked = self.sent_with.get(step.event_id, ())
        tried = bool(before) and before[-1].refused and self._same(before[-1], form)
        fills = [one for one in self.steps[form.first : form.sent + 1] if isinstance(one, FillStep)]
        held, typed = tuple(one.target for one in fills), tuple(one.value.text for one in fills)
        return answer_to(Sent(step, held, typed, later, again, tried, asked, self.tells_effects))

    def _stays(self, step: Step) -> bool:
        """Whether it does nothing but come back to the form."""
        if is_idle(step) or isinstance(step, GotoStep | ReloadStep | BackStep):
            return True
        if isinstance(step, PressStep):
            return not step.navigates
        shows = any(map(meaning_of(step).says, (SIGN_IN, CONFIRM, CANCEL)))
        return shows or (isinstance(step, ClickStep) and not step.navigates and not self.sent_with.get(step.event_id))


def asks_old(field: StepMeaning, form: Sequence[StepMeaning]) -> bool:
    """Whether a step fills in the password that somebody has already. What is typed into another field of the form as
    well is a new one, whatever its page marks it as."""
    step = field.step
    if not isinstance(step, FillStep):
        return False
    if field.target.autocomplete != "current-password" and not _OLD.search(field.words):
        return False
    others = {one.step.value.token for one in form if isinstance(one.step, FillStep) and one.field != field.field}
    return step.value.token is None or step.value.token not in others


def _signs_up_at(page_words: Set[str]) -> bool:
    """Whether a page's address says that an account is opened there."""
    return not page_words.isdisjoint(LISTS["sign_up_pages"]) or {"create", "account"} <= page_words


def _is_entrance(called: str) -> bool:
    """Whether a form is called after signing in and nothing else: that says more than `Connect` on its button."""
    return SIGN_IN.search(called) is not None and _FORM_WORDS.issuperset(SIGN_IN.sub(" ", called.lower()).split())
