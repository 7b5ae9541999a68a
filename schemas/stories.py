"""A story: what one closed window says. The value of the `stories` topic.

The names of the outer fields (`startTimestamp`, `actions`, `networkRequests` …) are those that earlier clients know.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from schemas import limits
from schemas.base import (
    AtMs,
    Id,
    Language,
    Long,
    Moment,
    Note,
    PlacePx,
    Ref,
    Said,
    Sentence,
    Status,
    Text,
    Url,
    Value,
    Version,
)
from schemas.elements import Element
from schemas.events import Caret, Change, Files, Modifiers, Options, Page, Place, Places, Strokes, Traffic, Typed

ClosedBy = Literal["end", "silence"]


class DialogAnswer(Value):
    dialog: Literal["alert", "confirm", "prompt", "beforeunload"]
    message: Long = ""
    accepted: bool = True
    value: Long = ""


Changes = Annotated[tuple[Change, ...], Field(max_length=limits.STEP_CHANGES_MAX)]
Summary = Annotated[str, StringConstraints(max_length=limits.SUMMARY_CHARS_MAX)]
Tags = Annotated[tuple[Text, ...], Field(max_length=limits.TAGS_MAX)]
Notes = Annotated[tuple[Note, ...], Field(max_length=limits.STORY_NOTES_MAX)]


class StepBase(Value):
    """One thing the user did, and what came of it.

    `said` is the step in plain English. `event_id` is the event it was made from. `page` is the page before, `after`
    the page once it was quiet. `changes` is what the page showed because of it, `dialogs` what it asked, `opens_tab`
    the tab that it opened, `opened_page` and `opened_changes` what that tab showed before anything was done in it,
    `download` the file that it fetched. `tab_id` tells where it happened. `navigates` says that the address changed,
    `loads` that a new document was loaded.
    """

    printed_as_one: ClassVar[bool] = True

    event_id: Id
    at_ms: AtMs
    tab_id: Ref = ""
    said: Said = ""
    page: Page = Page()
    after: Page | None = None
    changes: Changes = ()
    dialogs: Annotated[tuple[DialogAnswer, ...], Field(max_length=limits.STEP_DIALOGS_MAX)] = ()
    opens_tab: Ref | None = None
    download: Text | None = None
    navigates: bool = False
    loads: bool = False
    opened_page: Page | None = None
    opened_changes: Changes = ()


class GotoStep(StepBase):
    """An address was opened: the first page, a typed address, a bookmark."""

    type: Literal["goto"] = "goto"
    url: Url


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
    clicks: int = Field(default=1, ge=1, le=3)
    modifiers: Modifiers = ()
    position: Place | None = None
    by_key: bool = False


class FillStep(StepBase):
    """A field was filled. `autosaved`: the page saved the value while it was being typed. `keys`, `caret` and `by_keys`
    are those of the event."""

    type: Literal["fill"] = "fill"
    target: Element
    value: Typed
    before: Long = ""
    autosaved: bool = False
    keys: Strokes = ()
    caret: Caret | None = None
    by_keys: bool = False


class SelectStep(StepBase):
    type: Literal["select"] = "select"
    target: Element
    options: Options


class CheckStep(StepBase):
    type: Literal["check"] = "check"
    target: Element
    checked: bool = True


class PressStep(StepBase):
    type: Literal["press"] = "press"
    target: Element
    key: Text
    modifiers: Modifiers = ()


class UploadStep(StepBase):
    """`chooser`: `target` is what opened the chooser, of an input that is in no document."""

    type: Literal["upload"] = "upload"
    target: Element
    files: Files
    chooser: bool = False


class DragStep(StepBase):
    type: Literal["drag"] = "drag"
    target: Element
    onto: Element
    position: Place | None = None
    onto_position: Place | None = None
    path: Places = ()


class HoverStep(StepBase):
    type: Literal["hover"] = "hover"
    target: Element


class ScrollStep(StepBase):
    type: Literal["scroll"] = "scroll"
    target: Element | None = None
    x_px: PlacePx = 0
    y_px: PlacePx = 0


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
    printed_as_one: ClassVar[bool] = True

    type: Literal["navigation", "click", "input", "press", "upload", "drag", "hover", "scroll"]
    target: Said = ""
    value: Summary = ""
    url: Url = ""
    timestamp: Moment = ""


class NetworkRequest(Value):
    prints_all: ClassVar[bool] = True

    url: Url
    method: Text = "GET"
    status: Status | None = None
    cause: Ref | None = None
    """The event id of the action that caused it."""


class State(Value):
    """The page at the beginning or at the end: address, title, and the texts that told the user where they were."""

    prints_all: ClassVar[bool] = True

    url: Url = ""
    title: Text = ""
    texts: Annotated[tuple[Text, ...], Field(max_length=limits.STATE_TEXTS_MAX)] = ()


class PatternMatch(Value):
    name: Text
    similarity: float = Field(ge=-1, le=1, allow_inf_nan=False)


class Story(Value):
    """A user story.

    `id` is uuid5 of app, journey and the window's ordinal; `version` is the number of distinct events it was made of,
    so that a late event gives a new version of the same story. `flow_key` names what was done apart from values:
    equal keys mean the same flow. `traffic` says whose values these are, people's or testers'. Times are ISO 8601 in
    UTC with milliseconds. `language` is what the browser asked pages to be in, `slowest_ms` the longest that a page
    took to answer, 0 where that is not known. `notes` says in plain words what could not be rebuilt.
    """

    prints_all: ClassVar[bool] = True

    id: Id
    version: Version
    app: Id
    journey_id: Id
    session_id: Id
    user_id: Ref | None = None
    title: Text
    sentence: Sentence = ""
    start_timestamp: Moment = Field(alias="startTimestamp")
    end_timestamp: Moment = Field(alias="endTimestamp")
    closed_by: ClosedBy = "silence"
    traffic: Traffic = "real"
    language: Language | None = None
    slowest_ms: AtMs = 0
    initial_state: State = Field(alias="initialState")
    final_state: State = Field(alias="finalState")
    actions: tuple[ActionSummary, ...] = Field(default=(), max_length=limits.STORY_STEPS_MAX)
    network_requests: tuple[NetworkRequest, ...] = Field(
        default=(), alias="networkRequests", max_length=limits.STORY_REQUESTS_MAX
    )
    steps: tuple[Step, ...] = Field(default=(), max_length=limits.STORY_STEPS_MAX)
    tags: Tags = ()
    patterns: tuple[PatternMatch, ...] = Field(default=(), max_length=limits.TAGS_MAX)
    flow_key: Ref = ""
    notes: Notes = ()


STORY: TypeAdapter[Story] = TypeAdapter(Story)
