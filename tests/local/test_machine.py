"""The supervisor: what ends is started again, and everything that was started is stopped."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.local import supervisor
from agents.local.kafka import answers
from agents.local.processes import free_port
from agents.local.supervisor import Machine, NotRunning, answers_ready
from agents.settings import load

PATIENCE_S = 240.0


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_broker_and_worker_are_started_again(tmp_path: Path) -> None:
    """Broker and worker are killed; each is told and started again, at the same address; stop leaves no process."""
    said: list[str] = []
    settings = load(data=tmp_path, brokers="", web_port=free_port(), topic_prefix="", roles="ingest")
    with Machine(settings, say=said.append) as machine:
        before = machine.pids
        os.kill(before["kafka"], signal.SIGKILL)

        def kafka_is_back() -> bool:
            machine.check()
            return machine.pids.get("kafka") not in (None, before["kafka"])

        until(kafka_is_back, "the broker is started again")
        assert answers(machine.settings.brokers)

        os.kill(machine.pids["worker-1"], signal.SIGKILL)

        def worker_is_back() -> bool:
            machine.check()
            return machine.pids.get("worker-1") not in (None, before["worker-1"]) and answers_ready(machine.url)

        until(worker_is_back, "the worker is started again")
        left = machine.pids
    assert any(line.startswith("Kafka ended with -9") for line in said)
    assert any(line.startswith("Worker 1 ended with -9") for line in said)
    assert not [pid for pid in left.values() if Path(f"/proc/{pid}").exists()]


@pytest.mark.slow
def test_a_worker_that_cannot_start_is_told_with_its_reason(tmp_path: Path, kafka: str) -> None:
    """A machine whose worker ends at once says why, names the log, and leaves nothing running."""
    settings = load(data=tmp_path, brokers=kafka, web_port=free_port(), storage="nonsense")
    machine = Machine(settings)
    with pytest.raises(NotRunning, match=r"JOURNEYWRIGHT_STORAGE.*worker-1\.log"):
        machine.start()
    assert machine.pids == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_that_ends_again_and_again_takes_nobody_with_it(
    tmp_path: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two workers can't start any more: it is tried again after longer and longer pauses, then given up, with
    its reason; the other one and its port go on."""
    monkeypatch.setattr(supervisor, "PAUSE_MAX_S", 1.0)
    said: list[str] = []
    settings = load(data=tmp_path, brokers=kafka, web_port=free_port(), topic_prefix="again.", roles="ingest")
    with Machine(settings, 2, said.append) as machine:
        second = machine._workers[1]
        second.settings = second.settings.model_copy(update={"storage": "nonsense"})
        os.kill(machine.pids["worker-2"], signal.SIGKILL)

        def is_given_up() -> bool:
            machine.check()
            return machine.given_up == [2]

        until(is_given_up, "the worker is given up")
        machine.check()
        assert answers_ready(machine.url)
        assert set(machine.pids) == {"worker-1"}
    starts = [line for line in said if "starting it again in" in line]
    assert len(starts) == supervisor.TRIES_MAX
    assert "in 0.5 s" in starts[0]
    assert "in 1 s" in starts[-1]
    assert "JOURNEYWRIGHT_STORAGE" in said[-1]
    assert "it is given up" in said[-1]
