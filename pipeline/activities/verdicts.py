"""Whether an app took what was sent off, by the strongest evidence that the recording has.

Strongest first: what came after, the answer of the request, that the page says it was done, the same form again, words.
A weaker one never overrules a stronger one: a text that says `failed` on the page behind a sign-in says nothing of the
sign-in.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.activities.facts.responses import LOCKED, changes
from pipeline.semantics.addresses import path_words, where
from pipeline.semantics.lexicon import LISTS
from pipeline.semantics.messages import (
    ANSWER_CHARS_MAX,
    errors,
    is_message,
    messages,
    shown_texts,
    sounds_wrong,
    succeeded,
)
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import clean
from pipeline.semantics.verbs import SIGN_OUT
from schemas import statuses
from schemas.elements import Element
from schemas.events import Appeared, Change, Gone, TextChanged, ValueChanged
from schemas.stories import ClickStep, GotoStep, NetworkRequest, Step

Verdict = Literal["accepted", "refused", "unknown"]
Evidence = Literal[
    "form used again",
    "signed out later",
    "sign-out offered",
    "form gone",
    "led elsewhere",
    "status",
    "said done",
    "form again",
    "words",
    "",
]

_ENTRANCES: Final = LISTS["entrance_pages"]
"""Words in the addresses of pages to which a refused sign-in leads as well."""
_WORD: Final = re.compile(r"\w+")
_LABELS_MIN: Final = 3
"""So many short texts of one kind are labels, as those over the figures of an overview (`Up`, `Unknown`)."""
UNKNOWN_USER: Final = 401
"""The status of an answer to somebody whose password is not right, whatever was asked for with it."""
WORD_CHARS_MAX: Final = 2
"""Texts up to so many characters stand in others by chance."""
CONTROL_CHARS_MAX: Final = 24
"""A longer text is none of a control to sign out with."""
_ASIDE: Final = frozenset({"navigation", "contentinfo", "complementary"})
"""What stands there is not said of a form."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, the evidence that decided it, and whether the app said that the account itself is closed."""

    verdict: Verdict
    evidence: Evidence = ""
    locked: bool = False

    @property
    def outcome(self) -> str:
        """What came of it, as it tells flows apart; nothing to say where it was taken."""
        return "" if self.verdict != "refused" else "refused: locked" if self.locked else "refused"


