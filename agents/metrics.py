"""The program's metrics, by name: are we losing, are we late, are we stuck.

One `Metrics` per process, made by the composition root and passed on; agents and views count on it, `/metrics` prints
it. Causes are short words of ours, never text from outside, so that their number stays bounded.
"""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from schemas.events import RecorderFault
from schemas.limits import CAUSE_CHARS_MAX

OWN_FAULTS: Final = ("read", "apply", "tell", "tag", "send", "store", "write", "classify", "prove", "end")
"""What a fault of ours may be met at: reading a message, applying it, telling a window, tagging a story, sending or
storing a record, writing or proving a test, saying for coverage what a flow does; and what ended a worker."""
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
DEAD_LETTER_CAUSES: Final = (
    "unreadable", "unreadable_event", "internal", "late", "journey_too_long", "partition_full", "untellable",
    "bad_story", "unwritable",
)  # fmt: skip
"""Shown from the start, so that the first one is seen as a rise."""


LETTERS_KEPT: Final = 20
"""Newest dead letters of which cause and place are remembered."""


@dataclass(frozen=True, slots=True)
class Buried:
    """A dead letter that Kafka has taken: when, of which kind, why, and where the message lies. `at` is ISO 8601."""

    at: str
    kind: str
    cause: str
    topic: str
    partition: int
    offset: int


class Metrics:
    """Counters and gauges of one process. Names begin with `journeywright_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.newest_dead_letters: deque[Buried] = deque(maxlen=LETTERS_KEPT)
        ProcessCollector(namespace="journeywright", registry=self.registry)
        self._count_events()
        self._count_work()
        self._count_stories()
        self._count_http()

    def _count_events(self) -> None:
        self.events_accepted = self._counter("events_accepted", "Events taken by HTTP and acknowledged by Kafka.")
        self.events_refused = self._counter("events_refused", "Events refused by HTTP, by cause.", "cause")
        self.dead_letters = self._counter("dead_letters", "Messages sent to the dead-letter topic, by cause.", "cause")
        for cause in DEAD_LETTER_CAUSES:
            self.dead_letters.labels(cause)
        self.recorder_errors = self._counter(
            "recorder_errors", "Pages in which the recorder could not work, or met an error, by what.", "error"
        )
        for error in get_args(RecorderFault):
            self.recorder_errors.labels(error)
        self.lost = self._counter("messages_lost", "Messages that aged out of events before they were read.")

    def _count_work(self) -> None:
        where = ("topic", "partition")
        self.lag = self._gauge("lag_messages", "Messages that this worker has not yet done with.", *where)
        self.last_progress = self._gauge(
            "last_progress_timestamp_seconds", "When something was done, or nothing was left to do.", *where
        )
        self.clock_delay = self._gauge("clock_delay_seconds", "How far the slowest partition's clock is behind now.")
        self.open_windows = self._gauge("open_windows", "Windows that this worker holds.")
        self.held_bytes = self._gauge("held_bytes", "Bytes of the events in these windows.")
        self.rebalances = self._counter("rebalances", "How often partitions were shared anew.")
        self.recovery_seconds = self._gauge("recovery_seconds", "From the last assignment until work went on.")
        self.send_retries = self._counter("send_retries", "How often Kafka did not take what was sent.")
        self.bury_retries = self._counter("bury_retries", "How often a dead letter was refused, and sent again.")
        self.own_faults = self._counter("own_faults", "What our own code could not do, by what it was.", "what")
        for what in OWN_FAULTS:
            self.own_faults.labels(what)
        self.storage_retries = self._counter("storage_retries", "How often the storage did not answer.")

    def _count_stories(self) -> None:
        self.stories = self._counter("stories_published", "Story versions sent to the stories topic.")
        self.stories_withdrawn = self._counter("stories_withdrawn", "Tombstones sent to the stories topic.")
        self.stories_forgotten = self._counter("stories_forgotten", "Old stories deleted from storage.")
        self.unwritable = self._counter("flows_unwritable", "How often no test of a flow could be written.")
        self.tests = self._counter("tests_published", "Tests sent to the tests topic.")
        self.verdicts = self._counter("verdicts_published", "Verdicts sent to the verdicts topic.", "outcome")
        self.stored = self._gauge("stored", "Rows in storage, by kind.", "kind")
        self.tests_in_state = self._gauge("tests_in_state", "Tests in storage, by state.", "state")
        self.last_verdict = self._gauge("last_verdict_timestamp_seconds", "When a test was proven last; 0 for never.")
        self.embedder_queue = self._gauge("embedder_queue", "Stories that wait for the embedder.")
        self.story_seconds = self._histogram("story_seconds", "From the last event's arrival to the story's ack.")
        self.test_seconds = self._histogram("test_seconds", "From a story on its topic to the ack of its test.")

    def _count_http(self) -> None:
        self.http_seconds = self._histogram("http_seconds", "Time to answer, by call and status.", "call", "status")
        self.http_requests_in_flight = self._gauge("http_requests_in_flight", "Event requests being served.")
        self.http_bytes_in_flight = self._gauge("http_bytes_in_flight", "Bytes of event bodies being served.")
        self.http_busy = self._counter("http_busy", "Event requests turned away because a bound was reached.", "bound")

    def note_dead_letter(self, kind: str, cause: str, topic: str, partition: int, offset: int) -> None:
        """Counts a dead letter by its kind, and remembers it among the newest ones."""
        self.dead_letters.labels(kind).inc()
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = cause[:CAUSE_CHARS_MAX].encode("utf-8", "replace").decode()
        self.newest_dead_letters.append(Buried(at, kind, shown, topic, partition, offset))

    def text(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"journeywright_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"journeywright_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(f"journeywright_{name}", meaning, labels, buckets=SECONDS, registry=self.registry)
