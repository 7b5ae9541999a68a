"""A worker on a broker that speaks SASL over TLS only: topics, events, table, stories."""

import asyncio
import random
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from agents.local.kafka import LocalKafka, answers, jars_folder
from agents.local.processes import free_port
from agents.settings import Settings, load
from pipeline.generate import stories_of
from pipeline.windowing.partition import Windowing
from schemas.events import Event
from tests.stream.cluster import WorkerProcess
from tests.stream.traffic import Shape, journey, single

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

USER, PASSWORD = "journeywright", "s3cret of the broker"
SECURED = """
listeners=PLAINTEXT://127.0.0.1:{inner},SASL_SSL://127.0.0.1:{outer},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{inner},SASL_SSL://127.0.0.1:{outer}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{user}="{password}";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={pem}
"""


class SecuredKafka(LocalKafka):
    """A broker with one more listener, for clients that trust its certificate and know a password."""

    def __init__(self, folder: Path, jars: Path) -> None:
        super().__init__(folder, jars)
        folder.mkdir(parents=True)
        self.outer = free_port()
        self.certificate = self._certified()

    def _certified(self) -> Path:
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext"
        names = ["subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run([*command.split(), *names], check=True, capture_output=True)
        (self.folder / "both.pem").write_text(key.read_text() + certificate.read_text())
        return certificate

    def _write_config(self) -> Path:
        file = super()._write_config()
        ports = {"inner": self.ports.broker, "outer": self.outer, "controller": self.ports.controller}
        more = SECURED.format(**ports, user=USER, password=PASSWORD, pem=self.folder / "both.pem")
        file.write_text(file.read_text() + more)
        return file

    def _java(self, *arguments: str) -> list[str]:
        command = super()._java(*arguments)
        scram = ["--add-scram", f'SCRAM-SHA-512=[name={USER},password="{PASSWORD}"]']
        return command + scram if "format" in arguments else command

    def settings(self, **changes: object) -> Settings:
        """Those that docs/operations.md names."""
        chosen = {
            "brokers": f"127.0.0.1:{self.outer}",
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": USER,
            "kafka_sasl_password": PASSWORD,
            "kafka_ca_file": self.certificate,
        }
        return load(**{**chosen, **changes})


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """Such a broker of the module's own."""
    kafka = SecuredKafka(tmp_path_factory.mktemp("secured") / "kafka", jars_folder(load()))
    kafka.start()
    yield kafka
    kafka.stop()


async def one_story(settings: Settings) -> bytes:
    """The first story on the topic."""
    consumer = AIOKafkaConsumer(
        settings.topic("stories"),
        bootstrap_servers=settings.brokers,
        auto_offset_reset="earliest",
        **settings.aiokafka_options(),
    )
    await consumer.start()
    try:
        return bytes((await asyncio.wait_for(consumer.getone(), 60)).key)
    finally:
        await consumer.stop()


def test_a_journey_becomes_a_story_over_tls_and_scram(broker: SecuredKafka, tmp_path: Path) -> None:
    """The worker makes its topics and reads, writes and recovers over the secured listener alone; the password stands
    in no log."""
    settings = broker.settings(data=tmp_path, web_port=free_port(), topic_prefix="tls.", partitions=1)
    events: list[Event] = journey(random.Random(3), "j", 1_728_600_785_000, Shape(sittings_max=1, ends=1.0))
    worker = WorkerProcess(settings, tmp_path / "worker.log")
    worker.start()
    try:
        worker.wait_ready()
        body = b"[" + b",".join(single(event)[1] for event in events) + b"]"
        with urllib.request.urlopen(urllib.request.Request(f"{worker.url}/api/v1/events", body), timeout=30) as answer:
            assert answer.status == 202
        (story,) = stories_of(events, Windowing(settings.gap_ms, settings.lateness_ms, settings.journey_memory_ms))
        assert asyncio.run(one_story(settings)).decode() == story.id
    finally:
        worker.kill()
    assert PASSWORD not in worker.log.read_text()


@pytest.mark.parametrize(
    ("changes", "welcome"),
    [
        ({}, True),
        ({"kafka_sasl_mechanism": "PLAIN"}, True),
        ({"kafka_sasl_password": "wrong"}, False),
        ({"kafka_sasl_mechanism": "PLAIN", "kafka_sasl_password": "wrong"}, False),
        ({"kafka_ca_file": None}, False),
        ({"kafka_security_protocol": "PLAINTEXT"}, False),
    ],
    ids=["scram", "plain", "scram, wrong", "plain, wrong", "certificate not trusted", "in the clear"],
)
def test_only_who_trusts_and_knows_is_welcome(broker: SecuredKafka, changes: dict[str, object], welcome: bool) -> None:
    """Both mechanisms are spoken; a wrong password, an unknown authority and plain text don't get in."""
    settings = broker.settings(**changes)
    if "kafka_ca_file" in changes:
        settings = settings.model_copy(update={"kafka_ca_file": None})
    assert answers(settings.brokers, settings) == welcome
