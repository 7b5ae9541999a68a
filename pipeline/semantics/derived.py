"""What is derived from a text, an address or an element, computed once per distinct one and kept within a bound.

A story asks dozens of times what its few elements are called and what its few addresses say. The functions marked here
are pure, so an answer that is kept is the answer that would be computed.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar, cast

from schemas.elements import Element

P = ParamSpec("P")
R = TypeVar("R")

TEXTS_MAX: Final = 512
"""Texts and addresses whose answers one function keeps: those of a few stories, 5 MB where each is as long as a value
may be (VALUE_CHARS_MAX)."""
ELEMENTS_MAX: Final = 512
"""Elements whose answers one function keeps: more than a usual window has."""


def once_per_text(function: Callable[P, R]) -> Callable[P, R]:
    """Marks a pure function of texts: equal arguments are answered from memory."""
    return cast("Callable[P, R]", lru_cache(maxsize=TEXTS_MAX)(function))


def once_per_element(function: Callable[[Element], R]) -> Callable[[Element], R]:
    """Marks a pure function of an element: the same object is answered from memory.

    Elements are told apart by identity, for to compare them costs more than most answers; what is kept holds its
    element, so that no other one can come to have the same identity. Safe on any thread.
    """
    known: dict[int, tuple[Element, R]] = {}

    @wraps(function)
    def answered(target: Element) -> R:
        found = known.get(id(target))
        if found is None:
            found = (target, function(target))
            if len(known) >= ELEMENTS_MAX:
                known.clear()
            known[id(target)] = found
        return found[1]

    return answered
