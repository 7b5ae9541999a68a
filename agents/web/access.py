"""Who may call what: keys and origins, looked at before a call does anything.

A key comes as `Authorization: Bearer …`. Pages may give theirs as `?key=` too, because a beacon has no headers and a
request with that one would need a preflight; PostHog's clients put theirs, the project token, into the body. Keys that
read are taken from the header only: addresses end up in histories and logs.
"""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from agents.keys import OPEN, Keys, Use
from agents.web.admission import KEY, known
from agents.web.calls import Call
from agents.web.errors import ApiError

_BEARER: Final = "bearer "


def check_key(keys: Keys, call: Call, request: web.Request) -> None:
    """Notes the key that a request came with. Raises ApiError: 401 without a known key, 403 with one for other uses."""
    if not keys.required or call.access == "open":
        request[KEY] = OPEN
        return
    use: Use = "write" if call.access == "write" else "read"
    text = _presented(request, in_query=use == "write")
    if text is None and call.key_in_body:
        return
    key = known(keys, text, use)
    if call.access == "operate" and key.app is not None:
        raise ApiError(403, "wrong_key", f"the key is for app {key.app!r} only", "use one that reads all apps")
    request[KEY] = key


def _presented(request: web.Request, *, in_query: bool) -> str | None:
    header = request.headers.get("Authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :].strip()
    return request.query.get("key") if in_query else None


def check_origin(origins: frozenset[str] | None, request: web.Request) -> None:
    """Raises ApiError (403) for events from a page of an origin that isn't listed. A page of our own host is at home,
    and who sends no origin is no page."""
    origin = request.headers.get("Origin")
    if origin is None or allowed_origin(origins, request) is not None:
        return
    try:
        at_home = urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:
        at_home = False
    if not at_home:
        hint = "add the page's origin to JOURNEYWRIGHT_CORS_ORIGINS"
        raise ApiError(403, "origin_not_allowed", "pages of this origin may not send events here", hint)


def allowed_origin(origins: frozenset[str] | None, request: web.Request) -> str | None:
    """What `Access-Control-Allow-Origin` says; None: nothing."""
    if origins is None:
        return "*"
    origin = request.headers.get("Origin", "")
    return origin if origin.lower() in origins else None


def allow_origin(origins: frozenset[str] | None, request: web.Request, answer: web.StreamResponse) -> None:
    """Puts the origin's permission on an answer."""
    allowed = allowed_origin(origins, request)
    if allowed is not None:
        answer.headers["Access-Control-Allow-Origin"] = allowed
    if origins is not None:
        answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), "Origin")))
