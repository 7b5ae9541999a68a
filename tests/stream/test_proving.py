"""A worker with the role prove, on a real broker with a real schema registry and a real browser."""

from collections.abc import Callable

import pytest

from agents.storage import Storage
from agents.storage.sql.verdict_rows import VerdictFilter
from pipeline.generate import test_of as written_from
from schemas.avro import AvroReader, schema_id, schema_text
from schemas.codecs import to_json
from tests.proof.test_prover import App, app, story
from tests.registry import Registry
from tests.stream.cluster import lag, latest, produce, wait_for
from tests.stream.conftest import Stream

__all__ = ["app"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_new_test_is_proven_once_though_its_worker_is_killed(
    app: App, make_stream: Callable[..., Stream], registry: Registry, chromium_path: str
) -> None:
    """Killed while the browser is at work, the next worker proves the test; its verdict is on the topic and in storage
    under one id, in Avro. What was proven is not run again when the test is told once more."""
    stream = make_stream(schema_registry_url=registry.url)
    (stream.folder / "places.toml").write_text(
        f'[staging]\napp = "shop"\nbase_url = "{app.url}"\nbuild = "7"\nautomatic = true\n'
    )
    told, seen, show = story(), [0], app.page

    def page() -> str:
        seen[0] += 1
        return show()

    app.page, app.broken = page, True  # type: ignore[method-assign]
    test = written_from([told], 1)
    storage = Storage.open(f"sqlite:///{stream.folder / 'journeywright.db'}")
    storage.put_story(told)
    storage.put_test(test)
    role = {"roles": "prove", "users_min": 1, "chromium": chromium_path, "environments": stream.folder / "places.toml"}

    first = stream.worker(**role)
    first.wait_ready()
    message = (test.id.encode(), to_json(test))
    produce(stream.settings.brokers, stream.settings.topic("tests"), [message])
    wait_for(lambda: seen[0] > 0, 120, first.tail)
    first.kill()
    assert not storage.verdicts(VerdictFilter(test_id=test.id)).items

    second = stream.worker(**role)
    wait_for(lambda: bool(stream.records("verdicts")), 180, second.tail)
    (verdict,) = storage.verdicts(VerdictFilter(test_id=test.id)).items
    assert (verdict.outcome, verdict.kind, verdict.build) == ("failed", "app", "7")
    raw = latest(stream.records("verdicts"))[test.id]
    reader = AvroReader()
    reader.add(schema_id(raw) or 0, schema_text("verdict"))
    assert reader.verdict(raw) == verdict

    ran = seen[0]
    produce(stream.settings.brokers, stream.settings.topic("tests"), [message, (b"no such test", b"{}")])
    group = f"{stream.settings.group}-prove"
    wait_for(lambda: lag(stream.settings.brokers, group, stream.settings.topic("tests")) == 0, 60, second.tail)
    assert seen[0] == ran
    assert {record.key for record in stream.records("verdicts")} == {test.id.encode()}
    assert len(storage.verdicts(VerdictFilter(test_id=test.id)).items) == 1
    storage.close()
