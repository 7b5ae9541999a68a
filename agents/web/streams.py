"""Answers that stay open and say what happens (server-sent events): how many, how long, and how they are written."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import orjson
from aiohttp import web

from agents.web.errors import ApiError

STREAMS_MAX: Final = 64
"""Open at once, in all."""
VISITOR_STREAMS_MAX: Final = 16
"""Open at once for one visitor: a person's tabs, or the people behind one proxy."""
LIFE_S: Final = 600.0
"""How long one stays open; who wants more asks again with the last id."""
HEARTBEAT_S: Final = 15.0
"""The longest silence, so that proxies keep it open and a client that is gone is noticed."""
WRITE_S: Final = 10.0
"""How long a client may take to read what it was sent."""
RETRY_MS: Final = 2_000
"""When a client should ask again after an end."""
BUSY_RETRY_S: Final = 15
"""When it should where there is no place."""
HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


class Gone(ConnectionError):
    """The client left, or reads no more."""


class Streams:
    """The streams that are open at the moment. One event loop's."""

    def __init__(self, streams_max: int = STREAMS_MAX, visitor_streams_max: int = VISITOR_STREAMS_MAX) -> None:
        self._max, self._visitor_max = streams_max, visitor_streams_max
        self._of_visitor: Counter[str] = Counter()
        self._closing = asyncio.Event()
        self._shared: tuple[float, Any] | None = None

    @asynccontextmanager
    async def place(self, visitor: str) -> AsyncIterator[None]:
        """Holds a place. Raises ApiError: 429 where the visitor has as many as it may, 503 where all are taken."""
        hint = "close one of them, or ask for GET /api/v1/live now and then"
        if self._of_visitor[visitor] >= self._visitor_max:
            message = f"{self._visitor_max} streams are open from your address"
            raise ApiError(429, "too_many_streams", message, hint, retry_after_s=BUSY_RETRY_S)
        if self._of_visitor.total() >= self._max:
            raise ApiError(503, "busy", f"{self._max} streams are open", hint, retry_after_s=BUSY_RETRY_S)
        self._of_visitor[visitor] += 1
        try:
            yield
        finally:
            self._of_visitor[visitor] -= 1
            if not self._of_visitor[visitor]:
                del self._of_visitor[visitor]

    async def pause(self, seconds: float) -> bool:
        """Waits, and says whether to go on: the server may be ending."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        return not self._closing.is_set()

    def shared(self, age_max_s: float, make: Callable[[], Any]) -> Any:
        """What all streams say, made anew where it is older than this."""
        now_s = asyncio.get_running_loop().time()
        if self._shared is None or now_s - self._shared[0] >= age_max_s:
            self._shared = (now_s, make())
        return self._shared[1]

    def close(self) -> None:
        """Has every stream end soon."""
        self._closing.set()


class Stream:
    """One open answer. Example:  stream = await Stream.opened(request); await stream.say("story", {"id": "s1"})"""

    def __init__(self, request: web.Request, answer: web.StreamResponse) -> None:
        self._request, self.answer = request, answer
        self._loop = asyncio.get_running_loop()
        self._began_s = self._said_s = self._loop.time()

    @classmethod
    async def opened(cls, request: web.Request) -> "Stream":
        """Sends the head of the answer."""
        answer = web.StreamResponse(headers=HEADERS)
        await answer.prepare(request)
        stream = cls(request, answer)
        await stream._write(f"retry: {RETRY_MS}\n\n".encode())
        return stream

    @property
    def is_over(self) -> bool:
        """Whether it was open for as long as it may be."""
        return self._loop.time() - self._began_s >= LIFE_S

    async def say(self, kind: str, value: Any, event_id: str = "") -> None:
        """Sends one event; JSON has no line breaks of its own. Raises Gone."""
        head = f"id: {event_id}\n" if event_id else ""
        await self._write(f"{head}event: {kind}\ndata: ".encode() + orjson.dumps(value) + b"\n\n")

    async def beat(self) -> None:
        """Says that it is still there, where it was silent for HEARTBEAT_S. Raises Gone."""
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise Gone("the client left")
        if self._loop.time() - self._said_s >= HEARTBEAT_S:
            await self._write(b":\n\n")

    async def _write(self, piece: bytes) -> None:
        try:
            async with asyncio.timeout(WRITE_S):
                await self.answer.write(piece)
        except (OSError, TimeoutError) as error:
            raise Gone(type(error).__name__) from None
        self._said_s = self._loop.time()
