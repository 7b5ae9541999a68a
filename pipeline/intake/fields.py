"""What every format needs: times, ids, texts within bounds, and the envelope of an event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NotRequired, TypedDict
from uuid import UUID, uuid5

import orjson

from pipeline.semantics import urls
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.secret_words import kind_by_words
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


_GRANTING_NAME = (
    r"(?:(?:[^=&#;?\s%]|%5B){0,40}"
    r"(?:token|secret|signature|passw[a-z]{0,6}|pass|passphrase|passcode|pwd|bearer|verifier|samlre(?:quest|sponse)|"
    r"credentials?|jwt|otp|hmac|sess(?:ion)?[-_]?id|(?:api|access|auth|private|secret|session|shared?|subscription|"
    r"activation|license|master|signing|encryption|consumer|login|reset)[-_]?(?:key|hash)(?:id)?|[-_]sig|"
    r"card[-_]?number|cvc|cvv)"
    r"|(?:[^=&#;?\s%]{0,40}(?:[.\[]|%5B))?(?:"
    r"(?:verify|verification|confirm|confirmation|activation|reset|login|invite|invitation)[-_]?(?:id|hash)|"
    r"(?:(?:auth|access|login|reset|verify|verification|confirm|confirmation|invite|sms|one[-_]?time|security|csrf|xsrf|"
    r"oob|user|device|activation|pairing|backup|recovery|mfa|2fa)[-_]?)?"
    r"(?:code|key|sig|sign|hash|auth|authorization|sid|session|pin|ticket|magic|invite|invitation|assertion|credential|nonce|"
    r"sas|pw|tok|tkn|sess|sesskey|[cx]srf|v(?:eri(?:fy)?)?code)))"
    r"(?:\[|\]|\)|%5B|%5D){0,3}"
)
"""How parameters are called that grant access."""
_SECRET_IN_URL = re.compile(rf"(?P<name>[?&#;~]{_GRANTING_NAME}[=:])[^&#;\s]+", re.IGNORECASE)
_SECRET_IN_INNER_URL = re.compile(
    rf"(?P<name>%(?:25){{0,3}}(?:3F|26|23|3B){_GRANTING_NAME}(?:%(?:25){{0,3}}3D|=))"
    r"(?:[^&#;\s%]|%(?!(?:25){0,3}(?:26|23|3B)))+",
    re.IGNORECASE,
)
"""The same in an address within an address."""
_NEEDLESS = re.compile(r"%(2D|5F|3\d|[46][1-9A-F]|[57][0-9A])", re.IGNORECASE)
"""A plain letter, digit or sign that is written as a number all the same."""
_JWT = re.compile(r"(?P<before>(?<![\w-])(?=[\w-]++\.[\w-]{4})[\w-]*?)eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")
"""Looked for from the beginning of a word alone, and only in one that a dot ends: each letter is read twice at most."""
_GRANT_IN_PATH = re.compile(
    r"(?P<name>/(?:(?:(?:re)?set|forgot|change|recover)-?password|password-?reset|(?:verify|confirm)-?e?mail|"
    r"e?mail-?verification|accept-?invit\w{1,9}|(?:login|invite|magic)-?link|reset|token|verify|verification|confirm|"
    r"confirmation|activate|activation|invite|invitations?|magic|recover|unlock|unsubscribe|signed|auth|sso|otp|code)/)"
    r"(?P<value>[^/?#\s]{6,4000})",
    re.IGNORECASE,
)
"""What follows in a path on one of these words is what makes the address work, if it looks drawn by chance."""
_GRANT_IN_QUERY = re.compile(
    r"(?P<name>[?&#;](?:reset|verify|verification|confirm|confirmation|activate|activation|recover|unlock|unsubscribe|optout|"
    r"signed|pairing|mac|digest|checksum|refresh|cred|clearance)=)(?P<value>[^&#;\s]{6,4000})",
    re.IGNORECASE,
)
"""The same of a parameter that is called by what it lets one do."""
_NAMED = re.compile(r"(?P<before>[?&#;](?P<name>[^=&#;?\s%]{3,40})=)(?!withheld(?:[&#;]|$))[^&#;\s]+")
_SHORT_LINK = re.compile(
    r"(?P<name>/(?:l|s|r|i|m|go|links?|shared?|join|password|pw|sessions?|callback|(?:web)?hooks?|secrets?|tokens|keys?|"
    r"one-?time|sign-?in|log-?in)/)"
    r"(?P<value>[A-Za-z0-9]{10,4000})(?=[/?#]|$)"
)
"""What follows on one of these is the address itself of something that whoever knows it may see, if chance wrote it."""
_DRAWN = re.compile(r"\d|[a-z][A-Z]|^.{20}")
_LONG = re.compile(r"[A-Za-z0-9]{10}|[\w~.-]{24}")
_SEGMENT = re.compile(r"/(?P<value>[\w~.-]{24,4000})(?=[/?#]|$)", re.ASCII)
_VALUE = re.compile(
    r"(?P<before>[?&#;](?:(?P<name>[^=&#;?\s]{1,80})=)?)(?P<value>[\w~.+/%-]{10,4000}=*)(?=[&#;]|$)", re.ASCII
)
"""A value that grants access, whatever it is called; what is called an id may be one of a thing."""
_ID_NAME = re.compile(r"(?:id|ref|sha|commit|rev|v)$", re.IGNORECASE)
_NAMES_KEPT: Final = 4_096
_HEX_CHARS_MIN, _ID_CHARS_MIN, _CHANCE_CHARS_MIN, _MIXED_CHARS_MIN = 32, 24, 16, 10
_WORD_WITHIN = re.compile(r"[-_.][a-zA-Z]{4,4000}[-_.]")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_OTHER_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_RUNS = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_RUN_CHARS, _SHORT_RUN_CHARS = 3.2, 1.7
"""Letters of one kind, or digits, stand together no longer on average where they were drawn by chance; in short values
names of products have letters of both kinds and digits too, in longer runs."""
_URL_SUSPECT = re.compile(
    r"@|pass|pwd|pin|otp|cv[cv]|card|secret|token|key|cod|sig|auth|sid|sess|ticket|magic|invit|assert|cred|jwt|hmac|"
    r"eyJ|reset|verif|confirm|activat|unsub|optout|sso|bearer|saml|nonce|hash|pw|sas|recover|unlock|set-?pass|tok|tkn|[cx]srf|"
    r"pair|mac|digest|checks|refresh|cred|clearan|signed|%",
    re.IGNORECASE,
)


@once_per_text
def safe_url(url: str) -> str:
    """An address within its bound, without a user's name and password and without values of secret parameters."""
    return bare_url(url[: limits.URL_CHARS_MAX])[: limits.URL_CHARS_MAX]  # the mark may be longer than the value


