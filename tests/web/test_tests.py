"""Tests by HTTP, and a person's edits."""

import httpx
import pytest

from schemas import limits
from tests.storage.samples import a_story, a_test
from tests.web.conftest import Site

EDIT = "def test_sign_in(page):\n    page.goto('/better')\n"
KNOWN = {"name", "story", "steps", "assertions", "actions", "code", "saved", "etag"}


def stored(site: Site) -> str:
    """The id of a stored test."""
    site.storage.put_story(a_story())
    test = a_test(a_story(), steps=("Open the page",), actions=("page.goto('/')",), assertions=("expect(page)",))
    assert site.storage.put_test(test)
    return test.id


def put(site: Site, key: str, code: str, etag: str | None) -> httpx.Response:
    """Saves an edit."""
    headers = {} if etag is None else {"If-Match": etag}
    return site.http.put(f"/api/v1/tests/{key}", json={"code": code}, headers=headers)


def test_a_test_has_the_fields_that_earlier_clients_know(site: Site) -> None:
    """Found by its story, with steps, assertions, actions and code."""
    key = stored(site)
    for query in ({"user_story_id": "s1"}, {"session_id": "session-1"}, {"tag": "login", "saved": "false"}):
        (test,) = site.http.get("/api/v1/tests", params=query).json()["tests"]
        assert set(test) >= KNOWN
        assert (test["id"], test["user_story_id"], test["support"]) == (key, "s1", 1)
    assert site.http.get("/api/v1/tests", params={"user_story_id": "none"}).json()["tests"] == []
    assert site.http.get("/api/v1/tests", params={"saved": "maybe"}).status_code == 400


def test_an_edit_is_saved_over_what_was_read(site: Site) -> None:
    """PUT with the read ETag saves code and file; the answer carries the new ETag, which GET repeats."""
    key = stored(site)
    before = site.http.get(f"/api/v1/tests/{key}")
    answer = put(site, key, EDIT, before.headers["ETag"])
    assert answer.status_code == 200, answer.text
    after = site.http.get(f"/api/v1/tests/{key}")
    assert after.headers["ETag"] == answer.headers["ETag"] != before.headers["ETag"]
    assert (after.json()["code"], after.json()["saved"]) == (EDIT, True)
    assert site.files.read(after.json()["file"]) == EDIT
    site.storage.put_story(a_story(version=4))
    site.storage.put_test(a_test(a_story(version=4)))
    assert site.http.get(f"/api/v1/tests/{key}").json()["code"] == EDIT


def test_steps_of_an_edited_test_are_where_their_lines_are(site: Site) -> None:
    """A line above moves them, so that a reader still sees which lines a step has."""
    site.storage.put_story(a_story())
    test = a_test(a_story(), steps=("Open the page",), step_lines=(3,))
    assert site.storage.put_test(test)
    assert put(site, test.id, f"import re\n{test.code}", "*").status_code == 200
    assert site.http.get(f"/api/v1/tests/{test.id}").json()["step_lines"] == [4]


def test_code_may_come_as_plain_text(site: Site) -> None:
    """text/plain is taken as the code itself; `*` saves over whatever is there."""
    headers = {"If-Match": "*", "Content-Type": "text/plain; charset=utf-8"}
    answer = site.http.put(f"/api/v1/tests/{stored(site)}", content=EDIT.encode(), headers=headers)
    assert answer.json()["code"] == EDIT


def test_saving_needs_the_etag_that_was_read(site: Site) -> None:
    """428 without, 412 with an old one, whose answer tells the present one; the same edit again is no conflict."""
    key = stored(site)
    etag = site.http.get(f"/api/v1/tests/{key}").headers["ETag"]
    assert put(site, key, EDIT, None).status_code == 428
    assert put(site, key, EDIT, etag).status_code == 200
    assert put(site, key, EDIT, etag).status_code == 200
    late = put(site, key, "x = 1\n", etag)
    assert late.status_code == 412
    assert put(site, key, "x = 1\n", late.json()["etag"]).status_code == 200
    assert put(site, "nobody's", EDIT, "*").status_code == 404


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def test(:\n", 1),
        ("x = 1\n\nif True\n    pass\n", 3),
        ("x = 'open\n", 1),
        ("  x\n", 1),
        ("", None),
        ("\0", None),
    ],
)
def test_code_that_doesnt_parse_is_refused_with_its_line(site: Site, code: str, line: int | None) -> None:
    """422 with reason and line; the stored code stays."""
    key = stored(site)
    answer = put(site, key, code, "*")
    assert answer.status_code == 422
    assert answer.json()["line"] == line
    assert site.http.get(f"/api/v1/tests/{key}").json()["saved"] is False


def test_code_that_nests_without_end_is_refused(site: Site) -> None:
    """Nesting that exhausts the parser is an answer, not a crash."""
    for code in ("(" * 5_000 + ")" * 5_000, "-" * 100_000 + "1", "x" + ".a" * 100_000):
        assert put(site, stored(site), code, "*").status_code in (200, 422)


def test_code_is_bounded(site: Site) -> None:
    """CODE_BYTES_MAX is taken, one byte more is 413."""
    key = stored(site)
    code = "#" * (limits.CODE_BYTES_MAX - 6) + "\nx = 1"
    assert put(site, key, code, "*").status_code == 200
    assert put(site, key, code + "1", "*").status_code == 413
    assert put(site, key, "#" * 3_000_000, "*").status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"code": 1}', b'{"code": null}', b"\xff"])
def test_bodies_without_code_are_refused(site: Site, body: bytes) -> None:
    """400 with what was expected."""
    headers = {"If-Match": "*", "Content-Type": "application/json"}
    answer = site.http.put(f"/api/v1/tests/{stored(site)}", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_code_is_checked_while_it_is_edited(site: Site) -> None:
    """Errors and warnings by line; nothing is saved."""
    story = a_story()
    site.storage.put_story(story)
    site.storage.put_test(a_test(story))
    path = f"/api/v1/tests/{a_test(story).id}/check"
    broken = site.http.post(path, json={"code": "def test_x(:"}).json()["problems"]
    assert [(one["line"], one["severity"]) for one in broken] == [(1, "error")]
    odd = site.http.post(path, content="def test_x(page):\n    page.wait_for_timeout(1)\n")
    assert odd.status_code == 400
    text = {"Content-Type": "text/plain"}
    warned = site.http.post(path, content="def test_x(page):\n    page.goto('/')\n", headers=text).json()["problems"]
    assert [one["severity"] for one in warned] == ["warning"]
    assert not site.http.get(f"/api/v1/tests/{a_test(story).id}").json()["saved"]
