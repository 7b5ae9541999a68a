"""How much a text on the page says about what happened."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.codegen.values.credentials import is_secret
from pipeline.semantics.generated import is_volatile, parts
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import ANSWER_CHARS_MAX
from pipeline.semantics.messages import is_message as says_of_itself
from pipeline.semantics.text import joints
from schemas.elements import Ancestor, Element
from schemas.events import Change, Gone
from schemas.stories import FillStep, SelectStep, Step

MARGIN_ROLES: Final = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "menu", "menubar", "search", "toolbar"}
)
LONG_NAMED_ROLES: Final = frozenset(
    {"row", "listitem", "link", "button", "img", "article", "region", "cell", "gridcell"}
)
CONTROL_ROLES: Final = frozenset({"button", "link", "menuitem", "checkbox", "tab"})
PLAIN_ROLES: Final = frozenset({None, "paragraph", "strong", "emphasis"})
CAPTION_CHARS_MAX: Final = 24
REST_WORDS_MAX: Final = 2
LOUD_ROLES: Final = frozenset({"alert", "status", "alertdialog", "log"})
ROLE_SCORES: Final = {
    "alert": 100, "alertdialog": 95, "status": 90, "log": 60, "dialog": 75, "heading": 78, "row": 50, "listitem": 58,
    "cell": 56, "gridcell": 54, "link": 46, "button": 44, "tab": 46, "option": 36, "img": 24, "checkbox": 30,
    "textbox": 26, "combobox": 24, "searchbox": 24, "radio": 26, "menuitem": 30, "table": 34, "list": 24,
    "paragraph": 64, "term": 44, "definition": 62, "code": 60, "region": 40, "article": 50, "caption": 60,
}  # fmt: skip
_PROMOTES: Final = WORDS["promotes"]
_IS_BUSY: Final = WORDS["is_busy"]
_ELLIPSIS: Final = re.compile(r"^.{0,40}(…|\.\.\.)$")
_TELLS_RESULT: Final = WORDS["tells_result"]
_SENTENCE_END = re.compile(r"(?<=[^\W\d]{2})['\"’”»)]?[.!?]['\"’”»)]?(?=\s|$)")
_CLAUSE_END = re.compile(r"\s[-–—]\s|[,;:.!?](?=\s)")
_SAID: Final = re.compile(r"\w[.!]$")
"""How a short message ends: `Settings saved.`"""
_CLOSES_BEFORE: Final = WORDS["closes_before"]
_CLOSES: Final = re.compile(r"^[×✕✖]\s+|(?<=[^\d\s])\s*[×✕✖¶]$")
"""The caption of the button that closes a message, before or after what it says; the sign for a link to a heading."""


def can_be_closed(text: str) -> bool:
    """Whether the text is that of a message with the button that closes it: it goes by itself, sooner or later."""
    return bool(_CLOSES.search(text)) or _without_close(text) != text


def _without_close(text: str) -> str:
    """The text without the caption, in small letters, of the button that closes it, before what it says."""
    found = _CLOSES_BEFORE.match(text)
    if found is None or not text[0].islower() or text[found.end()].islower():
        return text
    return text[found.end() :]


LONG_CHARS: Final = 70
"""Longer texts are not looked for as a whole where they hold what a program made."""
CLAUSE_WORDS_MIN: Final = 4
CLAUSE_CHARS_MAX: Final = 100
SENTENCE_CHARS_MIN: Final = 10
SENTENCE_WORDS_MIN: Final = 3
"""What ends with a full stop and is shorter may be a short form: `Invoice No. 5`."""
PIECE_CHARS_MIN: Final = 3
GLUED_CHARS_MAX: Final = 60
VERB_CHARS_MIN: Final = 4
PAST_CHARS_MAX: Final = 4
"""So many letters make a past of a verb: `stopped`, `copied`."""
HINT_SCORE: Final = 25
"""What a text loses that only the pointer brings up."""
FIRST_HEADING: Final = 7
"""How much more the name of the page says than the headings of what is listed on it, numbers or not."""
ANSWER_WORDS_MAX: Final = 14
PERSON_WORDS_MAX: Final = 5
TRAIL_SCORE: Final = 40
"""The most that the way to a page or a line of notes says, whatever of it was typed: the page's heading says where one
is."""
_TRAIL: Final = re.compile(r"\s[»›→⟩>/|]\s[^»›→⟩>/|]*\S\s[»›→⟩>/|]\s")
_LABELS: Final = re.compile(r"[^\W\d]{3}:\s[^\W\d]{3,}:(\s|$)")
"""A label right after a label, as the text of a form has them: what is in its fields is no part of it."""
_HINT: Final = re.compile(r"(?<!has-)(?<!with-)tool-?tip([-_]{1,2}(inner|content|body))?$", re.IGNORECASE)
"""Classes of hints; those of what a hint is for say more (`tooltip-trigger`)."""
_THREE_WORDS = re.compile(r"(?:\W*+\w++){3}")


@dataclass(frozen=True)
class Typing:
    """What the story typed so far: texts that may be asserted back, and those that must never show up in code."""

    texts: tuple[str, ...] = ()
    pieces: frozenset[str] = frozenset()
    """Texts that the page shows by themselves, and what was typed."""
    asked: str = ""
    """The caption of what was clicked."""
    emptied: bool = False
    """Whether a field was left with nothing: a page that says "none" answers that."""
    used: frozenset[str] = frozenset()
    """Names of the things that the story used and had not made."""
    captions: frozenset[str] = frozenset()
    """What the buttons and links are called that came with the step."""
    buttons: frozenset[str] = frozenset()
    """What those are called that came with any step of the story."""
    own: tuple[str, ...] = ()
    """Texts by which a row is the user's own."""

    def answers(self, text: str) -> bool:
        """Whether a text tells that what was clicked has been done: "Process mailer started" after "Start"."""
        verb = self.asked.split(" ")[0].casefold()
        if len(verb) < VERB_CHARS_MIN or not verb.isalpha() or is_volatile(text, self.texts):
            return False
        words = [word.casefold() for word in text.split()]
        stem = verb[:-1] if verb.endswith(("e", "y")) else verb
        ends = (word[len(stem) :].rstrip(".!") for word in words if word.startswith(stem))
        done = (end.endswith("ed") and len(end) <= PAST_CHARS_MAX for end in ends)
        return 1 < len(words) <= ANSWER_WORDS_MAX and any(done)

    def runs_together(self, text: str, is_said: bool = False) -> bool:
        """Whether the text is made of several that stand beside each other in the page: "labadd", "Ada Ada". What a
        message says (`is_said`) may well begin with two labels: "Error: Email: This field is required."."""
        words = text.split()
        half = len(words) // 2
        if (half and len(words) == 2 * half and words[:half] == words[half:]) or _has_initials(words):
            return True
        if not is_said and _LABELS.search(text):
            return True
        if text in self.pieces or is_sentence(text):
            return False
        return any(is_put_together(word, self.pieces) for word in words)

    def echoed(self, text: str) -> bool:
        return any(len(word) >= 3 and word.lower() in text.lower() for word in self.texts)

    def answered(self, text: str, is_control: bool = False) -> int:
        """How much more the text says for having words of the user in it, or for saying that a field holds nothing. A
        control that ends with them says what it would do with the thing ("Edit Lamp"), not what was done."""
        if self.emptied and WORDS["nothing"].search(text):
            return 35
        if not self.echoed(text) or len(text) > 70 or (is_control and self._ends_with_one(text)):
            return 0
        return 35 if self.stands_in(text) else 10

    def _ends_with_one(self, text: str) -> bool:
        """Whether other words and then one of them make up the text."""
        told = text.rstrip("'\"”’»).").casefold()
        return any(told.endswith((f" {word.casefold()}", f"'{word.casefold()}")) for word in self.texts)

    def stands_in(self, text: str) -> bool:
        """Whether one of them stands there by itself, not run together with what is shown next to it."""
        return bool(self.longest_in(text))

    def longest_in(self, text: str) -> str:
        """The longest of those that stand there by themselves, as the text writes it; nothing where none does."""
        there = (word for word in self.texts if len(word) >= 3 and word.casefold() in text.casefold())
        found = (re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I) for word in there)
        return max((hit[0] for hit in found if hit), key=len, default="")