def bare_url(url: str) -> str:
    """An address of any length, likewise."""
    url = _NAMED.sub(_named, url) if "=" in url else url
    if not _URL_SUSPECT.search(url):
        return _without_chance(url)
    needless = _NEEDLESS.sub(lambda found: chr(int(found[1], 16)), url)
    plain = needless if needless != url and _without_parameters(needless) != needless else url
    bare = _JWT.sub(rf"\g<before>{urls.WITHHELD}", urls.without_user(plain) if "@" in plain else plain)
    granted = _GRANT_IN_QUERY.sub(_granting, _GRANT_IN_PATH.sub(_granting, _without_parameters(bare)))
    return _without_chance(granted)


def _named(found: re.Match[str]) -> str:
    return found["before"] + urls.WITHHELD if _names_secret(found["name"]) else found[0]


@lru_cache(maxsize=_NAMES_KEPT)
def _names_secret(name: str) -> bool:
    """Whether a parameter is called as fields for secrets are, in any language."""
    return kind_by_words(name) is not None


def _without_chance(url: str) -> str:
    """The address without parts and values that only chance writes, if it is one and not a text."""
    if not _LONG.search(url) or " " in url:
        return url
    linked = _SHORT_LINK.sub(
        lambda found: found["name"] + urls.WITHHELD if _is_chance(found["value"], "") else found[0], url
    )
    short = _SEGMENT.sub(lambda found: f"/{urls.WITHHELD}" if _is_drawn(found["value"]) else found[0], linked)
    return _VALUE.sub(
        lambda found: found["before"] + urls.WITHHELD if _is_chance(found["value"], found["name"] or "") else found[0],
        short,
    )


def _is_drawn(part: str) -> bool:
    """Whether a part of a path has letters beyond those of numbers in base 16: ids of things are such numbers."""
    mixed = part not in (part.lower(), part.upper()) and not part.isalpha()
    return mixed and not _WORD_WITHIN.search(part)


def _is_chance(value: str, name: str) -> bool:
    """Whether letters and digits take turns as they do by chance only: words and names of files have longer runs."""
    return any(_is_chance_part(part, _ID_NAME.search(name) is not None) for part in _OTHER_SIGNS.split(value))


def _is_chance_part(part: str, is_id: bool) -> bool:
    length, runs = len(part), len(_RUNS.findall(part))
    mixed = part not in (part.lower(), part.upper())
    if part.isalpha():
        return False
    if is_id:
        return mixed and length >= _ID_CHARS_MIN and runs * _RUN_CHARS > length
    if mixed and length >= _MIXED_CHARS_MIN and runs * _SHORT_RUN_CHARS > length:
        return True
    return length >= (_HEX_CHARS_MIN if _HEX.fullmatch(part) else _CHANCE_CHARS_MIN) and runs * _RUN_CHARS > length


def _without_parameters(url: str) -> str:
    told = _SECRET_IN_URL.sub(rf"\g<name>{urls.WITHHELD}", url)
    return _SECRET_IN_INNER_URL.sub(rf"\g<name>{urls.WITHHELD}", told) if "%" in told else told


def _granting(found: re.Match[str]) -> str:
    return found["name"] + (urls.WITHHELD if _DRAWN.search(found["value"]) else found["value"])


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
