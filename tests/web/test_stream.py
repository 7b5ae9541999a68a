"""What goes on, as server-sent events."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.web import streams
from agents.web.errors import ApiError
from agents.web.streams import VISITOR_STREAMS_MAX, Streams
from agents.web.views.live import STORIES_SHOWN
from schemas.elements import Element
from schemas.events import Typed
from schemas.stories import FillStep
from tests.storage.samples import APP, a_story, a_test
from tests.web.conftest import Site
from tests.web.test_keys import READ, READ_ALL, bearer, key_file, read_keys

pytestmark = pytest.mark.slow

STREAM = "/api/v1/live/stream"


@dataclass
class Told:
    """One event."""

    kind: str
    value: Any
    id: str


@contextmanager
def listening(site: Site, **more: Any) -> Iterator[Iterator[Told]]:
    """The events of a stream, as they come."""
    with site.http.stream("GET", STREAM, **more) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield events(answer)


def events(answer: httpx.Response) -> Iterator[Told]:
    """Reads as a browser's EventSource would; an event without data is none."""
    fields: dict[str, str] = {}
    last_id = ""
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
            continue
        last_id = fields.get("id", last_id)
        if "data" in fields:
            yield Told(fields.get("event", "message"), json.loads(fields["data"]), last_id)
        fields = {}


def next_of(kind: str, told: Iterator[Told]) -> Told:
    """The next event of a kind."""
    return next(one for one in told if one.kind == kind)


def test_stories_are_told_as_they_come_and_change(site: Site) -> None:
    """First those that are there, the oldest first; then each new one, its test, and its withdrawal."""
    site.storage.put_story(a_story("old"))
    with listening(site) as told:
        assert next_of("story", told).value["id"] == "old"
        late = a_story("late", start_timestamp="2001-01-01T00:00:00.000Z", flow_key="search")
        site.storage.put_story(late)
        found = next_of("story", told).value
        assert (found["id"], found["has_test"]) == ("late", False)
        assert site.storage.put_test(a_test(late))
        found = next_of("story", told).value
        assert (found["id"], found["has_test"]) == ("late", True)
        site.storage.withdraw_story("late")
        assert next_of("gone", told).value == {"id": "late"}


def test_it_goes_on_after_the_last_id(site: Site) -> None:
    """What came meanwhile is told, however much it is; what was told before is not, but for what came just then."""
    with listening(site) as told:
        site.storage.put_story(a_story("first"))
        last_id = next_of("story", told).id
    names = [f"s{number}" for number in range(250)]
    site.storage.put_stories([a_story(name) for name in names])
    with listening(site, headers={"Last-Event-ID": last_id}) as told:
        found = [next_of("story", told).value["id"] for _ in range(251)]
    assert sorted(found) == sorted(["first", *names])
    for bad in ("nonsense", "bm9uc2Vuc2U"):
        assert site.http.get(STREAM, headers={"Last-Event-ID": bad}).status_code == 400


def test_what_went_away_while_nobody_listened_is_told(site: Site) -> None:
    """Who comes back names the stories that are shown: those that are gone by now are told, the others as they are."""
    site.storage.put_stories([a_story("stays"), a_story("goes")])
    with listening(site) as told:
        last_id = [next_of("story", told).id for _ in range(2)][-1]
    site.storage.withdraw_story("goes")
    shown = {"shown": ["goes", "stays"]}
    with listening(site, headers={"Last-Event-ID": last_id}, params=shown) as told:
        assert next_of("gone", told).value == {"id": "goes"}
        assert next_of("story", told).value["id"] == "stays"
        site.storage.withdraw_story("stays")
        assert next_of("gone", told).value == {"id": "stays"}
    assert site.http.get(STREAM, params={"shown": [f"s{one}" for one in range(51)]}).status_code == 400


