"""Passwords and login names: which value of the environment each one is.

A secret has no text here, only a token that tells whether two were equal. The password of the last sign-in that the
page took is APP_PASSWORD; one that the page refused stays wrong; further ones are APP_PASSWORD_2 and so on.
"""

import re
from dataclasses import dataclass
from typing import Final

from pipeline.stories.addresses import route
from pipeline.stories.outcome import errors
from pipeline.urls import parse_any
from pipeline.writing.code import Attr, Expr, Index, Literal, Name, Or, method
from schemas.elements import Element
from schemas.events import Appeared, TextChanged
from schemas.stories import FillStep, Step

WRONG: Final = "not-the-password"
NEW: Final = "Another-pass-word-1"
CODE_NAMES: Final = {"otp": "APP_ONE_TIME_CODE", "card": "APP_CARD_NUMBER"}
MASK: Final = re.compile(r"^[*•●·]{3,}$")
_REFUSED = re.compile(
    r"(?i)wrong|invalid|incorrect|n.t match|not match|failed|denied|error|try again|not recogni|unknown user|no account"
)


@dataclass(frozen=True)
class Credentials:
    """`passwords` by token, `names` by login name, as code; `variables` the names of the environment they read."""

    passwords: dict[str, Expr]
    names: dict[str, Expr]
    variables: tuple[str, ...]
    notes: tuple[str, ...] = ()


def token_of(step: FillStep) -> str:
    """What tells a secret from another: its token, or the field where there is none."""
    return f"{step.value.secret}:{step.value.token or field_of(step.target)}"


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


def is_secret(step: FillStep) -> bool:
    """Whether the value must not be in the code: marked as secret, or a mask typed into a password field."""
    return step.value.secret is not None or bool(MASK.match(step.value.text)) or step.target.type == "password"


def credentials(steps: tuple[Step, ...]) -> Credentials:
    """The secrets and login names of a story."""
    passwords, variables = _passwords(steps)
    names, notes, read = _names(steps)
    return Credentials(passwords, names, (*(("APP_USER",) if read else ()), *variables), tuple(notes))


def _passwords(steps: tuple[Step, ...]) -> tuple[dict[str, Expr], list[str]]:
    fills = [(at, step) for at, step in enumerate(steps) if isinstance(step, FillStep) and is_secret(step)]
    fills = [(at, step) for at, step in fills if step.value.secret not in ("masked",) and step.value.shown_in is None]
    wrong = {token_of(step) for at, step in fills if _refused(steps, at, step)}
    out: dict[str, Expr] = {}
    variables: list[str] = []
    tokens = list(dict.fromkeys(token_of(step) for _, step in fills if step.value.secret not in CODE_NAMES))
    right = [token for token in tokens if token not in wrong]
    main = next((token for token in right if not _is_new(fills, token)), right[0] if right else None)
    number = 2
    for token in tokens:
        if token == main:
            out[token] = Index(_environ(), Literal("APP_PASSWORD"))
            variables.append("APP_PASSWORD")
            continue
        name = f"APP_PASSWORD_{number}"
        number += 1
        variables.append(name)
        default = WRONG if token in wrong else NEW
        out[token] = Or(method(_environ(), "get", name), Literal(default))
    for _, step in fills:
        if step.value.secret in ("otp", "card"):
            name = CODE_NAMES[step.value.secret]
            out[token_of(step)] = Index(_environ(), Literal(name))
            variables.append(name)
    return out, list(dict.fromkeys(variables))


def _is_new(fills: list[tuple[int, FillStep]], token: str) -> bool:
    return all(step.target.autocomplete == "new-password" for _, step in fills if token_of(step) == token)


def _environ() -> Expr:
    return Attr(Name("os"), "environ")


