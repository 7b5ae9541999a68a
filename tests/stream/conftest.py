"""A worker on the tests' broker, shared by the tests of a module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.local.processes import free_port
from agents.settings import Settings, load
from pipeline.generate import stories_of, tests_of
from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from schemas.events import Event
from tests.stream.cluster import UNTAGGED, Record, WorkerProcess, lag, latest, produce, read, wait_for


@dataclass
class Stream:
    """Topics of their own on the broker, and the workers on them."""

    settings: Settings
    folder: Path
    workers: list[WorkerProcess]

    def worker(self, module: str = UNTAGGED, **changes: object) -> WorkerProcess:
        """One more worker, started; `wait_ready` is the caller's."""
        number = len(self.workers) + 1
        settings = self.settings.model_copy(update={"web_port": free_port(), **changes})
        worker = WorkerProcess(settings, self.folder / f"worker-{number}.log", module)
        self.workers.append(worker)
        worker.start()
        return worker

    def send(self, *messages: tuple[bytes | None, bytes | None], partition: int | None = None) -> None:
        """To the events topic."""
        produce(self.settings.brokers, self.settings.topic("events"), messages, partition)

    def records(self, name: str) -> list[Record]:
        """All records of a topic, by its name without the prefix."""
        return read(self.settings.brokers, f"{self.settings.topic_prefix}{name}")

    def stories(self) -> dict[str, bytes]:
        """The stories that stand, by id."""
        return latest(self.records("stories"))

    def tests(self) -> dict[str, bytes]:
        """The tests that stand, by id."""
        return latest(self.records("tests"))

    def lag(self) -> int:
        """Of both source topics together."""
        names = (self.settings.topic("events"), self.settings.topic("stories"))
        return sum(lag(self.settings.brokers, self.settings.group, name) for name in names)

    def wait_stories(self, wanted: dict[str, bytes], timeout_s: float = 60.0) -> None:
        """Until the stories that stand are these, no more, no less, byte for byte."""
        wait_for(lambda: self.stories() == wanted, timeout_s, lambda: difference(self.stories(), wanted))

    def wait_tests(self, wanted: dict[str, bytes], timeout_s: float = 60.0) -> None:
        """Until the tests that stand are these."""
        wait_for(lambda: self.tests() == wanted, timeout_s, lambda: difference(self.tests(), wanted))

    @property
    def windowing(self) -> Windowing:
        return Windowing(self.settings.gap_ms, self.settings.lateness_ms, self.settings.journey_memory_ms)

    def truth(self, events: list[Event]) -> dict[str, bytes]:
        """The stories that the pure core makes of these events, without tags."""
        return {story.id: to_json(story) for story in stories_of(events, self.windowing)}

    def true_tests(self, events: list[Event]) -> dict[str, bytes]:
        """The tests that the pure core writes."""
        return {test.id: to_json(test) for test in tests_of(stories_of(events, self.windowing))}

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()


def difference(found: dict[str, bytes], wanted: dict[str, bytes]) -> str:
    missing, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    wrong = sorted(key for key in wanted.keys() & found.keys() if wanted[key] != found[key])
    return f"missing {missing[:5]} ({len(missing)}), extra {extra[:5]} ({len(extra)}), wrong {wrong[:5]} ({len(wrong)})"


@pytest.fixture(scope="module")
def make_stream(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Stream]]:
    """Makes streams with topics and a data folder of their own; ends their workers."""
    made: list[Stream] = []

    def make(**changes: object) -> Stream:
        folder = tmp_path_factory.mktemp("stream")
        chosen = {"gap_s": 3.0, "lateness_s": 3.0, "journey_memory_s": 3600.0, "partitions": 4, **changes}
        settings = load(brokers=kafka, data=folder, topic_prefix=f"{folder.name}.", **chosen)
        made.append(Stream(settings, folder, []))
        return made[-1]

    yield make
    for stream in made:
        stream.stop()
