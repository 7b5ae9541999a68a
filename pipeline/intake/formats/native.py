"""Our own format: an event as `schemas.events` says it, with the ids filled in and long texts cut.

Besides `at_ms`, a time may come as `timestamp` or `at` in any of the forms that the other formats know.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pipeline.intake.addresses import safe_text, safe_url
from pipeline.intake.cards import holds_card
from pipeline.intake.elements import facts_of, secret_kind, tells_secret
from pipeline.intake.fields import event_id, id_field, mapping, text_field, time_ms, who
from pipeline.intake.told_passwords import may_tell, without_passwords
from schemas import limits
from schemas.codecs import BadInput, explain
from schemas.events import EVENT, Change, Dialog, Effect, Event, Fill, Typed, ValueChanged

_ITEMS_MAX = {
    "candidates": limits.CANDIDATES_MAX,
    "ancestors": limits.ANCESTORS_MAX,
    "frames": limits.FRAMES_MAX,
    "options": limits.OPTIONS_MAX,
    "files": limits.FILES_MAX,
    "changes": limits.CHANGES_MAX,
    "classes": limits.CLASSES_MAX,
    "texts": limits.ORDERED_ITEMS_MAX,
    "steps": limits.PATH_STEPS_MAX,
    "within": limits.ANCESTORS_MAX,
    "modifiers": limits.MODIFIERS_MAX,
}
_CHARS_MAX = {
    "chunk": limits.EVENT_BYTES_MAX,
    "value": limits.VALUE_CHARS_MAX,
    "before": limits.VALUE_CHARS_MAX,
    "after": limits.VALUE_CHARS_MAX,
    "message": limits.VALUE_CHARS_MAX,
}
_LONG = dict.fromkeys(("before", "after", "message"), limits.VALUE_CHARS_MAX) | dict.fromkeys(
    ("url", "href"), limits.URL_CHARS_MAX
)
"""Texts that may be long wherever they stand; a `value` is a locator's too, which is no text to be cut."""
_ADDRESSES = ("url", "href")
_IDS = ("id", "app", "session_id", "journey_id", "user_id", "tab_id", "opened_tab_id", "cause")


def is_native(raw: Mapping[str, Any]) -> bool:
    """Whether a record says its kind as our events do."""
    return "kind" in raw and "event" not in raw


def native_event(raw: Mapping[str, Any]) -> Event:
    """One event in our own format. Raises BadInput with the field's name."""
    trimmed = (
        dict(raw)
        if fits(raw)
        else {key: value if key in _IDS else _trimmed(key, value) for key, value in raw.items() if value is not None}
    )
    for name in _IDS:
        if name in trimmed:
            trimmed[name] = id_field(raw, name) or ""
    ours = who(
        trimmed.get("app"),
        trimmed.get("session_id"),
        trimmed.get("journey_id"),
        text_field(mapping(raw.get("page")), "url") or text_field(raw, "url"),
    )
    trimmed |= {"app": ours.app, "session_id": ours.session_id, "journey_id": ours.journey_id}
    trimmed["id"] = trimmed.get("id") or event_id(raw)
    name = next((name for name in ("at_ms", "timestamp", "at") if raw.get(name) is not None), "at_ms")
    if type(raw.get(name)) is not int or name != "at_ms":
        trimmed["at_ms"] = time_ms(name, raw.get(name))
    try:
        return without_secrets(EVENT.validate_python(trimmed))
    except ValidationError as error:
        raise BadInput(_explained(raw, error)) from None


def without_secrets(event: Event) -> Event:
    """The event without the values of fields that are secret by their attributes. Our recorder leaves them out itself;
    another producer may not."""
    if isinstance(event, Fill) and event.value.secret:
        return event.model_copy(update={"keys": ()}) if event.keys else event
    if isinstance(event, Fill) and (event.value.text or event.keys):
        kind = secret_kind(facts_of(event.target), "") or ("card" if holds_card(event.value.text) else None)
        return event.model_copy(update={"value": Typed(secret=kind), "keys": ()}) if kind else event
    if isinstance(event, Dialog) and (bare := without_passwords(event.message)) != event.message:
        return without_secrets(event.model_copy(update={"message": bare}))
    if isinstance(event, Dialog) and event.value and (tells_secret(event.message) or holds_card(event.value)):
        return event.model_copy(update={"value": ""})
    if isinstance(event, Effect) and any(_tells_secret(change) for change in event.changes):
        kept = tuple(change for change in event.changes if not _tells_secret(change))
        return event.model_copy(update={"changes": kept})
    return event


def _tells_secret(change: Change) -> bool:
    return isinstance(change, ValueChanged) and secret_kind(facts_of(change.element), "") is not None


