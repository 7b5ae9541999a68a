"""Events of every format with anything at all in any of their fields: each is in a story or refused with a reason, and
nothing raises on the way to the story, to the test, to JSON, to Avro and back."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.intake import BadInput, Intake, read_body, read_message
from pipeline.intake.redaction import redacted
from schemas import limits
from tests.bounds.journeys import accounted, sent, told

pytestmark = pytest.mark.slow

AT_MS = 1_700_000_000_000
BUTTON = {"tag": "button", "role": "button", "name": "Save", "text": "Save", "candidates": [
    {"locator": {"by": "role", "role": "button", "name": "Save"}, "count": 1, "index": 0, "within": [
        {"locator": {"by": "test_id", "value": "form"}, "has_text": "Edit", "count": 1}]},
    {"locator": {"by": "path", "steps": [{"tag": "main", "nth_of_type": 1}]}, "count": 1}],
    "ancestors": [{"tag": "form", "role": "form", "name": "Edit"}],
    "frames": [[{"locator": {"by": "tag", "tag": "iframe", "classes": ["inner"]}, "count": 1}]],
    "level": 1, "classes": ["primary"], "href": "/x"}  # fmt: skip
FIELD = {**BUTTON, "tag": "input", "type": "text", "role": "textbox", "name": "Title", "editable": True}
PAGE = {"url": "http://shop.test/items?page=1#top", "title": "Items", "width_px": 1280, "height_px": 720}
CHANGES = [
    {"change": "appeared", "element": {"tag": "p", "role": "alert", "text": "Saved"}, "transient": True},
    {"change": "gone", "element": BUTTON},
    {"change": "text", "element": {"tag": "h1", "text": "A"}, "before": "A", "after": "B"},
    {"change": "value", "element": FIELD, "before": "", "after": "7"},
    {"change": "state", "element": BUTTON, "state": "disabled", "after": True},
    {"change": "count", "element": {"tag": "li"}, "items": {"locator": {"by": "tag", "tag": "li"}}, "before": 1,
     "after": 2},
]  # fmt: skip
NATIVE: list[dict[str, Any]] = [
    {"kind": "navigation", "url": "http://shop.test/items", "how": "load"},
    {"kind": "click", "target": BUTTON, "position": [1, 2.5], "modifiers": ["Shift"], "clicks": 2},
    {"kind": "fill", "target": FIELD, "value": {"text": "Ada", "shown_in": {"candidates": [], "before": "a"}},
     "before": "x"},
    {"kind": "fill", "target": {**FIELD, "type": "password"}, "value": {"secret": "password", "token": "t1"}},
    {"kind": "select", "target": FIELD, "options": [{"value": "1", "label": "One"}]},
    {"kind": "check", "target": {**FIELD, "type": "checkbox", "role": "checkbox"}, "checked": True},
    {"kind": "press", "target": FIELD, "key": "Enter"},
    {"kind": "upload", "target": {**FIELD, "type": "file"}, "files": ["a.txt"]},
    {"kind": "drag", "target": BUTTON, "onto": FIELD, "position": [1, 2], "onto_position": [-3, 4]},
    {"kind": "hover", "target": BUTTON},
    {"kind": "scroll", "target": BUTTON, "x_px": 0, "y_px": -400.5},
    {"kind": "dialog", "dialog": "prompt", "message": "Name?", "value": "Ada", "cause": "e1"},
    {"kind": "popup", "url": "http://shop.test/help", "opened_tab_id": "t2", "cause": "e1"},
    {"kind": "download", "filename": "a.csv", "url": "/a.csv", "cause": "e1"},
    {"kind": "request", "method": "POST", "url": "http://shop.test/api?q=1", "status": 200, "cause": "e1"},
    {"kind": "effect", "after": PAGE, "changes": CHANGES, "cause": "e1"},
    {"kind": "opaque", "name": "leave"},
    {"kind": "end"},
]  # fmt: skip


def native(number: int, body: dict[str, Any]) -> dict[str, Any]:
    ids = {"id": f"e{number}", "app": "shop", "session_id": "s", "journey_id": "j", "tab_id": "t", "user_id": "u"}
    return {**ids, "at_ms": AT_MS + number, "seq": 0, "page": PAGE, **body}


def posthog(name: str, **props: object) -> dict[str, Any]:
    known = {"$session_id": "s", "$current_url": "http://shop.test/", "distinct_id": "u", "$viewport_width": 9}
    return {"event": name, "uuid": f"p{name}", "timestamp": "2023-11-14T22:13:20Z", "properties": {**known, **props}}


def challenge(name: str, **props: object) -> dict[str, Any]:
    known = {"session_id": "s", "$current_url": "http://shop.test/", "elementType": "input", "elementText": "Ada",
             "elementAttributes": {"id": "#a", "class": "x y", "name": "q", "href": "/x"}, "seq": 1}  # fmt: skip
    return {"event": name, "timestamp": "2023-11-14 22:13:20", "properties": {**known, **props}}


def rrweb(kind: int, at: int, **data: object) -> dict[str, Any]:
    return {"type": kind, "timestamp": AT_MS + at, "data": data}


def node(number: int, tag: str, *children: Any, **attributes: object) -> dict[str, Any]:
    return {"type": 2, "id": number, "tagName": tag, "attributes": attributes, "childNodes": list(children)}


TREE = node(1, "html", node(2, "body", node(3, "button", {"type": 3, "id": 4, "textContent": "Go"}, id="go"),
                            node(5, "input", name="q", type="text")))  # fmt: skip
RECORDED = [
    rrweb(4, 0, href="http://shop.test/", width=1280, height=720),
    rrweb(2, 1, node={"type": 0, "id": 9, "childNodes": [TREE]}),
    rrweb(3, 2, source=2, type=2, id=3),
    rrweb(3, 3, source=2, type=5, id=5),
    rrweb(3, 4, source=5, id=5, text="Ada", isChecked=False),
    rrweb(3, 5, source=0, removes=[{"id": 4}], adds=[{"parentId": 2, "nextId": None, "node": node(7, "p")}],
          texts=[{"id": 4, "value": "x"}], attributes=[{"id": 5, "attributes": {"class": "x"}}]),
]  # fmt: skip
CHAIN = 'button.btn:attr__id="go"nth-child="1"nth-of-type="1"text="Go";form;body:nth-of-type="1"'
SAMPLES: list[Any] = [
    *(native(number, body) for number, body in enumerate(NATIVE)),
    posthog("$pageview", title="Shop"),
    posthog("$autocapture", **{"$event_type": "click", "$elements_chain": CHAIN}),
    posthog("$autocapture", **{"$event_type": "change", "$elements": [{"tag_name": "input", "attr__name": "q"}]}),
    posthog("$snapshot", **{"$snapshot_data": RECORDED, "$window_id": "w"}),
    posthog("$pageleave") | {"timestamp": None, "offset": 5, "sent_at": "2023-11-14T22:13:20Z"},
    {"uuid": "x", "data": json.dumps(posthog("$pageview", title="x")), "token": "t", "now": "2023-11-14T22:13:20Z"},
    *(challenge(name) for name in ("$click", "$input", "$navigation", "$dblclick", "custom")),
    challenge("$keydown", key="Enter"),
    challenge("$input", elementType="select", value="7"),
    challenge("$api-call", api_url="/x", method="GET", status="200"),
]  # fmt: skip


class Deep(list[Any]):
    """So many lists within each other, which Python's own writer of JSON could not write."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.depth = depth


