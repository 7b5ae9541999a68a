"""PostHog's wire and Kafka formats, and its elements chain."""

import base64
import gzip
from typing import Any

import pytest
from intake_samples import as_json

from pipeline.intake import read_body, read_message
from pipeline.intake.formats.elements_chain import CHAIN_ELEMENTS_MAX, parse_chain
from pipeline.intake.rrweb.recordings import resolve
from schemas.elements import ByAttribute, ByPath, ByTestId
from schemas.events import Click, Effect, Event, Fill, Navigation, Opaque, Press, Select

FORM = 'form:attr__aria-label="Sign-up"attr__id="signup"attr_id="signup"nth-child="1"nth-of-type="1"'
BODY = 'body:nth-child="2"nth-of-type="1"'


def posthog(
    event: str, uuid: str = "01a2-1", timestamp: str | None = "2026-11-22T21:20:27.412Z", **props: Any
) -> dict[str, Any]:
    raw = {
        "uuid": uuid,
        "event": event,
        "properties": {
            "$current_url": "http://127.0.0.1:8190/",
            "$host": "127.0.0.1:8190",
            "$session_id": "s1",
            "$window_id": "w1",
            "distinct_id": "u1",
            "$viewport_width": 1280,
            "$viewport_height": 720,
            "token": "phc_test",
        }
        | props,
    }
    return raw | ({"timestamp": timestamp} if timestamp else {})


def auto(what: str, chain: str, uuid: str = "01a2-1", **more: Any) -> dict[str, Any]:
    return posthog("$autocapture", uuid, **{"$event_type": what, "$elements_chain": chain, **more})


def batch(*events: dict[str, Any]) -> bytes:
    return as_json({"api_key": "phc_test", "batch": list(events), "sent_at": "2026-11-22T21:20:30.000Z"})


def one(raw: dict[str, Any]) -> Event:
    got = read_body(batch(raw))
    assert not got.refused
    return got.events[0]


def test_a_chain_is_read_with_quotes_classes_and_places() -> None:
    """Escaped quotes, classes with colons, sorted attributes without anything between them."""
    chain = (
        'button.btn.hover:bg-red.w-1/2:attr__class="btn"attr__data-testid="save"attr__id="s"attr_id="s"'
        'nth-child="1"nth-of-type="2"text="Say \\"hi\\"; now";div;span.x:;body'
    )
    leaf, *above = parse_chain(chain)
    assert (leaf.tag, leaf.text, leaf.nth_of_type) == ("button", 'Say "hi"; now', 2)
    assert leaf.attributes["data-testid"] == "save"
    assert [one.tag for one in above] == ["div", "span", "body"]


def test_a_chain_that_breaks_off_gives_what_was_read() -> None:
    """No exception and no endless work for what is no chain."""
    assert parse_chain("") == ()
    assert [one.tag for one in parse_chain('button:text="a";div:attr__id="x')] == ["button", "div"]
    assert len(parse_chain("div;" * 1_000)) == CHAIN_ELEMENTS_MAX
    for hostile in (
        '"' * 10_000,
        ':a="' * 5_000,
        "a" * 200_000,
        'x:a="\\' * 5_000,
        ";" * 5_000,
        'a:b="c' + "\\" * 9_999,
    ):
        parse_chain(hostile)


def test_a_click_is_on_the_button_around_the_icon() -> None:
    """The nearest thing that one clicks on purpose, with its test id, ancestors and the way down."""
    icon = 'svg:nth-child="1"nth-of-type="1"'
    button = 'button:attr__data-testid="save"nth-child="2"nth-of-type="1"text="Save"'
    chain = f"{icon};{button};{FORM};{BODY}"
    event = one(auto("click", chain))
    assert isinstance(event, Click)
    assert (event.target.tag, event.target.name, event.target.test_id) == ("button", "Save", "save")
    ways = [way.locator for way in event.target.candidates]
    assert isinstance(ways[0], ByTestId)
    assert isinstance(ways[-1], ByPath)
    assert [step.tag for step in ways[-1].steps] == ["body", "form", "button"]
    assert event.target.ancestors[0].name == "Sign-up"
    assert (event.tab_id, event.user_id, event.page.width_px, event.source) == ("w1", "u1", 1280, "posthog")


def test_elements_are_read_where_there_is_no_chain() -> None:
    """The older list of elements says the same."""
    elements = [
        {"tag_name": "A", "$el_text": "Help", "attr__href": "/help", "classes": ["nav"], "nth_of_type": 1},
        {"tag_name": "body", "nth_of_type": 1},
    ]
    event = one(posthog("$autocapture", **{"$event_type": "click", "$elements": elements}))
    assert isinstance(event, Click)
    assert (event.target.role, event.target.name, event.target.classes) == ("link", "Help", ("nav",))
    assert ByAttribute(tag="a", attribute="href", value="/help") in [way.locator for way in event.target.candidates]


