"""The names that a port without keys answers under.

A page of any site can have its own name point to 127.0.0.1 and then counts as one of ours in the visitor's browser: it
may read and save. What it can't change is the name that the browser asks for. A port with keys answers under every
name: such a page knows no key, and proxies ask for names of their own.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from agents.settings import Settings, is_loopback
from agents.web.errors import ApiError, Handler
from agents.web.guards.visitors import address_of

_HOST: Final = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?")
_EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what is compared with, not listened on
HINT: Final = "ask for 127.0.0.1 or localhost, name the host in JOURNEYWRIGHT_WEB_URL, or set JOURNEYWRIGHT_API_KEYS"


class Hosts:
    """The names of this port: those of loopback, of the web host, and of the web URL."""

    def __init__(self, settings: Settings) -> None:
        named = (settings.web_host, urlsplit(settings.web_url).hostname or "")
        self._names = {_plain(one) for one in named} - {""}
        self._everywhere = settings.web_host in _EVERY_ADDRESS

    def serve(self, request: web.BaseRequest) -> bool:
        """Whether a request asks for one of them. Each place where it names a host counts, and there must be one."""
        hosts = list(request.headers.getall("Host", []))
        if not request.raw_path.startswith(("/", "*")):  # a whole address as the target
            hosts.append(request.raw_path.partition("://")[2].partition("/")[0])
        return bool(hosts) and all(self._is_ours(one.lower(), request) for one in hosts)

    def _is_ours(self, host: str, request: web.BaseRequest) -> bool:
        found = _HOST.fullmatch(host)
        name = _plain(found[1]) if found else ""
        if not name:
            return False
        return name in self._names or is_loopback(name) or (self._everywhere and _came_to(name, request))


def _plain(name: str) -> str:
    """A name without the brackets of an address and the dot that may end it."""
    return name.lower().strip("[]").removesuffix(".")


def _came_to(name: str, request: web.BaseRequest) -> bool:
    """Whether it is the very address that the connection came to: no name, so nobody can have it point here."""
    ours = request.transport.get_extra_info("sockname") if request.transport is not None else None
    address = address_of(name)
    return address is not None and isinstance(ours, tuple) and address == address_of(str(ours[0]))


def own_names_only(hosts: Hosts) -> Middleware:
    """A middleware that refuses what asks for another name: 421, whatever the path."""

    @web.middleware
    async def refuse_others(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not hosts.serve(request):
            raise ApiError(421, "unknown_host", "this port has no keys and answers under its own names only", HINT)
        return await handler(request)

    return refuse_others
