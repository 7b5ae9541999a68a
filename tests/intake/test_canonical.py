"""Messages as our own codec prints them are read by type and by parts that are known; what comes of it is what the slow
way makes of the same bytes. HTTP bodies always take the slow way."""

from collections.abc import Callable

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.flows.synthetic import traffic
from pipeline.intake import read_body, read_message
from pipeline.intake.formats import canonical
from pipeline.intake.formats.canonical import PART_BYTES_MAX, PARTS_BYTES_MAX, Parts, canonical_event, canonical_events
from pipeline.windowing.events import light
from schemas import codecs
from schemas.codecs import PRINTED_BYTES_MAX, PrintedValues, dump, to_json
from schemas.elements import Element
from schemas.events import Click, Event, Fill, Navigation, Page, Typed
from schemas.limits import TEXT_CHARS_MAX
from schemas.messages import messages_of
from tests.stories.test_any_events import EVENTS

COMMON = {"app": "shop", "session_id": "s", "journey_id": "j", "at_ms": 1, "page": Page(url="https://shop.test/")}
BUTTON = Element(tag="button", role="button", name="Pay")


def click(name: str = "Pay", event_id: str = "1") -> Click:
    return Click(id=event_id, target=Element(tag="button", role="button", name=name), **COMMON)


def bodies(raw: bytes) -> list[bytes]:
    """The canonical JSON of what a message gives."""
    intake = read_message(raw)
    return [light(event, intake.printed.get(id(event))).body for event in intake.events]


def same_as_slowly(raw: bytes) -> bool:
    slow = read_body(raw)
    return read_message(raw) == slow and bodies(raw) == [to_json(event) for event in slow.events]


@given(st.lists(EVENTS, min_size=1, max_size=4))
def test_any_events_are_read_as_slowly(events: list[Event]) -> None:
    """Events of all kinds, as we print them, are the same by both ways, and are printed the same."""
    for message in messages_of(events):
        assert same_as_slowly(message.value)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "a space": lambda raw: raw.replace(b'"kind"', b' "kind"'),
    "a number as a float": lambda raw: raw.replace(b'"at_ms":1', b'"at_ms":1.0'),
    "a default that is said": lambda raw: raw.replace(b'"at_ms":1', b'"tab_id":"","at_ms":1'),
    "nothing": lambda raw: raw.replace(b'"at_ms":1', b'"user_id":null,"at_ms":1'),
    "twice": lambda raw: raw.replace(b'"at_ms":1', b'"at_ms":7,"at_ms":1'),
    "another order": lambda raw: raw.replace(b'"v":1,"id":"1"', b'"id":"1","v":1'),
    "a field that nobody knows": lambda raw: raw.replace(b'"at_ms":1', b'"event":"x","at_ms":1'),
    "one in an element": lambda raw: raw.replace(b'"name":"Pay"', b'"name":"Pay","odd":1'),
    "a space in an element": lambda raw: raw.replace(b'"name":"Pay"', b'"name": "Pay"'),
    "a long name": lambda raw: raw.replace(b'"Pay"', b'"' + b"x" * (TEXT_CHARS_MAX + 1) + b'"'),
    "a long word in the envelope": lambda raw: raw.replace(b'"j"', b'"' + b"j" * (TEXT_CHARS_MAX + 1) + b'"'),
    "no id": lambda raw: raw.replace(b'"id":"1"', b'"id":""'),
    "NUL": lambda raw: raw.replace(b"Pay", b"\\u0000"),
    "half a character": lambda raw: raw.replace(b"Pay", b"\\ud800"),
    "no UTF-8": lambda raw: raw.replace(b"Pay", b"\xff"),
    "an escape": lambda raw: raw.replace(b"Pay", b"\\u0050ay"),
    "another version": lambda raw: raw.replace(b'"v":1', b'"v":2'),
    "another kind": lambda raw: raw.replace(b'"kind":"click"', b'"kind":"odd"'),
    "beyond a bound": lambda raw: raw.replace(b'"at_ms":1', b'"at_ms":1,"seq":-1'),
    "a secret in the address": lambda raw: raw.replace(b"shop.test/", b"shop.test/?token=abc"),
    "an end that is missing": lambda raw: raw[:-1],
    "gzip or base64 by name": lambda raw: b"data=" + raw,
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_what_we_would_print_otherwise_goes_the_slow_way(spoiled: str) -> None:
    """What isn't canonical, or what the slow way would change, is never taken as it is."""
    good = messages_of([click()])[0].value
    raw = SPOILED[spoiled](good)
    assert raw != good
    assert canonical_events(good, 1) is not None
    assert canonical_events(raw, 1) is None
    try:
        expected = read_body(raw)
    except ValueError as error:
        with pytest.raises(type(error)):
            read_message(raw)
    else:
        assert read_message(raw) == expected


def test_secrets_leave_a_canonical_event_too() -> None:
    """A card's number that was typed, and a password by the field's name, are withheld as in the slow way."""
    for target, text in ((Element(tag="input", name="Note"), "4111 1111 1111 1111"),
                         (Element(tag="input", type="password"), "hunter2")):  # fmt: skip
        raw = messages_of([Fill(id="1", target=target, value=Typed(text=text), **COMMON)])[0].value
        assert text.encode() in raw
        assert text.encode() not in bodies(raw)[0]
        assert same_as_slowly(raw)


