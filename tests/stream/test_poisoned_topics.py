"""Records of strangers on the topics that we write ourselves and read again: `stories` and `tests`."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from schemas import limits
from schemas.codecs import to_json
from tests.storage.samples import a_story, a_test
from tests.stream.cluster import produce_what_is_taken, wait_for
from tests.stream.conftest import Stream
from tests.stream.traffic import batches, short_journey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WAIT_S: Final = 180.0
DEEP: Final = b"[" * 200_000


def changed(value: bytes, **fields: Any) -> bytes:
    """A record with other fields."""
    return orjson.dumps({**orjson.loads(value), **fields})


def poison(good: bytes) -> list[tuple[bytes | None, bytes | None]]:
    """Records beside a good one: keys and values of every wrong kind."""
    key = b"poisoned"
    whole = changed(good, id="poisoned")
    far = orjson.dumps(1)
    values: list[bytes] = [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"{}",
        DEEP,
        b'{"a":' * 100_000,
        b"\x00\x00\x00\x00\x07avro",
        b"\x00" * 1_000,
        whole[:-1],
        whole.replace(b'"version":3', b'"version":' + b"9" * 400),
        whole.replace(b'"version":3', b'"version":9223372036854775808'),
        whole.replace(b'"version":3', b'"version":NaN'),
        whole.replace(b'"version":3', b'"version":1e999'),
        whole.replace(b'"version":3', b'"version":' + far + b".5"),
        whole.replace(b"shop.example", b"\\ud800"),
        whole.replace(b"shop.example", b"\xed\xa0\x80"),
        whole.replace(b"shop.example", b"\\u0000"),
        changed(whole, app="a" * limits.MESSAGE_BYTES_MAX),
        changed(whole, app=None),
        changed(whole, app=[]),
        changed(whole, app={}),
        changed(whole, app=""),
        changed(whole, id="other"),
        changed(whole, id=""),
        changed(whole, title="t" * 900_000),
        changed(whole, tags=["t"] * 100_000),
        changed(whole, tags={"a": 1}),
        changed(whole, unknown={"a": [[[1]]]}),
    ]
    records: list[tuple[bytes | None, bytes | None]] = [(key, value) for value in values]
    keys: list[bytes | None] = [None, b"", b"\xff", b"\x00", b"k" * 100_000, "\ud800".encode("utf-8", "surrogatepass")]
    records += [(one, whole) for one in keys]
    records += [(one, None) for one in (*keys[1:], b"nobody's", b"'; DROP TABLE stories; --")]
    return records


def test_nobody_stops_the_tests_agent_by_its_topic(make_stream: Callable[..., Stream]) -> None:
    """Each record that can't be read is a dead letter, each tombstone is taken, and what people do meanwhile is told
    and tested by the same process. What stands on the topic of tests is read by nobody here."""
    stream = make_stream(partitions=1)
    worker = stream.worker()
    worker.wait_ready()
    process = worker.process
    assert process is not None
    story, test = to_json(a_story("s1")), to_json(a_test(a_story("s1")))
    first, second = short_journey("first"), short_journey("second")
    stream.send(*batches(random.Random(1), first))
    for name, good in (("stories", story), ("tests", test)):
        taken = produce_what_is_taken(stream.settings.brokers, stream.settings.topic(name), poison(good), 0)
        assert taken > len(poison(good)) - 6  # the broker takes none without a key
    stream.send(*batches(random.Random(1), second))
    wanted = stream.true_tests([*first, *second])
    wait_for(lambda: wanted.items() <= stream.tests().items(), WAIT_S, worker.tail)
    wait_for(lambda: stream.lag() == 0, WAIT_S, worker.tail)
    assert worker.process is process
    assert worker.running
    topic = stream.settings.topic("stories").encode()
    letters = [one for one in stream.records("events-dead-letter") if one.headers["journeywright-topic"] == topic]
    kinds = Counter(one.headers["journeywright-kind"] for one in letters)
    assert kinds.keys() <= {b"bad_story", b"unwritable"}  # of a story without steps no test can be written
    assert kinds[b"bad_story"] > len(poison(story)) // 2


async def produced_in_transactions(brokers: str, topic: str, messages: Sequence[tuple[bytes, bytes]]) -> None:
    """One transaction for each message, and one more that is given up."""
    producer = AIOKafkaProducer(bootstrap_servers=brokers, transactional_id="a stranger's")
    await producer.start()
    try:
        for key, value in messages:
            async with producer.transaction():
                await producer.send(topic, value, key=key, partition=0)
        with suppress(ZeroDivisionError):
            async with producer.transaction():
                await producer.send(topic, b"{", partition=0)
                raise ZeroDivisionError
    finally:
        await producer.stop()


def test_a_producer_with_transactions_stops_nobody(make_stream: Callable[..., Stream]) -> None:
    """The ends of its transactions are no holes in the log: no worker ends at them, nor one that starts behind them."""
    stream = make_stream(partitions=1)
    first = stream.worker()
    first.wait_ready()
    before, after = short_journey("in transactions"), short_journey("after them")
    messages = list(batches(random.Random(1), before, 1))
    asyncio.run(produced_in_transactions(stream.settings.brokers, stream.settings.topic("events"), messages))
    stream.wait_stories(stream.truth(before), WAIT_S)
    assert first.running
    first.kill()
    second = stream.worker()
    second.wait_ready()
    stream.send(*batches(random.Random(1), after))
    stream.wait_stories(stream.truth([*before, *after]), WAIT_S)
    assert second.running
