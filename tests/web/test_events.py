"""`POST /api/v1/events`: what is taken, what is refused, and what the sender is told."""

import asyncio
import gzip
import json
import time
import zlib
from typing import Any

import aiohttp
import httpx
import orjson
import pytest

from agents.web.ingest import REQUESTS_IN_FLIGHT_MAX as REQUESTS_MAX
from pipeline.intake import read_body
from schemas import limits
from schemas.events import EVENT
from schemas.messages import messages_of
from tests.web.conftest import Site

pytestmark = pytest.mark.slow


def native(event_id: str = "e1", **changes: Any) -> dict[str, Any]:
    """A click in our own format."""
    fields = {
        "kind": "click",
        "id": event_id,
        "app": "shop.example",
        "session_id": "s",
        "journey_id": "j",
        "at_ms": 1_728_600_785_563,
        "target": {"tag": "button", "text": "Save"},
    }
    return {**fields, **changes}


def challenge(**changes: Any) -> dict[str, Any]:
    """A click as earlier clients send it."""
    properties = {
        "distinct_id": "u",
        "session_id": "session-1",
        "journey_id": "journey-1",
        "$current_url": "https://shop.example/",
        "$host": "shop.example",
        "$pathname": "/",
        "eventType": "click",
        "elementType": "button",
        "elementText": "Save",
        "elementAttributes": {"id": "#save"},
        "timestamp": "2024-10-10T22:53:05.563Z",
    }
    return {"event": "$click", "properties": {**properties, **changes}, "timestamp": "2024-10-10T22:53:05.563Z"}


def post(site: Site, body: object, **headers: str) -> httpx.Response:
    """Posts JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return site.http.post("/api/v1/events", content=content, headers={"Content-Type": "application/json", **headers})


def produced(site: Site) -> list[Any]:
    """All events on the topic, parsed again."""
    return [EVENT.validate_python(event) for _, value in site.topic.messages for event in orjson.loads(value)]


@pytest.mark.parametrize(
    "body",
    [
        {"events": [native("a"), native("b")]},
        [native("a"), native("b")],
        orjson.dumps(native("a")) + b"\n" + orjson.dumps(native("b")) + b"\n",
        gzip.compress(orjson.dumps([native("a"), native("b")])),
    ],
    ids=["envelope", "list", "ndjson", "gzip"],
)
def test_every_shape_of_body_is_taken(site: Site, body: object) -> None:
    """An envelope, a list, NDJSON and gzip all give the same events on the topic, under the journey's key."""
    answer = post(site, body)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "rejected": []})
    assert [key for key, _ in site.topic.messages] == [b"j"]
    assert [event.id for event in produced(site)] == ["a", "b"]


def test_gzip_is_read_with_and_without_its_header(site: Site) -> None:
    """Content-Encoding says gzip or says nothing: the bytes tell."""
    packed = gzip.compress(orjson.dumps(native()))
    assert post(site, packed, **{"Content-Encoding": "gzip"}).status_code == 202
    assert post(site, packed).status_code == 202
    assert post(site, zlib.compress(b"{}"), **{"Content-Encoding": "deflate"}).status_code == 415


def test_a_message_holds_the_events_of_one_journey(site: Site) -> None:
    """Events of several journeys are told apart, each journey's in the order of their coming."""
    post(site, [native("a", journey_id="one"), native("b", journey_id="two"), native("c", journey_id="one")])
    by_key = {key: [event["id"] for event in orjson.loads(value)] for key, value in site.topic.messages}
    assert by_key == {b"one": ["a", "c"], b"two": ["b"]}


def test_messages_stay_below_their_bound() -> None:
    """A journey with more than a message may hold is split into several, none too large, nothing lost."""
    long = "x" * limits.VALUE_CHARS_MAX
    fills = [native(f"e{n}", kind="fill", target={"tag": "input"}, value={"text": long}) for n in range(250)]
    messages = messages_of(read_body(orjson.dumps(fills)).events)
    assert len(messages) > 1
    assert all(len(message.value) <= limits.MESSAGE_BYTES_MAX for message in messages)
    assert [event["id"] for one in messages for event in orjson.loads(one.value)] == [f"e{n}" for n in range(250)]


@pytest.mark.parametrize("bad", [b'{"kind":"request","status":"' + b"9" * 30 + b'"}', b"[" * 2_000 + b"]" * 2_000,
                                 b'{"page":{"width_px":-1e999}}', b'{"x":NaN}', b'{"a":"\\q"}', b"broken"])  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/events", "/batch/", "/e/", "/i/v0/e/", "/s/"])
def test_no_event_costs_its_neighbours(site: Site, path: str, bad: bytes) -> None:
    """Whatever is wrong with one of them, and wherever it is sent, the others are taken."""
    good = [orjson.dumps(native(name)) for name in ("a", "b")]
    answer = site.http.post(path, content=b'{"batch":[' + b",".join([good[0], bad, good[1]]) + b"]}")
    assert answer.status_code in (200, 202)
    assert [event.id for event in produced(site)] == ["a", "b"]
    assert [one["index"] for one in answer.json().get("rejected", [{"index": 1}])] == [1]


