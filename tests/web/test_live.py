"""What goes on at the moment, over HTTP."""

from collections.abc import Callable
from pathlib import Path

from agents.metrics import LETTERS_KEPT
from tests.storage.samples import APP, a_story
from tests.web.conftest import Site
from tests.web.test_keys import READ, READ_ALL, bearer, key_file, read_keys


def test_the_newest_stories_and_how_the_worker_is(site: Site) -> None:
    """Counters by their short names, the newest dead letters first, and what is missing."""
    site.storage.put_story(a_story("old"))
    site.storage.put_story(a_story("new", start_timestamp="2024-10-11T00:00:00.000Z"))
    for offset in range(LETTERS_KEPT + 5):
        site.metrics.note_dead_letter("unreadable", f"no JSON \ud800 {offset}", "events", 3, offset)
    site.metrics.lag.labels("events", "3").set(7)
    site.missing["consumer"] = "no partitions are assigned yet"
    told = site.http.get("/api/v1/live").json()
    assert [one["id"] for one in told["stories"]] == ["new", "old"]
    worker = told["worker"]
    assert worker["dead_letters"] == {"unreadable": LETTERS_KEPT + 5}
    letters = worker["newest_dead_letters"]
    assert len(letters) == LETTERS_KEPT
    assert (letters[0]["partition"], letters[0]["offset"]) == (3, LETTERS_KEPT + 4)
    assert [(one["partition"], one["lag_messages"]) for one in worker["partitions"]] == [("3", 7)]
    assert worker["missing"] == {"consumer": "no partitions are assigned yet"}


def test_a_key_of_one_app_sees_its_stories_alone(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """And nothing of the worker, which others' apps use too."""
    site = make_site(read_keys(key_file(tmp_path)))
    site.storage.put_story(a_story("mine"))
    site.storage.put_story(a_story("other", app="other.example"))
    told = site.http.get("/api/v1/live", headers=bearer(READ)).json()
    assert ([one["app"] for one in told["stories"]], told["worker"]) == ([APP], None)
    assert site.http.get("/api/v1/live", headers=bearer(READ_ALL)).json()["worker"] is not None
