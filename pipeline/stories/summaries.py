"""Steps in the short form that earlier clients read."""

from collections.abc import Sequence
from typing import Literal, assert_never

from pipeline.semantics.text import thing
from pipeline.semantics.wording import key, shown
from pipeline.steps.draft import target_of
from pipeline.stories.timestamps import iso
from schemas import limits
from schemas.base import made
from schemas.elements import Element
from schemas.stories import (
    ActionSummary,
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

MASK = "********"
_Kind = Literal["navigation", "click", "input", "press", "upload", "drag", "hover", "scroll"]


def summaries(steps: Sequence[Step]) -> tuple[ActionSummary, ...]:
    return tuple(_summary(step) for step in steps)


def _summary(step: Step) -> ActionSummary:
    kind, value = _kind_and_value(step)
    url = step.url if isinstance(step, GotoStep) else step.page.url
    target = target_of(step)
    named = _target(target) if target is not None else ""
    said, entered = named[: limits.SAID_CHARS_MAX], value[: limits.SUMMARY_CHARS_MAX]
    at = iso(step.at_ms)
    return made(ActionSummary, {"type": kind, "target": said, "value": entered, "url": url, "timestamp": at})


def _kind_and_value(step: Step) -> tuple[_Kind, str]:
    match step:
        case GotoStep() | ReloadStep() | BackStep():
            return "navigation", _went(step)
        case FillStep() | SelectStep() | CheckStep():
            return "input", _entered(step)
        case ClickStep():
            return "click", ""
        case PressStep():
            return "press", key(step)
        case UploadStep():
            return "upload", ", ".join(step.files)
        case DragStep():
            return "drag", _target(step.onto)
        case HoverStep():
            return "hover", ""
        case ScrollStep():
            return "scroll", f"{step.x_px:g},{step.y_px:g}"
        case _:
            assert_never(step)


def _went(step: GotoStep | ReloadStep | BackStep) -> str:
    match step:
        case GotoStep():
            return step.url
        case ReloadStep():
            return "reload"
        case BackStep():
            return "back" if step.delta < 0 else "forward"
        case _:
            assert_never(step)


def _entered(step: FillStep | SelectStep | CheckStep) -> str:
    match step:
        case FillStep():
            return MASK if step.value.secret else step.value.text
        case SelectStep():
            return ", ".join(shown(option) for option in step.options)
        case CheckStep():
            return "true" if step.checked else "false"
        case _:
            assert_never(step)


def _target(element: Element) -> str:
    """An id as `#id`, a test id as an attribute, else the element in words."""
    if element.id:
        return "#" + element.id.lstrip("#")
    if element.test_id:
        return f'[data-testid="{element.test_id}"]'
    return thing(element)
