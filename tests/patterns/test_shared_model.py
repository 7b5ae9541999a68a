"""One model for several processes, with a small function in the model's place."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from agents.model_process import ModelGone
from agents.shared_model import SharedModel
from pipeline.patterns.matching import Vectors
from tests.stream.cluster import wait_for

pytestmark = pytest.mark.slow
Make = Callable[..., SharedModel]


def load() -> Callable[[list[str]], Vectors]:
    """Encodes a text as its length and the number of the process."""

    def encode(texts: list[str]) -> Vectors:
        if "hang" in texts:
            time.sleep(60)
        if "break" in texts:
            raise ValueError("this text breaks the model")
        return np.array([[len(text), os.getpid()] for text in texts], np.float32)

    return encode


def load_never() -> Callable[[list[str]], Vectors]:
    """A model that can't be loaded."""
    raise SystemExit(3)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes what asks a model, each as a process of its own would."""
    made = []

    def one(load: Callable[[], Callable[[list[str]], Vectors]] = load, idle_s: float = 60.0) -> SharedModel:
        made.append(SharedModel(load, tmp_path, idle_s))
        return made[-1]

    yield one
    for model in made:
        model.close()


def who(model: SharedModel) -> int:
    return int(model.ask(["a"])[0][1])


def test_all_ask_the_same_process(make: Make) -> None:
    """Several that begin at once, from several threads: one process loads, and each gets its own answers."""
    models = [make() for _ in range(4)]
    answers: list[Vectors] = []
    asking = [threading.Thread(target=lambda m=m, n=n: answers.append(m.ask(["x" * n]))) for n, m in enumerate(models)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert sorted(int(answer[0][0]) for answer in answers) == [0, 1, 2, 3]
    assert len({int(answer[0][1]) for answer in answers}) == 1
    assert models[0].ask([]).size == 0


def test_when_its_owner_ends_another_takes_over(make: Make) -> None:
    """The process ends with who started it, and the next question of the others starts another."""
    first, second = make(), make()
    one = who(first)
    assert who(second) == one == first.child_pid
    first.close()
    assert who(second) == second.child_pid != one


def test_a_killed_process_is_replaced_at_the_next_question(make: Make) -> None:
    """By whoever asks next."""
    first, second = make(), make()
    one = who(first)
    os.kill(one, signal.SIGKILL)
    assert who(second) != one
    assert who(first) == who(second)


def test_a_model_that_cannot_load_is_said(make: Make) -> None:
    """At once, not after the time that loading may take."""
    with pytest.raises(ModelGone, match="ended with 3"):
        make(load_never).ask(["a"])


def test_a_question_that_breaks_the_model_is_said_and_the_rest_go_on(make: Make) -> None:
    """To who asked it; others are answered."""
    first, second = make(), make()
    one = who(second)
    with pytest.raises(ModelGone):
        first.ask(["break"])
    assert who(first) == who(second) == one


def test_who_waits_is_woken_by_the_end(make: Make) -> None:
    """With a process of its own, and with another's."""
    first, second = make(), make()
    who(first)
    who(second)
    gone = []

    def wait(model: SharedModel) -> None:
        with pytest.raises(ModelGone):
            model.ask(["hang"])
        gone.append(model)

    for model in (second, first):
        thread = threading.Thread(target=wait, args=(model,))
        thread.start()
        wait_for(model._asking.locked, 10, lambda: "it does not ask")
        time.sleep(0.2)
        model.close()
        thread.join(20)
    assert gone == [second, first]


def test_after_a_while_without_questions_the_process_ends(make: Make) -> None:
    """And is there again for the next."""
    model = make(idle_s=0.5)
    one = who(model)
    wait_for(lambda: model.child_pid is None, 20, lambda: "it stays")
    assert who(model) != one


def test_a_folder_that_was_tidied_away_is_said_and_made_anew(tmp_path: Path) -> None:
    """Temporary files are removed by and by: who asks next learns that the model is gone, and begins anew."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    model = SharedModel(load, folder)
    folder.rmdir()
    with pytest.raises(ModelGone, match="has gone"):
        model.ask(["a"])
    model.close()


def test_a_long_path_is_no_matter(tmp_path: Path) -> None:
    """A socket's address has a hundred characters, a folder's path may have many more."""
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    model = SharedModel(load, folder)
    assert who(model) == model.child_pid
    model.close()
