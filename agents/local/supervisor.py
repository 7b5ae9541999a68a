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
from collections.abc import Callable
from dataclasses import dataclass
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
PAUSE_MIN_S = 0.5
PAUSE_MAX_S = 30.0
"""How long a worker that ended is left alone before it is started again: longer each time, between these."""
STEADY_S = 120.0
"""A worker that ran for so long counts as sound again."""
TRIES_MAX = 8
"""So often in a row a worker may end by itself, each time before it was ready and with a code of its own; then it is
given up."""
RESTART_CODE = 70
"""A worker that ends with this code asks for a new start: it could not begin or go on, and its log's last line says
why. It is never given up, nor is one that was killed."""


class NotRunning(RuntimeError):
    """Something did not start. The message says what and where its log is, in one line."""


@dataclass
class _Worker:
    settings: Settings
    number: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    launched_s: float = 0.0
    ends: int = 0
    """How often in a row it ended, without having been sound between."""
    refusals: int = 0
    """How often of those before it was ready, with a code of its own."""
    start_at_s: float | None = None
    """When it is started again, where it ended."""
    given_up: bool = False

    def launch(self) -> None:
        self.ready, self.start_at_s, self.launched_s = False, None, time.monotonic()
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
        """Starts again what has ended. A worker that ends takes nobody with it: it is started again after a pause, or
        given up alone, and both are said."""
        if self._broker is not None and (code := self._broker.poll()) is not None:
            self._say(f"Kafka ended with {code}; starting it again (log: {self._broker.log})")
            self._broker.start()
        for worker in self._workers:
            self._look_at(worker)

    @property
    def given_up(self) -> list[int]:
        """The numbers of the workers that are not started again."""
        return [worker.number for worker in self._workers if worker.given_up]

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
        self._say(
            f"Starting {self._count} worker{'s' if self._count > 1 else ''} ({processes.cores()} cores may be used)"
        )
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
                if (code := worker.process.poll()) is not None and code > 0 and code != RESTART_CODE:
                    said = f"worker {worker.number} ended with {code}: {_last_line(worker.log)} (log: {worker.log})"
                    raise NotRunning(said)
                self._look_at(worker)
                worker.ready = worker.ready or answers_ready(worker.settings.public_url)
            if time.monotonic() > deadline:
                logs = ", ".join(str(worker.log) for worker in self._workers if not worker.ready)
                raise NotRunning(f"not ready after {READY_S:.0f} s; see {logs}")
            time.sleep(0.1)
        self._say(f"Workers are ready ({time.monotonic() - began:.1f} s)")

    def _look_at(self, worker: _Worker) -> None:
        assert worker.process is not None
        now_s = time.monotonic()
        code = worker.process.poll()
        if worker.given_up:
            return
        if code is None:
            worker.ready = worker.ready or answers_ready(worker.settings.public_url)
            if worker.ready and now_s - worker.launched_s > STEADY_S:
                worker.ends = worker.refusals = 0
        elif worker.start_at_s is None:
            self._ended(worker, code, now_s)
        elif now_s >= worker.start_at_s:
            worker.launch()

    def _ended(self, worker: _Worker, code: int, now_s: float) -> None:
        """Decides when a worker that ended is started again, and says it."""
        if now_s - worker.launched_s > STEADY_S:
            worker.ends = worker.refusals = 0
        refused = not worker.ready and code >= 0 and code != RESTART_CODE
        worker.ends += 1
        worker.refusals = worker.refusals + 1 if refused else 0
        why = f"Worker {worker.number} ended with {code} ({_last_line(worker.log)})"
        if worker.refusals >= TRIES_MAX:
            worker.given_up = True
            left = len(self._workers) - len(self.given_up)
            self._say(f"{why}, {TRIES_MAX} times before it was ready: it is given up. Its log is {worker.log}; "
                      f"Kafka and {left} other workers go on; start `up` again once it is mended")  # fmt: skip
            return
        pause_s = min(PAUSE_MAX_S, PAUSE_MIN_S * 2 ** min(worker.ends - 1, 10))
        worker.start_at_s = now_s + pause_s
        self._say(
            f"{why}; starting it again in {pause_s:g} s" + (f", the {worker.ends}th time" if worker.ends > 3 else "")
        )


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
