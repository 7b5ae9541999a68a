"""One event that can't be read, whatever is wrong with it, is refused by its place; its neighbours are taken."""

import json
from typing import Any

import pytest

from pipeline.intake import Intake, read_body, read_file, read_message
from pipeline.intake.bodies import documents
from pipeline.intake.salvage import MARKS_MAX
from schemas import limits
from schemas.codecs import BadInput
from schemas.events import Event

NINES = "9" * 30


def native(number: int, **more: object) -> dict[str, Any]:
    target = {"tag": "button", "name": "Save"}
    ids = {"id": f"e{number}", "app": "shop", "session_id": "s", "journey_id": "j", "at_ms": 1_700_000_000_000 + number}
    return {"kind": "click", "target": target, **ids, **more}


def posted(name: str, number: int, **props: object) -> dict[str, Any]:
    known = {"$session_id": "s", "$current_url": "http://shop.test/", "distinct_id": "u", "$lib": "web"}
    return {"event": name, "uuid": f"p{number}", "timestamp": "2026-11-22T21:20:29Z", "properties": {**known, **props}}


def challenged(name: str, **props: object) -> dict[str, Any]:
    return {"event": name, "timestamp": "2026-11-22T21:20:29Z", "properties": {"session_id": "s", **props}}


BAD: dict[str, str] = {
    "status of thirty digits": json.dumps(native(2, kind="request", url="/x", status=NINES)),
    "status below zero": json.dumps(native(2, kind="request", url="/x", status=-1)),
    "width of thirty digits": json.dumps(native(2, page={"url": "/x", "width_px": NINES})),
    "width as a number of thirty digits": json.dumps(native(2, page={"width_px": 0})).replace("0}", f"{NINES}}}"),
    "negative height": json.dumps(native(2, page={"height_px": -5})),
    "count beyond 64 bits": json.dumps(native(2, target={"candidates": [{"locator": {"by": "id", "value": "a"},
                                                                       "count": int(NINES)}]})),
    "infinite position": json.dumps(native(2, position=["inf", 1])),
    "position that is no number": json.dumps(native(2, position=["nan", 1])),
    "time of the year ten to the nine": json.dumps(native(2, at_ms=10**21)),
    "time before 1970": json.dumps(native(2, at_ms=-1)),
    "huge exponent": json.dumps(native(2)).replace('"Save"', "1e999"),
    "NaN": json.dumps(native(2, x=float("nan"))),
    "Infinity": json.dumps(native(2, x=float("-inf"))),
    "number of five thousand digits": json.dumps(native(2)).replace('"Save"', "9" * 5_000),
    "nested forty deep": json.dumps(native(2, x=json.loads("[" * 40 + "]" * 40))),
    "nested two thousand deep": json.dumps(native(2, x=0)).replace("0}", "[" * 2_000 + "]" * 2_000 + "}"),
    "nested fifty thousand deep": json.dumps(native(2, x=0)).replace("0}", '{"a":' * 50_000 + "0" + "}" * 50_000 + "}"),
    "an escape that is none": '{"kind":"click","x":"\\q"}',
    "text without quotes": '{"kind": click}',
    "a key without quotes": '{kind: "click"}',
    "a key of a million letters": json.dumps({"k" * 1_000_000: 1, **native(2)}),
    "a text": '"kind"',
    "nothing": "null",
    "a list": "[1]",
    "a kind of a hundred thousand letters": json.dumps(native(2, kind="k" * 100_000)),
    "an id of a list": json.dumps(native(2, journey_id=["j"])),
    "offset of a PostHog event": json.dumps(posted("$pageview", 2) | {"timestamp": None, "offset": 1e300}),
    "a time in a PostHog event": json.dumps(posted("$pageview", 2) | {"timestamp": 1e300}),
    "a recording that is no list": json.dumps(posted("$snapshot", 2, **{"$snapshot_data": "x"})),
    "a time in the challenge format": json.dumps(challenged("$click") | {"timestamp": "+1000000000-01-01"}),
    "a record of Kafka": json.dumps({"uuid": "x", "token": "t", "data": '{"event":"$pageview","x":NaN}'}),
}  # fmt: skip