NUMBERS = [
    0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**30, -(10**30), 10**400, 0.5, -0.0, 1e300, -1e300, 1e-320, float("nan"),
    float("inf"), float("-inf"), True, False, 10**9, 32_503_680_000_001, 99_999_999_999, 100_000, 16_777_217.5,
]  # fmt: skip
TIMES = ["+1000000000-01-01T00:00:00Z", "0000-00-00", "9999-12-31T23:59:59+23:59", "1969-12-31T23:59:59Z", "9" * 30,
         "2023-11-14T22:13:20.999999999Z", "24:00", "-1", "1e400", "NaN", "2023-W46-2",
         "2023-11-14T24:00:00Z"]  # fmt: skip
TEXTS = [
    "", "\x00", "\x01\x1f\x7f\x80", "\ud800", "\udc00\ud800", "\U0001f600", "\ufdfa", "\u0130\u00df\u1e9e", "\u202e",
    "\u2028", "e\u0301", '"', "\\", "'''", '"""', "{}", "%00%0a%ed%a0%80", "http://[", "http://[::1", "//\\x",
    "javascript:x", "\x1f\x8b\x08", "data:,", "http://a:99999999/", "http://a..b/%", "/?a=%ff&pin=1", "#/x",
    "\n", "\t ", "a\tb", "wrong password",
    "Delete", "Sign out", "(?=", "[", "(((", "a" * 30 + "!", "1-" * 9, "2023-11-14", "12:30", "a@b", "***",
    "\u00ad\u200b", "-", "__proto__", "9" * 30, "null",
]  # fmt: skip
MANY_CHARS_MAX = 1_000
LENGTHS = [1, 1, 1, 3, 50, 199, 4_100, 10_050, 30_000]


@st.composite
def text(draw: st.DrawFn) -> str:
    unit = draw(st.sampled_from(TEXTS) | st.text(max_size=8))
    return (unit * draw(st.sampled_from(LENGTHS)))[:40_000]


