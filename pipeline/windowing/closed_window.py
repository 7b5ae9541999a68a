"""What the windows hand on to the stories: one journey's closed window."""

from dataclasses import dataclass

from schemas.events import Event
from schemas.stories import ClosedBy


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """The events of one window in their order (at_ms, tab_id, seq, id), each once.

    `story_id` is the id of the story that it becomes, `version` the number of distinct events.
    """

    story_id: str
    version: int
    app: str
    journey_id: str
    closed_by: ClosedBy
    events: tuple[Event, ...]
