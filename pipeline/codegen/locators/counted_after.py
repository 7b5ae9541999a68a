"""Whether a way that found one element before a step finds one after it: a dialog may bring a second text field."""

from collections.abc import Sequence

from schemas.elements import ByRole, Candidate, Element
from schemas.events import Appeared, Change, Gone


def counted_after(element: Element, changes: Sequence[Change]) -> Element:
    """The element with its ways as the page counted them after the `changes`: one that finds what came as well is no
    longer one to find a single element by."""
    came = [change.element for change in changes if not isinstance(change, Gone)]
    several = {(one.locator, one.within) for other in came for one in other.candidates if one.count > 1}
    roles = {
        change.element.role
        for change in changes
        if isinstance(change, Appeared) and not change.transient and change.element.role
    }

    def finds_several(one: Candidate) -> bool:
        bare = isinstance(one.locator, ByRole) and one.locator.name is None and not one.within
        return (one.locator, one.within) in several or (bare and element.role in roles)

    kept = tuple(one for one in element.candidates if not finds_several(one))
    return element if len(kept) == len(element.candidates) else element.model_copy(update={"candidates": kept})
