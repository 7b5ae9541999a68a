"""What the page answered: the messages, headings and errors among a step's changes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipeline.semantics.derived import Wording, once_per_changes, once_per_step, once_per_text
from pipeline.semantics.lexicon import DONE, DONE_VERBS, WORDS
from pipeline.semantics.text import clean, is_name
from schemas.elements import Element
from schemas.events import Appeared, Change, TextChanged
from schemas.stories import Step

MESSAGE_ROLES: Final = frozenset({"alert", "status", "log", "alertdialog"})
MESSAGE_CLASSES: Final = Wording(
    re.compile(
        r"(^|[-_])(alert|message|messages|msg|toast|notification|notice|snackbar|flash|error|errors|danger|invalid"
        r"|success|warning|feedback|errorlist)($|[-_0-9])",
        re.IGNORECASE,
    )
)
_CONTROL_ROLES: Final = frozenset(
    {"button", "link", "tab", "menuitem", "option", "checkbox", "radio", "switch", "textbox", "combobox", "searchbox"}
    | {"row", "cell", "gridcell"}
)
"""A red button is no error message, a green link no success, a letter in a list of messages none of the page's."""
_ERROR_CLASSES: Final = Wording(re.compile(r"(^|[-_])(error|errors|danger|invalid|errorlist)($|[-_])", re.IGNORECASE))
_COLOURED: Final = Wording(re.compile(r"(btn|button|badge|label|tag|pill|chip|status)($|[-_])", re.IGNORECASE))
"""How classes begin of controls and marks that are red, and say nothing of what was sent off."""
_TELLING: Final = Wording(re.compile(r"(alert|message|error|flash|toast|notif)", re.IGNORECASE))
"""How classes begin of what does say something of it, whatever else it is."""
_ERROR_WORDS: Final = WORDS["wrong"]
_ERROR_IDS: Final = Wording(re.compile(r"(^|[-_])(errors?|invalid)([-_A-Z]|$)"))
_NOT_VALID: Final = WORDS["not_valid"]
"""What forms say of a field that they don't take, whatever marks it has."""
_ASKS: Final = WORDS["asks"]
"""How messages begin that ask for what is missing."""
_NO_ERROR: Final = WORDS["no_error"]
_QUOTED = re.compile(r"['\"‘“„«]([^'\"‘’“”«»]{1,80})['\"’”»]")
_NAME_BEHIND: Final = re.compile(r"([a-z]{3,20}) ([A-Z][\w.'-]{1,30}(?: [A-Z][\w.'-]{1,30}){1,3})")
_WHO: Final = WORDS["who"]
SUCCESS: Final = WORDS["success"]
_TITLE_PARTS: Final = re.compile(r"\s[-–—|·»:]\s|:\s")
_HEADING_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORD: Final = re.compile(r"[^\W\d]{3}")
WORD_CHARS_MIN: Final = 3
TEXTS_KEPT_MAX: Final = 2_048
"""Of so many texts of pages it is kept what they say."""
ANSWER_CHARS_MAX: Final = 120
"""Longer texts are there to be read, not to answer."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a success message says: `Page 'Spring sale' created` → verb create, noun page, object Spring sale."""

    verb: str
    noun: str = ""
    object: str = ""


def words_of(element: Element) -> str:
    return clean(element.text or element.name)


def shown_texts(changes: Iterable[Change]) -> Iterator[tuple[Element, str]]:
    """Each element that newly shows a text, with that text."""
    for change in changes:
        if isinstance(change, Appeared):
            yield change.element, words_of(change.element)
        elif isinstance(change, TextChanged):
            yield change.element, clean(change.after)


@once_per_changes
def messages(changes: Iterable[Change]) -> list[str]:
    """What the page told the user: alerts, status lines, toasts. Of one within another the inner one is enough."""
    found = dict.fromkeys(text for element, text in shown_texts(changes) if text and _answers(element, text))
    return [text for text in found if not any(other != text and other in text for other in found)]


def is_message(element: Element) -> bool:
    if element.role in _CONTROL_ROLES:
        return False
    return element.role in MESSAGE_ROLES or element.live or _is_marked(element, MESSAGE_CLASSES)


def _answers(element: Element, text: str) -> bool:
    """Whether it is a message by its marks, or, where the page has none, by its words."""
    worded = len(text) <= ANSWER_CHARS_MAX and bool(SUCCESS.search(text)) and element.role not in _CONTROL_ROLES
    return worded or is_message(element)


def _is_marked(element: Element, classes: Wording) -> bool:
    """Whether the element's classes say so; those of a control or a badge speak of its colour."""
    coloured = any(map(_COLOURED.match, element.classes)) and not any(map(_TELLING.match, element.classes))
    if element.role in _CONTROL_ROLES or coloured:
        return False
    return any(classes.search(name) for name in element.classes)


