"""Passwords and login names: whose they are, and which value of the environment stands for each.

A secret has no text here, only a token that tells whether two were equal. What each was for is decided by
`pipeline.activities.forms.password_forms`. A password that somebody signed in with is read from the environment, by
the login name beside it; one that the app refused stays wrong; one that an account is made with, or that is kept with
something else, is made up by the test and stands in it: it is never the tester's.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.activities.forms.password_forms import PasswordForm, asks_old, login_name, password_forms
from pipeline.codegen.python.expressions import Attr, Expr, Index, Literal, Name, Or, method
from pipeline.codegen.python.names import variable_name
from pipeline.semantics.addresses import route
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.verbs import MASK, is_same_as_password
from schemas.elements import Element
from schemas.events import Appeared, TextChanged
from schemas.stories import FillStep, NetworkRequest, SelectStep, Step

WRONG: Final = "not-the-password"
MADE_UP: Final = "Another-pass-word-"
"""Begins the passwords that a test makes up; a number follows."""
ENDING_CHARS_MAX: Final = 2
"""A name has endings in many a language: `Adas profil`."""
_LETTERS: Final = re.compile(r"[^\W\d_]*")
FIRST_MADE_UP: Final = 11
"""The number of the first one: many an app wants two digits."""
MADE_UP_NAME: Final = "another-user"
USER: Final = "APP_USER"
PASSWORD: Final = "APP_PASSWORD"  # noqa: S105 (the name of a variable)
CODE_NAMES: Final = {"otp": "APP_ONE_TIME_CODE", "card": "APP_CARD_NUMBER"}


@dataclass(frozen=True)
class Credentials:
    """`passwords` by the event of the step that typed them, `names` by login name, as code; `variables` the names of
    the environment they read; `people` the number of each login name that somebody signed in with."""

    passwords: dict[str, Expr]
    names: dict[str, Expr]
    variables: tuple[str, ...]
    people: dict[str, int]
    notes: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    """What was typed or chosen beside name and password to sign in: a server, a database, a project."""

    @property
    def texts(self) -> frozenset[str]:
        """All that was entered to sign in, and withheld nowhere: it is no data of what was done then."""
        return self.beside | self.names.keys()


def field_of(element: Element) -> str:
    """A field's identity within its form."""
    return "|".join(
        part or ""
        for part in (
            element.type,
            element.autocomplete,
            element.name_attribute or element.id or element.label or element.name,
        )
    )


def token_of(step: FillStep) -> str:
    """What tells a secret from another: its token, or the field where there is none."""
    return f"{step.value.secret}:{step.value.token or field_of(step.target)}"


def is_secret(step: FillStep) -> bool:
    """Whether the value must not be in the code: marked as secret, or a mask typed into a password field."""
    return step.value.secret is not None or bool(MASK.match(step.value.text)) or step.target.type == "password"


def credentials(
    steps: Sequence[Step],
    requests: Sequence[NetworkRequest] = (),
    numbers: Mapping[str, int] | None = None,
    keeps_names: bool = True,
) -> Credentials:
    """The secrets and login names of a story. `numbers` are those of the people of a whole project, by login name;
    whoever is not among them is counted after them. `keeps_names` leaves a login name that the pages show as
    recorded; without it each of them is read, as nothing that the test asserts depends on it."""
    teller = _Teller(steps, tuple(password_forms(steps, requests)))
    teller.number_people(numbers or {})
    passwords, variables = teller.passwords()
    names, notes, read = teller.names(keeps_names)
    beside = _typed_beside(steps, teller.forms) - names.keys()
    return Credentials(passwords, names, (*read, *variables), dict(teller.people), tuple(notes), beside)


def _typed_beside(steps: Sequence[Step], forms: Sequence[PasswordForm]) -> frozenset[str]:
    entered = [step for form in forms if form.purpose == "sign in" for step in steps[form.first : form.last + 1]]
    typed = {one.value.text for one in entered if isinstance(one, FillStep) and not is_secret(one)}
    chosen = {option.label for one in entered if isinstance(one, SelectStep) for option in one.options}
    return frozenset(typed | chosen) - {""}