def ids(intake: Intake) -> list[str]:
    return [event.id for event in intake.events]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("envelope", ["[%s]", '{"events": [%s]}', ' {"x": "[,{", "events" : [ %s ], "y": [1, {}]}\n'])
def test_its_neighbours_are_taken(bad: str, envelope: str) -> None:
    """By HTTP, in files and in messages alike; the refusal names its place, and is short."""
    raw = (envelope % ",".join([json.dumps(native(1)), bad, json.dumps(native(3))])).encode()
    for intake in (read_body(raw), read_file(raw), read_message(raw)):
        assert ids(intake) == ["e1", "e3"]
        (refused,) = intake.refused
        assert refused.index == 1
        assert refused.error.startswith("events[1]: ")
        assert len(refused.error) <= limits.CAUSE_CHARS_MAX
        assert not intake.faults


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_batch_of_posthog_is_taken_but_for_it(bad: str) -> None:
    """The same with the envelope of a PostHog client, and with one event a line."""
    good = [json.dumps(posted("$pageleave", number)) for number in (1, 3)]
    batch = f'{{"api_key": "t", "batch": [{good[0]}, {bad}, {good[1]}], "sent_at": "2026-11-22T21:20:29Z"}}'.encode()
    for raw in (batch, f"{good[0]}\n{bad}\n{good[1]}\n".encode()):
        intake = read_body(raw)
        assert ids(intake) == ["p1", "p3"]
        assert [one.index for one in intake.refused] == [1]


def test_a_bug_of_ours_costs_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever exception reading an event raises, that event alone is refused, and the exception kept for the log."""
    from pipeline.intake.formats import native as reader

    read = reader.native_event

    def fails(raw: dict[str, Any]) -> Event:
        if raw["id"] == "e2":
            raise RecursionError
        return read(raw)

    monkeypatch.setattr(reader, "native_event", fails)
    intake = read_body(json.dumps([native(1), native(2), native(3)]).encode())
    assert ids(intake) == ["e1", "e3"]
    assert [(one.index, one.error) for one in intake.refused] == [(1, "events[1]: internal error: RecursionError")]
    assert [type(fault) for fault in intake.faults] == [RecursionError]


def test_an_event_that_can_not_be_used_leaves_the_others() -> None:
    """Where something fails for all events together, those that it fails for are refused, each with all that its
    original gave."""
    view = posted("$pageview", 2)
    intake = read_body(json.dumps([native(1), view, "x", native(4)]).encode())

    def use(events: tuple[Event]) -> None:
        if events[0].id == "p2.shown":
            raise OverflowError

    left = intake.usable(use)
    assert ids(left) == ["e1", "e4"]
    assert [one.index for one in left.refused] == [1, 2]
    assert left.accepted == 2
    assert len(left.faults) == 1


@pytest.mark.parametrize("raw", [
    "[{},2", "[" * 3_000, '{"events": [{}, 2]', '{"events": [{}, NaN]]', "[{}, NaN] x", '{"a": [{}, NaN]}',
    '{"events": NaN}', '[{"a": "}]', "NaN", "[NaN]", '{"events": [{}, NaN], "x": Infinity}',
])  # fmt: skip
def test_what_is_no_list_of_events_is_refused_whole(raw: str) -> None:
    """A body whose brackets don't match, or that holds no events, is not JSON."""
    with pytest.raises(BadInput, match=r"not JSON|nested"):
        documents(raw.encode(), by_event=True)


def test_a_broken_body_with_too_many_marks_is_refused_whole() -> None:
    """Taking a body apart is bounded."""
    at_bound = b"[NaN,{}" + b"," * (MARKS_MAX - 5) + b"]"
    assert len(documents(at_bound, by_event=True)[0]) == 2
    with pytest.raises(BadInput):
        documents(at_bound[:-1] + b",]", by_event=True)


def test_one_bad_event_of_a_plain_recording_leaves_the_recording() -> None:
    """A recording without an envelope is told without it."""
    events = ['{"type":4,"timestamp":1700000000000,"data":{"href":"http://shop.test/","width":1,"height":1}}',
              '{"type":3,"timestamp":1e999,"data":{}}']  # fmt: skip
    intake = read_body(f"[{','.join(events)}]".encode())
    assert len(intake.events) == 1
    assert len(intake.refused) == 1
