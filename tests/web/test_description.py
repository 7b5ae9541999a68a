"""/openapi.json against the routes, and against what the views really do."""

import json
import subprocess
import sys
from typing import Any

import jsonschema_rs
import pytest

from agents.web.openapi import description
from agents.web.register import CALLS
from agents.web.views import dashboard
from tests.storage.samples import a_story, a_test
from tests.web.conftest import Site


def test_the_description_names_the_routes_and_no_others(site: Site) -> None:
    """Every described call is served, and every served one described, but for the files of the docs, the dashboard's
    pages and files, and what HTTP itself adds (HEAD, OPTIONS)."""
    described = {(method.upper(), path) for path, item in description(CALLS)["paths"].items() for method in item}
    routes = site.app.web.web_app.router.routes()
    served = {(route.method, route.resource.canonical) for route in routes if route.resource is not None}
    hidden = {(call.method, call.path) for call in CALLS if call.hidden}
    assert all(path.startswith(("/docs/", "/dashboard/")) or call_is_page(path) for _, path in hidden)
    assert {(m, p) for m, p in served if m not in ("HEAD", "OPTIONS")} - hidden == described


def call_is_page(path: str) -> bool:
    """Whether a path is that of one of the dashboard's pages: no call of the API is hidden."""
    return not path.startswith("/api/") and path.partition("/{")[0] in dashboard.PAGES


def test_the_description_is_valid(site: Site) -> None:
    """References lead somewhere, and no construct is newer than OpenAPI 3.0."""
    document = site.http.get("/openapi.json").json()
    names = set(document["components"]["schemas"])
    text = json.dumps(document)
    for part in text.split('"$ref": "')[1:]:
        assert part.split('"')[0].removeprefix("#/components/schemas/") in names
    for newer in ('"const"', '"prefixItems"', '"type": "null"', "$defs"):
        assert newer not in text
    for path, item in document["paths"].items():
        for operation in item.values():
            declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert declared == {part.split("}")[0] for part in path.split("{")[1:]}


def test_the_description_is_made_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """To make it costs a fifteenth of a second, and anybody may ask for it as often as they like."""
    before = site.http.get("/openapi.json").content

    def again(_calls: object) -> None:
        raise AssertionError("it was made again")

    monkeypatch.setattr("agents.web.register.openapi.description", again)
    assert site.http.get("/openapi.json").content == before


def with_null_types(node: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [with_null_types(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: with_null_types(item) for key, item in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") else plain


def test_answers_are_as_described(site: Site) -> None:
    """Stories and tests, alone and as pages, fit their schemas."""
    site.storage.put_story(a_story())
    site.storage.put_test(a_test(a_story()))
    document = with_null_types(site.http.get("/openapi.json").json())
    for path, schema in (
        ("/api/v1/stories", "StoryPage"),
        ("/api/v1/stories/s1", "StoryAnswer"),
        ("/api/v1/tests", "CodePage"),
        (f"/api/v1/tests/{a_test(a_story()).id}", "CodeAnswer"),
        ("/readyz", "Readiness"),
        ("/nowhere", "Error"),
    ):
        whole: dict[str, Any] = {**document, "$ref": f"#/components/schemas/{schema}"}
        jsonschema_rs.validate(whole, site.http.get(path).json())


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        # The schema of events has so many corners that visiting each takes minutes: those are drawn at random. A stream
        # has no end that could be waited for; its own tests read it.
        (
            "--exclude-path",
            "/api/v1/events",
            "--exclude-path",
            "/api/v1/live/stream",
            "--phases",
            "coverage,fuzzing",
            "--max-examples",
            "10",
        ),
        ("--include-path", "/api/v1/events", "--phases", "fuzzing", "--max-examples", "60"),
    ],
    ids=["all other calls", "events"],
)
def test_no_generated_request_finds_a_fault(site: Site, part: tuple[str, ...]) -> None:
    """schemathesis sends what fits the description and what doesn't: no 5xx, only described statuses and bodies."""
    site.storage.put_story(a_story())
    site.storage.put_test(a_test(a_story()))
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    options = [*part, "--checks", checks, "--seed", "7", "--no-color"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{site.url}/openapi.json", *options]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout[-6000:]
