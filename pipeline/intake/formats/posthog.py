"""PostHog: what posthog-js sends (`{api_key, batch, sent_at}`, a list, one event), and PostHog's own Kafka records.

Autocapture tells no values and knows little of fields: a typed value stays withheld until a session recording of the
same window tells it (`pipeline.intake.rrweb.recordings.resolve`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.intake.addresses import safe_text, safe_url
from pipeline.intake.bodies import Opening, parsed
from pipeline.intake.elements import Described, element, is_check, normalised, role_of, withheld
from pipeline.intake.fields import (
    APP_UNKNOWN,
    Envelope,
    event_id,
    id_field,
    mapping,
    text_field,
    time_ms,
    traffic_field,
    who,
)
from pipeline.intake.formats.challenge import viewport
from pipeline.intake.formats.elements_chain import ChainElement, from_list, parse_chain
from pipeline.intake.rrweb.recordings import recordings
from pipeline.semantics import urls
from schemas import limits
from schemas.codecs import BadInput
from schemas.elements import Ancestor, ByPath, Candidate, Element, PathStep
from schemas.events import Click, Effect, Event, Fill, Navigation, Opaque, Page, Press, Select

NAMES = {
    "$autocapture", "$pageview", "$pageleave", "$snapshot", "$rageclick", "$dead_click", "$copy_autocapture",
    "$identify", "$set", "$groupidentify", "$feature_flag_called", "$web_vitals", "$exception", "$screen", "$opt_in",
    "$$heatmap", "$create_alias", "$performance_event", "$snapshot_items",
}  # fmt: skip
_MARKS = ("$session_id", "$lib", "$window_id", "$device_id", "$insert_id")
_HOWS: dict[str, Literal["spa", "back_forward"]] = {
    "pushState": "spa", "replaceState": "spa", "popstate": "back_forward",
}  # fmt: skip
_INTERACTIVE_TAGS = {"a", "button", "input", "select", "textarea", "option", "label", "summary"}
_INTERACTIVE_ROLES = {"button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "option", "treeitem"}


@dataclass(frozen=True, slots=True)
class Sending:
    """What the request around an event says: when it was sent, whose it is where the event doesn't say it, and the
    project's token."""

    sent_at: Any = None
    distinct_id: str | None = None
    token: str = ""


def is_posthog(raw: Mapping[str, Any]) -> bool:
    """Whether an event has PostHog's names; the challenge format borrows some of them, never the session's."""
    if not isinstance(raw.get("event"), str):
        return False
    props = mapping(raw.get("properties"))
    return raw["event"] in NAMES or ("session_id" not in props and any(mark in props for mark in _MARKS))


def token(raw: Any) -> str:
    """The project token that an event or an envelope carries, "" for none."""
    fields = mapping(raw)
    return text_field(fields, "api_key", "token") or text_field(mapping(fields.get("properties")), "token")


def is_snapshot(raw: Mapping[str, Any]) -> bool:
    """Whether an event is a stretch of a session recording."""
    return raw.get("event") == "$snapshot" and isinstance(mapping(raw.get("properties")).get("$snapshot_data"), list)


def is_kafka_record(raw: Mapping[str, Any]) -> bool:
    """Whether a record is one of PostHog's own on Kafka, with the event as a JSON text in `data`."""
    return isinstance(raw.get("data"), str) and any(name in raw for name in ("token", "distinct_id", "uuid"))


def kafka_record(raw: Mapping[str, Any], opening: Opening) -> list[Event]:
    """The events of one Kafka record of PostHog. Raises BadInput."""
    try:
        inner = parsed(raw["data"].encode("utf-8", "replace"))
    except BadInput as error:
        raise BadInput(f"data: {error}") from None
    if not isinstance(inner, dict):
        raise BadInput("data: should be an object")
    for name in ("uuid", "event", "timestamp"):
        if name == "timestamp" and "offset" in inner:
            continue
        if not inner.get(name) and isinstance(raw.get(name), str):
            inner[name] = raw[name]
    sending = Sending(raw.get("sent_at") or raw.get("now"), text_field(raw, "distinct_id") or None)
    return posthog_events(inner, sending, opening)


def posthog_events(raw: Mapping[str, Any], sending: Sending, opening: Opening) -> list[Event]:
    """One event of PostHog as ours: a page view gives two, a stretch of a recording as many as it needs, opened within
    `opening`.

    Raises BadInput with the field's name.
    """
    name = text_field(raw, "event")
    props = mapping(raw.get("properties"))
    base = _envelope(raw, props, sending)
    if name == "$snapshot":
        return [*recordings(base, props.get("$snapshot_data"), opening)]
    if name == "$pageview":
        return _pageview(base, props)
    if name == "$autocapture":
        return [_autocapture(base, props)]
    return [Opaque(**base, name=name)]


def _envelope(raw: Mapping[str, Any], props: Mapping[str, Any], sending: Sending) -> Envelope:
    url = safe_url(text_field(props, "$current_url", chars_max=limits.URL_CHARS_MAX))
    ours = who(
        id_field(props, "app") or _app(url, props),
        id_field(props, "$session_id", "session_id"),
        id_field(props, "journey_id"),
        url,
    )
    user = id_field(props, "distinct_id", "$distinct_id") or id_field(raw, "distinct_id", "$distinct_id")
    return Envelope(
        id=id_field(raw, "uuid") or id_field(props, "$insert_id") or event_id(raw),
        app=ours.app,
        session_id=ours.session_id,
        journey_id=ours.journey_id,
        user_id=user or sending.distinct_id,
        tab_id=id_field(props, "$window_id") or "",
        at_ms=_at_ms(raw, props, sending),
        seq=0,
        source="posthog",
        traffic=traffic_field(props),
        page=Page(url=url, title=safe_text(text_field(props, "title", "$title")), **viewport(props)),
    )


