"""Flows over HTTP: seen, merged, parted."""

import pytest

from pipeline import generate
from pipeline.flows.ids import flow_id
from schemas.events import Typed
from schemas.stories import FillStep
from tests.storage.samples import APP, a_story, a_test
from tests.stories.by_hand import textbox
from tests.web.conftest import Site

ENTER, BUTTON = (flow_id(APP, key) for key in ("enter", "button"))


def filled(site: Site) -> None:
    site.storage.put_stories(
        [a_story("a", flow_key="button"), a_story("b", flow_key="button"), a_story("c", flow_key="enter")]
    )
    site.storage.put_test(a_test(a_story("c", flow_key="enter")))


def test_flows_of_an_app(site: Site) -> None:
    """What asks for attention first, with title, support and test; counted by state, and in pages."""
    filled(site)
    page = site.http.get("/api/v1/flows", params={"app": APP}).json()
    assert [(one["flow_id"], one["support"], one["title"], one["state"]) for one in page["flows"]] == [
        (BUTTON, 2, "Sign in", "untested"),
        (ENTER, 1, "Sign in", "draft"),
    ]
    assert [one["test_id"] is not None for one in page["flows"]] == [False, True]
    assert (page["total"], page["states"], page["next_cursor"]) == (2, {"untested": 1, "draft": 1}, None)
    first = site.http.get("/api/v1/flows", params={"limit": 1, "sort": "journeys"}).json()
    second = site.http.get("/api/v1/flows", params={"limit": 1, "sort": "journeys", "cursor": first["next_cursor"]})
    assert [one["flow_id"] for one in (*first["flows"], *second.json()["flows"])] == [BUTTON, ENTER]
    assert second.json()["total"] is None
    apps = site.http.get("/api/v1/apps").json()["apps"]
    assert apps == [{"app": APP, "flows": 2, "journeys": 3}]


@pytest.mark.parametrize(
    "query",
    [
        "state=odd",
        "sort=odd",
        "q=" + "w+" * 9,
        "q=" + "w" * 501,
        "cursor=odd",
        "limit=0",
        "cursor=WyJzZWVuIiwieCIsInkiXQ",
    ],
)
def test_a_list_that_cannot_be_asked_for_is_refused(site: Site, query: str) -> None:
    """Each with its reason: states and orders that there aren't, too many words, cursors of another order."""
    filled(site)
    answer = site.http.get(f"/api/v1/flows?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_the_words_of_real_people_are_not_found(site: Site) -> None:
    """What one person typed stands in the story, and a search for it finds nothing, only what the test says."""
    typed = "Gwendolyn Quartermaine"
    step = FillStep(event_id="e1", at_ms=1, target=textbox("Name"), value=Typed(text=typed), said=f"Fill in {typed}")
    story = a_story("a", steps=(step,), title=f"Search for {typed}")
    site.storage.put_story(story)
    test = generate.test_of(site.storage.sessions(flow_id(APP, "sign in")), 3)
    assert site.storage.put_test(test)
    assert typed not in test.title
    found = [site.http.get("/api/v1/flows", params={"q": word}).json()["total"] for word in ("quartermaine", "fill")]
    assert found == [0, 1]


def test_the_sessions_of_a_flow_and_what_they_agree_on(site: Site) -> None:
    """The one that tells the steps first; without a test there is nothing to agree with."""
    filled(site)
    told = site.http.get(f"/api/v1/flows/{ENTER}/agreement").json()
    assert [one["story_id"] for one in told["sessions"]] == ["c"]
    assert site.http.get(f"/api/v1/flows/{BUTTON}/agreement").json()["steps"] == []
    assert site.http.get("/api/v1/flows/nobody/agreement").status_code == 404


def test_a_healed_test_is_laid_beside_the_sessions_that_it_is_written_from(site: Site) -> None:
    """They are of another flow, as the users do another thing now; that flow is named."""
    filled(site)
    stored = site.storage.test(a_test(a_story("c", flow_key="enter")).id)
    assert stored is not None
    healed = stored.test.model_copy(update={"story_id": "a", "code": f"{stored.code}# healed\n"})
    site.storage.put_repair(healed, "users press the button now")
    told = site.http.get(f"/api/v1/flows/{ENTER}/agreement").json()
    assert (told["flow_id"], [one["story_id"] for one in told["sessions"]]) == (BUTTON, ["a", "b"])
    assert site.http.get(f"/api/v1/flows/{BUTTON}/agreement").json()["flow_id"] == BUTTON


def test_a_flow_is_merged_and_parted(site: Site) -> None:
    """`merged_into` says where its stories are, and is what one changes; stories name the flow that they are in."""
    filled(site)
    merged = site.http.put(f"/api/v1/flows/{ENTER}", json={"merged_into": BUTTON})
    assert merged.status_code == 200
    assert merged.json()["merged_into"] == BUTTON
    assert site.http.get(f"/api/v1/flows/{BUTTON}").json()["merged"] == [ENTER]
    assert site.http.get("/api/v1/stories/c").json()["flow_id"] == BUTTON
    parted = site.http.put(f"/api/v1/flows/{ENTER}", json={"merged_into": None}).json()
    assert (parted["merged_into"], parted["support"]) == (None, 1)
    assert [one["change"] for one in parted["changes"]] == ["merged into", "parted from"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"merged_into": "nobody"}', 422),
        (f'{{"merged_into": "{ENTER}"}}'.encode(), 409),
        (b"{}", 400),
        (b'{"merged_into": 7}', 400),
        (b"[]", 400),
        (b"no", 400),
        (b" " * 1_001, 413),
    ],
)
def test_what_cannot_be_merged_is_refused(site: Site, body: bytes, status: int) -> None:
    """Each with its reason, and nothing is changed."""
    filled(site)
    answer = site.http.put(f"/api/v1/flows/{ENTER}", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert site.storage.flow(ENTER).changes == ()


def test_an_unknown_flow_is_not_found(site: Site) -> None:
    """For reading and for merging."""
    assert site.http.get("/api/v1/flows/nobody").status_code == 404
    assert site.http.put("/api/v1/flows/nobody", json={"merged_into": None}).status_code == 404


@pytest.mark.parametrize("call", ["flows", "coverage", "patterns"])
def test_no_list_of_flows_tells_what_somebody_typed(site: Site, call: str) -> None:
    """Titles of people's traffic have made-up values; those of testers' keep theirs."""
    typed = FillStep(event_id="e1", at_ms=1, target=textbox("Name"), value=Typed(text="Bernadette"))
    told = a_story("a", steps=(typed,), title='Create "Bernadette"')
    site.storage.put_story(told)
    assert "Bernadette" not in site.http.get(f"/api/v1/{call}", params={"app": APP}).text
    site.storage.put_story(told.model_copy(update={"traffic": "test", "version": 9}))
    if call != "patterns":
        assert "Bernadette" in site.http.get(f"/api/v1/{call}", params={"app": APP}).text
