"""Passwords that an app made and shows in a message are withheld; what it says about passwords is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.intake.formats.native import native_event
from pipeline.intake.told_passwords import without_passwords
from schemas.codecs import to_json

TELLS = (
    "Added user ottilie with password CYgTm^A97MSd",
    "Added user bertram with password 3Fjt0b%nQTkN",
    'The new password is "kQzRtWpX".',
    "Password for ada: a8Kd2x",
    "Your temporary password is: h4rb0ur99!",
    "Password: x7#kk2-pQ",
    "Ihr neues Passwort lautet Fj29kdQx.",
    "Das Kennwort für ada ist qW3rT9zz",
    "Su contraseña es hJ82kdPq",
    "Votre mot de passe est kd83HHq2",
    "PASSWORD: Zk3!mmQ9",
)
SAYS = (
    "Your password is too short",
    "Wrong password. Try again.",
    "The password must have 8 characters",
    "Use a password of 12-characters or more",
    "Password strength: medium",
    "Change password for ada@lamps.example",
    "Password (required*)",
    "Sign in with password",
    "Password manager for GitHub",
    "Password is incorrect!",
    "password SHA-256",
    "Passwort vergessen?",
    "Password protected documents",
    "Passwords of Marketing & Sales",
)


@pytest.mark.parametrize("text", TELLS)
def test_a_password_that_is_told_is_withheld(text: str) -> None:
    """What stands around it stays; what it was doesn't."""
    bare = without_passwords(text)
    assert "withheld" in bare
    assert not any(len(word) > 5 and any(map(str.isdigit, word)) for word in bare.split())


@pytest.mark.parametrize("text", SAYS)
def test_what_is_said_of_passwords_stays(text: str) -> None:
    """No word that may stand behind the word is taken for one."""
    assert without_passwords(text) == text


@given(some.text(alphabet="password is: aB3$ \"'", max_size=300))
def test_what_is_withheld_once_stays_so(text: str) -> None:
    """Once read, a text has nothing more to withhold: an event is read again where it is stored."""
    bare = without_passwords(text)
    assert without_passwords(bare) == bare


TELLING = "Added user ada with password CYgTm^A97MSd"


def _event(**more: Any) -> dict[str, Any]:
    return {"id": "e1", "app": "a", "session_id": "s", "journey_id": "j", "at_ms": 1, "cause": None, **more}


def test_an_event_keeps_no_told_password_wherever_it_stands() -> None:
    """A message of the browser's own, the text of an element, its name, and what would find it by that."""
    dialog = native_event(_event(kind="dialog", dialog="alert", message=TELLING, accepted=True))
    german = native_event(_event(kind="dialog", dialog="alert", message="Kennwort: CYgTm^A97MSd", accepted=True))
    way = {"locator": {"by": "text", "value": TELLING}, "count": 1}
    element = {"tag": "div", "role": "status", "text": TELLING, "name": TELLING, "candidates": [way]}
    effect = native_event(_event(kind="effect", changes=[{"change": "appeared", "element": element}], after={}))
    for event in (dialog, german, effect):
        told = to_json(event).decode()
        assert "CYgTm" not in told
        assert "withheld" in told