def _refused(steps: tuple[Step, ...], at: int, step: FillStep) -> bool:
    """Whether the page didn't take this password: the same field is filled again with another one, or the page says so
    and stays where it is."""
    for later in steps[at + 1 :]:
        if isinstance(later, FillStep) and is_secret(later) and field_of(later.target) == field_of(step.target):
            return token_of(later) != token_of(step)
    after = steps[at + 1 :]
    submit = next(
        (later for later in after if not isinstance(later, FillStep) and (later.changes or later.after)), None
    )
    if submit is None or (submit is not after[-1] and any(_moved_on(step, later) for later in after)):
        return False
    if errors(submit.changes):
        return True
    if submit.after is not None and _path(submit.after.url) != _path(step.page.url):
        return False
    return any(_REFUSED.search(text) for text in _said(submit))


def _moved_on(step: Step, later: Step) -> bool:
    return later.after is not None and _path(later.after.url) != _path(step.page.url)


def _path(url: str) -> tuple[str, str]:
    found = parse_any(url)
    return found.origin, found.path


def _said(step: Step) -> list[str]:
    """The texts that a step brought up."""
    out = []
    for change in step.changes:
        if isinstance(change, Appeared):
            out.append(change.element.text or change.element.name or "")
        elif isinstance(change, TextChanged):
            out.append(change.after)
    return out


def _names(steps: tuple[Step, ...]) -> tuple[dict[str, Expr], list[str], bool]:
    """Login names as code. One that the outcome shows makes the story that user's own: it stays as recorded."""
    logins = [(at, step) for at, step in enumerate(steps) if isinstance(step, FillStep) and _is_login(steps, at, step)]
    names = list(dict.fromkeys(step.value.text for _, step in logins))
    if not names:
        return {}, [], False
    out: dict[str, Expr] = {name: Literal(name) for name in names}
    main = names[-1]
    first = next(at for at, step in logins if step.value.text == main)
    if len(names) > 1 or _shown_later(steps[first + 1 :], main) or _leads_to_own(steps[first:], main):
        return out, ["The login name is part of what the story shows, so it is kept as recorded."], False
    out[main] = Or(method(_environ(), "get", "APP_USER"), Literal(main))
    return out, [], True


def _is_login(steps: tuple[Step, ...], at: int, step: FillStep) -> bool:
    """A text that names who signs in: the last one typed before a password, by mark, type or form."""
    if (
        is_secret(step)
        or not step.value.text
        or (step.target.editable and step.target.tag not in ("input", "textarea"))
    ):
        return False
    following = steps[at + 1 :]
    if at and step.target.in_password_form and _is_password_of(steps[at - 1], step) and _sends(following):
        return True
    password = next((later for later in following if isinstance(later, FillStep) and is_secret(later)), None)
    if password is None or password.value.secret not in (None, "password"):
        return False
    between = following[: following.index(password)]
    if any(isinstance(other, FillStep) for other in between):
        return False
    marked = (
        (step.target.autocomplete or "") in ("username", "email")
        or step.target.type == "email"
        or "@" in step.value.text
    )
    return marked or step.target.in_password_form or password.target.in_password_form or not between


def _is_password_of(before: Step, name: Step) -> bool:
    """Whether the password was filled in before the name, in the same form."""
    return isinstance(before, FillStep) and is_secret(before) and before.page.url == name.page.url


def _sends(following: tuple[Step, ...]) -> bool:
    """Whether nothing more is filled in before the form is sent off."""
    return not following or not isinstance(following[0], FillStep)


def _leads_to_own(steps: tuple[Step, ...], name: str) -> bool:
    """Whether later addresses have the name as a part of their path that the sign-in's had not: pages of that user."""
    later = {part for step in steps if step.after is not None for part in route(step.after.url)}
    return name in later - set(route(steps[0].page.url))


def _shown_later(steps: tuple[Step, ...], name: str) -> bool:
    if len(name) < 3:
        return False
    word = re.compile(rf"(?<![\w@.-]){re.escape(name)}(?![\w@-])")
    return any(word.search(text) for step in steps for text in _said(step))