def _explained(raw: Mapping[str, Any], error: ValidationError) -> str:
    """What is wrong, without the value of a tag that nobody knows: it may be long, or hostile."""
    if any(fault["type"].startswith("union_tag") for fault in error.errors(include_url=False)[:1]):
        place = error.errors(include_url=False)[0]["loc"]
        tag = ".".join(str(part) for part in place) or "kind"
        return f"{tag}: not a kind that we know" if place or raw.get("kind") else "kind: missing"
    return explain(error)[: limits.CAUSE_CHARS_MAX]


def fits(raw: Mapping[str, Any]) -> bool:
    """Whether nothing in an event needs a cut: true of nearly every one, and much quicker than cutting."""
    chars_max, nested = limits.TEXT_CHARS_MAX, (dict, list)
    waiting: list[Any] = [raw]
    while waiting:
        node = waiting.pop()
        if type(node) is list:
            if not _items_fit(node):
                return False
            waiting += [item for item in node if type(item) in nested]
            continue
        for key, value in node.items():
            kind = type(value)
            if kind is str:
                # As `safe_text` asks, without a call for each of some hundred texts.
                suspect = key in _ADDRESSES or "://" in value or value[:1] == "/" or "eyJ" in value
                suspect = suspect or may_tell(value)
                if (suspect and _safe(key, value) != value) or len(value) > _LONG.get(key, chars_max):
                    return False
            elif kind is dict:
                waiting.append(value)
            elif kind is list:
                if len(value) > _ITEMS_MAX.get(key, limits.PATH_STEPS_MAX):
                    return False
                waiting.append(value)
            elif value is None:
                return False
    return True


def _items_fit(items: list[Any]) -> bool:
    if any(type(item) is str and (len(item) > limits.TEXT_CHARS_MAX or safe_text(item) != item) for item in items):
        return False
    return not any(type(item) is list and len(item) > limits.CANDIDATES_MAX for item in items)


def _safe(key: str, text: str) -> str:
    return safe_url(text) if key in _ADDRESSES else safe_text(text)


def _trimmed(key: str, node: Any) -> Any:
    """The value of field `key`, with texts and lists cut to their bounds."""
    if type(node) is str:
        if key in _ADDRESSES:
            return safe_url(node)
        return node if key == "chunk" else safe_text(node)[: _CHARS_MAX.get(key, limits.TEXT_CHARS_MAX)]
    if type(node) is dict:
        return _trimmed_object(key, node)
    if type(node) is list:
        if key == "keys":
            return _strokes(node)
        if key == "candidates":
            node = [item for item in node if _findable(item)]
        elif key == "changes":
            node = [item for item in node if type(item) is not dict or _findable(item.get("items"))]
        inner = "candidates" if key == "frames" else key
        return [
            _trimmed(inner if type(item) is list else key, item)
            for item in node[: _ITEMS_MAX.get(key, limits.BODY_EVENTS_MAX)]
        ]
    return node


def _trimmed_object(key: str, node: dict[str, Any]) -> dict[str, Any]:
    if key == "value":
        # What was typed: `text` is a value here, not an element's text.
        return {
            name: safe_text(item)[: limits.VALUE_CHARS_MAX] if type(item) is str else _trimmed(name, item)
            for name, item in node.items()
        }
    out = {name: _trimmed(name, item) for name, item in node.items() if item is not None}
    if "tag" in node and len(text_field(node, "text", chars_max=limits.TEXT_CHARS_MAX + 1)) > limits.TEXT_CHARS_MAX:
        out["text_cut"] = True
    return out


def _strokes(keys: list[Any]) -> list[Any]:
    """Keys can't be cut and still make the same text: where there are too many, none are kept."""
    texts = [key.get("text", "") if type(key) is dict else "" for key in keys]
    long = any(type(text) is not str or len(text) > limits.VALUE_CHARS_MAX for text in texts)
    return [] if long or len(keys) > limits.STROKES_MAX else keys


def _findable(candidate: Any) -> bool:
    """A locator can't be cut and still find its element: one that is too long, or holds what grants, is left out."""
    if type(candidate) is not dict:
        return True
    locators = [candidate.get("locator")]
    within = candidate.get("within")
    if type(within) is list:
        locators += [scope.get("locator") for scope in within if type(scope) is dict]
    return all(_short_enough(locator) for locator in locators if type(locator) is dict)


def _short_enough(locator: Mapping[str, Any]) -> bool:
    value_max = limits.URL_CHARS_MAX if locator.get("by") == "attribute" else limits.TEXT_CHARS_MAX
    steps = locator.get("steps")
    if type(steps) is list and len(steps) > limits.PATH_STEPS_MAX:
        return False
    return all(
        len(value) <= (value_max if key == "value" else limits.TEXT_CHARS_MAX) and safe_text(value) == value
        for key, value in locator.items()
        if type(value) is str
    )