@dataclass
class _Teller:
    """Tells the passwords and names of one story; it lives only inside `credentials`."""

    steps: Sequence[Step]
    forms: Sequence[PasswordForm]
    people: dict[str, int] = field(default_factory=dict)
    made: dict[str, Expr] = field(default_factory=dict)
    """Passwords that the test makes up, by token."""
    made_for: set[str] = field(default_factory=set)
    """Login names of accounts that were made, or whose password was changed."""

    def number_people(self, numbers: Mapping[str, int]) -> None:
        """Who signs in, the most frequent first, of equal ones the last."""
        taken = [form for form in self.forms if form.purpose == "sign in" and not form.refused]
        tried = taken or [form for form in self.forms if form.purpose == "sign in"][-1:]
        names = [self._name(form) for form in tried]
        counts = Counter(names)
        last = {name: at for at, name in enumerate(names)}
        opened = {self._name(form) for form in self.forms if form.purpose in ("sign up", "make account")} - {""}
        for name in sorted(counts, key=lambda one: (-counts[one], -last[one])):
            if name not in opened:
                free = max((*numbers.values(), *self.people.values()), default=0) + 1
                self.people[name] = numbers.get(name, free)

    def passwords(self) -> tuple[dict[str, Expr], list[str]]:
        """The password of each step that types one, and the variables that they read."""
        out: dict[str, Expr] = {}
        variables: list[str] = []
        right = {token: name for name, tokens in self._right().items() for token in tokens}
        for form in self.forms:
            for at in form.passwords:
                step = self.steps[at]
                if isinstance(step, FillStep) and _is_told(step):
                    out[step.event_id] = self._password(form, step, right, variables)
            if form.purpose in ("sign up", "make account"):
                self.made_for.add(self._name(form))
        for form in self.forms:
            login = None if form.login is None else self.steps[form.login]
            if login is not None and is_same_as_password(login):
                out[login.event_id] = self._withheld_name(form, variables)
        for step in self.steps:
            if not isinstance(step, FillStep) or not is_secret(step) or not _is_told(step):
                continue
            if step.value.secret in CODE_NAMES:
                out[step.event_id] = _read(CODE_NAMES[step.value.secret], variables)
            elif step.event_id not in out:
                out[step.event_id] = _read(PASSWORD, variables)
        return out, list(dict.fromkeys(variables))

    def _right(self) -> dict[str, set[str]]:
        """The tokens that were taken from each login name; those that only confirmed something have none."""
        found: dict[str, set[str]] = {}
        for form in sorted(self.forms, key=lambda one: one.purpose == "sign in"):
            if form.purpose in ("sign in", "confirm") and not form.refused:
                typed = (self.steps[at] for at in form.passwords)
                tokens = {token_of(step) for step in typed if isinstance(step, FillStep)}
                found.setdefault(self._name(form), set()).update(tokens)
        return found

    def _password(self, form: PasswordForm, step: FillStep, right: Mapping[str, str], variables: list[str]) -> Expr:
        token, name = token_of(step), self._name(form)
        match form.purpose:
            case "sign in" | "confirm":
                if token in self.made and (name in self.made_for or not name or token not in right):
                    return self.made[token]
                if form.refused and token not in right:
                    return Literal(WRONG)
                owner = name if name in self.people and not form.refused else right.get(token, name)
                return _read(variable_name(PASSWORD, self.people.get(owner, 1)), variables)
            case "change password" | "make account" if self._is_old(form, step):
                if token in self.made:
                    return self.made[token]
                return _read(variable_name(PASSWORD, self.people.get(right.get(token, ""), 1)), variables)
            case "change password" | "make account" | "sign up" | "keep":
                return self.made.setdefault(token, Literal(f"{MADE_UP}{FIRST_MADE_UP + len(self.made)}"))

    def _is_old(self, form: PasswordForm, step: FillStep) -> bool:
        return asks_old(meaning_of(step), [meaning_of(one) for one in self.steps[form.first : form.last + 1]])

    def _withheld_name(self, form: PasswordForm, variables: list[str]) -> Expr:
        """A login name that the recording withheld, as it is the password's text as well."""
        if form.purpose not in ("sign in", "confirm"):
            return Literal(MADE_UP_NAME)
        return _read(variable_name(USER, self.people.get(self._name(form), 1)), variables)

    def _name(self, form: PasswordForm) -> str:
        return login_name(form, self.steps)

    def names(self, keeps_names: bool) -> tuple[dict[str, Expr], list[str], list[str]]:
        """Login names as code, notes about them, and the variables that they read. One that the outcome shows makes the
        story that user's own: with `keeps_names` it stays as recorded."""
        out: dict[str, Expr] = {}
        notes: list[str] = []
        variables: list[str] = []
        for form in self.forms:
            name = self._name(form)
            if not name or form.login is None or form.purpose != "sign in" or name not in self.people or name in out:
                continue
            later = self.steps[form.login + 1 :]
            if keeps_names and (_shown_later(later, name) or _leads_to_own(self.steps[form.login :], name)):
                out[name] = Literal(name)
                notes = ["The login name is part of what the story shows, so it is kept as recorded."]
                continue
            variables.append(variable_name(USER, self.people[name]))
            out[name] = Or(method(_environ(), "get", variables[-1]), Literal(name))
        return out, notes, variables


