"""What a choice from a list shows, looked for once the list is closed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.codegen.assertions.check import Check, not_seen, subject_of
from pipeline.codegen.locators.finder import Finder
from pipeline.codegen.locators.text_matchers import readable
from pipeline.codegen.python.expressions import Attr, Call, Expr
from schemas.elements import Element
from schemas.events import Change, Gone

_CHOICES: Final = frozenset({"option", "menuitem", "menuitemradio", "treeitem"})


def once_closed(finder: Finder, checks: Sequence[Check], changes: Sequence[Change]) -> list[Check]:
    """The checks, of which those that look for the words of a choice wait until it is gone. A list that closes slowly
    says them as well: for a moment two elements do, and before the page has shown what was chosen the list alone."""
    gone = [one.element for one in changes if isinstance(one, Gone) and one.element.role in _CHOICES]
    choices = {words: element for element in gone if (words := readable(element.name or element.text or ""))}
    return [_after(finder, check, choices.get(check.says)) for check in checks]


def _after(finder: Finder, check: Check, choice: Element | None) -> Check:
    if choice is None or check.kind == "gone" or check.before is not None or not _by_text(subject_of(check.statement)):
        return check
    found = finder.best(choice)
    return check if found is None or not found.unique else replace(check, before=not_seen(found.expr))


def _by_text(found: Expr) -> bool:
    return isinstance(found, Call) and isinstance(found.function, Attr) and found.function.name == "get_by_text"
