"""What this process works at right now, kept where a sudden end can't take it away: in a file that is mapped into
memory.

Whoever is killed in the middle of a message (out of memory, a crash in native code) can tell nobody. The next start
reads what the file says and knows which message, window or flow it was. Writing a mark is a copy in memory, no system
call.

Each worker has a file of its own in the folder, by a lock that ends with its process; files of the dead are read by
whoever finds them.
"""

import fcntl
import mmap
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

SLOTS: Final = 64
"""Things that may be under way at once; those beyond have no mark."""
SLOT_BYTES: Final = 4096
FILES_MAX: Final = 256
"""Workers that may share a folder."""
_FREE, _SILENT = 0, 1
_HEAD = 3
"""A slot: its kind (free, silent, or one more for each time that it is known to be the reason), the length of its
text in two bytes, the text: the item, its cause and its trace, by lines."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a process was about when it ended. `known` counts how often it is known to be the reason: 0 where the
    process was killed without a word."""

    item: str
    known: int = 0
    cause: str = ""
    trace: str = ""


@dataclass(slots=True)
class Work:
    """Something under way: since when, on which thread, and what CPU time that thread had used at its beginning."""

    item: str
    slot: int
    thread: int = field(default_factory=threading.get_ident)
    began_s: float = field(default_factory=time.monotonic)
    began_cpu_s: float = field(default_factory=time.thread_time)

    def cpu_s(self) -> float:
        """The CPU time that it has used by now; asked from any thread."""
        try:
            return time.clock_gettime(time.pthread_getcpuclockid(self.thread)) - self.began_cpu_s
        except (OSError, ProcessLookupError):
            return 0.0  # its thread has ended meanwhile


class UnderWay:
    """The marks of this process. Safe to use from any thread. `UnderWay.open(folder)` makes one."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file = file
        self._path = path
        self._map = mmap.mmap(file.fileno(), SLOTS * SLOT_BYTES)
        self._free = list(range(SLOTS))
        self._works: dict[int, Work] = {}
        self._computing: dict[int, Work] = {}

    @classmethod
    def open(cls, folder: Path) -> "tuple[UnderWay, list[Mark]]":
        """A file for this process, and the marks that processes of this folder left which ended in the middle."""
        folder.mkdir(parents=True, exist_ok=True)
        own: tuple[IO[bytes], Path] | None = None
        left: list[Mark] = []
        for number in range(FILES_MAX):
            path = folder / f"{number}"
            if own is not None and not path.exists():
                continue
            file = _locked(path)
            if file is None:
                continue
            left += _read(file)
            if own is None:
                own = (file, path)
            else:
                path.unlink(missing_ok=True)
                file.close()
        if own is None:
            raise OSError(f"more than {FILES_MAX} workers share {folder}")
        return cls(*own), left

    def doing(self, item: str) -> AbstractContextManager[None]:
        """Marks the item while the body runs."""
        return _Doing(self, item)

    def begin(self, item: str) -> int | None:
        """Marks the item in a slot of its own; None where there is none left."""
        slot = self._take()
        if slot is not None:
            self._works[slot] = Work(item, slot)
            self._write(slot, _SILENT, item)
        return slot

    def end(self, slot: int) -> None:
        """What was marked in this slot is done."""
        self._map[slot * SLOT_BYTES] = _FREE
        del self._works[slot]
        self._free.append(slot)

    @contextmanager
    def computing(self, what: str) -> Iterator[None]:
        """Says what this thread computes while the body runs. It is no single item: whoever is killed in the middle
        leaves no mark of it, and its parts may have marks of their own."""
        work = Work(what, -1)
        self._computing[work.thread] = work
        try:
            yield
        finally:
            del self._computing[work.thread]

    def blame(self, item: str, cause: str, trace: str, known: int = 1) -> None:
        """Marks an item as the known reason of the end that comes now; all others are innocent."""
        self.clear()
        self._write(0, _SILENT + known, "\n".join((item, cause.replace("\n", " "), trace)))

    def clear(self) -> None:
        """Nothing that is under way has to do with the end that comes now."""
        for slot in range(SLOTS):
            self._map[slot * SLOT_BYTES] = _FREE

    def works(self) -> list[Work]:
        """The items that are under way."""
        return list(self._works.values())

    def computations(self) -> list[Work]:
        """What threads compute that is no single item."""
        return list(self._computing.values())

    def close(self) -> None:
        """Ends in good order: nothing is under way, and the file goes."""
        self.clear()
        self._path.unlink(missing_ok=True)
        self._file.close()

    def _take(self) -> int | None:
        try:
            return self._free.pop()
        except IndexError:
            return None

    def _write(self, slot: int, kind: int, text: str) -> None:
        raw = text.encode("utf-8", "replace")[: SLOT_BYTES - _HEAD]
        start = slot * SLOT_BYTES
        self._map[start + 1 : start + _HEAD + len(raw)] = len(raw).to_bytes(2) + raw
        self._map[start] = kind  # last: a mark that is half written is none


class _Doing(AbstractContextManager[None]):
    """`UnderWay.doing`, which is asked for with each message: a generator costs three times as much."""

    __slots__ = ("_item", "_slot", "_under_way")

    def __init__(self, under_way: UnderWay, item: str) -> None:
        self._under_way = under_way
        self._item = item
        self._slot: int | None = None

    def __enter__(self) -> None:
        self._slot = self._under_way.begin(self._item)

    def __exit__(self, *_: object) -> None:
        if self._slot is not None:
            self._under_way.end(self._slot)


def _locked(path: Path) -> IO[bytes] | None:
    """The file, ours alone from now on; None where another process has it."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    if not path.exists():  # its owner ended in good order between our opening and our lock
        file.close()
        return _locked(path)
    os.ftruncate(file.fileno(), SLOTS * SLOT_BYTES)
    return file


def _read(file: IO[bytes]) -> list[Mark]:
    raw = os.pread(file.fileno(), SLOTS * SLOT_BYTES, 0)
    found = []
    for start in range(0, len(raw), SLOT_BYTES):
        kind = raw[start]
        if kind == _FREE:
            continue
        text = raw[start + _HEAD : start + _HEAD + int.from_bytes(raw[start + 1 : start + _HEAD])]
        item, cause, trace = [*text.decode("utf-8", "replace").split("\n", 2), "", ""][:3]
        found.append(Mark(item, kind - _SILENT, cause or "killed without a word", trace))
    os.pwrite(file.fileno(), bytes(SLOTS * SLOT_BYTES), 0)
    return found
