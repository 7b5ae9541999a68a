"""Changes that say nothing: texts that tick by themselves, and things that only moved."""

import re
from typing import Final

from pipeline.codegen.locators.text_matchers import readable
from pipeline.semantics.generated import fixed_words, is_volatile, parts, shape
from pipeline.semantics.text import is_link
from schemas.elements import ByText, ByTitle
from schemas.events import Appeared, Change, Gone, TextChanged
from schemas.stories import BackStep, ClickStep, FillStep, GotoStep, HoverStep, ReloadStep, ScrollStep, Step

QUIET: Final = (FillStep, HoverStep, ScrollStep)
"""Steps that ask an app for nothing."""
_PAGER: Final = re.compile(r"\d{1,6}\s?/\s?(\d{1,6})")
_ROLES_BY_HINT: Final = frozenset({None, "listitem", "generic", "group"})
TICKS_MAX: Final = 3
"""A text whose number changed more often in one story is a clock or a counter."""


def ticking(steps: tuple[Step, ...]) -> frozenset[str]:
    """Shapes of texts whose numbers change by themselves: while the user typed, all the time, or from one look at a
    page to the next though nobody had changed anything."""
    seen: dict[str, int] = {}
    shown: dict[str, str] = {}
    out = set()
    for step in steps:
        for change in step.changes:
            if isinstance(change, Appeared) and any(map(str.isdigit, text := readable(change.element.text or ""))):
                # Drawn anew while the user only typed: an age, the time of the last look at the server.
                if isinstance(step, QUIET) and shown.get(shape(text), text) != text:
                    out.add(shape(text))
                shown[shape(text)] = text
            if not isinstance(change, TextChanged) or shape(change.before) != shape(change.after):
                continue
            found = shape(readable(change.after))
            seen[found] = seen.get(found, 0) + 1
            if isinstance(step, QUIET) or seen[found] > TICKS_MAX:
                out.add(found)
    return frozenset(out) | _restless(steps) | _pagers(steps)


def _pagers(steps: tuple[Step, ...]) -> frozenset[str]:
    """Shapes of texts that say which of how many one sees (`3 / 6`), where how many there are changes within the story:
    others add some and take some away. Of the user's own progress that stays the same."""
    totals: dict[str, set[str]] = {}
    for step in steps:
        for change in step.changes:
            if isinstance(change, Appeared | TextChanged):
                text = readable(change.after if isinstance(change, TextChanged) else change.element.text or "")
                if found := _PAGER.fullmatch(text):
                    totals.setdefault(shape(text), set()).add(found[1])
    return frozenset(one for one, numbers in totals.items() if len(numbers) > 1)


def _restless(steps: tuple[Step, ...]) -> frozenset[str]:
    """Shapes of texts that a page showed with other numbers when it was opened again with nothing done in between."""
    shown: dict[tuple[str, str], str] = {}
    out = set()
    for step in steps:
        if not isinstance(step, GotoStep | ReloadStep | BackStep) and not _only_leads(step):
            shown.clear()
        url = (step.after or step.page).url
        texts = [readable(one.element.text or "") for one in step.changes if isinstance(one, Appeared)]
        for text in dict.fromkeys(text for text in texts if any(char.isdigit() for char in text)):
            if texts.count(text) > 1 or sum(shape(other) == shape(text) for other in texts) > 1:
                continue  # a list of such texts: which of them was seen says nothing
            if shown.setdefault((url, shape(text)), text) != text:
                out.add(shape(text))
    return frozenset(out)


def _only_leads(step: Step) -> bool:
    """Whether the step went to another page by a link, as a person does who looks around."""
    return isinstance(step, ClickStep) and is_link(step.target) and step.navigates


def ticks(change: Change, shapes: frozenset[str]) -> bool:
    """Whether the change is a tick of such a text."""
    if isinstance(change, TextChanged):
        return shape(readable(change.after)) in shapes
    if isinstance(change, (Appeared, Gone)):
        return shape(readable(change.element.text or "")) in shapes
    return False


def says_nothing(change: Change, changes: tuple[Change, ...], shapes: frozenset[str]) -> bool:
    """Whether a change is a clock or counter that ticks, only moved, or was found by a hint that was there before."""
    return ticks(change, shapes) or only_moved(change, changes) or hint_was_there(change, changes)


def only_retimed(change: Change, changes: tuple[Change, ...]) -> bool:
    """Whether what came differs in a date, a time or the like alone from what stood there: a page tells the time."""
    match change:
        case Appeared(element=element):
            text, gone = element.text, [other.element.text for other in changes if isinstance(other, Gone)]
        case TextChanged(before=before, after=after):
            text, gone = after, [before]
        case _:
            return False
    text = readable(text or "")
    if not text or not is_volatile(text):
        return False
    words = fixed_words(parts(text))
    return any(
        shape(other) == shape(text) and fixed_words(parts(other)) == words
        for other in map(readable, filter(None, gone))
    )


def only_moved(change: Change, changes: tuple[Change, ...]) -> bool:
    """Whether what went away is still shown elsewhere, as a part of what appeared."""
    if not isinstance(change, Gone):
        return False
    text = readable(change.element.text or change.element.name or "")
    shown = [other.element.text or "" for other in changes if isinstance(other, Appeared)]
    shown += [other.after for other in changes if isinstance(other, TextChanged)]
    return any(text in readable(other) for other in shown)


def hint_was_there(change: Change, changes: tuple[Change, ...]) -> bool:
    """Whether an element that came is found by its hint (`title`) and not by its text, while one with the same hint
    went or changed in the same step: the hint was there before, so that an assertion by it could not fail."""
    own = change.element
    if not isinstance(change, Appeared) or own.role not in _ROLES_BY_HINT or not own.text or own.text == own.name:
        return False
    alone = [one.locator for one in own.candidates if one.count == 1]
    hints = [one for one in alone if isinstance(one, ByTitle)]
    if not hints or any(isinstance(one, ByText) for one in alone):
        return False
    before = [other.element for other in changes if isinstance(other, Gone | TextChanged)]
    return any(one.tag == own.tag and hint == way.locator for one in before for way in one.candidates for hint in hints)
