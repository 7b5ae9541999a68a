"""What a text costs, as it grows: by its own processor time, against the same at a smaller size."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Final

from tests.text.patterns import AnyPattern, Found

UNITS: Final = (
    "a", "A", "1", "-", " ", "é", "\u2028", "\ud800", "a-", "1-", "a1", "aA", "A1", "a ", "1 ", "1.", "1,", "1/", "1:",
    "%20", "&a=", "/", "a/", "a=", "?a=1&", "'", '"', "'a", "[", "(", "[a]", "{", "<a>", ":", "#1", "@", "a@", "a@b.",
    "a.", "...", "_", "_a", "\\", "\n", "\t ", "data=", "0x", "ab1-", "- - ", "é1", "\\u0031", "//", "://", "a://",
    "//a@", "0f", "Ab", "a, ", "…", "x" * 24, "2024-01-01 ", "12:30 ",
)  # fmt: skip
LITERAL_UNITS_MAX: Final = 24
NOTHING_S: Final = 0.003
"""Below this a text of the greatest length costs nothing worth a look."""
ROUNDS_MAX: Final = 4
"""So often what looks too dear is measured again."""
GROWTH_MAX: Final = 3.2
"""Twice the text may cost twice as much, with slack; four times as much is quadratic."""


def units_of(pattern: AnyPattern) -> list[str]:
    """Texts made of what the pattern itself speaks of, alone and in pairs."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    plain = re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z:=!<]*", " ", source)
    words = list(dict.fromkeys(re.findall(r"[a-z]{2,12}|[^\w\s\\|()*+?{}^$]", plain)))[:8]
    return [*words, *(f"{word} " for word in words), *(f"{word}1" for word in words)][:LITERAL_UNITS_MAX]


def repeated(unit: str, chars: int) -> str:
    """So many characters of a unit over and over, with an end that fits nothing before it."""
    return (unit * (chars // len(unit) + 1))[:chars] + "\x01"


def cost_s(work: Callable[[str], object], text: str, tries: int = 1) -> float:
    """The processor time of this thread, the least of a few tries."""
    best = float("inf")
    for _ in range(tries):
        began = time.thread_time()
        work(text)
        best = min(best, time.thread_time() - began)
    return best


def grows_too_fast(work: Callable[[str], object], make: Callable[[int], str], chars: int) -> str:
    """Why the work on a text is worse than linear up to this length; "" where it isn't."""
    size = 40
    while size < chars:
        size = min(size * 4, chars)
        if cost_s(work, make(size)) > NOTHING_S:
            small, large = grown_s(work, make, size)
            if large > NOTHING_S and large > GROWTH_MAX * small:
                return f"{small * 1000:.1f} ms for {size} characters, {large * 1000:.1f} ms for twice as many"
    return ""


def grown_s(work: Callable[[str], object], make: Callable[[int], str], size: int) -> tuple[float, float]:
    """What a text of this size costs, and one of twice the size, each the least that was seen. A machine that takes its
    time away in between makes the second look dear: what looks so is measured again, and what is quadratic stays so."""
    small = large = float("inf")
    for _ in range(ROUNDS_MAX):
        small, large = (min(best, cost_s(work, make(one), 5)) for best, one in ((small, size), (large, 2 * size)))
        if large <= GROWTH_MAX * small:
            break
    return small, large


_ONCE: Final = frozenset({"search", "match", "fullmatch"})


def ways(found: Found) -> Iterable[tuple[str, Callable[[str], object]]]:
    """What is done with a pattern, as functions of a text. What finds more than once (`sub`, `split`, `findall`) goes
    through the text as `finditer` does."""
    pattern, binary = found.pattern, isinstance(found.pattern.pattern, bytes)

    def run(method: str, text: str) -> None:
        read: str | bytes = text.encode("utf-8", "replace") if binary else text
        if method in _ONCE:
            getattr(pattern, method)(read)
        else:
            for _ in pattern.finditer(read):  # type: ignore[arg-type]
                pass

    for method in sorted({one if one in _ONCE else "finditer" for one in found.methods}):
        yield method, lambda text, method=method: run(method, text)  # type: ignore[misc]
