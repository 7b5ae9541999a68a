"""Everything on this machine: a broker unless one is named, the workers, and what keeps them running.

The supervisor starts them, says what it does, starts again whatever ends, and stops all of it in order. It holds a
lock on the data folder, so that two of them never share a broker's files.
"""

import fcntl
import os
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from agents.interrupts import held
from agents.local import processes
from agents.local.kafka import LocalKafka, jars_folder
from agents.private import make_folder
from agents.settings import CONFIG_VARIABLE, PREFIX, Settings

READY_S = 300.0
"""How long the workers may take to be ready; ten seconds on an idle machine, minutes on a very busy one."""
WORKER_STOP_S = 6.0
BROKER_STOP_S = 2.5
RESTARTS_MAX = 5
RESTARTS_WITHIN_S = 60.0
RESTART_CODE = 70
"""A worker that ends with this code asks for a new start: it could not begin or go on, and its log's last line says
why."""


class NotRunning(RuntimeError):
    """Something did not start, or ended too often. The message says what and where its log is, in one line."""


@dataclass
class _Worker:
    settings: Settings
    number: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    ends_s: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_MAX))

    def launch(self) -> None:
        inherited = {k: v for k, v in os.environ.items() if not _is_setting(k)}
        environment = {**inherited, **self.settings.environment(), "PYTHONUNBUFFERED": "1"}
        with held():
            self.process = processes.start([sys.executable, "-m", "agents.cli", "worker"], self.log, environment)


def _is_setting(variable: str) -> bool:
    name = variable.removeprefix(PREFIX).lower()
    return variable == CONFIG_VARIABLE or (variable.startswith(PREFIX) and name in Settings.model_fields)


class Machine:
    """The processes of one machine. `start`, then `check` now and then, then `stop`; or use it as a context."""

    def __init__(self, settings: Settings, workers: int = 1, say: Callable[[str], None] = lambda _: None) -> None:
        self._say = say
        self._count = workers
        self._lock: IO[str] | None = None
        self._workers: list[_Worker] = []
        self._broker: LocalKafka | None = None
        self.settings = settings

    @property
    def url(self) -> str:
        """Where the first worker's web port answers."""
        return self.settings.public_url

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run: `kafka`, `worker-1` …"""
        found = {}
        if self._broker is not None and self._broker.pid is not None:
            found["kafka"] = self._broker.pid
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is None:
                found[f"worker-{worker.number}"] = worker.process.pid
        return found

    def __enter__(self) -> "Machine":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts all and returns once each worker is ready. Raises NoBroker or NotRunning; then nothing is left."""
        self._take_lock()
        try:
            if not processes.is_free(self.settings.web_port):
                raise NotRunning(f"port {self.settings.web_port} is taken: choose another by JOURNEYWRIGHT_WEB_PORT")
            began = time.monotonic()
            self._start_broker()
            # The workers load their libraries while the broker starts; `worker` itself waits for its answer.
            self._start_workers()
            if self._broker is not None:
                self._broker.wait_ready()
                self._say(f"Kafka answers at {self._broker.bootstrap} ({time.monotonic() - began:.1f} s)")
            self._wait_ready(began)
        except BaseException:
            self.stop()
            raise

    def check(self) -> None:
        """Starts again what has ended. Raises NotRunning where the same thing ended too often."""
        if self._broker is not None and (code := self._broker.poll()) is not None:
            self._say(f"Kafka ended with {code}; starting it again (log: {self._broker.log})")
            self._broker.start()
        for worker in self._workers:
            if worker.process is not None and (code := worker.process.poll()) is not None:
                self._restart(worker, code)

    def stop(self) -> None:
        """Stops the workers, then the broker: SIGTERM first, SIGKILL after seconds; under ten in all."""
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is None:
                worker.process.terminate()
        deadline = time.monotonic() + WORKER_STOP_S
        for worker in self._workers:
            if worker.process is not None:
                processes.stop(worker.process, max(0.1, deadline - time.monotonic()))
        if self._broker is not None:
            self._broker.stop(BROKER_STOP_S)
        if self._lock is not None:
            self._lock.close()
        self._workers, self._broker, self._lock = [], None, None

    def _take_lock(self) -> None:
        self.settings.make_data()
        lock = (self.settings.data / "up.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise NotRunning(
                f"another `journeywright up` uses {self.settings.data}: stop it, or choose another JOURNEYWRIGHT_DATA"
            ) from None
        self._lock = lock

    def _start_broker(self) -> None:
        if self.settings.brokers:
            return
        self._broker = LocalKafka(self.settings.data / "kafka", jars_folder(self.settings))
        self._say("Starting Kafka")
        self._broker.launch()
        self.settings = self.settings.model_copy(update={"brokers": self._broker.bootstrap})

    def _start_workers(self) -> None:
        folder = self.settings.data / "log"
        make_folder(folder)
        self._say(f"Starting {self._count} worker{'s' if self._count > 1 else ''}")
        for number in range(1, self._count + 1):
            own = self.settings
            if number > 1:
                own = own.model_copy(update={"web_port": processes.free_port(), "web_url": ""})
            worker = _Worker(own, number, folder / f"worker-{number}.log")
            self._workers.append(worker)
            worker.launch()

    def _wait_ready(self, began: float) -> None:
        deadline = time.monotonic() + READY_S
        while not all(worker.ready for worker in self._workers):
            for worker in self._workers:
                assert worker.process is not None
                if (code := worker.process.poll()) is not None:
                    self._fail_or_restart(worker, code)
                worker.ready = worker.ready or answers_ready(worker.settings.public_url)
            if time.monotonic() > deadline:
                logs = ", ".join(str(worker.log) for worker in self._workers if not worker.ready)
                raise NotRunning(f"not ready after {READY_S:.0f} s; see {logs}")
            time.sleep(0.1)
        self._say(f"Workers are ready ({time.monotonic() - began:.1f} s)")

    def _fail_or_restart(self, worker: _Worker, code: int) -> None:
        if code != RESTART_CODE:
            raise NotRunning(f"worker {worker.number} ended with {code}: {_last_line(worker.log)} (log: {worker.log})")
        self._restart(worker, code)

    def _restart(self, worker: _Worker, code: int) -> None:
        now = time.monotonic()
        if len(worker.ends_s) == RESTARTS_MAX and now - worker.ends_s[0] < RESTARTS_WITHIN_S:
            raise NotRunning(
                f"worker {worker.number} ended {RESTARTS_MAX} times within {RESTARTS_WITHIN_S:.0f} s, "
                f"last with {code}: {_last_line(worker.log)} (log: {worker.log})"
            )
        worker.ends_s.append(now)
        self._say(f"Worker {worker.number} ended with {code} ({_last_line(worker.log)}); starting it again")
        worker.launch()


def answers_ready(url: str) -> bool:
    """Whether a worker's /readyz says yes."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it printed nothing"
