"""What the kept flows cover of what users did, what they leave out and why, and the fewest tests that would do.

A journey is covered where a test does all that it did; an activity (a form sent off, a search, a sign-in) where some
test does it. Both are weighed by how many journeys did them, so a number says something about users, not about code.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.activities.flow_key import kinds_done
from pipeline.privacy.pseudonyms import USERS_MIN, title_for_all
from schemas.stories import Story

SHARE_DIGITS: Final = 4
Reason = Literal["no test", "other tests", "died out"]
OF_TESTS: Final = "@tests"
"""Ends the name of the app whose visits automated tests made, as the recorder tells them."""


@dataclass(frozen=True, slots=True)
class SeenFlow:
    """A flow as it was seen: `journeys` counts its stories, `last_seen` is the start of the newest one (ISO 8601),
    `activities` are what its stories did, `tested` says that it has a test."""

    flow_id: str
    title: str
    journeys: int
    last_seen: str
    activities: frozenset[str]
    tested: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A flow that is not covered by our tests, and whether others do what it does; or one that is, and that nobody uses
    any more."""

    flow: SeenFlow
    reason: Reason


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares from 0 to 1. What `_by_others` counts is covered by other tests than ours alone, and comes on top of what
    is covered. `missing` are the flows that no test of ours covers, the most frequent first; `died_out` those with
    a test that nobody went through since a given time; `smallest` the ids of the fewest flows whose tests reach the
    target, in the order in which they help most; `reached` is what they reach."""

    journeys: int
    journeys_covered: float
    journeys_by_others: float
    activities: int
    activities_covered: float
    activities_by_others: float
    missing: tuple[Gap, ...]
    died_out: tuple[Gap, ...]
    smallest: tuple[str, ...]
    reached: float


def seen_flow(
    flow_id: str, sample: Story, journeys: int, last_seen: str, tested: bool, users_min: int = USERS_MIN
) -> SeenFlow:
    """A flow from one of its stories: all of them did the same. Its title holds nothing that fewer users may have
    typed."""
    title = title_for_all(sample, users_min)
    return SeenFlow(flow_id, title, journeys, last_seen, kinds_done(sample), tested)


def coverage(
    flows: Iterable[SeenFlow], target: float = 0.9, since: str = "", others: Iterable[SeenFlow] = ()
) -> Coverage:
    """Coverage of the flows of one app. `others` are what automated tests did there, ours among them. A flow with a
    test that was last seen before `since` (ISO 8601) has died out.

    Pure: the same flows in any order give the same. `target` is the share of activities that the smallest set must
    reach.
    """
    seen = sorted((flow for flow in flows if flow.journeys > 0), key=lambda flow: (-flow.journeys, flow.flow_id))
    weights: Counter[str] = Counter()
    for flow in seen:
        for activity in flow.activities:
            weights[activity] += flow.journeys
    tested = frozenset[str]().union(*(flow.activities for flow in seen if flow.tested))
    elsewhere = frozenset[str]().union(*(flow.activities for flow in others)) | tested
    open_flows = [flow for flow in seen if not flow.tested and not flow.activities <= tested]
    by_others = [flow for flow in open_flows if flow.activities <= elsewhere]
    journeys = sum(flow.journeys for flow in seen)
    covered = sum(flow.journeys for flow in seen if flow.tested or flow.activities <= tested)
    smallest, reached = _smallest([flow for flow in seen if flow.last_seen >= since], weights, target)
    return Coverage(
        journeys=journeys,
        journeys_covered=_share(covered, journeys),
        journeys_by_others=_share(sum(flow.journeys for flow in by_others), journeys) if by_others else 0.0,
        activities=len(weights),
        activities_covered=_share(sum(weights[activity] for activity in tested), weights.total()),
        activities_by_others=_share(sum(weights[activity] for activity in elsewhere - tested), weights.total())
        if weights
        else 0.0,
        missing=tuple(Gap(flow, "other tests" if flow in by_others else "no test") for flow in open_flows),
        died_out=tuple(Gap(flow, "died out") for flow in seen if flow.tested and flow.last_seen < since),
        smallest=smallest,
        reached=reached,
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, SHARE_DIGITS) if whole else 1.0


def _smallest(flows: Sequence[SeenFlow], weights: Counter[str], target: float) -> tuple[tuple[str, ...], float]:
    """Greedily, the flow that adds most first: within a known factor of the fewest, and the same every time."""
    chosen: list[str] = []
    done: set[str] = set()
    whole = weights.total()
    left = list(flows)
    while left and sum(weights[activity] for activity in done) < target * whole:
        best = min(
            left,
            key=lambda flow: (-sum(weights[d] for d in flow.activities - done), len(flow.activities), flow.flow_id),
        )
        if not best.activities - done:
            break
        chosen.append(best.flow_id)
        done |= best.activities
        left.remove(best)
    return tuple(chosen), _share(sum(weights[activity] for activity in done), whole)