@once_per_changes
def headings(changes: Iterable[Change]) -> list[str]:
    """Headings that newly appeared, the highest level first."""
    return list(dict.fromkeys(text for _, _, text in _levelled(changes)))


@once_per_changes
def main_headings(changes: Iterable[Change]) -> list[str]:
    """Those of the highest level among them."""
    found = _levelled(changes)
    return list(dict.fromkeys(text for level, _, text in found if level == found[0][0]))


def _levelled(changes: Iterable[Change]) -> list[tuple[int, int, str]]:
    """Level, place and text of the headings that newly appeared, sorted."""
    return sorted(
        (element.level or _tag_level(element.tag), index, _seen(element, text).rstrip("¶#§ ") or text)
        for index, (element, text) in enumerate(shown_texts(changes))
        if text and (element.role == "heading" or element.tag in _HEADING_TAGS)
    )


def _seen(element: Element, text: str) -> str:
    """What a heading says: its name, where the text has what is hidden in it as well (help for a file's upload)."""
    name = clean(element.name)
    return name if name and len(name) < len(text) and name in text else text


def _tag_level(tag: str) -> int:
    return int(tag[1]) if tag in _HEADING_TAGS else 6


def asks_for_more(text: str) -> bool:
    """Whether a message asks for what is missing yet: `Please type the name.`"""
    return bool(_ASKS.match(text))


@once_per_changes
def errors(changes: Iterable[Change]) -> list[str]:
    """Messages of refusal."""
    found = []
    for element, text in shown_texts(changes):
        if not text:
            continue
        if (
            _is_marked(element, _ERROR_CLASSES)
            or (is_message(element) and (sounds_wrong(text) or _ASKS.match(text)))
            or _refuses(element, text)
        ):
            found.append(text)
    return list(dict.fromkeys(found))


def refusals(step: Step, own: Iterable[str]) -> list[str]:
    """The messages of refusal that a step brought, without those that sound so only by the user's `own` words, or by
    what the page itself is called (`Invoice 7 shows wrong total`)."""
    told = errors(step.changes)
    if succeeded(step):
        told = [text for text in told if len(text) <= ANSWER_CHARS_MAX]  # help beside a form that was taken
    left = ((text, without_own(text, step, own)) for text in told)
    return [text for text, rest in left if sounds_wrong(rest) or (not sounds_wrong(text) and _WORD.search(rest))]


def without_own(text: str, step: Step, own: Iterable[str]) -> str:
    """A text without the user's `own` ones, and without what the page is called before and after the step."""
    titles = (part for page in (step.page, step.after) if page is not None for part in _TITLE_PARTS.split(page.title))
    for word in sorted(map(clean, (*own, *titles)), key=len, reverse=True):
        text = text.replace(word, " ") if len(word) > WORD_CHARS_MIN else text
    return text


def _refuses(element: Element, text: str) -> bool:
    """Whether nothing but its id or its words says that a form was not taken."""
    if element.role in _CONTROL_ROLES:
        return False
    worded = len(text) <= ANSWER_CHARS_MAX and _NOT_VALID.search(text)
    return bool(worded or _ERROR_IDS.search(element.id or ""))


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def sounds_wrong(text: str) -> bool:
    return bool(_ERROR_WORDS.search(_NO_ERROR.sub(" ", text)))


def done(steps: Iterable[Step]) -> Done | None:
    """What the last success message of these steps says, if it says it in a way that can be read."""
    found = None
    for step in steps:
        for element, text in shown_texts(step.changes) if step.changes else ():
            match = _done_in(text)
            if match and _WHO.search(match["noun"]):
                continue  # `the file you uploaded` says nothing of what came of it
            if match and (match["object"] or _answers(element, text)) and not sounds_wrong(text):
                noun, name = _named(match["noun"].strip(), text)
                found = Done(DONE_VERBS[match["verb"].lower()], noun.lower(), clean(match["object"]) or name)
    return found


def _named(noun: str, text: str) -> tuple[str, str]:
    """The noun, and the name of several words that stands behind it without marks in an English text: `The user Otto
    Holm has been deleted` tells of the user `Otto Holm`."""
    found = _NAME_BEHIND.fullmatch(noun) if text.startswith("The ") else None
    return (found[1], found[2]) if found else (noun, "")


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def _done_in(text: str) -> re.Match[str] | None:
    return next((match for pattern in DONE if (match := pattern.match(text))), None)


@once_per_step
def succeeded(step: Step) -> bool:
    """Whether the page said that something was done."""
    return done([step]) is not None or any(SUCCESS.search(text) for text in messages(step.changes))


def quotes(text: str) -> list[str]:
    """The names that stand in quotation marks."""
    return [clean(found) for found in _QUOTED.findall(text) if is_name(found)]


@once_per_text
def without_quotes(text: str) -> str:
    """The text with what stands in quotation marks, and all numbers, left out: the page's own words alone."""
    return clean(re.sub(r"\d[\d.,:/-]*", " ", _QUOTED.sub(" ", text)))
