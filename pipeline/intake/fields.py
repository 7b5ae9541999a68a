"""What every format needs: times, ids, texts within bounds, and the envelope of an event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NotRequired, TypedDict
from uuid import UUID, uuid5

import orjson

from pipeline.semantics import urls
from schemas import limits
from schemas.codecs import BadInput
from schemas.events import Page, Source, Traffic

_EVENTS = UUID("5f0c7d0e-8a55-5f0b-9f52-6f0a5ad5c9f1")
"""Namespace of the ids that we give to events that come without one."""
_SECONDS_MAX = 100_000_000_000
"""Numbers up to this are seconds (year 5138), beyond it milliseconds (from 1973 on)."""
_DIGITS = re.compile(r"[+-]?\d{9,14}(\.\d{1,9})?")
APP_UNKNOWN = "unknown"
"""The app of an event that names neither an app nor an address."""


class Envelope(TypedDict):
    """What every event carries besides its kind: keyword arguments of every event class."""

    id: str
    app: str
    session_id: str
    journey_id: str
    user_id: str | None
    tab_id: str
    at_ms: int
    seq: int
    source: Source
    traffic: NotRequired[Traffic | None]
    page: Page


@dataclass(frozen=True, slots=True)
class Who:
    """Whose event it is, in our three ids."""

    app: str
    session_id: str
    journey_id: str


def who(app: str | None, session_id: str | None, journey_id: str | None, page_url: str, host: str = "") -> Who:
    """Fills in the ids that are missing from those that are there.

    The app defaults to the page's host, the journey to app and session, the session to the journey. Raises BadInput
    when both session and journey are missing.
    """
    app = app or host_of(page_url) or host.lower()[: limits.ID_CHARS_MAX] or APP_UNKNOWN
    if journey_id:
        return Who(app, session_id or journey_id, journey_id)
    if session_id:
        journey = f"{app}:{session_id}"
        return Who(app, session_id, journey if len(journey) <= limits.ID_CHARS_MAX else str(uuid5(_EVENTS, journey)))
    raise BadInput("session_id: missing, and so is journey_id; give at least one of them")


def host_of(url: str) -> str:
    """The host of a web address, with its port, without user name and password; "" where there is none."""
    return urls.parse_any(url).host[: limits.ID_CHARS_MAX]


def id_field(raw: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that is there: text or an integer, at most ID_CHARS_MAX long. Raises BadInput."""
    for name in names:
        value = raw.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise BadInput(f"{name}: should be text")
        text = str(value)
        if len(text) > limits.ID_CHARS_MAX:
            raise BadInput(f"{name}: longer than {limits.ID_CHARS_MAX} characters")
        return text
    return None


_TRAFFIC: Final[Mapping[str, Traffic]] = {"real": "real", "test": "test"}


def traffic_field(raw: Mapping[str, Any]) -> Traffic | None:
    """What the field `traffic` says; None where another word stands there, which means something else to its owner."""
    return _TRAFFIC.get(text_field(raw, "traffic"))


def event_id(raw: Mapping[str, Any]) -> str:
    """The id of an event that came without one: the same for the same content, however it travelled."""
    return str(uuid5(_EVENTS, canonical(raw).decode()))


def canonical(raw: Any) -> bytes:
    """The JSON of a document, its keys sorted. Raises BadInput for what only a recording may hold."""
    try:
        return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise BadInput("nested too deeply, or a text holds half a character") from None


def text_field(raw: Mapping[str, Any], *names: str, chars_max: int = limits.TEXT_CHARS_MAX) -> str:
    """The first of these fields that is there, as text cut to its bound; "" where none is, or none is a scalar."""
    for name in names:
        value = raw.get(name)
        if isinstance(value, str) and value:
            return value[:chars_max]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)[:chars_max]
    return ""


def flag(raw: Mapping[str, Any], *names: str) -> bool:
    """Whether one of these fields is true, or the text "true"."""
    return any(raw.get(name) is True or raw.get(name) == "true" for name in names)


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def time_ms(name: str, value: Any) -> int:
    """An instant in milliseconds since 1970, UTC, from ISO 8601 or from a number of seconds or milliseconds.

    Without a zone it is UTC. Raises BadInput with the field's name and what is wrong.
    """
    if isinstance(value, str):
        return _from_text(name, value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadInput(f"{name}: missing or no time; give ISO 8601 or a number of seconds or milliseconds since 1970")
    at_ms = round(value * 1000) if abs(value) < _SECONDS_MAX else round(value)
    return _in_range(name, at_ms)


def _from_text(name: str, text: str) -> int:
    if _DIGITS.fullmatch(text):
        return time_ms(name, float(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        reason = str(error) if "must be in" in str(error) else "not ISO 8601, as in 2024-10-10T22:53:05.563Z"
        raise BadInput(f"{name}: no valid time: {reason}") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        seconds = moment.timestamp()
    except (OverflowError, ValueError):
        raise BadInput(f"{name}: before 1970 or after 2999") from None
    return _in_range(name, round(seconds * 1000))


def _in_range(name: str, at_ms: int) -> int:
    if not 0 <= at_ms <= limits.AT_MS_MAX:
        raise BadInput(f"{name}: before 1970 or after 2999")
    return at_ms
