"""What an editor shows of what was done in it: the text that was typed, and what a button or a shortcut made of it."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.codegen.assertions.check import TEXT_CHARS_MAX, Check
from pipeline.codegen.locators.counted_after import counted_after
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, Found, expect
from pipeline.codegen.python.expressions import Attr, Call, method
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.text import is_editor
from schemas.elements import Element
from schemas.events import Change, ValueChanged
from schemas.stories import FillStep

MARKS: Final = frozenset(
    {"strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "code", "pre", "a", "li", "blockquote"}
)
"""The tags by which an editor sets a text apart, beside headings."""
SCORE_TYPED: Final = 68
SCORE_MADE: Final = 66
CHECKS_MAX: Final = 3
MADE: Final = "made"
TAKEN: Final = "taken"
_Line = tuple[tuple[str, ...], str]
"""A text in an editor, with the tags around it from the outermost on."""


def typed_check(finder: Finder, step: FillStep) -> list[Check]:
    """What an editor shows of the lines that were typed into it: the keys are one thing, the text another."""
    if not step.by_keys or not is_editor(step.target):
        return []
    typed = next((stroke.text.strip() for stroke in reversed(step.keys) if stroke.text.strip()), "")
    lines = [line.strip() for line in step.value.text.splitlines()]
    last = next((line for line in lines if typed and typed in line), "")
    found = _steady(finder, counted_after(step.target, step.changes))
    if not last or found is None:
        return []
    several = " ".join(" ".join(_changed(step.before.splitlines(), lines)).split())
    if last in several and last != several and len(several) <= TEXT_CHARS_MAX:
        # As people see them: lines stand apart where the text alone has nothing between them.
        shown = method(expect(found.expr), "to_contain_text", several, use_inner_text=True)
        return [Check(shown, SCORE_TYPED, "value", several)]
    if len(last) > TEXT_CHARS_MAX:
        return []
    return [Check(method(expect(found.expr), "to_contain_text", last), SCORE_TYPED, "value", last)]


def _changed(before: Sequence[str], after: Sequence[str]) -> Sequence[str]:
    """The lines from the first to the last one that is another now."""
    old = [line.strip() for line in before]
    first, last = 0, 0
    while first < min(len(old), len(after)) and old[first] == after[first]:
        first += 1
    while last < min(len(old), len(after)) - first and old[-1 - last] == after[-1 - last]:
        last += 1
    return after[first : len(after) - last]


def edited_checks(finder: Finder, changes: Sequence[Change], typed: tuple[str, ...], typing: bool) -> list[Check]:
    """What an action made of what stands in an editor: texts that it set apart or no longer does, that it brought, and
    of what was `typed` what it took away. Of the `typing` itself only what was set apart: the rest is known."""
    return [
        check
        for change in changes
        if isinstance(change, ValueChanged) and is_editor(change.element)
        for check in _of_editor(finder, change, typed)
        if not (typing and check.kind in (MADE, TAKEN))
    ][:CHECKS_MAX]


def _of_editor(finder: Finder, change: ValueChanged, typed: tuple[str, ...]) -> list[Check]:
    found = _steady(finder, change.element)
    if found is None:
        return []
    before, after = _lines(change.before, typed), _lines(change.after, typed)
    made = [check for line in after for check in _made(found, line, before)]
    return made + [check for line in before for check in _taken(found, line, after, typed)]


def _made(found: Found, line: _Line, before: Sequence[_Line]) -> list[Check]:
    tags, text = line
    mark = next((tag for tag in _marks(tags) if tag not in _marks(_tags_of(text, before))), None)
    if mark is not None:
        return [
            Check(method(expect(Attr(_marked(found, mark, text), "first")), "to_be_visible"), SCORE_MADE, mark, text)
        ]
    if any(text in other for _, other in before):
        return []
    return [Check(method(expect(found.expr), "to_contain_text", text), SCORE_MADE, MADE, text)]


def _taken(found: Found, line: _Line, after: Sequence[_Line], typed: tuple[str, ...]) -> list[Check]:
    tags, text = line
    if any(text in other for _, other in after):
        now = _tags_of(text, after)
        mark = next((tag for tag in _marks(tags) if now and tag not in _marks(now)), None)
        gone = method(expect(_marked(found, mark, text)), "to_have_count", 0) if mark else None
        return [] if gone is None else [Check(gone, SCORE_MADE, "unmarked", text)]
    parted = "".join("".join(other.split()) for _, other in after)
    if "".join(text.split()) in parted or not any(one and one in text for one in typed):
        return []
    # As people see it: parts that were parted stand beside each other where nothing but the text counts.
    gone = method(expect(found.expr), "not_to_contain_text", text, use_inner_text=True)
    return [Check(gone, SCORE_MADE, TAKEN, text)]


def _marked(found: Found, mark: str, text: str) -> Call:
    return method(method(found.expr, "locator", mark), "filter", has_text=text)


def _marks(tags: Sequence[str]) -> list[str]:
    """The tags that set a text apart, the innermost first."""
    return [tag for tag in reversed(tags) if tag in MARKS or re.fullmatch(r"h[1-6]", tag)]


def _tags_of(text: str, lines: Sequence[_Line]) -> tuple[str, ...]:
    return next((tags for tags, other in lines if text == other), ())


def _lines(told: str, typed: tuple[str, ...]) -> list[_Line]:
    """What the recorder told of an editor, without what is another in each run."""
    cut = [line.partition("\t") for line in told.split("\n")]
    lines = [(tuple(tags.split()), text.strip()) for tags, _, text in cut]
    return [
        (tags, text) for tags, text in lines if text and len(text) <= TEXT_CHARS_MAX and not is_volatile(text, typed)
    ]


def _steady(finder: Finder, editor: Element) -> Found | None:
    found = finder.best(editor)
    return found if found is not None and found.unique and found.score < PATH_SCORE else None
