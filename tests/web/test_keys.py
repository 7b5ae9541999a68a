"""API keys and origins: who may send, who may read, and what the others are told."""

import base64
import gzip
import hashlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from agents.keys import KEYS_MAX, Keys, read_keys
from agents.settings import BadSettings
from agents.web.openapi import description
from agents.web.register import CALLS
from agents.web.services import OpenWindow
from tests.storage.samples import APP, a_story, a_test
from tests.web.conftest import Site, an_event
from tests.web.test_events import native

WRITE, WRITE_ALL, READ, READ_ALL = "w-shop", "w-all", "r-shop", "r-all"
ENTRIES = [
    ("shop pages", "write", APP, WRITE),
    ("importer", "write", None, WRITE_ALL),
    ("shop team", "read", APP, READ),
    ("admins", "read", None, READ_ALL),
]


def key_file(folder: Path, entries: list[tuple[str, str, str | None, str]] = ENTRIES) -> Path:
    """A file with these keys."""
    lines = []
    for name, use, app, key in entries:
        lines += ["[[keys]]", f'name = "{name}"', f'use = "{use}"']
        lines += [f'app = "{app}"'] if app else []
        lines += [f'sha256 = "{hashlib.sha256(key.encode()).hexdigest()}"']
    file = folder / "keys.toml"
    file.write_text("\n".join(lines))
    return file


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """The keys above."""
    return read_keys(key_file(tmp_path))


@pytest.fixture
def site(make_site: Callable[..., Site], keys: Keys) -> Site:
    """A site that asks for keys."""
    return make_site(keys=keys)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def a_view(token: str | None = None, host: str = APP) -> dict[str, Any]:
    """A page view as posthog-js tells it, with its project token."""
    properties = {"$current_url": f"https://{host}/", "$session_id": "s", "distinct_id": "u"}
    properties |= {"token": token} if token else {}
    return {"event": "$pageview", "properties": properties, "timestamp": "2024-10-10T22:53:05.563Z"}


def test_every_call_that_tells_or_takes_something_asks_for_a_key(site: Site) -> None:
    """401 without a key and with an unknown one, 403 with one for other things; nothing of the key in the answer."""
    for call in [call for call in CALLS if call.access != "open"]:
        body = None if call.method == "GET" else orjson.dumps(native())
        other = READ_ALL if call.access == "write" else WRITE_ALL
        told = []
        for headers in ({}, bearer("s3cret-guess"), bearer(other)):
            answer = site.http.request(call.method, call.path.replace("{id}", "x"), content=body, headers=headers)
            assert "s3cret-guess" not in answer.text
            assert answer.headers.get("WWW-Authenticate") == ("Bearer" if answer.status_code == 401 else None)
            told.append((answer.status_code, answer.json()["error"]["code"]))
        wanted = [(401, "key_missing"), (401, "key_unknown"), (403, "wrong_key")]
        assert told == wanted, (call.method, call.path)
    assert site.topic.messages == []


def test_what_says_nothing_about_anybody_stays_open(site: Site) -> None:
    """Probes, docs, the recorder's script and a PostHog client's configuration need no key."""
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json", f"/array/{WRITE}/config"):
        assert site.http.get(path).status_code == 200, path
    assert site.http.post("/flags/", content=b"{}").status_code == 200


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_write_key_sends_events_of_its_app_only(site: Site, how: str) -> None:
    """By header or, as beacons have none, by query; another app's events are refused by name, the rest is taken."""
    how_sent: dict[str, Any] = {"headers": bearer(WRITE)} if how == "header" else {"params": {"key": WRITE}}
    body = {"events": [native("a", app="other"), native("b", app=APP)]}
    answer = site.http.post("/api/v1/events", json=body, **how_sent)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    (refused,) = answer.json()["rejected"]
    assert refused["index"] == 0
    assert "the key is for app" in refused["error"]
    assert [orjson.loads(value)[0]["id"] for _, value in site.topic.messages] == ["b"]
    none = site.http.post("/api/v1/events", json=native("a", app="other"), **how_sent)
    assert (none.status_code, none.json()["error"]["code"]) == (403, "wrong_app")
    assert site.http.get("/api/v1/stories", **how_sent).status_code in (401, 403)


