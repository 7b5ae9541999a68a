"""Senders that are slow or costly, and visitors: what one does takes nothing from the others."""

import asyncio
import gzip
import ipaddress
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from agents.metrics import Metrics
from agents.settings import BadSettings, load
from agents.web.errors import ApiError
from agents.web.guards.arrivals import Gate, Places
from agents.web.guards.connections import CONNECTIONS_MAX, VISITOR_CONNECTIONS_MAX
from agents.web.guards.visitors import HOPS_MAX, Visitors
from pipeline.intake import tokens_of
from pipeline.intake.bodies import (
    TOKENS_MAX,
)
from schemas import limits
from tests.storage.samples import APP
from tests.stream.cluster import wait_for
from tests.web.conftest import Site
from tests.web.test_events import native, post
from tests.web.test_keys import WRITE, a_view, bearer, key_file, read_keys

pytestmark = pytest.mark.slow


@contextmanager
def slow(
    site: Site, path: str, count: int, sent: bytes = b"[", announced: int = limits.BODY_BYTES_MAX
) -> Iterator[None]:
    """So many connections that announce a body and send a part of it."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {announced}\r\n\r\n".encode()
    connections = []
    try:
        for _ in range(count):
            connections.append(socket.create_connection(("127.0.0.1", site.app.conf.web_port), timeout=20))
            with suppress(OSError):
                connections[-1].sendall(head + sent)
        yield
    finally:
        for one in connections:
            one.close()


@pytest.mark.parametrize(
    ("count", "sent"), [(16, b"["), (600, b"["), (20, b"[" + b" " * (3 * 1024 * 1024)), (600, b"")]
)
def test_slow_bodies_take_no_place_from_others(site: Site, count: int, sent: bytes) -> None:
    """Of the same address, with little or much sent: whoever sends its body at once is taken."""
    with slow(site, "/api/v1/events", count, sent):
        for number in range(3):
            assert post(site, native(f"e{number}")).status_code == 202


def test_connections_that_say_nothing_take_no_place_from_others(site: Site) -> None:
    """Beyond VISITOR_CONNECTIONS_MAX the one that waits longest is closed; half a head is no request."""
    assert VISITOR_CONNECTIONS_MAX < CONNECTIONS_MAX < 1_024
    opened = []
    for _ in range(VISITOR_CONNECTIONS_MAX + 20):
        opened.append(socket.create_connection(("127.0.0.1", site.app.conf.web_port), timeout=20))
        opened[-1].sendall(b"GET /heal")
    assert opened[0].recv(10) == b""
    assert site.http.get("/healthz").status_code == 200
    for one in opened:
        one.close()


def waits_for_its_reader(handler: Any) -> bool:
    """Whether a connection has something that its client does not read, or is closed already."""
    return handler.transport is None or handler.transport.get_write_buffer_size() > 0


def test_who_reads_nothing_keeps_no_connection(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many that ask for much and read none of it: those beyond the bound are gone at once, with what waited for them,
    and others are served."""
    bound = 10
    monkeypatch.setattr("agents.web.guards.connections.VISITOR_CONNECTIONS_MAX", bound)
    asked = b"GET /capture.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100
    server = site.app.web._runner.server
    with ExitStack() as opened:
        for _ in range(2 * bound):
            served = server.requests_count
            connection = opened.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.settimeout(30)
            connection.connect(("127.0.0.1", site.app.conf.web_port))
            with suppress(OSError):
                connection.sendall(asked)
            wait_for(
                lambda served=served: (
                    server.requests_count > served and all(map(waits_for_its_reader, server.connections))
                ),
                60,
            )
        assert httpx.get(f"{site.url}/healthz", timeout=60).status_code == 200
        wait_for(lambda: len(server.connections) <= bound, 60)


