"""Whom the web port answers: under which names, and which pages."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.composition import Services
from agents.keys import Keys
from agents.settings import BadSettings, is_loopback, load
from agents.web.register import CALLS
from tests.storage.samples import a_story, a_test
from tests.web.conftest import Site
from tests.web.test_events import native
from tests.web.test_keys import ENTRIES, READ_ALL, bearer, key_file, read_keys

pytestmark = pytest.mark.slow

PATHS = sorted({call.path.replace("{id}", "x").replace("{name}", "x").replace("{token}", "x") for call in CALLS})


def asked(site: Site, target: str, *hosts: str, version: str = "1.1") -> int:
    """The status of a GET whose head is written as it stands here."""
    head = "".join(f"Host: {host}\r\n" for host in hosts)
    with socket.create_connection(("127.0.0.1", site.app.conf.web_port), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/{version}\r\n{head}Connection: close\r\n\r\n".encode())
        return int(connection.recv(1_000).split()[1])


@pytest.mark.parametrize("path", [*PATHS, "/nothing/here"])
def test_another_name_is_answered_nowhere(site: Site, path: str) -> None:
    """421 under another name, whatever the path and the method, whatever a proxy is said to have heard."""
    for method in ("GET", "POST", "PUT", "OPTIONS"):
        headers = {"Host": "rebound.example", "X-Forwarded-Host": "localhost", "Forwarded": "host=localhost"}
        answer = site.http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (421, "unknown_host"), method


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("localhost", True),
        ("LocalHost:80", True),
        ("localhost.:6066", True),
        ("127.0.0.1", True),
        ("127.8.9.1:1", True),
        ("[::1]:6066", True),
        ("[::ffff:127.0.0.1]", True),
        ("", False),
        ("localhost.rebound.example", False),
        ("127.0.0.1.rebound.example", False),
        ("rebound.example.", False),
        ("localhost..", False),
        ("rebound.example:127", False),
        ("localhost@rebound.example", False),
        ("localhost:80:90", False),
        ("localhost:x", False),
        ("localhost/", False),
        ("10.0.0.1", False),
        ("[::2]", False),
        ("::1", False),
        ("0.0.0.0", False),
    ],
)
def test_a_port_without_keys_answers_under_loopback_names(site: Site, host: str, served: bool) -> None:
    """Exactly those, in whatever case, with a port or a final dot."""
    assert asked(site, "/healthz", host) == (200 if served else 421)


def test_each_place_that_names_a_host_counts(site: Site) -> None:
    """A second Host header, none at all, or a whole address as the target: refused where any of them is another's."""
    assert asked(site, "/healthz", "localhost", "rebound.example") in (400, 421)
    assert asked(site, "/healthz", "rebound.example", "localhost") in (400, 421)
    assert asked(site, "/healthz", version="1.0") == 421
    assert asked(site, "http://rebound.example/healthz", "localhost") == 421
    assert asked(site, "http://localhost@rebound.example/healthz", "localhost") in (400, 421)
    assert asked(site, "http://localhost/healthz", "rebound.example") == 421
    assert asked(site, "http://localhost/healthz", "localhost") == 200


