"""A further session that says nothing new costs no writing, and the test is as if it was written anew."""

import pytest

from pipeline import generate
from pipeline.codegen import write_test
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.flows import trace
from pipeline.flows.consensus import Consensus
from pipeline.flows.trace import SESSIONS_WEIGHT_MAX, Session, session_of
from pipeline.generate import KEPT_TESTS_MIN
from schemas.codecs import to_json
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.flows.test_consensus import sessions


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The code of what is written, with nothing kept from before."""
    codes: list[str] = []

    def write(*arguments: object, **named: object) -> GeneratedTest:
        test = write_test(*arguments, **named)  # type: ignore[arg-type]
        codes.append(test.code)
        return test

    monkeypatch.setattr(generate, "write_test", write)
    generate._tests.clear()
    return codes


def test_a_session_that_says_the_same_costs_no_writing(written: list[str]) -> None:
    """The code is written once for four sessions that agree, the first of which tells the steps; what the test stands
    on is told of each."""
    found = sorted(sessions("Same.", "Same.", "Same.", "Same."), key=lambda story: story.start_timestamp)
    tests = [generate.test_of(found[:count], 1) for count in (2, 3, 4)]
    assert len(written) == 1
    assert [test.sessions for test in tests] == [2, 3, 4]
    assert len({test.evidence for test in tests}) == 3
    generate._tests.clear()
    assert to_json(generate.test_of(found, 1)) == to_json(tests[-1])


def test_what_says_something_else_is_written_anew(written: list[str]) -> None:
    """Another story, and the same with amendments, are written each; the first is kept beside them."""
    found = sessions("Same.", "Same.", "Other.")
    for _ in range(2):
        generate.test_of(found[:2], 1)
        generate.test_of(found, 1)
        generate.test_of(found, 1, amendments=Amendments(thorough=True))
    assert len(written) == 3


def test_what_a_flows_only_session_gives_is_not_kept(written: list[str]) -> None:
    """Nearly no flow comes again with that one session: its test takes no room, and no digest of its story is made."""
    for _ in range(2):
        generate.test_of(sessions("Same."), 1)
    assert len(written) == 2
    assert not generate._tests._new


def test_a_long_test_is_not_kept(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Code beyond KEPT_CHARS_MAX is written each time."""
    found = sessions("Same.", "Same.")
    generate.test_of(found, 1)
    monkeypatch.setattr(generate, "KEPT_CHARS_MAX", len(written[0]) - 1)
    for _ in range(3):
        generate.test_of(found, 1)
    assert len(written) == 3


def test_the_newest_tests_are_kept_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is at hand until KEPT_TESTS_MIN newer ones were written, and is written again once twice as many were."""
    written: list[str] = []
    (story,) = sessions("Same.")
    test = write_test(story)

    def write(told: Story, *_: object, **__: object) -> GeneratedTest:
        written.append(told.title)
        return test

    monkeypatch.setattr(generate, "write_test", write)
    generate._tests.clear()

    def ask(title: str) -> None:
        generate._written(Consensus(story.model_copy(update={"title": title}), (story, story)), NONE)

    for newer, times in ((KEPT_TESTS_MIN - 1, 1), (2 * KEPT_TESTS_MIN, 2)):
        ask("first")
        for number in range(newer):
            ask(f"{newer}/{number}")
        ask("first")
        assert written.count("first") == times
    generate._tests.clear()


def test_sessions_are_kept_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is laid out once until others of twice SESSIONS_WEIGHT_MAX steps and changes came."""
    laid_out: list[Story] = []

    class Laid(Session):
        def __init__(self, told: Story) -> None:
            laid_out.append(told)

    monkeypatch.setattr(trace, "Session", Laid)
    (story,) = sessions("Same.")
    weight = sum(1 + len(step.changes) + len(step.opened_changes) for step in story.steps)
    half = SESSIONS_WEIGHT_MAX // weight
    kept = [story.model_copy() for _ in range(2 * half + 4)]
    for one in (kept[0], *kept[1 : half - 1], kept[0]):
        session_of(one)
    assert sum(one is kept[0] for one in laid_out) == 1
    for one in (*kept[half:], *(story.model_copy() for _ in range(half + 2)), kept[0]):
        session_of(one)
    assert sum(one is kept[0] for one in laid_out) == 2
