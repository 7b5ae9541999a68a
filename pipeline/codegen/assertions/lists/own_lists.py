"""Lists of which all items are the user's own: only of these a test may say how many there are."""

from collections.abc import Iterable

from schemas.events import CountChanged
from schemas.stories import CheckStep, FillStep, SelectStep, Step


def own_counts(steps: Iterable[Step]) -> frozenset[tuple[str, str]]:
    """The numbers of items that the story made itself: of lists that were empty when it met them, and no more items
    than it entered values; and that one step emptied a list of several. Each by the step's event id and the list.
    Others put things into a list that held some."""
    empty_at_first: dict[str, bool] = {}
    entered = 0
    out = set()
    for step in steps:
        entered += isinstance(step, FillStep | SelectStep | CheckStep)
        for change in step.changes:
            if isinstance(change, CountChanged):
                own = empty_at_first.setdefault(list_of(change), change.before == 0)
                emptied = change.after == 0 and change.before > 1
                if emptied or (own and change.after <= max(1, entered)):
                    out.add((step.event_id, list_of(change)))
    return frozenset(out)


def list_of(change: CountChanged) -> str:
    """What tells a list from others: the way to its items."""
    return str(change.items)
