"""Messages for the events topic: events of one journey as a JSON list, under the journey's key."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas import limits
from schemas.codecs import to_json
from schemas.events import Event

ROOM_BYTES: Final = limits.MESSAGE_BYTES_MAX - 2_000
"""What a message's value may take, so that key, headers and framing fit beside it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `key` is the journey's id in UTF-8, `value` a JSON list of its events."""

    key: bytes
    value: bytes


def messages_of(events: Iterable[Event]) -> tuple[Message, ...]:
    """The messages for these events: by journey, in the order of their coming, each within MESSAGE_BYTES_MAX."""
    by_journey: dict[str, list[bytes]] = {}
    for event in events:
        by_journey.setdefault(event.journey_id, []).append(to_json(event))
    return tuple(
        Message(journey_id.encode(), value) for journey_id, parts in by_journey.items() for value in _lists(parts)
    )


def _lists(parts: list[bytes]) -> Iterable[bytes]:
    piece: list[bytes] = []
    size = 0
    for part in parts:
        if piece and size + len(part) + 1 > ROOM_BYTES:
            yield b"[" + b",".join(piece) + b"]"
            piece, size = [], 0
        piece.append(part)
        size += len(part) + 1
    if piece:
        yield b"[" + b",".join(piece) + b"]"
