"""The whole way from events to tests with no broker: the same core as the worker's, hence the same bytes."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from hashlib import blake2b
from typing import Final, NoReturn

from pipeline.codegen import write_test
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.codegen.parameter_rows import with_parameters
from pipeline.codegen.unique_names import with_unique_names
from pipeline.flows.consensus import Consensus, consensus
from pipeline.flows.ids import flow_id, test_id
from pipeline.patterns.matching import story_texts
from pipeline.privacy.pseudonyms import USERS_MIN
from pipeline.semantics.derived import RecentCache
from pipeline.stories.splitting import build_stories
from pipeline.windowing.batch import close_all
from pipeline.windowing.closed_window import ClosedWindow
from pipeline.windowing.partition import Windowing
from schemas import limits
from schemas.codecs import to_json
from schemas.events import Event
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

KEPT_TESTS_MIN: Final = 500
"""The newest tests that are kept, and at most twice as many: 10 MB of usual ones."""
KEPT_CHARS_MAX: Final = 16 * 1024
"""The code of a test that is kept; longer ones are few."""

_tests: RecentCache[Hashable, GeneratedTest] = RecentCache(KEPT_TESTS_MIN)

Missed = Callable[[str, Exception], None]
"""Takes what could not be told, in words, and why: the others go on."""


def _raised(_what: str, error: Exception) -> NoReturn:
    raise error


def stories_of_window(window: ClosedWindow) -> tuple[Story, ...]:
    """The stories of a closed window, untagged. What the model is to be asked about them is read here as well, while
    their steps are at hand: on a worker it would hold up the event loop later."""
    stories = build_stories(window)
    for story in stories:
        story_texts(story)
    return stories


def stories_of(events: Iterable[Event], windowing: Windowing, missed: Missed = _raised) -> list[Story]:
    """The stories of all windows of these events, untagged, in the order of the windows. Windows in which nothing was
    done have none; one of which none can be made is `missed`."""
    stories: list[Story] = []
    for window in close_all(events, windowing):
        try:
            stories += stories_of_window(window)
        except Exception as error:  # noqa: BLE001 - handed on
            missed(f"no story of journey {window.journey_id!r} of app {window.app!r}", error)
    return stories


def tests_of(
    stories: Sequence[Story],
    users_min: int = USERS_MIN,  # noqa: PT028 (it writes tests)
    missed: Missed = _raised,  # noqa: PT028
) -> list[GeneratedTest]:
    """One test for each flow, from what its stories agree on, ordered by app and flow; a flow of which none can be
    written is `missed`."""
    tests: list[GeneratedTest] = []
    for told in _flows(stories):
        try:
            tests.append(test_of(told, users_min))
        except Exception as error:  # noqa: BLE001 - handed on
            missed(f"no test of story {told[0].title!r}", error)
    return tests


def _flows(stories: Iterable[Story]) -> list[list[Story]]:
    flows: dict[tuple[str, str], list[Story]] = {}
    for story in stories:
        flows.setdefault((story.app, flow_id(story.app, story.flow_key)), []).append(story)
    return [told for _, told in sorted(flows.items())]


def agreed(stories: Iterable[Story], users_min: int = USERS_MIN) -> Consensus:
    """What the stories of one flow agree on, with the parameters and unique names of its test.

    Raises ValueError without any.
    """
    return with_unique_names(with_parameters(consensus(stories, users_min)))


def sources(stories: Iterable[Story], users_min: int = USERS_MIN) -> dict[str, Consensus]:
    """What the tests of these stories are written from, by test id."""
    told = [agreed(flow, users_min) for flow in _flows(stories)]
    return {test_id(one.story.app, flow_id(one.story.app, one.story.flow_key)): one for one in told}


def _written(found: Consensus, amendments: Amendments) -> GeneratedTest:
    """The test, written anew only where what it is written from changed: a further session of a known flow seldom says
    anything new. What a flow's first session gives is not kept: its next one changes what the test stands on."""
    if len(found.sessions) == 1:
        return write_test(found.story, fixed=found.fixed, unique=found.unique, amendments=amendments)
    story = blake2b(to_json(found.story), digest_size=16).digest()
    key = (story, found.parameters, found.fixed, found.unique, amendments)
    test = _tests.pop(key)
    if test is None:
        test = write_test(found.story, found.parameters, fixed=found.fixed, unique=found.unique, amendments=amendments)
    if len(test.code) <= KEPT_CHARS_MAX:
        _tests.put(key, test)
    return test


def test_of(
    stories: Iterable[Story],
    users_min: int = USERS_MIN,  # noqa: PT028
    flow: str = "",  # noqa: PT028
    amendments: Amendments = NONE,  # noqa: PT028
) -> GeneratedTest:
    """The test of one flow, from its stories. Raises ValueError when there is none.

    Of real traffic, what fewer than `users_min` users typed is made up in it. `flow` is the id of the flow that people
    merged these stories into; else it is the one that their key gives.
    """
    found = agreed(stories, users_min)
    test = _written(found, amendments)
    notes = test.notes
    if found.dropped:
        told = f"Written from {len(found.sessions)} sessions; {found.dropped} things that varied are not asserted."
        notes = (*notes[: limits.STORY_NOTES_MAX - 1], told)
    known_as = {"flow_id": flow, "id": test_id(test.app, flow)} if flow else {}
    known = {"notes": notes, "sessions": len(found.sessions), "evidence": found.evidence, **known_as}
    return test.model_copy(update=known)
