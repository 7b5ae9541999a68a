"""Resets of an environment: what they say, and that nothing of them goes on once the prover is to end."""

import os
import select
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from agents.proof.child import Pulse, Stopped
from agents.proof.reset import ResetFailed, reset_app
from agents.proof.runner import Environment

SOON_S = 60.0


def test_reset_that_fails_is_told() -> None:
    """A reset's exit code and last words stand in the error."""
    with pytest.raises(ResetFailed, match="no disk"):
        reset_app("python3 -c 'import sys; sys.exit(\"no disk\")'")


def test_a_reset_by_a_command_ends_with_the_prover(tmp_path: Path) -> None:
    """While it takes its time, whoever watches the prover sees that it is waited for; a prover that is to end leaves
    nothing of it running, also not what the command started."""
    os.mkfifo(tmp_path / "runs")
    runs = os.open(tmp_path / "runs", os.O_RDONLY | os.O_NONBLOCK)

    def look() -> None:
        with suppress(BlockingIOError):
            if os.read(runs, 1):
                pulse.set()

    pulse = Pulse(look)
    (tmp_path / "reset.sh").write_text(f"exec 9>{tmp_path}/runs\nsleep 600 &\necho . >&9\nwait\n")
    with pytest.raises(Stopped):
        Environment("http://127.0.0.1:9", Path("chromium"), reset=f"sh {tmp_path}/reset.sh").make_clean(pulse)
    os.set_blocking(runs, True)
    assert select.select([runs], [], [], SOON_S)[0]
    while os.read(runs, 9):  # its end: nobody writes there any more
        assert select.select([runs], [], [], SOON_S)[0]
    os.close(runs)


def test_a_reset_by_an_address_ends_with_the_prover() -> None:
    """The connection is closed, though the answer is still to come."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def look() -> None:
            if select.select([server], [], [], 0)[0]:
                pulse.set()

        pulse = Pulse(look)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/reset"
        with pytest.raises(Stopped):
            reset_app(address, pulse)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(SOON_S)
            with suppress(ConnectionResetError):
                while connection.recv(4096):
                    pass


def test_what_an_address_answers_to_a_reset_is_told() -> None:
    """An error it answers with, but not what may be a key in the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.0 507 No disk\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/reset?key=hunter22"
        with pytest.raises(ResetFailed, match=r"/reset ended .* 507: No disk") as failed:
            reset_app(address)
    assert "hunter22" not in str(failed.value)


def test_a_prover_that_pauses_shows_that_it_goes_on() -> None:
    """Whoever watches it is told each half second; it goes on once it is to end, or the time is over."""
    looks: list[None] = []

    def look() -> None:
        looks.append(None)
        if len(looks) == 3:
            pulse.set()

    pulse = Pulse(look)
    assert not pulse.wait(0)
    assert pulse.wait(600)
    assert len(looks) == 3
