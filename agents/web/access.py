"""Who may call what: keys and origins, looked at before a call does anything.

A key comes as `Authorization: Bearer …`. Pages may give theirs as `?key=` too, because a beacon has no headers and a
request with that one would need a preflight; PostHog's clients put theirs, the project token, into the body. Keys that
read are taken from the header only: addresses end up in histories and logs.
"""

from typing import Final

from aiohttp import web

from agents.keys import OPEN, Keys, Use
from agents.web.calls import Call
from agents.web.errors import ApiError
from agents.web.guards.admission import KEY, known
from agents.web.guards.visitors import Visitors
from pipeline.semantics import urls

_BEARER: Final = "bearer "
_OWN_SITES: Final = frozenset({"same-origin", "none"})
"""What browsers call our own pages, and people who typed the address."""


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


class Home:
    """The origins of our own pages, each a scheme, a host and a port: the one that was asked, and the web URL's."""

    def __init__(self, web_url: str, visitors: Visitors) -> None:
        self._named, self._visitors = urls.origin(web_url), visitors

    def has(self, origin: str, request: web.Request) -> bool:
        """Whether a request's `Origin` is one of them."""
        asked = urls.origin(f"{self._visitors.scheme_of(request)}://{request.host}")
        return origin != "" and urls.origin(origin) in {asked, self._named} - {""}


def check_page(home: Home, request: web.Request) -> None:
    """Raises ApiError (403) for what a page of another origin asks: it may send events, and neither read nor save.

    Browsers say where a request comes from; who is no browser says nothing, and no page can make it ask. A link from
    elsewhere may be followed: its page does not see the answer.
    """
    origins = request.headers.getall("Origin", [])
    sites = {one.strip().lower() for one in request.headers.getall("Sec-Fetch-Site", [])}
    at_home = all(home.has(one, request) for one in origins)
    if not at_home or not (sites <= _OWN_SITES or _is_visit(request)):
        hint = "ask from this host's own pages, or from a program"
        raise ApiError(403, "foreign_page", "pages of other origins may send events here, and nothing else", hint)


def _is_visit(request: web.Request) -> bool:
    """Whether a person goes to the address, in a tab."""
    asked = request.headers
    return (
        request.method in ("GET", "HEAD")
        and asked.get("Sec-Fetch-Mode") == "navigate"
        and asked.get("Sec-Fetch-Dest") == "document"
    )


def check_origin(origins: frozenset[str] | None, home: Home, request: web.Request) -> None:
    """Raises ApiError (403) for events from a page of an origin that isn't listed. A page of our own host is at home,
    and who sends no origin is no page."""
    origin = request.headers.get("Origin")
    if origin is None or allowed_origin(origins, request) is not None:
        return
    if not home.has(origin, request):
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
