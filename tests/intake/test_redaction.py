"""Dead letters hold no secret that the intake would have kept back, whatever form a message came in."""

import base64
import gzip
import io
import json
import re
from typing import Any

import fastavro
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_samples import as_json, challenge, native
from test_intake_posthog import BODY, auto, posthog
from test_intake_rrweb import FORM, full, meta, snapshot, typed

from pipeline.intake import BadInput, read_body
from pipeline.intake.addresses import bare_url
from pipeline.intake.elements import secret_kind, tells_secret
from pipeline.intake.redaction import (
    _RUN_CHARS_MAX,
    SEARCHED_BYTES_MAX,
    WITHHELD,
    Redacted,
    redacted,
    without_recording,
)
from pipeline.intake.rrweb.chunks import unpacked
from schemas.avro import AvroReader, schema_text
from schemas.codecs import to_json
from tests.text.costs import cost_s

SECRET = "hunter2"
FIELD = {"tag": "input", "type": "password", "name_attribute": "pw"}
FILL = native(kind="fill", target=FIELD, value={"text": SECRET})
CHANGED = native(kind="effect", changes=[{"change": "value", "element": FIELD, "before": SECRET, "after": SECRET}])


def challenge_fill(**props: Any) -> dict[str, Any]:
    """What was typed into a field that is secret by one of its attributes."""
    return challenge("$input", elementType="input", **{"value": SECRET, "elementText": SECRET, **props})


EVENTS: dict[str, Any] = {
    "native": FILL,
    "native change": CHANGED,
    "challenge by type": challenge_fill(elementAttributes={"type": "password", "value": SECRET}),
    "challenge by name": challenge_fill(elementAttributes={"name": "user_password"}),
    "challenge code": challenge_fill(elementAttributes={"autocomplete": "one-time-code"}),
    "challenge card": challenge_fill(elementAttributes={"id": "card-number"}),
    "challenge number": challenge_fill(value=4111, inputValue=SECRET, elementAttributes={"id": "cvc"}),
    "address": native(page={"url": f"https://u:{SECRET}@shop.example/?password={SECRET}&a=1#access_token={SECRET}"}),
    "posthog chain": auto("change", f'input:attr__type="password"attr__value="{SECRET}";{BODY}'),
    "posthog token": posthog("$pageview", token=SECRET) | {"api_key": SECRET},
    "posthog record": {"uuid": "x", "token": SECRET, "data": json.dumps(FILL | {"event": "x"})},
    "recording": snapshot(meta(0), full(1, FORM), typed(3, 12, SECRET)),
    "recording without its page": snapshot(typed(3, 12, SECRET)),
    "recording in a record": {"uuid": "x", "token": "t", "data": json.dumps(snapshot(typed(3, 12, SECRET)))},
    "rrweb": typed(3, 12, SECRET),
}
BAD: list[Any] = [{"event": "$click"}, 7, None, {"kind": "nothing"}]


def bodies(event: Any) -> dict[str, bytes]:
    """The same event in every wrapping that is unpacked, beside one that is refused, whole and damaged."""
    whole = as_json([event, *BAD])
    return {
        "alone": as_json(event),
        "list": whole,
        "events": as_json({"events": [event, *BAD]}),
        "batch": as_json({"api_key": SECRET, "batch": [event, *BAD]}),
        "request": as_json({"method": "POST", "path": "/", "json": [event, *BAD]}),
        "ndjson": b"\n".join(map(as_json, [event, *BAD])),
        "ndjson with a broken line": b"\n".join([*map(as_json, [event] * 3), b"{"]),
        "gzip": gzip.compress(whole),
        "form": b"data=" + base64.b64encode(whole),
        "form of gzip": b"data=" + base64.b64encode(gzip.compress(whole)),
        "escaped": re.sub(rb"password|cvc|card|one", lambda m: b"".join(b"\\u%04x" % c for c in m[0]), whole),
    }


