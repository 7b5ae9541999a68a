"""What a partition's windows hand over: stories to tell or to withdraw, events that no window took, rows to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from pipeline.windowing.closed_window import ClosedWindow
from pipeline.windowing.events import RawEvent, parsed
from pipeline.windowing.ids import part_ids
from pipeline.windowing.segments import Changes
from schemas.stories import ClosedBy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WindowEmitted:
    """A window to be told now, once more if it was told before. `bodies` are its events in their order.

    `again` says that the window may have been told before: stories that it has become then, and does not now, are to be
    withdrawn.
    """

    story_id: str
    app: str
    journey_id: str
    closed_by: ClosedBy
    bodies: tuple[bytes, ...]
    again: bool = field(default=False, compare=False)

    def records(self, stories: Mapping[str, T]) -> list[tuple[str, T | None]]:
        """What goes to the stories topic, where these are the window's stories by id: None is a tombstone."""
        names = part_ids(self.story_id)
        return [(name, stories.get(name)) for name in names if name in stories or self.again or name == names[0]]

    def window(self) -> ClosedWindow:
        """The window with its events parsed: real work, not for an event loop."""
        events = tuple(parsed(body) for body in self.bodies)
        return ClosedWindow(self.story_id, len(events), self.app, self.journey_id, self.closed_by, events)


@dataclass(frozen=True, slots=True)
class WindowRetracted:
    """A story that no window stands for any more: a straggler made one window of two."""

    story_id: str

    def records(self) -> list[tuple[str, None]]:
        """Tombstones for all that the window may have become."""
        return [(name, None) for name in part_ids(self.story_id)]


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that no window took, and why; for the dead-letter topic."""

    offset: int
    event: RawEvent
    cause: Literal["late", "journey too long", "partition full"]


@dataclass(frozen=True, slots=True)
class Flush:
    """All that came of the messages up to `offset` since the flush before."""

    offset: int
    stories: tuple[WindowEmitted | WindowRetracted, ...]
    refused: tuple[Refused, ...]
    changes: Changes
