"""Coverage over HTTP."""

import pytest

from agents.storage.sql import flow_rows
from agents.web.views import coverage as view
from tests.storage.samples import APP, a_story, a_test
from tests.web.conftest import Site


def test_coverage_of_an_app(site: Site) -> None:
    """Shares count the app's own journeys; what has no test is missing by name."""
    site.storage.put_stories([a_story("a"), a_story("b", flow_key="search", title="Search"), a_story("c", app="other")])
    site.storage.put_test(a_test(a_story("a")))
    answer = site.http.get("/api/v1/coverage", params={"app": APP})
    assert answer.status_code == 200
    found = answer.json()
    assert found["journeys"] == 2
    assert 0 <= found["activities_covered"] <= 1
    assert found["deeds_covered"] == found["activities_covered"], "the earlier name"
    assert len(found["smallest"]) == 1
    assert list(found["titles"]) == found["smallest"]
    assert found["days"][-1] == {"day": "2024-10-10", "tested": 1, "untested": 1, "users": 1}


def test_coverage_of_many_flows_answers_with_what_is_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how many flows are left; each further call reads on, until none is."""
    monkeypatch.setattr(flow_rows, "STORIES_AT_ONCE_MAX", 2)
    monkeypatch.setattr(view, "WITHIN_S", 1e-9)
    site.storage.put_stories([a_story(name, flow_key=name, title=name) for name in "abcde"])
    answers = [site.http.get("/api/v1/coverage", params={"app": APP}).json() for _ in range(3)]
    assert [(one["journeys"], one["flows_unread"]) for one in answers] == [(2, 3), (4, 1), (5, 0)]


def test_coverage_refuses_what_it_cannot_use(site: Site) -> None:
    """An app must be named, and a target is a share."""
    assert site.http.get("/api/v1/coverage").status_code == 400
    for target in ("2", "-1", "x", "nan"):
        assert site.http.get("/api/v1/coverage", params={"app": APP, "target": target}).status_code == 400
