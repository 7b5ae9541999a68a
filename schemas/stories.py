"""A story: what one closed window says. The value of the `stories` topic.

The names of the outer fields (`startTimestamp`, `actions`, `networkRequests` …) are those that earlier clients know.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from schemas.base import Id, Value
from schemas.elements import Element
from schemas.events import Change, Choice, Modifier, Page, Traffic, Typed

ClosedBy = Literal["end", "silence"]


class DialogAnswer(Value):
    dialog: Literal["alert", "confirm", "prompt", "beforeunload"]
    message: str = ""
    accepted: bool = True
    value: str = ""


class StepBase(Value):
    """One thing the user did, and what came of it.

    `said` is the step in plain English. `event_id` is the event it was made from. `page` is the page before, `after`
    the page once it was quiet. `changes` is what the page showed because of it, `dialogs` what it asked, `opens_tab`
    the tab that it opened, `opened_page` and `opened_changes` what that tab showed before anything was done in it,
    `download` the file that it fetched. `tab_id` tells where it happened. `navigates` says that the address changed,
    `loads` that a new document was loaded.
    """

    event_id: str
    at_ms: int
    tab_id: str = ""
    said: str = ""
    page: Page = Page()
    after: Page | None = None
    changes: tuple[Change, ...] = ()
    dialogs: tuple[DialogAnswer, ...] = ()
    opens_tab: str | None = None
    download: str | None = None
    navigates: bool = False
    loads: bool = False
    opened_page: Page | None = None
    opened_changes: tuple[Change, ...] = ()


class GotoStep(StepBase):
    """An address was opened: the first page, a typed address, a bookmark."""

    type: Literal["goto"] = "goto"
    url: str


class ReloadStep(StepBase):
    type: Literal["reload"] = "reload"


class BackStep(StepBase):
    """Back (`delta` -1) or forward (1) in the history."""

    type: Literal["back"] = "back"
    delta: Literal[-1, 1] = -1


class ClickStep(StepBase):
    type: Literal["click"] = "click"
    target: Element
    button: Literal["left", "middle", "right"] = "left"
    clicks: int = 1
    modifiers: tuple[Modifier, ...] = ()
    position: tuple[float, float] | None = None


class FillStep(StepBase):
    """A field was filled. `autosaved`: the page saved the value while it was being typed."""

    type: Literal["fill"] = "fill"
    target: Element
    value: Typed
    before: str = ""
    autosaved: bool = False


class SelectStep(StepBase):
    type: Literal["select"] = "select"
    target: Element
    options: tuple[Choice, ...]


class CheckStep(StepBase):
    type: Literal["check"] = "check"
    target: Element
    checked: bool = True


class PressStep(StepBase):
    type: Literal["press"] = "press"
    target: Element
    key: str
    modifiers: tuple[Modifier, ...] = ()


class UploadStep(StepBase):
    type: Literal["upload"] = "upload"
    target: Element
    files: tuple[str, ...]


class DragStep(StepBase):
    type: Literal["drag"] = "drag"
    target: Element
    onto: Element
    position: tuple[float, float] | None = None
    onto_position: tuple[float, float] | None = None


class HoverStep(StepBase):
    type: Literal["hover"] = "hover"
    target: Element


class ScrollStep(StepBase):
    type: Literal["scroll"] = "scroll"
    target: Element | None = None
    x_px: float = 0
    y_px: float = 0


Step = Annotated[
    GotoStep
    | ReloadStep
    | BackStep
    | ClickStep
    | FillStep
    | SelectStep
    | CheckStep
    | PressStep
    | UploadStep
    | DragStep
    | HoverStep
    | ScrollStep,
    Field(discriminator="type"),
]


class ActionSummary(Value):
    """A step in the short form that earlier clients read."""

    prints_all: ClassVar[bool] = True

    type: Literal["navigation", "click", "input", "press", "upload", "drag", "hover", "scroll"]
    target: str = ""
    value: str = ""
    url: str = ""
    timestamp: str = ""


class NetworkRequest(Value):
    prints_all: ClassVar[bool] = True

    url: str
    method: str = "GET"
    status: int | None = None
    cause: str | None = None
    """The event id of the action that caused it."""


class State(Value):
    """The page at the beginning or at the end: address, title, and the texts that told the user where they were."""

    prints_all: ClassVar[bool] = True

    url: str = ""
    title: str = ""
    texts: tuple[str, ...] = ()


class PatternMatch(Value):
    name: str
    similarity: float


class Story(Value):
    """A user story.

    `id` is uuid5 of app, journey and the window's ordinal; `version` is the number of distinct events it was made of,
    so that a late event gives a new version of the same story. `flow_key` names what was done apart from values:
    equal keys mean the same flow. `traffic` says whose values these are, people's or testers'. Times are ISO 8601 in
    UTC with milliseconds. `notes` says in plain words what could not be rebuilt.
    """

    prints_all: ClassVar[bool] = True

    id: str
    version: int = Field(ge=1)
    app: Id
    journey_id: Id
    session_id: Id
    user_id: str | None = None
    title: str
    sentence: str = ""
    start_timestamp: str = Field(alias="startTimestamp")
    end_timestamp: str = Field(alias="endTimestamp")
    closed_by: ClosedBy = "silence"
    traffic: Traffic = "real"
    initial_state: State = Field(alias="initialState")
    final_state: State = Field(alias="finalState")
    actions: tuple[ActionSummary, ...] = ()
    network_requests: tuple[NetworkRequest, ...] = Field(default=(), alias="networkRequests")
    steps: tuple[Step, ...] = ()
    tags: tuple[str, ...] = ()
    patterns: tuple[PatternMatch, ...] = ()
    flow_key: str = ""
    notes: tuple[str, ...] = ()


STORY: TypeAdapter[Story] = TypeAdapter(Story)
