"""Probes, metrics, docs, the recorder, and what a PostHog client needs."""

import base64
import gzip
import json
import os
import re
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from aiohttp import web

from agents.web.answers import PLAIN_BYTES_MAX, compress
from agents.web.intake import events
from tests.storage.samples import a_story
from tests.web.conftest import Site


def test_the_probes_tell_life_from_readiness(site: Site) -> None:
    """/healthz only says that the process lives; /readyz says what is missing, and 503."""
    assert site.http.get("/readyz").json() == {
        "ready": True,
        "checks": {"consumer": {"ok": True, "reason": ""}, "storage": {"ok": True, "reason": ""}},
    }
    site.missing["consumer"] = "no partitions are assigned yet"
    answer = site.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["consumer"] == {"ok": False, "reason": "no partitions are assigned yet"}
    assert site.http.get("/healthz").status_code == 200


def test_metrics_are_in_prometheus_format(site: Site) -> None:
    """Every line is a comment or a sample named journeywright_…, and storage's rows are counted."""
    site.storage.put_story(a_story())
    answer = site.http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    assert all(re.match(r"# |journeywright_[a-z_]+(\{.*\})? [-+0-9.eE]+(Inf)?$", line) for line in lines)
    assert 'journeywright_stored{kind="stories"} 1.0' in lines


def test_the_docs_load_nothing_from_elsewhere(site: Site) -> None:
    """A page whose every script and style is served here, and no file beside those is."""
    page = site.http.get("/docs")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/docs/")
        assert site.http.get(address).status_code == 200
    for name in ("index.html", "..%2F..%2F__init__.py", "swagger-ui.js", "%2Fetc%2Fpasswd"):
        assert site.http.get(f"/docs/{name}").status_code == 404


def test_the_recorder_is_sent_once(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed or plain as the client likes, with an ETag that saves the second transfer, and 404 before it is built."""
    monkeypatch.setattr(events, "CAPTURE_FILE", tmp_path / "capture.js")
    assert site.http.get("/capture.js").status_code == 404
    (tmp_path / "capture.js").write_text("// " + "record " * 500)
    plain = site.http.get("/capture.js", headers={"Accept-Encoding": "identity"})
    packed = site.http.get("/capture.js", headers={"Accept-Encoding": "gzip"})
    assert plain.text == packed.text == "// " + "record " * 500
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    again = site.http.get("/capture.js", headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_recorder_is_sent_as_small_as_the_browser_takes_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Brotli where the client takes that and the build left it; one left by an earlier build is not used."""
    built, small = tmp_path / "capture.js", tmp_path / "capture.js.br"
    monkeypatch.setattr(events, "CAPTURE_FILE", built)
    small.write_bytes(b"smaller")
    built.write_text("// recorder")
    os.utime(small, ns=(built.stat().st_mtime_ns - 1,) * 2)
    takes = {"Accept-Encoding": "gzip, deflate, br;q=0.9"}
    assert site.http.get("/capture.js", headers=takes).headers["Content-Encoding"] == "gzip"
    built.write_text("// a recorder")
    os.utime(small, ns=(built.stat().st_mtime_ns,) * 2)
    sent = site.http.get("/capture.js", headers=takes)
    assert (sent.headers["Content-Encoding"], sent.content) == ("br", b"smaller")
    assert site.http.get("/capture.js", headers={"Accept-Encoding": "gzip"}).text == "// a recorder"


@pytest.mark.parametrize("path", ["/e/?ip=0&_=1&ver=1.2.3", "/e", "/i/v0/e/?compression=gzip-js", "/batch/", "/batch"])
def test_a_posthog_batch_is_taken(site: Site, path: str) -> None:
    """Plain, gzip without any header, and base64 in a form: each is answered with what the client waits for."""
    properties = {"$current_url": "https://shop.example/", "$session_id": "s", "distinct_id": "u", "token": "t"}
    view = {"uuid": "u1", "event": "$pageview", "properties": properties, "timestamp": "2024-10-10T22:53:05.563Z"}
    body = orjson.dumps({"api_key": "t", "batch": [view]})
    form = f"data={quote(base64.b64encode(body).decode())}"
    answers = [
        site.http.post(path, content=body, headers={"Content-Type": "application/json"}),
        site.http.post(path, content=gzip.compress(body), headers={"Content-Type": "text/plain"}),
        site.http.post(path, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"}),
    ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": 1})] * 3
    assert len(site.topic.messages) == 3


def test_a_posthog_client_is_told_to_come_back(site: Site) -> None:
    """It drops what is answered with 4xx, so an absent broker is 503."""
    site.topic.away = True
    body = {"event": "$pageview", "properties": {"distinct_id": "u", "$session_id": "s", "$host": "a"}}
    answer = site.http.post("/e/", json={**body, "timestamp": "2024-10-10T22:53:05.563Z"})
    assert answer.status_code == 503


def test_a_posthog_client_finds_its_configuration(site: Site) -> None:
    """JSON, script and flags: it records to us and asks for nothing else; a hostile token stays a string."""
    token = 'x"</script>\u2028${1}'
    config = site.http.get(f"/array/{quote(token, safe='')}/config").json()
    assert config["token"] == token
    assert config["sessionRecording"]["endpoint"] == "/s/"
    assert "gzip-js" in config["supportedCompression"]
    script = site.http.get(f"/array/{quote(token, safe='')}/config.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "</script>" not in script.text
    assert "\u2028" not in script.text
    found = re.search(r"all\[(.*?)\]=\{config:(.*),siteApps:\[\]\};", script.text)
    assert found is not None
    assert json.loads(found[1]) == token
    assert json.loads(found[2]) == config
    for path in ("/flags/?v=2", "/flags", "/decide/?v=3"):
        assert site.http.post(path, content=b"anything").json()["featureFlags"] == {}


def test_nobody_sees_faults_from_inside(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours is a 500 in the common shape, without a trace; the log says where, and quotes nothing."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(site.storage, "story", broken)
    answer = site.http.get("/api/v1/stories/x")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert "test_operations.py" in caplog.text
    assert "secret" not in caplog.text


def test_faust_shows_nothing_of_its_own(site: Site) -> None:
    """Faust's pages about tables, routing and statistics are not served."""
    for path in ("/table/", "/router/", "/graph/", "/stats", "/table/journeys/x/"):
        assert site.http.get(path).status_code == 404


def test_long_answers_are_sent_compressed_to_whoever_takes_that(site: Site) -> None:
    """A list beyond PLAIN_BYTES_MAX comes as gzip where the request accepts it, and plain where it does not; a short
    answer comes plain."""
    site.storage.put_stories([a_story(f"s{number}", flow_key=f"flow {number}") for number in range(20)])
    plain = site.http.get("/api/v1/flows", headers={"Accept-Encoding": "identity"})
    assert len(plain.content) > PLAIN_BYTES_MAX
    assert "Content-Encoding" not in plain.headers
    packed = site.http.get("/api/v1/flows", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
    assert packed.json() == plain.json()
    short = site.http.get("/api/v1/flows", params={"app": "none"}, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short.headers


def test_answers_are_compressed_beyond_their_bound_only() -> None:
    """A body of PLAIN_BYTES_MAX bytes stays as it is; one byte more does not."""
    for size, packed in ((PLAIN_BYTES_MAX, False), (PLAIN_BYTES_MAX + 1, True)):
        answer = web.Response(body=b"1" * size, content_type="application/json")
        compress(answer)
        assert answer.compression == packed
