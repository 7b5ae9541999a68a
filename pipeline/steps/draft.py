"""A step in the making: an action and what was found out about it so far."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from pipeline.semantics.addresses import origin
from pipeline.semantics.derived import once_per_element
from pipeline.semantics.secret_words import kind_by_words
from pipeline.semantics.text import is_text_field
from pipeline.semantics.verbs import words_on
from pipeline.steps.effects import merged
from schemas import limits
from schemas.base import made
from schemas.elements import Element, Locator
from schemas.events import (
    Action,
    Change,
    Check,
    Click,
    Drag,
    EventBase,
    Fill,
    Hover,
    Page,
    Press,
    Request,
    Scroll,
    Select,
    TextChanged,
    Typed,
    Upload,
)
from schemas.statuses import succeeded
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DialogAnswer,
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

PASSIVE_REQUESTS: Final = frozenset(
    {"img", "image", "css", "link", "script", "font", "video", "audio", "beacon", "icon", "document", "navigation"}
)
"""Request types that say nothing about whether an action did something."""


@dataclass(slots=True)
class Draft:
    """One step while the window is read. `event_ids` are the events that were folded into it, its own first.

    `asks` counts the requests that it caused, pictures and the like left out. `touched` says that the page answered
    right where the action was, visibly or not. `autosaved` says that the page saved the typed value before
    the field was left.
    """

    step: Step
    event_ids: list[str]
    changes: list[Change] = field(default_factory=list)
    dialogs: list[DialogAnswer] = field(default_factory=list)
    after: Page | None = None
    navigates: bool = False
    loads: bool = False
    opens_tab: str | None = None
    opened_page: Page | None = None
    opened_changes: list[Change] = field(default_factory=list)
    download: str | None = None
    asks: int = 0
    touched: bool = False
    autosaved: bool = False

    @property
    def target(self) -> Element | None:
        return target_of(self.step)

    def show(self, changes: Sequence[Change], opened: bool = False) -> None:
        """Adds what the page showed; of very much the latest."""
        held = self.opened_changes if opened else self.changes
        held.extend(changes)
        del held[: -limits.STEP_CHANGES_MAX]

    def ask(self, request: Request) -> None:
        """Adds a request that it caused."""
        if request.type not in PASSIVE_REQUESTS:
            self.asks += 1
        saves = request.typing and request.method in ("PUT", "PATCH") and succeeded(request.status)
        if saves and origin(request.url) == origin(self.step.page.url):
            self.autosaved = True

    def answer(self, dialog: DialogAnswer) -> None:
        if len(self.dialogs) < limits.STEP_DIALOGS_MAX:
            self.dialogs.append(dialog)

    def absorb(self, other: "Draft") -> None:
        """Takes over what came of an earlier step that is dropped."""
        self.event_ids += other.event_ids
        self.changes = (other.changes + self.changes)[-limits.STEP_CHANGES_MAX :]
        self.dialogs = (other.dialogs + self.dialogs)[: limits.STEP_DIALOGS_MAX]
        self.after = self.after or other.after
        self.navigates = self.navigates or other.navigates
        self.loads = self.loads or other.loads
        self.opens_tab = self.opens_tab or other.opens_tab
        self.opened_page = self.opened_page or other.opened_page
        self.opened_changes = (other.opened_changes + self.opened_changes)[-limits.STEP_CHANGES_MAX :]
        self.download = self.download or other.download
        self.asks += other.asks
        self.touched = self.touched or other.touched
        self.autosaved = self.autosaved or other.autosaved

    def has_effect(self) -> bool:
        """Whether anything at all came of it."""
        return bool(self.changes) or self._acts()

    def shows(self) -> bool:
        """Whether something came of it beyond numbers that count on by themselves (clocks, timers)."""
        return self._acts() or any(not _only_numbers(change) for change in self.changes)

    def _acts(self) -> bool:
        return bool(self.dialogs or self.navigates or self.opens_tab or self.download is not None or self.asks)

    def finished(self, said: str) -> Step:
        """The step with all that came of it, and its line of plain English."""
        saved = {"autosaved": self.autosaved} if isinstance(self.step, FillStep) else {}
        return self.step.model_copy(
            update={
                **saved,
                "said": said,
                "after": self.after,
                "changes": merged(self.changes),
                "dialogs": tuple(self.dialogs),
                "navigates": self.navigates,
                "loads": self.loads,
                "opens_tab": self.opens_tab,
                "opened_page": self.opened_page,
                "opened_changes": merged(self.opened_changes),
                "download": self.download,
            }
        )


def _only_numbers(change: Change) -> bool:
    if not isinstance(change, TextChanged):
        return False
    return re.sub(r"\d+", "", change.before) == re.sub(r"\d+", "", change.after)


def target_of(step: Step) -> Element | None:
    match step:
        case GotoStep() | ReloadStep() | BackStep():
            return None
        case (
            ClickStep()
            | FillStep()
            | SelectStep()
            | CheckStep()
            | PressStep()
            | UploadStep()
            | DragStep()
            | HoverStep()
            | ScrollStep()
        ):
            return step.target
        case _:
            assert_never(step)


def common(event: EventBase) -> dict[str, Any]:
    """The fields that each step takes from its event."""
    return {"event_id": event.id, "at_ms": event.at_ms, "tab_id": event.tab_id, "page": event.page}


def _as_withheld(event: Fill) -> Typed:
    """What was typed. A text field that only asks browsers not to fill it in, as fields of new passwords do, and that
    nothing calls a password takes any text: what was withheld there is nobody's password."""
    target, value = event.target, event.value
    asks = target.autocomplete == "new-password" and target.type in (None, "text")
    if value.secret != "password" or not asks or kind_by_words(words_on(target)) is not None:  # noqa: S105 (a kind)
        return value
    return value.model_copy(update={"secret": "masked", "token": None})


