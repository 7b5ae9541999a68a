"""CSS selectors from structured locators, what must not be used in one, and locators for what nobody measured."""

import re
from typing import Final, assert_never
from urllib.parse import unquote

from pipeline.codegen.python.quoting import css_string, is_css_identifier
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.generated import is_volatile, looks_generated
from schemas.elements import (
    ByAltText,
    ByAttribute,
    ById,
    ByLabel,
    ByPath,
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

DERIVED_CHARS_MAX: Final = 100
ROLES: Final = frozenset(
    [
        "alert",
        "alertdialog",
        "application",
        "article",
        "banner",
        "blockquote",
        "button",
        "caption",
        "cell",
        "checkbox",
        "code",
        "columnheader",
        "combobox",
        "complementary",
        "contentinfo",
        "definition",
        "deletion",
        "dialog",
        "directory",
        "document",
        "emphasis",
        "feed",
        "figure",
        "form",
        "generic",
        "grid",
        "gridcell",
        "group",
        "heading",
        "img",
        "insertion",
        "link",
        "list",
        "listbox",
        "listitem",
        "log",
        "main",
        "marquee",
        "math",
        "menu",
        "menubar",
        "menuitem",
        "menuitemcheckbox",
        "menuitemradio",
        "meter",
        "navigation",
        "none",
        "note",
        "option",
        "paragraph",
        "presentation",
        "progressbar",
        "radio",
        "radiogroup",
        "region",
        "row",
        "rowgroup",
        "rowheader",
        "scrollbar",
        "search",
        "searchbox",
        "separator",
        "slider",
        "spinbutton",
        "status",
        "strong",
        "subscript",
        "superscript",
        "switch",
        "tab",
        "table",
        "tablist",
        "tabpanel",
        "term",
        "textbox",
        "time",
        "timer",
        "toolbar",
        "tooltip",
        "tree",
        "treegrid",
        "treeitem",
    ]
)

_TAG = re.compile(r"[a-z][a-z0-9-]*\Z")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_:-]*\Z", re.IGNORECASE)


def test_id_css(value: str, attribute: str) -> str | None:
    """A selector for a test id in an attribute of its own."""
    return f"[{attribute}={css_string(value)}]" if _ATTRIBUTE.match(attribute) else None


def css(locator: ById | ByAttribute | ByTag | ByPath) -> tuple[str, int] | None:
    """A CSS selector and its score, None where it can't be trusted."""
    match locator:
        case ById(value=value):
            return _id_css(value)
        case ByAttribute(tag=tag, attribute=attribute, value=value):
            return _attribute_css(tag, attribute, value)
        case ByTag(tag=tag, classes=classes):
            return _tag_css(tag, tuple(classes))
        case ByPath(steps=steps):
            if not steps or not all(_TAG.match(step.tag) for step in steps):
                return None
            path = " > ".join(
                step.tag if step.tag in ("html", "body") else f"{step.tag}:nth-of-type({max(1, step.nth_of_type)})"
                for step in steps
            )
            return path, 2_000_000 + 10 * len(steps)
        case _:
            assert_never(locator)


@once_per_text
def _id_css(value: str) -> tuple[str, int] | None:
    if looks_generated(value) or not value:
        return None
    return (f"#{value}" if is_css_identifier(value) else f"[id={css_string(value)}]"), 500


@once_per_text
def _attribute_css(tag: str, attribute: str, value: str) -> tuple[str, int] | None:
    if (
        not _TAG.match(tag)
        or not _ATTRIBUTE.match(attribute)
        or (attribute in ("id", "class", "name") and looks_generated(value))
        or any(is_volatile(unquote(part)) for part in re.split(r"[/?#&=]", value))
    ):
        return None
    return f"{tag}[{attribute}={css_string(value)}]", 420 if attribute == "name" else 520


@once_per_text
def _tag_css(tag: str, classes: tuple[str, ...]) -> tuple[str, int] | None:
    if not _TAG.match(tag):
        return None
    kept = [name for name in classes if is_css_identifier(name) and not looks_generated(name)]
    if classes and not kept:
        return None  # how many there are was counted with the classes
    return tag + "".join(f".{name}" for name in kept), 530 if kept else 540


def derived(element: Element) -> tuple[Candidate, ...]:
    """Candidates for formats that measure none, from what they tell of the element."""
    found: list[Locator] = []
    if element.role and element.name:
        found.append(ByRole(role=element.role, name=element.name))
    if element.label:
        found.append(ByLabel(value=element.label))
    if element.placeholder:
        found.append(ByPlaceholder(value=element.placeholder))
    if element.alt:
        found.append(ByAltText(value=element.alt))
    if element.text and not element.text_cut and len(element.text) <= DERIVED_CHARS_MAX:
        found.append(ByText(value=element.text))
    if element.title:
        found.append(ByTitle(value=element.title))
    if element.test_id:
        found.append(ByTestId(value=element.test_id))
    if element.id:
        found.append(ById(value=element.id))
    if element.name_attribute:
        found.append(ByAttribute(tag=element.tag, attribute="name", value=element.name_attribute))
    if element.href:
        found.append(ByAttribute(tag=element.tag, attribute="href", value=element.href))
    if element.type:
        found.append(ByAttribute(tag=element.tag, attribute="type", value=element.type))
    found.append(ByTag(tag=element.tag, classes=element.classes))
    return tuple(Candidate(locator=locator) for locator in found)
