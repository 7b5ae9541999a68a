"""The challenge format, with all that its producers disagree about."""

from typing import Any

import pytest
from intake_samples import as_json, challenge

from pipeline.intake import read_body
from schemas.codecs import to_json
from schemas.elements import ById, ByRole, ByTag, ByText
from schemas.events import Check, Click, End, Event, Fill, Navigation, Opaque, Press, Request, Select


def one(raw: dict[str, Any]) -> Event:
    got = read_body(as_json({"events": [raw]}))
    assert not got.refused
    (event,) = got.events
    return event


def field(text: str, **attributes: Any) -> dict[str, Any]:
    return challenge("$input", elementType="input", elementText=text, elementAttributes=attributes)


def test_a_click_keeps_what_finds_its_element() -> None:
    """Role and name, id without `#`, classes; nothing measured."""
    event = one(challenge())
    assert isinstance(event, Click)
    assert (event.target.role, event.target.name, event.target.id) == ("button", "Log in", "login")
    assert event.user_id == "u1"
    assert [way.locator for way in event.target.candidates] == [
        ByRole(role="button", name="Log in"),
        ById(value="login"),
        ByTag(tag="button", classes=("btn", "btn-primary")),
    ]
    assert {way.count for way in event.target.candidates} == {0}


@pytest.mark.parametrize("given", ["email", "#email"])
def test_an_id_comes_with_and_without_its_hash(given: str) -> None:
    """Both name the same element."""
    assert one(field("a@b.example", id=given)).target.id == "email"  # type: ignore[union-attr]


def test_an_inputs_text_is_what_was_typed() -> None:
    """The text of an input is its value, and no name of the element."""
    event = one(field("user@example.com", id="#email"))
    assert isinstance(event, Fill)
    assert event.value.text == "user@example.com"
    assert event.target.text is None
    assert event.target.name is None


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("********", {"id": "#field7"}),
        ("••••••", {"id": "#field7"}),
        ("hunter22", {"id": "#password"}),
        ("hunter22", {"type": "password"}),
        ("hunter22", {"name": "user[passwd]"}),
        ("hunter22", {"autocomplete": "current-password"}),
        ("hunter22", {"placeholder": "Your password"}),
    ],
)
def test_a_password_is_never_kept(text: str, attributes: dict[str, str]) -> None:
    """Masked by the client or not: the value is gone, and known to be a password."""
    event = one(field(text, **attributes))
    assert isinstance(event, Fill)
    assert (event.value.secret, event.value.text) == ("password", "")
    assert text.encode() not in to_json(event)


@pytest.mark.parametrize(
    ("attributes", "secret"),
    [({"autocomplete": "one-time-code"}, "otp"), ({"autocomplete": "cc-number"}, "card"), ({"name": "cvc"}, "card")],
)
def test_codes_and_cards_are_never_kept(attributes: dict[str, str], secret: str) -> None:
    """One-time codes and card numbers are secrets of their own kinds."""
    event = one(field("4111111111111111", **attributes))
    assert isinstance(event, Fill)
    assert event.value.secret == secret


def test_an_address_field_of_a_reset_form_is_no_password() -> None:
    """A field's type says more than its id."""
    event = one(field("a@b.example", id="password-reset-email", type="email"))
    assert isinstance(event, Fill)
    assert event.value.text == "a@b.example"


@pytest.mark.parametrize(
    ("text", "attributes"),
    [("Email", {"id": "email"}), ("First name:", {}), ("City *", {}), ("Your town", {"placeholder": "Your town"})],
)
def test_a_label_is_not_taken_for_a_value(text: str, attributes: dict[str, str]) -> None:
    """Where the text says what the field is called, the value is not known."""
    event = one(field(text, **attributes))
    assert isinstance(event, Fill)
    assert (event.value.secret, event.value.text) == ("masked", "")


def test_a_value_of_its_own_wins_over_the_text() -> None:
    """Some producers send the value among the attributes."""
    event = one(field("Email", id="email", value="a@b.example"))
    assert isinstance(event, Fill)
    assert event.value.text == "a@b.example"


