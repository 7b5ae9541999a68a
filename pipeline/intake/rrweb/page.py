"""A rebuilt page at one moment: names, labels, and how many elements a locator would find."""

from pipeline.intake.elements import (
    BUTTON_TYPES,
    NAMED_BY_CONTENT,
    Described,
    element,
    is_field,
    normalised,
    role_of,
)
from pipeline.intake.rrweb.dom import Dom, DomNode, Meter, hidden, text_of
from schemas import limits
from schemas.elements import (
    Ancestor,
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
    PathStep,
)

_INTERACTIVE_TAGS = {"a", "button", "input", "select", "textarea", "option", "summary"}
_INTERACTIVE_ROLES = {"button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "option", "treeitem"}
_PAGE_CHARS_MAX = 2_000_000
_LANDMARKS = {"form", "dialog", "navigation", "main", "region", "table", "list", "listitem", "row", "article", "group"}


def interactive(node: DomNode) -> DomNode:
    """What one clicks on purpose: the button around an icon; the node itself where there is none."""
    for one in (node, *node.up()):
        if one.tag in _INTERACTIVE_TAGS or role_of(one.tag, one.attributes) in _INTERACTIVE_ROLES:
            return one
    return node if node.is_element else next((one for one in node.up() if one.is_element), node)


class View:
    """The page as it is now. Make a new one after the page changed.

    Once the meter is empty nothing is counted any more, and elements are told by their attributes alone.
    """

    def __init__(self, dom: Dom, meter: Meter) -> None:
        self._dom = dom
        self._meter = meter
        self.elements = list(dom.elements()) if not meter.empty else []
        meter.spend(len(self.elements))
        self._by_id: dict[str, DomNode] = {}
        label_for: dict[str, DomNode] = {}
        for node in self.elements:
            if node.attributes.get("id"):
                self._by_id.setdefault(node.attributes["id"], node)
            if node.tag == "label" and node.attributes.get("for"):
                label_for.setdefault(node.attributes["for"], node)
        self._label_for = label_for

    def text(self, node: DomNode) -> str:
        """The visible text of a node and all below it."""
        return text_of(node, self._meter)

    def label(self, node: DomNode) -> str:
        """The text of a field's label: by `for`, or around it."""
        told = self._label_for.get(node.attributes.get("id", ""))
        told = told or next((one for one in node.up() if one.tag == "label"), None)
        return text_of(told, self._meter, without=node) if told else ""

    def control(self, node: DomNode) -> DomNode:
        """The field that a click on this label goes to; the node itself where it is no label."""
        label = next((one for one in (node, *node.up()) if one.tag == "label"), None)
        if label is None or is_field(node.tag, node.attributes):
            return node
        by_id = self._by_id.get(label.attributes.get("for", ""))
        inner = (one for one in label.below() if one.tag in ("input", "select", "textarea"))
        return by_id or next(inner, None) or node

    def name(self, node: DomNode) -> str:
        """The accessible name, by the usual order: aria, label, own content, alternative text, title, placeholder."""
        attributes = node.attributes
        by_ids = [self._by_id[one] for one in attributes.get("aria-labelledby", "").split()[:5] if one in self._by_id]
        if by_ids:
            return normalised(" ".join(self.text(one) for one in by_ids))
        if attributes.get("aria-label", "").strip():
            return normalised(attributes["aria-label"])
        if node.tag == "input" and attributes.get("type", "").lower() in BUTTON_TYPES:
            return normalised(attributes.get("value", "")) or attributes.get("type", "").capitalize()
        if is_field(node.tag, attributes):
            return self.label(node) or normalised(attributes.get("title") or attributes.get("placeholder") or "")
        if role_of(node.tag, attributes) in NAMED_BY_CONTENT:
            inner = self.text(node) or " ".join(one.attributes.get("alt", "") for one in node.below())
            if inner.strip():
                return normalised(inner)
        return normalised(attributes.get("alt") or attributes.get("title") or "")

    def element(self, node: DomNode) -> Element:
        """The element, its candidates counted in this page."""
        label = self.label(node) if is_field(node.tag, node.attributes) else ""
        seen = "" if is_field(node.tag, node.attributes) else self.text(node)
        attributes = {name: value for name, value in node.attributes.items() if name not in ("href", "value")}
        if node.tag == "input" and node.attributes.get("type", "").lower() in BUTTON_TYPES:
            attributes["value"] = node.attributes.get("value", "")
        found = element(Described(node.tag, attributes, seen, label[: limits.TEXT_CHARS_MAX], self._ancestors(node)))
        name = self.name(node)[: limits.TEXT_CHARS_MAX]
        ways = [one.locator for one in found.candidates]
        if found.role and name and not any(isinstance(way, ByRole) and way.name == name for way in ways):
            ways.insert(1 if isinstance(ways[0], ByTestId) else 0, ByRole(role=found.role, name=name))
        path = self._path(node)
        scope = self._scope(node)
        measured = [self._measured(way, node, scope) for way in (*ways, *path)]
        return found.model_copy(
            update={
                "name": name or None,
                "name_from": found.name_from or ("content" if name else None),
                "href": node.attributes.get("href") or None,
                "shadow": any("#shadow" in one.attributes for one in (node, *node.up())),
                "disabled": "disabled" in node.attributes,
                "visible": not hidden(node),
                "candidates": tuple(one for one in measured if one is not None)[: limits.CANDIDATES_MAX],
                "frames": self._frames(node),
            }
        )

    def _ancestors(self, node: DomNode) -> tuple[Ancestor, ...]:
        out = []
        for one in node.up():
            role = role_of(one.tag, one.attributes)
            name = self.name(one)[: limits.TEXT_CHARS_MAX] if role in _LANDMARKS or one.tag == "form" else ""
            test_id, own_id = one.attributes.get("data-testid"), one.attributes.get("id")
            if (name or test_id or own_id) and max(len(test_id or ""), len(own_id or "")) <= limits.TEXT_CHARS_MAX:
                out.append(Ancestor(tag=one.tag, role=role, name=name or None, test_id=test_id, id=own_id))
        return tuple(out[: limits.ANCESTORS_MAX])

    def _scope(self, node: DomNode) -> DomNode | None:
        """The document that the node lies in: that of the nearest iframe, or the page."""
        return next((one for one in node.up() if one.tag == "#document"), None)

    def _frames(self, node: DomNode) -> tuple[tuple[Candidate, ...], ...]:
        frames = [one for one in node.up() if one.tag == "iframe"]
        return tuple(self.element(one).candidates for one in reversed(frames))[: limits.FRAMES_MAX]

    def _path(self, node: DomNode) -> list[ByPath]:
        """The way down from the body; nothing where a shadow root lies between, or the way is too long."""
        steps: list[PathStep] = []
        for one in (node, *node.up()):
            if one.tag == "#document" or one.tag == "html":
                break
            if "#shadow" in one.attributes or len(steps) >= limits.PATH_STEPS_MAX or one.parent is None:
                return []
            like = [other for other in one.parent.children if other.tag == one.tag]
            steps.append(PathStep(tag=one.tag, nth_of_type=like.index(one) + 1))
        return [ByPath(steps=tuple(reversed(steps)))] if steps else []

    def _measured(self, way: Locator, node: DomNode, scope: DomNode | None) -> Candidate | None:
        """The locator with its count and the node's place; None where it would not find the node."""
        if isinstance(way, ByPath):
            return Candidate(locator=way, count=1, index=0)
        if self._meter.empty:
            return Candidate(locator=way)
        self._meter.spend(len(self.elements))
        found = [one for one in self._found(way) if self._scope(one) is scope]
        place = next((index for index, one in enumerate(found) if one is node), None)
        return None if place is None else Candidate(locator=way, count=len(found), index=place)

    def _found(self, way: Locator) -> list[DomNode]:
        """The elements that Playwright would find, as far as the recording tells."""
        match way:
            case ByTestId():
                return [one for one in self.elements if one.attributes.get(way.attribute) == way.value]
            case ById():
                return [one for one in self.elements if one.attributes.get("id") == way.value]
            case ByRole():
                return self._by_role(way)
            case ByLabel():
                return [one for one in self.elements if self._labelled(one, way.value)]
            case ByPlaceholder():
                return self._with_part("placeholder", way.value)
            case ByAltText():
                return self._with_part("alt", way.value)
            case ByTitle():
                return self._with_part("title", way.value)
            case ByText():
                return self.with_text(way.value)
            case ByAttribute():
                return [
                    one
                    for one in self.elements
                    if one.tag == way.tag and one.attributes.get(way.attribute) == way.value
                ]
            case ByTag():
                wanted = set(way.classes)
                return [
                    one
                    for one in self.elements
                    if one.tag == way.tag and wanted <= set(one.attributes.get("class", "").split())
                ]
            case ByPath():
                return []

    def _by_role(self, way: ByRole) -> list[DomNode]:
        wanted = (way.name or "").casefold()
        return [
            one
            for one in self.elements
            if role_of(one.tag, one.attributes) == way.role and not hidden(one) and wanted in self.name(one).casefold()
        ]

    def _labelled(self, node: DomNode, value: str) -> bool:
        label = node.attributes.get("aria-label", "")
        if not label and is_field(node.tag, node.attributes):
            label = self.label(node)
        return bool(label) and value.casefold() in normalised(label).casefold()

    def _with_part(self, attribute: str, value: str) -> list[DomNode]:
        wanted = value.casefold()
        return [one for one in self.elements if wanted in one.attributes.get(attribute, "").casefold()]

    def with_text(self, value: str) -> list[DomNode]:
        """The deepest elements whose text contains the value."""
        wanted = value.casefold()
        found: list[DomNode] = []
        waiting = [self._dom.root] if self._dom.root is not None else []
        while waiting:
            node = waiting.pop()
            inner = [one for one in node.children if one.tag != "#text" and wanted in self._whole_text(one)]
            if inner:
                waiting += reversed(inner)
            elif node.is_element and node.tag not in ("html", "head", "title") and wanted in self._whole_text(node):
                found.append(node)
        return found

    def _whole_text(self, node: DomNode) -> str:
        return text_of(node, self._meter, chars_max=_PAGE_CHARS_MAX).casefold()


def notable(view: View) -> dict[tuple[str, str], DomNode]:
    """What tells the user where they are, by role and text: alerts, status lines, open dialogs, headings."""
    out: dict[tuple[str, str], DomNode] = {}
    for node in view.elements:
        role = role_of(node.tag, node.attributes)
        if role in ("alert", "status", "dialog", "alertdialog", "heading") and not hidden(node):
            name = view.name(node) if role in ("heading", "dialog", "alertdialog") else view.text(node)
            if name and len(name) <= limits.TEXT_CHARS_MAX:
                out.setdefault((role, name), node)
    return out