def _app(url: str, props: Mapping[str, Any]) -> str:
    """The page's host without its port: of a recording PostHog tells only that, and all must agree."""
    host = urls.parse_any(url).name
    return host or text_field(props, "$snapshot_host") or text_field(props, "$host").split(":")[0] or APP_UNKNOWN


def _at_ms(raw: Mapping[str, Any], props: Mapping[str, Any], sending: Sending) -> int:
    """The event's time: its timestamp, else what its offset was before the sending, else the client's clock."""
    if raw.get("timestamp") is not None:
        return time_ms("timestamp", raw["timestamp"])
    offset = raw.get("offset")
    sent_at = raw.get("sent_at") or sending.sent_at
    if isinstance(offset, (int, float)) and not isinstance(offset, bool) and sent_at is not None:
        return time_ms("offset", time_ms("sent_at", sent_at) - abs(offset))
    return time_ms("timestamp" if "$time" not in props else "$time", props.get("$time", sent_at))


def _pageview(base: Envelope, props: Mapping[str, Any]) -> list[Event]:
    """A navigation, and what the page then showed: its title."""
    after = base["page"]
    if after.url in ("", "about:blank"):
        return [Opaque(**base, name="$pageview")]
    referrer = safe_url(text_field(props, "$referrer", chars_max=limits.URL_CHARS_MAX))
    before: Envelope = {**base, "page": Page(url=referrer if referrer.startswith("http") else "")}
    how = _HOWS.get(text_field(props, "navigation_type"), "load")
    shown: Envelope = {**before, "id": f"{base['id'][: limits.ID_CHARS_MAX - 6]}.shown", "seq": 1}
    return [Navigation(**before, url=after.url, how=how), Effect(**shown, after=after)]


def _autocapture(base: Envelope, props: Mapping[str, Any]) -> Event:
    what = text_field(props, "$event_type")
    chain = parse_chain(text_field(props, "$elements_chain", chars_max=limits.EVENT_BYTES_MAX))
    chain = chain or from_list(props.get("$elements"))
    if not chain:
        return Opaque(**base, name=f"$autocapture {what}"[: limits.TEXT_CHARS_MAX])
    if what == "submit":
        # No click on a button comes with it when it was the Enter key: `resolve` tells the two apart.
        return Press(**base, target=chain_target(chain), key="Enter")
    if what == "change":
        return _change(base, chain)
    if what == "click":
        return Click(**base, target=chain_target(_retargeted(chain)))
    return Opaque(**base, name=f"$autocapture {what}"[: limits.TEXT_CHARS_MAX])


def _change(base: Envelope, chain: tuple[ChainElement, ...]) -> Event:
    """A field's new value, which autocapture never tells. A checkbox's change comes with a click that tells enough."""
    leaf = chain[0]
    target = chain_target(chain)
    if is_check(leaf.tag, leaf.attributes):
        return Opaque(**base, name="$autocapture change")
    if leaf.tag == "select":
        return Select(**base, target=target, options=())
    return Fill(**base, target=target, value=withheld(leaf.attributes, target.label or ""))


def _retargeted(chain: tuple[ChainElement, ...]) -> tuple[ChainElement, ...]:
    """The chain from the nearest thing that one clicks on purpose: the button around an icon."""
    for place, one in enumerate(chain):
        if one.tag in _INTERACTIVE_TAGS or role_of(one.tag, one.attributes) in _INTERACTIVE_ROLES:
            return chain[place:]
    return chain


def chain_target(chain: tuple[ChainElement, ...]) -> Element:
    """The first element of a chain, with its label and ancestors from the rest of it."""
    leaf = chain[0]
    label = next((normalised(one.text) for one in chain[1:4] if one.tag == "label" and one.text), "")
    told = Described(leaf.tag, leaf.attributes, leaf.text, label[: limits.TEXT_CHARS_MAX], _ancestors(chain[1:]))
    found = element(told)
    path = _path(chain)
    candidates = found.candidates[: limits.CANDIDATES_MAX - 1]
    return found.model_copy(update={"candidates": (*candidates, path)}) if path else found


def _ancestors(chain: tuple[ChainElement, ...]) -> tuple[Ancestor, ...]:
    out = []
    for one in chain:
        label = one.attributes.get("aria-label", "")[: limits.TEXT_CHARS_MAX] or None
        test_id = one.attributes.get("data-testid")
        own_id = one.attributes.get("id")
        if (label or test_id or own_id) and max(len(test_id or ""), len(own_id or "")) <= limits.TEXT_CHARS_MAX:
            role = role_of(one.tag, one.attributes)
            out.append(Ancestor(tag=one.tag, role=role, name=label, test_id=test_id or None, id=own_id or None))
    return tuple(out[: limits.ANCESTORS_MAX])


def _path(chain: tuple[ChainElement, ...]) -> Candidate | None:
    """The way down from the body, where the chain is whole."""
    if chain[-1].tag != "body" or len(chain) > limits.PATH_STEPS_MAX or not all(one.nth_of_type for one in chain):
        return None
    steps = tuple(PathStep(tag=one.tag, nth_of_type=one.nth_of_type) for one in reversed(chain))
    return Candidate(locator=ByPath(steps=steps))
