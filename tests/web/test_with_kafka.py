"""The web port of real workers on a real Kafka: events in by HTTP, stories, tests and open journeys out."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from agents.local.kafka import LocalKafka
from agents.local.processes import free_port
from agents.settings import load

pytestmark = pytest.mark.slow

PATIENCE_S = 240.0
"""For a busy machine: a worker loads its model in 6 s when nothing else runs."""
STARTED_MS = 1_728_600_785_000


@dataclass
class Cluster:
    """Two workers over one broker and one storage, by their URLs."""

    near: httpx.Client
    far: httpx.Client


def until(answer: Callable[[], Any]) -> Any:
    """The first true answer."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (found := answer()):
        assert time.monotonic() < deadline_s, "it did not come to pass in time"
        time.sleep(0.1)
    return found


def is_ready(client: httpx.Client) -> bool:
    """Whether the worker can do its work."""
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def start(stack: ExitStack, brokers: str, folder: Path) -> httpx.Client:
    """Starts a worker with a web port of its own; it ends with the stack."""
    port = free_port()
    settings = load(data=folder, brokers=brokers, web_port=port, topic_prefix="web.", gap_s=3600)
    log = stack.enter_context((folder / f"worker-{port}.log").open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", "agents.cli", "worker"],
        env={**os.environ, **settings.environment()},
        stdout=log,
        stderr=log,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return stack.enter_context(httpx.Client(base_url=settings.public_url, timeout=30))


@pytest.fixture(scope="module")
def cluster(local_kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Both workers, ready, with the partitions shared between them."""
    folder = tmp_path_factory.mktemp("workers")
    with ExitStack() as stack:
        near, far = (start(stack, local_kafka.bootstrap, folder) for _ in range(2))
        until(lambda: is_ready(near) and is_ready(far))
        yield Cluster(near, far)


def event(journey_id: str, number: int, **fields: Any) -> dict[str, Any]:
    """An event of a journey through a small shop."""
    return {
        "id": f"{journey_id}-{number}",
        "app": "shop.example",
        "session_id": f"session of {journey_id}",
        "journey_id": journey_id,
        "at_ms": STARTED_MS + number * 1000,
        "page": {"url": "https://shop.example/", "title": "Shop"},
        **fields,
    }


def visit(journey_id: str) -> list[dict[str, Any]]:
    """A visit that opens the shop and presses a button, still open."""
    button = {"tag": "button", "role": "button", "name": "Buy", "text": "Buy"}
    return [
        event(journey_id, 0, kind="navigation", url="https://shop.example/"),
        event(journey_id, 1, kind="click", target=button),
    ]


def test_events_become_a_story_and_a_test_that_keeps_its_edit(cluster: Cluster) -> None:
    """A journey that ends is published at once; its test can be edited, and a straggler's version keeps the edit."""
    journey = "journey/1"
    posted = cluster.near.post("/api/v1/events", json=[*visit(journey), event(journey, 9, kind="end")])
    assert posted.status_code == 202, posted.text
    by_session = {"session_id": f"session of {journey}"}
    (story,) = until(lambda: cluster.far.get("/api/v1/stories", params=by_session).json()["stories"])
    assert story["version"] == 3
    places = cluster.far.get(f"/api/v1/stories/{story['id']}/places").json()
    # One message carried all of it; the log's time is that of the test, long after what the browser says.
    assert (places["topic"], places["messages"]) == ("web.events", 1)
    assert [step["offset"] for step in places["steps"]] == [places["searched_from"]] * len(story["steps"])
    by_story = {"user_story_id": story["id"]}
    (test,) = until(lambda: cluster.far.get("/api/v1/tests", params=by_story).json()["tests"])
    edit = test["code"] + "\n# by hand\n"
    path = f"/api/v1/tests/{test['id']}"
    assert cluster.near.put(path, json={"code": edit}, headers={"If-Match": test["etag"]}).status_code == 200
    field = {"tag": "input", "role": "textbox", "name": "Size", "label": "Size"}
    straggler = event(journey, 2, kind="fill", target=field, value={"text": "XL"})
    assert cluster.far.post("/api/v1/events", json=straggler).status_code == 202
    newer = until(lambda: [s for s in cluster.near.get("/api/v1/stories", params=by_session).json()["stories"]
                           if s["version"] == 4])  # fmt: skip
    assert [one["id"] for one in newer] == [story["id"]]
    saved = cluster.near.get("/api/v1/tests", params={"saved": "true"}).json()["tests"]
    assert [one["code"] for one in saved] == [edit]


def test_either_worker_shows_every_open_journey(cluster: Cluster) -> None:
    """Journeys of all partitions are shown by both workers, whichever holds them."""
    names = [f"open {number}" for number in range(12)]
    for name in names:
        assert cluster.near.post("/api/v1/events", json=visit(name)).status_code == 202

    def shown(client: httpx.Client, name: str) -> Any:
        answer = client.get(f"/api/v1/journeys/{name}")
        return answer.status_code == 200 and answer.json()["windows"]

    for name in names:
        for client in (cluster.near, cluster.far):
            (window,) = until(lambda client=client, name=name: shown(client, name))
            assert [one["id"] for one in window["events"]] == [f"{name}-0", f"{name}-1"]


def test_what_was_taken_is_counted_where_it_was_taken(cluster: Cluster) -> None:
    """The worker that took events counts them, the others don't."""

    def accepted() -> list[float]:
        lines = [client.get("/metrics").text.splitlines() for client in (cluster.near, cluster.far)]
        name = "journeywright_events_accepted_total "
        return [float(line.removeprefix(name)) for page in lines for line in page if line.startswith(name)]

    near, far = accepted()
    assert cluster.near.post("/api/v1/events", json=visit("counted")).status_code == 202
    assert accepted() == [near + 2, far]
