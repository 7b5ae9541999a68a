"""What is derived from a text, an address, an element, steps or a story, computed once per distinct one and kept within
a bound.

A story asks dozens of times what its few elements are called and what its few addresses say. The functions marked here
are pure, so an answer that is kept is the answer that would be computed.
"""

import re
import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache, update_wrapper, wraps
from typing import Concatenate, Final, Generic, ParamSpec, TypeVar, cast

from schemas.elements import Element
from schemas.events import Change
from schemas.limits import TEXT_CHARS_MAX
from schemas.recent import RecentByWeight
from schemas.stories import NetworkRequest, Step, Story

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
S = TypeVar("S", bound=Step)
V = TypeVar("V")

TEXTS_MAX: Final = 512
"""Texts and addresses whose answers one function keeps: those of a few stories, 5 MB where each is as long as a value
may be (VALUE_CHARS_MAX)."""
ELEMENTS_MAX: Final = 2048
"""Elements whose answers one function keeps: those of some sessions, which mostly are the same ones."""
STEPS_MAX: Final = 1024
"""Steps whose answers one function keeps: those of some stories, which are told and then written."""
READINGS_MAX: Final = 8
"""Lists of steps whose answers one function keeps: a story is read from several sides, one after the other."""


class RecentCache(Generic[K, R]):
    """A cache of the newest values, at least `values_min` of them and at most twice as many.

    They stand in two halves; when the new half is full, the old one is forgotten. Safe on any thread.
    """

    def __init__(self, values_min: int) -> None:
        self._values_min = values_min
        self._new: dict[K, R] = {}
        self._old: dict[K, R] = {}

    def put(self, key: K, value: R) -> None:
        """Adds a value, in the place of the one before."""
        if len(self._new) >= self._values_min:
            self._old, self._new = self._new, {}
        self._new[key] = value

    def pop(self, key: K) -> R | None:
        """Removes a value and returns it; None where it is not there any more."""
        newer, older = self._new.pop(key, None), self._old.pop(key, None)
        return older if newer is None else newer

    def clear(self) -> None:
        """Forgets all."""
        self._new, self._old = {}, {}


class RecentByBytes(RecentByWeight[bytes, R]):
    """What was made of the bytes used last: within `half_max` of them, twice."""

    def __init__(self, half_max: int) -> None:
        super().__init__(half_max, lambda raw, _: len(raw))


class RecentByIdentity(Generic[V, R]):
    """What was made of the values used last, told apart by identity: within `half_max` of what they weigh, twice."""

    def __init__(self, half_max: int, weigh: Callable[[V], int]) -> None:
        self._known: RecentByWeight[int, tuple[V, R]] = RecentByWeight(half_max, lambda _, found: weigh(found[0]))

    def get(self, value: V, make: Callable[[V], R]) -> R:
        """What `make` makes of the value, or has made of it before."""
        found = self._known.get(id(value))  # what is kept holds its value, so no other one has the same identity
        if found is None:
            found = (value, make(value))
            self._known.put(id(value), found)
        return found[1]


_ALIKE: Final = str.maketrans(dict.fromkeys("123456789", "0"))
_REPEATED: Final = re.compile(r"\{\d*,?\d*\}")
_DIGIT: Final = re.compile("[0-9]")


def tells_digits_apart(pattern: re.Pattern[str]) -> bool:
    """Whether a pattern may match a text and not the same with other digits: only one that names a digit may."""
    return _DIGIT.search(_REPEATED.sub("", pattern.pattern)) is not None


class _Found(dict[str, re.Match[str] | None]):
    """What one method of a pattern found in each of the texts that it was asked for since it forgot all.

    Where nothing was found in `Order 17`, nothing is in `Order 18`: texts that differ in digits are looked at once, but
    for those in which something is found, for that is a part of the text.
    """

    def __init__(self, find: Callable[[str], re.Match[str] | None], alike: Mapping[int, str]) -> None:
        self._find = find
        self._alike = alike

    def __missing__(self, text: str) -> re.Match[str] | None:
        if len(text) > TEXT_CHARS_MAX:
            return self._find(text)
        if len(self) >= TEXTS_MAX:
            self.clear()
        shape = text.translate(self._alike)
        found = None if self.get(shape, self) is None else self._find(text)
        if found is None:
            self[shape] = None
        self[text] = found
        return found


