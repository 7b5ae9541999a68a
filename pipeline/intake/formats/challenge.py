"""The challenge format: `{"event": "$click", "properties": {…}, "timestamp": …}`.

Producers disagree about it: names in camelCase and snake_case, with and without `$`, ids with and without `#`, texts
that are values, labels or everything below the element.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pipeline.intake.addresses import safe_text, safe_url
from pipeline.intake.elements import (
    Described,
    attribute_map,
    element,
    is_check,
    is_field,
    normalised,
    tag_name,
    typed,
    withheld,
)
from pipeline.intake.fields import (
    Envelope,
    event_id,
    flag,
    id_field,
    mapping,
    text_field,
    time_ms,
    traffic_field,
    who,
)
from pipeline.semantics import urls
from schemas import limits
from schemas.elements import Element
from schemas.events import (
    Check,
    Choice,
    Click,
    End,
    Event,
    Fill,
    Modifier,
    Navigation,
    Opaque,
    Page,
    Press,
    Request,
    Select,
)

Kind = Literal["click", "dblclick", "rightclick", "input", "press", "navigation", "request", "end", "opaque"]
KINDS: dict[str, Kind] = {
    "click": "click", "dblclick": "dblclick", "doubleclick": "dblclick", "contextmenu": "rightclick",
    "rightclick": "rightclick", "input": "input", "change": "input", "fill": "input", "type": "input",
    "keydown": "press", "keypress": "press", "press": "press", "navigation": "navigation", "navigate": "navigation",
    "apicall": "request", "apirequest": "request", "request": "request", "networkrequest": "request",
    "end": "end", "journeyend": "end", "sessionend": "end",
}  # fmt: skip
ORDER: dict[Kind, int] = {"press": 1, "input": 1, "click": 2, "navigation": 3, "request": 4, "opaque": 5, "end": 6}
"""Some producers cut times to seconds: events that share one stand in the order in which they usually happen."""
_MODIFIERS: tuple[tuple[Modifier, str, str], ...] = (
    ("Alt", "altKey", "alt_key"),
    ("Control", "ctrlKey", "ctrl_key"),
    ("Meta", "metaKey", "meta_key"),
    ("Shift", "shiftKey", "shift_key"),
)
_BUTTONS: tuple[Literal["left", "middle", "right"], ...] = ("left", "middle", "right")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,19}|[ -~]")


def is_challenge(raw: Mapping[str, Any]) -> bool:
    """Whether a record has this format's names, nested in `properties` or flat."""
    if isinstance(raw.get("event"), str):
        return True
    return any(isinstance(raw.get(name), str) for name in ("eventType", "event_type"))


def challenge_event(raw: Mapping[str, Any]) -> Event:
    """One event of this format; what it names and we don't know becomes Opaque. Raises BadInput with the field."""
    props = mapping(raw.get("properties")) or raw
    name = text_field(raw, "event") or text_field(props, "eventType", "event_type")
    kind = KINDS.get(name.lower().replace("$", "").replace("-", "").replace("_", ""), "opaque")
    base = _envelope(raw, props, kind)
    match kind:
        case "click" | "dblclick" | "rightclick":
            return _click(base, props, kind)
        case "input":
            return input_event(base, target_of(props), _value(props), _told_checked(props))
        case "press":
            return _press(base, props, name)
        case "navigation":
            told = text_field(props, "to_url", "$to_url", "toUrl", "navigation_url", chars_max=limits.URL_CHARS_MAX)
            return navigation_event(base, target_of(props), told)
        case "request":
            return _request(base, props)
        case "end":
            return End(**base)
        case "opaque":
            return Opaque(**base, name=name)


def _envelope(raw: Mapping[str, Any], props: Mapping[str, Any], kind: Kind) -> Envelope:
    url = page_url(props)
    names = {**props, **{key: raw[key] for key in ("session_id", "journey_id", "distinct_id", "app") if raw.get(key)}}
    ours = who(
        id_field(names, "app", "$app"),
        id_field(names, "session_id", "$session_id", "sessionId"),
        id_field(names, "journey_id", "$journey_id", "journeyId"),
        url,
        text_field(props, "$host", "host"),
    )
    clock, value = next(
        (
            (name, holder[name])
            for holder in (raw, props)
            for name in ("timestamp", "$time", "time")
            if holder.get(name) is not None
        ),
        ("timestamp", None),
    )
    seq = props.get("seq")
    return Envelope(
        id=id_field(raw, "uuid", "id", "event_id") or id_field(props, "$insert_id", "event_id") or event_id(raw),
        app=ours.app,
        session_id=ours.session_id,
        journey_id=ours.journey_id,
        user_id=id_field(names, "distinct_id", "$distinct_id", "user_id"),
        tab_id=id_field(props, "$window_id", "tab_id") or "",
        at_ms=time_ms(clock, value),
        seq=seq if type(seq) is int and 0 <= seq <= limits.SEQ_MAX else ORDER.get(kind, 2),
        source="challenge",
        traffic=traffic_field(props),
        page=Page(url=url, title=safe_text(text_field(props, "title", "$title")), **viewport(props)),
    )


