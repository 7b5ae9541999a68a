"""Menus that opened under the pointer, where the recording has no hover: the page had not come to rest by then."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.semantics.text import caption
from schemas.elements import Element
from schemas.events import Appeared
from schemas.stories import ClickStep, GotoStep, HoverStep, Step

_MENUS: Final = frozenset({"menu", "menubar"})


def reached_by_hovering(steps: Sequence[Step]) -> dict[str, Element]:
    """By the event of each click on an entry of a menu within an entry: the outer one, as it came with the page, where
    nothing shows that the inner one could be seen before, and nobody had used the outer one."""
    out: dict[str, Element] = {}
    since = 0
    for place, step in enumerate(steps):
        if isinstance(step, ClickStep) and (name := _entry_around(step.target)):
            before = [one for one in steps[since:place] if one.tab_id == step.tab_id]
            outer = _came(before, name)
            if outer is not None and not _was_shown(before, caption(step.target)) and not _was_used(before, name):
                out[step.event_id] = outer
        if step.loads or isinstance(step, GotoStep):
            since = place
    return out


def _entry_around(target: Element) -> str:
    """The name of the entry in which the menu of the target lies; nothing where that is in no other menu."""
    roles = [one.role for one in target.ancestors]
    menu = next((at for at, role in enumerate(roles) if role == "menu"), len(roles))
    entry = next((at for at in range(menu + 1, len(roles)) if roles[at] == "menuitem"), len(roles))
    return (target.ancestors[entry].name or "") if not _MENUS.isdisjoint(roles[entry + 1 :]) else ""


def _appeared(before: Sequence[Step]) -> Iterator[Element]:
    return (change.element for step in before for change in step.changes if isinstance(change, Appeared))


def _came(before: Sequence[Step], name: str) -> Element | None:
    named = (one for one in _appeared(before) if one.role == "menuitem" and one.name == name)
    return next((one for one in named if any(way.count == 1 for way in one.candidates)), None)


def _was_shown(before: Sequence[Step], text: str) -> bool:
    return not text or any(caption(one) == text for one in _appeared(before))


def _was_used(before: Sequence[Step], name: str) -> bool:
    """Whether something in the entry was clicked or pointed at."""
    used = (one.target for one in before[1:] if isinstance(one, ClickStep | HoverStep))
    named = ({(one.role, one.name), *((around.role, around.name) for around in one.ancestors)} for one in used)
    return any(("menuitem", name) in one for one in named)
