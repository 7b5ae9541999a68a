"""The topics: created explicitly, with their partitions and cleanup policy, and checked where they exist already."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from agents.settings import BadSettings, Settings

logger = logging.getLogger(__name__)

TOPIC_EXISTS = 36
SPREAD_S: Final = 30.0
"""How long all brokers may take to know of a new topic's partitions."""
SPREAD_LOOK_S: Final = 0.2
RECORD_BYTES_MAX = 4 * 1024 * 1024
"""What a message may have on the broker; above all that we write."""
CHANGELOG_SEGMENT_BYTES = 32 * 1024 * 1024
"""Of a partition of the table's changelog. The newest segment is never compacted, and a recovery reads all of it: with
Kafka's own 1 GiB that would be many times what is open."""
TABLE = "journeys"
"""The Faust table with the open windows."""


class BadTopics(RuntimeError):
    """The topics that exist don't fit together. The message says which, and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    configs: dict[str, str]


def wanted_topics(settings: Settings) -> tuple[Wanted, ...]:
    """All topics with what matters about them.

    The log's time of `events` is the broker's, so no producer's clock can move a partition's. The table's changelog
    keeps its rows for ever (Faust's default would drop those of a window that stays open for a week).
    """
    every = {"max.message.bytes": str(RECORD_BYTES_MAX)}
    if settings.replication_factor > 2:
        # What is acknowledged is on one broker more than may go.
        every["min.insync.replicas"] = "2"
    keep = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.3", **every}
    return (
        Wanted(
            settings.topic("events"),
            {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime", **every},
        ),
        Wanted(settings.topic("stories"), keep),
        Wanted(settings.topic("tests"), keep),
        Wanted(settings.topic("verdicts"), keep),
        Wanted(settings.topic("events-dead-letter"), {"cleanup.policy": "delete", **every}),
        Wanted(
            changelog(settings),
            {
                **keep,
                "segment.bytes": str(CHANGELOG_SEGMENT_BYTES),
                "segment.ms": "600000",
                "delete.retention.ms": "3600000",
            },
        ),
    )


def changelog(settings: Settings) -> str:
    """The name that Faust gives to the table's changelog."""
    return f"{settings.group}-{TABLE}-changelog"


async def ensure_topics(settings: Settings) -> int:
    """Creates what is missing and returns the number of partitions of `events`.

    Safe to run from several workers at once. Raises BadTopics when topics exist that don't fit, BadSettings when
    the broker doesn't allow the session time-out, KafkaError when it refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.brokers, **settings.aiokafka_options())
    await admin.start()
    try:
        wanted = wanted_topics(settings)
        there = {name: len(rows) for name, rows in (await _described(admin, wanted)).items()}
        partitions = there.get(settings.topic("events"), settings.partitions)
        await _create(admin, settings, [topic for topic in wanted if topic.name not in there], partitions)
        there = {name: len(rows) for name, rows in (await _described(admin, wanted)).items()}
        for topic in (settings.topic("stories"), changelog(settings)):
            if there.get(topic, partitions) != partitions:
                raise BadTopics(
                    f"topic {topic} has {there[topic]} partitions, but {settings.topic('events')} has {partitions}: "
                    "they must be equal; delete the one that is wrong, or choose another JOURNEYWRIGHT_TOPIC_PREFIX"
                )
        await _check_time(admin, settings.topic("events"))
        await _check_session(admin, settings)
        return partitions
    finally:
        await admin.close()


async def _described(admin: AIOKafkaAdminClient, wanted: tuple[Wanted, ...]) -> dict[str, list[Any]]:
    """The partitions of those of the topics that there are. A broker may know of a new topic before it knows of its
    partitions: they are waited for. Raises BadTopics where they don't come within SPREAD_S."""
    deadline_s = time.monotonic() + SPREAD_S
    while True:
        known = set(await admin.list_topics())
        names = [topic.name for topic in wanted if topic.name in known]
        rows = await admin.describe_topics(names) if names else []
        there = {row["topic"]: row["partitions"] for row in rows}
        empty = [name for name, partitions in there.items() if not partitions]
        if not empty:
            return there
        if time.monotonic() > deadline_s:
            raise BadTopics(f"the brokers tell no partitions of topic {empty[0]}: see whether all of them are up")
        await asyncio.sleep(SPREAD_LOOK_S)


async def _create(admin: AIOKafkaAdminClient, settings: Settings, missing: list[Wanted], partitions: int) -> None:
    if not missing:
        return
    rows = [
        NewTopic(topic.name, partitions, settings.replication_factor, topic_configs=topic.configs) for topic in missing
    ]
    response = await admin.create_topics(rows)
    for name, code, *message in response.topic_errors:
        if code not in (0, TOPIC_EXISTS):
            error: type[KafkaError] = for_code(code)
            raise BadTopics(f"topic {name} can't be created: {error.__name__} {message[0] if message else ''}".strip())


async def _check_time(admin: AIOKafkaAdminClient, topic: str) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs={"message.timestamp.type": None})
    for response in await admin.describe_configs([resource]):
        for _code, _message, _type, _name, entries in response.resources:
            for entry in entries:
                if entry[0] == "message.timestamp.type" and entry[1] != "LogAppendTime":
                    logger.warning(
                        "topic %s takes its time from producers: one with a wrong clock can close everybody's windows; "
                        "set message.timestamp.type=LogAppendTime",
                        topic,
                    )


async def _check_session(admin: AIOKafkaAdminClient, settings: Settings) -> None:
    """A session time-out below the broker's bound would make every attempt to join the group fail, without a word."""
    bound = "group.min.session.timeout.ms"
    node = (await admin.describe_cluster())["brokers"][0]["node_id"]
    resource = ConfigResource(ConfigResourceType.BROKER, str(node), configs={bound: None})
    for response in await admin.describe_configs([resource]):
        for _code, _message, _type, _name, entries in response.resources:
            for _entry, value, *_ in entries:  # none where we may not ask
                if value is not None and settings.session_s * 1000 < int(value):
                    raise BadSettings(
                        f"JOURNEYWRIGHT_SESSION_S: the broker allows no less than {int(value) / 1000:g} s ({bound})"
                    )
