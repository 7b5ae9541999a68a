"""Several effects of one step become one: what the page showed in the end, not how it got there."""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from schemas.elements import Element
from schemas.events import Appeared, Change, CountChanged, Gone, StateChanged, TextChanged, ValueChanged


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in their order, later ones folded into earlier ones about the same thing.

    What appeared and went again stays as a transient appearance; what went and came back is no change; a text, value,
    state or count that ended as it began is no change.
    """
    kept: list[Change] = []
    for change in changes:
        _fold(kept, change)
    return tuple(change for change in kept if not _nothing(change))


def without_passing(first: Sequence[Change], second: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """What came of two steps, of which the first is not repeated: what only it showed, and the second took away, never
    comes."""
    shown = [change for change in first if isinstance(change, Appeared)]
    taken = [change for change in second if isinstance(change, Gone)]
    passing = [one for one in shown if one.transient or any(alike(one.element, gone.element) for gone in taken)]
    never = [gone for gone in taken if any(alike(one.element, gone.element) for one in passing)]
    return [one for one in first if one not in passing], [one for one in second if one not in never]


def _fold(kept: list[Change], change: Change) -> None:
    match change:
        case Appeared():
            before = _find(kept, lambda old: isinstance(old, Gone | Appeared) and alike(old.element, change.element))
            if before is None:
                kept.append(change)
            elif isinstance(kept[before], Gone):
                del kept[before]
            else:
                kept[before] = change
        case Gone():
            before = _find(kept, lambda old: isinstance(old, Gone | Appeared) and alike(old.element, change.element))
            if before is None:
                kept.append(change)
            else:
                old = kept[before]
                if isinstance(old, Appeared):
                    kept[before] = old.model_copy(update={"transient": True})
        case TextChanged() | ValueChanged():
            kind = type(change)
            start = change.before
            before = _find(
                kept,
                lambda old: (
                    isinstance(old, TextChanged | ValueChanged)
                    and type(old) is kind
                    and old.after == start
                    and _same_place(old.element, change.element)
                ),
            )
            _replace(kept, before, change)
        case CountChanged():
            items = change.items.locator
            before = _find(kept, lambda old: isinstance(old, CountChanged) and old.items.locator == items)
            _replace(kept, before, change)
        case StateChanged():
            state = change.state
            before = _find(
                kept,
                lambda old: isinstance(old, StateChanged) and old.state == state and alike(old.element, change.element),
            )
            if before is None:
                kept.append(change)
            else:
                kept[before] = change
        case _:
            assert_never(change)


def _find(kept: list[Change], wanted: Callable[[Change], bool]) -> int | None:
    return next((index for index in range(len(kept) - 1, -1, -1) if wanted(kept[index])), None)


def _replace(kept: list[Change], index: int | None, change: TextChanged | ValueChanged | CountChanged) -> None:
    """The later change takes the earlier one's place and its `before`."""
    if index is None:
        kept.append(change)
        return
    old = kept[index]
    assert isinstance(old, TextChanged | ValueChanged | CountChanged)
    kept[index] = change.model_copy(update={"before": old.before})


def _nothing(change: Change) -> bool:
    if isinstance(change, CountChanged) and change.texts:
        return False
    return isinstance(change, TextChanged | ValueChanged | CountChanged) and change.before == change.after


def alike(left: Element, right: Element) -> bool:
    """Whether two sightings are of the same element showing the same."""
    return left.name == right.name and left.text == right.text and _same_place(left, right)


def _same_place(left: Element, right: Element) -> bool:
    return (left.tag, left.role, left.id, left.test_id, left.classes) == (
        right.tag,
        right.role,
        right.id,
        right.test_id,
        right.classes,
    )
