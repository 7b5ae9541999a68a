"""Verdicts, revisions and decisions over HTTP."""

from pathlib import Path

import pytest

from schemas.verdicts import Artifact
from tests.storage.samples import a_story, a_test
from tests.storage.test_verdicts import a_verdict
from tests.web.conftest import Site


def filled(site: Site) -> str:
    """The id of a test with two verdicts."""
    site.storage.put_story(a_story())
    test = a_test(a_story())
    site.storage.put_test(test)
    site.storage.put_verdict(a_verdict(test.id, number=0))
    site.storage.put_verdict(a_verdict(test.id, "failed", number=1))
    return test.id


def test_verdicts_are_listed_and_narrowed(site: Site) -> None:
    """Newest first; a filter that can't be is refused with what can."""
    key = filled(site)
    found = site.http.get("/api/v1/verdicts", params={"test_id": key}).json()["verdicts"]
    assert [one["outcome"] for one in found] == ["failed", "passed"]
    assert len(site.http.get("/api/v1/verdicts", params={"outcome": "passed"}).json()["verdicts"]) == 1
    assert len(site.http.get("/api/v1/verdicts", params={"outcome": "passed,failed"}).json()["verdicts"]) == 2
    assert site.http.get("/api/v1/verdicts").json()["titles"] == {key: "Sign in"}
    refused = site.http.get("/api/v1/verdicts", params={"outcome": "passed,green"})
    assert refused.status_code == 400
    assert "passed" in refused.text


def test_decision_changes_the_state_and_is_kept(site: Site) -> None:
    """A quarantine wins over verdicts until it is released; who decided what and why stands with the revisions."""
    key = filled(site)
    assert site.http.get(f"/api/v1/tests/{key}").json()["state"] == "failing"
    done = site.http.post(f"/api/v1/tests/{key}/quarantine", json={"reason": "the shop is being rebuilt"})
    assert (done.status_code, done.json()["state"]) == (200, "quarantined")
    assert [one["id"] for one in site.http.get("/api/v1/tests", params={"state": "quarantined"}).json()["tests"]] == [
        key
    ]
    assert site.http.post(f"/api/v1/tests/{key}/release").json()["state"] == "failing"
    told = site.http.get(f"/api/v1/tests/{key}/revisions").json()
    assert [one["decision"] for one in told["decisions"]] == ["release", "quarantine"]
    assert told["decisions"][1]["reason"] == "the shop is being rebuilt"
    assert [one["origin"] for one in told["revisions"]] == ["generated"]


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("reject", b"", 400),
        ("reject", b'{"reason": "  "}', 400),
        ("reject", b'{"reason": 7}', 400),
        ("approve", b"no", 400),
        ("approve", b"[]", 400),
        ("approve", b'{"reason": "' + b"x" * 501 + b'"}', 400),
        ("approve", b" " * 4_000, 413),
    ],
)
def test_decision_that_cannot_be_used_is_refused(site: Site, call: str, body: bytes, status: int) -> None:
    """Each with its reason, and the state stays."""
    key = filled(site)
    assert site.http.post(f"/api/v1/tests/{key}/{call}", content=body).status_code == status
    assert site.storage.decisions(key) == []
    assert site.http.post(f"/api/v1/tests/nobody/{call}", json={"reason": "x"}).status_code == 404


def test_proving_runs_are_listed_with_their_verdicts(site: Site) -> None:
    """A run is found by app and build, shows its counts, and its verdicts are found by it."""
    key = filled(site)
    site.storage.put_verdict(a_verdict(key, number=2, run_id="r1"))
    (run,) = site.http.get("/api/v1/runs", params={"build": "118"}).json()["runs"]
    assert site.http.get("/api/v1/runs/r1").json() == run
    assert (run["tests"], run["outcomes"], run["mutants_noticed"]) == (1, {"passed": 1}, 1)
    assert site.http.get("/api/v1/runs", params={"build": "117"}).json()["runs"] == []
    assert [one["id"] for one in site.http.get("/api/v1/verdicts", params={"run_id": "r1"}).json()["verdicts"]] == [
        "v2"
    ]
    compared = site.http.get("/api/v1/runs/r1/since/r1").json()
    assert (compared["before"], compared["after"], compared["differences"]) == (run, run, [])
    for path in ("nobody", "r1/since/nobody", "nobody/since/r1"):
        assert site.http.get(f"/api/v1/runs/{path}").status_code == 404


def test_quarantine_is_a_list_that_an_exported_project_reads(site: Site) -> None:
    """A file's name, the test's id and why, in one line whatever was written; empty once it is released."""
    key = filled(site)
    assert site.http.get("/api/v1/quarantine", params={"app": "shop.example"}).text == ""
    site.http.post(f"/api/v1/tests/{key}/quarantine", json={"reason": "being\nrebuilt"})
    stored = site.storage.test(key)
    assert stored is not None
    told = site.http.get("/api/v1/quarantine", params={"app": "shop.example"})
    assert told.text == f"{stored.test.file_name} id={key} being rebuilt\n"
    assert told.headers["Content-Type"] == "text/plain; charset=utf-8"
    site.http.post(f"/api/v1/tests/{key}/release")
    assert site.http.get("/api/v1/quarantine", params={"app": "shop.example"}).text == ""
    assert site.http.get("/api/v1/quarantine").status_code == 400


def left(site: Site, tmp_path: Path, urls: dict[str, str]) -> None:
    """A failed verdict with these artifacts, one of them a real file of the proof."""
    folder = tmp_path / "proof" / "t" / "v1"
    folder.mkdir(parents=True)
    (folder / "trace.zip").write_bytes(b"PK trace")
    (tmp_path / "keys.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "keys.txt")
    key = filled(site)
    here = {"trace.zip": (folder / "trace.zip").as_uri(), "link.txt": (folder / "link.txt").as_uri()}
    artifacts = tuple(Artifact(name=name, url=url) for name, url in (here | urls).items())
    site.storage.put_verdict(a_verdict(key, "failed", number=1).model_copy(update={"artifacts": artifacts}))


def test_what_a_failed_run_left_is_sent_as_a_file(site: Site, tmp_path: Path) -> None:
    """With its kind, and never as something that a browser would run or show as a page of ours."""
    left(site, tmp_path, {})
    answer = site.http.get("/api/v1/verdicts/v1/artifacts/trace.zip")
    assert (answer.status_code, answer.content) == (200, b"PK trace")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url",
    [
        "file://{tmp}/keys.txt",
        "file://{tmp}/proof/../keys.txt",
        "file://{tmp}/proof/%2e%2e/keys.txt",
        "file://{tmp}/proof",
        "file://{tmp}/proof/gone.zip",
        "file://elsewhere{tmp}/proof/t/v1/trace.zip",
        "https://files.example/trace.zip",
        "file:///proof/%00.zip",
        "//[",
    ],
)
def test_no_other_file_is_ever_sent(site: Site, tmp_path: Path, url: str) -> None:
    """Whatever address a verdict gives: only files of the proof's folder; the answer says where it was left."""
    left(site, tmp_path, {"asked.zip": url.replace("{tmp}", str(tmp_path))})
    for path in ("v1/artifacts/asked.zip", "v1/artifacts/link.txt", "v1/artifacts/keys.txt", "v9/artifacts/trace.zip"):
        answer = site.http.get(f"/api/v1/verdicts/{path}")
        assert answer.status_code == 404
        assert "secret" not in answer.text
    assert site.http.get("/api/v1/verdicts/v1/artifacts/asked.zip").json()["error"]["code"] == "not_here"
