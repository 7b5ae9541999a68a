"""Recordings: pruned at intake, resolved to actions per window."""

import gzip
import random
import time
from typing import Any

from intake_samples import as_json
from test_intake_posthog import BODY, auto, batch, posthog

from pipeline.intake import read_body
from pipeline.intake.rrweb.chunks import CHUNK_CHARS_MAX, FullEntry, chunks, unpacked
from pipeline.intake.rrweb.recordings import resolve
from schemas import limits
from schemas.codecs import BadInput, to_json
from schemas.elements import ById, ByLabel, ByRole
from schemas.events import EVENT, Check, Click, Effect, Event, Fill, Navigation, Recording, Select

T = 1_795_382_427_000
_ids = iter(range(1_000_000, 2_000_000))


def el(number: int, tag: str, *children: Any, **attributes: Any) -> dict[str, Any]:
    kids = [{"type": 3, "id": next(_ids), "textContent": kid} if isinstance(kid, str) else kid for kid in children]
    named = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
    return {"type": 2, "id": number, "tagName": tag, "attributes": named, "childNodes": kids}


def full(at: int, *body: Any, title: str = "Sign up") -> dict[str, Any]:
    html = el(2, "html", el(3, "head", el(4, "title", title)), el(5, "body", *body))
    return {"type": 2, "timestamp": T + at, "data": {"node": {"type": 0, "id": 1, "childNodes": [html]}}}


def meta(at: int, url: str = "http://127.0.0.1:8190/") -> dict[str, Any]:
    return {"type": 4, "timestamp": T + at, "data": {"href": url, "width": 1280, "height": 720}}


def mouse(at: int, node: int, what: int = 2) -> dict[str, Any]:
    return {"type": 3, "timestamp": T + at, "data": {"source": 2, "type": what, "id": node}}


def typed(at: int, node: int, text: str, checked: bool = False) -> dict[str, Any]:
    return {"type": 3, "timestamp": T + at, "data": {"source": 5, "id": node, "text": text, "isChecked": checked}}


def mutation(at: int, **data: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"texts": [], "attributes": [], "removes": [], "adds": []}
    return {"type": 3, "timestamp": T + at, "data": {"source": 0} | empty | data}


def snapshot(*recorded: dict[str, Any], uuid: str = "01a2-r") -> dict[str, Any]:
    raw = posthog("$snapshot", uuid, "2026-11-22T21:20:29Z", **{"$snapshot_data": list(recorded)})
    del raw["properties"]["$current_url"], raw["properties"]["$host"]
    raw["properties"]["$snapshot_host"] = "127.0.0.1"
    return raw


def events_of(*raws: dict[str, Any]) -> tuple[Event, ...]:
    got = read_body(batch(*raws))
    assert not got.refused
    return tuple(sorted(got.events, key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id)))


FORM = el(
    10,
    "form",
    el(11, "label", "E-mail", for_="email"),
    el(12, "input", id="email", name="email"),
    el(13, "label", "Password ", el(14, "input", type="password", name="password")),
    el(15, "select", el(16, "option", "France", value="fr"), el(17, "option", "Spain", value="es"), id="country"),
    el(18, "label", el(19, "input", type="checkbox", name="tos"), " I accept"),
    el(20, "button", el(21, "b", "Create"), " account"),
)