def test_each_refused_event_is_named_and_the_others_are_kept(site: Site) -> None:
    """One bad event of a batch is told by its index and reason; the rest is taken."""
    answer = post(site, {"events": [challenge(), {"event": "$click"}, 7, challenge(timestamp="10:00:90Z")]})
    told = answer.json()
    assert answer.status_code == 202
    assert told["accepted"] + len(told["rejected"]) == 4
    assert [one["index"] for one in told["rejected"]][:2] == [1, 2]
    assert all(one["error"] for one in told["rejected"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"not json", 400),
        (b"\xff\xfe\x00", 400),
        (b"null", 422),
        (b"7", 422),
        (b'"text"', 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"events": []}', 422),
        (b'{"events": {}}', 422),
        (b'{"events": [null, 1, "x", [], {}]}', 422),
        (b"[" * 100_000, 400),
        (b"[" * 200 + b"]" * 200, 400),
        (b'{"events": [1e999]}', 400),
        (b"\x1f\x8b\x08\x00broken", 400),
        (b"x" * (limits.BODY_BYTES_MAX + 1), 413),
        (b"[" + b"{}," * limits.BODY_EVENTS_MAX + b"{}]", 413),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(site: Site, body: bytes, status: int) -> None:
    """Whatever comes, the sender gets a status, a code and a reason, never a trace; nothing reaches the topic."""
    answer = post(site, body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"]
    assert error["message"]
    assert "Traceback" not in answer.text
    assert site.topic.messages == []


def test_too_many_events_are_refused_as_a_whole(site: Site) -> None:
    """More events than a body may hold: 413, none of them taken."""
    answer = post(site, [native(f"e{n}") for n in range(limits.BODY_EVENTS_MAX + 1)])
    assert answer.status_code == 413
    assert site.topic.messages == []


@pytest.mark.parametrize("declared", [True, False])
def test_a_gzip_bomb_is_refused(site: Site, declared: bool) -> None:
    """A small body that unpacks to gigabytes is refused without unpacking them."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()
    answer = post(site, bomb, **({"Content-Encoding": "gzip"} if declared else {}))
    assert answer.status_code == 413, answer.text


def test_a_body_without_a_length_is_bounded_too(site: Site) -> None:
    """Chunked transfer beyond the bound is refused while it arrives."""
    pieces = (b"x" * 100_000 for _ in range(60))
    try:
        answer = site.http.post("/api/v1/events", content=pieces)
    except httpx.WriteError:
        return  # the server closed the connection before the client had sent it all
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "hostile", ["../../etc/passwd", "'; DROP TABLE stories; --", "\0", "\ud800", "💥" * 60, "a\r\nX: y"]
)
def test_hostile_ids_are_just_text(site: Site, hostile: str) -> None:
    """Ids that look like paths, SQL or headers travel as text, or are refused with their reason; never a failure."""
    body = b'{"events":[' + json.dumps(challenge(journey_id=hostile, session_id=hostile)).encode() + b"]}"
    answer = post(site, body)
    assert answer.status_code == 202, answer.text
    (event,) = produced(site)
    assert event.journey_id == hostile.replace("\0", "\ufffd").replace("\ud800", "\ufffd")


def test_an_unacknowledged_body_is_not_accepted(site: Site) -> None:
    """While Kafka is away the answer is 503 with the time to come back, and a later try succeeds."""
    site.topic.away = True
    answer = post(site, native())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    site.topic.away = False
    assert post(site, native()).status_code == 202


def wait_for_requests(site: Site) -> None:
    """Waits until as many requests are under way as allowed."""
    while site.metrics.registry.get_sample_value("journeywright_http_requests_in_flight") != REQUESTS_MAX:
        time.sleep(0.01)


def test_beyond_the_bound_of_requests_the_answer_is_429_until_there_is_room(site: Site) -> None:
    """With as many requests under way as allowed, the next is turned away at once; those under way are all served,
    and afterwards all is as before."""
    site.topic.released.clear()

    async def send_many() -> tuple[list[int], aiohttp.ClientResponse]:
        unlimited = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(site.url, connector=unlimited) as client:
            body = orjson.dumps(native())
            under_way = [asyncio.create_task(client.post("/api/v1/events", data=body)) for _ in range(REQUESTS_MAX)]
            await asyncio.to_thread(wait_for_requests, site)
            turned_away = await client.post("/api/v1/events", data=body)
            site.topic.released.set()
            return [answer.status for answer in await asyncio.gather(*under_way)], turned_away

    statuses, turned_away = asyncio.run(send_many())
    assert turned_away.status == 429
    assert "Retry-After" in turned_away.headers
    assert statuses == [202] * REQUESTS_MAX
    assert post(site, native()).status_code == 202


def test_pages_of_other_origins_may_send(site: Site) -> None:
    """Preflight and answer carry what a browser wants to see, errors included; other calls don't."""
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    preflight = site.http.options("/api/v1/events", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    for body in (native(), b"{"):
        assert post(site, body, Origin="https://shop.example").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in site.http.get("/api/v1/stories").headers
    assert site.http.options("/api/v1/tests/x", headers=asked).status_code == 405


def test_the_challenge_files_are_taken(site: Site) -> None:
    """A body of the first format that must work gives its six events."""
    body = {"events": [challenge(elementText=f"button {n}") for n in range(6)]}
    assert post(site, body).json() == {"accepted": 6, "rejected": []}
    assert len(produced(site)) == 6


def test_what_came_is_counted(site: Site) -> None:
    """/metrics tells events taken and refused, by cause."""
    post(site, [native(), {"event": "$click"}])
    post(site, b"{")
    text = site.http.get("/metrics").text
    assert "journeywright_events_accepted_total 1.0" in text
    assert 'journeywright_events_refused_total{cause="unreadable_event"} 1.0' in text
