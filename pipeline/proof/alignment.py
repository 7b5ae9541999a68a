"""One session laid beside another: which step of the one is which of the other, though the pages have changed.

The trace of `pipeline.flows` asks for the same element; here the app may have renamed it, moved it, or given it another
id. So steps are compared by all that is known of them: what found the element, where it stood, what the step asked the
server for, where it led and what it showed. What most of that says is the same step.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.flows.trace import Session
from pipeline.semantics.elements import stands_in_row
from pipeline.semantics.generated import looks_generated
from pipeline.steps.draft import target_of
from schemas.elements import Element
from schemas.events import Appeared, CountChanged, TextChanged
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    GotoStep,
    PressStep,
    ReloadStep,
    SelectStep,
    Step,
    UploadStep,
)

LIKE_MIN: Final = 0.4
"""Two steps of which less is the same are two different ones."""
MOVED_MIN: Final = 0.55
"""What stands in another order must be the more alike."""
SHOWN_MAX: Final = 4
"""Things that a step showed which are compared."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """`places[n]` is the step of the other session that does what step n of the first does, None where none does.
    `added` are the steps of the other that none of these is."""

    places: tuple[int | None, ...]
    added: tuple[int, ...]


class Traits:
    """What is known of each step of a session, with how much it says; worked out once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.steps = [_traits(session, place) for place in range(len(session.story.steps))]
        self.kinds = [_kind(step) for step in session.story.steps]


def align(one: Traits, other: Traits) -> Alignment:
    """Lays two sessions beside each other: the order of both is kept where that can be."""
    likeness = [
        [_likeness(one, at, other, to) for to in range(len(other.steps))]
        for at in range(len(one.steps))
    ]  # fmt: skip
    places: list[int | None] = [None] * len(one.steps)
    for at, to in _in_order(likeness):
        places[at] = to
    taken = {to for to in places if to is not None}
    rest = [
        (likeness[at][to], at, to)
        for at, place in enumerate(places) if place is None
        for to in range(len(other.steps)) if to not in taken and likeness[at][to] >= MOVED_MIN
    ]  # fmt: skip
    for _, at, to in sorted(rest, key=lambda found: (-found[0], found[1], found[2])):
        if places[at] is None and to not in taken:
            places[at] = to
            taken.add(to)
    return Alignment(tuple(places), tuple(to for to in range(len(other.steps)) if to not in taken))


def _in_order(likeness: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs, in the order of both, that are most alike together."""
    rows, columns = len(likeness), len(likeness[0]) if likeness else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for at in range(rows - 1, -1, -1):
        for to in range(columns - 1, -1, -1):
            pair = likeness[at][to] - LIKE_MIN
            met = pair + best[at + 1][to + 1] if pair >= 0 else -1.0
            best[at][to] = max(met, best[at + 1][to], best[at][to + 1])
    pairs, at, to = [], 0, 0
    while at < rows and to < columns:
        pair = likeness[at][to] - LIKE_MIN
        if pair >= 0 and best[at][to] == pair + best[at + 1][to + 1]:
            pairs.append((at, to))
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            at += 1
        else:
            to += 1
    return pairs


def _likeness(one: Traits, at: int, other: Traits, to: int) -> float:
    """From 0 to 1: how much of what is known of both is the same."""
    if one.kinds[at] != other.kinds[to]:
        return 0.0
    mine, theirs = one.steps[at], other.steps[to]
    shared = sum(min(weight, theirs[trait]) for trait, weight in mine.items() if trait in theirs)
    whole = sum(mine.values()) + sum(theirs.values())
    return 2 * shared / whole if whole else 0.0


def _kind(step: Step) -> str:
    match step:
        case FillStep() | SelectStep() | CheckStep() | UploadStep():
            return "enter"
        case ClickStep() | PressStep() | DragStep():
            return "act"
        case GotoStep() | ReloadStep() | BackStep():
            return "go"
        case _:
            return step.type


def _traits(session: Session, place: int) -> Mapping[Hashable, float]:
    step = session.story.steps[place]
    data = session.data
    traits: dict[Hashable, float] = {}
    if isinstance(step, GotoStep):
        traits["opens", data.place(step.url)] = 6
        return traits
    traits["page", data.place(step.page.url)] = 3
    if step.navigates and step.after is not None:
        traits["leads", data.place(step.after.url)] = 3
    cause = step.event_id
    for request in session.story.network_requests:
        if request.cause == cause:
            traits["calls", request.method, data.place(request.url)] = 4
    target = target_of(step)
    if target is not None:
        traits.update(_of_element(session, target))
    shown = [change for change in step.changes if isinstance(change, Appeared | TextChanged | CountChanged)]
    for change in shown[:SHOWN_MAX]:
        traits["shows", session.keys_of(change)[0]] = 1
    return traits


def _of_element(session: Session, element: Element) -> dict[Hashable, float]:
    masked = session.masked
    told: list[tuple[str, str | None, float]] = [
        ("test id", element.test_id, 4),
        ("id", None if element.id is None or looks_generated(element.id) else element.id, 4),
        ("name attribute", element.name_attribute, 4),
        ("name", masked(element.name or ""), 4),
        ("label", masked(element.label or ""), 2),
        ("placeholder", masked(element.placeholder or ""), 2),
        ("type", element.type, 1),
        ("role", element.role or element.tag, 1),
        ("form", element.form, 1),
    ]
    found: dict[Hashable, float] = {(what, value): weight for what, value, weight in told if value}
    if stands_in_row(element):
        found["in a row", True] = 1
    return found
