"""One worker on a real broker: every way in, every way a journey ends."""

import json
import random
import time
import urllib.request
from collections.abc import Callable

import pytest

from agents.storage import Storage
from agents.storage.sql.flow_rows import FrequentFlow, frequent_flows
from agents.stream.broker import fetched
from agents.stream.journeys.repartition import partition_of
from agents.stream.journeys.ticks import TICK_HEADER
from pipeline.generate import stories_of
from pipeline.generate import test_of as write_flow
from pipeline.intake.redaction import WITHHELD
from schemas.codecs import from_json, to_json
from schemas.events import Click, End, Event
from schemas.generated_tests import GENERATED_TEST
from schemas.limits import DEAD_LETTER_BYTES_MAX
from tests.stream.cluster import Record, WorkerProcess, wait_for
from tests.stream.conftest import Stream
from tests.stream.hostile_batches import batch_of, send
from tests.stream.traffic import Shape, batches, journey, single

pytestmark = pytest.mark.slow

GAP_MS = 3_000


@pytest.fixture(scope="module")
def stream(make_stream: Callable[..., Stream]) -> Stream:
    made = make_stream()
    made.worker().wait_ready()
    return made


@pytest.fixture
def worker(stream: Stream) -> WorkerProcess:
    return stream.workers[0]


def now_ms() -> int:
    return round(time.time() * 1000)


def ended(name: str, seed: int) -> list[Event]:
    """A journey of one sitting with an explicit end, now."""
    return journey(
        random.Random(seed), name, now_ms() - 1_000, Shape(steps_min=4, step_ms=100, sittings_max=1, ends=1.0)
    )


def expect(stream: Stream, events: list[Event], timeout_s: float = 60.0) -> None:
    """The stories of these events stand, byte for byte, whatever else there is."""
    wanted = stream.truth(events)
    assert wanted
    wait_for(
        lambda: wanted.items() <= stream.stories().items(),
        timeout_s,
        lambda: f"{list(wanted)} {stream.workers[0].tail()}",
    )


def test_a_batch_with_an_end_is_told_at_once(stream: Stream) -> None:
    """Without any silence: long before the gap, in event time, has passed."""
    events = ended("batch", 1)
    stream.send(*batches(random.Random(1), events, 100))
    expect(stream, events)


def test_single_events_with_the_right_key(stream: Stream) -> None:
    """One message each."""
    events = ended("single", 2)
    stream.send(*(single(event, b"single") for event in events))
    expect(stream, events)


def test_what_a_new_flow_does_is_known_before_somebody_looks(stream: Stream, worker: WorkerProcess) -> None:
    """The coverage of thousands of flows need not be read at once by whoever opens it first."""
    events = ended("classified", 7)
    stream.send(*batches(random.Random(7), events, 100))
    expect(stream, events)
    storage = Storage.open(worker.settings.storage_url)
    app = events[0].app
    wait_for(lambda: all(one.classified for one in seen_by(storage, app, worker.settings.users_min)), 30, worker.tail)
    storage.close()


def seen_by(storage: Storage, app: str, users_min: int) -> list[FrequentFlow]:
    """The flows of an app as they lie there; at least one."""
    with storage._engine.begin() as connection:
        found = frequent_flows(connection, app, users_min)
    assert found
    return found


@pytest.mark.parametrize("key", [None, b"", b"somebody-else", b"\xff\xfe"])
def test_messages_with_another_key_or_none_are_rekeyed(stream: Stream, key: bytes | None) -> None:
    """They end in the partition of their journey, and in one story with those that were keyed rightly."""
    name = f"astray-{key!r}"
    events = ended(name, 3)
    stream.send(single(events[0], name.encode()))
    for number, event in enumerate(events[1:]):
        stream.send(single(event, key), partition=number % 4 if key is None else None)
    expect(stream, events)
    homes = {r.partition for r in stream.records("events") if r.key == name.encode()}
    assert homes == {partition_of(name, 4)}


def test_a_message_with_several_journeys_is_split(stream: Stream) -> None:
    """Those of this partition are taken, the others go where they belong."""
    events = [event for number in range(6) for event in ended(f"many-{number}", number)]
    body = b"[" + b",".join(single(event)[1] for event in events) + b"]"
    stream.send((b"many-0", body))
    expect(stream, events)


def test_silence_closes_a_journey_when_traffic_stops_altogether(stream: Stream) -> None:
    """No message comes after it; ticks move the clock."""
    events = journey(random.Random(4), "silent", now_ms() - 500, Shape(step_ms=50, sittings_max=1, ends=0.0))
    stream.send(*batches(random.Random(1), events))
    expect(stream, events)


