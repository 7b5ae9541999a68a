"""The Faust app, with the settings that were tried on a real broker."""

import asyncio
import ssl
from typing import Any, Final

import faust
from yarl import URL

from agents.private import make_folder
from agents.settings import Settings
from agents.stream.broker import faust_fixes, fetched, handing_on

HEARTBEAT_S: Final = 0.5
"""How often a worker shows that it lives, and learns that the others share anew."""
COMMIT_S: Final = 1.0
FETCH_BYTES: Final = 4 * 1024 * 1024
BATCH_BYTES: Final = 1024 * 1024
REQUEST_BYTES: Final = 2 * 1024 * 1024
LINGER_MS: Final = 5


def use_uvloop() -> None:
    """Puts uvloop in place for every loop that is made from here on."""
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def make_app(settings: Settings, partitions: int) -> faust.App:
    """The app of one worker. `partitions` are those of the events topic."""
    faust_fixes.apply()
    fetched.apply()
    handing_on.apply()
    make_folder(settings.data)
    hosts = ";".join(f"kafka://{broker}" for broker in settings.broker_list)
    return faust.App(
        group_of(settings),
        broker=hosts,
        broker_credentials=_credentials(settings),
        store="memory://",
        processing_guarantee="at_least_once",
        datadir=str(settings.data.absolute() / "faust"),
        topic_partitions=partitions,
        topic_replication_factor=settings.replication_factor,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_BYTES,
        producer_acks=-1,
        producer_linger=LINGER_MS / 1000,
        producer_max_batch_size=BATCH_BYTES,
        producer_max_request_size=REQUEST_BYTES,
        broker_session_timeout=settings.session_s,
        broker_heartbeat_interval=HEARTBEAT_S,
        broker_commit_interval=COMMIT_S,
        broker_max_poll_interval=300.0,
        stream_wait_empty=False,
        web_host=settings.web_host,
        web_port=settings.web_port,
        web_bind=settings.web_host,
        canonical_url=URL(settings.public_url),
        worker_redirect_stdouts=False,
    )


def group_of(settings: Settings) -> str:
    """The consumer group, and the app's id.

    Workers with the journeys role share one. The others have groups of their own: Faust gives an app without tables
    another partition assignor, and Kafka refuses two of them in one group.
    """
    roles = settings.role_set
    if "journeys" in roles:
        return settings.group
    named = next((role for role in ("tests", "prove") if role in roles), "ingest")
    return f"{settings.group}-{named}"


def _credentials(settings: Settings) -> Any:
    context: ssl.SSLContext | None = settings.ssl_context()
    match settings.kafka_security_protocol:
        case "PLAINTEXT":
            return None
        case "SSL":
            return faust.SSLCredentials(context)
        case "SASL_PLAINTEXT" | "SASL_SSL":
            return faust.SASLCredentials(
                mechanism=settings.kafka_sasl_mechanism,
                username=settings.kafka_sasl_username,
                password=settings.kafka_sasl_password.get_secret_value(),
                ssl_context=context,
            )
