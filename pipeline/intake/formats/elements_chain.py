"""PostHog's elements chain: `tag.class.class:key="value"key="value";tag…`, the element first, its ancestors after it.

Nothing separates attributes from each other; `"` within a value is written `\\"`; classes may hold any character but
`"` and space, so that only `:key="` tells where they end. A chain that breaks off gives what was read until then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.intake.elements import attribute_map, tag_name
from schemas import limits

CHAIN_ELEMENTS_MAX = 50
_HEAD = re.compile(r'(?P<head>[^"]*?)(?P<end>:(?=[\w@.$-]+=")|:?;|:?$)')
_ATTRIBUTE = re.compile(r'(?P<key>[^="\s;:]+)="(?P<value>(?:[^"\\]|\\.)*)"', re.DOTALL)
_HEAD_CHARS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class ChainElement:
    """One element of a chain: tag, classes, attributes by their names in HTML, text, place among its like."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    nth_of_type: int = 0


def parse_chain(chain: str) -> tuple[ChainElement, ...]:
    """The elements of a chain, the leaf first; at most CHAIN_ELEMENTS_MAX."""
    elements: list[ChainElement] = []
    at = 0
    while at < len(chain) and len(elements) < CHAIN_ELEMENTS_MAX:
        head = _HEAD.match(chain, at, min(len(chain), at + _HEAD_CHARS_MAX))
        if head is None or not head["head"]:
            break
        pairs: list[tuple[str, str]] = []
        at = head.end()
        if head["end"] == ":":
            while (pair := _ATTRIBUTE.match(chain, at)) is not None:
                pairs.append((pair["key"], pair["value"].replace('\\"', '"')))
                at = pair.end()
            if chain[at : at + 1] == ";":
                at += 1
            elif at < len(chain):
                at = len(chain)
        elements.append(_chain_element(head["head"], pairs))
    return tuple(elements)


def _chain_element(head: str, pairs: list[tuple[str, str]]) -> ChainElement:
    tag, _, classes = head.partition(".")
    raw: dict[str, str] = {"class": " ".join(classes.split("."))} if classes else {}
    text, nth = "", ""
    for key, value in pairs:
        if key.startswith("attr__"):
            raw[key.removeprefix("attr__")] = value
        elif key == "text":
            text = value
        elif key == "nth-of-type":
            nth = value
        elif key in ("attr_id", "href"):
            raw.setdefault(key.removeprefix("attr_"), value)
    return ChainElement(tag_name(tag), attribute_map(raw), text[: limits.VALUE_CHARS_MAX], _place(nth))


def from_list(elements: Any) -> tuple[ChainElement, ...]:
    """The older `$elements`: a list of objects with `tag_name`, `$el_text`, `classes`, `attr__*`, `nth_of_type`."""
    if not isinstance(elements, list):
        return ()
    out = []
    for item in elements[:CHAIN_ELEMENTS_MAX]:
        if not isinstance(item, dict):
            break
        raw = {key.removeprefix("attr__"): value for key, value in item.items() if key.startswith("attr__")}
        if isinstance(item.get("classes"), list):
            raw.setdefault("class", item["classes"])
        if isinstance(item.get("attr_id"), str):
            raw.setdefault("id", item["attr_id"])
        text = item.get("$el_text") or item.get("text")
        text = text[: limits.VALUE_CHARS_MAX] if isinstance(text, str) else ""
        out.append(
            ChainElement(tag_name(item.get("tag_name")), attribute_map(raw), text, _place(item.get("nth_of_type")))
        )
    return tuple(out)


def _place(value: Any) -> int:
    """A place among siblings, from 1; 0 where it can be none."""
    text = str(value)
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
