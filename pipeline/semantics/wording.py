"""Each step as a line of plain English. A secret is never in it."""

from typing import assert_never

from pipeline.semantics.addresses import spoken
from pipeline.semantics.text import clean, field, listed, quoted, short, thing
from schemas.events import Choice, Stroke, Typed
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    GotoStep,
    HoverStep,
    PressStep,
    ReloadStep,
    ScrollStep,
    SelectStep,
    Step,
    UploadStep,
)

SECRET_WORDS = {
    "password": "the password",
    "otp": "the one-time code",
    "card": "the card number",
    "masked": "a text",
}
KEYS_NAMED_MAX = 3
"""So many keys that were pressed in an editor are named."""
_KEYS = {" ": "Space", "ArrowDown": "Down", "ArrowUp": "Up", "ArrowLeft": "Left", "ArrowRight": "Right"}


def said(step: Step) -> str:
    match step:
        case GotoStep():
            return f"Open {spoken(step.url)}"
        case ReloadStep():
            return "Reload the page"
        case BackStep():
            return "Go back" if step.delta < 0 else "Go forward"
        case FillStep() | SelectStep() | CheckStep() | UploadStep():
            return _entered(step)
        case ClickStep() | PressStep() | DragStep() | HoverStep() | ScrollStep():
            return _done(step)
        case _:
            assert_never(step)


def _entered(step: FillStep | SelectStep | CheckStep | UploadStep) -> str:
    into = field(step.target)
    match step:
        case FillStep():
            if only_keys(step):
                return f"Press {listed(list(dict.fromkeys(map(key, step.keys)))[:KEYS_NAMED_MAX])} in {into}"
            if not step.value.secret and not clean(step.value.text):
                return f"Empty {into}"
            return f"Fill in {into} with {typed(step.value)}"
        case SelectStep():
            return f"Choose {listed([quoted(shown(option)) for option in step.options]) or 'an option'} in {into}"
        case CheckStep():
            return f"{_checking(step)} {into}"
        case UploadStep():
            return f"Choose the file {listed([quoted(name) for name in step.files])} for {into}"
        case _:
            assert_never(step)


def _done(step: ClickStep | PressStep | DragStep | HoverStep | ScrollStep) -> str:
    match step:
        case ClickStep():
            return _clicked(step)
        case PressStep():
            return f"Press {key(step)} in {field(step.target)}"
        case DragStep():
            return f"Drag {thing(step.target)} onto {thing(step.onto)}"
        case HoverStep():
            return f"Point at {thing(step.target)}"
        case ScrollStep():
            return "Scroll the page" if step.target is None else f"Scroll {thing(step.target)}"
        case _:
            assert_never(step)


def _clicked(step: ClickStep) -> str:
    if step.by_key:
        return f"Press Space on {thing(step.target)}"
    how = {1: "Click", 2: "Double-click", 3: "Triple-click"}[step.clicks]
    if step.button != "left":
        how = f"{step.button.capitalize()}-{how.lower()}"
    held = f" holding {' and '.join(step.modifiers)}" if step.modifiers else ""
    return f"{how} {thing(step.target)}{held}"


def _checking(step: CheckStep) -> str:
    if step.target.role == "radio" or step.target.type == "radio":
        return "Choose"
    return "Tick" if step.checked else "Untick"


def typed(value: Typed) -> str:
    """What was typed, quoted; for a secret only what kind it is."""
    return SECRET_WORDS[value.secret] if value.secret else quoted(value.text)


def shown(option: Choice) -> str:
    """An option as the user saw it."""
    return option.label or option.value


def only_keys(step: Step) -> bool:
    """Whether nothing was written into an editor: Escape, a shortcut or keys of the caret alone."""
    return isinstance(step, FillStep) and step.by_keys and bool(step.keys) and not any(one.text for one in step.keys)


def key(step: PressStep | Stroke) -> str:
    """The key with what was held: `Control+S`."""
    name = _KEYS.get(step.key, short(step.key, 20) or "a key")
    return "+".join([*step.modifiers, name.upper() if len(name) == 1 and step.modifiers else name])
