"""Old stories leave storage; what tests are written from stays."""

import asyncio

import pytest

from agents.metrics import Metrics
from agents.storage import Storage
from agents.storage.sql.old_stories import BATCH_MAX, OldStories
from agents.stream.forgetting import Forgetting
from pipeline.flows.consensus import SAMPLES_MAX
from tests.storage.samples import a_story, a_test

NOW = "2026-01-01T00:00:00.000Z"
OLD = "2024-01-02T00:00:00.000Z"
NEW = "2024-06-01T00:00:00.000Z"


def forget_all(storage: Storage, days: int = 90, now: str = NOW) -> int:
    """Forgets what is old, until nothing is; how many stories."""
    total = 0
    for first in storage.old_stories(days, now):
        old: OldStories | None = first
        while old is not None:
            count, old = storage.forget_stories(old)
            total += count
    return total


def test_the_stories_of_a_test_stay_and_other_old_ones_go(storage: Storage) -> None:
    """Over more than one batch; support is what is left, the test asks for nothing, a second look finds nothing."""
    old = [a_story(f"{number:04}", start_timestamp=OLD) for number in range(2 * BATCH_MAX + 5)]
    new = [a_story(f"new {number}", start_timestamp=NEW) for number in range(3)]
    storage.put_stories([*old, *new])
    test = a_test(*old[:SAMPLES_MAX])
    assert storage.put_test(test)
    assert storage.note_published(test)
    assert forget_all(storage) == len(old) - SAMPLES_MAX
    assert storage.counts().stories == SAMPLES_MAX + len(new) == storage.support(test.flow_id)
    assert [story.id for story in storage.sessions(test.flow_id)] == [story.id for story in old[:SAMPLES_MAX]]
    assert storage.unsettled_flows() == []
    assert forget_all(storage) == 0


def test_an_app_is_measured_by_its_own_newest_story(storage: Storage) -> None:
    """An app without traffic for years keeps all; a story from the future makes nothing old that isn't old now."""
    storage.put_stories([a_story(f"{number:02}", start_timestamp=OLD) for number in range(SAMPLES_MAX + 5)])
    others = [a_story(f"x {number:02}", app="other.example", start_timestamp=NEW) for number in range(SAMPLES_MAX + 5)]
    ahead = a_story("x 99", app="other.example", start_timestamp="2999-01-01T00:00:00.000Z")
    storage.put_stories([*others, ahead])
    assert forget_all(storage, now=NEW) == 0
    assert forget_all(storage, days=90, now=NOW) == 5  # those of the other app, beside the twenty that tests need


def test_the_days_are_counted_to_the_millisecond(storage: Storage) -> None:
    """What began exactly that many days before stays."""
    drawn = [a_story(f"{number:02}", start_timestamp=OLD) for number in range(SAMPLES_MAX)]
    edge = a_story("a", start_timestamp="2024-06-01T00:00:00.000Z")
    just_over = a_story("b", start_timestamp="2024-05-31T23:59:59.999Z")
    storage.put_stories([*drawn, edge, just_over, a_story("c", start_timestamp="2024-06-11T00:00:00.000Z")])
    assert forget_all(storage, days=10) == 1
    assert storage.story("a") is not None
    assert storage.story("b") is None


@pytest.mark.parametrize("began", ["", "0000", "banana", "0001-01-02T00:00:00.000Z"])
def test_a_time_that_is_none_makes_nothing_old(storage: Storage, began: str) -> None:
    """Whoever sends stories says when they began: such an app keeps all of its stories, and other apps go on."""
    storage.put_stories([a_story(f"x {number:02}", app="other.example", start_timestamp=began) for number in range(25)])
    storage.put_stories([a_story(f"{number:02}", start_timestamp=OLD) for number in range(SAMPLES_MAX + 5)])
    storage.put_story(a_story("new", start_timestamp=NEW))
    assert forget_all(storage) == 5
    assert storage.counts().stories == 25 + SAMPLES_MAX + 1


def test_a_worker_forgets_and_counts_it(storage: Storage) -> None:
    """And nothing where old stories are to be kept for ever."""
    storage.put_stories([a_story(f"{number:02}", start_timestamp=OLD) for number in range(SAMPLES_MAX + 5)])
    storage.put_story(a_story("new", start_timestamp=NEW))
    metrics = Metrics()
    asyncio.run(Forgetting(storage, metrics, 0).run())
    assert storage.counts().stories == SAMPLES_MAX + 6
    asyncio.run(Forgetting(storage, metrics, 90).forget())
    assert storage.counts().stories == SAMPLES_MAX + 1
    assert "journeywright_stories_forgotten_total 5.0" in metrics.text().decode()
