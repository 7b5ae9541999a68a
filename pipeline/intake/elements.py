"""An element from what a thin format tells of it: tag, attributes and a text.

Nothing here was measured in a page: every candidate's count is 0, and they stand in the order in which they are
likely to be right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.intake.addresses import safe_text, safe_url
from pipeline.intake.cards import holds_card
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.secret_words import kind_by_words
from schemas import limits
from schemas.elements import (
    Ancestor,
    ByAltText,
    ByAttribute,
    ById,
    ByLabel,
    ByPlaceholder,
    ByRole,
    ByTag,
    ByTestId,
    ByText,
    ByTitle,
    Candidate,
    Element,
    Locator,
)
from schemas.events import Secret, Typed

ELLIPSIS = "…"
_TAG = re.compile(r"[a-z][a-z0-9-]{0,60}")
_TEST_IDS = ("data-testid", "data-test-id", "data-test", "data-cy", "data-qa")
_INPUT_ROLES = {
    "button": "button", "submit": "button", "reset": "button", "image": "button", "file": "button",
    "checkbox": "checkbox", "radio": "radio", "range": "slider", "number": "spinbutton", "search": "searchbox",
    "hidden": None, "color": None,
}  # fmt: skip
_TAG_ROLES = {
    "button": "button", "select": "combobox", "textarea": "textbox", "h1": "heading", "h2": "heading",
    "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading", "option": "option", "summary": None,
    "img": "img", "li": "listitem", "ul": "list", "ol": "list", "nav": "navigation", "main": "main",
    "table": "table", "tr": "row", "td": "cell", "th": "columnheader", "dialog": "dialog", "progress": "progressbar",
    "output": "status", "article": "article", "hr": "separator", "aside": "complementary",
}  # fmt: skip
NAMED_BY_CONTENT = {
    "button", "link", "heading", "option", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "checkbox", "radio",
    "switch", "treeitem", "row", "cell", "columnheader", "tooltip",
}  # fmt: skip
BUTTON_TYPES = {"button", "submit", "reset", "image"}
_MASK = re.compile(r"[*•●∙·＊⬤]{2,}")
_LOOKS_UP = {"combobox", "searchbox"}
_EXAMPLES = re.compile(r"^(e\.?g\b|for example|such as)|,.*,", re.IGNORECASE)
"""A placeholder that lists what could be typed says nothing of what is."""
_TELLING = ("id", "name", "autocomplete", "placeholder", "aria-label", "title", "data-testid")
_BEFORE_TEXT = (ByLabel, ByPlaceholder, ByAltText)
"""Ways to find an element that come before its text."""
_KINDS: tuple[Secret, ...] = ("password", "otp", "card")
_NO_PASSWORD_TYPES = {"email", "url", "date", "datetime-local", "month", "week", "time", "color", "range"}


@dataclass(frozen=True, slots=True)
class Described:
    """What a format tells of an element. `text` is its visible text ("" for fields, whose text is their value)."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    label: str = ""
    ancestors: tuple[Ancestor, ...] = ()


def tag_name(value: Any) -> str:
    """A tag in lower case; "div" for what can be none."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if _TAG.fullmatch(text) else "div"


def attribute_map(raw: Any) -> dict[str, str]:
    """The scalar attributes of an object, names in lower case, values as text within bounds."""
    if not isinstance(raw, dict):
        return {}
    out = {}
    for name, value in list(raw.items())[:100]:
        if isinstance(value, bool):
            value = "true" if value else "false"
        if isinstance(value, list) and name.lower() in ("class", "classes", "classname"):
            value = " ".join(item for item in value if isinstance(item, str))
        if isinstance(value, (str, int, float)):
            out[name.lower()[: limits.TEXT_CHARS_MAX]] = str(value)[: limits.URL_CHARS_MAX]
    if "class" not in out:
        out["class"] = out.get("classname") or out.get("classes", "")
    if "id" in out:
        out["id"] = out["id"].removeprefix("#")
    return out


def is_field(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether the user types or chooses a value in it, so that its text is a value and no name."""
    if tag in ("textarea", "select"):
        return True
    kind = attributes.get("type", "").lower()
    return tag == "input" and kind not in BUTTON_TYPES


def is_check(tag: str, attributes: Mapping[str, str]) -> bool:
    """A checkbox or a radio button."""
    return tag == "input" and attributes.get("type", "").lower() in ("checkbox", "radio")


