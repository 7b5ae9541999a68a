"""The pace of a hand, where pages count on it: a test that is faster is taken for another gesture, or not heard."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.semantics.text import MENU_ITEM_ROLES, is_editor, is_hidden_editor_field, is_interactive, is_text_field
from pipeline.steps.draft import target_of
from schemas.elements import Element
from schemas.events import StateChanged, Stroke, ValueChanged
from schemas.stories import ClickStep, DragStep, FillStep, GotoStep, PressStep, SelectStep, Step

DOUBLE_PX: Final = 10
"""Two clicks so near to each other may be a double click."""
BETWEEN_MAX: Final = 5
"""More steps between two clicks take a test longer than a double click does."""
CHOSEN: Final = MENU_ITEM_ROLES | {"option", "treeitem", "gridcell"}
"""What an open list or menu is for: by it, it closes itself."""
HELD_MS: Final = 120
"""So long a hand holds a button down."""
CARET_KEYS: Final = frozenset({"Home", "End", "PageUp", "PageDown", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"})


def held_clicks(steps: Sequence[Step]) -> frozenset[str]:
    """The ids of the clicks that open what the next click, elsewhere, closes, and of those that close it: pages that
    listen to all presses, or to all clicks, take the next for the same one if it comes within a tenth of a second. And
    of clicks in an editor whose caret the next keys move: it may put it back a moment after the press."""
    held: set[str] = set()
    for one, other in pairwise(steps):
        match one, other:
            case ClickStep(), ClickStep() if one.tab_id == other.tab_id and _closes(one, other):
                held |= {one.event_id, other.event_id}
            case ClickStep(), FillStep(keys=keys) if same_editor(one, other) and any(map(moves_caret, keys)):
                held.add(one.event_id)
            case _:
                pass
    return frozenset(held)


def moves_caret(stroke: Stroke) -> bool:
    """Whether the key takes the caret of an editor elsewhere, or selects all of its text."""
    return stroke.key in CARET_KEYS or (stroke.key.lower() == "a" and bool({"Control", "Meta"} & set(stroke.modifiers)))


def _closes(one: ClickStep, other: ClickStep) -> bool:
    opened = _unfolded(one, after=True)
    chooses = other.target.role in CHOSEN or _said(other.target) in opened
    return bool(opened & _unfolded(other, after=False)) and not chooses


def _unfolded(step: ClickStep, *, after: bool) -> set[tuple[str | None, str]]:
    """What says that it is open after the step, or no longer."""
    told = (one for one in step.changes if isinstance(one, StateChanged) and one.state == "expanded")
    return {_said(change.element) for change in told if change.after is after}


def _said(element: Element) -> tuple[str | None, str]:
    return element.role, element.name or element.text or ""


def into_editors_at_rest(steps: Sequence[Step]) -> frozenset[str]:
    """The ids of the steps that must wait until an editor is at rest. Keys that come after something outside of it: the
    page gives it the focus and its caret back when it pleases. Keys after one by which the page took its text for done:
    it may empty it a moment later. And a click where the last one in the editor was, with little between: as fast as a
    test does that, it is a double click to the page."""
    waiting = [
        step.event_id
        for before, step in zip([None, *steps], steps, strict=False)
        if _comes_from_elsewhere(before, step) or _written_anew(before, step)
    ]
    clicks = [(at, step) for at, step in enumerate(steps) if isinstance(step, ClickStep) and is_editor(step.target)]
    waiting += [two.event_id for (at, one), (then, two) in pairwise(clicks) if _doubles(one, two, steps[at + 1 : then])]
    return frozenset(waiting)


def _doubles(one: ClickStep, other: ClickStep, between: Sequence[Step]) -> bool:
    """Whether the page would take the two for a double click, as fast as a test does what is between."""
    stays = not any(step.navigates or isinstance(step, GotoStep) for step in (one, *between))
    return stays and len(between) <= BETWEEN_MAX and same_editor(one, other) and _near(one, other)


def _comes_from_elsewhere(before: Step | None, step: Step) -> bool:
    if not isinstance(step, FillStep | PressStep) or not _is_of_editor(step.target):
        return False
    within = isinstance(before, ClickStep | DragStep | FillStep | PressStep) and same_editor(before, step)
    # What is drawn beside a field out of sight is the editor's text.
    drawn = not is_editor(step.target) and isinstance(before, ClickStep) and not is_interactive(before.target)
    return not within and not drawn


def _written_anew(before: Step | None, step: Step) -> bool:
    """Whether the page itself wrote the editor anew by the key before: sent the text off, or made a thing of it."""
    if not isinstance(before, PressStep) or not isinstance(step, FillStep | PressStep) or not same_editor(before, step):
        return False
    return any(isinstance(change, ValueChanged) and _is_of_editor(change.element) for change in before.changes)


def leaving_choices(steps: Sequence[Step]) -> frozenset[str]:
    """The ids of the choices in a list that took the focus from where one was typing: a test that chooses leaves it
    there, and the page never learns that the editor, or a field whose leaving it answers, was left."""
    return frozenset(
        step.event_id
        for before, step in pairwise(steps)
        if isinstance(step, SelectStep) and before.tab_id == step.tab_id and not before.loads and _left(before, step)
    )


def _left(before: Step, step: SelectStep) -> bool:
    if not isinstance(before, ClickStep | FillStep | PressStep):
        return False
    answered = bool(step.changes) and is_text_field(before.target)
    return before.target.frames == step.target.frames and (_is_of_editor(before.target) or answered)


def _is_of_editor(target: Element) -> bool:
    """Whether it is an editor, or the field out of sight that takes the keys of one."""
    return is_editor(target) or is_hidden_editor_field(target)


def same_editor(one: Step, other: Step) -> bool:
    """Whether both were done in the same editor: what it is called may change with what it holds."""
    left, right = target_of(one), target_of(other)
    if left is None or right is None or one.tab_id != other.tab_id:
        return False
    same = (left.tag, left.id, left.role, left.frames) == (right.tag, right.id, right.role, right.frames)
    return same and _is_of_editor(left) and _is_of_editor(right)


def _near(one: ClickStep, other: ClickStep) -> bool:
    (left, top), (right, bottom) = one.position or (0, 0), other.position or (0, 0)
    return abs(left - right) <= DOUBLE_PX and abs(top - bottom) <= DOUBLE_PX
