"""No small request costs much, whatever it holds: each call that there is, by the time that the processor worked."""

import base64
import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import httpx
import orjson
import pytest

from agents.web.calls import Call
from agents.web.register import CALLS
from agents.web.services import OpenWindow
from schemas import limits
from tests.storage.samples import APP, a_story, a_test
from tests.storage.test_verdicts import a_verdict
from tests.web.conftest import Site
from tests.web.test_stories import filled

REQUEST_BYTES_MAX: Final = 10_000
CPU_S_MAX: Final = 0.1
KIND_CPU_S_MAX: Final = 0.03
TRIES: Final = 10
"""The least of so many counts: other programs take caches, and the first call loads modules."""
STORIES: Final = 300
UNITS: Final = (
    "a", "0", "-", " ", "%20", "%ff", "a-", "1-", ",", ";", "&a=", "[", '{"a":', '"', "\\", "é", "\u2028", "'", "..",
    "://", "@", "=", "%00", "(", "*", "_",
)  # fmt: skip
SOME: Final = ("a", "0", "%20", "a-", "1-", "&a=", "[", '"', "\\", "é", "://", "=")
PARTS: Final = 6
"""So many tests share the calls."""


def repeated(unit: str, size: int) -> str:
    """So many bytes of a unit over and over."""
    return (unit * (size // len(unit) + 1)).encode()[:size].decode("utf-8", "ignore")


def bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies of at most REQUEST_BYTES_MAX bytes, with what they are called."""
    size = REQUEST_BYTES_MAX - 2
    for unit in SOME:
        yield f"text of {unit!r}", repeated(unit, size).encode()
        yield f"field of {unit!r}", orjson.dumps({"code": repeated(unit, size // 7), "reason": "a", "into": "b"})
        yield f"list of {unit!r}", b"[" + repeated(f"{unit},", size).encode() + b"0]"
    for part in ("[],", "{},", '"",', "0,", "1e9,", '{"a":[]},'):
        yield f"parts {part!r}", f"[{repeated(part, size)}0]".encode()
        yield f"events {part!r}", f'{{"events":[{repeated(part, size - 20)}0]}}'.encode()
        opened = f"[{part * (limits.BODY_BYTES_MAX // len(part) - 1)}0]".encode()
        yield f"gzip of {part!r}", gzip.compress(opened)[:size]
    yield "members", gzip.compress(b"", mtime=0) * (size // 20)
    yield "members of a byte", gzip.compress(b" ", mtime=0) * (size // 21)
    yield "gzip within gzip", gzip.compress(gzip.compress(b"[" * limits.BODY_BYTES_MAX))
    calls = ",\n".join(f"page.goto('{number}')" for number in range(400))
    yield "code", orjson.dumps({"code": f"def test_a(page):\n    x = ({calls})\n"})
    yield "nested code", orjson.dumps({"code": f"x = {'(' * 200}1{')' * 200}"})
    yield "operators", orjson.dumps({"code": f"x = {'-' * 4_000}1"})
    yield "sums", orjson.dumps({"code": f"x = {'1+' * 4_000}1"})
    yield from event_bodies()


def event_bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies of events that have room in ten kilobytes, plain or in gzip."""
    base = {"app": APP, "session_id": "s", "tab_id": "t", "at_ms": 1_700_000_000_000}
    for unit in SOME:
        page = {"url": f"https://shop.test/{repeated(unit, 600)}", "title": repeated(unit, 200)}
        one = {**base, "journey_id": "j", "id": "e", "kind": "navigation", "url": page["url"], "page": page}
        yield f"address of {unit!r}", orjson.dumps([one])
        typed = {"kind": "fill", "value": {"text": repeated(unit, 800)}, "target": {"tag": "input", "name": unit}}
        yield f"value of {unit!r}", orjson.dumps([{**one, **typed, "page": {}}])
        many = [{**one, **typed, "page": page, "id": f"e{number}"} for number in range(40)]
        yield f"gzip of addresses of {unit!r}", gzip.compress(orjson.dumps(many))[:REQUEST_BYTES_MAX]
        flat = {
            "event": "$pageview",
            "timestamp": "2024-10-10T22:53:05.563Z",
            "properties": {"token": repeated(unit, 1_500)},
        }
        yield f"token of {unit!r}", orjson.dumps([flat])
    ends = [{**base, "journey_id": f"j{number}", "id": f"e{number}", "kind": "end"} for number in range(2_000)]
    yield "gzip of journeys", gzip.compress(orjson.dumps(ends))[:REQUEST_BYTES_MAX]
    chunk = base64.b64encode(gzip.compress(orjson.dumps([{"t": "meta", "at_ms": 1}] * 2_000))).decode()
    yield (
        "recording",
        orjson.dumps([{**base, "journey_id": "j", "id": "r", "kind": "recording", "chunk": chunk[:8_000]}]),
    )


HEADERS_STEP: Final = 7
"""Each call is tried with every seventh header: all are tried with some call."""


@lru_cache(maxsize=1)
def kept_bodies() -> tuple[tuple[str, bytes], ...]:
    """All of them, made once."""
    return tuple(bodies())


def addresses(call: Call, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Addresses of a call: its parameters known, as many as can be, and made of repeated units."""

    def path(value: str) -> str:
        found = call.path
        for one in call.parameters:
            if one.place == "path":
                found = found.replace(f"{{{one.name}}}", value)
        return found

    names = [one.name for one in call.parameters if one.place == "query"]
    ids = ["x", *(known[name] for name in ("story", "test", "flow", "verdict", "run", "journey"))]
    for value in ids if "{" in call.path else ids[:1]:
        for limit in ("", f"&limit={limits.PAGE_ITEMS_MAX}"):
            yield f"known {value}", f"{path(value)}?app={APP}{limit}" if "app" in names else f"{path(value)}?{limit}"
    for name in names:
        yield f"known {name}", f"{path(known['story'])}?app={APP}&{name}={known.get(name, '1')}&limit=200&explain=1"
        yield f"repeated {name}", f"{path('x')}?{repeated(f'{name}=1&', 8_000)}"
        for unit in UNITS:
            yield (
                f"{name} of {unit!r}",
                f"{path('x')}?app={APP}&{name}={httpx.QueryParams({'': repeated(unit, 2_600)})}",
            )
    if "{" in call.path:
        for unit in UNITS:
            yield f"path of {unit!r}", path(str(httpx.QueryParams({"": repeated(unit, 700)}))[1:])
    yield "parameters", f"{path('x')}?{repeated('a=b&', 8_000)}"


def headers() -> Iterator[tuple[str, dict[str, str]]]:
    """Headers that somebody looks at, long."""
    names = ("If-Match", "If-None-Match", "Authorization", "Accept-Encoding", "X-Forwarded-For", "Forwarded", "Cookie",
             "Origin", "Range", "Last-Event-ID", "Content-Type", "Accept")  # fmt: skip
    for name in names:
        for unit in (",", "a", "a,", ";", "a=b;", "1-", '"', 'W/"a",', "bytes=0-,", "1.1.1.1,", "for=1;"):
            yield f"{name} of {unit!r}", {name: repeated(unit, 7_900)}


def filled_site(make_site: Callable[..., Site]) -> tuple[Site, dict[str, str]]:
    """A site with much in its storage, and the ids of some of it."""
    site = make_site(trusted_proxies="127.0.0.1")
    stories = [a_story(f"s{number}", flow_key=f"flow {number % 100}", title=f"Open {number % 100} of the shop",
                       user_id=f"u{number % 7}") for number in range(STORIES)]  # fmt: skip
    site.storage.put_stories(stories)
    tests = [a_test(one, code=f"# {one.id}\n" + "# a line of a test\n" * 5_000) for one in stories[:100]]
    site.storage.put_tests(tests)
    for number in range(50):
        run_id = "run" if number % 2 else "other"
        site.storage.put_verdict(a_verdict(tests[number].id, "failed", number=number, run_id=run_id))
    site.journeys.mine["j"] = [OpenWindow(APP, "w", False, [filled(n, "Bernadette Holm " * 300) for n in range(2_000)])]
    test, flow = tests[1].id, tests[1].flow_id
    known = {"story": "s1", "test": test, "flow": flow, "verdict": "v1", "run": "run", "journey": "j"}
    known |= {"user_story_id": "s1", "flow_id": flow, "test_id": test, "session_id": "session-1", "run_id": "run"}
    known |= {"outcome": "failed,passed", "kind": "app", "limit": "200", "tag": "login", "explain": "1"}
    return site, known


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is tried, with what it is called."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def requests(call: Call, known: dict[str, str]) -> Iterator[Sent]:
    """All that is tried with a call."""
    for name, path in addresses(call, known):
        yield Sent(name, path)
    own = call.path.replace("{id}", known["test" if "/tests/" in call.path else "flow"])
    for name, more in list(headers())[len(call.path) % HEADERS_STEP :: HEADERS_STEP]:
        yield Sent(name, own, more)
    kinds = list(call.body or ()) or (["application/json"] if call.method != "GET" else [])
    for kind in kinds:
        for name, body in kept_bodies():
            yield Sent(f"{kind} {name}", own, {"Content-Type": kind, "If-Match": "*"}, body)


def cost_s(site: Site, method: str, sent: Sent) -> tuple[float, int]:
    """The time that the processor worked for the server, and the answer's status. All but this thread is the server."""
    began, own = time.process_time(), time.thread_time()
    encoded = {"Content-Encoding": "gzip"} if sent.body.startswith(b"\x1f\x8b") else {}
    with site.http.stream(method, sent.path, headers={**sent.headers, **encoded}, content=sent.body) as answer:
        if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            next(answer.iter_raw())  # it never ends
        else:
            answer.read()
    return (time.process_time() - began) - (time.thread_time() - own), answer.status_code


@pytest.mark.parametrize("unit", [";a=b", ';a="', ";a*0=b", ";a*1*=utf-8''%41"])
def test_the_parameters_of_a_kind_of_body_cost_nothing(site: Site, unit: str) -> None:
    """Nobody asks for them, and many cost a tenth of a second and more where they are read; each time, as long as they
    are others than before."""
    tries: list[tuple[float, int]] = []
    while len(tries) < 2 or (min(tries)[0] > KIND_CPU_S_MAX and len(tries) < TRIES):
        kind = {"Content-Type": f"application/json;n={len(tries)}{repeated(unit, 7_900)}"}
        tries.append(cost_s(site, "POST", Sent(unit, "/api/v1/events", kind, b"[]")))
    assert min(tries)[0] < KIND_CPU_S_MAX
    assert {status for _, status in tries} == {422}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_small_request_costs_much(make_site: Callable[..., Site], part: int) -> None:
    """Of every call, with addresses, headers and bodies of at most REQUEST_BYTES_MAX bytes: less than CPU_S_MAX, and no
    fault. A new call is tried by itself."""
    site, known = filled_site(make_site)
    costly, faults = {}, []
    for call in CALLS[part::PARTS]:
        for sent in requests(call, known):
            assert len(sent.body) + len(sent.path) <= REQUEST_BYTES_MAX + 500, sent.name
            cost, status = cost_s(site, call.method, sent)
            if status >= 500 and status != 503:
                faults.append((call.method, sent, status))
            tries = [cost]
            while min(tries) > CPU_S_MAX and len(tries) < TRIES:
                tries.append(cost_s(site, call.method, sent)[0])
            if min(tries) > CPU_S_MAX:
                costly[call.method, call.path, sent.name] = min(tries)
    assert not faults
    assert not costly