def test_an_address_with_a_secret_goes_the_slow_way() -> None:
    """The address that a navigation led to is cleaned."""
    raw = messages_of([Navigation(id="1", url="https://shop.test/?token=abc", **COMMON)])[0].value
    assert canonical_events(raw, 1) is None
    assert b"abc" not in bodies(raw)[0]


def test_a_message_has_no_more_events_than_its_bound() -> None:
    """At the bound it is read by type, one beyond it goes the slow way, which refuses it."""
    raw = messages_of([click(event_id="1"), click(event_id="2")])[0].value
    assert canonical_events(raw, 2) is not None
    assert canonical_events(raw, 1) is None


def test_an_element_that_came_before_is_the_same_object() -> None:
    """Two sessions' clicks on one button share it, the page too; another button is another object."""
    first, second, other = (canonical_event(to_json(click(name, name))) for name in ("Pay", "Pay", "Cancel"))
    assert isinstance(first, Click)
    assert isinstance(second, Click)
    assert isinstance(other, Click)
    assert first.target is second.target
    assert first.page is other.page
    assert first.target != other.target


def test_parts_are_kept_within_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are read once until twice PARTS_BYTES_MAX of other ones came; a longer one than PART_BYTES_MAX is read each
    time."""
    read: list[bytes] = []
    real = canonical._part
    monkeypatch.setattr(canonical, "_part", lambda name, kind, raw: read.append(raw) or real(name, kind, raw))
    parts = Parts("page", Page)

    def page(title: str, size: int) -> bytes:
        start = to_json(Page(url="", title=title))
        url = "https://shop.test/" + "x" * 4000
        return start if size < len(start) else to_json(Page(url=url[: size - len(start) - 9], title=title))

    first = page("first", 1000)
    parts.read(first)
    parts.read(first)
    assert len(read) == 1
    per_half = -(-PARTS_BYTES_MAX // 1000)
    for number in range(2 * per_half + 2):
        parts.read(page(f"p{number:04}", 1000))
    parts.read(first)
    assert read.count(first) == 2
    elements = Parts("target", Element)
    for size, times in ((PART_BYTES_MAX, 1), (PART_BYTES_MAX + 1, 2)):
        bare = len(to_json(_long_element(0)))
        raw = to_json(_long_element(size - bare))
        assert len(raw) == size
        read.clear()
        elements.read(raw)
        elements.read(raw)
        assert len(read) == times


def _long_element(chars: int) -> Element:
    """An element whose JSON is longer by `chars` than with 0 of them."""
    classes = [f"{number:02}" + "x" * 195 for number in range(20)]
    address = "https://shop.test/"
    texts = {"title": "t" * 190, "alt": "a" * 190, "label": "l" * 190} if chars else {}
    known = Element(tag="a", classes=tuple(classes[: chars // 200]), href=address, **texts)
    missing = chars - (len(to_json(known)) - len(to_json(Element(tag="a", href=address))))
    return known.model_copy(update={"href": address + "z" * missing})


def test_the_print_of_elements_is_kept_within_its_bound() -> None:
    """An element's JSON is made once until twice as much came as the bound says; an equal element is another one, and
    one that was asked for meanwhile stays."""
    kept = PrintedValues(100, dump)
    asked, forgotten = Element(name="a"), Element(name="b")
    fragment, other = kept.of(asked), kept.of(forgotten)
    assert kept.of(asked) is fragment
    assert kept.of(Element(name="a")) is not fragment
    for number in range(30):
        kept.of(Element(name=f"{number:02}"))
        assert kept.of(asked) is fragment
    assert kept.of(forgotten) is not other


def test_the_elements_of_this_process_are_kept_up_to_the_bound_and_twice_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At PRINTED_BYTES_MAX: what has so many bytes of JSON is at hand together; once twice as many came, and one
    element more, it is printed anew."""
    monkeypatch.setattr(codecs, "PRINTED", PrintedValues(PRINTED_BYTES_MAX, dump))
    size = len(to_json(_long_element(4_000)))
    count = PRINTED_BYTES_MAX // size
    first, *others = [_long_element(4_000) for _ in range(count)]
    fragment = codecs.PRINTED.of(first)
    for one in others:
        codecs.PRINTED.of(one)
    assert codecs.PRINTED.of(first) is fragment
    forgotten = codecs.PRINTED.of(others[0])
    for _ in range(2 * (count + 2)):
        codecs.PRINTED.of(_long_element(4_000))
    assert codecs.PRINTED.of(others[0]) is not forgotten


def test_all_characters_are_printed_alike_by_both_codecs() -> None:
    """The envelope is compared with what msgspec prints, the rest with what orjson does: they escape alike."""
    text = "".join(chr(number) for number in range(0x3000) if not 0xD800 <= number < 0xE000)
    assert msgspec.json.encode(text) == orjson.dumps(text)


def test_made_up_traffic_is_read_as_slowly() -> None:
    """Sessions as a recorder sends them, of which many have elements in common, all go the quick way."""
    for _, window in traffic(40, 1):
        for message in messages_of(window.events):
            assert canonical_events(message.value, len(window.events)) is not None
            assert same_as_slowly(message.value)