def test_changes_tell_no_values() -> None:
    """A field's value stays withheld, a password is known for one, a select's option is not known; each is said."""
    raws = [
        auto("change", f'input:attr__name="city"nth-child="1"nth-of-type="1";label:text="Town";{BODY}', "01"),
        auto("change", f'input:attr__name="password"nth-child="1"nth-of-type="1";{BODY}', "02"),
        auto("change", f'select:attr__name="country"nth-child="1"nth-of-type="1";{BODY}', "03"),
        auto("change", f'input:attr__type="checkbox"nth-child="1"nth-of-type="1";{BODY}', "04"),
    ]
    town, password, country, box = read_body(batch(*raws)).events
    assert isinstance(town, Fill)
    assert (town.value.secret, town.target.label) == ("masked", "Town")
    assert isinstance(password, Fill)
    assert password.value.secret == "password"
    assert isinstance(country, Select)
    assert country.options == ()
    assert isinstance(box, Opaque)
    resolved, notes = resolve((town, password, country, box))
    assert country not in resolved
    assert notes == (
        "What was typed into “Town” was not recorded.",
        "What was chosen in “country” was not recorded; the step is left out.",
    )


def test_a_form_is_sent_by_its_button_or_by_the_enter_key() -> None:
    """A submission after a click on the button is the same step; without one it was Enter in the last field."""
    fill = auto("change", f'input:attr__name="q"nth-child="1"nth-of-type="1";{FORM};{BODY}', "01")
    click = auto("click", f'button:nth-child="2"nth-of-type="1"text="Go";{FORM};{BODY}', "02")
    submit = auto("submit", f"{FORM};{BODY}", "03")
    clicked, _ = resolve(read_body(batch(fill, click, submit)).events)
    assert [event.kind for event in clicked] == ["fill", "click"]
    entered, _ = resolve(read_body(batch(fill, submit)).events)
    assert isinstance(entered[1], Press)
    assert (entered[1].key, entered[1].target.name_attribute) == ("Enter", "q")


def test_a_page_view_is_a_navigation_and_what_the_page_showed() -> None:
    """Two events: where the browser went, and the title that it found there; tied to the click before it."""
    view = posthog(
        "$pageview", "02", "2026-11-22T21:20:28.000Z", title="Help", **{"$referrer": "http://127.0.0.1:8190/"}
    )
    view["properties"]["$current_url"] = "http://127.0.0.1:8190/help"
    click = auto("click", f'a:attr__href="/help"nth-child="1"nth-of-type="1"text="Help";{BODY}', "01")
    events, _ = resolve(read_body(batch(click, view)).events)
    _, went, shown = events
    assert isinstance(went, Navigation)
    assert isinstance(shown, Effect)
    assert (went.url, went.how, went.cause, went.page.url) == (
        "http://127.0.0.1:8190/help",
        "load",
        "01",
        "http://127.0.0.1:8190/",
    )
    assert (shown.after.title, shown.cause) == ("Help", "01")
    spa = one(posthog("$pageview", navigation_type="pushState"))
    assert isinstance(spa, Navigation)
    assert spa.how == "spa"


def test_everything_else_is_opaque() -> None:
    """Page leaves, rage clicks and custom events are kept and are no steps."""
    for name in ("$pageleave", "$rageclick", "plan upgraded", "$identify"):
        event = one(posthog(name))
        assert isinstance(event, Opaque)
        assert event.name == name


def test_a_wire_body_may_be_a_batch_a_list_or_one_event() -> None:
    """As JSON, as gzip that names itself in no header, and as a form of base64."""
    raw = auto("click", f"button;{BODY}")
    expected = read_body(batch(raw)).events
    assert read_body(as_json([raw])).events == expected
    assert read_body(as_json(raw)).events == expected
    assert read_body(gzip.compress(batch(raw)), content_type="text/plain").events == expected
    form = b"data=" + base64.b64encode(batch(raw)).replace(b"+", b"%2B").replace(b"=", b"%3D")
    got = read_body(form, content_type="application/x-www-form-urlencoded", query={"compression": "base64"})
    assert got.events == expected


def test_an_offset_counts_back_from_the_sending() -> None:
    """Queued events carry how long ago they were instead of when; the sending's time is in the body or the query."""
    raw = posthog("$pageleave", timestamp=None) | {"offset": 1_500}
    assert one(raw).at_ms == 1_795_382_428_500
    assert read_body(as_json([raw]), query={"_": "1795382430000"}).events[0].at_ms == 1_795_382_428_500
    raw["properties"]["$time"] = 1795382400.25
    assert read_body(as_json([raw])).events[0].at_ms == 1_795_382_400_250


def test_posthogs_own_kafka_record_is_read() -> None:
    """The event lies as JSON text in `data`; what it lacks stands around it."""
    raw = posthog("$pageleave")
    inner = {key: value for key, value in raw.items() if key != "uuid"}
    record = {
        "uuid": raw["uuid"],
        "distinct_id": "u1",
        "ip": "127.0.0.1",
        "data": as_json(inner).decode(),
        "now": "2026-11-22T21:20:31Z",
        "token": "phc_test",
    }
    assert read_message(as_json(record)).events == read_body(as_json(raw)).events
    broken = read_message(as_json(record | {"data": "{"}))
    assert "data" in broken.refused[0].error


@pytest.mark.parametrize("field", ["$session_id"])
def test_an_event_without_a_session_is_refused(field: str) -> None:
    """Nobody's event can't be put anywhere."""
    raw = posthog("$pageleave")
    del raw["properties"][field]
    got = read_body(batch(raw, posthog("$pageleave")))
    assert len(got.events) == 1
    assert "session_id" in got.refused[0].error
