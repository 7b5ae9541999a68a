"""`POST /api/v1/events`, and our recorder."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from agents.web.answers import json_answer
from agents.web.calls import KEY_PARAMETER, Answer, Call, Context, ref
from agents.web.errors import ApiError

CAPTURE_FILE = Path(__file__).parent.parent / "static" / "capture.js"


async def post_events(context: Context, request: web.Request) -> web.Response:
    """Takes events in any format that we know."""
    intake = await context.ingest.take(request)
    rejected = [{"index": one.index, "error": one.error} for one in intake.refused]
    if not intake.accepted:
        message = "none of the events can be read" if rejected else "there is no event in the body"
        hint = "`rejected` says what is wrong with each" if rejected else 'send {"events": [...]}'
        raise ApiError(422, "nothing_acceptable", message, hint, accepted=0, rejected=rejected)
    return json_answer({"accepted": intake.accepted, "rejected": rejected}, status=202)


@dataclass(frozen=True, slots=True)
class Script:
    """The recorder as it is sent: by encoding, the smallest first."""

    bodies: dict[str, bytes]
    etag: str


@lru_cache(maxsize=2)
def script(path: Path, _changed_ns: int) -> Script:
    """The recorder's script, read again when the file changes."""
    plain = path.read_bytes()
    packed = {"gzip": gzip.compress(plain, mtime=0), "": plain}
    smaller = path.with_name(f"{path.name}.br")
    if smaller.exists() and smaller.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        packed = {"br": smaller.read_bytes(), **packed}
    return Script(packed, hashlib.sha256(plain).hexdigest()[:32])


async def get_capture(_context: Context, request: web.Request) -> web.Response:
    """Our recorder, one script."""
    try:
        found = script(CAPTURE_FILE, CAPTURE_FILE.stat().st_mtime_ns)
    except FileNotFoundError:
        raise ApiError(404, "not_built", "the recorder is not built yet", "run `make setup`") from None
    accepted = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
    encoding = next(one for one in found.bodies if not one or one in accepted)
    headers = {
        "ETag": f'"{found.etag}{"-" if encoding else ""}{encoding}"',
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if found.etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return web.Response(body=found.bodies[encoding], headers=headers, content_type="text/javascript", charset="utf-8")


EVENTS_BODY = {
    "application/json": {
        "schema": {
            "anyOf": [
                {
                    "type": "object",
                    "required": ["events"],
                    "properties": {"events": {"type": "array", "items": ref("AnyEvent")}},
                },
                {"type": "array", "items": ref("AnyEvent")},
                ref("AnyEvent"),
            ]
        }
    },
    "application/x-ndjson": {"schema": {"type": "string", "description": "One event a line."}},
}

CALLS = (
    Call(
        "POST",
        "/api/v1/events",
        post_events,
        "Takes events: {events: […]}, a list, one event or NDJSON, plain or as gzip, in any format that we know. "
        "202 once Kafka has acknowledged.",
        answers={
            202: Answer("Taken. `rejected` lists the events that could not be read.", ref("Accepted")),
            400: Answer("Not JSON."),
            403: Answer("A key for other things, events of another app only, or a page of an origin not listed."),
            408: Answer("The body did not arrive in time."),
            413: Answer("Too large."),
            415: Answer("An encoding that we don't read."),
            422: Answer("No event could be read; `rejected` says why.", ref("NothingAccepted")),
            429: Answer(
                "As much as we can take is under way, or too many events of this sender; Retry-After says "
                "when to come back."
            ),
            503: Answer("Kafka is away; Retry-After says when to come back."),
        },
        parameters=(KEY_PARAMETER,),
        body=EVENTS_BODY,
        tag="events",
        capture=True,
        access="write",
    ),
    Call(
        "GET",
        "/capture.js",
        get_capture,
        "Our recorder: one script for a page.",
        answers={
            200: Answer("The script.", {"type": "string"}, "text/javascript"),
            304: Answer("Not changed."),
            404: Answer("Not built."),
        },
        tag="events",
        capture=True,
    ),
)
