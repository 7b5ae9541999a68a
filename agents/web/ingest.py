"""Bodies to messages on the events topic, within bounds.

A request is admitted while there are places (`arrivals`); beyond, it is turned away at once with the time to come back.
Who sends is known before the body is read, where a key came with the request. Where a PostHog client's key stands in
the body, that is opened and searched on a thread of its own, with few places, and nothing else is done with it before
a key was found. Parsing runs on two threads, so that a large body never stops the event loop.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agents.faults import trace_of
from agents.keys import Key
from agents.web.errors import ApiError
from agents.web.guards.admission import KEY, Admission, known
from agents.web.guards.arrivals import EVENT_PLACES, UNKNOWN_PLACES, Gate, media_type
from agents.web.guards.rates import Rates
from agents.web.guards.visitors import Visitors
from agents.web.services import BrokerUnavailable, WebServices
from pipeline.intake import Intake, TooLarge, read_body, tokens_of
from schemas import limits
from schemas.events import Event, RecorderError
from schemas.messages import Message

LOG = logging.getLogger(__name__)
REQUESTS_IN_FLIGHT_MAX: Final = EVENT_PLACES.visitor_bodies_max
"""Of one visitor."""
ACK_SECONDS_MAX: Final = 15.0
PARSERS: Final = 2
FAULTS_LOGGED_MAX: Final = 5
"""Bugs of ours that are logged of one body."""
FAULTY_APPS_MAX: Final = 1_000
"""Apps and kinds of recorder errors of which the log has named a page."""
ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a body gave, ready to be sent."""

    intake: Intake
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request says of its body."""

    content_type: str
    query: Mapping[str, str]
    languages: str = ""


def prepared(
    raw: bytes,
    sent: Sent,
    admission: Admission,
    pack: Callable[[Iterable[Event]], tuple[Message, ...]],
) -> Prepared:
    """Parses a body. Raises BadInput (not JSON) or TooLarge."""
    intake = read_body(raw, content_type=sent.content_type, query=sent.query, languages=sent.languages, admit=admission)
    try:
        return Prepared(intake, pack(intake.events))
    except Exception:  # noqa: BLE001 - told of the events that it is about
        intake = intake.usable(pack)
        return Prepared(intake, pack(intake.events))


class Ingest:
    """Takes bodies with events. One per process."""

    def __init__(self, services: WebServices) -> None:
        settings = services.settings
        self._services = services
        self._gate, self._unknown = Gate(services.metrics, EVENT_PLACES), Gate(services.metrics, UNKNOWN_PLACES)
        self._visitors = Visitors(settings.proxies)
        self._rates = Rates(settings.rate_events_s, "JOURNEYWRIGHT_RATE_EVENTS_S")
        self._visitor_rates = Rates(settings.visitor_events_s, "JOURNEYWRIGHT_RATE_VISITOR_EVENTS_S")
        self._faulty: set[tuple[str, str]] = set()
        self._parsers = ThreadPoolExecutor(PARSERS, thread_name_prefix="intake")
        self._searcher = ThreadPoolExecutor(1, thread_name_prefix="keys")

    def close(self) -> None:
        """Lets the threads go."""
        for pool in (self._parsers, self._searcher):
            pool.shutdown(wait=False, cancel_futures=True)

    async def take(self, request: web.Request, busy_status: int = 429) -> Intake:
        """Reads, parses and sends a request's events; returns once Kafka has acknowledged them all.

        Raises ApiError (401, 403, 408, 413, 415, busy), BadInput (not JSON) or BrokerUnavailable.
        """
        key, visitor = request.get(KEY), self._visitors.of(request)
        if key is not None:
            self._require_rate(key.name, visitor, busy_status)
        length = request.content_length
        if length is not None and length > limits.BODY_BYTES_MAX:
            raise too_large(f"the body has {length} bytes, more than {limits.BODY_BYTES_MAX}")
        if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
            raise ApiError(415, "unsupported_encoding", "bodies are read plain or as gzip", "send it as gzip or plain")
        raw = await self._searched(request, visitor, busy_status) if key is None else None
        async with self._gate.admitted(visitor, busy_status) as body:
            if raw is None:
                raw = await self._gate.read(body, request, limits.BODY_BYTES_MAX, _too_long(), busy_status)
            else:
                self._gate.count(body, len(raw), busy_status)
            return await self._served(raw, request, key, visitor, busy_status)

    async def _searched(self, request: web.Request, visitor: str, busy_status: int) -> bytes:
        """A body that a known key stands in. Raises ApiError (401, 403) for another one."""
        async with self._unknown.admitted(visitor, busy_status) as body:
            raw = await self._unknown.read(body, request, limits.BODY_BYTES_MAX, _too_long(), busy_status)
            what = (raw, media_type(request), request.query)
            try:
                tokens = await asyncio.get_running_loop().run_in_executor(self._searcher, tokens_of, *what)
            except TooLarge as error:
                raise too_large(str(error)) from None
        denied: ApiError | None = None
        for token in tokens or ("",):
            try:
                known(self._services.keys, token, "write")
                return raw
            except ApiError as error:
                denied = denied or error
        assert denied is not None
        raise denied

    async def _served(
        self, raw: bytes, request: web.Request, key: Key | None, visitor: str, busy_status: int
    ) -> Intake:
        admission = Admission(self._services.keys, key)
        sent = Sent(media_type(request), request.query, request.headers.get("Accept-Language", ""))
        what = (raw, sent, admission, self._services.pack)
        try:
            body = await asyncio.get_running_loop().run_in_executor(self._parsers, prepared, *what)
        except TooLarge as error:
            raise too_large(str(error)) from None
        if admission.denied is not None and not body.intake.accepted:
            raise admission.denied
        for name in admission.spent if key is None else ():
            self._require_rate(name, visitor, busy_status)
        await self._send(body.messages)
        for name, events in admission.spent.items():
            self._rates.spend(name or visitor, events)
            self._visitor_rates.spend(f"{name}\n{visitor}", events)
        self._count(body.intake)
        return body.intake

    def _require_rate(self, key_name: str, visitor: str, busy_status: int) -> None:
        """Raises ApiError where the key, or this visitor with it, has nothing left. Without keys, who is at one address
        is the sender, and has the whole rate."""
        self._rates.require(key_name or visitor, busy_status)
        if key_name or self._services.settings.rate_visitor_events_s:
            self._visitor_rates.require(f"{key_name}\n{visitor}", busy_status)

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
        for event in intake.events:
            if isinstance(event, RecorderError):
                self._recorder_error(event)

    def _recorder_error(self, event: RecorderError) -> None:
        """Counts it; the log names the first page of each app and kind."""
        self._services.metrics.recorder_errors.labels(event.error).inc()
        kind = (event.app, event.error)
        if kind in self._faulty or len(self._faulty) >= FAULTY_APPS_MAX:
            return
        self._faulty.add(kind)
        about = {"app": event.app, "error": event.error, "where": event.where, "page": event.page.url}
        LOG.warning("the recorder can't work as it should in a page", extra=about)


def _too_long() -> ApiError:
    return too_large(f"the body has more than {limits.BODY_BYTES_MAX} bytes")


def too_large(message: str) -> ApiError:
    """413 with what was too large."""
    return ApiError(413, "too_large", message, "send the events in smaller pieces")
