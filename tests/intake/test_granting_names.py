"""What grants access in an address is withheld by the recorder and by the intake alike, and other things by neither."""

import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.intake import read_body
from pipeline.intake.addresses import bare_url
from schemas.codecs import to_json

SCRIPT = Path(__file__).resolve().parents[1] / "text" / "recorder_addresses.mjs"
BEFORE_KEYS = (
    "api", "access", "auth", "private", "secret", "session", "share", "shared", "subscription", "activation", "license",
    "master", "signing", "encryption", "consumer", "login", "reset",
)  # fmt: skip
BEFORE = (
    "auth", "access", "login", "reset", "verify", "verification", "confirm", "confirmation", "invite", "sms",
    "one_time", "security", "csrf", "xsrf", "oob", "user", "device", "activation", "pairing", "backup", "recovery",
    "mfa", "2fa",
)  # fmt: skip
BY_THEMSELVES = (
    "code", "key", "sig", "sign", "hash", "auth", "authorization", "sid", "session", "pin", "ticket", "magic", "invite",
    "invitation", "assertion", "credential", "nonce", "sas", "pw",
)  # fmt: skip
WHATEVER_STANDS_BEFORE = (
    "token", "secret", "signature", "password", "passwd", "pass", "passphrase", "passcode", "pwd", "bearer",
    "verifier", "samlrequest", "samlresponse", "credential", "credentials", "jwt", "otp", "hmac", "sessid",
    "session_id", "cvc", "cvv", "card_number",
)  # fmt: skip
ALONE = ("verify_id", "verification_hash", "confirm_id", "activation_hash", "reset_id", "login_hash", "invite_id")


def _written(before: Iterable[str], what: Iterable[str], signs: Iterable[str] = ("_", "-", "")) -> list[str]:
    return [f"{one}{sign}{name}" for one in before for name in what for sign in signs]


GRANTING = (
    *BY_THEMSELVES, *ALONE, *WHATEVER_STANDS_BEFORE, *_written(BEFORE, BY_THEMSELVES),
    *_written(BEFORE_KEYS, ("key", "hash", "keyid")), *_written(("x", "db", "sso.user", "app"), WHATEVER_STANDS_BEFORE),
    "user[pin]", "user%5Bnonce%5D", "in.code", "X-Amz-Signature", "PHPSESSID",
)  # fmt: skip
"""Names of parameters."""
HARMLESS = (
    "compass", "bypass", "encompass", "trespass", "overpass", "underpass", "surpass", "country_code", "sort_key",
    "author", "keyboard", "order_id", "page", "hashtag", "assign", "design", "opinion", "keyword", "ticket_type",
    "codec", "issue_key", "tokens_per_page", "sessions_from", "signed_in", "atlas",
)  # fmt: skip
WORKS_BY_ITSELF = (
    "password-reset", "passwordreset", "reset-password", "resetpassword", "set-password", "setpassword",
    "forgotpassword", "changepassword", "recover-password", "verify-email", "verifyemail", "verifymail",
    "confirmemail", "email-verification", "emailverification", "mailverification", "acceptinvite", "accept-invite",
    "acceptinvitation", "accept-invitation", "loginlink", "invite-link", "magic-link", "reset", "token", "verify",
    "verification", "confirm", "confirmation", "activate", "activation", "invite", "invitation", "invitations",
    "magic", "recover", "unlock", "unsubscribe", "signed", "auth", "sso", "otp", "code",
)  # fmt: skip
"""Parts of paths that make the part after them grant access."""
KEPT = (
    "http://compass:3000/trips", "http://keycloak.auth:8080/realms", "http://my-token:3000/x", "//my-token:3000/x",
    "https://auth:8443", "http://pass:80/a/b?page=2", "/go?http://my-token:3000/x", "/go//my.auth:3000/x",
    "/x#http://auth:8080/y", "http://a.test/http:/my-token:3000/x", "/wiki/Bypass:4711-things", "/compass=3",
    "/presets/dark2024", "/preset/dark2024",
)  # fmt: skip


def _recorded(addresses: list[str]) -> list[str]:
    done = subprocess.run(["node", SCRIPT], input=json.dumps(addresses), capture_output=True, text=True, check=True)
    told: list[str] = orjson.loads(done.stdout)
    return told


def _taken_in(addresses: list[str]) -> list[str]:
    return [bare_url(one) for one in addresses]


BOTH = pytest.mark.parametrize("told", [_recorded, _taken_in])


@BOTH
def test_what_a_name_grants_is_withheld(told: Callable[[list[str]], list[str]]) -> None:
    """In an address and in one within it, in capitals, too; and the part of a path that a word makes grant access."""
    names = [*GRANTING, *(one.upper() for one in GRANTING)]
    addresses = [
        *(f"/in?page=2&{name}=Quimtrax" for name in names),
        *(f"/in?next=%2Fx%3Fpage%3D2%26{name}%3DQuimtrax" for name in GRANTING),
        *(f"/app/{one}/Quimtrax12" for one in WORKS_BY_ITSELF),
    ]
    pairs = zip(addresses, told(addresses), strict=True)
    assert not [before for before, after in pairs if "Quimtrax" in after or "withheld" not in after]


@BOTH
def test_other_names_and_ports_of_hosts_are_told(told: Callable[[list[str]], list[str]]) -> None:
    """Words that only end like one that grants, and what follows a host, whatever that is called."""
    addresses = [*(f"/in?{name}=Quimtrax" for name in HARMLESS), *KEPT]
    assert told(addresses) == addresses


