"""Hand-written bodies in every format, and the folder of recorded ones where it is there."""

import json
import os
from pathlib import Path
from typing import Any


def samples_folder() -> Path:
    """The folder of recorded samples; it need not exist."""
    given = os.environ.get("JOURNEYWRIGHT_SAMPLES")
    return Path(given) if given else Path(__file__).parents[2].parent / "shared" / "samples"


def recorded(pattern: str) -> list[Path]:
    """The recorded sample files that match, none where the folder is not there."""
    return sorted(samples_folder().glob(pattern))


def as_json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def native(**changes: Any) -> dict[str, Any]:
    """A click in our own format."""
    return {
        "id": "e1",
        "app": "shop",
        "session_id": "s1",
        "journey_id": "j1",
        "at_ms": 1_700_000_000_000,
        "kind": "click",
        "page": {"url": "https://shop.example/"},
        "target": {"tag": "button", "role": "button", "name": "Save"},
    } | changes


def challenge(event: str = "$click", **props: Any) -> dict[str, Any]:
    """An event of the challenge format."""
    return {
        "event": event,
        "properties": {
            "distinct_id": "u1",
            "session_id": "s1",
            "journey_id": "j1",
            "$current_url": "https://shop.example/login",
            "$host": "shop.example",
            "elementType": "button",
            "elementText": "Log in",
            "elementAttributes": {"id": "#login", "class": "btn btn-primary"},
            "timestamp": "2024-10-10T22:53:05.563Z",
        }
        | props,
        "timestamp": "2024-10-10T22:53:05.563Z",
    }