def step_of(event: Action) -> Step:
    """The step that an action is. Its parts are those of the event, which were looked at when that was read."""
    kind, own = _kind_and_own(event)
    step: Step = made(kind, {**common(event), "target": event.target, **own})
    return step


def _kind_and_own(event: Action) -> tuple[type[Any], dict[str, Any]]:
    """The kind of step that an action is, and the fields that only that kind has."""
    match event:
        case Click():
            pressed = {"button": event.button, "modifiers": event.modifiers, "position": event.position}
            return ClickStep, {**pressed, "clicks": event.clicks, "by_key": event.by_key}
        case Fill():
            keys = {"keys": event.keys, "caret": event.caret, "by_keys": event.by_keys}
            return FillStep, {**keys, "value": _as_withheld(event), "before": event.before}
        case Select():
            return SelectStep, {"options": event.options}
        case Check():
            return CheckStep, {"checked": event.checked}
        case Press():
            return PressStep, {"key": event.key, "modifiers": event.modifiers}
        case Upload():
            return UploadStep, {"files": event.files, "chooser": event.chooser}
        case Drag():
            onto = {"onto": event.onto, "onto_position": event.onto_position}
            return DragStep, {**onto, "position": event.position, "path": event.path}
        case Hover():
            return HoverStep, {}
        case Scroll():
            return ScrollStep, {"x_px": event.x_px, "y_px": event.y_px}
        case _:
            assert_never(event)


def may_navigate(step: Step) -> bool:
    """Whether a new page can be its doing, when nobody says so."""
    return isinstance(step, ClickStep | PressStep | SelectStep | CheckStep | DragStep)


def same_target(left: Element | None, right: Element | None) -> bool:
    """Whether two actions were on the same element, judged by what doesn't change while it is used."""
    if left is None or right is None:
        return left is right
    return identity(left) == identity(right)


@once_per_element
def identity(element: Element) -> tuple[object, ...]:
    """What tells an element from others and stays while it is used; hashable."""
    own = (element.id, element.test_id, element.name_attribute, element.label, element.placeholder)
    shown = () if is_text_field(element) else (element.text,)
    name = None if element.editable else element.name
    marks: tuple[object, ...] = (element.tag, element.type, element.role, name, *own, *shown)
    frames = tuple(_first(frame) for frame in element.frames)
    if element.id or element.test_id:
        return (*marks, frames)
    path = next((c.locator for c in element.candidates if c.locator.by == "path"), None) or _first(element.candidates)
    return (*marks, frames, path)


def _first(candidates: tuple[Any, ...]) -> Locator | None:
    return candidates[0].locator if candidates else None
