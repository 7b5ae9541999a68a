"""A real Apache Kafka on this machine: one KRaft node from the jars, on loopback, in a data folder of its own.

The ports are kept in `ports.json` of that folder, so that a broker that is started again is found where it was.
"""

import asyncio
import base64
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from agents.interrupts import held
from agents.local import processes
from agents.private import make_folder
from agents.settings import Settings

START_S = 90.0
"""How long a broker may take to answer; an idle machine needs five seconds, a very busy one forty."""
STOP_S = 6.0

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={logs}
num.partitions=4
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.threads=1
num.network.threads=2
num.io.threads=2
"""


class NoBroker(RuntimeError):
    """A broker can't be started here. The message says why and what to do, in one line."""


@dataclass(frozen=True)
class Ports:
    broker: int
    controller: int


def jars_folder(settings: Settings) -> Path:
    """Where Kafka's jars lie. Raises NoBroker where they, or Java, are missing."""
    folder = settings.kafka_jars or Path(__file__).resolve().parents[2] / ".kafka-jars"
    if not any(folder.glob("kafka_2.13-*.jar")):
        raise NoBroker(
            f"Kafka's jars are not in {folder}: run `make setup`, or name a broker with JOURNEYWRIGHT_BROKERS"
        )
    if shutil.which("java") is None:
        raise NoBroker("java is missing: install Java 17 or newer (Debian: apt-get install default-jre-headless)")
    return folder


class LocalKafka:
    """One broker. `start` returns once it answers; `stop` ends it; the data stay in `folder`."""

    def __init__(self, folder: Path, jars: Path, heap_mb: int = 256) -> None:
        self.folder = folder.absolute()
        self._jars = jars.absolute()
        self._heap_mb = heap_mb
        self._process: subprocess.Popen[bytes] | None = None
        self.ports = Ports(0, 0)

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return f"127.0.0.1:{self.ports.broker}"

    @property
    def log(self) -> Path:
        """What the broker printed."""
        return self.folder / "broker.log"

    @property
    def pid(self) -> int | None:
        """The broker's process, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, timeout_s: float = START_S) -> str:
        """Launches the broker and waits for its answer. Returns `bootstrap`."""
        self.launch()
        self.wait_ready(timeout_s)
        return self.bootstrap

    def launch(self) -> None:
        """Formats the folder at the first time and starts the broker; `bootstrap` is known from here on."""
        make_folder(self.folder)
        self.end_orphan()
        self.ports = self._choose_ports()
        config = self._write_config()
        if not (self.folder / "logs" / "meta.properties").exists():
            self._format(config)
        command = self._java(f"-Xms{self._heap_mb}m", f"-Xmx{self._heap_mb}m", "kafka.Kafka", str(config))
        with held():
            self._process = processes.start(command, self.log)
        (self.folder / "pid").write_text(str(self._process.pid))

    def stop(self, patience_s: float = STOP_S) -> None:
        """SIGTERM, then SIGKILL, to the broker that we started."""
        if self._process is not None:
            processes.stop(self._process, patience_s)
            (self.folder / "pid").unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL: for those who want to see what survives it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the broker, if it runs."""
        if self.pid is not None:
            os.kill(self.pid, number)

    def poll(self) -> int | None:
        """The exit code of a broker that ended, or None."""
        return self._process.poll() if self._process is not None else None

    def _java(self, *arguments: str) -> list[str]:
        jvm = [argument for argument in arguments if argument.startswith("-X")]
        rest = arguments[len(jvm) :]
        return ["java", *jvm, "-XX:+UseSerialGC", "-cp", f"{self._jars}/*", *rest]

    def _choose_ports(self) -> Ports:
        file = self.folder / "ports.json"
        if file.exists():
            kept = Ports(**json.loads(file.read_text()))
            if processes.is_free(kept.broker) and processes.is_free(kept.controller):
                return kept
        ports = Ports(processes.free_port(), processes.free_port())
        file.write_text(json.dumps(ports.__dict__))
        return ports

    def _write_config(self) -> Path:
        file = self.folder / "server.properties"
        file.write_text(self.properties())
        return file

    def properties(self) -> str:
        """The broker's `server.properties`."""
        logs = str(self.folder / "logs").replace("\\", "\\\\")
        return _PROPERTIES.format(broker=self.ports.broker, controller=self.ports.controller, logs=logs)

    def cluster_id(self) -> str:
        """The id of the cluster whose storage the folder is formatted for."""
        return random_cluster_id()

    def _format(self, config: Path) -> None:
        cluster = self.cluster_id()
        done = subprocess.run(
            self._java(
                "-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoBroker(f"Kafka could not format {self.folder}: {_last_line(done.stderr or done.stdout)}")

    def end_orphan(self) -> None:
        """Stops a broker of an earlier run that was killed too hard to stop it; known by its pid *and* our folder."""
        file = self.folder / "pid"
        if not file.exists():
            return
        pid = int(file.read_text() or 0)
        command = Path(f"/proc/{pid}/cmdline")
        if pid and command.exists() and str(self.folder / "server.properties").encode() in command.read_bytes():
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_S
            while command.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            if command.exists():
                os.kill(pid, signal.SIGKILL)
        file.unlink()

    def wait_ready(self, timeout_s: float = START_S) -> None:
        """Returns once the broker answers. Raises NoBroker where it ended or took too long."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.poll() is not None:
                raise NoBroker(f"Kafka ended at once: {_last_line(self.log.read_text(errors='replace'))} ({self.log})")
            if answers(self.bootstrap):
                return
            time.sleep(0.1)
        self.stop()
        raise NoBroker(f"Kafka did not answer within {timeout_s:.0f} s; its log is {self.log}")


def random_cluster_id() -> str:
    """A new id: 22 characters of base64."""
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # A fresh random id may begin with "-", which the tool would read as an option.
    return "J" + cluster[1:]


def answers(bootstrap: str, settings: Settings | None = None) -> bool:
    """Whether one of the servers answers a metadata request. The port alone opens too early to mean anything."""
    if not any(_listens(server) for server in bootstrap.split(",")):
        return False
    # aiokafka logs each attempt of a client that is not there yet; here that is the expected case.
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_metadata(bootstrap, settings))
    finally:
        logger.setLevel(level)


def _listens(server: str) -> bool:
    host, _, port = server.strip().rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=2):
            return True
    except (OSError, ValueError):
        return False


async def _metadata(bootstrap: str, settings: Settings | None) -> bool:
    from aiokafka.client import AIOKafkaClient
    from aiokafka.errors import KafkaError

    options = settings.aiokafka_options() if settings is not None else {}
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=5000, **options)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("SLF4J")]
    return lines[-1][:300] if lines else "no message"
