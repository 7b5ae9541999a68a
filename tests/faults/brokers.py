"""The brokers under test: one alone, or three that hold each record twice before it counts as written."""

import asyncio
import json
import random
import shutil
import signal
import time
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from agents.local.kafka import LocalKafka, Ports, answers, jars_folder, random_cluster_id
from agents.local.processes import free_port
from agents.settings import load
from tests.stream.cluster import wait_for

CLUSTER: Final = 3
IN_SYNC_S: Final = 240.0
"""How long brokers may take to hold the same again after a fault; twenty seconds on an idle machine."""
PAUSE_MAX_S: Final = 12.0
"""Longer than brokers, controllers and clients wait for one of them."""
_OF_A_CLUSTER: Final = """\
node.id={number}
controller.quorum.voters={voters}
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
unclean.leader.election.enable=false
replica.lag.time.max.ms=5000
leader.imbalance.per.broker.percentage=0
leader.imbalance.check.interval.seconds=5
"""
"""What follows in the file wins over what stands above. A broker that comes back takes its partitions over again."""


class OneOfThree(LocalKafka):
    """A broker and controller of a cluster of three. `number` counts from 1."""

    def __init__(self, folder: Path, number: int, cluster: str, controllers: list[int]) -> None:
        super().__init__(folder, jars_folder(load()))
        self._number = number
        self._cluster = cluster
        self._controllers = controllers
        folder.mkdir(parents=True)
        self.ports = Ports(free_port(), controllers[number - 1])
        (folder / "ports.json").write_text(json.dumps(self.ports.__dict__))

    def properties(self) -> str:
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in enumerate(self._controllers, 1))
        return super().properties() + _OF_A_CLUSTER.format(number=self._number, voters=voters)

    def cluster_id(self) -> str:
        return self._cluster


class Brokers:
    """What the workers connect to. A fault meets one broker, and only when all of three hold the same: two that are
    away at once may lose what they alone hold, in any program."""

    def __init__(self, folder: Path, count: int, rng: random.Random) -> None:
        self._rng = rng
        self.all: list[LocalKafka]
        if count == 1:
            self.all = [LocalKafka(folder / "kafka", jars_folder(load()))]
        else:
            cluster = random_cluster_id()
            controllers = [free_port() for _ in range(count)]
            numbers = range(1, count + 1)
            self.all = [OneOfThree(folder / f"kafka-{n}", n, cluster, controllers) for n in numbers]

    @property
    def bootstrap(self) -> str:
        return ",".join(broker.bootstrap for broker in self.all)

    def start(self) -> str:
        """Starts those that don't run, and returns `bootstrap` once all answer."""
        for broker in self.all:
            if broker.pid is None:
                broker.launch()
        for broker in self.all:
            broker.wait_ready(IN_SYNC_S)
        return self.bootstrap

    def stop(self) -> None:
        for broker in self.all:
            broker.stop()

    def away(self) -> None:
        """One ends in good order, so that what it led is led by another, and comes back."""
        broker = self._one()
        broker.stop()
        self._back(broker, 5)

    def killed(self) -> None:
        """SIGKILL of one."""
        broker = self._one()
        broker.kill()
        self._back(broker, 3)

    def emptied(self) -> None:
        """SIGKILL of one, and its disk is a new one."""
        broker = self._one()
        broker.kill()
        shutil.rmtree(broker.folder / "logs")
        self._back(broker, 3)

    def paused(self) -> None:
        """SIGSTOP of one for a while: neither the others nor the clients hear of it, as when its network is away."""
        broker = self._one()
        broker.signal(signal.SIGSTOP)
        time.sleep(self._rng.uniform(1, PAUSE_MAX_S))
        broker.signal(signal.SIGCONT)

    def _one(self) -> LocalKafka:
        if len(self.all) > 1:
            wait_for(self.in_sync, IN_SYNC_S, lambda: "the brokers don't hold the same again")
        return self._rng.choice(self.all)

    def _back(self, broker: LocalKafka, pause_max_s: float) -> None:
        time.sleep(self._rng.uniform(0, pause_max_s))
        broker.start(IN_SYNC_S)

    def in_sync(self) -> bool:
        """Whether every partition has all its replicas."""
        return all(answers(broker.bootstrap) for broker in self.all) and asyncio.run(_in_sync(self.bootstrap))


async def _in_sync(bootstrap: str) -> bool:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
    try:
        await client.start()
        topics = await client.describe_topics()
        return all(set(part["isr"]) == set(part["replicas"]) for topic in topics for part in topic["partitions"])
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()