def test_a_write_key_without_an_app_sends_for_all(site: Site) -> None:
    """An importer needs one key only."""
    body = [native("a", app="one"), native("b", app="two", journey_id="k")]
    assert site.http.post("/api/v1/events", json=body, headers=bearer(WRITE_ALL)).json()["accepted"] == 2


@pytest.mark.parametrize("shape", ["envelope", "list", "event", "form", "gzip"])
def test_a_posthog_client_is_known_by_its_project_token(site: Site, shape: str) -> None:
    """In the envelope or in each event, however the body is wrapped: its own app is taken, the others are refused."""

    def sent(token: str, host: str) -> int:
        envelope = orjson.dumps({"api_key": token, "batch": [a_view(host=host)]})
        content = {
            "envelope": envelope,
            "list": orjson.dumps([a_view(token, host)]),
            "event": orjson.dumps(a_view(token, host)),
            "form": b"data=" + quote(base64.b64encode(envelope)).encode(),
            "gzip": gzip.compress(envelope),
        }[shape]
        return site.http.post("/e/", content=content).status_code

    assert [sent(WRITE, APP), sent(WRITE, "other.example"), sent("nobody", APP), sent(READ, APP)] == [
        200,
        403,
        401,
        403,
    ]
    assert len(site.topic.messages) == 1
    assert WRITE.encode() not in site.topic.messages[0][1]


def test_a_read_key_shows_its_app_only(site: Site) -> None:
    """Lists are narrowed, naming another app is refused, and what is another app's is not there."""
    ours, theirs = a_story("ours"), a_story("theirs", app="other", flow_key="x")
    site.storage.put_stories([ours, theirs])
    site.storage.put_test(a_test(ours))
    site.storage.put_test(a_test(theirs))
    site.journeys.mine["j"] = [OpenWindow("other", "x", False, [an_event("e")])]
    shown = site.http.get("/api/v1/stories", headers=bearer(READ)).json()["stories"]
    assert [one["id"] for one in shown] == ["ours"]
    assert len(site.http.get("/api/v1/tests", headers=bearer(READ)).json()["tests"]) == 1
    assert site.http.get("/api/v1/coverage", headers=bearer(READ)).json()["journeys"] == 1
    for path in ("stories", "tests", "coverage"):
        assert site.http.get(f"/api/v1/{path}", params={"app": "other"}, headers=bearer(READ)).status_code == 403
    hidden = [f"/api/v1/stories/{theirs.id}", f"/api/v1/tests/{a_test(theirs).id}", "/api/v1/journeys/j"]
    assert [site.http.get(path, headers=bearer(READ)).status_code for path in hidden] == [404, 404, 404]
    assert [site.http.get(path, headers=bearer(READ_ALL)).status_code for path in hidden] == [200, 200, 200]
    edit: dict[str, Any] = {"json": {"code": "a = 1"}, "headers": {**bearer(READ), "If-Match": "*"}}
    assert site.http.put(f"/api/v1/tests/{a_test(theirs).id}", **edit).status_code == 404
    assert site.http.put(f"/api/v1/tests/{a_test(ours).id}", **edit).status_code == 200
    assert site.http.get("/metrics", headers=bearer(READ)).status_code == 403
    assert site.http.get("/metrics", headers=bearer(READ_ALL)).status_code == 200


def test_the_key_travels_to_the_worker_that_holds_a_journey(make_site: Callable[..., Site], keys: Keys) -> None:
    """One worker passes the request on with its key, and the other one judges it anew."""
    near, far = make_site(keys=keys), make_site(keys=keys)
    near.journeys.elsewhere["j"] = far.url
    far.journeys.mine["j"] = [OpenWindow(APP, "x", False, [an_event("e")])]
    assert near.http.get("/api/v1/journeys/j", headers=bearer(READ)).json()["windows"][0]["app"] == APP
    assert near.http.get("/api/v1/journeys/j").status_code == 401


