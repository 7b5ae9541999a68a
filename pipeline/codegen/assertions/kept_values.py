"""What the fields of a form hold, where the user comes back to it after it was saved."""

from collections.abc import Sequence
from typing import Final

from pipeline.codegen.assertions.check import TEXT_CHARS_MAX, Check
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, Found, expect
from pipeline.codegen.python.expressions import method
from pipeline.codegen.values.credentials import is_secret
from pipeline.semantics.addresses import on_one_page
from pipeline.semantics.text import is_editor
from schemas.elements import Element
from schemas.events import Appeared, Change, Gone, ValueChanged
from schemas.stories import FillStep, Step

KEPT_MAX: Final = 3
SCORE: Final = 64


def kept_values(finder: Finder, before: Sequence[Step], step: Step) -> list[Check]:
    """The values of the fields that the user changed in a page that came again with `step`. Only a field that had held
    something shows what is stored; an empty one may be that of a form for one more thing. `before` are the steps before
    this one."""
    if step.after is None or not step.navigates:
        return []
    there = step.after.url
    again = on_one_page(step.page.url, there)
    found: dict[str, Check] = {}
    for fill in before:
        if not isinstance(fill, FillStep) or not on_one_page(fill.page.url, there):
            continue
        name = _name(fill.target)
        found.pop(name, None)
        way = finder.best(fill.target)
        if way is None or not name or not _is_stored(fill) or not _shows_it(fill, step.changes, again):
            continue
        if way.unique and way.score < PATH_SCORE:
            found[name] = _holds(way, fill)
    return list(found.values())[-KEPT_MAX:]


def _is_stored(fill: FillStep) -> bool:
    changed = bool(fill.before) and fill.before != fill.value.text
    plain = fill.target.tag in ("input", "textarea") and not is_editor(fill.target) and not is_secret(fill)
    return changed and plain and len(fill.value.text) <= TEXT_CHARS_MAX and "\n" not in fill.value.text


def _shows_it(fill: FillStep, changes: Sequence[Change], again: bool) -> bool:
    """Whether the field is there, and nothing says that it holds something else."""
    own = [change for change in changes if _name(change.element) == _name(fill.target)]
    values = [change.after for change in own if isinstance(change, ValueChanged)]
    if values:
        return values == [fill.value.text]
    there = any(isinstance(change, Appeared) and change.element.role == fill.target.role for change in own)
    gone = any(isinstance(change, Gone) and change.element.role == fill.target.role for change in own)
    return (again or there) and not gone


def _name(element: Element) -> str:
    return element.name or element.label or ""


def _holds(way: Found, fill: FillStep) -> Check:
    return Check(method(expect(way.expr), "to_have_value", fill.value.text), SCORE, "kept", fill.value.text)
