"""What all tests share: a real broker, registry and database, free ports, a real browser. Started once a session, and
only when asked for."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from agents.local.kafka import LocalKafka, jars_folder
from agents.local.processes import free_port as a_free_port
from agents.settings import load
from tests.postgres import server
from tests.registry import Registry

# How long an example takes says more about the machine than about the program.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def own_runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Workers of these tests share no model with others of this machine's user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


@pytest.fixture(scope="session")
def local_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A broker of the tests' own, from the jars, in a temporary folder. Use topic prefixes to keep tests apart."""
    broker = LocalKafka(tmp_path_factory.mktemp("kafka"), jars_folder(load()))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """The bootstrap servers of that broker, or of the one that JOURNEYWRIGHT_BROKERS names."""
    configured = load().brokers
    if configured:
        return configured
    broker: LocalKafka = request.getfixturevalue("local_kafka")
    return broker.bootstrap


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A schema registry of the tests' own. Use subjects of your own to keep tests apart."""
    started = Registry.start(tmp_path_factory.mktemp("registry") / "log")
    try:
        started.wait_ready()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of the tests' own, without a database's name."""
    with server() as url:
        yield url


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives a free port of 127.0.0.1 with each call."""
    return a_free_port


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The executable of a real Chromium."""
    from agents.local.browser import find_chromium

    return str(find_chromium(load()))
