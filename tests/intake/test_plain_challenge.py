"""Events of the challenge format in their described shape are decoded by type; what comes of it is what the slow way
makes of the same bytes. HTTP bodies always take the slow way."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake import BadInput, plain_events, read_body, read_message
from pipeline.intake.formats import plain_challenge
from pipeline.intake.formats.plain_challenge import ATTRIBUTES_MAX, FIELDS_MAX
from pipeline.windowing.events import light
from schemas.limits import ID_CHARS_MAX, TEXT_CHARS_MAX

ATTRIBUTES = {"id": "pay", "class": "btn btn-primary"}
HEADERS = {"content-type": b"application/x-www-form-urlencoded"}


def record(event: str = "$click", **properties: Any) -> dict[str, Any]:
    said = {"distinct_id": "u", "session_id": "s", "journey_id": "j", "$current_url": "https://shop.test/cart",
            "$host": "shop.test", "$pathname": "/cart", "$browser": "Chrome", "eventType": event.strip("$"),
            "elementType": "button", "elementText": "Pay", "elementAttributes": ATTRIBUTES,
            "timestamp": "2024-10-10T22:53:05.563Z", "x": 1, "y": 2}  # fmt: skip
    said |= properties
    return {
        "uuid": "1",
        "event": event,
        "properties": {name: value for name, value in said.items() if value is not None},
        "timestamp": "2024-10-10T22:53:05.563Z",
    }


def outcome(read: Any, raw: bytes) -> Any:
    """The events with their JSON, or why there are none."""
    try:
        found = read(raw)
    except BadInput as error:
        return str(error)
    return found, [light(event) for event in found.events]


def same_as_slowly(*records: Any) -> bool:
    raw = orjson.dumps({"events": list(records)})
    return bool(outcome(read_message, raw) == outcome(read_body, raw))


TEXTS = st.sampled_from(
    ["", "Pay", "false", "  Name: ", "4111 1111 1111 1111", "\u200bx", "x" * TEXT_CHARS_MAX]
) | st.text(max_size=12)


@given(
    st.builds(
        record,
        st.sampled_from(
            ["$click", "click", "$input", "change", "$navigation", "$journey_end", "keydown", "$pageview", ""]
        ),
        elementType=st.sampled_from(["button", "a", "input", "select", "document", "DIV", " A ", "", "textarea", None]),
        elementText=TEXTS,
        elementAttributes=st.dictionaries(
            st.sampled_from(["id", "class", "type", "value", "href", "name", "placeholder", "tag", "role", "checked"]),
            TEXTS | st.sampled_from(["password", "checkbox", "#pay", "/next?token=abc"]),
            max_size=4,
        ),
        **{"$current_url": st.sampled_from(["", "https://shop.test/?token=abc", "odd"]) | st.text(max_size=9)},
        **{"$host": st.sampled_from(["", "Shop.test"]), "$pathname": st.sampled_from(["", "/cart", None])},
    )
)
def test_any_record_is_read_as_slowly(told: dict[str, Any]) -> None:
    """Records of frequent kinds and of others, with any texts, are the same by both ways."""
    assert same_as_slowly(told)
    assert same_as_slowly(told, record())


ODD: dict[str, dict[str, Any]] = {
    "a name in another style": {"sessionId": "x"},
    "a value of its own": {"value": "7"},
    "a modifier": {"ctrlKey": True},
    "a number as an id": {"session_id": 7},
    "no session": {"session_id": None},
    "a long id": {"journey_id": "j" * (ID_CHARS_MAX + 1)},
    "an id of the bound": {"journey_id": "j" * ID_CHARS_MAX},
    "a long text": {"elementText": "x" * (TEXT_CHARS_MAX + 1)},
    "attributes of other types": {"elementAttributes": {"id": 7}},
    "as many attributes as the bound": {"elementAttributes": {f"a{n}": "x" for n in range(ATTRIBUTES_MAX)}},
    "more attributes": {"elementAttributes": {f"a{n}": "x" for n in range(ATTRIBUTES_MAX + 1)}},
    "a large number": {"x": 2**40},
    "a fraction": {"x": 1.5},
    "an app": {"app": "shop"},
    "PostHog's session": {"$session_id": "p"},
    "a place": {"seq": 3},
    "a tab": {"tab_id": "t"},
    "a traffic": {"traffic": "test"},
    "a viewport": {"$viewport_width": 100},
    "NUL": {"elementText": "a\0b"},
    "nothing": {"elementText": [None]},
}
TAKEN = {"an id of the bound", "as many attributes as the bound"}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_said_in_another_way_goes_the_slow_way(odd: str) -> None:
    """Whatever the described shape doesn't have is read by the slow way, alone and beside others."""
    told = record(**ODD[odd])
    assert (plain_events(orjson.dumps({"events": [told]}), 1) is not None) == (odd in TAKEN)
    assert same_as_slowly(told)
    assert same_as_slowly(record(), told)


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "soon",
        "1728600785",
        "1950-01-01T00:00:00Z",
        "2024-10-10T22:53:05",
        0,
        1728600785,
        1728600785563,
        2**53,
        2**53 + 1,
        2**70,
        -1,
        1.5,
        True,
    ],
)
def test_times_are_read_as_slowly(moment: object) -> None:
    """A time that is none is refused by the slow way, in its words."""
    raw = json.dumps({"events": [record() | {"timestamp": moment}]}).encode()
    assert outcome(read_message, raw) == outcome(read_body, raw)


def test_one_event_alone_and_other_wrappings() -> None:
    """A record without a list is read by type too; a form, a space and half a document are not."""
    raw = orjson.dumps(record())
    assert plain_events(raw, 1) is not None
    assert read_message(raw) == read_body(raw)
    assert plain_events(b" " + raw, 1) is None
    assert plain_events(raw[:-1], 1) is None
    many = orjson.dumps({"events": [record(), record()]})
    assert plain_events(many, 2) is not None
    assert plain_events(many, 1) is None
    form = orjson.dumps({"events": [record(elementText="data=x")]})
    with pytest.raises(BadInput):
        read_message(form, HEADERS)


def test_a_field_is_made_once_within_the_bound() -> None:
    """The same field is the same object until FIELDS_MAX other ones came, whatever is typed into it."""

    def field(name: str, typed: str) -> Any:
        told = record("$input", elementType="input", elementText=typed, elementAttributes={"id": name})
        (event,) = read_message(orjson.dumps(told)).events
        return event.target

    plain_challenge._bare.cache_clear()
    first = field("first", "a")
    assert field("first", "b") is first
    for number in range(FIELDS_MAX - 1):
        field(f"f{number}", "x")
    assert field("first", "c") is first
    for number in range(FIELDS_MAX):
        field(f"g{number}", "x")
    again = field("first", "d")
    assert again is not first
    assert again == first


@pytest.mark.parametrize("begin", ['{"events": ', '{"events":[{"uuid":"1","more":', '{"uuid":"1","more":'])
def test_lists_within_lists_go_the_slow_way(begin: str) -> None:
    """However deep: the refusal is a bad input, not a fault of ours."""
    raw = (begin + "[" * 5_000 + "]" * 5_000).encode()
    assert plain_events(raw, 10) is None
    with pytest.raises(BadInput, match="nested deeper"):
        read_message(raw)
