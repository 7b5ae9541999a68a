"""Gestures in Playwright's idiom: clicks, keys, checks, drags, the wheel, and the answer to a dialog."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.codegen.locators.finder import PATH_SCORE, Finder
from pipeline.codegen.pace import same_editor
from pipeline.codegen.python.expressions import (
    Attr,
    Expr,
    Lambda,
    Listing,
    Literal,
    Name,
    Plain,
    flat,
    function,
    method,
)
from pipeline.codegen.python.program import DRAG, SETTLED, Run, Statement
from pipeline.semantics.text import is_editor
from schemas.events import Gone, Modifier
from schemas.stories import (
    CheckStep,
    ClickStep,
    DialogAnswer,
    DragStep,
    FillStep,
    PressStep,
    ScrollStep,
    SelectStep,
    Step,
)

_WHOLE_TEXT: Final = frozenset({"Home", "End", "a"})
"""Keys that, pressed with Control, go to an end of the whole text or select it, wherever the caret is."""
KEYS: Final = frozenset(
    [
        "Enter",
        "Escape",
        "Tab",
        "Backspace",
        "Delete",
        "Insert",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "Space",
        "F1",
        "F2",
        "F3",
        "F4",
        "F5",
        "F6",
        "F7",
        "F8",
        "F9",
        "F10",
        "F11",
        "F12",
        "ContextMenu",
    ]
)


def answered(page: Expr, answer: DialogAnswer) -> Statement:
    """The handler that answers the next dialog as the user did."""
    dialog = Name("dialog")
    match answer:
        case DialogAnswer(accepted=False):
            reply = method(dialog, "dismiss")
        case DialogAnswer(dialog="prompt", value=value) if value:
            reply = method(dialog, "accept", value)
        case _:
            reply = method(dialog, "accept")
    return Run(method(page, "once", "dialog", Lambda("dialog", reply)))


def _modifiers(modifiers: tuple[Modifier, ...]) -> list[str]:
    named = ["ControlOrMeta" if name in ("Control", "Meta") else name for name in modifiers]
    return sorted(set(named), key=["ControlOrMeta", "Alt", "Shift"].index)


def click(step: ClickStep, on: Expr, held_ms: int = 0) -> Expr:
    """A click, whose button is held down for so long."""
    keywords: dict[str, Plain] = {"delay": held_ms} if held_ms else {}
    if step.button != "left":
        keywords["button"] = step.button
    if step.modifiers:
        keywords["modifiers"] = Listing(tuple(Literal(name) for name in _modifiers(step.modifiers)))
    if step.position is not None:
        keywords["position"] = _position(step.position)
    if step.clicks == 3:
        keywords["click_count"] = 3
    return method(on, "dblclick" if step.clicks == 2 else "click", **keywords)


def without_idle_places(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps without the places of clicks in an editor where the first key after the click puts the caret elsewhere,
    wherever it is: how far down a long text was clicked says nothing then, and may be no place where the test runs."""
    idle = {one.event_id for one, other in pairwise(steps) if isinstance(one, ClickStep) and _moves_anyway(one, other)}
    return tuple(
        step.model_copy(update={"position": None}) if isinstance(step, ClickStep) and step.event_id in idle else step
        for step in steps
    )


def _moves_anyway(click: ClickStep, then: Step) -> bool:
    """Whether a click was for the focus alone: the first key goes to an end of the text, or selects all of it."""
    if not is_editor(click.target) or click.target.tag == "canvas" or not same_editor(click, then):
        return False
    match then:
        case FillStep(keys=(first, *_)):
            key, held = first.key, first.modifiers
        case PressStep():
            key, held = then.key, then.modifiers
        case _:
            return False
    plain = click.clicks == 1 and click.button == "left" and not click.modifiers
    return plain and key in _WHOLE_TEXT and held in (("Control",), ("Meta",))


def _position(position: tuple[float, float]) -> Expr:
    return Listing((Literal(round(position[0])), Literal(round(position[1]))), ("x", "y"))


