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
NOTHING_S: Final = 0.002
"""Below this a text of the greatest length costs nothing worth a look."""
ROUNDS_MAX: Final = 6
"""So often what looks too dear is measured again."""
TIMES: Final = 4
GROWTH_MAX: Final = 8.0
"""A text four times as long may cost four times as much; where the cost is quadratic it is sixteen times as much. A
busy machine, which slows one of the two down for a while, would have to do so by half and every time."""


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
    """Why the work on a text is worse than linear from this length on; "" where it isn't."""
    size = 40
    while size < chars:
        size = min(size * 4, chars)
        if cost_s(work, make(size)) > NOTHING_S:
            growth = growth_of(work, make(size), make(TIMES * size))
            if growth > GROWTH_MAX:
                return f"{growth:.1f} times the cost of {size} characters for {TIMES} times as many"
    return ""


def growth_of(work: Callable[[str], object], short: str, long: str) -> float:
    """How many times the cost of the short text the long one costs. Both are measured in turn, so that a slow moment
    of the machine slows both down; what looks too dear is measured again, and what is quadratic stays so."""
    least = float("inf")
    for tries in range(1, ROUNDS_MAX + 1):
        small = cost_s(work, short, tries)
        least = min(least, cost_s(work, long, tries) / max(small, NOTHING_S / TIMES))
        if least <= GROWTH_MAX:
            break
    return least


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
