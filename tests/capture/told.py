"""What the effects of a recording say."""

from schemas.events import Effect, Event


def texts(effect: Effect, change: str = "appeared") -> list[str]:
    return [one.element.name or one.element.text or "" for one in effect.changes if one.change == change]


def effect_after(events: list[Event], kind: str) -> Effect:
    """The one effect of the last event of that kind."""
    action = [one for one in events if one.kind == kind][-1]
    found = [one for one in events if isinstance(one, Effect) and one.cause == action.id]
    assert len(found) == 1
    return found[0]
