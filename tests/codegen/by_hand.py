"""Stories made by hand, for the tests of the writer."""

from itertools import count
from typing import Any

from schemas.elements import ByLabel, ByRole, ByText, Candidate, Element
from schemas.events import Page, Typed
from schemas.stories import FillStep, GotoStep, Step, Story

HOME = "http://127.0.0.1:9000"
SHOP = "http://shop.test"
"""An app whose name no test resolves: a project runs it at another address."""
_numbers = count()


def at(path: str, title: str = "") -> Page:
    """A page of the app."""
    return Page(url=HOME + path, title=title)


def base(before: Page, after: Page | None = None, **more: Any) -> dict[str, Any]:
    """What every step needs."""
    number = next(_numbers)
    return {"event_id": f"e{number}", "at_ms": number, "page": before, "after": after, **more}


def by_role(tag: str, role: str, name: str, **more: Any) -> Element:
    """An element with role and name, unique by them."""
    found = Candidate(locator=ByRole(role=role, name=name), count=1)
    return Element(**{"tag": tag, "role": role, "name": name, "candidates": (found,), **more})


def by_text(tag: str, text: str, **more: Any) -> Element:
    """An element that is found by its text alone."""
    found = Candidate(locator=ByText(value=text), count=1)
    return Element(**{"tag": tag, "text": text, "candidates": (found,), **more})


def by_label(label: str, **more: Any) -> Element:
    """A text field with a label."""
    found = Candidate(locator=ByLabel(value=label), count=1)
    return Element(**{"tag": "input", "role": "textbox", "label": label, "candidates": (found,), **more})


def story(*steps: Step, **more: Any) -> Story:
    """A story of these steps."""
    fields: dict[str, Any] = {
        "id": "story-1", "version": 4, "app": "shop", "journey_id": "j", "session_id": "s", "title": "Do things",
        "startTimestamp": "2024-01-01T00:00:00.000Z", "endTimestamp": "2024-01-01T00:00:09.000Z",
        "initialState": {"url": HOME + "/"}, "finalState": {"url": HOME + "/"}, "steps": steps, "flow_key": "k",
    }  # fmt: skip
    return Story(**{**fields, **more})


def secret(**more: Any) -> Typed:
    """A password as events tell it."""
    return Typed(**{"text": "", "secret": "password", "token": "t", **more})


def goes(url: str) -> GotoStep:
    """Opens an address, of the app unless it has a host of its own."""
    return GotoStep(url=f"{SHOP}{url}" if url.startswith("/") else url, **base(at("/")))


def types_into(path: str, target: Element, kind: str = "password") -> Story:
    """A story that says of a field that such a secret was typed into it."""
    fill = FillStep(target=target, value=secret(secret=kind), **base(at(path)))
    return story(goes("/"), goes(path), fill, id=f"story {path}", flow_key=path, title=path.strip("/"), app="shop")
