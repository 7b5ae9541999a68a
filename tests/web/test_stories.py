"""Stories and open journeys by HTTP."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from agents.storage import StoredStory
from agents.web.services import OpenWindow
from agents.web.views.stories import EVENTS_SHOWN_MAX, ROUTED_HEADER, SHOWN_BYTES_MAX, story_json, windows_json
from pipeline.flows.ids import flow_id
from schemas.codecs import to_json
from schemas.events import Fill, Typed
from tests.flows.test_parameters import saves
from tests.storage.samples import APP, a_story, a_test
from tests.stories.by_hand import HOME, Journey, button, link, textbox
from tests.web.conftest import Site, an_event

pytestmark = pytest.mark.slow

KNOWN = {
    "id",
    "session_id",
    "title",
    "startTimestamp",
    "endTimestamp",
    "initialState",
    "actions",
    "networkRequests",
    "finalState",
    "hasTests",
    "tags",
}
"""What earlier clients read of a story."""


def test_a_story_has_the_fields_that_earlier_clients_know(site: Site) -> None:
    """The outer names are those of old; flow, support and hasTests come with them."""
    site.storage.put_stories([a_story("a"), a_story("b", session_id="other")])
    page = site.http.get("/api/v1/stories", params={"session_id": "session-1"}).json()
    (story,) = page["stories"]
    assert page["next_cursor"] is None
    assert set(story) >= KNOWN
    assert (story["id"], story["flow_id"], story["support"]) == ("a", flow_id(APP, "sign in"), 2)
    assert story["initialState"]["url"] == "https://shop.example/"
    assert story["hasTests"] is False
    site.storage.put_test(a_test(a_story("a"), a_story("b")))
    assert site.http.get("/api/v1/stories/a").json()["hasTests"] is True


def test_pages_follow_each_other(site: Site) -> None:
    """`limit` and `cursor` walk through all stories once."""
    site.storage.put_stories([a_story(f"s{n}") for n in range(5)])
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = site.http.get("/api/v1/stories", params={"limit": "2", **cursor}).json()
        seen += [story["id"] for story in page["stories"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["s4", "s3", "s2", "s1", "s0"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=", "limit=1.5", "limit=²", "cursor=x", "cursor=%00", "cursor="]
)
def test_parameters_that_cant_be_used_are_refused(site: Site, query: str) -> None:
    """400 with the parameter's name."""
    answer = site.http.get(f"/api/v1/stories?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "name",
    ["a/b", "../../etc/passwd", "%2F", "a b?c#d", "'; DROP TABLE stories; --", "<b>", "{id}", "é💥", "a\0b", "+", ".."],
)
def test_an_id_may_be_any_text(site: Site, name: str) -> None:
    """Percent-encoded ids are found as they were; unknown ones are a plain 404."""
    path = f"/api/v1/stories/{quote(name, safe='').replace('.', '%2E')}"
    if name != "..":  # clients and servers alike resolve dots, however they are written
        assert site.http.get(path).status_code == 404
    site.storage.put_story(a_story(name))
    answer = site.http.get("/api/v1/stories", params={"session_id": "session-1"})
    assert answer.json()["stories"][0]["id"] == name
    if name not in ("..", "a\0b"):
        assert site.http.get(path).json()["id"] == name


def test_a_journey_shows_its_open_windows(site: Site) -> None:
    """The window's story id, whether it ended, and its events as they are held."""
    site.journeys.mine["j/1"] = [OpenWindow(APP, "s1", False, [an_event("e1"), an_event("e2")])]
    answer = site.http.get("/api/v1/journeys/j%2F1").json()
    events = [json.loads(an_event("e1")), json.loads(an_event("e2"))]
    window = {"app": APP, "story_id": "s1", "ended": False, "event_count": 2, "events": events}
    assert answer == {"journey_id": "j/1", "windows": [window]}
    assert site.http.get("/api/v1/journeys/none").status_code == 404


def test_a_journey_is_asked_of_the_worker_that_holds_it(make_site: Callable[[], Site]) -> None:
    """Any worker answers for any journey, whatever its id."""
    near, far = make_site(), make_site()
    name = "a/b%2F c?é"
    near.journeys.elsewhere[name] = far.url
    far.journeys.mine[name] = [OpenWindow(APP, "s1", False, [])]
    answer = near.http.get(f"/api/v1/journeys/{quote(name, safe='')}")
    assert answer.status_code == 200
    assert answer.json()["journey_id"] == name


def test_while_a_journey_moves_the_answer_is_to_ask_again(make_site: Callable[[], Site]) -> None:
    """Workers that each hold the other for the owner don't pass a request round; nor does one that holds itself."""
    one, two = make_site(), make_site()
    one.journeys.elsewhere |= {"j": two.url, "mine": one.url, "nobody's": None, "gone": "http://127.0.0.1:1"}
    two.journeys.elsewhere["j"] = one.url
    for name in ("j", "mine", "nobody's", "gone"):
        answer = one.http.get(f"/api/v1/journeys/{quote(name)}")
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
    assert one.http.get("/api/v1/journeys/j", headers={ROUTED_HEADER: "1"}).status_code == 503