def role_of(tag: str, attributes: Mapping[str, str]) -> str | None:
    """The ARIA role by attribute or by tag; None where the tag has none of its own."""
    given = attributes.get("role", "").strip().lower().split(" ")[0]
    if re.fullmatch(r"[a-z]{2,30}", given):
        return given
    if tag in ("a", "area"):
        return "link" if attributes.get("href") or tag == "a" else None
    if tag == "input":
        kind = attributes.get("type", "").lower()
        return _INPUT_ROLES.get(kind, "combobox" if attributes.get("list") else "textbox")
    if tag == "select" and "multiple" in attributes:
        return "listbox"
    return _TAG_ROLES.get(tag)


def secret_kind(attributes: Mapping[str, str], value: str) -> Secret | None:
    """Why a field's value must not be kept: by what its attributes say, or because the client masked it already."""
    kind = attributes.get("type", "").lower()
    if kind == "password":
        return "password"
    if kind in _NO_PASSWORD_TYPES:
        return "masked" if _MASK.fullmatch(value.strip()) else None
    told = {name: attributes[name] for name in _TELLING if name in attributes}
    looks_up = kind == "search" or kind.startswith("select-") or attributes.get("role", "") in _LOOKS_UP
    if looks_up and attributes.get("autocomplete", "").strip().lower() == "new-password":
        del told["autocomplete"]  # asked for by widgets that look things up, to keep browsers quiet
    if _EXAMPLES.search(told.get("placeholder", "")):
        del told["placeholder"]
    found = {kind_by_words(text) for text in told.values()}
    if told.get("autocomplete", "").lower().startswith("cc-") or holds_card(value):
        found.add("card")
    if any(found):
        return next(one for one in _KINDS if one in found)
    return "password" if _MASK.fullmatch(value.strip()) else None


def tells_secret(text: str) -> bool:
    """Whether a text, as the attribute of a field, would make its value a secret."""
    return kind_by_words(text) is not None


def facts_of(target: Element | None) -> dict[str, str]:
    """The attributes of a field that tell whether its value is a secret."""
    if target is None:
        return {}
    facts = {
        "type": target.type,
        "role": target.role,
        "id": target.id,
        "name": target.name_attribute,
        "autocomplete": target.autocomplete,
        "placeholder": target.placeholder,
        "aria-label": target.name or target.label,
    }
    return {name: value for name, value in facts.items() if value}


def typed(attributes: Mapping[str, str], value: str) -> Typed:
    """A field's value as typed; a secret keeps no text."""
    kind = secret_kind(attributes, value)
    return Typed(secret=kind) if kind else Typed(text=value[: limits.VALUE_CHARS_MAX])


def withheld(attributes: Mapping[str, str], label: str = "") -> Typed:
    """A value that the producer did not send: a secret of the kind that the field says, else simply not known."""
    return Typed(
        secret=secret_kind({**attributes, "placeholder": label or attributes.get("placeholder", "")}, "") or "masked"
    )


def normalised(text: str) -> str:
    """Visible text as locators see it: no zero-width space, no soft hyphen, white space collapsed; and nothing in an
    address that grants access."""
    return safe_text(" ".join(text.replace("\u200b", "").replace("\u00ad", "").split()))


def whole_words(text: str) -> tuple[str, bool]:
    """A text within TEXT_CHARS_MAX, and whether something was cut from it here or before (a trailing `…`).

    A cut text ends at a word's end, so that it can be looked for as a part.
    """
    cut = text.endswith(ELLIPSIS) or len(text) > limits.TEXT_CHARS_MAX
    if not cut:
        return text, False
    short = text.rstrip(ELLIPSIS)[: limits.TEXT_CHARS_MAX]
    words, space, _ = short.rpartition(" ")
    return (words if space and len(words) > 20 else short).strip(), True


def classes_of(attributes: Mapping[str, str]) -> tuple[str, ...]:
    """The classes; the last one is left out where the list was cut off."""
    return _classes(attributes.get("class", ""))


@once_per_text
def _classes(listed: str) -> tuple[str, ...]:
    names = listed.split()
    if names and names[-1].endswith(ELLIPSIS):
        names.pop()
    return tuple(name for name in names if len(name) <= limits.TEXT_CHARS_MAX)[: limits.CLASSES_MAX]


def element(told: Described) -> Element:
    """The element, with candidates for finding it."""
    attributes, tag = told.attributes, told.tag
    text, text_cut = whole_words(normalised(told.text))
    role = role_of(tag, attributes)
    name, name_from = _accessible_name(told, role, text)
    return Element(
        tag=tag,
        type=_short(attributes, "type"),
        role=role,
        name=name or None,
        name_from=name_from,
        text=text or None,
        text_cut=text_cut,
        label=told.label[: limits.TEXT_CHARS_MAX] or None,
        placeholder=_cut(attributes, "placeholder"),
        alt=_cut(attributes, "alt"),
        title=_cut(attributes, "title"),
        id=_short(attributes, "id"),
        name_attribute=_short(attributes, "name"),
        test_id=next((_short(attributes, key) for key in _TEST_IDS if attributes.get(key)), None),
        href=safe_url(attributes.get("href", "")) or None,
        autocomplete=_short(attributes, "autocomplete"),
        classes=classes_of(attributes),
        level=int(tag[1]) if re.fullmatch("h[1-6]", tag) else None,
        editable=is_field(tag, attributes) and not is_check(tag, attributes),
        candidates=tuple(Candidate(locator=way) for way in _ways(told, role, name, text)),
        ancestors=told.ancestors[: limits.ANCESTORS_MAX],
    )