def test_a_late_event_gives_a_new_version_of_the_same_story(stream: Stream) -> None:
    """Also when it is the journey's first event: the id stays, the version counts one more."""
    events = ended("straggler", 5)
    stream.send(*batches(random.Random(1), events[1:]))
    expect(stream, events[1:])
    before = stream.truth(events[1:]).keys()
    stream.send(single(events[0], b"straggler"))
    expect(stream, events)
    assert stream.truth(events).keys() == before


def test_two_stories_that_become_one_leave_a_tombstone(stream: Stream) -> None:
    """The second one is withdrawn."""
    start = now_ms() - 20_000
    shape = Shape(steps_max=3, step_ms=50, pause_ms=GAP_MS + 1_000, sittings_max=1, ends=0.0)
    first = journey(random.Random(6), "merge", start, shape)
    second = [event.model_copy(update={"id": f"{event.id}+", "at_ms": event.at_ms + GAP_MS + 800}) for event in first]
    stream.send(*batches(random.Random(1), [*first, *second]))
    expect(stream, [*first, *second])
    apart = stream.truth([*first, *second])
    assert len(apart) == 2
    between = first[-1].model_copy(update={"id": "between", "at_ms": first[-1].at_ms + GAP_MS // 2 + 300})
    stream.send(single(between, b"merge"))
    together = [*first, between, *second]
    expect(stream, together)
    gone = apart.keys() - stream.truth(together).keys()
    assert len(gone) == 1
    wait_for(lambda: not (gone & stream.stories().keys()), 20)


POISON: dict[str, tuple[bytes | None, bytes | None]] = {
    "not JSON": (b"p1", b"{"),
    "empty": (b"p2", b""),
    "null": (b"p3", None),
    "not UTF-8": (b"p4", b"\xff\xfe\xfd"),
    "a number": (b"p5", b"1"),
    "NaN": (b"p6", b'{"at_ms": NaN}'),
    "deep": (b"p7", b"[" * 200_000),
    "wrong types": (b"p8", b'{"v":1,"kind":"click","id":[],"app":"x"}'),
    "nearly a megabyte": (b"p9", b"x " * 475_000),
    "two megabytes": (b"p11", b"x" * 2_000_000),
    "four megabytes that are slow to search": (b"p12", b"eyJ" * 1_300_000),
    "an invalid time": (b"p10", b'[{"kind":"end","id":"a","app":"x","session_id":"s","at_ms":"10:00:90Z"}]'),
}


def test_every_poison_message_is_buried_and_work_goes_on(stream: Stream, worker: WorkerProcess) -> None:
    """With its cause, its origin and its true size; nothing stalls, and the offsets advance to the end."""
    stream.send(*POISON.values())
    events = ended("after-poison", 7)
    stream.send(*batches(random.Random(1), events))
    expect(stream, events)

    def buried() -> dict[bytes, dict[str, bytes]]:
        return {record.key or b"": record.headers for record in stream.records("events-dead-letter")}

    keys = {key for key, _ in POISON.values()}
    wait_for(lambda: keys <= buried().keys(), 30, lambda: f"{keys - buried().keys()}")
    for key, value in POISON.values():
        headers = buried()[key or b""]
        assert headers["journeywright-cause"]
        assert headers["journeywright-topic"].decode() == stream.settings.topic("events")
        assert int(headers["journeywright-size"]) == len(value or b"")
    big = next(r for r in stream.records("events-dead-letter") if r.key == b"p9")
    assert len(big.value or b"") == DEAD_LETTER_BYTES_MAX
    assert {r.value for r in stream.records("events-dead-letter") if r.key in (b"p11", b"p12")} == {WITHHELD}
    wait_for(lambda: stream.lag() == 0, 30, worker.tail)


def test_batches_of_any_codec_are_read_and_broken_ones_are_buried(stream: Stream, worker: WorkerProcess) -> None:
    """Each codec of Kafka brings its journey; a name of a header that is no text, and what looks like a tick, too. What
    opens to a hundred megabytes is buried by its offset, and the partition goes on."""
    partition, topic = 0, stream.settings.topic("events")
    fetched.apply()  # the tests' own reader reads the log, too
    names_of = map("codec-{}".format, range(200))
    here = [name for name in names_of if partition_of(name, stream.settings.partitions) == partition]
    told, raw = [], [batch_of([(b"bomb", b"x" * 100_000_000, [])], codec=1)]
    odd = {b"odd-name": b"o\xff\xfe-name"}
    for name, codec, headers, names in (
        (here[0], 1, [], {}), (here[1], 2, [], {}), (here[2], 3, [], {}), (here[3], 4, [], {}),
        (here[4], 0, [("odd-name", b"1")], odd), (here[5], 4, [("odd-name", b"1")], odd),
        (here[6], 0, [(TICK_HEADER, b"1")], {}),
    ):  # fmt: skip
        events = ended(name, 8)
        told += events
        raw.append(
            batch_of([(key, value, headers) for key, value in batches(random.Random(1), events)], codec, names=names)
        )
    send(stream.settings.brokers, topic, partition, raw)
    expect(stream, told)
    causes = [letter.headers["journeywright-cause"] for letter in stream.records("events-dead-letter")]
    assert any(b"batch can't be read" in cause for cause in causes)
    assert worker.running
    wait_for(lambda: stream.lag() == 0, 30, worker.tail)


def test_a_dead_letter_holds_no_secret(stream: Stream, worker: WorkerProcess) -> None:
    """A password beside an event that can't be read, and one in a message that is no JSON: both letters say where the
    message lies, and neither holds it; nor does the worker's log."""
    field = {"tag": "input", "type": "password"}
    fill = {"kind": "fill", "id": "f", "app": "x", "session_id": "s", "at_ms": 1, "target": field}
    fill["value"] = {"text": "hunter2"}
    stream.send((b"secret-1", json.dumps([fill, {"kind": "?"}]).encode()), (b"secret-2", b'{"password": "hunter2"'))

    def letters() -> dict[bytes, Record]:
        found = stream.records("events-dead-letter")
        return {record.key: record for record in found if record.key in (b"secret-1", b"secret-2")}

    wait_for(lambda: len(letters()) == 2, 30)
    for letter in letters().values():
        assert b"hunter2" not in (letter.value or b"")
        assert letter.headers["journeywright-redacted"] == b"1"
        place = (int(letter.headers["journeywright-partition"]), int(letter.headers["journeywright-offset"]))
        (source,) = [one for one in stream.records("events") if (one.partition, one.offset) == place]
        assert b"hunter2" in (source.value or b"")
    assert "hunter2" not in worker.log.read_text()


def test_an_open_journey_is_shown_by_the_web_port(stream: Stream, worker: WorkerProcess) -> None:
    """With its events, before it closes."""
    event = Click.model_validate(
        {**ended("open", 8)[0].model_dump(), "kind": "click", "target": {}, "journey_id": "open"}
    )
    stream.send(single(event, b"open"))
    wait_for(lambda: worker.get("/api/v1/journeys/open") is not None, 20)
    answer = json.loads(worker.get("/api/v1/journeys/open") or b"")
    assert [one["id"] for one in answer["windows"][0]["events"]] == [event.id]


def test_the_tests_of_the_flows_follow(stream: Stream) -> None:
    """One for each flow, as the pure core writes it from all events; those of withdrawn stories are gone."""
    events = ended("tested", 9)
    stream.send(*batches(random.Random(1), events))
    expect(stream, events)
    from pipeline.flows.ids import flow_id, test_id
    from schemas.stories import STORY

    def flows() -> set[str]:
        stories = (STORY.validate_json(value) for value in stream.stories().values())
        return {test_id(story.app, flow_id(story.app, story.flow_key)) for story in stories}

    wait_for(lambda: stream.tests().keys() == flows(), 30, lambda: f"{stream.tests().keys() ^ flows()}")


def test_merged_flows_share_a_test_and_parted_ones_have_their_own_again(stream: Stream, worker: WorkerProcess) -> None:
    """Whoever merges two flows over HTTP finds on the topic, soon after and without new traffic, one test of the
    stories of both, under the id of the flow that took the other in, and a tombstone for the other; parted, both stand
    as before."""
    events = [event for number in range(2) for event in ended(f"merged-{number}", 700 + number)]
    wanted = stream.true_tests(events)
    assert len(wanted) == 2
    stream.send(*batches(random.Random(7), events, 100))
    wait_for(lambda: wanted.items() <= stream.tests().items(), 60.0, worker.tail)
    one, other = (from_json(GENERATED_TEST, test) for test in wanted.values())

    def put(into: str | None) -> None:
        body = json.dumps({"merged_into": into}).encode()
        call = urllib.request.Request(f"{worker.url}/api/v1/flows/{one.flow_id}", body, method="PUT")
        with urllib.request.urlopen(call, timeout=10) as answer:
            assert answer.status == 200

    put(other.flow_id)
    both = write_flow(stories_of(events, stream.windowing), flow=other.flow_id)
    assert both.id == other.id
    wait_for(lambda: one.id not in stream.tests(), 30.0, worker.tail)
    wait_for(lambda: stream.tests()[other.id] == to_json(both), 30.0, worker.tail)
    put(None)
    wait_for(lambda: wanted.items() <= stream.tests().items(), 30.0, worker.tail)


def test_an_end_alone_is_no_story(stream: Stream, worker: WorkerProcess) -> None:
    """Nothing was done in it, so nothing is told; and nothing breaks."""
    only = End.model_validate({**ended("nothing", 10)[-1].model_dump(), "journey_id": "nothing"})
    stream.send(single(only, b"nothing"))
    wait_for(lambda: stream.lag() == 0, 30, worker.tail)
    assert stream.truth([only]) == {}
    assert not any(b'"nothing"' in value for value in stream.stories().values())
