"""The broker on this machine: it starts, keeps its data and its address, and leaves nothing behind."""

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.local.kafka import LocalKafka, NoBroker, answers, jars_folder
from agents.local.supervisor import Machine, NotRunning
from agents.settings import load


async def put(bootstrap: str, topic: str, value: bytes) -> None:
    """Creates the topic if it isn't there, and appends a value."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    if topic not in await admin.list_topics():
        await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait(topic, value)
    await producer.stop()


async def values(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """The first values of a topic."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [(await asyncio.wait_for(consumer.getone(), 30)).value for _ in range(count)]
    finally:
        await consumer.stop()


@pytest.mark.slow
def test_data_and_address_survive_every_kind_of_end(tmp_path: Path) -> None:
    """What was acknowledged is there again, under the same address, after SIGTERM and after SIGKILL."""
    broker = LocalKafka(tmp_path / "kafka", jars_folder(load()))
    first = broker.start()
    asyncio.run(put(first, "kept", b"1"))
    broker.stop()
    assert not answers(first)
    assert broker.start() == first
    asyncio.run(put(first, "kept", b"2"))
    broker.kill()
    assert broker.start() == first
    assert asyncio.run(values(first, "kept", 2)) == [b"1", b"2"]
    broker.stop()


@pytest.mark.slow
def test_a_broker_ends_with_its_parent(tmp_path: Path) -> None:
    """A process that is killed too hard to clean up leaves no broker behind."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from agents.local.kafka import LocalKafka, jars_folder\n"
        "from agents.settings import load\n"
        "broker = LocalKafka(Path(sys.argv[1]), jars_folder(load())); broker.start()\n"
        "print(broker.pid, flush=True); time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "kafka")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/cmdline").exists() and b"kafka.Kafka" in Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the broker outlived its parent"
        time.sleep(0.1)


def test_missing_jars_are_told_with_what_to_do(tmp_path: Path) -> None:
    """Where there are no jars the message says how to get them, or how to do without."""
    with pytest.raises(NoBroker, match=r"make setup.*JOURNEYWRIGHT_BROKERS"):
        jars_folder(load(kafka_jars=tmp_path))


def test_nobody_listening_is_no_answer() -> None:
    """A closed port, and a name that is none, are simply no broker."""
    assert not answers("127.0.0.1:1")
    assert not answers("nonsense")


def test_a_second_machine_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    """Two of them would write into one broker's files; the second says so and starts nothing."""
    with (tmp_path / "up.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        machine = Machine(load(data=tmp_path))
        with pytest.raises(NotRunning, match="another `journeywright up`"):
            machine.start()
        assert machine.pids == {}


def test_a_stopped_broker_is_not_mistaken_for_a_running_one(tmp_path: Path) -> None:
    """A pid file that names some other process (this one) makes nobody kill that."""
    folder = tmp_path / "kafka"
    folder.mkdir()
    (folder / "pid").write_text(str(os.getpid()))
    LocalKafka(folder, tmp_path).end_orphan()
    assert not (folder / "pid").exists()
