"""How long a page took to answer."""

from collections.abc import Iterable

from schemas.events import Check, Click, Effect, Event, Navigation, Press, Select


def slowest_ms(events: Iterable[Event]) -> int:
    """The longest that a page took to show what came of an action or of being opened, in milliseconds; 0 where nobody
    recorded that. What somebody types takes its own time, and a page that never becomes quiet says nothing."""
    began: dict[str, int] = {}
    opened: dict[str, int] = {}
    slowest = 0
    for event in events:
        match event:
            case Click() | Press() | Select() | Check():
                began[event.id] = event.at_ms
            case Navigation(cause=None):
                opened[event.tab_id] = event.at_ms
            case Effect(settled=True) if event.changes and event.source == "capture":
                since = opened.get(event.tab_id) if event.cause is None else began.get(event.cause)
                slowest = max(slowest, 0 if since is None else event.at_ms - since)
            case _:
                pass
    return slowest
