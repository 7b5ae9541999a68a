"""Connections of the web port, bounded: who opens many and says nothing on them takes no place from others."""

from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from agents.web.guards.visitors import Visitors, address_of, visitor_at

CONNECTIONS_MAX: Final = 800
"""In all: below the 1,024 files that a process may have open where nobody said otherwise."""
VISITOR_CONNECTIONS_MAX: Final = 320
"""Of one visitor; a trusted proxy, who speaks for many, may have all."""
IDLE_S: Final = 75.0
"""How long a connection is kept on which no request comes, or only a part of its head."""


class BoundedServer(web.Server):
    """Closes the connection that waits longest for a request where there are too many, the visitor's own ones first;
    the new one where all are at work."""

    visitors: Visitors

    def connection_made(self, handler: RequestHandler, transport: Any) -> None:
        """Called by aiohttp for each connection."""
        super().connection_made(handler, transport)
        visitor = self._visitor(transport)
        own = [one for one, its in self._connections.items() if self._visitor(its) == visitor] if visitor else []
        if len(own) > VISITOR_CONNECTIONS_MAX:
            self._close_one(own, handler)
        elif len(self._connections) > CONNECTIONS_MAX:
            self._close_one(list(self._connections), handler)

    def _visitor(self, transport: Any) -> str:
        """Who is at the other end; "" for a trusted proxy."""
        peer = transport.get_extra_info("peername")
        address = address_of(str(peer[0])) if isinstance(peer, tuple) else None
        return "" if address is None or self.visitors.trusts(address) else visitor_at(address)

    def _close_one(self, among: list[RequestHandler], newcomer: RequestHandler) -> None:
        """Closes one at once: whoever does not read what it was sent would keep the connection until it did."""
        idle = (one for one in among if one is not newcomer and one._current_request is None and not one._force_close)
        gone = next(idle, newcomer)
        transport = self._connections[gone]
        gone.force_close()
        transport.abort()


class BoundedRunner(web.AppRunner):
    """aiohttp's runner of an application, with a BoundedServer."""

    def __init__(self, web_app: web.Application, visitors: Visitors, **settings: Any) -> None:
        super().__init__(web_app, keepalive_timeout=IDLE_S, **settings)
        self._visitors = visitors

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        bounded = BoundedServer(
            server.request_handler, request_factory=server.request_factory, loop=server._loop, **server._kwargs
        )
        bounded.visitors = self._visitors
        return bounded