def checked(step: CheckStep, on: Expr) -> Expr:
    """Ticks or unticks."""
    native = step.target.tag == "input" or step.target.role in (
        "checkbox",
        "radio",
        "switch",
        "menuitemcheckbox",
        "menuitemradio",
    )
    if not native:
        return method(on, "click")
    return method(on, "check" if step.checked else "uncheck")


def chosen(step: SelectStep, on: Expr) -> Expr:
    """Chooses in a list, by what is seen of the options where all of them say something."""
    by_label = all(option.label.strip() for option in step.options)
    values = [Literal(" ".join(one.label.split()) if by_label else one.value) for one in step.options]
    what: Expr = values[0] if len(values) == 1 else Listing(tuple(values))
    return method(on, "select_option", label=what) if by_label and values else method(on, "select_option", what)


def key_name(key: str, modifiers: tuple[Modifier, ...]) -> str | None:
    """The key as Playwright names it, None for what is no key."""
    plain = {" ": "Space", "Spacebar": "Space", "Esc": "Escape"}.get(key, key)
    if plain not in KEYS and not (len(plain) == 1 and plain.isascii() and plain.isprintable()):
        return None
    held = _modifiers(modifiers)
    if len(plain) == 1 and "Shift" in held and re.match(r"[^a-zA-Z]", plain):
        held.remove("Shift")
    return "+".join([*held, plain.lower() if held and len(plain) == 1 else plain])


def drag(step: DragStep, finder: Finder) -> list[Statement] | None:
    source, onto = finder.best(step.target), finder.best(step.onto)
    if source is None or onto is None:
        return None
    keywords: dict[str, Plain] = {}
    if step.position is not None:
        keywords["source_position"] = _position(step.position)
    if step.onto_position is not None:
        keywords["target_position"] = _position(step.onto_position)
    if step.path:
        keywords["path"] = " ".join(f"{round(x)},{round(y)}" for x, y in step.path)
    return [Run(function(DRAG, source.expr, onto.expr, **keywords))]


def press(step: PressStep, page: Expr, finder: Finder) -> list[Statement] | None:
    """A key, pressed where the focus is; None where it has no name."""
    pressed = key_name(step.key, step.modifiers)
    if pressed is None:
        return None
    if step.target.tag in ("body", "html") or is_editor(step.target):
        return [Run(method(Attr(page, "keyboard"), "press", pressed))]
    found = finder.best(step.target)
    # What has no name of its own has the focus all the same: the keys go there.
    if found is None or not found.unique or found.score >= PATH_SCORE:
        return [Run(method(Attr(page, "keyboard"), "press", pressed))]
    return [Run(method(found.expr, "press", pressed))]


def settled(step: Step, finder: Finder, first: Statement) -> list[Statement]:
    """Waits until an editor is at rest, where the step acts on it by what the page remembers of its caret."""
    if not isinstance(step, ClickStep | FillStep | PressStep):
        return []
    found = finder.best(step.target)
    if found is None:
        return []
    if isinstance(step, ClickStep):  # gives it the focus by itself
        return [Run(function(SETTLED, found.expr, focused=False))]
    by_focus = isinstance(first, Run) and ".keyboard." in flat(first.expr)
    return [Run(function(SETTLED, found.expr))] if by_focus else []


def scroll(step: ScrollStep, page: Expr, finder: Finder) -> list[Statement] | None:
    """The wheel, over the page or over the part of it that scrolled; None where that can't be found."""
    wheel = Run(method(Attr(page, "mouse"), "wheel", round(step.x_px), round(step.y_px)))
    if step.target is None or step.target.tag in ("body", "html"):
        return [wheel]
    found = finder.best(step.target)
    return None if found is None else [Run(method(found.expr, "hover")), wheel]


def goes_with_it(step: FillStep | SelectStep | CheckStep) -> bool:
    """Whether the field went away with the step, as the page drew itself anew or closed what it was in."""
    name = step.target.name or step.target.label or ""
    gone = [change.element for change in step.changes if isinstance(change, Gone)]
    return bool(name) and any(one.role == step.target.role and one.name == name for one in gone)