def test_the_names_that_it_was_given_are_its_own(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """The web host, the host of the web URL, and where it listens on every address the one that was reached."""
    named = make_site(web_url="https://Journeys.example:8443/")
    assert [asked(named, "/healthz", host) for host in ("journeys.example", "journeys.example:8443.", "localhost")] == [
        200,
        421,
        200,
    ]
    everywhere = make_site(web_host="0.0.0.0", web_url="http://worker-1:6066")
    hosts = ("worker-1:6066", "0.0.0.0", "127.0.0.1", "10.9.8.7", "worker-2")
    assert [asked(everywhere, "/healthz", host) for host in hosts] == [200, 200, 200, 421, 421]


def test_a_port_with_keys_answers_under_every_name(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """A page that had its name point here knows no key: it reads and saves nothing."""
    site = make_site(keys=read_keys(key_file(tmp_path, ENTRIES)))
    assert asked(site, "/healthz", "behind.a.proxy.example") == 200
    assert asked(site, "/api/v1/stories", "rebound.example") == 401
    answer = site.http.get("/api/v1/stories", headers={**bearer(READ_ALL), "Host": "behind.a.proxy.example"})
    assert answer.status_code == 200


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://other.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://["},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_pages_of_other_origins_neither_read_nor_save(site: Site, headers: dict[str, str]) -> None:
    """403 for every call that is not there for pages, and nothing is changed; events are still taken from them."""
    story = a_story("s")
    site.storage.put_stories([story])
    site.storage.put_test(a_test(story))
    path = f"/api/v1/tests/{a_test(story).id}"
    edit = site.http.put(path, content=b"x = 1", headers={**headers, "If-Match": "*", "Content-Type": "text/plain"})
    assert (edit.status_code, edit.json()["error"]["code"]) == (403, "foreign_page")
    stored = site.storage.test(a_test(story).id)
    assert stored is not None
    assert not stored.saved
    for call in CALLS:
        if not call.capture:
            refused = site.http.request(call.method, call.path.replace("{id}", "x"), headers=headers)
            assert refused.status_code == 403, call.path
            assert "Access-Control-Allow-Origin" not in refused.headers
    assert site.http.post("/api/v1/events", json=native(), headers=headers).status_code == 202
    assert site.http.get("/capture.js", headers=headers).status_code in (200, 404)


def test_own_pages_and_links_are_answered(make_site: Callable[..., Site]) -> None:
    """Our own pages save, also behind a proxy whose name is the web URL's; a link from elsewhere may be followed."""
    site = make_site(web_url="https://journeys.example")
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    home: list[dict[str, Any]] = [
        {"Origin": f"http://127.0.0.1:{site.app.conf.web_port}", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://journeys.example"},
        {"Sec-Fetch-Site": "none"},
    ]
    client = {"Host": f"127.0.0.1:{site.app.conf.web_port}"}
    for headers in home:
        answer = _local(site, "PUT", "/api/v1/tests/x", {**headers, **client, "If-Match": "*"}, b'{"code": "x = 1"}')
        assert answer == 404, headers
    assert _local(site, "GET", "/api/v1/stories", {**visit, **client}) == 200
    assert _local(site, "PUT", "/api/v1/tests/x", {**visit, **client, "If-Match": "*"}, b"x = 1") == 403


def _local(site: Site, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
    """The status by the port itself: the web URL of the site is another one."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {path} HTTP/1.1\r\n{lines}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.app.conf.web_port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        return int(connection.recv(1_000).split()[1])


@pytest.mark.parametrize(
    ("origin", "proto", "home"),
    [
        ("http://{host}", "", True),
        ("HTTP://{host}", "", True),
        ("https://{host}", "", False),
        ("ws://{host}", "", False),
        ("//{host}", "", False),
        ("{host}", "", False),
        ("http://{host}.", "", False),
        ("http://{host}:80", "", True),
        ("http://{host}:81", "", False),
        ("http://{host} http://other.example", "", False),
        ("https://{host}", "https", True),
        ("http://{host}", "https", False),
        ("https://{host}", "https, http", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(make_site: Callable[..., Site], origin: str, proto: str, home: bool) -> None:
    """Ours is the one that was asked; by which scheme, a proxy of ours may say."""
    host = "journeys.example"
    headers = {"Host": host, "Origin": origin.format(host=host), "If-Match": "*"}
    told = {**headers, "X-Forwarded-Proto": proto} if proto else headers
    behind = make_site(web_url="http://other.example", web_host=host, trusted_proxies="127.0.0.1" if proto else "")
    assert _local(behind, "PUT", "/api/v1/tests/x", told, b'{"code": "x = 1"}') == (404 if home else 403)


def test_nobody_else_says_by_which_scheme_it_came(make_site: Callable[..., Site]) -> None:
    """A page can't make itself one of ours by a header of its own."""
    site = make_site(web_host="journeys.example")
    for claim in ({"X-Forwarded-Proto": "https"}, {"Forwarded": "proto=https"}):
        headers = {"Host": "journeys.example", "Origin": "https://journeys.example", "If-Match": "*", **claim}
        assert _local(site, "PUT", "/api/v1/tests/x", headers, b'{"code": "x = 1"}') == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "fe80::1", "shop.example"])
def test_a_port_beyond_loopback_needs_keys_or_a_word(tmp_path: Path, host: str) -> None:
    """Else the start is refused, in one line that names what to do."""
    with pytest.raises(BadSettings, match="JOURNEYWRIGHT_WEB_OPEN") as caught:
        Services(load(data=tmp_path, web_host=host)).require_usable()
    assert "JOURNEYWRIGHT_API_KEYS" in str(caught.value)
    assert "\n" not in str(caught.value)
    Services(load(data=tmp_path, web_host=host, web_open="true")).require_usable()
    Services(load(data=tmp_path, web_host=host, api_keys=key_file(tmp_path, ENTRIES))).require_usable()


def test_loopback_needs_neither(tmp_path: Path) -> None:
    """Whatever loopback's address is."""
    for host in ("127.0.0.1", "127.3.2.1", "::1", "localhost", "::ffff:127.0.0.1"):
        assert is_loopback(host)
        Services(load(data=tmp_path, web_host=host)).require_usable()
    assert not Keys().required
