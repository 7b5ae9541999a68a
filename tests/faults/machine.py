"""What is under test: one broker or three, up to three workers, and a supervisor that starts again whatever ended."""

import base64
import gzip
import random
import shutil
import signal
import sqlite3
import threading
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from agents.local.processes import free_port
from agents.settings import Settings, load
from tests.faults.brokers import Brokers
from tests.stream.cluster import WorkerProcess, wait_for

WORKERS_MAX = 3
STOP_S = 10.0
"""How long a worker may take to end in good order."""
CHUNK = base64.b64encode(zlib.compress(b"[" + b"1," * 1_900_000 + b"1]")).decode()
STRANGE = {"id": "p", "app": "poison", "session_id": "p", "journey_id": "p", "at_ms": 5}
POISON = (
    b"{", b"\xff\xfe", b"[" * 50_000, b'{"events": 7}', b'[{"kind":"click","at_ms":"10:00:90Z"}]', b"null",
    b"\0\0\0\0\1" + b"\xff" * 1_000, b"\x1f\x8b\x08", gzip.compress(b"[" + b"{}," * 1_000_000 + b"{}]"),
    orjson.dumps([{**STRANGE, "kind": "recording", "chunk": CHUNK}]),
    orjson.dumps([{**STRANGE, "kind": "request", "url": "/", "status": "9" * 30}]),
    orjson.dumps([{**STRANGE, "kind": "end", "at_ms": 10**18}]), b'[{"kind":"end","seq":1e999}]',
    b'{"event":"$snapshot","properties":{"$snapshot_data":7}}', b"data=" + b"%5B" * 100_000, b"x" * 900_000,
)  # fmt: skip
"""Messages of which nothing can be read: each is one dead letter."""


@dataclass
class Machine:
    """All that runs. Every fault is a method; each leaves at least one worker that runs or is being started."""

    folder: Path
    settings: Settings
    brokers: Brokers
    rng: random.Random
    workers: list[WorkerProcess] = field(default_factory=list)
    endings: Counter[int] = field(default_factory=Counter)
    slow_stops: list[float] = field(default_factory=list)
    started: int = 0

    @classmethod
    def make(cls, folder: Path, seed: int, brokers: int = 1) -> "Machine":
        """One broker or three, and one worker, ready."""
        rng = random.Random(seed)
        cluster = Brokers(folder, brokers, rng)
        bootstrap = cluster.start()
        settings = load(
            brokers=bootstrap,
            topic_prefix="faults.",
            data=folder / "data",
            storage=f"sqlite:///{folder / 'storage.db'}",
            files=f"file://{folder / 'files'}",
            gap_s=4.0,
            lateness_s=120.0,
            journey_memory_s=3600.0,
            partitions=4,
            replication_factor=brokers,
        )
        machine = cls(folder, settings, cluster, rng)
        machine.join()
        machine.workers[0].wait_ready()
        return machine

    def supervise(self) -> None:
        """Starts again the workers that ended by themselves."""
        for worker in self.workers:
            if worker.process is not None and worker.process.poll() is not None:
                self.endings[worker.process.returncode] += 1
                worker.start()

    def any(self) -> WorkerProcess:
        return self.rng.choice(self.workers)

    # --- faults ---

    def kill(self) -> None:
        """SIGKILL of a worker; the supervisor starts it again."""
        worker = self.any()
        worker.kill()
        time.sleep(self.rng.uniform(0, 3))
        worker.start()

    def restart(self) -> None:
        """SIGTERM of a worker, in good order, and its start."""
        worker = self.any()
        self._end(worker)
        worker.start()

    def join(self) -> None:
        """One more worker."""
        if len(self.workers) >= WORKERS_MAX:
            self.leave()
            return
        self.started += 1
        own = self.settings.model_copy(update={"web_port": free_port(), "data": self.folder / f"data-{self.started}"})
        worker = WorkerProcess(own, self.folder / f"worker-{self.started}.log")
        worker.start()
        self.workers.append(worker)

    def leave(self) -> None:
        """A worker ends for good."""
        if len(self.workers) < 2:
            self.join()
            return
        worker = self.any()
        self.workers.remove(worker)
        self._end(worker)

    def freeze(self) -> None:
        """SIGSTOP for longer than the session, then SIGCONT: a zombie."""
        worker = self.any()
        if not worker.running:
            return
        worker.signal(signal.SIGSTOP)
        time.sleep(self.settings.session_s + self.rng.uniform(1, 5))
        worker.signal(signal.SIGCONT)

    def nap(self) -> None:
        """SIGSTOP for less than the session."""
        worker = self.any()
        if not worker.running:
            return
        worker.signal(signal.SIGSTOP)
        time.sleep(self.rng.uniform(0.5, self.settings.session_s / 2))
        worker.signal(signal.SIGCONT)

    def broker_stop(self) -> None:
        """A broker ends in good order and comes back."""
        self.brokers.away()

    def broker_kill(self) -> None:
        """SIGKILL of a broker."""
        self.brokers.killed()

    def broker_empty(self) -> None:
        """One of three brokers comes back with an empty disk."""
        self.brokers.emptied()

    def broker_pause(self) -> None:
        """One of three brokers is not heard of for a while."""
        self.brokers.paused()

    def storage_locked(self) -> None:
        """Somebody holds the database's lock."""
        with sqlite3.connect(self.folder / "storage.db", timeout=30) as held:
            held.execute("BEGIN EXCLUSIVE")
            time.sleep(self.rng.uniform(1, 8))
            held.rollback()

    def storage_away(self) -> None:
        """The folder of the test files can't be written."""
        files = self.folder / "files"
        files.mkdir(exist_ok=True)
        aside = self.folder / "files-aside"
        files.rename(aside)
        files.write_text("not a folder")
        time.sleep(self.rng.uniform(1, 4))
        files.unlink()
        aside.rename(files)

    def wipe(self) -> None:
        """SIGKILL, and the disk with the worker's data folder is gone."""
        worker = self.any()
        worker.kill()
        shutil.rmtree(worker.settings.data, ignore_errors=True)
        worker.start()

    # --- the end ---

    def settle(self) -> None:
        """All that should run does."""
        self.brokers.start()

        def ready() -> bool:
            self.supervise()
            return all(worker.is_ready() for worker in self.workers)

        wait_for(ready, 180, lambda: "\n".join(worker.tail(8) for worker in self.workers))

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.brokers.stop()

    def holes(self) -> int:
        """How often the alarm for skipped messages went off."""
        logs = self.folder.glob("worker-*.log")
        return sum(log.read_text(errors="replace").count("hole in partition") for log in logs)

    def _end(self, worker: WorkerProcess) -> None:
        if not worker.running:
            return
        began_s = time.monotonic()
        worker.signal(signal.SIGTERM)
        code = worker.wait_end(60)
        self.endings[code] += 1
        if time.monotonic() - began_s > STOP_S:
            self.slow_stops.append(time.monotonic() - began_s)


class Supervisor(threading.Thread):
    """Calls `supervise` now and then, outside of the faults' way."""

    def __init__(self, machine: Machine, lock: threading.Lock) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._machine = machine
        self._lock = lock
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.5):
            with self._lock:
                self._machine.supervise()
