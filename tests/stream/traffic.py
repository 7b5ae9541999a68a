"""Made-up traffic: journeys with steps in them, and the messages that bring them."""

import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from schemas.codecs import to_json
from schemas.elements import ByRole, Candidate, Element
from schemas.events import Click, End, Event, Fill, Navigation, Page, Typed
from schemas.messages import messages_of

WORDS = ("Save", "Search", "Next", "Open", "Add", "Basket", "Details", "Close")


@dataclass(frozen=True)
class Shape:
    """What the journeys look like: how many steps of how many milliseconds, how often an `End`, how many sittings."""

    steps_max: int = 8
    steps_min: int = 1
    step_ms: int = 300
    pause_ms: int = 10_000
    sittings_max: int = 2
    ends: float = 0.5


SHORT: Final = Shape(steps_min=2, steps_max=4, step_ms=20, sittings_max=1, ends=1.0)


def short_journey(name: str) -> list[Event]:
    """A journey of now with few steps, which says that it is over."""
    return journey(random.Random(name), name, round(time.time() * 1000) - 200, SHORT)


def journey(rng: random.Random, name: str, start_ms: int, shape: Shape = Shape()) -> list[Event]:
    """The events of one journey, in order."""
    events: list[Event] = []
    at_ms = start_ms
    for sitting in range(rng.randint(1, shape.sittings_max)):
        url = f"https://shop.example/{rng.choice(WORDS).lower()}"
        for step in range(rng.randint(shape.steps_min, shape.steps_max)):
            at_ms += rng.randint(1, shape.step_ms)
            events.append(_step(rng, f"{name}.{sitting}.{step}", name, at_ms, url))
        if rng.random() < shape.ends:
            at_ms += 1
            events.append(End(**_common(f"{name}.{sitting}.end", name, at_ms, url)))
        at_ms += shape.pause_ms + rng.randint(1, 1000)
    return events


def _common(event_id: str, name: str, at_ms: int, url: str) -> dict[str, object]:
    return {
        "id": event_id,
        "app": "shop.example",
        "session_id": name,
        "journey_id": name,
        "at_ms": at_ms,
        "page": Page(url=url, title="Shop"),
    }


def _step(rng: random.Random, event_id: str, name: str, at_ms: int, url: str) -> Event:
    common = _common(event_id, name, at_ms, url)
    word = rng.choice(WORDS)
    match rng.randint(0, 3):
        case 0:
            return Navigation(**common, url=f"https://shop.example/{word.lower()}")
        case 1:
            target = _element("textbox", "Query", "input")
            return Fill(**common, target=target, value=Typed(text=f"{word} {rng.randint(1, 99)}"))
        case _:
            return Click(**common, target=_element("button", word, "button"))


def _element(role: str, name: str, tag: str) -> Element:
    ways = (Candidate(locator=ByRole(role=role, name=name), count=1),)
    return Element(tag=tag, role=role, name=name, text=name if tag == "button" else None, candidates=ways)


def batches(rng: random.Random, events: Iterable[Event], size_max: int = 8) -> Iterator[tuple[bytes, bytes]]:
    """Messages of up to so many events each, keyed by journey, those of a journey in order."""
    by_journey: dict[str, list[Event]] = {}
    for event in events:
        by_journey.setdefault(event.journey_id, []).append(event)
    for some in by_journey.values():
        start = 0
        while start < len(some):
            size = rng.randint(1, size_max)
            for message in messages_of(some[start : start + size]):
                yield message.key, message.value
            start += size


def single(event: Event, key: bytes | None = None) -> tuple[bytes | None, bytes]:
    """One event as a message of its own."""
    return key, to_json(event)
