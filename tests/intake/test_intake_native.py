"""Events in our own format, and the rules for ids, times and bounds that all formats share."""

from typing import Any

import pytest
from intake_samples import as_json, challenge, native

from pipeline.intake import read_body
from schemas import limits
from schemas.codecs import to_json
from schemas.events import Click, Event, Fill


def one(raw: dict[str, Any]) -> Event:
    got = read_body(as_json(raw))
    assert not got.refused
    (event,) = got.events
    return event


def refusal(raw: dict[str, Any]) -> str:
    got = read_body(as_json(raw))
    assert not got.events
    return got.refused[0].error


@pytest.mark.parametrize(
    ("value", "at_ms"),
    [
        ("2024-10-10T22:53:05.563Z", 1_728_600_785_563),
        ("2024-10-10T22:53:05Z", 1_728_600_785_000),
        ("2024-10-10T22:53:05", 1_728_600_785_000),
        ("2024-10-11T00:53:05.563+02:00", 1_728_600_785_563),
        ("2024-10-10 22:53:05.563123", 1_728_600_785_563),
        (1_728_600_785, 1_728_600_785_000),
        (1_728_600_785.563, 1_728_600_785_563),
        (1_728_600_785_563, 1_728_600_785_563),
        ("1728600785563", 1_728_600_785_563),
        (0, 0),
    ],
)
def test_times_come_in_many_forms(value: Any, at_ms: int) -> None:
    """ISO 8601 with and without milliseconds and zone, seconds and milliseconds, mean the same instant."""
    raw = native(timestamp=value)
    del raw["at_ms"]
    assert one(raw).at_ms == at_ms
    challenged = challenge()
    challenged["timestamp"] = value
    assert one(challenged).at_ms == at_ms


@pytest.mark.parametrize(
    "value",
    [
        "2024-10-10T10:00:90Z",
        "2024-13-10T10:00:00Z",
        "yesterday",
        "",
        None,
        True,
        -1,
        10**17,
        [],
        {},
        "9999-01-01T00:00:00Z",
        "0001-01-01",
    ],
)
def test_times_that_are_none_refuse_their_event_alone(value: Any) -> None:
    """A wrong or missing time is refused with the field's name; the event beside it is kept."""
    bad = challenge()
    bad["timestamp"] = value
    bad["properties"].pop("timestamp")
    got = read_body(as_json([bad, challenge()]))
    assert len(got.events) == 1
    assert "timestamp" in got.refused[0].error


def test_session_and_journey_fill_in_for_each_other() -> None:
    """Either is enough; the journey is then named by app and session, the session by the journey."""
    alone = one(native(journey_id=None))
    assert (alone.session_id, alone.journey_id) == ("s1", "shop:s1")
    other = one(native(session_id=None))
    assert (other.session_id, other.journey_id) == ("j1", "j1")
    assert "session_id" in refusal(native(session_id=None, journey_id=""))


def test_the_app_defaults_to_the_pages_host() -> None:
    """The host with its port, without a user's name and password."""
    raw = native(app=None, page={"url": "https://ann:pw@Shop.example:8443/x"})
    assert one(raw).app == "shop.example:8443"
    assert one(native(app=None, page={})).app == "unknown"


def test_an_event_without_an_id_gets_one_from_its_content() -> None:
    """Equal content gives equal ids whatever the order of keys or the way it came; other content gives others."""
    first, second = native(), native(at_ms=5)
    del first["id"], second["id"]
    turned = dict(reversed(first.items()))
    assert one(first).id == one(turned).id != one(second).id
    assert read_body(as_json([second, first])).events[1].id == one(first).id


@pytest.mark.parametrize("field", ["id", "app", "session_id", "journey_id", "user_id", "tab_id"])
def test_ids_hold_so_many_characters_and_no_more(field: str) -> None:
    """ID_CHARS_MAX for each id; one more refuses the event."""
    assert getattr(one(native(**{field: "x" * limits.ID_CHARS_MAX})), field) == "x" * limits.ID_CHARS_MAX
    assert field in refusal(native(**{field: "x" * (limits.ID_CHARS_MAX + 1)}))
    assert field in refusal(native(**{field: ["x"]}))