def _has_initials(words: Sequence[str]) -> bool:
    """Whether a name follows its own first letters, as in the sign of a person without a picture: "AL Ada Lovelace"."""
    first = "".join(word[0] for word in words[1:PERSON_WORDS_MAX])
    is_person = 1 < len(words) <= PERSON_WORDS_MAX and words[0].isalpha() and words[0].isupper()
    return is_person and words[0] in (first, first[:1], first[:2])


def empties(steps: Iterable[Step]) -> bool:
    """Whether a field or a list was left with nothing typed or chosen."""
    return any(
        not step.options
        if isinstance(step, SelectStep)
        else isinstance(step, FillStep) and not step.value.text and not is_secret(step)
        for step in steps
    )


def pieces_of(steps: Iterable[Step], typed: Iterable[str]) -> frozenset[str]:
    """The short texts that stand by themselves in the pages of a story, and those that were typed."""
    shown = set(typed)
    for step in steps:
        target = getattr(step, "target", None)
        elements = [target] if isinstance(target, Element) else []
        elements += [change.element for change in step.changes if not isinstance(change, Gone)]
        texts = (text for one in elements for text in (one.name, one.text))
        shown.update(text for text in texts if text and len(text) <= GLUED_CHARS_MAX)
    return frozenset(text for text in shown if not is_put_together(text, shown))