def viewport(props: Mapping[str, Any]) -> dict[str, int]:
    """The page's size. The screen's size says nothing about the page, so it is not taken for it."""
    out = {}
    for ours, theirs in (("width_px", "$viewport_width"), ("height_px", "$viewport_height")):
        value = props.get(theirs)
        if type(value) is int and 0 < value < limits.SIZE_PX_MAX:
            out[ours] = value
    return out


def page_url(props: Mapping[str, Any]) -> str:
    """The page's address; `$current_url` wins over `$pathname`, which can disagree with it."""
    url = safe_url(text_field(props, "$current_url", "current_url", "url", chars_max=limits.URL_CHARS_MAX))
    host, path = text_field(props, "$host", "host"), text_field(props, "$pathname", "pathname")
    return url or (f"https://{host}{path or '/'}" if host else "")


Target = tuple[Element, dict[str, str], str]
"""An element, its attributes, and the text that the producer gave it."""


def target_of(props: Mapping[str, Any]) -> Target:
    """What a record says of its element."""
    attributes = attribute_map(props.get("elementAttributes") or props.get("element_attributes"))
    tag = tag_name(props.get("elementType") or props.get("element_type") or attributes.get("tag"))
    text = text_field(props, "elementText", "element_text", "text", chars_max=limits.VALUE_CHARS_MAX)
    seen = "" if is_field(tag, attributes) else text
    return element(Described(tag=tag, attributes=attributes, text=seen)), attributes, text


def _modifiers(props: Mapping[str, Any]) -> tuple[Modifier, ...]:
    return tuple(key for key, camel, snake in _MODIFIERS if flag(props, camel, snake))


def _click(base: Envelope, props: Mapping[str, Any], kind: Kind) -> Event:
    target, _, _ = target_of(props)
    number = props.get("mouseButton", props.get("mouse_button", 0))
    button = _BUTTONS[number] if type(number) is int and 0 <= number <= 2 else "left"
    return Click(
        **base,
        target=target,
        button="right" if kind == "rightclick" else button,
        clicks=2 if kind == "dblclick" else 1,
        modifiers=_modifiers(props),
    )


def input_event(base: Envelope, aim: Target, value: str | None, told_checked: bool | None) -> Event:
    """What was typed, chosen or ticked; `value` is there where the producer gives it a field of its own."""
    target, attributes, text = aim
    if is_check(target.tag, attributes):
        return Check(**base, target=target, checked=_checked(told_checked, attributes, text))
    value = attributes.get("value") if value is None else value
    if target.tag == "select":
        chosen = text if value is None else value
        label = text if value is None or text == value else ""
        return Select(**base, target=target, options=(Choice(value=chosen, label=label[: limits.TEXT_CHARS_MAX]),))
    if value is None and not _is_label(text, attributes):
        value = text
    return Fill(**base, target=target, value=withheld(attributes) if value is None else typed(attributes, value))


def _value(props: Mapping[str, Any]) -> str | None:
    """The value where a producer gives it a field of its own."""
    for name in ("value", "inputValue", "input_value", "elementValue", "element_value"):
        if isinstance(props.get(name), (str, int, float)):
            return str(props[name])[: limits.VALUE_CHARS_MAX]
    return None


def _is_label(text: str, attributes: Mapping[str, str]) -> bool:
    """Whether an input's text repeats what the field is called instead of what was typed into it."""
    bare = normalised(text).rstrip(":* ").casefold()
    if not bare:
        return False
    if normalised(text).endswith((":", " *")):
        return True
    names = [attributes.get(key, "") for key in ("placeholder", "aria-label", "name", "id", "title")]
    return bare in {re.sub(r"[-_\s]+", " ", name).strip().rstrip(":* ").casefold() for name in names if name}


def _told_checked(props: Mapping[str, Any]) -> bool | None:
    told = props.get("checked", props.get("elementChecked"))
    return told if isinstance(told, bool) else None


def _checked(told: bool | None, attributes: Mapping[str, str], text: str) -> bool:
    if told is not None:
        return told
    words = {attributes.get("checked", "").lower(), attributes.get("aria-checked", "").lower(), text.strip().lower()}
    return not words & {"false", "off", "unchecked"}


def _press(base: Envelope, props: Mapping[str, Any], name: str) -> Event:
    key = props.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        return Opaque(**base, name=name)
    target, _, _ = target_of(props)
    return Press(**base, target=target, key=key, modifiers=_modifiers(props))


def navigation_event(base: Envelope, aim: Target, told: str) -> Event:
    """The address that the page came to, where the record tells it; else the (perhaps old) address it carries."""
    target, attributes, text = aim
    linked = target.tag in ("a", "area", "button") and bool(text or attributes.get("href"))
    href = attributes.get("href", "") if linked else ""
    here = base["page"].url
    url = urls.join(here, told or href)[: limits.URL_CHARS_MAX]
    return Navigation(**base, url=safe_url(url), target=target if linked else None)


def _request(base: Envelope, props: Mapping[str, Any]) -> Event:
    method = text_field(props, "method", "api_method", "$method").upper()
    status = text_field(props, "status", "status_code", "$status")
    return Request(
        **base,
        method=method if re.fullmatch(r"[A-Z]{1,20}", method) else "GET",
        url=safe_url(text_field(props, "api_url", "apiUrl", "$api_url", "request_url", chars_max=limits.URL_CHARS_MAX)),
        status=int(status) if re.fullmatch(r"[1-5]\d\d", status) else None,
    )