SCALAR = st.none() | st.sampled_from(NUMBERS) | st.sampled_from(TIMES) | text()
KEYS = (
    st.sampled_from(["text", "value", "kind", "tag", "by", "url", "id", "change", "$snapshot_data", "k" * 10_000, ""])
    | text()
)
SMALL = st.one_of(
    SCALAR,
    st.lists(SCALAR, max_size=3),
    st.dictionaries(KEYS, SCALAR, max_size=3),
    st.sampled_from([2, 31, 33, 60, 300, 1_500]).map(Deep),
)


def dumped(document: Any) -> bytes:
    """The document as JSON of any kind: numbers, depth and characters as they are."""
    raw = json.dumps(document, default=str, ensure_ascii=True, cls=_Marked)
    for depth in (2, 31, 33, 60, 300, 1_500):
        raw = raw.replace(f'"<deep {depth}>"', "[" * depth + "]" * depth)
    return raw.encode()


class _Marked(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        return super().encode(_marked(o))


def _marked(node: Any) -> Any:
    if isinstance(node, Deep):
        return f"<deep {node.depth}>"
    if isinstance(node, dict):
        return {key: _marked(value) for key, value in node.items()}
    return [_marked(one) for one in node] if isinstance(node, list) else node


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value of a document."""
    found = [path] if path else []
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        found += places(item, (*path, key))
    return found


def replaced(node: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(node)
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], change)
    return copy


def many(value: Any) -> Any:
    """A list with its items so often that no bound would hold it."""
    if len(repr(value)) > MANY_CHARS_MAX:
        return value
    return value * 300 if isinstance(value, list) else [value] * 300


@st.composite
def event(draw: st.DrawFn) -> Any:
    """A sample with hostile values in some of its fields."""
    sample = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(0, 3))):
        ways = places(sample)
        if not ways:
            break
        way = draw(st.sampled_from(ways))
        value = draw(SMALL)
        change = draw(st.sampled_from([lambda _old, new=value: new, lambda _old, new=value: new, many]))
        sample = replaced(sample, way, change)
    return sample


BATCH = st.lists(event(), min_size=1, max_size=5)


def check(intake: Intake, count: int, good: int) -> None:
    accounted(intake, count)
    whole = [one for one in intake.events if one.id.startswith("good")]
    assert len(whole) == good
    sent(intake.events)
    stories = told(intake.events)
    assert good == 0 or any(story.journey_id == "good" for story in stories)


GOOD = [native(number, body) | {"id": f"good{number}", "journey_id": "good"} for number, body in enumerate(NATIVE[:3])]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(BATCH, st.sampled_from(["list", "events", "batch", "lines", "gzip"]))
def test_each_is_told_or_refused(batch: list[Any], envelope: str) -> None:
    """Whatever stands in some events, their neighbours are told, and so are they, or it is said why not."""
    pieces = [dumped(one) for one in [GOOD[0], *batch[:2], GOOD[1], *batch[2:], GOOD[2]]]
    listed = b"[" + b",".join(pieces) + b"]"
    raw = {"list": listed, "events": b'{"events":' + listed + b"}", "batch": b'{"batch":' + listed + b"}",
           "lines": b"\n".join(pieces), "gzip": gzip.compress(listed, 0)}[envelope]  # fmt: skip
    assume(sum(map(len, pieces)) < limits.BODY_BYTES_MAX // 2)
    check(read_body(raw), len(pieces), len(GOOD))
    redacted(raw, {})


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(RECORDED), st.integers(0, 10**6), SMALL), min_size=1, max_size=4))
def test_recordings_are_told_or_refused(changed: list[tuple[Any, int, Any]]) -> None:
    """A plain recording, and one within an event of PostHog's, with anything in any of its parts."""
    data = list(RECORDED)
    for one, pick, value in changed:
        at = RECORDED.index(one)
        ways = places(data[at])
        if ways:
            data[at] = replaced(data[at], ways[pick % len(ways)], lambda _old, new=value: new)
    raw = b"[" + b",".join([dumped(GOOD[0]), dumped(posthog("$snapshot", **{"$snapshot_data": data}))]) + b"]"
    check(read_body(raw), 2, 1)
    try:
        intake = read_body(dumped(data))
    except BadInput:
        return
    assert not intake.faults
    sent(intake.events)
    told(intake.events)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=600) | BATCH.map(dumped), st.integers(0, 10**6), st.binary(max_size=4))
def test_any_message_is_read_or_refused(raw: bytes, at: int, noise: bytes) -> None:
    """Broken in any place, a message gives events or a reason, and a dead letter can be written of it."""
    at %= len(raw) + 1
    for body in (raw[:at], raw[:at] + noise + raw[at:], b"\0\0\0\0\1" + raw):
        with suppress(BadInput):
            intake = read_message(body)
            assert not intake.faults
            sent(intake.events)
        redacted(body, {"content-type": noise})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: str(one.get("kind") or one.get("event"))[:20])
def test_the_samples_themselves_are_taken(sample: Any) -> None:
    """What is varied here is good as it is."""
    intake = read_body(dumped([sample]))
    assert intake.events
    assert not intake.refused
