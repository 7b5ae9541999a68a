"""Which forms with a password let somebody in."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.stories.addresses import path_words
from pipeline.stories.likeness import Data, identity
from pipeline.stories.verbs import SIGN_IN, SIGN_UP, is_password, named_in_path
from pipeline.stories.words import caption, spaced
from schemas.stories import ClickStep, FillStep, Step

FIELDS_MAX: Final = 2
"""Fields of a sign-in, the password among them; with one more it must say that it is one."""
_MAKES: Final = re.compile(
    r"\b(save|create|add|register|sign ?up|join|update|change|reset|connect|import|test|speichern|anlegen"
    r"|registrieren)\b",
    re.I,
)
"""What the buttons and the names of other forms with a password say."""
_MAKING: Final = ("register", "signup", "join", "new", "create", "add", "reset", "password", "settings")


def signs_in(used: Sequence[Step], sent: Step) -> bool:
    """Whether a form of these steps, sent off by the last one, lets somebody in: it has one password, beside it little
    else, and nothing says that something is made or kept."""
    typed = [step for step in used if isinstance(step, FillStep)]
    passwords = {identity(step.target, Data()) for step in typed if is_password(step)}
    if len(passwords) != 1:
        return False
    words = caption(sent.target) if isinstance(sent, ClickStep) else ""
    says = names_sign_in(words, sent.page.url)
    if len({identity(step.target, Data()) for step in typed}) > FIELDS_MAX + says:
        return False
    forms = spaced(" ".join(dict.fromkeys(step.target.form for step in typed)))
    makes = any(verb.search(text) for verb in (_MAKES, SIGN_UP) for text in (words, forms))
    return says or not (makes or named_in_path(sent.page.url, *_MAKING))


def names_sign_in(words: str, url: str) -> bool:
    """Whether a button with these words, or the page's address, says that somebody signs in."""
    return bool(SIGN_IN.search(words)) or named_in_path(url, "login", "signin")


def signs_up_at(url: str) -> bool:
    """Whether a page's address says that an account is opened there."""
    return named_in_path(url, "register", "signup", "join") or {"create", "account"} <= path_words(url)