def test_a_recording_alone_gives_values_elements_and_effects() -> None:
    """Typing is coalesced, a label's click is the checkbox's, options have labels, counts are measured."""
    pressed = {"parentId": 5, "nextId": None, "node": el(40, "div", "Welcome, Ada", role="status")}
    (recording,) = events_of(
        snapshot(
            meta(0), full(10, el(6, "h1", "Sign up"), FORM),
            mouse(100, 12), mouse(101, 12, 5), typed(110, 12, "a"), typed(120, 12, "ad"), typed(130, 12, "ada"),
            mouse(140, 12, 6), mouse(141, 15, 5), typed(150, 15, "es"),
            mouse(160, 18), mouse(161, 19), typed(162, 19, "on", True),
            mouse(200, 21), mutation(210, adds=[pressed]),
        )
    )  # fmt: skip
    assert isinstance(recording, Recording)
    events, notes = resolve((recording,))
    assert notes == ()
    assert [event.kind for event in events] == [
        "navigation", "effect", "click", "fill", "select", "check", "click", "effect",
    ]  # fmt: skip
    went, shown, _, fill, select, check, click, after = events
    assert isinstance(went, Navigation)
    assert went.url == "http://127.0.0.1:8190/"
    assert isinstance(shown, Effect)
    assert [change.element.name for change in shown.changes] == ["Sign up"]
    assert isinstance(fill, Fill)
    assert (fill.value.text, fill.target.label, fill.page.title) == ("ada", "E-mail", "Sign up")
    found = {way.locator.by: (way.count, way.index) for way in fill.target.candidates}
    assert found["label"] == found["id"] == found["role"] == (1, 0)
    assert isinstance(select, Select)
    assert (select.options[0].value, select.options[0].label) == ("es", "Spain")
    assert isinstance(check, Check)
    assert (check.checked, check.target.name) == (True, "I accept")
    assert isinstance(click, Click)
    assert (click.target.tag, click.target.name) == ("button", "Create account")
    assert isinstance(after, Effect)
    assert after.cause == click.id
    assert [change.element.text for change in after.changes] == ["Welcome, Ada"]


def test_autocapture_and_recording_become_one_action() -> None:
    """The recording's value and element under the autocaptured event's id; nothing is told twice."""
    events, notes = resolve(
        events_of(
            snapshot(meta(0), full(10, FORM), mouse(400, 12, 5), typed(410, 12, "ada"), mouse(500, 20)),
            auto(
                "change", f'input:attr__id="email"attr__name="email"attr_id="email"nth-of-type="1";{BODY}', "0-change"
            ),
            auto("click", f'button:nth-of-type="1"text="Create account";{BODY}', "1-click"),
        )
    )
    told = [(event.kind, event.id) for event in events if event.kind in ("fill", "click")]
    assert told == [("fill", "0-change"), ("click", "1-click")]
    assert notes == ()


def test_a_recorded_password_never_leaves() -> None:
    """Known for a password at intake it is dropped there; told in a later stretch, it is dropped when resolved."""
    page = snapshot(meta(0), full(10, FORM), mouse(20, 14, 5), typed(30, 14, "hunter2"), uuid="01")
    later = snapshot(typed(40, 14, "hunter22"), uuid="02")
    first, second = events_of(page, later)
    assert isinstance(first, Recording)
    assert "hunter2" not in str(unpacked(first.chunk))
    events, _ = resolve((first, second))
    fill = next(event for event in events if isinstance(event, Fill))
    assert (fill.value.secret, fill.value.text) == ("password", "")
    assert not any(b"hunter2" in to_json(event) for event in events)


def test_what_the_page_types_is_no_step() -> None:
    """An input in a field without the focus, and a radio button that another switched off, are the page's doing."""
    events, _ = resolve(events_of(snapshot(meta(0), full(10, FORM), typed(20, 12, "auto"), typed(30, 19, "on", True))))
    assert [event.kind for event in events] == ["navigation", "effect"]


def test_a_double_click_is_one_step() -> None:
    """Two clicks and the double click that they make."""
    events, _ = resolve(events_of(snapshot(meta(0), full(10, FORM), mouse(20, 20), mouse(90, 20), mouse(91, 20, 4))))
    (click,) = [event for event in events if isinstance(event, Click)]
    assert click.clicks == 2


def test_names_that_repeat_are_counted() -> None:
    """A locator's count and the element's place are those of the page at that moment, hidden ones left out by role."""
    rows = [el(50 + n, "li", f"Item {n}", el(60 + n, "button", "Remove")) for n in range(3)]
    hidden = el(70, "div", el(71, "button", "Remove"), style="display: none")
    gone = mutation(20, removes=[{"parentId": 49, "id": 50}])
    events, _ = resolve(events_of(snapshot(meta(0), full(10, hidden, el(49, "ul", *rows)), gone, mouse(30, 62))))
    click = next(event for event in events if isinstance(event, Click))
    (way,) = [way for way in click.target.candidates if isinstance(way.locator, ByRole)]
    assert (way.locator.name, way.count, way.index) == ("Remove", 2, 1)