def shown(raw: bytes) -> str:
    """All that can be read out of bytes without a key."""
    texts = [raw]
    for unpack in (gzip.decompress, base64.b64decode, lambda b: gzip.decompress(base64.b64decode(b))):
        try:
            texts.append(unpack(raw.removeprefix(b"data=")))
        except (OSError, ValueError, EOFError):
            continue
    return " ".join(text.decode("latin-1") for text in texts)


@pytest.mark.parametrize("name", EVENTS)
def test_no_secret_is_left_whatever_its_format_and_wrapping(name: str) -> None:
    """Whole, and cut off or damaged in the middle; the letter's bytes are fit for the topic."""
    for how, raw in bodies(EVENTS[name]).items():
        kept = redacted(raw, {})
        assert SECRET not in shown(kept.raw), how
        assert kept.changed
        for broken in (raw[:-3], raw[: len(raw) * 9 // 10], raw[:-9] + b"\xff" + raw[-8:]):
            if not name.startswith(("recording", "rrweb", "address", "posthog token")):
                assert SECRET not in shown(redacted(broken, {}).raw), how


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", 4111111111111111, "3782/822463/10005", "４１１１１１１１１１１１１１１１"]
)
def test_a_cards_number_in_a_field_of_any_name_is_no_exception(number: str | int) -> None:
    """As the intake takes it by its digits alone; ids and times stay, whatever their digits are."""
    event = {"kind": "fill", "id": "4111111111111111", "at_ms": "?", "value": {"text": number}}
    raw = orjson.dumps(event)
    assert orjson.loads(redacted(raw, {}).raw) == {**event, "value": {"text": "withheld"}}
    assert redacted(raw[:-2], {}).raw == WITHHELD


def test_the_rules_are_those_of_the_intake() -> None:
    """What the intake takes of the same events holds no secret either; its own format is no exception."""
    for event in (FILL, CHANGED, *(EVENTS[name] for name in EVENTS if name.startswith(("chall", "addr", "posthog c")))):
        (read,) = read_body(as_json(event)).events
        assert SECRET.encode() not in to_json(read)


def test_what_stays_says_which_event_it_was() -> None:
    """Kind, ids and time of an event with a secret stay, and its neighbours are as they came."""
    neighbour = native(id="e2", value={"text": "kept"})
    kept = orjson.loads(redacted(as_json([FILL, neighbour, {"kind": "?"}]), {}).raw)
    assert {name: kept[0][name] for name in ("kind", "id", "app", "journey_id", "at_ms")} == {
        "kind": "fill", "id": "e1", "app": "shop", "journey_id": "j1", "at_ms": 1_700_000_000_000,
    }  # fmt: skip
    assert kept[0]["value"] == {"text": "withheld"}
    assert kept[1:] == [neighbour, {"kind": "?"}]


@pytest.mark.parametrize(
    "raw",
    [b"{", b"", b"[" * 200_000, b"x " * (SEARCHED_BYTES_MAX // 2), b'{"at_ms": NaN}', "Grüße aus Köln".encode(),
     as_json(native()), as_json([native(), {"kind": "?"}]), b'{"kind":"click",\n"id":}',
     b"id;kind;at\n1;click;2024-10-10T22:53:05.563Z"],
    ids=range(10),
)  # fmt: skip
def test_what_speaks_of_no_secret_stays_as_it_came(raw: bytes) -> None:
    """To the byte, so that it can be looked into and sent again."""
    assert redacted(raw, {}).raw == raw


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xfe\xfd", b"user=ada&password=hunter2", b'{"password": "hunter2"', b'{"p\\u0061ssword": "hunter2"',
     b"https://ada:hunter2@shop.example/ went wrong", b"p%61ssword=hunter2", gzip.compress(b"x" * 99)[:-5],
     base64.b64encode(b'{"password": "hunter2"'), b"x" + base64.b64encode(b'{"password": "hunter2"'),
     '{"password": "hunter2"}'.encode("utf-16"), b"a=1&pin=hunter2", b"a=1&kennwort=hunter2", b"a=1&tkn=hunter2",
     b"a=1&csrf=hunter2", b"a=1&optout=hunter2", b"a=1&pswd=hunter2"],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_json_and_may_hold_a_secret_is_withheld(raw: bytes) -> None:
    """As a whole: nobody can tell where the secret ends. The message lies in its topic still."""
    kept = redacted(raw, {})
    assert (kept.raw, kept.changed) == (WITHHELD, True)


@pytest.mark.parametrize("raw", [b"x " * (SEARCHED_BYTES_MAX // 2) + b"x", b"x" * (_RUN_CHARS_MAX + 1)], ids=range(2))
def test_what_would_take_long_to_search_is_withheld(raw: bytes) -> None:
    """Beyond the bound of a message, and of what may be base64; at them it stays (see above, and here)."""
    assert redacted(raw, {}) == Redacted(WITHHELD, True)
    assert redacted(raw[:_RUN_CHARS_MAX], {}) == Redacted(raw[:_RUN_CHARS_MAX], False)


@pytest.mark.parametrize(
    "unit",
    ["eyJ", "-eyJ", "eyJabcdefgh.", "eyJ.", "/reset/", "%3Ftoken%3D", "pass ", "aB1/", "QUJD",
     '"token":', "%22key%22%3A", "/share-", "/x-token", "-private-", "&x_key=", "/key="],
)  # fmt: skip
def test_no_text_takes_far_longer_to_search_than_another(unit: str) -> None:
    """Whatever it repeats: how long a partition waits for a dead letter is bounded by its size alone."""
    plain = cost_s(lambda text: redacted(text.encode(), {}), "pass ab " * 5_000, 3)
    assert cost_s(lambda text: redacted(text.encode(), {}), (unit * 40_000)[:40_000], 3) < 10 * plain


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/x/eyJhbGciOiJI.eyJzdWIiOi.c2lnbmF0dXJl/y", "/x/withheld/y"),
        ("/x?a=t-eyJhbGciOiJI.eyJzdWIiOi&b=1", "/x?a=t-withheld&b=1"),
        ("/x/eyJ.short/eyJhbGciOi/y", "/x/eyJ.short/eyJhbGciOi/y"),
        ("/eyJeyJhbGciOiJ.abcd", "/withheld"),
        ("/" + "eyJ" * 2_000 + ".abcd", "/withheld"),
    ],
)
def test_signed_tokens_are_withheld_wherever_they_stand(url: str, shown: str) -> None:
    """With a signature or without, after other letters, of any length."""
    assert bare_url(url) == shown


def test_a_recording_that_comes_too_late_tells_nothing_typed() -> None:
    """Its page may have come in another message, so nobody can say which input was a password; other events of ours
    were masked at intake and stay as they are."""
    (event,) = read_body(as_json([snapshot(typed(3, 12, SECRET))])).events
    assert SECRET in str(unpacked(event.chunk))
    kept = orjson.loads(without_recording(to_json(event)))
    assert kept["chunk"] == "withheld"
    assert kept["id"] == event.id
    (click,) = read_body(as_json([native()])).events
    assert without_recording(to_json(click)) == to_json(click)


def test_the_first_of_two_equal_keys_does_not_slip_through() -> None:
    """A document holds the last one only; the bytes as they came held both."""
    kept = redacted(b'[{"kind":"?","at_ms":1,"type":"password","type":"x","text":"hunter2","text":null}]', {})
    assert kept == Redacted(b'[{"kind":"?","at_ms":1,"type":"x","text":null}]', True)


def test_avro_is_looked_into_where_its_schema_is_known() -> None:
    """Read, it is redacted as JSON is; unread, it is withheld."""
    out = io.BytesIO()
    body = json.dumps({"target": FIELD, "value": {"text": SECRET}})
    record = {"events": [{"id": "e", "app": "a", "session_id": "s", "journey_id": "j", "kind": "fill", "body": body}]}
    schema = fastavro.parse_schema(json.loads(schema_text("events")), named_schemas={})
    fastavro.schemaless_writer(out, schema, record)
    raw = b"\0\0\0\0\1" + out.getvalue()
    known = AvroReader()
    known.add(1, schema_text("events"))
    kept = redacted(raw, {}, known)
    assert SECRET.encode() not in kept.raw
    assert orjson.loads(kept.raw)["events"][0]["id"] == "e"
    for reader in (None, AvroReader()):
        assert redacted(raw, {}, reader).raw == WITHHELD
    assert redacted(raw[:-2], {}, known).raw == WITHHELD


WORDS = st.sampled_from(["type", "name", "value", "text", "x", "target", "kind", "event", "properties", "id", "label"])
LEAVES = st.one_of(st.just(SECRET), st.just("password"), st.integers(0, 9), st.none(), st.just("new-password"))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
NAMED = {"type", "id", "kind", "event"}


def values(node: Any, key: str = "") -> list[str]:
    """The texts that stand where a value may stand: not those that name an event or a field."""
    if isinstance(node, dict):
        return [text for name, item in node.items() for text in values(item, name)]
    if isinstance(node, list):
        return [text for item in node for text in values(item, key)]
    return [node] if isinstance(node, str) and key not in NAMED else []


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(TREES, st.sampled_from(["password", "otp", "cardnumber", "current-password"]))
def test_any_event_that_speaks_of_a_secret_field_loses_its_values(tree: Any, word: str) -> None:
    """Wherever in the event the word stands, and wherever the value."""
    kept = redacted(as_json([{"field": {"autocomplete": word}, "tree": tree}]), {})
    assert SECRET not in values(orjson.loads(kept.raw))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_damage_leaves_no_secret_or_no_text(noise: bytes, at: int) -> None:
    """Noise anywhere in a message: it is redacted, withheld, or no longer holds the word that made it a secret."""
    raw = as_json([FILL])
    at %= len(raw)
    damaged = raw[:at] + noise + raw[at:]
    kept = redacted(damaged, {}).raw
    assert SECRET not in kept.decode("latin-1") or b"password" not in damaged


@pytest.mark.parametrize("text", ["?" * 200_000 + "key", "://" * 70_000, "&-" * 100_000 + "@", "a-" * 100_000])
def test_hostile_texts_cost_no_more_than_they_are_long(text: str) -> None:
    """No pattern backtracks over the text again and again."""
    redacted(as_json({"kind": "x", "url": text}), {})
    redacted(text.encode(), {})
    with pytest.raises(BadInput):
        read_body(text.encode())


@pytest.mark.parametrize("word", [
    "password", "passwort", "pass-code", "PassPhrase", "new_pwd", "contraseña", "mot de passe", "one-time-code", "OTP",
    "totp", "2fa", "mfa", "one time", "verification code", "cc-csc", "card number", "cardno", "cvc", "cvv", "csc",
    "creditcard", "?pin=1", "&my_secret=1", "?id_token=1", "?api-key=x", "?apikey=1", "x://u:p@h",
])  # fmt: skip
def test_no_word_that_makes_a_secret_is_missed_in_a_hurry(word: str) -> None:
    """What the rules of fields and addresses know is found in broken texts, too: the quick look misses none."""
    suspicious = tells_secret(word) or bare_url(word) != word or "@" in word
    assert suspicious == (redacted(f"{{ {word}".encode(), {}).raw == WITHHELD)


def test_examples_in_a_placeholder_name_no_secret() -> None:
    """A list of what could be typed says nothing of what is; the name of the field does, whatever its placeholder."""
    examples = "e.g. Bank, Savings, Credit Card"
    assert secret_kind({"placeholder": examples}, "Savings jar") is None
    assert secret_kind({"placeholder": "Credit card"}, "x") == "card"
    assert secret_kind({"placeholder": examples, "name": "card_number"}, "x") == "card"
