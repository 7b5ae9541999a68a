"""Automated tests at work on an app that carries the recorder: they are told apart from people."""

import json
from pathlib import Path

import pytest

from agents.local.project import run_project
from pipeline.codegen import project_files
from tests.capture.site import END, Site

BY_HAND = f"""
def test_by_hand(page):
    page.goto("/shop.html")
    page.get_by_role("button", name="Buy").click()
    page.evaluate({END!r})
"""


@pytest.mark.slow
def test_visits_of_tests_are_nobodys_use_of_the_app(
    site: Site, capture_js: str, chromium_path: str, tmp_path: Path
) -> None:
    """A test that a person wrote, run with the conftest.py of an exported project: its visit is told under the app's
    name for tests, with the test, the build and the run, and none of it under the app's own."""
    told = json.dumps({"endpoint": site.endpoint, "app": "shop", "traffic": "real"})
    script = f"<script>window.JOURNEYWRIGHT = {told};</script><script>{capture_js}</script>"
    site.pages["/shop.html"] = (f"<!doctype html><title>Shop</title>{script}<button>Buy</button>", "text/html", {})
    for name, content in project_files([]).items():
        (tmp_path / name).write_text(content)
    (tmp_path / "test_by_hand.py").write_text(BY_HAND)
    (result,) = run_project(tmp_path, site.url, Path(chromium_path), {"APP_BUILD": "118", "APP_RUN": "nightly-7"})
    assert result.passed, result
    events = site.events()
    assert "click" in {event.kind for event in events}
    assert {(event.app, event.traffic) for event in events} == {("shop@tests", "test")}
    assert {event.user_id for event in events} == {"test_by_hand.py::test_by_hand[chromium] build=118 run=nightly-7"}
