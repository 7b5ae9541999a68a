"""Stories stored and the tests of their flows written, by the part of the tests agent that runs on its thread."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from agents.metrics import Metrics
from agents.settings import load
from agents.storage import CodeFiles, FlowState, Storage
from agents.storage.recent_stories import RecentStories
from agents.storage.sql.flow_rows import FrequentFlow, frequent_flows
from agents.storage.tables import STORIES
from agents.stream import flow_writing
from agents.stream.dependencies import StreamDependencies
from agents.stream.flow_writing import DRAWN_MAX, FlowWriter, Said, portions
from agents.stream.supervision.progress import Progress
from agents.stream.supervision.suspects import Suspects
from agents.stream.supervision.under_way import UnderWay
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story
from tests.storage.samples import APP, a_story, a_test

NOT_ASKED: Any = None
MANY = 2 * DRAWN_MAX


class Bench:
    """A writer with its storage: `asked` are the transactions, `written` the sessions of each test that it wrote."""

    def __init__(self, folder: Path) -> None:
        self.storage = Storage.open(f"sqlite:///{folder / 's.db'}")
        self.metrics = Metrics()
        self.asked = 0
        self.written: list[tuple[str, ...]] = []
        self.sessions: list[Story] = []
        event.listen(self.storage._engine, "begin", self._count)
        files = CodeFiles(f"file://{folder}/files", self.storage)
        settings = load()
        parts = StreamDependencies(
            settings, NOT_ASKED, self.metrics, Progress(), NOT_ASKED, self.storage, files, NOT_ASKED, NOT_ASKED,
            self._write,
        )  # fmt: skip
        self.under_way, _ = UnderWay.open(folder / "under-way")
        self.writer = FlowWriter(parts, Suspects(self.storage, self.under_way), lambda: None)

    def _count(self, _connection: object) -> None:
        self.asked += 1

    def _write(self, sessions: Sequence[Story], _flow: str) -> GeneratedTest:
        self.written.append(tuple(one.id for one in sessions))
        self.sessions += sessions
        return a_test(*sessions)

    def store(self, stories: Sequence[Story]) -> list[FlowState]:
        """Their flows' states."""
        return self.writer.store([Said(story.id, story) for story in stories]).changed

    def seen(self) -> list[FrequentFlow]:
        with self.storage._engine.begin() as connection:
            return frequent_flows(connection, APP, load().users_min)

    def faults(self, what: str) -> float:
        return float(self.metrics.own_faults.labels(what)._value.get())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.storage.close()
    made.under_way.close()


def by_id(stories: Sequence[Story]) -> dict[str, Story | None]:
    return {story.id: story for story in stories}


def one_each(count: int) -> list[Story]:
    return [a_story(f"s{number:03}", flow_key=f"flow {number}", title=f"Flow {number}") for number in range(count)]


def test_the_stories_of_many_flows_are_asked_for_together(bench: Bench) -> None:
    """To ask for those of each flow by itself took a transaction a test; each test is written from its own story."""
    stories = one_each(MANY)
    states = bench.store(stories)
    bench.asked = 0
    written = bench.writer.write(states, by_id(stories))
    assert (len(written.outputs), written.failed, written.moved) == (MANY, [], [])
    assert sorted(bench.written) == [(story.id,) for story in stories]
    assert bench.asked < MANY / 2


def test_the_test_of_a_flow_is_written_from_all_its_sessions_in_their_order(bench: Bench) -> None:
    """Also where these are more than one."""
    stories = [a_story(name) for name in ("c", "a", "b")]
    (state,) = bench.store(stories)
    bench.writer.write([state], by_id(stories))
    assert bench.written == [("a", "b", "c")]


def test_a_test_written_while_its_flow_got_another_session_is_not_kept(bench: Bench) -> None:
    """What the flow asks for now is told instead."""
    (state,) = bench.store([a_story("a")])
    bench.storage.put_story(a_story("b"))
    written = bench.writer.write([state], by_id([a_story("a")]))
    assert (written.outputs, [one.support for one in written.moved]) == ([], [2])


def test_a_flow_whose_story_changed_meanwhile_is_read_anew(bench: Bench) -> None:
    """A newer version that another worker stored is what its test is written from."""
    (state,) = bench.store([a_story("a", version=3)])
    bench.storage.put_story(a_story("a", version=4))
    written = bench.writer.write([state], by_id([a_story("a")]))
    assert [one.test.version for one in written.outputs if one.test is not None] == [4]


def test_a_story_that_was_just_said_is_not_parsed_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many came between; where storage has another one under its id, that one counts."""
    monkeypatch.setattr(flow_writing, "RECENT", RecentStories(0))
    said = a_story("a")
    (state,) = bench.store([said])
    bench.writer.write([state], {"a": said})
    bench.writer.write([state], {"a": said.model_copy(update={"title": "Another one"})})
    assert [one is said for one in bench.sessions] == [True, False]
    assert [one.title for one in bench.sessions] == [said.title, said.title]


def test_what_a_flow_does_is_kept_with_its_test(bench: Bench) -> None:
    """While its story is at hand, so that who opens the coverage of thousands of new flows reads no story."""
    stories = one_each(3)
    bench.writer.write(bench.store(stories), by_id(stories))
    with bench.storage._engine.begin() as connection:
        connection.execute(update(STORIES).values(body="not read"))
    assert all(one.classified for one in bench.seen())
    assert sorted(one.title for one in bench.storage.seen_flows(APP, load().users_min)) == [
        "Flow 0", "Flow 1", "Flow 2"
    ]  # fmt: skip


def test_a_flow_that_cannot_be_classified_has_its_test_nevertheless(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is counted, and coverage asks again."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(flow_writing, "seen_flow", fails)
        written = bench.writer.write(bench.store([a_story("a")]), by_id([a_story("a")]))
    assert ([one.test is not None for one in written.outputs], written.failed) == ([True], [])
    assert (bench.faults("classify"), [one.classified for one in bench.seen()]) == (1, [False])


def test_flows_whose_stories_cannot_be_read_together_are_read_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is counted, and each flow has its test nevertheless."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    stories = one_each(2)
    states = bench.store(stories)
    monkeypatch.setattr(bench.storage, "drawn_bodies", fails)
    written = bench.writer.write(states, by_id(stories))
    assert ([one.test is not None for one in written.outputs], written.failed) == ([True, True], [])
    assert bench.faults("write") == 1


def test_flows_are_read_in_portions_of_as_many_stories_as_one_may_have() -> None:
    """A flow of many sessions goes with few others; the order stays."""
    sizes = (DRAWN_MAX, 1, DRAWN_MAX - 1, 1, 1)
    states = [
        FlowState(f"f{at}", APP, tuple((f"s{number}", 1) for number in range(size)), size)
        for at, size in enumerate(sizes)
    ]
    assert [[one.flow_id for one in some] for some in portions(states)] == [["f0"], ["f1", "f2"], ["f3", "f4"]]
