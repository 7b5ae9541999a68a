"""The truth in one go: all events at hand, no stream. The stream comes to the same, and a test holds it to that."""

from collections.abc import Iterable

from pipeline.windowing.closed_window import ClosedWindow
from pipeline.windowing.events import NEVER, light
from pipeline.windowing.flush import WindowEmitted
from pipeline.windowing.ids import story_id
from pipeline.windowing.journey import Journey
from pipeline.windowing.partition import Windowing
from schemas.events import Event


def close_all(events: Iterable[Event], windowing: Windowing) -> list[ClosedWindow]:
    """The windows that these events make, each closed, ordered by (start, story id).

    Any order and repetition of the events gives the same, up to the bounds of one window (JOURNEY_EVENTS_MAX), beyond
    which those that come later in the input are left out.
    """
    journeys: dict[tuple[str, str], Journey] = {}
    for event in events:
        key = (event.app, event.journey_id)
        journey = journeys.get(key) or journeys.setdefault(key, Journey(*key))
        journey.add(light(event), NEVER, windowing.gap_ms)
    closed = []
    for (app, journey_id), journey in journeys.items():
        for slot, window in journey.slots(windowing.retention_ms):
            name = story_id(app, journey_id, slot)
            told = WindowEmitted(name, app, journey_id, "end" if window.ended else "silence", window.bodies())
            closed.append((window.first_key[0], name, told))
    return [told.window() for _, _, told in sorted(closed, key=lambda item: item[:2])]
