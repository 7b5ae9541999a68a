"""Bodies while they arrive and are worked on, within bounds.

What counts is what has come, never what was announced. Who sends slowly is not waited for: a body that has not come at
BYTES_S_MIN after GRACE_S, or not within BODY_SECONDS_MAX, is given up, and where places or bytes run short the one that
was silent longest makes room, of the visitor's own ones first. So slow senders take nobody's place.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agents.metrics import Metrics
from agents.web.errors import ApiError

BODY_SECONDS_MAX: Final = 30.0
"""How long a client may take to send its body."""
GRACE_S: Final = 5.0
BYTES_S_MIN: Final = 2_048
"""Bytes a second that a body must come at in the average, after the grace."""


@dataclass(frozen=True, slots=True)
class Places:
    """Bounds of bodies and their bytes, in all and for one visitor; of these, the ones that are still arriving."""

    bodies_max: int
    visitor_bodies_max: int
    arriving_max: int
    visitor_arriving_max: int
    bytes_max: int
    visitor_bytes_max: int


EVENT_PLACES: Final = Places(512, 256, 512, 64, 64 * 1024 * 1024, 32 * 1024 * 1024)
"""Of bodies with events."""
UNKNOWN_PLACES: Final = Places(128, 64, 128, 32, 16 * 1024 * 1024, 8 * 1024 * 1024)
"""Of bodies in which the key must first be looked for."""
EDIT_PLACES: Final = Places(32, 16, 32, 8, 16 * 1024 * 1024, 8 * 1024 * 1024)
"""Of edits that people save."""


@dataclass(slots=True, eq=False)
class Body:
    """One body that is being served. `timeout` ends its reading; None once it has arrived."""

    visitor: str
    began_s: float
    heard_s: float
    timeout: asyncio.Timeout | None = None
    size_bytes: int = 0
    pushed_out: bool = False


class Gate:
    """The bodies that are served at the moment. One event loop's; each place is held by an `admitted`."""

    def __init__(self, metrics: Metrics, places: Places) -> None:
        self._metrics, self._places = metrics, places
        self._bodies: dict[Body, None] = {}
        self._of_visitor: Counter[str] = Counter()
        self._bytes_of_visitor: Counter[str] = Counter()
        self._bytes = 0

    @asynccontextmanager
    async def admitted(self, visitor: str, busy_status: int) -> AsyncIterator[Body]:
        """Holds a place for a body. Raises ApiError with `busy_status` where there is none to be had."""
        now_s = asyncio.get_running_loop().time()
        body = Body(visitor, now_s, now_s)
        self._make_place(body, busy_status)
        self._bodies[body] = None
        self._of_visitor[visitor] += 1
        self._metrics.http_requests_in_flight.inc()
        try:
            yield body
        finally:
            del self._bodies[body]
            self._less(self._of_visitor, visitor, 1)
            self._forget(body)
            self._metrics.http_requests_in_flight.dec()

    async def read(
        self, body: Body, request: web.Request, bytes_max: int, too_large: ApiError, busy_status: int
    ) -> bytes:
        """The whole body. Raises `too_large` beyond `bytes_max`, ApiError (408, busy) where it can't be waited for."""
        loop, content = asyncio.get_running_loop(), bytearray()
        try:
            async with asyncio.timeout_at(body.began_s + GRACE_S) as body.timeout:
                async for piece in request.content.iter_any():
                    if len(content) + len(piece) > bytes_max:
                        raise too_large
                    if body.pushed_out:
                        break
                    self.count(body, len(piece), busy_status)
                    content += piece
                    body.heard_s = loop.time()
                    by_rate_s = body.began_s + GRACE_S + len(content) / BYTES_S_MIN
                    body.timeout.reschedule(min(by_rate_s, body.began_s + BODY_SECONDS_MAX))
        except TimeoutError:
            if not body.pushed_out:
                raise ApiError(408, "too_slow", "the body did not arrive in time", "send it again") from None
        finally:
            body.timeout = None
        if body.pushed_out:
            raise self._busy("slow", busy_status)
        return bytes(content)

    def count(self, body: Body, size_bytes: int, busy_status: int) -> None:
        """Counts bytes that have come; where there are too many, silent bodies make room, else this one does."""
        places, visitor = self._places, body.visitor
        while self._bytes_of_visitor[visitor] + size_bytes > places.visitor_bytes_max:
            if not self._push_out(self._arriving(visitor), body):
                raise self._busy("bytes", busy_status)
        while self._bytes + size_bytes > places.bytes_max:
            if not self._push_out(self._arriving(), body):
                raise self._busy("bytes", busy_status)
        body.size_bytes += size_bytes
        self._bytes += size_bytes
        self._bytes_of_visitor[visitor] += size_bytes
        self._metrics.http_bytes_in_flight.inc(size_bytes)

    def _make_place(self, body: Body, busy_status: int) -> None:
        places, own, every = self._places, self._arriving(body.visitor), self._arriving()
        if len(own) >= places.visitor_arriving_max:
            self._push_out(own, body)
        elif len(every) >= places.arriving_max:
            self._push_out(every, body)
        if self._of_visitor[body.visitor] >= places.visitor_bodies_max and not self._push_out(own, body):
            raise self._busy("requests", busy_status)
        if len(self._bodies) >= places.bodies_max and not self._push_out(every, body):
            raise self._busy("requests", busy_status)

    def _arriving(self, visitor: str | None = None) -> list[Body]:
        return [
            one
            for one in self._bodies
            if one.timeout is not None and not one.pushed_out and visitor in (None, one.visitor)
        ]

    def _push_out(self, among: Iterable[Body], newcomer: Body) -> bool:
        """Gives up the body that was silent longest; its bytes count no more. False where there is none."""
        silent = min((one for one in among if one is not newcomer), key=lambda one: one.heard_s, default=None)
        if silent is None or silent.timeout is None or silent.pushed_out:
            return False
        silent.pushed_out = True
        silent.timeout.reschedule(0)
        self._forget(silent)
        return True

    def _forget(self, body: Body) -> None:
        self._bytes -= body.size_bytes
        self._less(self._bytes_of_visitor, body.visitor, body.size_bytes)
        self._metrics.http_bytes_in_flight.dec(body.size_bytes)
        body.size_bytes = 0

    @staticmethod
    def _less(counted: Counter[str], name: str, by: int) -> None:
        counted[name] -= by
        if counted[name] <= 0:
            del counted[name]

    def _busy(self, bound: str, status: int) -> ApiError:
        self._metrics.http_busy.labels(bound).inc()
        return ApiError(status, "busy", "as much as we can take is under way", "send it again a little later")


def media_type(request: web.Request) -> str:
    """The kind of the body, in lower case, without its parameters: many of them cost a tenth of a second to read, and
    nobody here asks for them."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
