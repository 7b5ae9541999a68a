"""What strangers write into the changelog of the table."""

import asyncio
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import faust
import orjson
import pytest

from agents.stream.broker.fetched import Unreadable
from agents.stream.broker.topics import changelog
from agents.stream.journeys.changelog import KEY_BYTES_MAX, LOGGED_MAX, row_key
from agents.stream.journeys.table import JourneysTable
from pipeline.windowing.segments import LAYOUT, newest_manifest
from tests.stream.cluster import produce_what_is_taken
from tests.stream.conftest import Stream
from tests.stream.traffic import batches, short_journey

OURS: Final = b'["0/a/1",[3600.0,7199.9]]'
NO_KEYS: Final = (
    None,
    b"",
    b"\xff",
    b"{",
    b"null",
    b"1",
    b'"0/a/1"',
    b"[]",
    b'["0/a/1"]',
    b'["0/a/1",null]',
    b'["0/a/1",[1]]',
    b'["0/a/1",[1,2,3]]',
    b'["0/a/1",["1","2"]]',
    b'["0/a/1",[true,false]]',
    b'["0/a/1",[[],{}]]',
    b'[["0"],[1,2]]',
    b'[{"a":1},[1,2]]',
    b'{"0/a/1":[1,2]}',
    b'["0/a/1",[1,2],3]',
    b'["1/a/1",[1,2]]',
    b'["00/a/1",[1,2]]',
    b'["0",[1,2]]',
    b'["0/\\ud800",[1,2]]',
    b'["0/a",[1,1e999]]',
    b"[" * 100_000,
    b'["0/' + b"a" * KEY_BYTES_MAX + b'",[1,2]]',
    b'["0/a/1",[99999999999999999999999999999999,NaN]]',
)
"""Keys of records that are no rows of partition 0."""


NO_SENDER: Any = None
"""Whoever only reads the changelog sends nothing: what asks for it fails."""


def record(key: bytes | None, value: bytes | None = b"x") -> Any:
    """A record of partition 0, as Faust gives it."""
    message = SimpleNamespace(key=key, value=value, partition=0, offset=7, topic="t", tp=("t", 0))
    return SimpleNamespace(key=key, value=value, message=message)


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_is_no_row_is_passed_over(key: bytes | None) -> None:
    """Its neighbours are taken as they are; so is a row that is deleted, and one whose batch can't be read is not."""
    assert row_key(key, 0) is None

    async def taken() -> dict[Any, bytes]:
        app = faust.App("changelog", broker="kafka://127.0.0.1:1", store="memory://")
        table = JourneysTable(app, 1, NO_SENDER)
        gone = b'["0/a/2",[3600.0,7199.9]]'
        assert table.faust_table.changelog_topic.schema.key_serializer == "raw"  # else Faust reads keys before us
        unread = record(b'["0/a/3",[3600.0,7199.9]]', Unreadable.of("no", 1))
        batch = [record(gone), record(key), record(OURS, b"ours"), unread, record(gone, None)]
        table.faust_table.apply_changelog_batch(batch)
        return table.rows(0)

    assert asyncio.run(taken()) == {"0/a/1": b"ours"}


def test_the_log_names_some_of_them_only(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever sends very many fills no disk with it."""

    async def sent() -> None:
        app = faust.App("changelog", broker="kafka://127.0.0.1:1", store="memory://")
        JourneysTable(app, 1, NO_SENDER).faust_table.apply_changelog_batch([record(b"{")] * 500)

    asyncio.run(sent())
    assert sum("no row of ours" in one.message for one in caplog.records) == LOGGED_MAX


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b"1",
        b"{}",
        b'{"layout":1}',
        b'{"layout":1,"offset":1,"clock":[1],"segments":[]}',
        b'{"layout":1,"offset":"x","clock":[1,2,3],"segments":[]}',
        b'{"layout":1,"offset":1,"clock":[1,2,3],"segments":[1]}',
        b'{"layout":1,"offset":1e999,"clock":[1,2,3],"segments":[]}',
        b'{"layout":1,"offset":null,"clock":1,"segments":{}}',
        b'{"layout":1,"offset":9,"clock":[1,2,3],"segments":[["b",[[0,9999999999999]]]]}',
        b'{"layout":1,"offset":9,"clock":[1,2,3],"segments":[["b",[[9,0]]]]}',
        b"[" * 100_000,
    ],
)
def test_a_manifest_of_a_stranger_is_not_believed(raw: bytes) -> None:
    """One that is none, or names rows that are nowhere, be they very many: ours is taken."""
    ours = orjson.dumps({"layout": LAYOUT, "offset": 5, "clock": [1, 2, 3], "segments": [["a", [[1, 1]]]]})
    found = newest_manifest({"0/a/m": ours, "0/a/1": b"", "0/b/m": raw})
    assert found is not None
    assert (found.offset, found.segments) == (5, ("0/a/1",))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_starts_behind_records_that_are_no_rows(make_stream: Callable[..., Stream]) -> None:
    """Also where they are the newest ones: what was there is taken up, and the partition goes on."""
    stream = make_stream(partitions=1)
    first = stream.worker()
    first.wait_ready()
    before, after = short_journey("before"), short_journey("after")
    stream.send(*batches(random.Random(1), before))
    stream.wait_stories(stream.truth(before), 120)
    first.kill()
    rows = [(key, value) for key in NO_KEYS for value in (b"x", None) if key or value]
    rows += [(b'["0/b/m",[0.0,3599.9]]', b"{"), (b"\xff", b"x")]
    assert produce_what_is_taken(stream.settings.brokers, changelog(stream.settings), rows, 0) > len(NO_KEYS)
    second = stream.worker()
    second.wait_ready()
    stream.send(*batches(random.Random(1), after))
    stream.wait_stories(stream.truth([*before, *after]), 120)
    assert second.running
