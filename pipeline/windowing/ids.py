"""Ids of stories: a pure function of the journey and of the window's place in it."""

import uuid
from typing import Final, NamedTuple

import orjson

NAMESPACE: Final = uuid.UUID("6f1d0c1e-5f0b-5a35-9b0e-2f1f3c8f6d51")
"""Of all ids of stories. Changing it changes every id."""


PARTS_MAX: Final = 3
"""Stories of one window. A window that is told again withdraws the parts that it has no more, without knowing how many
it had: so many records, less one, are the price of a straggler."""


class Slot(NamedTuple):
    """A window's place in its journey: the era, and the ordinal within it, from 0, in the order of event time."""

    era: int
    ordinal: int


def story_id(app: str, journey_id: str, slot: Slot) -> str:
    """The id of the story that a journey's window at `slot` becomes."""
    return str(uuid.uuid5(NAMESPACE, orjson.dumps([app, journey_id, slot.era, slot.ordinal]).decode()))


def part_ids(name: str) -> tuple[str, ...]:
    """The ids of all stories that the window whose story is `name` may become: the first part keeps the name."""
    parts = (uuid.uuid5(NAMESPACE, orjson.dumps([name, part]).decode()) for part in range(1, PARTS_MAX))
    return (name, *map(str, parts))


def next_slot(before: Slot | None, silent_ms: int, first_ms: int, retention_ms: int) -> Slot:
    """The slot of the window that begins at `first_ms`, `silent_ms` after the end of the window `before`.

    A journey that was silent for longer than the memory begins a new era, named by the stretch of time (one
    `retention_ms` long) that its first event falls in: two eras of a journey can never share one.
    """
    if before is None or silent_ms > retention_ms:
        return Slot(first_ms // retention_ms, 0)
    return Slot(before.era, before.ordinal + 1)
