"""The whole way from events to tests with no broker: the same core as the worker's, hence the same bytes."""

from collections.abc import Iterable, Sequence

from pipeline.consensus import Consensus, consensus
from pipeline.flows import flow_id, test_id
from pipeline.offline import close_all
from pipeline.stories import build_story
from pipeline.windows import Windowing
from pipeline.writing import write_test
from schemas.events import Event
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story


def stories_of(events: Iterable[Event], windowing: Windowing) -> list[Story]:
    """The stories of all windows of these events, untagged, in the order of the windows. Windows in which nothing was
    done have none."""
    built = (build_story(window) for window in close_all(events, windowing))
    return [story for story in built if story is not None]


def tests_of(stories: Sequence[Story]) -> list[GeneratedTest]:
    """One test for each flow, from what its stories agree on, ordered by app and flow."""
    return [test_from(found) for found in consensuses(stories)]


def consensuses(stories: Iterable[Story]) -> list[Consensus]:
    """What the stories of each flow agree on, ordered by app and flow."""
    flows: dict[tuple[str, str], list[Story]] = {}
    for story in stories:
        flows.setdefault((story.app, flow_id(story.app, story.flow_key)), []).append(story)
    return [consensus(told) for _, told in sorted(flows.items())]


def sources(stories: Iterable[Story]) -> dict[str, Consensus]:
    """What the tests of these stories are written from, by test id."""
    told = consensuses(stories)
    return {test_id(one.story.app, flow_id(one.story.app, one.story.flow_key)): one for one in told}


def test_of(stories: Iterable[Story]) -> GeneratedTest:
    """The test of one flow, from its stories. Raises ValueError when there is none."""
    return test_from(consensus(stories))


def test_from(found: Consensus) -> GeneratedTest:
    """The test of one flow, from what its stories agree on."""
    test = write_test(found.story, found.parameters)
    notes = test.notes
    if found.dropped:
        told = f"Written from {len(found.sessions)} sessions; {found.dropped} things that varied are not asserted."
        notes = (*notes, told)
    return test.model_copy(update={"notes": notes, "sessions": len(found.sessions), "evidence": found.evidence})
