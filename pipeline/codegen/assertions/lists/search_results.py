"""What a search that only hides what doesn't match has left: the thing with what was typed, and none of the others."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.codegen.assertions.check import Check, not_seen
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, expect
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.expressions import Attr, Expr, method
from pipeline.semantics.elements import is_search
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.object_names import in_row
from schemas.elements import ByRole, ByText, Element
from schemas.events import Appeared, CountChanged, Gone
from schemas.stories import ClickStep, FillStep, PressStep, Step

SCORE_LEFT: Final = 66
SCORE_HIDDEN: Final = 58
WORD_CHARS_MIN: Final = 3
"""What is shorter stands in anything."""
TEXT_CHARS_MAX: Final = 60
"""A longer text is that of something around several things."""
_RESULTS: Final = frozenset({"link", "row", "listitem", "article"})
_IS_MIXED: Final = re.compile(r"\d|\(")
"""A number or a remark in brackets."""
_ITEMS: Final = frozenset({"row", "listitem", "article", "option", "treeitem"})


def search_results(finder: Finder, steps: Sequence[Step]) -> list[Check]:
    """Of the last of these steps, where it looks for something in a page that stays: that what was listed before and
    has what was typed in it is still there, and one thing without it isn't. Nothing where nothing went away."""
    step, typed = steps[-1], _typed(steps)
    sought = typed.casefold()
    if len(sought) < WORD_CHARS_MIN or step.navigates or step.loads:
        return []
    hidden = [
        change.element for change in step.changes if isinstance(change, Gone) and _is_other(change.element, sought)
    ]
    if not hidden:
        return []
    gone = {_text(one.element) for one in step.changes if isinstance(one, Gone)}
    left = [one for one in _listed(steps[:-1], step) if sought in _text(one).casefold() and _text(one) not in gone]
    found = next((way for one in left if (way := _shown(finder, one, typed)) is not None), None)
    found = found or _of_shorter_list(finder, steps, typed)
    if found is None:
        return []
    checks = [Check(method(expect(found), "to_be_visible"), SCORE_LEFT, "found", typed)]
    ways = (way for one in hidden for way in finder.all(one) if way.unique and way.says and way.score < PATH_SCORE)
    other = next((way for way in ways if not is_volatile(way.says, finder.fixed)), None)
    if other is not None:
        checks.append(Check(not_seen(other.expr), SCORE_HIDDEN, "gone", f"gone {other.says}"))
    return checks


def by_what_was_sought(checks: Sequence[Check], page: Expr, sought: Sequence[str]) -> list[Check]:
    """The checks with those of results that were looked up, of which a part is numbers or states that others changed,
    by the word that was looked for: `Bug #2 (Resolved): Crane overheats` by `crane`. Each word is found once."""
    out: list[Check] = []
    for check in checks:
        text = check.says.casefold()
        word = next((one for one in sought if one.casefold() in text and one.casefold() != text), "")
        if len(word) < WORD_CHARS_MIN or check.kind not in _RESULTS or not _IS_MIXED.search(check.says):
            out.append(check)
            continue
        found = _first_with(page, check.kind, word)
        told = Check(method(expect(found), "to_be_visible"), check.score, "found", word)
        if all(one.statement != told.statement for one in out):
            out.append(told)
    return out


def _typed(steps: Sequence[Step]) -> str:
    """What was typed into the field that searches, right before or by the last of these steps."""
    step = steps[-1]
    before = steps[-2] if len(steps) > 1 and isinstance(step, ClickStep | PressStep) else step
    found = before if isinstance(before, FillStep) and is_search(before) else None
    return found.value.text.strip() if found is not None else ""


def _text(element: Element) -> str:
    return readable(element.name or element.text or "")


def _is_other(element: Element, sought: str) -> bool:
    """Whether it may be one of the things that didn't match; numbers alone, as of a pager, are none."""
    text = _text(element)
    if not any(map(str.isalpha, text)):
        return False
    by_text = any(isinstance(one.locator, ByText) for one in element.candidates) or element.role in _ITEMS
    return by_text and WORD_CHARS_MIN <= len(text) <= TEXT_CHARS_MAX and sought not in text.casefold()


def _of_shorter_list(finder: Finder, steps: Sequence[Step], typed: str) -> Expr | None:
    """The first item with what was typed of a list that got shorter, where a text with it came before and stays: of a
    long list the recording tells few items."""
    if not any(typed.casefold() in _text(one).casefold() for one in _standing(steps, steps[-1])):
        return None
    for change in steps[-1].changes:
        way = change.items.locator if isinstance(change, CountChanged) and 0 < change.after < change.before else None
        root = finder.root(change.element)
        if isinstance(way, ByRole) and way.role in _ITEMS and root is not None:
            return _first_with(root, way.role, typed)
    return None


def _listed(before: Sequence[Step], step: Step) -> list[Element]:
    """The rows and items of the page that have come until then, and not gone."""
    return [one for one in _standing(before, step) if _is_listed(one)]


def _standing(steps: Sequence[Step], step: Step) -> list[Element]:
    """What has come to the page of a step by these steps, and not gone."""
    found: dict[str, Element] = {}
    for one in steps:
        if one.tab_id != step.tab_id:
            continue
        if one.loads:
            found = {}
        for change in one.changes:
            if isinstance(change, Gone):
                found.pop(_text(change.element), None)
            elif isinstance(change, Appeared) and not change.transient and not change.element.masked:
                found[_text(change.element)] = change.element
    return list(found.values())


def _is_listed(element: Element) -> bool:
    return in_row(element) or element.role in _ITEMS


def _shown(finder: Finder, element: Element, typed: str) -> Expr | None:
    """The first row or item with what was typed, as others may have it too."""
    root = finder.root(element)
    role = "row" if in_row(element) else element.role or ""
    return None if root is None else _first_with(root, role, typed)


def _first_with(root: Expr, role: str, text: str) -> Expr:
    return Attr(method(method(root, "get_by_role", role), "filter", has_text=text), "first")
