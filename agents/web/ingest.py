"""Bodies to messages on the events topic, within bounds.

A request is admitted only while the number of requests and the bytes of their bodies stay under their bounds; beyond,
it is turned away at once with the time to come back. Parsing runs on two threads of its own, so that a large body
never stops the event loop.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agents.faults import trace_of
from agents.metrics import Metrics
from agents.web.admission import KEY, Admission
from agents.web.errors import ApiError
from agents.web.rates import Rates
from agents.web.services import BrokerUnavailable, WebServices
from pipeline.intake import Intake, TooLarge, read_body
from pipeline.messages import Message
from schemas import limits
from schemas.events import Event

LOG = logging.getLogger(__name__)
REQUESTS_IN_FLIGHT_MAX: Final = 256
BYTES_IN_FLIGHT_MAX: Final = 64 * 1024 * 1024
BODY_SECONDS_MAX: Final = 30.0
"""How long a client may take to send its body."""
ACK_SECONDS_MAX: Final = 15.0
PARSERS: Final = 2
FAULTS_LOGGED_MAX: Final = 5
"""Bugs of ours that are logged of one body."""
ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a body gave, ready to be sent."""

    intake: Intake
    messages: tuple[Message, ...]


def prepared(
    raw: bytes,
    content_type: str,
    query: Mapping[str, str],
    admission: Admission,
    pack: Callable[[Iterable[Event]], tuple[Message, ...]],
) -> Prepared:
    """Parses a body. Raises BadInput (not JSON) or TooLarge."""
    intake = read_body(raw, content_type=content_type, query=query, admit=admission)
    try:
        return Prepared(intake, pack(intake.events))
    except Exception:  # noqa: BLE001 - told of the events that it is about
        intake = intake.usable(pack)
        return Prepared(intake, pack(intake.events))


class Gate:
    """How much is being served at the moment, and the bounds of that."""

    def __init__(self, metrics: Metrics, requests_max: int, bytes_max: int) -> None:
        self._metrics, self._requests_max, self._bytes_max = metrics, requests_max, bytes_max
        self._requests = 0
        self._bytes = 0

    @asynccontextmanager
    async def admitted(self, size_bytes: int, busy_status: int) -> AsyncIterator[None]:
        """Holds a place for a body of this size. Raises ApiError with `busy_status` when there is none."""
        for bound, reached in (
            ("requests", self._requests >= self._requests_max),
            ("bytes", self._requests > 0 and self._bytes + size_bytes > self._bytes_max),
        ):
            if reached:
                self._metrics.http_busy.labels(bound).inc()
                raise ApiError(
                    busy_status, "busy", "as much as we can take is under way", "send it again a little later"
                )
        self._change(1, size_bytes)
        try:
            yield
        finally:
            self._change(-1, -size_bytes)

    def _change(self, requests: int, size_bytes: int) -> None:
        self._requests += requests
        self._bytes += size_bytes
        self._metrics.http_requests_in_flight.set(self._requests)
        self._metrics.http_bytes_in_flight.set(self._bytes)


class Ingest:
    """Takes bodies with events. One per process."""

    def __init__(
        self,
        services: WebServices,
        requests_max: int = REQUESTS_IN_FLIGHT_MAX,
        bytes_max: int = BYTES_IN_FLIGHT_MAX,
    ) -> None:
        self._services = services
        self._gate = Gate(services.metrics, requests_max, bytes_max)
        self._rates = Rates(services.settings.rate_events_s)
        self._parsers = ThreadPoolExecutor(PARSERS, thread_name_prefix="intake")

    def close(self) -> None:
        """Lets the parsers go."""
        self._parsers.shutdown(wait=False, cancel_futures=True)

    async def take(self, request: web.Request, busy_status: int = 429) -> Intake:
        """Reads, parses and sends a request's events; returns once Kafka has acknowledged them all.

        Raises ApiError (401, 403, 408, 413, 415, busy), BadInput (not JSON) or BrokerUnavailable.
        """
        key = request.get(KEY)
        admission = Admission(self._services.keys, key)
        if key is not None:
            self._rates.require(_sender(request, key.name), busy_status)
        length = request.content_length
        if length is not None and length > limits.BODY_BYTES_MAX:
            raise too_large(f"the body has {length} bytes, more than {limits.BODY_BYTES_MAX}")
        if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
            raise ApiError(415, "unsupported_encoding", "bodies are read plain or as gzip", "send it as gzip or plain")
        async with self._gate.admitted(limits.BODY_BYTES_MAX if length is None else length, busy_status):
            raw = await self._read(request)
            loop = asyncio.get_running_loop()
            try:
                what = (raw, request.content_type, request.query, admission, self._services.pack)
                body = await loop.run_in_executor(self._parsers, prepared, *what)
            except TooLarge as error:
                raise too_large(str(error)) from None
            if admission.denied is not None and not body.intake.accepted:
                raise admission.denied
            senders = {_sender(request, name): events for name, events in admission.spent.items()}
            for sender in senders if key is None else ():
                self._rates.require(sender, busy_status)
            await self._send(body.messages)
        for sender, events in senders.items():
            self._rates.spend(sender, events)
        self._count(body.intake)
        return body.intake

    async def _read(self, request: web.Request) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                async for piece in request.content.iter_any():
                    body += piece
                    if len(body) > limits.BODY_BYTES_MAX:
                        raise too_large(f"the body has more than {limits.BODY_BYTES_MAX} bytes")
        except TimeoutError:
            raise ApiError(408, "too_slow", "the body did not arrive in time", "send it again") from None
        return bytes(body)

    async def _send(self, messages: Iterable[Message]) -> None:
        try:
            async with asyncio.timeout(ACK_SECONDS_MAX):
                await asyncio.gather(*(self._services.produce(message.key, message.value) for message in messages))
        except TimeoutError:
            raise BrokerUnavailable(f"no acknowledgement within {ACK_SECONDS_MAX:.0f} s") from None

    def _count(self, intake: Intake) -> None:
        metrics = self._services.metrics
        metrics.events_accepted.inc(intake.accepted)
        metrics.events_refused.labels("unreadable_event").inc(len(intake.refused) - len(intake.faults))
        metrics.events_refused.labels("internal").inc(len(intake.faults))
        for fault in intake.faults[:FAULTS_LOGGED_MAX]:
            LOG.error("an event can't be read", extra={"trace": trace_of(fault)})


def _sender(request: web.Request, key_name: str) -> str:
    """Whose events they are: the key's owner, or whoever is at that address where there are no keys."""
    return key_name or str(request.remote)


def too_large(message: str) -> ApiError:
    """413 with what was too large."""
    return ApiError(413, "too_large", message, "send the events in smaller pieces")
