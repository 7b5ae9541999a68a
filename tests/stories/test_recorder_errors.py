"""An error of the recorder is no step, and the story says that something may be missing."""

from typing import Any

from pipeline.steps.rebuild import rebuild
from schemas.elements import Element
from schemas.events import Click, RecorderError

BASE: dict[str, Any] = {"app": "shop", "session_id": "s", "journey_id": "j", "source": "capture"}
FAULT: dict[str, Any] = {"error": "fault", "where": "TypeError:2:84199"}


def test_an_error_of_the_recorder_is_a_note() -> None:
    """However many there are, one note tells of them."""
    click = Click(**BASE, id="1", at_ms=1, target=Element(tag="button"))
    errors = [RecorderError(**BASE, **FAULT, id=f"e{at}", at_ms=2 + at) for at in range(3)]
    rebuilt = rebuild([click, *errors])
    assert [step.type for step in rebuilt.steps] == ["goto", "click"]
    assert [note for note in rebuilt.notes if "recorder" in note] == [
        "The recorder met an error of its own: something that was done may be missing."
    ]
