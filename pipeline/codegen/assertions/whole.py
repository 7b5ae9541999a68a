"""What was saved, with every value in it, as one text of the page."""

from collections.abc import Sequence
from typing import Final

from pipeline.codegen.assertions.candidates import (
    ITEMS,
    beginning,
    of_sentences,
    text_value,
    without_buttons,
)
from pipeline.codegen.assertions.check import CHANGES_MAX, Check
from pipeline.codegen.assertions.lists.rows import cells_run_together, is_of_others_row, is_row_element, own_words
from pipeline.codegen.assertions.salience import Typing, has_captions, looks_glued, whole_sentences
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, expect, is_anyone
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.expressions import Literal, method
from pipeline.semantics.object_names import is_row
from schemas.elements import ByRole, Element, Scope
from schemas.events import Appeared, Change, CountChanged
from schemas.stories import ClickStep, Step

SHORT_TEXT_CHARS: Final = 60
"""Longer texts are not looked for as a whole."""
PART_CHARS_MIN: Final = 3
VALUES_IN_ROW_MAX: Final = 3
"""So many values are looked for in one row."""


def whole_text(finder: Finder, changes: tuple[Change, ...], typing: Typing) -> Check | None:
    """All that the first row, item or block shows that came and is too long to be looked for by its text: what was
    saved, with every value in it. It shows what was typed, or is the one item by which a list grew; where nothing was
    typed, it is a row or item."""
    came = [change.element for change in changes[:CHANGES_MAX] if isinstance(change, Appeared) and not change.transient]
    own = own_words(typing.own)
    long = [one for one in came if not one.masked and len(readable(one.text or "")) > SHORT_TEXT_CHARS]
    for element in long:
        text = readable(element.text or "")
        shows_it = typing.echoed(text) if typing.texts else is_row_element(element) or element.role in ITEMS
        is_own = shows_it or _is_added(element, came, changes)
        if not is_own or is_of_others_row(Appeared(element=element), changes, own):
            continue  # another one of the list than what was entered, or a text of the page's own
        if looks_glued(text, typing.texts) or typing.runs_together(text) or cells_run_together(element):
            continue  # texts run together are not one thing: each part says more by itself
        if not is_row_element(element) and sum(_is_part(one, text) for one in came) > 1:
            continue
        ways = [way for way in finder.all(element) if way.unique and way.score < PATH_SCORE and not is_anyone(way)]
        best = min(ways, key=lambda way: (len(way.says), way.score), default=None)
        said = whole_sentences(beginning(text) if element.text_cut else text)
        said = without_buttons(element, said, typing)
        if has_captions(element, said, typing.captions, 1):
            continue
        value = text_value(said, finder.fixed)
        if best is not None and isinstance(value, Literal):
            best = of_sentences(finder, element, best, typing)
            if best.says == value.value:
                return Check(method(expect(best.expr), "to_be_visible"), 50, "whole", text)
            return Check(method(expect(best.expr), "to_contain_text", value), 50, "whole", text)
    return None


def changed_row(
    finder: Finder, changes: tuple[Change, ...], typed: Sequence[str], before: Sequence[Step]
) -> list[Check]:
    """What was `typed`, in the row of the thing that was there before and was changed, by a control of that row: what
    else stands there, others entered. Nothing where the row can't be told, or was renamed."""
    came = [change.element for change in changes[:CHANGES_MAX] if isinstance(change, Appeared) and not change.transient]
    rows = {readable(one.name or one.text or ""): one for one in came if is_row_element(one) and not one.masked}
    name = next(filter(None, map(_row_used, reversed(before))), "")
    held = [text for text in rows if name and name in text]
    if len(held) != 1 or any(name.casefold() in word.casefold() for word in typed):
        return []
    values = [word for word in dict.fromkeys(typed) if len(word) >= PART_CHARS_MIN and word in held[0]]
    root = finder.root(rows[held[0]])
    row = root and finder.scope(root, Scope(locator=ByRole(role="row"), has_text=name, count=1))
    if not row:
        return []
    shown = [method(expect(row.expr), "to_contain_text", value) for value in values[-VALUES_IN_ROW_MAX:]]
    return [Check(statement, 50, "whole", held[0]) for statement in shown]


def _row_used(step: Step) -> str:
    """What tells the row of a table from others in which a control was clicked."""
    if not isinstance(step, ClickStep):
        return ""
    scopes = [scope for one in step.target.candidates for scope in one.within if is_row(scope)]
    rows = (one.has_text or "" for one in scopes if isinstance(one.locator, ByRole) and one.locator.role == "row")
    return next((text for text in rows if len(text) >= PART_CHARS_MIN), "")


def _is_added(element: Element, came: Sequence[Element], changes: tuple[Change, ...]) -> bool:
    """Whether it is the one row or item that came, and a list has one more."""
    items = [one for one in came if is_row_element(one) or one.role in ITEMS]
    grew = any(isinstance(change, CountChanged) and change.after == change.before + 1 for change in changes)
    return grew and len(items) == 1 and items[0] is element


def _is_part(element: Element, text: str) -> bool:
    """Whether what an element shows by itself stands in a longer text."""
    own = readable(element.text or "")
    return PART_CHARS_MIN <= len(own) < len(text) and own in text
