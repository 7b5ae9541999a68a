"""The file of vectors."""

import sqlite3
import stat
from pathlib import Path

import numpy as np
import pytest

from agents import vectors
from agents.vectors import VectorStore
from pipeline.patterns.matching import Vectors


def some(*numbers: float) -> Vectors:
    return np.array([[number, number + 1] for number in numbers], np.float32)


def found(store: VectorStore, *texts: str) -> dict[str, list[float]]:
    return {text: vector.tolist() for text, vector in store.get(texts).items()}


def test_what_was_kept_is_found_again_to_the_last_bit(tmp_path: Path) -> None:
    """By another process too, which opens the file at the same time; what is unknown is left out."""
    store, other = VectorStore(tmp_path / "vectors.db", "m"), VectorStore(tmp_path / "vectors.db", "m")
    kept = np.random.default_rng(1).random((3, 384)).astype(np.float32)
    texts = ["open", "päge \ud800", ""]
    store.put(texts, kept)
    store.put(texts[:1], kept[:1])
    for one in (store, other):
        assert all((one.get(texts)[text] == vector).all() for text, vector in zip(texts, kept, strict=True))
        assert found(one, "nothing") == {}


def test_many_are_asked_for_at_once(tmp_path: Path) -> None:
    """A thousand, as for a batch of stories that nobody has seen."""
    store = VectorStore(tmp_path / "vectors.db", "m")
    texts = [str(number) for number in range(1001)]
    store.put(texts, some(*range(len(texts))))
    assert found(store, *texts) == {text: [int(text), int(text) + 1] for text in texts}


def test_beyond_the_bound_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the bound says stay."""
    monkeypatch.setattr(vectors, "VECTORS_MAX", 3)
    store = VectorStore(tmp_path / "vectors.db", "m")
    for number in range(5):
        store.put([str(number)], some(number))
    assert set(found(store, *map(str, range(5)))) == {"2", "3", "4"}


def test_vectors_of_another_model_are_not_used(tmp_path: Path) -> None:
    """They are thrown away when the file is opened for a new model."""
    VectorStore(tmp_path / "vectors.db", "m").put(["a"], some(1))
    assert found(VectorStore(tmp_path / "vectors.db", "n"), "a") == {}
    assert found(VectorStore(tmp_path / "vectors.db", "m"), "a") == {}


def test_a_broken_file_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the start; the log says so."""
    (tmp_path / "vectors.db").write_bytes(b"no database, but long enough to be taken for one" * 100)
    store = VectorStore(tmp_path / "vectors.db", "m")
    assert "made anew" in caplog.text
    store.put(["a"], some(1))
    assert found(store, "a") == {"a": [1, 2]}


def test_a_file_that_is_locked_costs_only_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be written now is computed again another time."""
    monkeypatch.setattr(vectors, "BUSY_S", 0.05)
    store = VectorStore(tmp_path / "vectors.db", "m")
    with sqlite3.connect(tmp_path / "vectors.db") as other:
        other.execute("BEGIN IMMEDIATE")
        store.put(["a"], some(1))
        other.rollback()
    assert found(store, "a") == {}
    store.put(["a"], some(1))
    assert found(store, "a") == {"a": [1, 2]}


def test_the_file_is_its_owners_and_holds_no_texts(tmp_path: Path) -> None:
    """Texts come from what people did."""
    store = VectorStore(tmp_path / "vectors.db", "m")
    store.put(["opens the account of Mrs Miller"], some(1))
    store.close()
    assert stat.S_IMODE((tmp_path / "vectors.db").stat().st_mode) == 0o600
    assert all(b"Miller" not in file.read_bytes() for file in tmp_path.iterdir())