def is_put_together(word: str, pieces: Container[str]) -> bool:
    """Whether shorter pieces make up the whole of a word."""
    if not 2 * PIECE_CHARS_MIN <= len(word) <= GLUED_CHARS_MAX:
        return False
    first = next((end for end in range(PIECE_CHARS_MIN, len(word)) if word[:end] in pieces), 0)
    if not first:
        return False  # as nearly always
    ends = [0, first]
    for end in range(first + 1, len(word) + 1):
        if any(word[at:end] in pieces for at in ends if PIECE_CHARS_MIN <= end - at < len(word)):
            ends.append(end)
    return ends[-1] == len(word)


def in_margin(element: Element) -> bool:
    return any(
        ancestor.role in MARGIN_ROLES or ancestor.tag in ("nav", "header", "footer", "aside")
        for ancestor in element.ancestors
    )


def texts_of_footers(changes: Iterable[Change]) -> frozenset[str]:
    """What stands at the foot of the page, of what changed."""
    there = (one.element for one in changes if any(_is_footer(around) for around in one.element.ancestors))
    return frozenset(text for one in there for text in (one.name, one.text) if text)


def _is_footer(around: Ancestor) -> bool:
    return around.role == "contentinfo" or around.tag == "footer"


def is_hint(element: Element) -> bool:
    """Whether it says something of what the pointer rests on: where that is, is chance unless it was meant."""
    return element.role == "tooltip" or any(map(_HINT.search, element.classes))


def importance(element: Element, text: str, typing: Typing) -> int:
    """How much a text on the page says about the outcome."""
    score = ROLE_SCORES.get(element.role or "", 52)
    if element.live and element.role not in LOUD_ROLES | CONTROL_ROLES:
        score += 25
    score += typing.answered(text, element.role in CONTROL_ROLES)
    if is_sentence(text):
        score += 14
    elif element.role == "paragraph" and text.count(" ") < SENTENCE_WORDS_MIN:
        score -= 12  # many a page has its labels in paragraphs
    score += _as_answer(element, text, typing)
    if re.search(r"\d", text):
        score += 5
    if len(text) < 3:
        score -= 40
    elif len(text) < 4:
        score -= 20 if typing.echoed(text) or re.search(r"\d", text) else 40  # a word so short stands in many others
    if looks_glued(text) and not typing.stands_in(text):
        score -= 25
    if len(text) > LONG_CHARS:
        score -= 20
    if len(text) > 60 and element.role in LONG_NAMED_ROLES and not is_sentence(text):
        score -= 35
    if _PROMOTES.search(text):
        score -= 30
    score += _by_place(element)
    return min(score, TRAIL_SCORE) if _TRAIL.search(text) else score


def is_only_hinted(element: Element, text: str) -> bool:
    """Whether a text says itself only to who rests the pointer there, beside another one that all see."""
    hint = element.title if element.name_from == "title" and element.role not in CONTROL_ROLES else None
    return hint is not None and text == hint and bool(element.text) and text != element.text


def _by_place(element: Element) -> int:
    """How much more or less a text says for where it stands: in the margin, or as the name of the page."""
    names_page = element.role == "heading" and element.level == 1
    return (FIRST_HEADING if names_page else 0) - (18 if in_margin(element) else 0)


def _as_answer(element: Element, text: str, typing: Typing) -> int:
    """How much more a text says because it answers what was done: a message, the past of what was clicked. The
    heading of a column says nothing of the kind, nor of what is in it."""
    if element.tag == "th":
        return -30
    if element.role is None and typing.answers(text):
        return 30
    if len(text) > ANSWER_CHARS_MAX or (element.role or "") in LOUD_ROLES or element.live:
        return 0
    if element.role in PLAIN_ROLES and _SAID.search(text) and is_message(text):
        return 25
    warns = any("warning" in name for name in element.classes)
    return 25 if says_of_itself(element) and not warns else 0


