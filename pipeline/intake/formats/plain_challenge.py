"""Events of the challenge format in the shape that its description shows: decoded by type, and what each of them says
of its page, its app and its element is looked up, not made anew. Whatever has another name, another type or a kind
beyond the frequent ones is left to `challenge`; both give equal events.
"""

from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec

from pipeline.intake.elements import is_field, with_text
from pipeline.intake.fields import Envelope, time_ms, who
from pipeline.intake.formats import posthog
from pipeline.intake.formats.canonical import UNREADABLE
from pipeline.intake.formats.challenge import (
    KINDS,
    ORDER,
    Kind,
    Target,
    input_event,
    navigation_event,
    page_url,
    target_of,
)
from pipeline.semantics.derived import once_per_text
from schemas import limits
from schemas.base import made
from schemas.elements import Element
from schemas.events import Click, End, Event, Page

FIELDS_MAX: Final = 1_024
"""Fields and bare elements whose making is kept: those of some dozen forms, 8 MB."""
ATTRIBUTES_MAX: Final = 8
"""An element that is described by more attributes goes the slow way: it would make a large key."""
NUL: Final = b"\\u0000"

_Text = Annotated[str, msgspec.Meta(max_length=limits.TEXT_CHARS_MAX)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.ID_CHARS_MAX)]
_Number = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31)]
_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Attributes = dict[_Text, _Text]


class _Properties(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What is not said has its default, and what is in no field of ours is of no use."""

    session_id: _Name
    journey_id: _Name
    distinct_id: _Name | None = None
    url: Annotated[str, msgspec.Meta(max_length=limits.URL_CHARS_MAX)] = msgspec.field(default="", name="$current_url")
    host: _Text = msgspec.field(default="", name="$host")
    path: _Text = msgspec.field(default="", name="$pathname")
    kind: _Text = msgspec.field(default="", name="eventType")
    tag: _Text = msgspec.field(default="", name="elementType")
    text: _Text = msgspec.field(default="", name="elementText")
    attributes: Annotated[_Attributes, msgspec.Meta(max_length=ATTRIBUTES_MAX)] = msgspec.field(
        default_factory=dict, name="elementAttributes"
    )
    timestamp: _Text | _Moment = ""
    browser: _Text = msgspec.field(default="", name="$browser")
    device: _Text = msgspec.field(default="", name="$device")
    referrer: str = msgspec.field(default="", name="$referrer")
    screen_height: _Number = msgspec.field(default=0, name="$screen_height")
    screen_width: _Number = msgspec.field(default=0, name="$screen_width")
    x: _Number = 0
    y: _Number = 0


class _Told(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    uuid: _Name
    event: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.TEXT_CHARS_MAX)]
    timestamp: _Text | _Moment
    properties: _Properties


class _Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    events: list[_Told]


_decode_many = msgspec.json.Decoder(_Message).decode
_decode_one = msgspec.json.Decoder(_Told).decode


def plain_events(raw: bytes, events_max: int) -> list[Event] | None:
    """The events of a message, None where any of them is for the slow way."""
    if NUL in raw:
        return None
    try:
        if raw.startswith(b'{"events"'):
            told = _decode_many(raw).events
        elif raw.startswith(b'{"uuid"'):
            told = [_decode_one(raw)]
        else:
            return None
    except UNREADABLE:
        return None
    if len(told) > events_max:
        return None
    events = []
    for one in told:
        event = _event(one)
        if event is None:
            return None
        events.append(event)
    return events


def _event(told: _Told) -> Event | None:
    kind = _kind(told.event)
    if kind not in ("click", "input", "navigation", "end"):
        return None
    try:
        at_ms = time_ms("timestamp", told.timestamp)
    except ValueError:
        return None  # the slow way says what is wrong
    props = told.properties
    page = _page(props.url, props.host, props.path)
    base = Envelope(
        id=told.uuid,
        app=_app(page.url, props.host),
        session_id=props.session_id,
        journey_id=props.journey_id,
        user_id=props.distinct_id,
        tab_id="",
        at_ms=at_ms,
        seq=ORDER[kind],
        source="challenge",
        traffic=None,
        page=page,
    )
    if kind == "end":
        return made(End, {**base})
    aim = _target(props)
    if kind == "click":
        return made(Click, {**base, "target": aim[0]})
    return input_event(base, aim, None, None) if kind == "input" else navigation_event(base, aim, "")


@once_per_text
def _kind(name: str) -> Kind:
    """The kind of an event of this name, "opaque" where it is one of another format."""
    bare = name.lower().replace("$", "").replace("-", "").replace("_", "")
    return "opaque" if name in posthog.NAMES else KINDS.get(bare, "opaque")


@once_per_text
def _page(url: str, host: str, path: str) -> Page:
    return Page(url=page_url({"$current_url": url, "$host": host, "$pathname": path}))


@once_per_text
def _app(url: str, host: str) -> str:
    return who(None, "s", "j", url, host).app


def _target(props: _Properties) -> Target:
    attributes = tuple(props.attributes.items())
    bare, known, takes_text = _bare(props.tag, attributes)
    if takes_text and props.text:
        return _texted(props.tag, attributes, props.text), known, props.text
    return bare, known, props.text


@lru_cache(maxsize=FIELDS_MAX)
def _bare(tag: str, attributes: tuple[tuple[str, str], ...]) -> tuple[Element, dict[str, str], bool]:
    """The element without a text, its attributes as they are read, and whether its text is its own, not its value."""
    target, known, _ = target_of(_described(tag, attributes, ""))
    return target, known, not is_field(target.tag, known)


@once_per_text
def _texted(tag: str, attributes: tuple[tuple[str, str], ...], text: str) -> Element:
    bare, known, _ = _bare(tag, attributes)
    return with_text(bare, known, text)


def _described(tag: str, attributes: tuple[tuple[str, str], ...], text: str) -> dict[str, Any]:
    return {"elementType": tag, "elementAttributes": dict(attributes), "elementText": text}