def test_where_values_need_several_users_none_is_shown() -> None:
    """Nobody's own words are read over HTTP: those of a story and of an open journey are made up; testers' are not."""
    (testers,) = saves(["Bernadette Holm"])
    people = StoredStory(testers.model_copy(update={"traffic": "real"}), "flow", 1, has_test=False)
    assert "Bernadette Holm" in str(story_json(people, 1))
    hidden = story_json(people, 2)
    assert "ernadette" not in str(hidden)
    assert set(hidden) == set(story_json(people))
    assert "Bernadette Holm" in str(story_json(StoredStory(testers, "flow", 1, has_test=False), 2))


def test_an_open_journey_of_people_has_made_up_values() -> None:
    """What was typed is nowhere in its events, whose number and ids stay."""
    typed = Fill(
        id="e",
        app="shop",
        session_id="s",
        journey_id="j",
        at_ms=1,
        target=textbox("Name"),
        value=Typed(text="Bernadette"),
    )
    window = OpenWindow("shop", "s", False, [to_json(typed), an_event("end")])
    assert b"Bernadette" in orjson.dumps(windows_json([window], 1))
    (hidden,) = windows_json([window], 2)
    assert "ernadette" not in str(hidden)
    assert [event["id"] for event in hidden["events"]] == ["e", "end"]
    marked = OpenWindow("shop", "s", False, [to_json(typed.model_copy(update={"traffic": "test"}))])
    assert b"Bernadette" in orjson.dumps(windows_json([marked], 2))


def filled(number: int, text: str, **more: Any) -> bytes:
    """A field that was filled, as the table holds it."""
    page = {"url": "https://shop.people.io/"}
    return to_json(Fill(id=f"e{number}", app="shop", session_id="s", journey_id="j", at_ms=number, page=page,
                        target=textbox("Name"), value=Typed(text=text), **more))  # fmt: skip


def test_the_newest_events_of_open_windows_have_room() -> None:
    """However many windows and events a journey has, and however large they are: as much as a small answer holds."""
    small = [OpenWindow("shop", f"w{at}", False, [an_event("e", traffic="test")] * 400) for at in range(9)]
    told = windows_json(small, 3)
    assert [len(one["events"]) for one in told] == [0] * 6 + [200, 400, 400]
    assert {one["event_count"] for one in told} == {400}
    assert sum(len(one["events"]) for one in told) == EVENTS_SHOWN_MAX
    large = OpenWindow("shop", "w", False, [filled(at, f"{at} " * 2_000) for at in range(300)])
    (shown,) = windows_json([large])
    assert len(orjson.dumps(shown)) <= SHOWN_BYTES_MAX + 1_000
    assert orjson.loads(orjson.dumps(shown))["events"][-1]["id"] == "e299"


def test_a_window_too_large_to_look_through_shows_no_texts() -> None:
    """To make up its values would take seconds for one small request; testers' are shown."""
    words = [f"Bernadette {at} " * 300 for at in range(3_000)]
    people = OpenWindow("shop", "w", False, [filled(at, text) for at, text in enumerate(words)])
    began_s = time.thread_time()
    (shown,) = windows_json([people], 2)
    assert time.thread_time() - began_s < 0.1
    assert "ernadette" not in str(shown)
    assert shown["events"][-1] == {"v": 1, "kind": "fill", "id": "e2999", "app": "shop", "session_id": "s",
                                   "journey_id": "j", "source": "native", "at_ms": 2_999}  # fmt: skip
    testers = OpenWindow("shop", "w", False, [filled(1, text, traffic="test") for text in words])
    assert b"Bernadette" in orjson.dumps(windows_json([testers], 2))
    one = OpenWindow("shop", "w", False, [*testers.events, filled(3_000, "Bernadette Holm")])
    assert b"ernadette" not in orjson.dumps(windows_json([one], 2))


def test_a_story_is_explained_on_request(site: Site) -> None:
    """`explain=1` adds which rule said what; anything that is no yes or no is refused, and without it nothing comes."""
    story = (
        Journey()
        .opens()
        .click(link("Old"))
        .leads_to(f"{HOME}old")
        .click(button("Archive"))
        .asks(f"{HOME}archive")
        .story()
    )
    site.storage.put_stories([story])
    told = site.http.get(f"/api/v1/stories/{story.id}", params={"explain": "1"}).json()["explanation"]
    assert [reason["activity"] for reason in told["title"]] == ["open 'Old'", "archive 'Old'"]
    assert all(reason["rule"] and reason["evidence"] for reason in (*told["title"], *told["flow"]))
    assert [reason["rule"] for reason in told["other_clicks"]] == ["it only leads on or shows something"]
    assert "explanation" not in site.http.get(f"/api/v1/stories/{story.id}").json()
    assert site.http.get(f"/api/v1/stories/{story.id}", params={"explain": "perhaps"}).status_code == 400


def test_one_search_of_the_log_at_a_time(site: Site) -> None:
    """Who asks while another search is under way is told when to come back."""
    site.storage.put_story(a_story())
    assert site.http.get("/api/v1/stories/s1/places").json()["steps"] == []
    site.missing["search"] = "somebody else searches"
    answer = site.http.get("/api/v1/stories/s1/places")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "busy")
    assert int(answer.headers["Retry-After"]) > 0
