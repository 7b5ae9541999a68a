"""One model for all workers of a machine: whoever needs it first starts its process, the others connect to that.

The process listens on a socket in a folder that only the workers' owner can enter (`model_folder`). It holds a lock on
a file there for as long as it lives, so that no two load the model, whoever started them; it ends with the worker that
started it, or when nobody has asked for a while, and the next question starts another.
"""

import fcntl
import hashlib
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Connection, Listener
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Final

import numpy as np

from agents.model_process import END_S, ModelGone, start_child
from agents.private import make_file, make_own_folder
from pipeline.patterns.matching import Vectors

IDLE_S: Final = 600.0
"""After so long without a question the process ends, and gives its memory back."""
LOAD_S: Final = 300.0
"""How long the model may take to load; seconds on an idle machine."""
QUESTION_BYTES_MAX: Final = 16 * 1024 * 1024
ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024
LOOK_S: Final = 0.05
PROTOCOL: Final = 1
"""How questions and answers travel; processes that do it differently don't meet."""
SOCKET: Final = "model.sock"
LOCK: Final = "model.lock"

Encode = Callable[[list[str]], Vectors]


def model_folder(data: Path, model: str) -> Path:
    """Where the workers of this machine's user meet that have this model, whatever their data folders: under
    XDG_RUNTIME_DIR, or among the temporary files. The data folder where that can't be had for us alone."""
    about = hashlib.sha256(f"{PROTOCOL} {model}".encode()).hexdigest()[:12]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    folder = base / f"journeywright-{os.geteuid()}-{about}"
    try:
        make_own_folder(folder)
    except OSError:
        return data
    return folder


class SharedModel:
    """Asks the model of this machine. Calls may come from any thread and are answered in turn.

    `load` makes the function that encodes, in the process; it must be importable by name.
    """

    def __init__(self, load: Callable[[], Encode], folder: Path, idle_s: float = IDLE_S) -> None:
        self._load = load
        self._folder = folder
        self._idle_s = idle_s
        self._asking = threading.Lock()
        self._child: BaseProcess | None = None
        self._child_answered = False
        self._pipe: Connection | None = None
        self._closed = False

    def warm(self) -> None:
        """Lets a process begin to load the model where there is none, and returns at once."""
        if self._is_free():
            self._start()

    @property
    def child_pid(self) -> int | None:
        """The model's process, where it is ours and lives."""
        return self._child.pid if self._child is not None and self._child.is_alive() else None

    def ask(self, texts: list[str]) -> Vectors:
        """A vector of each text. Where the process ends meanwhile, another is asked once; then ModelGone, as where the
        folder has gone."""
        question = json.dumps(texts).encode()
        with self._asking:
            for last in (False, True):
                pipe = self._connected()
                try:
                    pipe.send_bytes(question)
                    answer = pipe.recv_bytes(ANSWER_BYTES_MAX)
                    return np.frombuffer(answer, np.float32).reshape(len(texts), -1) if texts else _NONE
                except (EOFError, OSError) as error:
                    self._disconnect()
                    if last or self._closed:
                        raise ModelGone("the model's process has ended") from error
        raise AssertionError("the loop returns or raises")

    def close(self) -> None:
        """Ends the process if it is ours; who waits for an answer gets ModelGone."""
        self._closed = True
        if self._child is not None:
            self._child.kill()  # it keeps nothing that could be torn
            self._child.join(END_S)
        pipe = self._pipe
        if pipe is not None:
            _shut(pipe)  # wakes a thread that waits at it
        with self._asking:
            self._disconnect()

    def _connected(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        deadline = time.monotonic() + LOAD_S
        while not self._closed and time.monotonic() < deadline:
            self._see_to_child()
            pipe = _greeted(self._folder)
            if pipe is not None:
                self._child_answered = True
                self._pipe = pipe
                return pipe
            time.sleep(LOOK_S)
        raise ModelGone("the model's process was ended" if self._closed else f"no model after {LOAD_S:.0f} s")

    def _see_to_child(self) -> None:
        """Starts a process where there is none. Raises ModelGone where ours ended before it had the model."""
        if self._child is not None and not self._child.is_alive():
            code, self._child = self._child.exitcode, None
            if code and not self._child_answered:  # 0: another one was quicker
                raise ModelGone(f"the model's process ended with {code}")
        if self._child is None and self._is_free():
            self._start()

    def _is_free(self) -> bool:
        try:
            with _lock(self._folder) as lock:
                return _taken(lock)
        except FileNotFoundError as error:  # who tidies temporary files took it
            raise ModelGone("the folder of the model's socket has gone") from error

    def _start(self) -> None:
        self._child = start_child(_serve, self._load, self._folder, self._idle_s)
        self._child_answered = False

    def _disconnect(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


_NONE: Final = np.empty((0, 0), np.float32)
_GREETING: Final = b"ready"


def _greeted(folder: Path) -> Connection | None:
    """A connection to a process that serves, or None where there is none yet.

    The kernel takes connections for a process that is dying as well: only the greeting shows that one is served.
    """
    try:
        with _socket_in(folder) as address:
            pipe = Client(address, "AF_UNIX")
    except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
        return None
    try:
        pipe.recv_bytes(len(_GREETING))
    except (EOFError, OSError):
        pipe.close()
        return None
    return pipe


def _shut(pipe: Connection) -> None:
    try:
        with socket.socket(fileno=os.dup(pipe.fileno())) as there:
            there.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


@contextmanager
def _socket_in(folder: Path) -> Iterator[str]:
    """The socket's address, by a handle of the folder: an address may have a hundred characters, a path many more."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        by_handle = Path(f"/proc/self/fd/{handle}")
        yield str((by_handle if by_handle.exists() else folder.absolute()) / SOCKET)
    finally:
        os.close(handle)


def _lock(folder: Path) -> IO[bytes]:
    make_file(folder / LOCK)
    return (folder / LOCK).open("r+b")


def _taken(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- in the model's process ---


class _Asked:
    """When the model was asked last, and that it answers one at a time."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._one_at_a_time = threading.Lock()
        self._at_s = time.monotonic()

    @property
    def idle_s(self) -> float:
        return 0.0 if self._one_at_a_time.locked() else time.monotonic() - self._at_s

    def answer(self, pipe: Connection) -> None:
        """Greets one client and answers it until it goes. A question that breaks the model ends its connection."""
        with pipe:
            answer = _GREETING
            while True:
                try:
                    pipe.send_bytes(answer)
                    texts = json.loads(pipe.recv_bytes(QUESTION_BYTES_MAX))
                except (EOFError, OSError):
                    return  # it has gone
                with self._one_at_a_time:
                    vectors = self._encode(texts) if texts else _NONE
                    self._at_s = time.monotonic()
                answer = vectors.astype(np.float32).tobytes()


def _serve(load: Callable[[], Encode], folder: Path, idle_s: float) -> None:
    lock = _lock(folder)
    if not _taken(lock):
        return
    asked = _Asked(load())
    (folder / SOCKET).unlink(missing_ok=True)
    with _socket_in(folder) as address:
        listener = Listener(address, "AF_UNIX", backlog=64)
    threading.Thread(target=_end_when_idle, args=(asked, idle_s), daemon=True).start()
    while True:
        threading.Thread(target=asked.answer, args=(listener.accept(),), daemon=True).start()


def _end_when_idle(asked: _Asked, idle_s: float) -> None:
    while (left_s := idle_s - asked.idle_s) > 0:
        time.sleep(left_s)
    os._exit(0)
