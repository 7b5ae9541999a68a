"""What the effects of a recording say, and waiting for what must come."""

from playwright.sync_api import Page

from schemas.events import Effect, Event
from tests.capture.site import Site

POLL_MS = 50
POLLS_MAX = 400


def until_told(page: Page, site: Site, kind: str, count: int = 1) -> None:
    """Waits until that many events of the kind have arrived, however slow the machine is."""
    for _ in range(POLLS_MAX):
        if len(site.kind(kind)) >= count:
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"{len(site.kind(kind))} of {count} {kind} events came")


def texts(effect: Effect, change: str = "appeared") -> list[str]:
    return [one.element.name or one.element.text or "" for one in effect.changes if one.change == change]


def effect_after(events: list[Event], kind: str) -> Effect:
    """The one effect of the last event of that kind."""
    action = [one for one in events if one.kind == kind][-1]
    found = [one for one in events if isinstance(one, Effect) and one.cause == action.id]
    assert len(found) == 1
    return found[0]
