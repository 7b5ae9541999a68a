"""The language that a browser asks pages to be in comes with its events, and says nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake import read_body
from pipeline.intake.languages import first_language
from schemas.events import Click, Navigation
from schemas.limits import LANGUAGE_CHARS_MAX

OPENED = {"kind": "navigation", "id": "n", "app": "shop", "session_id": "s", "journey_id": "j", "at_ms": 1, "url": "/"}
PRESSED = {**OPENED, "kind": "click", "id": "c", "target": {"tag": "a"}}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de-DE"),
        (" fr ; q=0.7", "fr"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("*", None),
        ("", None),
        ("de'; drop", None),
        ("de\n", "de"),
        ("a" * 9, None),
    ],
)
def test_the_preferred_language_is_the_first(accepted: str, language: str | None) -> None:
    """Browsers name the preferred one first; what is no language's name is none."""
    assert first_language(accepted) == language


@given(st.text(max_size=200))
def test_a_hostile_header_gives_a_short_name_or_nothing(accepted: str) -> None:
    """Whatever is sent, no sign but letters, figures and hyphens comes of it, and few of these."""
    found = first_language(accepted)
    assert found is None or (len(found) <= LANGUAGE_CHARS_MAX and found.replace("-", "").isalnum() and found.isascii())


def test_pages_that_were_opened_have_the_senders_language() -> None:
    """Only these have one, and what an event says itself stays."""
    own = {**OPENED, "id": "own", "language": "es"}
    body = json.dumps([OPENED, PRESSED, own]).encode()
    events = read_body(body, languages="pt-BR,pt;q=0.9").events
    assert [event.language for event in events if isinstance(event, Navigation)] == ["pt-BR", "es"]
    assert sum(isinstance(event, Click) for event in events) == 1
    assert [event.language for event in read_body(body).events if isinstance(event, Navigation)] == [None, "es"]