def test_who_has_no_key_takes_no_place_from_those_who_have(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """Where the key is looked for in the body, and where it must come with the request."""
    site = make_site(keys=read_keys(key_file(tmp_path)))
    with slow(site, "/e/", 150, b"[" + b" " * 100_000), slow(site, "/api/v1/events", 100):
        answer = site.http.post("/api/v1/events", json=native(app=APP), headers=bearer(WRITE))
        assert answer.status_code == 202
        assert site.http.post("/e/", json=[a_view(WRITE)]).status_code == 200


def test_nothing_of_a_body_is_read_before_a_key_was_found(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """A body that is no JSON, or would be refused for what it holds, is refused for its key first."""
    site = make_site(keys=read_keys(key_file(tmp_path)))
    for body in (b"{", b"[" * 100_000, orjson.dumps([{}] * 5_001), gzip.compress(b"{" * 60_000)):
        assert site.http.post("/e/", content=body).status_code == 401
    page = random.Random(1).randbytes(250_000).hex()
    late = orjson.dumps({"event": "$snapshot", "properties": {"$snapshot_data": [page], "token": WRITE}})
    assert tokens_of(gzip.compress(late)) == [WRITE]
    many = orjson.dumps([{"token": f"t{n}"} for n in range(TOKENS_MAX + 1)])
    assert tokens_of(many) == [f"t{n}" for n in range(TOKENS_MAX)]


class Stream:
    """A body that comes piece by piece; after the last one it hangs."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    async def iter_any(self) -> Any:
        for piece in self.pieces:
            yield piece
        await asyncio.Event().wait()


def a_request(*pieces: bytes) -> web.Request:
    return make_mocked_request("POST", "/", payload=Stream(*pieces))


def a_gate(**changes: int) -> Gate:
    fields = {"bodies_max": 9, "visitor_bodies_max": 9, "arriving_max": 9, "visitor_arriving_max": 9}
    return Gate(Metrics(), Places(**{**fields, "bytes_max": 100, "visitor_bytes_max": 100, **changes}))


async def hanging(gate: Gate, visitor: str, *pieces: bytes) -> ApiError:
    """Reads a body that hangs; what was said in the end."""
    with pytest.raises(ApiError) as caught:
        async with gate.admitted(visitor, 429) as body:
            await gate.read(body, a_request(*pieces), 1_000, ApiError(413, "too_large", ""), 429)
    return caught.value


@pytest.mark.parametrize(
    ("bounds", "senders", "pushed_out"),
    [
        ({"visitor_arriving_max": 2}, "aaba", [0]),
        ({"arriving_max": 3}, "aabc", [0]),
        ({"visitor_bodies_max": 2}, "baaa", [1]),
        ({"bodies_max": 3}, "abcd", [0]),
        ({"visitor_bytes_max": 20}, "baaa", [1]),
        ({"bytes_max": 30}, "bcaa", [0]),
    ],
)
def test_at_each_bound_the_silent_one_makes_room(bounds: dict[str, int], senders: str, pushed_out: list[int]) -> None:
    """The one that was silent longest is told 429, of the visitor's own ones where the bound is the visitor's; below
    the bound nobody is."""

    async def run() -> list[int]:
        gate = a_gate(**bounds)
        tasks = []
        for sender in senders:
            assert not any(task.done() for task in tasks)
            tasks.append(asyncio.create_task(hanging(gate, sender, b"x" * 10)))
            await asyncio.sleep(0.02)
        gone = [number for number, task in enumerate(tasks) if task.done()]
        assert [tasks[number].result().status for number in gone] == [429] * len(gone)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert gate._bytes == 0
        assert not gate._bodies
        assert not gate._of_visitor
        assert not gate._bytes_of_visitor
        return gone

    assert asyncio.run(run()) == pushed_out


def test_bodies_that_have_come_are_not_pushed_out() -> None:
    """What is worked on keeps its place: a newcomer beyond the bound is told to come back."""

    async def run() -> None:
        gate = a_gate(bodies_max=1)
        async with gate.admitted("a", 429):
            assert (await hanging(gate, "b")).code == "busy"
        async with gate.admitted("b", 429) as body:
            gate.count(body, 100, 429)
            with pytest.raises(ApiError):
                gate.count(body, 1, 503)

    asyncio.run(run())


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """408 after the grace where nothing comes, and later the more has come, up to the bound of all."""
    monkeypatch.setattr("agents.web.guards.arrivals.GRACE_S", 0.05)
    monkeypatch.setattr("agents.web.guards.arrivals.BYTES_S_MIN", 100)
    monkeypatch.setattr("agents.web.guards.arrivals.BODY_SECONDS_MAX", 0.3)

    async def lasted(*pieces: bytes) -> float:
        began_s = time.monotonic()
        assert (await hanging(a_gate(), "a", *pieces)).status == 408
        return time.monotonic() - began_s

    nothing, some, much = (asyncio.run(lasted(*pieces)) for pieces in ((), (b"x" * 10,), (b"x" * 90,)))
    assert nothing >= 0.05
    assert some >= 0.15
    assert much >= 0.3


def visitor(remote: str, proxies: str = "10.0.0.0/8, fd00::/8", **headers: str) -> str:
    """Who a request from this address comes from."""
    found = make_mocked_request("GET", "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return Visitors(load(trusted_proxies=proxies).proxies).of(found.clone(remote=remote))


@pytest.mark.parametrize(
    ("remote", "headers", "told"),
    [
        ("1.2.3.4", {}, "1.2.3.4"),
        ("1.2.3.4", {"X_Forwarded_For": "5.6.7.8"}, "1.2.3.4"),
        ("1.2.3.4", {"Forwarded": "for=5.6.7.8"}, "1.2.3.4"),
        ("10.0.0.1", {"X_Forwarded_For": "5.6.7.8"}, "5.6.7.8"),
        ("::ffff:10.0.0.1", {"X_Forwarded_For": "5.6.7.8:123"}, "5.6.7.8"),
        ("10.0.0.1", {"X_Forwarded_For": "9.9.9.9, 5.6.7.8, 10.2.2.2"}, "5.6.7.8"),
        ("10.0.0.1", {"X_Forwarded_For": "9.9.9.9, nonsense"}, "10.0.0.1"),
        ("10.0.0.1", {"X_Forwarded_For": ","}, "10.0.0.1"),
        ("10.0.0.1", {"Forwarded": 'for=9.9.9.9, for="[2001:db8:1:2::3]:80";proto=https'}, "2001:db8:1:2::/64"),
        ("10.0.0.1", {"Forwarded": "proto=https"}, "10.0.0.1"),
        ("10.0.0.1", {"X_Forwarded_For": "5.6.7.8", "Forwarded": "for=9.9.9.9"}, "10.0.0.1"),
        ("10.0.0.1", {"X_Forwarded_For": "5.6.7.8", "Forwarded": "for=5.6.7.8"}, "5.6.7.8"),
        ("fd00::1", {"X_Forwarded_For": "2001:db8::1"}, "2001:db8::/64"),
        ("2001:db8::9", {}, "2001:db8::/64"),
        ("10.0.0.1", {"X_Forwarded_For": "5.6.7.8," + "10.0.0.1," * HOPS_MAX + "10.0.0.1"}, "10.0.0.1"),
    ],
)
def test_a_visitor_is_who_trusted_proxies_say(remote: str, headers: dict[str, str], told: str) -> None:
    """And nobody else's word counts, nor what two headers say differently, nor what lies behind HOPS_MAX proxies."""
    assert visitor(remote, **headers) == told


def test_proxies_are_addresses_or_networks() -> None:
    """Anything else stops the start."""
    assert load(trusted_proxies="127.0.0.1, ::1").proxies == (
        ipaddress.ip_network("127.0.0.1/32"),
        ipaddress.ip_network("::1/128"),
    )
    for wrong in ("proxy.example", "10.0.0.0/99", ",".join(["10.0.0.1"] * 101)):
        with pytest.raises(BadSettings, match="TRUSTED_PROXIES"):
            load(trusted_proxies=wrong)


def test_one_visitor_spends_its_share_of_a_keys_rate(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """A quarter of it, and the others still send; what a stranger writes into the header makes it no other visitor."""
    site = make_site(keys=read_keys(key_file(tmp_path)), rate_events_s=4, trusted_proxies="127.0.0.1")
    body = [native(f"e{n}", app=APP) for n in range(11)]

    def sent(visitor: str, path: str = "/api/v1/events", **more: Any) -> int:
        headers = {**bearer(WRITE), "X-Forwarded-For": visitor}
        return site.http.post(path, **{"json": body, "headers": headers, **more}).status_code

    assert [sent(one) for one in ("1.1.1.1", "1.1.1.1", "9.9.9.9, 1.1.1.1", "2.2.2.2")] == [202, 429, 429, 202]
    token = {"json": a_view(WRITE), "headers": {"X-Forwarded-For": "1.1.1.1"}}
    assert site.http.post("/e/", **token).status_code == 503
    assert [sent(one) for one in ("3.3.3.3", "4.4.4.4", "5.5.5.5")] == [202, 202, 429]


def test_the_share_of_a_visitor_can_be_set(make_site: Callable[..., Site]) -> None:
    """Also where there are no keys and no rate else."""
    site = make_site(rate_visitor_events_s=1)
    body = [native(f"e{n}") for n in range(11)]
    answers = [site.http.post("/api/v1/events", json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 429]
    assert "RATE_VISITOR_EVENTS_S" in answers[1].json()["error"]["hint"]