DRAWN = (
    "3f9a1c77be02d4586a", "33345c7700022586", "9fQ2kLx7Zw3TbV8mNc5R", "0b1ff3c2-51c7-4f0e-9d3a-6f2f6f0c9d11",
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "c1abc9-3f9a1c77be02d4586a3f9a1c77be02d4", "Zk3-9fQ2k_Lx7Zw3TbV8mN",
)  # fmt: skip
"""Keys as programs draw them: in base 16, 32, 64, as UUIDs, with a date before."""
WORKED_BY = (
    "/accounts/reset/MQ/{}/", "/auth/magic-link/{}", "/invites/{}/accept", "/users/confirmation/42/{}",
    "/go?u=%2Freset%2F{}", "/go?u=https%3A%2F%2Fb.test%2Finvite%2F{}", "/go?u=%252Freset%252FMQ%252F{}&page=2",
)  # fmt: skip
HANDED = ("/join/{}", "/share/{}", "/login/{}", "/join-team/{}/now", "/in?state={}", "/in?t={}&page=2")


def test_what_was_drawn_is_withheld_some_way_behind_the_word() -> None:
    """Behind whom it is for, behind a second word, in an address within one, and as UUIDs and numbers in base 16."""
    addresses = [shape.format(value) for shape in WORKED_BY for value in DRAWN]
    pairs = zip(addresses, _taken_in(addresses), strict=True)
    assert not [before for before, after in pairs if "withheld" not in after]
    kept = ["/auth/users/admin/edit", "/reset/MQ/form", "/auth/realms/master/account", "/auth/clients/4711/roles"]
    assert _taken_in([*kept, "/reset/", "/auth//x/y2"]) == [*kept, "/reset/", "/auth//x/y2"]


def test_the_intake_withholds_what_was_drawn_and_handed_to_somebody() -> None:
    """UUIDs and numbers in base 16, too, which are ids elsewhere."""
    addresses = [shape.format(value) for shape in HANDED for value in DRAWN]
    pairs = zip(addresses, _taken_in(addresses), strict=True)
    assert not [before for before, after in pairs if "withheld" not in after]
    kept = ["/in?state=all-open-things", "/in?t=1700000000", "/share/all-the-pictures", "/orders/3f9a1c77be02d4586a"]
    assert _taken_in(kept) == kept


@pytest.mark.parametrize(
    "address",
    [
        "http://a.test/x?token={}", "http://a.test/cb#access_token={}&x=1", "http://a.test/accounts/reset/MQ/{}/",
        "http://ada:{}@a.test/", "http://a.test/f?X-Amz-Signature={}", "/invite/{}?x=1",
    ],
)  # fmt: skip
def test_an_address_grants_nothing_wherever_another_producer_tells_it(address: str) -> None:
    """In a title, a text, a name, a message, a frame; a locator that held it is left out, the others stay."""
    told = address.format("9fQ2kLx7Zw3TbV8mNc5R")
    link: dict[str, Any] = {"tag": "a", "role": "link", "name": told, "text": told, "href": told}
    ways = [
        {"by": "text", "value": told},
        {"by": "role", "role": "link", "name": told},
        {"by": "test_id", "value": "go"},
    ]
    link["candidates"] = [{"locator": one, "count": 1} for one in ways]
    link["frames"] = [
        [{"locator": {"by": "attribute", "tag": "iframe", "attribute": "src", "value": told}, "count": 1}]
    ]
    same = {"app": "shop", "session_id": "s", "journey_id": "j", "at_ms": 1_700_000_000_000}
    page = {"url": told, "title": told}
    bodies: list[dict[str, Any]] = [
        {"kind": "click", "target": link}, {"kind": "dialog", "dialog": "alert", "message": told},
        {"kind": "effect", "after": page, "changes": [{"change": "appeared", "element": link}]},
        {"kind": "fill", "target": {"tag": "input"}, "value": {"text": told}},
    ]  # fmt: skip
    events = [{**same, "page": page, **body, "id": f"e{at}"} for at, body in enumerate(bodies)]
    read = read_body(orjson.dumps({"events": events}))
    assert not read.refused
    texts = [to_json(one).decode() for one in read.events]
    assert len(texts) == len(bodies)
    assert not [text for text in texts if "9fQ2kLx7Zw3TbV8mNc5R" in text]
    assert "test_id" in texts[0]


def test_an_address_grants_nothing_in_what_posthog_tells() -> None:
    """In the page's title, the text and the attributes of what was clicked."""
    told = "http://a.test/x?token=9fQ2kLx7Zw3TbV8mNc5R"
    link = {"tag_name": "a", "$el_text": f"Go to {told}", "attr__href": told, "attr__title": told}
    clicked = {"$event_type": "click", "$elements": [link], "$session_id": "s", "distinct_id": "u"}
    event: dict[str, Any] = {
        "event": "$autocapture",
        "uuid": "e1",
        "distinct_id": "u",
        "timestamp": "2026-01-01T00:00:00Z",
    }
    event["properties"] = {"$current_url": told, "title": told, **clicked}
    read = read_body(orjson.dumps({"batch": [event]}))
    texts = [to_json(one).decode() for one in read.events]
    assert "Go to http" in texts[0]
    assert not [text for text in texts if "9fQ2kLx7Zw3TbV8mNc5R" in text]