def test_snake_case_without_dollars_reads_alike() -> None:
    """Another producer's spelling of the same event."""
    raw = {
        "event": "input",
        "properties": {
            "session_id": "s1",
            "journey_id": "j1",
            "current_url": "https://shop.example/",
            "event_type": "input",
            "element_type": "INPUT",
            "element_text": "",
            "element_attributes": {"id": "q", "type": "search", "value": "lamp"},
            "timestamp": "2024-10-10T22:53:05Z",
        },
    }
    event = one(raw)
    assert isinstance(event, Fill)
    assert (event.value.text, event.target.role, event.page.url) == ("lamp", "searchbox", "https://shop.example/")
    flat = one(dict(raw["properties"]))  # type: ignore[call-overload]
    assert isinstance(flat, Fill)


def test_cut_classes_and_texts_are_used_as_far_as_they_go() -> None:
    """A class list cut at 50 characters loses its last class, a cut text is looked for as whole words."""
    text = "Everything that stands below this element runs together into one long line of text that was …"
    event = one(
        challenge(elementType="div", elementText=text, elementAttributes={"class": "flex items-center justify-betwe…"})
    )
    assert isinstance(event, Click)
    assert event.target.classes == ("flex", "items-center")
    assert event.target.text_cut
    (way,) = [one.locator for one in event.target.candidates if isinstance(one.locator, ByText)]
    assert way.value.endswith("was") or way.value.endswith("that")
    assert "…" not in way.value


def test_a_navigation_keeps_its_link_and_its_perhaps_old_address() -> None:
    """The record may carry the page it left; the link that was followed tells more."""
    event = one(challenge("$navigation", elementType="a", elementText="Profile", elementAttributes={}))
    assert isinstance(event, Navigation)
    assert event.url == event.page.url == "https://shop.example/login"
    assert event.target is not None
    assert (event.target.role, event.target.name) == ("link", "Profile")
    told = one(challenge("$navigation", elementType="a", elementText="Me", elementAttributes={"href": "/me?x=1"}))
    assert isinstance(told, Navigation)
    assert told.url == "https://shop.example/me?x=1"


def test_the_address_wins_over_path_and_host() -> None:
    """`$pathname` can disagree with `$current_url`; without an address, host and path make one."""
    assert one(challenge(**{"$pathname": "/other"})).page.url == "https://shop.example/login"
    assert one(challenge(**{"$current_url": "", "$pathname": "/other"})).page.url == "https://shop.example/other"


def test_an_api_call_is_a_request() -> None:
    """Method, address, and a status that came as text."""
    event = one(challenge("$api-call", api_url="https://shop.example/api/x?token=abc", method="post", status="201"))
    assert isinstance(event, Request)
    assert (event.method, event.status) == ("POST", 201)
    odd = one(challenge("$api_call", api_url="/x", method="DROP TABLE;", status="soon"))
    assert isinstance(odd, Request)
    assert (odd.method, odd.status) == ("GET", None)


def test_other_events_are_told_by_their_kinds() -> None:
    """Select, check, key, double and right click, end; what nobody knows is kept as opaque."""
    chosen = one(challenge("$input", elementType="select", elementText="France", elementAttributes={"value": "fr"}))
    assert isinstance(chosen, Select)
    assert chosen.options[0].value == "fr"
    ticked = one(challenge("$change", elementType="input", elementText="", elementAttributes={"type": "checkbox"}))
    assert isinstance(ticked, Check)
    assert ticked.checked
    key = one(challenge("$keydown", key="Enter", ctrlKey=True))
    assert isinstance(key, Press)
    assert (key.key, key.modifiers) == ("Enter", ("Control",))
    double = one(challenge("$dblclick"))
    assert isinstance(double, Click)
    assert double.clicks == 2
    right = one(challenge(mouseButton=2))
    assert isinstance(right, Click)
    assert right.button == "right"
    assert isinstance(one(challenge("$journey_end")), End)
    strange = one(challenge("$mystery"))
    assert isinstance(strange, Opaque)
    assert strange.name == "$mystery"


def test_journey_referrers_and_attributes_may_be_missing() -> None:
    """The session then names the journey, and the element is what tag and text say."""
    raw = challenge()
    for name in ("journey_id", "elementAttributes", "distinct_id"):
        del raw["properties"][name]
    event = one(raw)
    assert isinstance(event, Click)
    assert event.journey_id == "shop.example:s1"
    assert event.target.name == "Log in"
