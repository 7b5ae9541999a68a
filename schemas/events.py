"""An event: one thing that happened in a browser. The tagged union that everything outside is parsed into.

Actions (click … dialog) are what the user did; `navigation` and `request` are what the browser did; `effect` is what
the page showed once it was quiet again; `end` closes the journey. `at_ms` is event time in milliseconds since 1970,
UTC; `seq` orders the events of one tab that share a millisecond. `page` is the page as it was *before* the event.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from schemas import limits
from schemas.base import AtMs, Count, Id, Language, Long, PlacePx, Ref, SizePx, Status, Text, Url, Value
from schemas.elements import Candidate, Candidates, Element

Modifier = Literal["Alt", "Control", "Meta", "Shift"]
Secret = Literal["password", "otp", "card", "masked"]
Source = Literal["capture", "native", "challenge", "posthog"]
Traffic = Literal["real", "test"]
"""Whose the traffic is: people's, whose values are theirs, or testers', whose values may be read by all."""


Modifiers = Annotated[tuple[Modifier, ...], Field(max_length=limits.MODIFIERS_MAX)]
Files = Annotated[tuple[Text, ...], Field(max_length=limits.FILES_MAX)]
Place = tuple[PlacePx, PlacePx]
Places = Annotated[tuple[Place, ...], Field(max_length=limits.PLACES_MAX)]
RecorderFault = Literal["start", "serialise", "observe", "listen", "read", "send", "fault"]


class Page(Value):
    url: Url = ""
    title: Text = ""
    width_px: SizePx | None = None
    height_px: SizePx | None = None


class ShownIn(Value):
    """A secret that the page itself displays (demo credentials): where, and the text around it; never the secret."""

    candidates: Candidates
    before: Long = ""
    after: Long = ""


class Typed(Value):
    """What was typed. A secret has no text: `token` only tells whether two secrets of a session were equal."""

    text: Long = ""
    secret: Secret | None = None
    token: Long | None = None
    shown_in: ShownIn | None = None


class Stroke(Value):
    """Part of what was pressed in a field: `text` that was typed, or came from the clipboard where `pasted`, or else
    one `key` (as KeyboardEvent.key) with what was held."""

    text: Long = ""
    pasted: bool = False
    key: Text = ""
    modifiers: Modifiers = ()


Strokes = Annotated[tuple[Stroke, ...], Field(max_length=limits.STROKES_MAX)]

Caret = Literal["start", "end", "all", "inside"]
"""Where the caret of a field with a text was before the first key; `all`: the whole text was selected."""


class Choice(Value):
    value: Long
    label: Text = ""


Options = Annotated[tuple[Choice, ...], Field(max_length=limits.OPTIONS_MAX)]


class EventBase(Value):
    v: Literal[1] = 1
    id: Id
    app: Id
    session_id: Id
    journey_id: Id
    user_id: Ref | None = None
    tab_id: Ref = ""
    at_ms: AtMs
    seq: int = Field(default=0, ge=0, le=limits.SEQ_MAX)
    source: Source = "native"
    traffic: Traffic | None = None
    """What the producer says of it; None where it says nothing; `pipeline.stories.traffic` then asks the address."""
    page: Page = Page()


class Click(EventBase):
    """A click; `clicks` 2 is a double click. `position` (x, y from the element's corner) only where the place matters:
    on a drawing or a track, in a text, where the middle of the element is something else. `by_key`: the browser made it
    of the Space key, so that no pointer went down or up."""

    kind: Literal["click"] = "click"
    target: Element
    button: Literal["left", "middle", "right"] = "left"
    clicks: int = Field(default=1, ge=1, le=3)
    modifiers: Modifiers = ()
    position: Place | None = None
    by_key: bool = False


class Fill(EventBase):
    """A text field's value after the user typed into it (coalesced). `before` is its value before.

    `keys` is what was pressed, from `caret` on; nothing where it isn't known, or secret. `by_keys` says that the keys,
    not the value, are what was done: in an editor, or where the page took part in the typing.
    """

    kind: Literal["fill"] = "fill"
    target: Element
    value: Typed
    before: Long = ""
    keys: Strokes = ()
    caret: Caret | None = None
    by_keys: bool = False


class Select(EventBase):
    kind: Literal["select"] = "select"
    target: Element
    options: Options


class Check(EventBase):
    """A checkbox, radio button or switch, and its state afterwards."""

    kind: Literal["check"] = "check"
    target: Element
    checked: bool = True


class Press(EventBase):
    """A key that does something: Enter, Escape, arrows, Tab, or a shortcut. `key` as KeyboardEvent.key."""

    kind: Literal["press"] = "press"
    target: Element
    key: Text
    modifiers: Modifiers = ()


class Upload(EventBase):
    """`chooser`: the files went to an input that is in no document; `target` is what opened its chooser."""

    kind: Literal["upload"] = "upload"
    target: Element
    files: Files
    chooser: bool = False


class Drag(EventBase):
    """From `target` to `onto`; both positions are relative to the element's corner, where they matter. `path` says
    where the pointer has been, from where it began, if the page made room on the way."""

    kind: Literal["drag"] = "drag"
    target: Element
    onto: Element
    position: Place | None = None
    onto_position: Place | None = None
    path: Places = ()


class Hover(EventBase):
    """Only where something that was used afterwards depended on it."""

    kind: Literal["hover"] = "hover"
    target: Element


class Scroll(EventBase):
    """Only where it loaded more. Without a target the page itself was scrolled."""

    kind: Literal["scroll"] = "scroll"
    target: Element | None = None
    x_px: PlacePx = 0
    y_px: PlacePx = 0


class Dialog(EventBase):
    """A browser dialog that the action `cause` opened, and what the user answered."""

    kind: Literal["dialog"] = "dialog"
    dialog: Literal["alert", "confirm", "prompt", "beforeunload"]
    message: Long = ""
    accepted: bool = True
    value: Long = ""
    cause: Ref | None = None


class Popup(EventBase):
    """The action `cause` opened another tab or window; its events carry `opened_tab_id` as their tab."""

    kind: Literal["popup"] = "popup"
    url: Url = ""
    opened_tab_id: Ref = ""
    cause: Ref | None = None


class Download(EventBase):
    kind: Literal["download"] = "download"
    filename: Text = ""
    url: Url = ""
    cause: Ref | None = None


class Navigation(EventBase):
    """The page became `url`. `how`: `load` a new document, `reload`, `back_forward`, `spa` (history API), `hash`.

    `cause` is the action it followed from; without one the user typed an address, opened a bookmark, or it was the
    journey's first page. `target` is the link that was followed, where a format says so in the same record; such a
    record may carry the old address, and then the next event's page tells where the link led. `asked_by` says whether
    the page before asked for it (a redirect, or an address that a script set), or the user; nothing where nobody
    knows. `language` is what the browser asks pages to be in, where that is known.
    """

    kind: Literal["navigation"] = "navigation"
    url: Url
    how: Literal["load", "reload", "back_forward", "spa", "hash"] = "load"
    cause: Ref | None = None
    target: Element | None = None
    asked_by: Literal["page", "user"] | None = None
    language: Language | None = None


class Request(EventBase):
    """A request that the page sent; `type` as in PerformanceResourceTiming.initiatorType or `document`, `ws`.

    `typing`: its body held what the user was typing just then. `status` is 302 where a redirect was
    followed, whatever its own status was: scripts are not told.
    """

    kind: Literal["request"] = "request"
    method: Text = "GET"
    url: Url
    status: Status | None = None
    type: Text = "fetch"
    cause: Ref | None = None
    typing: bool = False


class Appeared(Value):
    """Newly visible. `transient`: it vanished again by itself (a toast)."""

    change: Literal["appeared"] = "appeared"
    element: Element
    transient: bool = False


class Gone(Value):
    change: Literal["gone"] = "gone"
    element: Element


class TextChanged(Value):
    change: Literal["text"] = "text"
    element: Element
    before: Long = ""
    after: Long = ""


class ValueChanged(Value):
    """A field's value that the page changed, not the user."""

    change: Literal["value"] = "value"
    element: Element
    before: Long = ""
    after: Long = ""


class StateChanged(Value):
    change: Literal["state"] = "state"
    element: Element
    state: Literal["checked", "selected", "expanded", "disabled", "pressed"]
    after: bool


class CountChanged(Value):
    """The number of items (`element` is one of them or its list; `items` finds them all) changed; or, where the number
    is the same, their order, which `texts` tells."""

    change: Literal["count"] = "count"
    element: Element
    items: Candidate
    before: Count
    after: Count
    texts: Annotated[tuple[Text, ...], Field(max_length=limits.ORDERED_ITEMS_MAX)] = ()


Change = Annotated[
    Appeared | Gone | TextChanged | ValueChanged | StateChanged | CountChanged,
    Field(discriminator="change"),
]
Changes = Annotated[tuple[Change, ...], Field(max_length=limits.CHANGES_MAX)]


class Effect(EventBase):
    """What the page showed once it was quiet after the action `cause` (None: after the first load).

    `page` is the page before, `after` the page now. `settled` is False when the page never became quiet. `touched`
    says that the page changed something right around the element that was clicked, or took a Tab for itself, be it
    nothing that can be seen in `changes` (a star that is coloured, a hidden field, the next cell of a table).
    """

    kind: Literal["effect"] = "effect"
    cause: Ref | None = None
    after: Page = Page()
    changes: Changes = ()
    settled: bool = True
    touched: bool = False


class End(EventBase):
    """The journey is over."""

    kind: Literal["end"] = "end"


class Opaque(EventBase):
    """Something that a format carries and that is no step (a page leave, a custom analytics event); `name` tells."""

    kind: Literal["opaque"] = "opaque"
    name: Text = ""


Chunk = Annotated[str, StringConstraints(max_length=limits.EVENT_BYTES_MAX)]


class Recording(EventBase):
    """A stretch of an rrweb recording of one tab, from `at_ms` on, pruned to what tells the user's actions.

    `chunk` is a JSON list, zlib-compressed, in base64; `pipeline.intake.rrweb` alone reads and writes it, and turns
    the recordings of a window into actions before a story is built. `left_out` says in plain words what was too large.
    """

    kind: Literal["recording"] = "recording"
    chunk: Chunk = ""
    left_out: Text = ""


class RecorderError(EventBase):
    """The recorder can't work in this page, or met an error of its own; no step of the user.

    `error` is what it couldn't do: `start` at all, `serialise` events, `observe` changes, `listen`, `read` the page,
    `send`; or a `fault` of its own code. `where` is the error's kind and its place in the script, never its message.
    """

    kind: Literal["recorder_error"] = "recorder_error"
    error: RecorderFault
    where: Text = ""


Action = Click | Fill | Select | Check | Press | Upload | Drag | Hover | Scroll
Event = Annotated[
    Click
    | Fill
    | Select
    | Check
    | Press
    | Upload
    | Drag
    | Hover
    | Scroll
    | Dialog
    | Popup
    | Download
    | Navigation
    | Request
    | Effect
    | End
    | Opaque
    | Recording
    | RecorderError,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Parses and prints one event of any kind."""
