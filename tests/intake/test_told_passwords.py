"""Passwords that an app made and shows in a message are withheld; what it says about passwords is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.codegen import write_test
from pipeline.intake.addresses import safe_text
from pipeline.intake.formats.native import native_event
from pipeline.intake.told_passwords import without_passwords
from schemas.codecs import to_json
from schemas.events import Effect
from schemas.stories import ClickStep
from tests.codegen.by_hand import at, base, by_role, story

TELLS = (
    ("Added user ottilie with password CYgTm^A97MSd", "CYgTm^A97MSd"),
    ("Added user bertram with password 3Fjt0b%nQTkN.", "3Fjt0b%nQTkN"),
    ("Benutzer ada mit Passwort 3Fjt0b%nQTkN angelegt", "3Fjt0b%nQTkN"),
    ('The new password is "kQzRtWpX".', "kQzRtWpX"),
    ("Password for ada: a8Kd2x", "a8Kd2x"),
    ("Password for the user ada: a8Kd2x", "a8Kd2x"),
    ("Your temporary password is: h4rb0ur99!", "h4rb0ur99"),
    ("Password: x7#kk2-pQ", "x7#kk2-pQ"),
    ("Ihr neues Passwort lautet Fj29kdQx.", "Fj29kdQx"),
    ("Das Kennwort für ada ist qW3rT9zz", "qW3rT9zz"),
    ("Su contraseña es hJ82kdPq", "hJ82kdPq"),
    ("Su contrasen\u0303a es hJ82kdPq", "hJ82kdPq"),
    ("Votre mot de passe est kd83HHq2", "kd83HHq2"),
    ("Senha: zK29dkQq", "zK29dkQq"),
    ("Passphrase: zK29dkQq", "zK29dkQq"),
    ("PASSCODE: zK29dkQq", "zK29dkQq"),
    ("PASSWORD: Zk3!mmQ9", "Zk3!mmQ9"),
    ("Password was set to summer-2024", "summer-2024"),
    ('Password "Xk7-22 pQ9"', "Xk7-22 pQ9"),
    ("The password is “Tr0ub4dor &3”.", "Tr0ub4dor &3"),
    ("The password is 'Tr0ub4\"dor &3', write it down", 'Tr0ub4"dor &3'),
    ("Password: Xk7'22\"pQ9z", "Xk7'22\"pQ9z"),
    (f"Password: {'aB3' * 40}", "aB3" * 40),
    # A method of making hashes may as well be one's password: what can't be told is withheld.
    ("Password: SHA512-crypt", "SHA512-crypt"),
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
    "Password Wi-Fi=on",
    "Password iPhone15Pro",
    "Password OAuth2Client settings",
    "Password (bcrypt12)",
    "Password: min8chars",
    "Password: 8-20 characters",
    "The password is Base64-encoded",
    "Password: 2fa-enabled",
    "Password McDonaldsWiFi",
    "Password mode=standard",
    "Password: on/off=off",
    "Set password: https://lamps.example/reset/17a",
    "Password for account DE89370400440532013000",
    "Password for user2024 was changed",
    "Password reset for ada2024@lamps.example",
    "The password for 'Dinner4Two' is open sesame",
    "password: ********",
)


@pytest.mark.parametrize(("text", "password"), TELLS)
def test_a_password_that_is_told_is_withheld(text: str, password: str) -> None:
    """What stands around it stays; it doesn't, wherever in an event it stood."""
    assert without_passwords(text) == safe_text(text) == text.replace(password, "•••")
    told = to_json(_appeared(text)).decode()
    assert password not in told
    assert "•••" in told


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


def _appeared(text: str) -> Effect:
    """A message that came, with its name and what would find it by that."""
    ways = [
        {"locator": {"by": "role", "role": "status", "name": text}, "count": 1},
        {"locator": {"by": "text", "value": text}, "count": 1},
    ]
    element = {"tag": "div", "role": "status", "text": text, "name": text, "candidates": ways}
    effect = native_event(_event(kind="effect", changes=[{"change": "appeared", "element": element}], after={}))
    assert isinstance(effect, Effect)
    return effect


def test_a_message_of_the_browser_keeps_no_told_password() -> None:
    """Nor does one in another language."""
    for message in (TELLING, "Kennwort: CYgTm^A97MSd"):
        told = to_json(native_event(_event(kind="dialog", dialog="alert", message=message, accepted=True))).decode()
        assert "CYgTm" not in told
        assert "•••" in told


def test_a_test_looks_for_nothing_in_the_place_of_a_password() -> None:
    """The page shows the password that it made for the test: what stands for another one's is no text of it."""
    step = ClickStep(
        target=by_role("button", "button", "Add user"), **base(at("/users"), changes=_appeared(TELLING).changes)
    )
    code = write_test(story(step)).code
    assert "•••" not in code
    assert "u2022" not in code
    assert "withheld" not in code
    assert "Added user ada with password" in code