def looks_glued(text: str, typed: Iterable[str] = ()) -> bool:
    """Whether the text looks like several ones put together without a space: no person would look for it. What was
    `typed` may be written so itself (`GitHub`), where it stands alone."""
    words = [word for word in text.split() if word.isalpha()]
    if not joints(text) and not any(len(word) > (21 if word.islower() else 24) for word in words):
        return False
    rest = text
    for word in filter(None, typed):
        rest = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", rest)
    return rest == text or looks_glued(rest)


def captions_of(changes: Iterable[Change], typing: Typing) -> frozenset[str]:
    """What the buttons and links are called that came with a step, but for the names of things."""
    came = (change.element for change in changes if not isinstance(change, Gone))
    named = (one.text or one.name or "" for one in came if one.role in CONTROL_ROLES)
    things = {*typing.texts, *typing.used}
    return frozenset(name for name in named if 1 < len(name) <= CAPTION_CHARS_MAX and name not in things)


def without_captions(text: str, captions: Iterable[str]) -> str:
    """The text of a row without the captions of the buttons at its end."""
    endings = tuple(f" {caption}" for caption in captions)
    while text.endswith(endings):
        text = text[: -max(len(one) for one in endings if text.endswith(one))].rstrip()
    return text


def has_captions(element: Element, text: str, captions: Iterable[str], most: int = 2) -> bool:
    """Whether the text is put together of a word and the captions of buttons and links beside it, as a menu's is, or
    has so many (`most`) of them in it."""
    if element.role == "heading" or element.role in LOUD_ROLES or is_sentence(text):
        return False
    words = f" {text} "
    found = [one for one in captions if one != text and f" {one} " in words]
    rest = without_captions(text, found)
    is_menu = rest != text and len(rest.split()) <= REST_WORDS_MAX and rest.replace(" ", "").isalpha()
    return len(found) >= most or is_menu


def whole_sentences(text: str) -> str:
    """The text up to the end of its last sentence: captions of links and buttons before and after it are no part of
    what it says."""
    text = _CLOSES.sub("", _without_close(text))
    ends = [hit.end() for hit in _SENTENCE_END.finditer(text)]
    if not ends or len(text) == ends[-1] or ends[-1] < SENTENCE_CHARS_MIN:
        return text
    said = text[: ends[-1]].rstrip()
    return said if len(said.split()) >= SENTENCE_WORDS_MIN else text


def first_clause(text: str, fixed: tuple[str, ...] = (), is_cut: bool = False) -> str:
    """What a long message says before a number, a date or an id that a program made, or before it was cut: up to the
    last dash, comma, colon or full stop, where so much is a clause already. Nothing for other texts, and for those that
    name a folder of the server: they tell of this one machine.

    `Your order has been placed - its number is 100017. Please keep it at hand, and quote it when you write to us.`
    gives `Your order has been placed`.
    """
    cut = parts(text, fixed)
    of_machine = any(part.pattern and part.text.startswith("/") for part in cut)
    if len(text) <= LONG_CHARS or of_machine or cut[0].pattern or not (is_cut or len(cut) > 1):
        return ""
    ends = [hit.start() for hit in _CLAUSE_END.finditer(cut[0].text)]
    clauses = (text[:end].strip() for end in reversed(ends) if end <= CLAUSE_CHARS_MAX)
    return next((one for one in clauses if len(one.split()) >= CLAUSE_WORDS_MIN), "")


def is_busy(text: str) -> bool:
    """Whether the text only says that something is under way."""
    return bool(_IS_BUSY.search(text) or _ELLIPSIS.search(text))


def is_sentence(text: str) -> bool:
    """Whether the text is a whole sentence."""
    three = _THREE_WORDS.match(text)
    if three is None:
        return False
    end = next(at for at in range(len(text), 0, -1) if text[at - 1].isalnum() or text[at - 1] == "_")
    return any(mark in text[end:] for mark in ".!?")


def is_message(text: str) -> bool:
    """Whether the text reads like a passing message: that something was done, or not."""
    return len(text) <= 80 and _TELLS_RESULT.search(text) is not None and not re.search(r":\s*\S*$", text)