def only_typed(told: Credentials, code: str) -> bool:
    """Whether the login names that stay as recorded stand nowhere in a test but where they are typed: then anybody may
    do what it does."""
    kept = [name for name, expr in told.names.items() if isinstance(expr, Literal)]
    return bool(kept) and all(_is_only_typed(name, code) for name in kept)


def _is_only_typed(name: str, code: str) -> bool:
    # A pattern writes some of its letters otherwise, so the longest part without signs is looked for.
    part = max(re.findall(r"\w+", name), key=len, default="")
    said = sum(_is_word(code, found) for found in re.finditer(re.escape(part), code, re.I)) if part else 0
    return bool(part) and said == code.casefold().count(f'.fill("{name.casefold()}")')


def _is_word(code: str, found: re.Match[str]) -> bool:
    """Whether it is more than a part of another word: `admin` of `administration` is none, `Ada` of `Adas` is one."""
    start, end = found.span()
    before, rest = code[max(start - 2, 0) : start], _LETTERS.match(code, end)
    after = code[end : end + 1] if rest is not None and len(rest[0]) > ENDING_CHARS_MAX else ""
    begins = not (before[-1:].islower() and found[0][0].islower()) or before[:1] == "\\"
    return begins and not (found[0][-1].islower() and after.islower())


def _is_told(step: FillStep) -> bool:
    """Whether the test has to know it: not where the page's masking withheld it, or where the page shows it."""
    return step.value.secret in (None, "password", *CODE_NAMES) and step.value.shown_in is None


def _read(name: str, variables: list[str]) -> Expr:
    variables.append(name)
    return Index(_environ(), Literal(name))


def _environ() -> Expr:
    return Attr(Name("os"), "environ")


def _said(step: Step) -> list[str]:
    """The texts that a step brought up."""
    out = []
    for change in step.changes:
        if isinstance(change, Appeared):
            out.append(change.element.text or change.element.name or "")
        elif isinstance(change, TextChanged):
            out.append(change.after)
    return out


def _leads_to_own(steps: Sequence[Step], name: str) -> bool:
    """Whether later addresses have the name as a part of their path that the sign-in's had not: pages of that user."""
    later = {part for step in steps if step.after is not None for part in route(step.after.url)}
    return name in later - set(route(steps[0].page.url))


def _shown_later(steps: Sequence[Step], name: str) -> bool:
    if len(name) < 3:
        return False
    word = re.compile(rf"(?<![\w@.-]){re.escape(name)}(?![\w@-])")
    return any(word.search(text) for step in steps for text in _said(step))