def test_keys_are_never_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Not by what is taken, by what is refused, nor by what fails on our side."""
    caplog.set_level(logging.DEBUG)
    site.topic.away = True
    site.http.post("/api/v1/events", params={"key": WRITE}, json=native(app=APP))
    site.http.post("/api/v1/events", params={"key": "s3cret-guess"}, json=native(app=APP))
    site.http.get("/api/v1/stories", headers=bearer("s3cret-guess"))
    site.storage.close()
    site.http.get("/api/v1/stories", headers=bearer(READ))
    address = ("127.0.0.1", int(site.url.rpartition(":")[2]))
    for line in (f"GET /?key={WRITE} nonsense\r\n\r\n", f"GET /?key={WRITE}{'x' * 20_000} HTTP/1.1\r\n\r\n"):
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(line.encode())
            assert b" 400 " in connection.recv(1_000)
    assert WRITE not in caplog.text.replace(f"{site.url}/api/v1/events?key={WRITE}", "")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [line for line in ours if "s3cret" in line or WRITE in line or READ in line]


def test_the_description_tells_of_keys() -> None:
    """Calls that ask for one name the scheme and its refusals; an address without keys needs none."""
    document = description(CALLS)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for call in CALLS:
        if call.hidden:
            continue
        operation = document["paths"][call.path][call.method.lower()]
        assert operation.get("security") == (None if call.access == "open" else [{}, {"key": []}])
        assert ("401" in operation["responses"]) == (call.access != "open")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "can't be read"),
        ("keys = 3", "keys"),
        ("[[keys", "no TOML"),
        ("", "keys"),
        ("keys = []", "keys"),
        ('[[keys]]\nname = "a"\nuse = "admin"\nsha256 = "HASH"', "use"),
        ('[[keys]]\nname = "a"\nuse = "read"\nsha256 = "the key itself"', "sha256"),
        ('[[keys]]\nname = "a"\nuse = "read"\nkey = "x"\nsha256 = "HASH"', "key"),
        ('[[keys]]\nname = "a"\nuse = "read"\nsha256 = "HASH"\n' * 2, "two entries"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path, text: str | None, said: str) -> None:
    """A port that should ask for keys never runs open by mistake; the reason is one line without the value."""
    file = tmp_path / "keys.toml"
    if text is not None:
        file.write_text(text.replace("HASH", "0" * 64))
    with pytest.raises(BadSettings, match=r"JOURNEYWRIGHT_API_KEYS") as caught:
        read_keys(file)
    assert said in str(caught.value)
    assert "the key itself" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_number_of_keys_is_bounded(tmp_path: Path) -> None:
    """KEYS_MAX are read, one more is refused."""
    entries = [(f"k{n}", "write", "a", f"key {n}") for n in range(KEYS_MAX + 1)]
    with pytest.raises(BadSettings):
        read_keys(key_file(tmp_path, entries))
    assert len(read_keys(key_file(tmp_path, entries[1:])).by_hash) == KEYS_MAX


ORIGINS = {"cors_origins": "https://shop.example,https://www.shop.example:8443"}


def test_events_come_from_listed_origins_only(make_site: Callable[..., Site]) -> None:
    """Preflight and answer name the page's own origin where it is listed; another page's events are refused; our own
    host's pages and clients that are no pages are at home."""
    site = make_site(**ORIGINS)
    for origin, status, allowed in (
        ("https://shop.example", 202, "https://shop.example"),
        ("https://www.shop.example:8443", 202, "https://www.shop.example:8443"),
        ("https://evil.example", 403, None),
        ("null", 403, None),
        (site.url, 202, None),
    ):
        answer = site.http.post("/api/v1/events", json=native(), headers={"Origin": origin})
        assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (status, allowed), origin
        assert answer.headers["Vary"] == "Origin"
        preflight = site.http.options("/api/v1/events", headers={"Origin": origin})
        assert preflight.headers.get("Access-Control-Allow-Origin") == allowed
    assert site.http.post("/api/v1/events", json=native()).status_code == 202
    assert site.http.post("/e/", json=a_view(), headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_sender_is_bounded_and_told_when_to_come_back(make_site: Callable[..., Site], keys: Keys) -> None:
    """With its ten seconds' worth spent a key waits, by 429, or 503 for PostHog's clients; other keys don't."""
    site = make_site(keys=keys, rate_events_s=1)
    ten = [native(f"e{n}", app=APP) for n in range(30)]
    assert site.http.post("/api/v1/events", json=ten, headers=bearer(WRITE)).status_code == 202
    busy = site.http.post("/api/v1/events", json=ten, headers=bearer(WRITE))
    assert (busy.status_code, busy.json()["error"]["code"]) == (429, "too_many_events")
    assert 15 <= int(busy.headers["Retry-After"]) <= 22
    assert site.http.post("/e/", json=a_view(WRITE)).status_code == 503
    assert site.http.post("/api/v1/events", json=ten, headers=bearer(WRITE_ALL)).status_code == 202
