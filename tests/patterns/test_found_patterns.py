"""Patterns that nobody wrote down: gathered by likeness, named in their own words, with evidence."""

import random
import tomllib
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.embedder import Embedder, read_patterns
from bench.flows.synthetic import Visitor, alert, element
from pipeline.patterns.discovery import (
    JOURNEYS_MIN,
    TEXTS_FOUND_MAX,
    FoundPattern,
    SeenGoals,
    found_patterns,
    pattern_file,
    seen_goals,
    texts_of,
)
from pipeline.patterns.matching import Vectors, load_patterns
from schemas.events import Click, End
from schemas.stories import Story
from tests.flows.test_flow_assignment import told
from tests.storage.samples import APP
from tests.web.conftest import Site, make_site, site

__all__ = ["make_site", "site"]


def flow(name: str, *texts: str, journeys: int = JOURNEYS_MIN) -> SeenGoals:
    return SeenGoals(name, f"Title of {name}", texts, journeys)


AXES = {"click Approve request": 0, "click Approve": 0, "click Book a table": 1, "log in": 2}


def vectors_of(flows: Sequence[SeenGoals]) -> Vectors:
    """A vector for each text: those of one meaning are alike, others have nothing in common."""
    eye = np.eye(4, dtype=np.float32)
    return np.stack([eye[AXES.get(text, 3)] for text in texts_of(flows)])


LOGIN = (np.eye(4, dtype=np.float32)[2:3],)
FLOWS = [
    flow("a", "click Approve request", "log in", journeys=5),
    flow("b", "click Approve", journeys=2),
    flow("c", "click Book a table"),
    flow("d", "click something rare", journeys=JOURNEYS_MIN - 1),
]


def test_goals_that_no_pattern_reaches_are_gathered_and_named() -> None:
    """Alike ones are one pattern, named after the most frequent; known and rare ones are none."""
    approve, book = found_patterns(FLOWS, vectors_of(FLOWS), LOGIN)
    assert approve == FoundPattern(
        "approve-request",
        ("click Approve request", "click Approve"),
        ("a", "b"),
        7,
        ("Title of a", "Title of b"),
        1.0,
    )
    assert (book.name, book.journeys) == ("book-table", JOURNEYS_MIN)


def test_the_order_of_the_flows_does_not_matter() -> None:
    """The same flows give the same patterns."""
    expected = found_patterns(FLOWS, vectors_of(FLOWS), LOGIN)
    for seed in range(5):
        mixed = random.Random(seed).sample(FLOWS, len(FLOWS))
        assert found_patterns(mixed, vectors_of(mixed), LOGIN) == expected


def test_what_the_file_names_is_found_no_more() -> None:
    """Written into the file of patterns, a found one reaches its goals itself."""
    found = found_patterns(FLOWS, vectors_of(FLOWS), (*LOGIN, np.eye(4, dtype=np.float32)[:1]))
    assert [one.name for one in found] == ["book-table"]


def test_names_are_free() -> None:
    """A name that a known pattern has is numbered; words that say nothing, or none that we can spell, are no name."""
    (approve, book) = found_patterns(FLOWS, vectors_of(FLOWS), LOGIN, {"book-table"})
    assert (approve.name, book.name) == ("approve-request", "book-table-2")
    odd = [flow("o", "click 予約")]
    assert [one.name for one in found_patterns(odd, vectors_of(odd), LOGIN)] == ["pattern"]


def test_so_many_goals_are_looked_at_and_no_more() -> None:
    """The most frequent ones count."""
    many = [flow(f"f{number}", f"click {number:04}", journeys=number + 1) for number in range(TEXTS_FOUND_MAX + 1)]
    texts = texts_of(many)
    assert len(texts) == TEXTS_FOUND_MAX
    assert "click 0000" not in texts
    assert found_patterns([], np.zeros((0, 4), dtype=np.float32), LOGIN) == ()


@given(st.text(max_size=50), st.text(max_size=50))
@settings(max_examples=100, deadline=None)
def test_the_part_of_a_file_can_be_read_again(text: str, title: str) -> None:
    """Whatever stands on the page, the printed part is a file of patterns."""
    one = FoundPattern("approve", (f"click {text}",), ("f",), 3, (title,), 1.0)
    printed = pattern_file([one])
    assert set(tomllib.loads(printed)["patterns"]) == {"approve"}
    assert load_patterns(printed)[0].name == "approve"


def _visit(number: int, act: Callable[[Visitor], None]) -> Story:
    visitor = Visitor(APP, number, random.Random("plain"))
    visitor.open("/requests")
    act(visitor)
    visitor.add(End)
    return told(visitor)


def _approve(visitor: Visitor) -> None:
    cause = visitor.add(Click, target=element("button", "button", "Approve request"))
    visitor.came(cause, alert("Request 'Tea' approved."))


def test_goals_are_told_in_the_words_of_the_controls() -> None:
    """A button that the story ends with is a goal in its own words; pages that were only opened are none, nor is a
    button of a goal that is known by other words."""

    def look(visitor: Visitor) -> None:
        visitor.follow("Requests", "/requests/all")

    def make(visitor: Visitor) -> None:
        visitor.write("Request name", "Tea")
        visitor.send("Create request", "POST", "/requests", alert("Request 'Tea' created."), url="/requests")

    assert seen_goals("f", _visit(1, _approve), 1).texts == ("approve request",)
    assert seen_goals("f", _visit(2, look), 1).texts == ()
    assert seen_goals("f", _visit(3, make), 1).texts == ("create: add something new",)


def test_found_patterns_over_http(site: Site) -> None:
    """The app must be named; the answer has names and evidence; without a model it is to come back."""
    site.storage.put_stories([_visit(number, _approve) for number in range(3)])
    assert site.http.get("/api/v1/patterns").status_code == 400
    (found,) = site.http.get("/api/v1/patterns", params={"app": APP}).json()["found"]
    assert (found["journeys"], found["titles"]) == (3, ["Approve the request"])
    assert site.http.get("/api/v1/patterns", params={"app": "other"}).json() == {"found": []}
    site.missing["model"] = "it loads"
    answer = site.http.get("/api/v1/patterns", params={"app": APP})
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "no_model"
    (goals,) = site.storage.seen_goals(APP)
    assert goals.journeys == 3


@pytest.mark.slow
def test_the_real_model_gathers_what_belongs_together() -> None:
    """Approving and turning down are two patterns, inviting and sending an invitation one; signing in is known."""
    texts = (
        "click Approve request", "click Approve", "click Reject request", "click Decline", "click Invite member",
        "click Send invitation", "log in: sign in with user name and password",
    )  # fmt: skip
    embedder = Embedder(read_patterns())
    try:
        found = embedder.find_sync([flow(text, text) for text in texts])
    finally:
        embedder.close()
    assert {frozenset(one.examples) for one in found} == {
        frozenset(texts[:2]), frozenset(texts[2:4]), frozenset(texts[4:6])
    }  # fmt: skip
    assert {one.name for one in found} == {"approve", "decline", "invite-member"}
