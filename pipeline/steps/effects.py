"""Several effects of one step become one: what the page showed in the end, not how it got there."""

from collections.abc import Hashable, Sequence
from typing import assert_never

from schemas.elements import Element
from schemas.events import Appeared, Change, CountChanged, Gone, StateChanged, TextChanged, ValueChanged


def merged(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes in their order, later ones folded into earlier ones about the same thing.

    What appeared and went again stays as a transient appearance; what went and came back is no change; a text, value,
    state or count that ended as it began is no change.
    """
    if not changes:
        return ()
    folding = _Folding()
    for change in changes:
        folding.take(change)
    return tuple(change for change in folding.kept if change is not None and not _nothing(change))


def without_passing(first: Sequence[Change], second: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """What came of two steps, of which the first is not repeated: what only it showed, and the second took away, never
    comes."""
    shown = [change for change in first if isinstance(change, Appeared)]
    taken = [change for change in second if isinstance(change, Gone)]
    passing = [one for one in shown if one.transient or any(alike(one.element, gone.element) for gone in taken)]
    never = [gone for gone in taken if any(alike(one.element, gone.element) for one in passing)]
    return [one for one in first if one not in passing], [one for one in second if one not in never]


class _Folding:
    """The changes that were kept so far, in their order, and where each stands that a later one may be folded into."""

    def __init__(self) -> None:
        self.kept: list[Change | None] = []
        """None where what had gone came back."""
        self._at: dict[Hashable, list[int]] = {}

    def take(self, change: Change) -> None:
        match change:
            case Appeared() | Gone():
                self._seen(change)
            case TextChanged() | ValueChanged():
                place = (type(change), *_place(change.element))
                self._continues(change, (*place, change.before), (*place, change.after))
            case CountChanged():
                counted = (CountChanged, change.items.locator)
                self._continues(change, counted, counted)
            case StateChanged():
                key = (StateChanged, change.state, *_sight(change.element))
                at = self._latest(key)
                if at is None:
                    self._keep(change, key)
                else:
                    self.kept[at] = change
            case _:
                assert_never(change)

    def _seen(self, change: Appeared | Gone) -> None:
        key = (Appeared, *_sight(change.element))
        at = self._latest(key)
        before = None if at is None else self.kept[at]
        if at is None:
            self._keep(change, key)
        elif isinstance(change, Appeared):
            self.kept[at] = None if isinstance(before, Gone) else change
            if isinstance(before, Gone):
                del self._at[key]
        elif isinstance(before, Appeared):
            self.kept[at] = before.model_copy(update={"transient": True})

    def _continues(self, change: TextChanged | ValueChanged | CountChanged, begins: Hashable, ends: Hashable) -> None:
        """A later change takes the place of the one that ended as it begins, and its `before`."""
        at = self._latest(begins)
        if at is None:
            self._keep(change, ends)
            return
        old = self.kept[at]
        assert isinstance(old, TextChanged | ValueChanged | CountChanged)
        self.kept[at] = change.model_copy(update={"before": old.before})
        if begins != ends:
            self._at[begins].remove(at)
            self._at.setdefault(ends, []).append(at)

    def _latest(self, key: Hashable) -> int | None:
        return max(self._at.get(key, ()), default=None)

    def _keep(self, change: Change, key: Hashable) -> None:
        self._at.setdefault(key, []).append(len(self.kept))
        self.kept.append(change)


def _nothing(change: Change) -> bool:
    if isinstance(change, CountChanged) and change.texts:
        return False
    return isinstance(change, TextChanged | ValueChanged | CountChanged) and change.before == change.after


def alike(left: Element, right: Element) -> bool:
    """Whether two sightings are of the same element showing the same."""
    return left.name == right.name and left.text == right.text and _place(left) == _place(right)


def _sight(element: Element) -> tuple[Hashable, ...]:
    """What is the same of two sightings of one element that shows the same."""
    return (element.name, element.text, *_place(element))


def _place(element: Element) -> tuple[Hashable, ...]:
    return (element.tag, element.role, element.id, element.test_id, element.classes)
