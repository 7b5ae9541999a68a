"""rrweb recordings: pruned at intake to what tells the user's actions, and turned into actions per window.

Of a page are kept the elements with the attributes that find them and their short texts; of the rest, inputs, clicks,
focus, addresses and mutations. Values of fields that are secret by their attributes are dropped where the page came
in the same stretch, and never leave `resolve` otherwise.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.intake.addresses import safe_url
from pipeline.intake.bodies import Opening, parsed
from pipeline.intake.elements import secret_kind
from pipeline.intake.fields import Envelope, event_id, time_ms, who
from pipeline.intake.rrweb.chunks import (
    TAG_CHARS_MAX,
    Entry,
    FullEntry,
    InputEntry,
    MetaEntry,
    MouseEntry,
    MutationEntry,
    Node,
    chunks,
)
from pipeline.intake.rrweb.merge import resolve
from schemas import limits
from schemas.codecs import BadInput
from schemas.events import Page, Recording

__all__ = ["is_rrweb", "plain", "recordings", "resolve"]

_KEPT = {
    "id", "name", "type", "class", "role", "placeholder", "title", "alt", "href", "for", "value", "checked", "selected",
    "disabled", "multiple", "list", "autocomplete", "contenteditable", "hidden", "label", "size", "open", "inert",
    "aria-label", "aria-labelledby", "aria-checked", "aria-selected", "aria-expanded", "aria-pressed", "aria-hidden",
    "aria-live", "aria-disabled", "aria-level", "data-testid", "data-test-id", "data-test", "data-cy", "data-qa",
}  # fmt: skip
_TEXTLESS = {"script", "style", "noscript", "template"}
_FULL, _INCREMENTAL, _META, _CUSTOM = 2, 3, 4, 5
_MUTATION, _MOUSE, _INPUT = 0, 2, 5
_Mouse = Literal["click", "contextmenu", "dblclick", "focus", "blur"]
_MOUSE_WHATS: dict[int, _Mouse] = {2: "click", 3: "contextmenu", 4: "dblclick", 5: "focus", 6: "blur"}
_ENTRIES_MAX = 100_000
_NODE_TYPES = {0: "#document", 2: "element", 3: "#text", 5: "#comment"}


def is_rrweb(raw: Any) -> bool:
    """Whether a record is an event of a plain rrweb recording."""
    return (
        isinstance(raw, dict)
        and type(raw.get("type")) is int
        and 0 <= raw["type"] <= 7
        and "timestamp" in raw
        and "data" in raw
        and "event" not in raw
    )


def recordings(base: Envelope, data: Any, opening: Opening) -> Iterator[Recording]:
    """A stretch of rrweb events as events of ours: the first keeps the id of `base`. Its compressed parts are opened
    within `opening`. Raises BadInput."""
    if not isinstance(data, list):
        raise BadInput("$snapshot_data: should be a list")
    entries = list(_Pruning(opening).entries(data))
    if not entries:
        yield Recording(**base)
        return
    for place, chunk in enumerate(chunks(entries)):
        part: Envelope = {
            **base,
            "id": base["id"] if place == 0 else f"{base['id'][: limits.ID_CHARS_MAX - 8]}.{place}",
            "at_ms": chunk.at_ms,
            "seq": place,
        }
        yield Recording(**part, chunk=chunk.text, left_out=chunk.left_out)


def plain(data: list[Any], opening: Opening) -> list[Recording]:
    """A plain rrweb recording, which names no session: it is one of its own, named for its first event."""
    first = data[0]
    name = event_id(first)
    url = next((one["data"]["href"] for one in data if _has_address(one)), "")
    ours = who(None, f"rrweb-{name}", None, url)
    base = Envelope(
        id=name,
        app=ours.app,
        session_id=ours.session_id,
        journey_id=ours.journey_id,
        user_id=None,
        tab_id="",
        at_ms=time_ms("timestamp", first["timestamp"]),
        seq=0,
        source="posthog",
        page=Page(),
    )
    return list(recordings(base, data, opening))


def _has_address(raw: Mapping[str, Any]) -> bool:
    return isinstance(raw["data"], dict) and isinstance(raw["data"].get("href"), str)


@dataclass
class _Pruning:
    """Prunes the events of one stretch."""

    opening: Opening
    secret_nodes: set[int] = field(default_factory=set)
    """Fields of this stretch whose values are secret."""

    def entries(self, data: list[Any]) -> Iterator[Entry]:
        for raw in data[:_ENTRIES_MAX]:
            if not isinstance(raw, dict):
                continue
            at_ms = raw.get("timestamp")
            if isinstance(at_ms, float) and at_ms < 2**53:
                at_ms = int(at_ms)
            if type(at_ms) is not int or not 0 <= at_ms <= limits.AT_MS_MAX:
                continue
            entry = self._entry(raw.get("type"), at_ms, self._open(raw.get("data")))
            if entry is not None:
                yield entry

    def _open(self, value: Any) -> Any:
        """posthog-js sends large parts as gzip in a text of bytes; they are JSON."""
        if not isinstance(value, str) or not value.startswith("\x1f\x8b"):
            return value
        try:
            stream = zlib.decompressobj(wbits=31)
            raw = stream.decompress(value.encode("latin-1"), self.opening.left + 1)
        except (UnicodeEncodeError, zlib.error):
            return None
        self.opening.spend(len(raw))
        if not stream.eof:
            raise BadInput("$snapshot_data: ends too early")
        try:
            return parsed(raw)
        except BadInput:
            return None

    def _entry(self, kind: Any, at_ms: int, data: Any) -> Entry | None:
        if not isinstance(data, dict):
            return None
        if kind == _META:
            return self._meta(at_ms, data)
        if kind == _FULL:
            return FullEntry(at_ms=at_ms, nodes=tuple(self._nodes(data.get("node"), -1, -1)))
        if kind == _CUSTOM:
            payload = data.get("payload")
            href = payload.get("href") if isinstance(payload, dict) else None
            return MetaEntry(at_ms=at_ms, url=safe_url(href)) if isinstance(href, str) else None
        if kind == _INCREMENTAL:
            return self._incremental(at_ms, data)
        return None

    def _meta(self, at_ms: int, data: Mapping[str, Any]) -> Entry | None:
        href = data.get("href")
        if not isinstance(href, str):
            return None
        return MetaEntry(
            at_ms=at_ms, url=safe_url(href), width_px=_size(data.get("width")), height_px=_size(data.get("height"))
        )

    def _incremental(self, at_ms: int, data: Mapping[str, Any]) -> Entry | None:
        source, node = data.get("source"), _node_id(data.get("id"))
        if source == _MUTATION:
            return self._mutation(at_ms, data)
        if source == _MOUSE and node >= 0 and type(data.get("type")) is int and data["type"] in _MOUSE_WHATS:
            return MouseEntry(at_ms=at_ms, node=node, what=_MOUSE_WHATS[data["type"]])
        if source == _INPUT and node >= 0:
            text = data.get("text")
            secret = node in self.secret_nodes
            return InputEntry(
                at_ms=at_ms,
                node=node,
                text=_text(text, limits.VALUE_CHARS_MAX) if not secret else "",
                checked=data.get("isChecked") is True,
                secret=secret,
            )
        return None

    def _mutation(self, at_ms: int, data: Mapping[str, Any]) -> Entry | None:
        removes = [_node_id(one.get("id")) for one in self._list(data, "removes")]
        adds: list[Node] = []
        for one in self._list(data, "adds"):
            adds += self._nodes(one.get("node"), _node_id(one.get("parentId")), _node_id(one.get("nextId")))
        texts = [
            (_node_id(one.get("id")), _text(one.get("value"), limits.TEXT_CHARS_MAX))
            for one in self._list(data, "texts")
        ]
        changed = [
            (_node_id(one.get("id")), _changed_attributes(one.get("attributes")))
            for one in self._list(data, "attributes")
        ]
        changed = [one for one in changed if one[1]]
        if not (removes or adds or texts or changed):
            return None
        return MutationEntry(
            at_ms=at_ms, removes=tuple(removes), adds=tuple(adds), texts=tuple(texts), attributes=tuple(changed)
        )

    def _list(self, data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        value = self._open(data.get(name))
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

    def _nodes(self, root: Any, parent: int, before: int) -> Iterator[Node]:
        """A node and all below it, parents before children, without recursion: a page may be deep."""
        waiting: list[tuple[Any, int, int, bool]] = [(root, parent, before, False)]
        while waiting:
            raw, above, next_id, within_head = waiting.pop()
            if not isinstance(raw, dict):
                continue
            number, tag = _node_id(raw.get("id")), _tag(raw)
            if number < 0 or tag is None or (within_head and tag != "title"):
                continue
            attributes = _kept_attributes(raw.get("attributes")) if tag[0] != "#" else {}
            if raw.get("isShadow") is True:
                attributes["#shadow"] = "1"
            if tag in ("input", "textarea") and secret_kind(attributes, ""):
                self.secret_nodes.add(number)
                attributes.pop("value", None)
            text = _text(raw.get("textContent"), limits.TEXT_CHARS_MAX) if tag == "#text" else ""
            yield (number, above, next_id, tag, attributes, text)
            children = raw.get("childNodes")
            if isinstance(children, list) and tag not in _TEXTLESS:
                waiting += [(child, number, -1, tag == "head") for child in reversed(children)]


def _tag(raw: Mapping[str, Any]) -> str | None:
    kind = raw.get("type")
    name = _NODE_TYPES.get(kind) if type(kind) is int else None
    if name != "element":
        return name
    tag = raw.get("tagName")
    return tag.lower()[:TAG_CHARS_MAX] if isinstance(tag, str) and tag and tag[0].isalpha() else None


def _node_id(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**53 else -1


def _size(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and 0 < value < limits.SIZE_PX_MAX else 0


def _text(value: Any, chars_max: int) -> str:
    return value[:chars_max].replace("\0", "\ufffd") if isinstance(value, str) else ""


def _kept_attributes(raw: Any) -> dict[str, str]:
    return {name: value for name, value in _changed_attributes(raw).items() if value is not None}


def _changed_attributes(raw: Any) -> dict[str, str | None]:
    """The attributes that matter; None for those that were taken away."""
    out: dict[str, str | None] = {}
    if not isinstance(raw, dict):
        return out
    for name, value in raw.items():
        name = name.lower()
        if name == "style":
            out |= _hidden_by_style(value)
        elif name in _KEPT:
            if value is None or value is False:
                out[name] = None
            elif isinstance(value, (str, int, float)):
                out[name] = "" if value is True else _text(str(value), limits.URL_CHARS_MAX)
    if out.get("href"):
        out["href"] = safe_url(out["href"] or "")
    return out


def _hidden_by_style(style: Any) -> dict[str, str | None]:
    """`display: none` of an inline style; rrweb sends the whole style, or an object of what changed in it."""
    if isinstance(style, dict):
        if "display" not in style:
            return {}
        shown = style["display"]
        words = shown[0] if isinstance(shown, list) and shown else shown
        return {"#hidden": "1" if words == "none" else None}
    if isinstance(style, str):
        return {"#hidden": "1" if "display:none" in style.replace(" ", "").lower() else None}
    return {"#hidden": None}
