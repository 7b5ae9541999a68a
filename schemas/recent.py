"""What was used last, within a weight: of elements and steps their JSON, of bytes and of stories what was made of
them."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


class RecentByWeight(Generic[K, R]):
    """Values by their keys.

    They stand in two halves, each of which takes values until they weigh `half_max`, and one more; then the older half
    is forgotten. What is asked for in the older half comes to the newer one. Safe on any thread.
    """

    def __init__(self, half_max: int, weigh: Callable[[K, R], int]) -> None:
        self._half_max = half_max
        self._weigh = weigh
        self._weight = 0
        self._new: dict[K, R] = {}
        self._old: dict[K, R] = {}

    def get(self, key: K) -> R | None:
        """The value of this key; None where it was not used lately."""
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, value: R) -> None:
        """Adds a value."""
        if self._weight >= self._half_max:
            self._old, self._new, self._weight = self._new, {}, 0
        self._new[key] = value
        self._weight += self._weigh(key, value)
