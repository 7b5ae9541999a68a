"""The views on a real port: Faust's own web server, real storage, and hand-written stand-ins for Kafka alone."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust
import httpx
import numpy as np
import pytest

from agents.keys import Keys
from agents.metrics import Metrics
from agents.proof.artifacts import ArtifactStore
from agents.settings import load
from agents.storage import CodeFiles, Storage
from agents.web.register import register
from agents.web.services import BrokerUnavailable, Found, OpenWindow, WebServices
from pipeline.patterns.discovery import FoundPattern, SeenGoals, found_patterns, texts_of
from schemas.codecs import to_json
from schemas.events import End

NO_KEYS = Keys()


def an_event(name: str, **more: Any) -> bytes:
    """An event as the table holds it."""
    return to_json(End(id=name, app="shop", session_id="s", journey_id="j", at_ms=1, **more))


@dataclass
class Topic:
    """Keeps what was produced. While `away`, nothing is acknowledged; while `holding`, acknowledgements wait."""

    messages: list[tuple[bytes, bytes]] = field(default_factory=list)
    away: bool = False
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.released.set()

    async def produce(self, key: bytes, value: bytes) -> None:
        """Stores a message."""
        if self.away:
            raise BrokerUnavailable("away")
        await asyncio.to_thread(self.released.wait)
        self.messages.append((key, value))


@dataclass
class HeldJourneys:
    """Journeys of this worker by id; those of `elsewhere` belong to the worker at that URL (None: to nobody)."""

    mine: dict[str, list[OpenWindow]] = field(default_factory=dict)
    elsewhere: dict[str, str | None] = field(default_factory=dict)

    def worker_of(self, journey_id: str) -> str | None:
        """The other worker."""
        return self.elsewhere.get(journey_id)

    def is_mine(self, journey_id: str) -> bool:
        """Whether it is none of elsewhere."""
        return journey_id not in self.elsewhere

    def open_windows(self, journey_id: str) -> Sequence[OpenWindow]:
        """Ours."""
        return self.mine.get(journey_id, [])


@dataclass
class Site:
    """A running web port and what stands behind it."""

    url: str
    storage: Storage
    files: CodeFiles
    topic: Topic
    journeys: HeldJourneys
    metrics: Metrics
    missing: dict[str, str | None]
    app: faust.App
    http: httpx.Client


class ServerThread:
    """Runs a Faust app's web server on an event loop of its own."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Returns once the port listens."""
        self._thread.start()
        self._app.web.init_server()
        self._wait(self._app.web.start_server())

    def stop(self) -> None:
        """Stops the server and the loop."""
        self._wait(self._app.web.stop_server())
        self._wait(_cancel_the_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)  # type: ignore[arg-type]


async def _cancel_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@pytest.fixture
def make_site(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Callable[..., Site]]:
    """Starts a site with each call, with changed settings if need be; all of them share one storage."""
    storage = Storage.open(f"sqlite:///{tmp_path / 'web.db'}")
    files = CodeFiles(f"file://{tmp_path / 'files'}", storage)
    sites: list[tuple[Site, ServerThread]] = []

    def make(keys: Keys = NO_KEYS, **changes: object) -> Site:
        port = free_port()
        app = faust.App(f"web-{port}", broker="kafka://127.0.0.1:1", web_port=port, web_bind="127.0.0.1")
        settings = load(data=tmp_path, web_port=port, **changes)
        topic, journeys, metrics, missing = Topic(), HeldJourneys(), Metrics(), {"consumer": None}
        checks = {"consumer": lambda: missing["consumer"]}

        async def find(flows: Sequence[SeenGoals]) -> Sequence[FoundPattern] | None:
            if missing.get("model"):
                return None
            unlike = np.eye(len(texts_of(flows)), dtype=np.float32)  # without the model, no goal is like another
            return found_patterns(flows, unlike, ())

        async def find_events(_journey_id: str, _event_ids: Collection[str], _since_ms: int) -> Found | None:
            # an empty log; or somebody else is searching it
            return None if missing.get("search") else Found("events", 0, 0, 0, 0, {})

        artifacts = ArtifactStore(settings.artifacts_url)
        views = (settings, storage, files, artifacts, metrics, journeys, topic.produce, checks)
        services = WebServices(*views, keys=keys, find_patterns=find, find_events=find_events)
        register(app, services)
        server = ServerThread(app)
        server.start()
        http = httpx.Client(base_url=settings.public_url, timeout=60, verify=False)  # loading authorities takes long
        site = Site(settings.public_url, storage, files, topic, journeys, metrics, missing, app, http)
        sites.append((site, server))
        return site

    yield make
    for site, server in sites:
        site.topic.released.set()
        site.http.close()
        server.stop()
    storage.close()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """One running site."""
    return make_site()