class Wording:
    """A regular expression for short texts of pages, which looks at each text once.

    To look whether a caption has one of the words of four languages takes some microseconds, and a story asks dozens of
    that of each. It is asked as a pattern is; TEXTS_MAX texts of TEXT_CHARS_MAX characters at most are kept for each
    method, and one more, and with the next one all are forgotten: that costs less than to tell which is the oldest.
    Safe on any thread.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        alike = {} if tells_digits_apart(pattern) else _ALIKE
        self.pattern: Final = pattern
        self.search: Final = _Found(pattern.search, alike).__getitem__
        self.match: Final = _Found(pattern.match, alike).__getitem__
        self.fullmatch: Final = _Found(pattern.fullmatch, alike).__getitem__
        self.sub: Final = pattern.sub


def once_per_text(function: Callable[P, R]) -> Callable[P, R]:
    """Marks a pure function of texts: equal arguments are answered from memory."""
    return cast("Callable[P, R]", lru_cache(maxsize=TEXTS_MAX)(function))


def once_per_element(function: Callable[[Element], R]) -> Callable[[Element], R]:
    """Marks a pure function of an element: the same object is answered from memory, for ELEMENTS_MAX of them."""
    return _once_per_identity(function, ELEMENTS_MAX)


def once_per_step(function: Callable[[S], R]) -> Callable[[S], R]:
    """Marks a pure function of a step: the same object is answered from memory, for STEPS_MAX of them. A step is asked
    by what tells it, and again by what writes its test."""
    return _once_per_identity(function, STEPS_MAX)


def once_per_changes(function: Callable[[Iterable[Change]], list[R]]) -> Callable[[Iterable[Change]], list[R]]:
    """Marks a pure function of what a step changed: the same changes, those of a step, are answered from memory, for
    STEPS_MAX of them."""
    remembered = _once_per_identity(function, STEPS_MAX)

    @wraps(function)
    def answered(changes: Iterable[Change]) -> list[R]:
        if type(changes) is tuple:
            return list(remembered(changes)) if changes else []
        return function(changes)

    return answered


def _once_per_identity(function: Callable[[V], R], values_max: int) -> Callable[[V], R]:
    """Values are told apart by identity, for to compare them costs more than most answers; what is kept holds its
    value, so that no other one can come to have the same identity. Safe on any thread."""
    known: dict[int, tuple[V, R]] = {}
    kept = known.get

    @wraps(function)
    def answered(value: V) -> R:
        found = kept(id(value))
        if found is None:
            found = (value, function(value))
            if len(known) >= values_max:
                known.clear()
            known[id(value)] = found
        return found[1]

    return answered


def once_per_steps(
    function: Callable[Concatenate[Sequence[Step], Sequence[NetworkRequest], P], R],
) -> Callable[Concatenate[Sequence[Step], Sequence[NetworkRequest], P], R]:
    """Marks a pure function of steps and of what they asked the app for: the same ones are answered from memory.

    Further arguments may only spare it work: what is derived from those steps and requests too. Steps are told apart by
    identity, as elements are. Safe on any thread.
    """
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[object, R]] = {}

    @wraps(function)
    def answered(steps: Sequence[Step], requests: Sequence[NetworkRequest], *spares: P.args, **spared: P.kwargs) -> R:
        key = (tuple(map(id, steps)), tuple(map(id, requests)))
        found = known.get(key)
        if found is None:
            found = ((tuple(steps), tuple(requests)), function(steps, requests, *spares, **spared))
            if len(known) >= READINGS_MAX:
                known.clear()
            known[key] = found
        return found[1]

    return cast("Callable[Concatenate[Sequence[Step], Sequence[NetworkRequest], P], R]", answered)


class OncePerStory(Generic[R]):
    """A pure function of a story that answers the same object from memory, for as long as anybody else holds it. Safe
    on any thread. `once_per_story` makes one."""

    def __init__(self, function: Callable[[Story], R]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._known: dict[int, tuple[weakref.ref[Story], R]] = {}

    def __call__(self, story: Story) -> R:
        known = self.known(story)
        return self.note(story, self._function(story)) if known is None else known

    def known(self, story: Story) -> R | None:
        """The answer where it is at hand."""
        found = self._known.get(id(story))
        return found[1] if found and found[0]() is story else None

    def note(self, story: Story, answer: R) -> R:
        """Takes the answer from who has it already: it must be the one that would be computed."""
        name = id(story)
        self._known[name] = (weakref.ref(story, lambda _: self._known.pop(name, None)), answer)
        return answer


def once_per_story(function: Callable[[Story], R]) -> OncePerStory[R]:
    """Marks a pure function of a story: the same object is answered from memory."""
    return OncePerStory(function)