def test_elements_in_frames_name_their_frames() -> None:
    """A click inside an iframe is found through the iframe."""
    inside = {"type": 0, "id": 80, "childNodes": [el(81, "html", el(82, "body", el(83, "button", "Pay", id="pay")))]}
    attach = mutation(20, adds=[{"parentId": 30, "nextId": None, "node": inside}])
    events, _ = resolve(
        events_of(
            snapshot(meta(0), full(10, el(30, "iframe", id="shop"), el(31, "i", id="pay")), attach, mouse(30, 83))
        )
    )
    click = next(event for event in events if isinstance(event, Click))
    assert [way.locator for way in click.target.frames[0] if isinstance(way.locator, ById)] == [ById(value="shop")]
    assert {way.count for way in click.target.candidates if isinstance(way.locator, ById)} == {1}


def test_labels_are_found_both_ways() -> None:
    """By `for`, and around the field."""
    events, _ = resolve(events_of(snapshot(meta(0), full(10, FORM), mouse(20, 12), mouse(30, 14))))
    labels = [
        way.locator.value
        for event in events
        if isinstance(event, Click)
        for way in event.target.candidates
        if isinstance(way.locator, ByLabel)
    ]
    assert labels == ["E-mail", "Password"]


def test_compressed_parts_are_opened() -> None:
    """posthog-js sends pages and mutations as gzip in a text of bytes, with NULs that must survive the reading."""
    page = full(10, FORM)
    page["data"] = gzip.compress(as_json(page["data"])).decode("latin-1")
    change = mutation(
        20, adds=gzip.compress(as_json([{"parentId": 5, "node": el(90, "a", "More", href="/m")}])).decode("latin-1")
    )
    events, _ = resolve(events_of(snapshot(meta(0), page, change, mouse(30, 90))))
    click = next(event for event in events if isinstance(event, Click))
    assert (click.target.role, click.target.name) == ("link", "More")


def test_a_recording_that_bursts_is_refused() -> None:
    """A compressed part beyond the bound refuses its event; the one beside it is read."""
    page = full(10)
    page["data"] = gzip.compress(b"[" + b" " * 40_000_000 + b"]").decode("latin-1")
    got = read_body(batch(snapshot(page), posthog("$pageleave")))
    assert len(got.events) == 1
    assert "opens to far more bytes than were sent" in got.refused[0].error


def test_large_recordings_travel_in_events_of_bounded_size() -> None:
    """A page of thousands of nodes is cut into events within EVENT_BYTES_MAX, and reads back the same."""
    noise = random.Random(1)
    words = ["".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=90)) for _ in range(6_000)]
    pages = [
        full(n, *[el(n * 10_000 + i + 100, "p", word) for i, word in enumerate(words[n * 2_000 : n * 2_000 + 2_000])])
        for n in range(3)
    ]
    events = events_of(snapshot(meta(0), *pages))
    assert len(events) > 1
    assert all(len(to_json(event)) <= limits.EVENT_BYTES_MAX for event in events)
    assert len({event.id for event in events}) == len(events)
    entries = [entry for event in events if isinstance(event, Recording) for entry in unpacked(event.chunk)]
    assert sum(len(entry.nodes) for entry in entries if isinstance(entry, FullEntry)) > 12_000
    again = read_body(as_json([EVENT.dump_python(event, mode="json") for event in events]))
    assert again.events == events