def with_text(bare: Element, attributes: Mapping[str, str], text: str) -> Element:
    """What `element` makes of the same facts with this text, where `bare` is what it makes of them without one: many
    elements of a page differ by their texts alone."""
    words, cut = whole_words(normalised(text))
    told = Described(bare.tag, attributes, text)
    name, name_from = _accessible_name(told, bare.role, words)
    before = [one for one in bare.candidates if isinstance(one.locator, ByTestId)]
    others = [one for one in bare.candidates[len(before) :] if not isinstance(one.locator, ByRole)]
    shown = [one for one in others if isinstance(one.locator, _BEFORE_TEXT)]
    named = [Candidate(locator=ByRole(role=bare.role, name=name))] if bare.role and name else []
    says = bool(words) and not (named and words == name)
    spoken = [Candidate(locator=ByText(value=words))] if says else []
    ways = (*before, *named, *shown, *spoken, *others[len(shown) :])
    return bare.model_copy(
        update={
            "name": name or None,
            "name_from": name_from,
            "text": words or None,
            "text_cut": cut,
            "candidates": ways[: limits.CANDIDATES_MAX],
        }
    )


def _cut(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute that people read."""
    return safe_text(attributes.get(name, ""))[: limits.TEXT_CHARS_MAX] or None


def _short(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute that is no text for people: useless once cut, so left out when too long."""
    value = attributes.get(name, "")
    return value if 0 < len(value) <= limits.TEXT_CHARS_MAX else None


def _accessible_name(told: Described, role: str | None, text: str) -> tuple[str, str | None]:
    """The accessible name as far as it can be told, and where it comes from."""
    attributes = told.attributes
    ways = [("aria", attributes.get("aria-label", "")), ("label", told.label)]
    if told.tag == "input" and attributes.get("type", "").lower() in BUTTON_TYPES:
        ways.append(("value", attributes.get("value", "") or text))
    elif role in NAMED_BY_CONTENT and not is_field(told.tag, attributes):
        ways.append(("content", text))
    ways += [("alt", attributes.get("alt", "")), ("title", attributes.get("title", ""))]
    if is_field(told.tag, attributes):
        ways.append(("placeholder", attributes.get("placeholder", "")))
    for source, value in ways:
        name, _ = whole_words(normalised(value))
        if name:
            return name, source
    return "", None


def _ways(told: Described, role: str | None, name: str, text: str) -> list[Locator]:
    """The locators that the facts allow, the most trustworthy first: none by what is withheld of an address."""
    tag, attributes = told.tag, {key: value for key, value in told.attributes.items() if safe_text(value) == value}
    short = {key: value for key, value in attributes.items() if 0 < len(value) <= limits.TEXT_CHARS_MAX}
    ways: list[Locator] = [ByTestId(value=short[key], attribute=key) for key in _TEST_IDS if key in short]
    if role and name:
        ways.append(ByRole(role=role, name=name))
    if told.label:
        ways.append(ByLabel(value=told.label[: limits.TEXT_CHARS_MAX]))
    elif "aria-label" in short and is_field(tag, attributes):
        ways.append(ByLabel(value=short["aria-label"]))
    if "placeholder" in short:
        ways.append(ByPlaceholder(value=short["placeholder"]))
    if "alt" in short:
        ways.append(ByAltText(value=short["alt"]))
    if text and not (role and name and text == name):
        ways.append(ByText(value=text))
    if "title" in short:
        ways.append(ByTitle(value=short["title"]))
    if "id" in short:
        ways.append(ById(value=short["id"]))
    if "name" in short:
        ways.append(ByAttribute(tag=tag, attribute="name", value=short["name"]))
    if tag == "a" and attributes.get("href") == safe_url(attributes.get("href", "")) != "":
        ways.append(ByAttribute(tag=tag, attribute="href", value=attributes["href"]))
    if tag == "input" and "type" in short:
        ways.append(ByAttribute(tag=tag, attribute="type", value=short["type"]))
    ways.append(ByTag(tag=tag, classes=classes_of(attributes)[:3]))
    return ways[: limits.CANDIDATES_MAX]
