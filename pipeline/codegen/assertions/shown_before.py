"""What says nothing of a step, because it was shown before: on the page that was saved, or on page after page."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.selection import tells_what_was_done
from pipeline.codegen.locators.text_matchers import readable
from pipeline.semantics.addresses import place
from pipeline.semantics.text import caption
from schemas.events import Appeared
from schemas.stories import ClickStep, Step

SHOWN_BEFORE: Final = 25
"""What a check loses for what its page showed when the story came by it earlier."""
BOILERPLATE_PAGES_MIN: Final = 2
"""What so many other pages showed belongs to the app, not to what the journey was for."""
WORDS_CHARS_MIN: Final = 16
"""In shorter texts a date is what they say."""
NAMES_SHARE_MIN: Final = 0.3
"""A caption that was clicked makes up so much of a text that names it; in a longer one it is a word among others."""
_NUMBER: Final = re.compile(r"\d+")
_DATED: Final = re.compile(r"\d{1,2}:\d\d|\b(?:19|20)\d\d\b")
Place = tuple[str, str]
_OF_TEXTS: Final = frozenset(
    {"text", "heading", "link", "button", "paragraph", "strong", "cell", "listitem", "img", "status"}
)


def with_less_for_unchanged(checks: Sequence[Check], steps: Sequence[Step], entered: Sequence[str]) -> list[Check]:
    """The checks after the last of these steps, with less for texts that the same page showed before, when an earlier
    step led there, and which have nothing to do with what was `entered`."""
    there = _place(steps[-1])
    shown = {text for step in steps[:-1] if _place(step) == there for text in _texts(step)}
    return _with_less(
        checks, lambda said: said in shown and not (tells_what_was_done(said) or _names(said, entered, 0))
    )


def with_less_for_boilerplate(checks: Sequence[Check], steps: Sequence[Step], entered: Sequence[str]) -> list[Check]:
    """The checks after the last of these steps, with less for texts that several other pages of the story showed as
    well, and which name nothing that was `entered` or clicked. Of a line with a date (`Last edited on 3 May 2026`)
    only the words can be asserted: one other page with the same words is enough."""
    there = _place(steps[-1])
    places: dict[str, set[Place | None]] = {}
    for step in steps[:-1]:
        if (where := _place(step)) != there:
            for text in _texts(step):
                places.setdefault(_without_dates(text), set()).add(where)
    clicked = [caption(step.target) for step in steps if isinstance(step, ClickStep)]

    def is_boilerplate(said: str) -> bool:
        words = _without_dates(said)
        if words == said and tells_what_was_done(said):
            return False
        common = len(places.get(words, ())) >= (BOILERPLATE_PAGES_MIN if words == said else 1)
        return common and not _names(said, entered, 0) and not _names(said, clicked, NAMES_SHARE_MIN)

    return _with_less(checks, is_boilerplate)


def _with_less(checks: Sequence[Check], is_old: Callable[[str], bool]) -> list[Check]:
    """With less for those whose text, in lower case, is known from before."""
    old = (check.kind in _OF_TEXTS and is_old(check.says.casefold()) for check in checks)
    return [
        replace(check, score=check.score - SHOWN_BEFORE) if known else check
        for check, known in zip(checks, old, strict=True)
    ]


def _names(said: str, words: Sequence[str], share: float) -> bool:
    """Whether a text names one of these, as so large a share of itself, or is part of one."""
    folded = [word.casefold() for word in words if word]
    return any(said in word or (word in said and len(word) >= share * len(said)) for word in folded)


def _place(step: Step) -> Place | None:
    return place(step.after.url) if step.after is not None else None


def _texts(step: Step) -> Iterator[str]:
    for change in step.changes:
        if isinstance(change, Appeared):
            yield readable(change.element.name or change.element.text or "").casefold()


def _without_dates(text: str) -> str:
    """A line with a date or time, without its numbers; any other text as it is."""
    return _NUMBER.sub("#", text) if _DATED.search(text) and len(text) >= WORDS_CHARS_MIN else text