def test_a_page_too_large_for_an_event_is_said() -> None:
    """It is left out with a note, and the rest goes on."""
    node = (1, -1, -1, "p", {"id": "x"}, "")
    noise = random.Random(1)
    huge = FullEntry(
        at_ms=1, nodes=tuple((n, 1, -1, "p", {"id": f"{noise.getrandbits(1600):x}"}, "") for n in range(1, 1_000))
    )
    (chunk,) = chunks([huge])
    assert chunk.text == ""
    assert "too large" in chunk.left_out
    (small,) = chunks([FullEntry(at_ms=1, nodes=(node,))])
    assert 0 < len(small.text) <= CHUNK_CHARS_MAX
    (event,) = events_of(snapshot(meta(0)))
    _, notes = resolve((event.model_copy(update={"left_out": chunk.left_out}),))
    assert notes == ("The recording lacks a page that was too large to be kept.",)


def test_a_chunk_from_nowhere_becomes_a_note() -> None:
    """Anybody may send an event with any chunk: it never stops a story."""
    (event,) = events_of(snapshot(meta(0)))
    for chunk in ("x", "AAAA", "eJwDAAAAAAE=", "eJyLjgUAARUAuQ=="):
        _, notes = resolve((event.model_copy(update={"chunk": chunk}),))
        assert len(notes) <= 1
        try:
            unpacked(chunk)
        except BadInput:
            assert notes == ("A stretch of the session's recording could not be read.",)


def test_a_plain_rrweb_recording_is_a_session_of_its_own() -> None:
    """A list of rrweb events names no session: its first event names it."""
    got = read_body(as_json([meta(0), full(10, FORM), mouse(20, 20)]))
    (event,) = got.events
    assert event.session_id.startswith("rrweb-")
    assert event.app == "127.0.0.1:8190"
    events, _ = resolve(got.events)
    assert [one.kind for one in events] == ["navigation", "effect", "click"]


def test_what_was_typed_and_is_shown_afterwards_is_an_effect() -> None:
    """The new item in the list, by its text; what stood there before it was typed proves nothing."""
    page = full(10, el(30, "p", "Buy milk or bread"), el(31, "input", id="new"), el(32, "button", "Add"), el(33, "ul"))
    item = mutation(60, adds=[{"parentId": 33, "nextId": None, "node": el(40, "li", el(41, "span", "Buy bread"))}])
    events, _ = resolve(
        events_of(snapshot(meta(0), page, mouse(20, 31, 5), typed(30, 31, "Buy bread"), mouse(50, 32), item))
    )
    effect = events[-1]
    assert isinstance(effect, Effect)
    assert [(change.change, change.element.text) for change in effect.changes] == [("appeared", "Buy bread")]
    again, _ = resolve(events_of(snapshot(meta(0), page, mouse(20, 31, 5), typed(30, 31, "milk"), mouse(50, 32))))
    assert not any(isinstance(event, Effect) and event.cause for event in again)


def test_a_deep_page_is_read() -> None:
    """Pages are deeper than other bodies may be."""
    node = el(500, "button", "Deep")
    for number in range(499, 350, -1):
        node = el(number, "div", node)
    events, _ = resolve(events_of(snapshot(meta(0), full(10, node), mouse(20, 500))))
    assert any(isinstance(event, Click) and event.target.name == "Deep" for event in events)


def test_windows_without_recordings_are_left_as_they_are() -> None:
    """Events of other sources pass untouched."""
    from intake_samples import challenge

    events = read_body(as_json([challenge(), challenge("$navigation")])).events
    assert resolve(events) == (events, ())


def test_a_page_made_to_be_slow_ends_in_time() -> None:
    """Deep nests of buttons, each click measured anew: the work is bounded, and a note says what was left out."""
    nests = []
    for nest in range(40):
        node = el(100_000 + nest * 1_000, "button", "Deep")
        for number in range(1, 240):
            node = el(100_000 + nest * 1_000 + number, "div", node, role="button")
        nests.append(node)
    clicks = [mouse(100 + n, 100_000 + n % 40 * 1_000) for n in range(100)]
    began = time.process_time()
    events, notes = resolve(events_of(snapshot(meta(0), full(10, *nests), *clicks)))
    assert time.process_time() - began < 60
    assert sum(isinstance(event, Click) for event in events) == 100
    assert notes == ("The recording was too large to be looked at throughout; some elements were not counted.",)