UNKNOWN: Final = Answer("unknown")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent off: its fields (`held`), what was `typed` there, what sent it, the steps after it up to the
    next form with a password (`later`), whether that one is the same form (`again`), and whether the same form was
    refused right before (`tried`)."""

    step: Step
    held: tuple[Element, ...]
    typed: tuple[str, ...]
    later: Sequence[Step]
    again: bool
    tried: bool
    requests: Sequence[NetworkRequest]
    tells_effects: bool


def answer_to(sent: Sent) -> Answer:
    """What came of a form that was sent off."""
    for decide in (_came_after, _status, _said_done, _same_form, _words):
        found = decide(sent)
        if found is not None:
            return found
    return UNKNOWN


def _came_after(sent: Sent) -> Answer | None:
    gone = _is_gone(sent)
    if sent.again and not (gone and any(isinstance(step, GotoStep) for step in sent.later)):
        return Answer("refused", "form used again", _says_locked(sent))
    if any(meaning_of(step).says(SIGN_OUT) for step in sent.later):
        return Answer("accepted", "signed out later")
    if any(map(_offers_sign_out, sent.step.changes)):
        return Answer("accepted", "sign-out offered")
    if gone:
        return Answer("accepted", "form gone")
    return Answer("accepted", "led elsewhere") if _led_elsewhere(sent) else None


def _offers_sign_out(change: Change) -> bool:
    """Whether what came is a control to sign out with: nobody needs one who was not let in."""
    element = change.element
    is_control = element.role in ("link", "button", "menuitem", "img") and element.visible
    named = _words_of(element) if isinstance(change, Appeared) and is_control else ""
    return len(named) <= CONTROL_CHARS_MAX and SIGN_OUT.search(named) is not None


def _is_gone(sent: Sent) -> bool:
    """Whether a field of the form, or on a new page the button that sent it, is there no more."""
    names = {name for field in sent.held for name in (clean(field.name), clean(field.label)) if name}
    gone = {_words_of(one.element) for one in sent.step.changes if isinstance(one, Gone)}
    came = {_words_of(one.element) for one in sent.step.changes if isinstance(one, Appeared)}
    if sent.step.loads and isinstance(sent.step, ClickStep):
        names.add(clean(sent.step.target.name or sent.step.target.text))
    return bool((names & gone) - came - {""})


def _words_of(element: Element) -> str:
    return clean(element.name or element.text)


def _led_elsewhere(sent: Sent) -> bool:
    """Whether it led to another page, and to none by which people come in."""
    after = _landing(sent)
    here = sent.step.page.url
    if not after or not here:
        return False
    if where(after) == where(here):
        return _is_titled_anew(sent.step)
    return not path_words(after) & _ENTRANCES


def _is_titled_anew(step: Step) -> bool:
    """Whether the title named a page by which people come in, and names none now: a page drawn by a script keeps its
    address."""
    if step.after is None or not step.after.title or sounds_wrong(step.after.title):
        return False
    before, after = ({*_WORD.findall(page.title.lower())} for page in (step.page, step.after))
    return bool(before & _ENTRANCES) and not after & _ENTRANCES


def _landing(sent: Sent) -> str:
    """The page on which the user was next."""
    step = sent.step
    if step.after is not None and step.after.url:
        return step.after.url
    following = sent.later[0] if sent.later else None
    if following is None or isinstance(following, GotoStep) or following.tab_id != step.tab_id:
        return ""
    return following.page.url


def _status(sent: Sent) -> Answer | None:
    """What the request that the form was sent with was answered; beside a new page others may fail, and say nothing."""
    writes = [one for one in sent.requests if changes(one)]
    named = [one for one in writes if path_words(one.url) & _ENTRANCES or where(one.url) == where(sent.step.page.url)]
    first = next(iter(named or writes), None)
    if first is None:
        unknown = bool(sent.requests) and all(one.status == UNKNOWN_USER for one in sent.requests)
        return Answer("refused", "status", _says_locked(sent)) if unknown else None
    if (first.status or 0) < statuses.FAILED:
        return None
    if sent.step.loads and first not in named:
        return None
    return Answer("refused", "status", _says_locked(sent))


def _said_done(sent: Sent) -> Answer | None:
    """A message says that it was done: of something that was typed, whatever failed beside that (a mail that was not
    sent), or with nothing said against it."""
    step = sent.step
    if not succeeded(step):
        return None
    good = [text for text in messages(step.changes) if not sounds_wrong(text)]
    named = any(word in text for text in good for word in sent.typed if len(word) > WORD_CHARS_MAX)
    return Answer("accepted", "said done") if named or not errors(step.changes) else None


def _same_form(sent: Sent) -> Answer | None:
    """The same page was loaded again with nothing on it that was not there before but messages; or the password was
    emptied where it stands."""
    step = sent.step
    emptied = any(
        isinstance(one, ValueChanged) and one.element.type == "password" and not one.after for one in step.changes
    )
    reloaded = (
        sent.tells_effects and step.loads and step.after is not None and where(step.after.url) == where(step.page.url)
    )
    news = [one.element for one in step.changes if isinstance(one, Appeared) and one.element.visible]
    if sent.tried and not any(isinstance(one, Appeared | TextChanged | Gone) for one in step.changes):
        return Answer("refused", "form again")  # recorders tell what is new: the same words were said again
    if emptied or (reloaded and all(is_message(element) or _refuses(element) for element in news)):
        return Answer("refused", "form again", _says_locked(sent))
    return None


def _refuses(element: Element) -> bool:
    return bool(errors([Appeared(element=element)]))


def _words(sent: Sent) -> Answer | None:
    """What the page says by the form, once it was sent off."""
    if not _words_against(sent):
        return None
    return Answer("refused", "words", _says_locked(sent))


def _words_against(sent: Sent) -> list[str]:
    near = [one for one in sent.step.changes if _is_near(one.element)]
    words = errors(near)
    if not words and not sent.step.navigates:
        kinds = Counter(map(_kind, (element for element, _ in shown_texts(near))))
        answers = [text for element, text in shown_texts(near) if " " in text or kinds[_kind(element)] < _LABELS_MIN]
        words = [text for text in answers if len(text) <= ANSWER_CHARS_MAX and sounds_wrong(text)]
    return words


def _kind(element: Element) -> tuple[str, str | None]:
    return element.tag, element.role


def _is_near(element: Element) -> bool:
    return element.visible and not any(one.role in _ASIDE or one.tag in ("nav", "footer") for one in element.ancestors)


def _says_locked(sent: Sent) -> bool:
    return any(LOCKED.search(text) for text in _words_against(sent)[:1])
