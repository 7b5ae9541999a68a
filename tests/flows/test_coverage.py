"""What tests cover of what users did."""

from hypothesis import given
from hypothesis import strategies as st

from bench.flows.synthetic import edit, look, make, sign_in
from pipeline.flows.coverage import SeenFlow, coverage, seen_flow
from tests.flows.test_flow_assignment import story_of

OLD, NEW = "2024-01-01T00:00:00.000Z", "2024-06-01T00:00:00.000Z"


def a_flow(name: str, journeys: int, *activities: str, tested: bool = True, last_seen: str = NEW) -> SeenFlow:
    return SeenFlow(name, name, journeys, last_seen, frozenset(activities), tested)


def test_everything_tested_is_everything_covered() -> None:
    """With a test for each flow nothing is missing."""
    found = coverage([a_flow("a", 5, "x"), a_flow("b", 1, "x", "y")])
    assert (found.journeys_covered, found.activities_covered, found.missing) == (1.0, 1.0, ())


def test_what_is_missing_is_named_by_weight() -> None:
    """Flows without a test come with their reason, the most frequent first; one that other tests do is covered."""
    flows = [
        a_flow("a", 6, "x", "y"), a_flow("b", 1, "z", tested=False), a_flow("c", 2, "w", tested=False),
        a_flow("d", 1, "x", tested=False),
    ]  # fmt: skip
    found = coverage(flows)
    assert [(gap.flow.flow_id, gap.reason) for gap in found.missing] == [("c", "no test"), ("b", "no test")]
    assert found.journeys_covered == 0.7
    assert found.activities_covered == round(13 / 16, 4)


def test_what_other_tests_do_is_told_apart_from_what_nobody_does() -> None:
    """By weight: ours first, then what other tests alone did, then nobody. Ours among the others change nothing."""
    flows = [a_flow("a", 6, "x"), a_flow("b", 3, "x", "y", tested=False), a_flow("c", 1, "z", tested=False)]
    found = coverage(flows, others=[a_flow("their a", 1, "x"), a_flow("their y", 9, "y", "w")])
    assert (found.journeys_covered, found.journeys_by_others) == (0.6, 0.3)
    assert (found.activities_covered, found.activities_by_others) == (round(9 / 13, 4), round(3 / 13, 4))
    assert [(gap.flow.flow_id, gap.reason) for gap in found.missing] == [("b", "other tests"), ("c", "no test")]


def test_the_smallest_set_takes_the_most_telling_first() -> None:
    """A flow that does what two others do takes their place."""
    flows = [a_flow("a", 4, "x"), a_flow("b", 4, "y"), a_flow("c", 2, "x", "y"), a_flow("d", 1, "z")]
    assert coverage(flows, target=0.9).smallest == ("c",)
    found = coverage(flows, target=1.0)
    assert found.smallest == ("c", "d")
    assert found.reached == 1.0


def test_flows_die_out() -> None:
    """A tested flow that nobody went through for long is told, and no part of the smallest set."""
    found = coverage([a_flow("a", 4, "x", last_seen=OLD), a_flow("b", 1, "y")], since="2024-03-01T00:00:00.000Z")
    assert [gap.flow.flow_id for gap in found.died_out] == ["a"]
    assert found.smallest == ("b",)


def test_nothing_seen_is_nothing_missing() -> None:
    """An app without stories is covered."""
    assert coverage([]).journeys_covered == 1.0


@given(st.permutations([a_flow(str(n), n, *{str(n % 3), str(n % 5)}, tested=n % 2 == 0) for n in range(1, 9)]))
def test_order_does_not_matter(flows: list[SeenFlow]) -> None:
    """The same flows in any order give the same answer."""
    assert coverage(flows) == coverage(sorted(flows, key=lambda flow: flow.flow_id))


def test_a_story_tells_its_activities() -> None:
    """Whoever makes something also signs in: the test of the one covers the activity of the other."""
    stories = [story_of(flow, 3) for flow in (sign_in, make, edit, look)]
    signs_in, makes, edits, looks = [seen_flow(s.flow_key, s, 1, NEW, True).activities for s in stories]
    assert signs_in < makes
    assert signs_in < edits
    assert not looks & makes
