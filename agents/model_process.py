"""A model in a process of its own, which answers one call after the other and ends when it is told to.

A child and a pipe, no pool: a pool has a thread that outlives its shutdown for a moment, and at the interpreter's end
the two meet at a closed pipe.
"""

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from agents.interrupts import held

END_S: Final = 10.0
"""How long the kernel may take to end a process that was killed."""


class ModelGone(RuntimeError):
    """The model's process has ended: nothing more can be asked of it."""


class ModelProcess:
    """Starts the child at once; `ask` waits for it. Calls may come from any thread and are answered in turn.

    `load` makes, in the child, the function that answers; both must be importable by name.
    """

    def __init__(self, load: Callable[[], Callable[[Any], Any]]) -> None:
        self._asking = threading.Lock()
        self._pipe, far_end = get_context("spawn").Pipe()
        self._child = start_child(_serve, load, far_end)
        far_end.close()

    @property
    def pid(self) -> int:
        """The child's process."""
        assert self._child.pid is not None
        return self._child.pid

    def ask(self, question: Any) -> Any:
        """The child's answer. Raises ModelGone where it has ended, or ends meanwhile."""
        with self._asking:
            try:
                self._pipe.send(question)
                return self._pipe.recv()
            except (EOFError, OSError) as error:
                raise ModelGone("the model's process has ended") from error

    def close(self) -> None:
        """Ends the child, whatever it does; who waits for an answer gets ModelGone."""
        self._child.kill()  # it keeps nothing that could be torn
        self._child.join(END_S)
        with self._asking:
            self._pipe.close()


def start_child(serve: Callable[..., None], *arguments: Any) -> BaseProcess:
    """A new process in which `serve`, importable by name, is called; it ends with its parent, or by SIGTERM."""
    child = get_context("spawn").Process(target=_run_child, args=(serve, *arguments), daemon=True)
    resource_tracker.ensure_running()  # it lets all signals through as it starts, so it comes first
    # A Ctrl-C in the terminal is for us: the child holds it for as long as it lives, from its first moment on.
    with held():
        child.start()
    return child


def _run_child(serve: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whoever ignores it on the way out hands that on
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(*arguments)


def _serve(load: Callable[[], Callable[[Any], Any]], pipe: Connection) -> None:
    """In the child: answers until the pipe is closed."""
    answer = load()
    while True:
        try:
            question = pipe.recv()
        except EOFError:
            return
        pipe.send(answer(question))


def _end_with_parent() -> None:
    """A parent that was killed can't end its child: the child sees it and goes too."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