def test_a_long_session_still_names_its_journey() -> None:
    """App and session together may be longer than an id: the journey is then named by their hash."""
    event = one(native(journey_id=None, session_id="s" * limits.ID_CHARS_MAX))
    assert 0 < len(event.journey_id) <= limits.ID_CHARS_MAX


def test_long_texts_are_cut_and_say_so() -> None:
    """Texts, addresses and values are cut at their bounds; a locator that is too long is left out, never cut."""
    long = "x" * 20_000
    ways = [{"locator": {"by": "text", "value": long[:201]}}, {"locator": {"by": "id", "value": "a"}}]
    target = {"tag": "p", "text": long, "name": long, "candidates": ways * 30, "classes": ["c"] * 99}
    event = one(native(kind="fill", target=target, value={"text": long}, page={"url": "https://a/" + long}))
    assert isinstance(event, Fill)
    assert len(event.value.text) == limits.VALUE_CHARS_MAX
    assert len(event.page.url) == limits.URL_CHARS_MAX
    assert event.target.text_cut
    assert len(event.target.text or "") == limits.TEXT_CHARS_MAX
    assert len(event.target.candidates) == limits.CANDIDATES_MAX
    assert len(event.target.classes) == limits.CLASSES_MAX
    assert {way.locator.by for way in event.target.candidates} == {"id"}


def test_what_fits_is_not_cut() -> None:
    """At the bound nothing changes."""
    text = "x" * limits.TEXT_CHARS_MAX
    event = one(native(target={"tag": "p", "text": text, "candidates": [{"locator": {"by": "text", "value": text}}]}))
    assert isinstance(event, Click)
    assert event.target.text == text
    assert not event.target.text_cut
    assert len(event.target.candidates) == 1


@pytest.mark.parametrize("way", ["/l/", "/share/", "/join/", "/session/", "/password/", "/#token:", "/?access_token:"])
def test_short_links_and_tokens_behind_a_colon_are_withheld(way: str) -> None:
    """Whoever knows such an address may see what it leads to."""
    url = f"https://shop.example{way}k9ZpQ2vX7LmN4tRb"
    event = one(native(kind="navigation", url=url, page={"url": url}))
    assert event.page.url == f"https://shop.example{way}withheld"


@pytest.mark.parametrize("way", ["/join/room12", "/s/summerSale2024", "/l/product-list", "/r/learnprogramming"])
def test_names_that_follow_a_short_link_stay(way: str) -> None:
    """What people called something was not written by chance."""
    url = f"https://shop.example{way}"
    assert one(native(kind="navigation", url=url, page={"url": url})).page.url == url


def test_secrets_in_addresses_are_withheld() -> None:
    """A form sent by GET puts the password into the address; it goes no further than here."""
    url = "https://ann:pw@shop.example/in?email=a%40b&password=hunter22&next=%2F#access_token=abc"
    event = one(native(kind="navigation", url=url, page={"url": url}))
    assert b"hunter22" not in to_json(event)
    assert b"abc" not in to_json(event)
    assert b"ann:pw" not in to_json(event)
    assert event.page.url == "https://shop.example/in?email=a%40b&password=withheld&next=%2F#access_token=withheld"


def test_unknown_kinds_and_wrong_types_are_refused_by_field() -> None:
    """The reason names the field and not the value."""
    assert "not a kind that we know" in refusal(native(kind="s3cret"))
    assert "target" in refusal(native(target="s3cret"))
    assert "button" in refusal(native(button="s3cret"))
    assert "target" in refusal({**native(), "target": None})
    assert "s3cret" not in refusal(native(target={"candidates": [{"locator": {"by": "s3cret"}}]}))


def test_extra_fields_of_a_newer_writer_are_passed_over() -> None:
    """A newer producer's fields do no harm."""
    assert one(native(mood="good", target={"tag": "a", "mood": {"x": 1}})).kind == "click"
