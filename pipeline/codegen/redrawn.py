"""Values that say nothing: a page that draws a form anew tells what its fields hold, though nothing changed them."""

from typing import Final

from schemas.elements import Element
from schemas.events import Appeared, ValueChanged
from schemas.stories import BackStep, CheckStep, FillStep, GotoStep, ReloadStep, SelectStep, Step

FIELD_TAGS: Final = frozenset({"input", "select", "textarea"})


def without_redrawn(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without the values that fields of the same page held before. A field that the user filled in is no such
    field: that it still holds the value shows what was kept."""
    held: dict[str, str | None] = {}
    touched: set[str] = set()
    out = []
    for step in steps:
        if step.navigates or isinstance(step, GotoStep | ReloadStep | BackStep):
            held.clear()
        if isinstance(step, FillStep | SelectStep | CheckStep):
            touched.add(_key(step.target))
        came = {_key(one.element) for one in step.changes if isinstance(one, Appeared)}
        kept = tuple(
            change
            for change in step.changes
            if not isinstance(change, ValueChanged) or _key(change.element) in touched or not _held(change, held, came)
        )
        for change in step.changes:
            key = _key(change.element)
            if key and isinstance(change, ValueChanged):
                held[key] = change.after
            elif key and isinstance(change, Appeared) and change.element.tag in FIELD_TAGS:
                held.setdefault(key, None)
        out.append(step if len(kept) == len(step.changes) else step.model_copy(update={"changes": kept}))
    return tuple(out)


def _held(change: ValueChanged, held: dict[str, str | None], came: set[str]) -> bool:
    """Whether the field had this value before; where nothing told it, whether it was there and was drawn anew."""
    key = _key(change.element)
    if key not in held:
        return False
    before = held[key]
    return key in came if before is None and not change.before else before == change.after


def _key(element: Element) -> str:
    """What tells a field from others however often it is drawn; nothing where its page doesn't say."""
    return element.id or element.name_attribute or element.test_id or ""
