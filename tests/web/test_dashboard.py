"""How the dashboard's page and files are served. What they show is tried in a browser (tests/dashboard)."""

from pathlib import Path

import pytest

from agents.web.views import dashboard
from tests.web.conftest import Site

NAME = "main-ABCD1234.js"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the build leaves it."""
    monkeypatch.setattr(dashboard, "FOLDER", tmp_path)
    page = f'<!doctype html><base href="./"><script type="module" src="dashboard/{NAME}"></script>'
    (tmp_path / "index.html").write_text(page)
    (tmp_path / NAME).write_text("// program")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "base"),
    [("/", "./"), ("/runs", "./"), ("/flows/x", "../"), ("/review/a%2Fb", "../"), ("/flows/%22%3E%3Cscript%3E", "../")],
)
def test_every_page_leads_back_to_where_the_port_is_mounted(site: Site, built: Path, path: str, base: str) -> None:
    """So that the files and the API are found behind any path prefix; nothing of the address gets into the page."""
    page = site.http.get(path)
    assert page.status_code == 200
    assert page.text == (built / "index.html").read_text().replace("./", base, 1)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_wrong_link_leads_to_a_page_in_a_browser_alone(site: Site, built: Path) -> None:
    """From which one can go on; a program is told as of every call."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = site.http.get("/no/where", headers=browser)
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert '<base href="../">' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for headers in (browser, {}):
        assert site.http.post("/no/where", headers=headers).json()["error"]["code"] == "not_found"
        assert site.http.get("/api/v1/flows/x", headers=headers).json()["error"]["code"] == "not_found"
    assert site.http.get("/no/where").json()["error"]["code"] == "not_found"


def test_a_page_may_run_and_load_only_what_is_served_here(site: Site, built: Path) -> None:
    """No inline script or style, no frame around it, no other host, no text that becomes markup."""
    policy = site.http.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy


def test_files_are_kept_for_good_and_pages_are_asked_for_again(site: Site, built: Path) -> None:
    """A file's name changes with its content; the page, which names it, is compared by its ETag each time."""
    file = site.http.get(f"/dashboard/{NAME}", headers={"Accept-Encoding": "gzip"})
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (file.headers["Content-Encoding"], file.text) == ("gzip", "// program")
    page = site.http.get("/")
    assert page.headers["Cache-Control"] == "no-cache"
    again = site.http.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    deeper = site.http.get("/flows/x", headers={"If-None-Match": page.headers["ETag"]})
    assert deeper.status_code == 200


@pytest.mark.parametrize(
    "name", ["index.html", "..%2Findex.html", "%2Fetc%2Fpasswd", "main-ABCD1234.js%00", "main-OTHER123.js"]
)
def test_no_other_file_is_served(site: Site, built: Path, name: str) -> None:
    """Only what the build gave a name of its own."""
    assert site.http.get(f"/dashboard/{name}").status_code == 404


def test_before_it_is_built_it_says_so(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """404 with what to do."""
    monkeypatch.setattr(dashboard, "FOLDER", tmp_path / "nowhere")
    error = site.http.get("/").json()["error"]
    assert (error["code"], "make setup" in error["hint"]) == ("not_built", True)
