"""A page rebuilt from a recording: a tree of nodes, and what a locator would find in it.

Style sheets are not known, so that what they hide counts as there; what attributes hide doesn't.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.intake.elements import normalised
from pipeline.intake.rrweb.chunks import FullEntry, MutationEntry, Node
from schemas import limits

NODES_MAX = 20_000
"""Nodes of one page; what comes beyond is left out."""
_PASSES_MAX = 50
DEPTH_MAX = 250
"""Ancestors of a node; what lies deeper is left out."""
_BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td",
    "th", "tr", "ul",
}  # fmt: skip
_UNSEEN = {"script", "style", "noscript", "template", "head", "title", "meta", "link"}


@dataclass(slots=True)
class Meter:
    """How many nodes may still be looked at: a page made to be slow must not stop a worker."""

    left: int

    def spend(self, visits: int) -> None:
        self.left -= visits

    @property
    def empty(self) -> bool:
        return self.left <= 0


@dataclass(slots=True, eq=False)
class DomNode:
    """One node of the page; `tag` is `#text`, `#document` or `#comment` for what is no element."""

    id: int
    tag: str
    attributes: dict[str, str]
    text: str
    parent: "DomNode | None" = None
    children: "list[DomNode]" = field(default_factory=list)
    depth: int = 0

    @property
    def is_element(self) -> bool:
        return self.tag[0] != "#"

    def up(self) -> "Iterator[DomNode]":
        """Its ancestors, the nearest first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def below(self) -> "Iterator[DomNode]":
        """Itself and everything below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


class Dom:
    """One page, kept up to date by mutations."""

    def __init__(self, full: FullEntry) -> None:
        self.nodes: dict[int, DomNode] = {}
        self.root: DomNode | None = None
        self.values: dict[int, str] = {}
        """Values of fields as inputs changed them, by node."""
        self.checked: dict[int, bool] = {}
        self._place(full.nodes)

    def apply(self, mutation: MutationEntry) -> None:
        """Changes the page; what names nodes that aren't there is passed over."""
        for number in mutation.removes:
            node = self.nodes.get(number)
            if node is not None and node is not self.root:
                self._drop(node)
        self._place(mutation.adds)
        for number, text in mutation.texts:
            if number in self.nodes:
                self.nodes[number].text = text
        for number, changed in mutation.attributes:
            node = self.nodes.get(number)
            if node is not None:
                for name, value in changed.items():
                    if value is None:
                        node.attributes.pop(name, None)
                    else:
                        node.attributes[name] = value

    def _drop(self, node: DomNode) -> None:
        if node.parent is not None:
            node.parent.children.remove(node)
            node.parent = None
        for one in node.below():
            self.nodes.pop(one.id, None)

    def _place(self, rows: Iterable[Node]) -> None:
        """Puts nodes where they belong; those whose parent or next sibling comes later wait for it."""
        waiting = list(rows)
        for _ in range(_PASSES_MAX):
            later = [row for row in waiting if not self._placed(row, patient=True)]
            if len(later) == len(waiting):
                later = [row for row in waiting if not self._placed(row, patient=False)]
            if not later or len(later) == len(waiting):
                return
            waiting = later

    def _placed(self, row: Node, *, patient: bool) -> bool:
        number, parent_id, before_id, tag, attributes, text = row
        if len(self.nodes) >= NODES_MAX or not tag:
            return True
        if number in self.nodes:
            if self.nodes[number] is self.root:
                return True
            self._drop(self.nodes[number])
        node = DomNode(number, tag, attributes, text)
        if parent_id < 0:
            if self.root is None:
                self.root = self.nodes[number] = node
            return True
        parent = self.nodes.get(parent_id)
        if parent is None:
            return False
        if parent.depth >= DEPTH_MAX:
            return True
        node.depth = parent.depth + 1
        before = self.nodes.get(before_id)
        if before is not None and before.parent is parent:
            parent.children.insert(parent.children.index(before), node)
        elif before_id >= 0 and patient:
            return False
        else:
            parent.children.append(node)
        node.parent = parent
        self.nodes[number] = node
        return True

    def elements(self) -> Iterator[DomNode]:
        """Every element of the page, in its order."""
        if self.root is not None:
            yield from (node for node in self.root.below() if node.is_element)

    def title(self) -> str:
        found = next((node for node in self.elements() if node.tag == "title"), None)
        return text_of(found, Meter(100)) if found else ""


def text_of(
    node: DomNode, meter: Meter, without: DomNode | None = None, chars_max: int = limits.VALUE_CHARS_MAX
) -> str:
    """Visible text, normalised; blocks are apart. `without` leaves out an element and all below it.

    "" once the meter is empty.
    """
    parts: list[str] = []
    waiting = [node]
    size = 0
    while waiting and size < chars_max:
        if meter.empty:
            return ""
        meter.left -= 1
        one = waiting.pop()
        if one is without or (one.tag in _UNSEEN and one is not node):
            continue
        if one.tag == "#text":
            parts.append(one.text)
            size += len(one.text)
            continue
        if one.tag in _BLOCKS:
            parts.append(" ")
            waiting.append(DomNode(-1, "#text", {}, " "))
        waiting += reversed(one.children)
    return normalised("".join(parts))


def hidden(node: DomNode) -> bool:
    """Whether attributes hide it, or an ancestor of it, from people who look by role."""
    for one in (node, *node.up()):
        attributes = one.attributes
        if "#hidden" in attributes or "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        if one.tag == "dialog" and "open" not in attributes:
            return True
    return node.tag in _UNSEEN