def test_the_first_look_has_as_many_as_live_has(site: Site) -> None:
    """The newest ones, the newest last; then that these were all."""
    days = [a_story(f"s{day}", start_timestamp=f"2024-10-{day:02d}T00:00:00.000Z") for day in range(1, 26)]
    site.storage.put_stories(days)
    with listening(site) as told:
        found = [next(told) for _ in range(STORIES_SHOWN + 2)]
    assert [one.kind for one in found] == ["worker", *["story"] * STORIES_SHOWN, "begun"]
    assert [one.value["id"] for one in found[1:-1]] == [f"s{day}" for day in range(26 - STORIES_SHOWN, 26)]


def test_the_worker_is_told_of_as_it_changes(site: Site) -> None:
    """Its dead letters with their cause among it."""
    with listening(site) as told:
        assert next_of("worker", told).value["newest_dead_letters"] == []
        site.metrics.note_dead_letter("unreadable", "no JSON", "events", 3, 7)
        (letter,) = next_of("worker", told).value["newest_dead_letters"]
        assert (letter["cause"], letter["offset"]) == ("no JSON", 7)


def test_a_key_of_one_app_hears_of_its_stories_alone(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """And nothing of the worker; without a key nothing at all."""
    site = make_site(read_keys(key_file(tmp_path)))
    assert site.http.get(STREAM).status_code == 401
    assert site.http.get(STREAM, params={"app": "other"}, headers=bearer(READ)).status_code == 403
    site.storage.put_story(a_story("mine"))
    site.storage.put_story(a_story("other", app="other.example"))
    with listening(site, params={"shown": "other"}, headers=bearer(READ)) as told:
        assert next_of("gone", told).value == {"id": "other"}
    with listening(site, headers=bearer(READ)) as told:
        first, begun = next(told), next(told)
        site.storage.put_story(a_story("theirs", app="other.example"))
        site.storage.put_story(a_story("also mine"))
        second = next(told)
    assert begun.kind == "begun"
    assert [(one.kind, one.value["id"], one.value["app"]) for one in (first, second)] == [
        ("story", "mine", APP),
        ("story", "also mine", APP),
    ]
    with listening(site, headers=bearer(READ_ALL)) as told:
        next_of("worker", told)


def test_what_few_users_typed_is_not_told(make_site: Callable[..., Site]) -> None:
    """A title has made-up values where values need several users."""
    site = make_site(users_min=3)
    field = Element(tag="input", type="search", role="searchbox", name="Find")
    step = FillStep(
        event_id="e", at_ms=1, target=field, value=Typed(text="Ada Lovelace"), said="Fill in 'Ada Lovelace'"
    )
    site.storage.put_story(a_story(title="Search for 'Ada Lovelace'", traffic="real", steps=(step,)))
    with listening(site) as told:
        title = next_of("story", told).value["title"]
    assert title.startswith("Search for '")
    assert "Lovelace" not in title


def test_streams_of_one_visitor_are_bounded(site: Site) -> None:
    """The one beyond is told when to come back, and gets a place once another ends."""
    with ExitStack() as held:
        answers = [held.enter_context(site.http.stream("GET", STREAM)) for _ in range(VISITOR_STREAMS_MAX)]
        assert {one.status_code for one in answers} == {200}
        refused = site.http.get(STREAM)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_streams")
        assert int(refused.headers["Retry-After"]) > 0
    statuses = {429}
    while statuses == {429}:  # those that were left are noticed with their next look
        with site.http.stream("GET", STREAM) as answer:
            statuses = {answer.status_code}
    assert statuses == {200}


def test_streams_of_all_are_bounded() -> None:
    """Whoever comes once all places are taken is told to come back; a place that is left can be had again."""

    async def fill() -> None:
        places = Streams(streams_max=2, visitor_streams_max=2)
        async with places.place("a"):
            async with places.place("b"):
                with pytest.raises(ApiError) as refused:
                    async with places.place("c"):
                        pass
                assert (refused.value.status, refused.value.code) == (503, "busy")
            async with places.place("c"):
                pass

    asyncio.run(fill())


def test_it_ends_after_its_time_and_beats_before(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is broken by a comment, which no client takes for an event."""
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(streams, "LIFE_S", 2.5)
    text = site.http.get(STREAM).text
    assert text.startswith("retry: ")
    assert "\n:\n\n" in text
