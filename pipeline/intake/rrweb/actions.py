"""What one tab's recording proves: the user's actions, in order, each with the element as it then was.

A text field's inputs are coalesced until the user goes elsewhere. An input in a field that did not have the focus was
the page's own doing and proves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, assert_never

from pipeline.intake.elements import facts_of, is_check, is_field, secret_kind
from pipeline.intake.rrweb.chunks import Entry, FullEntry, InputEntry, MetaEntry, MouseEntry, MutationEntry
from pipeline.intake.rrweb.dom import Dom, DomNode, Meter, hidden, text_of
from pipeline.intake.rrweb.page import View, interactive, notable
from schemas import limits
from schemas.elements import ByRole, Candidate, Element
from schemas.events import Appeared, Change, Choice, Gone, Page

DOUBLE_CLICK_MS = 1_000
CHECK_MS = 1_500
"""How long before a checkbox's change the click on it, or on its label, may have been."""
APPEARED_MAX = 8
_TYPED = "typed"
_TYPED_BACK_MAX = 5
_TYPED_CHARS_MIN = 4

What = Literal["click", "fill", "select", "check", "load", "spa"]


@dataclass(slots=True)
class Proof:
    """One action. `leaf` is the very node that was hit, as (tag, id, name attribute); `target` what it stands for.

    `text` is a field's value, `choices` those of a select. `withheld` says that intake dropped a secret value.
    `changes` is what the page showed because of it, `after` the page then. For `load` and `spa`, `page` is the page
    before and `after.url` the address.
    """

    what: What
    at_ms: int
    node: int
    page: Page
    leaf: tuple[str, str, str] = ("", "", "")
    target: Element | None = None
    text: str = ""
    before: str = ""
    checked: bool = False
    withheld: bool = False
    clicks: int = 1
    right: bool = False
    choices: tuple[Choice, ...] = ()
    changes: tuple[Change, ...] = ()
    after: Page = field(default_factory=Page)
    settled_ms: int = 0


@dataclass(slots=True)
class _Typing:
    """A field that the user is typing into."""

    proof: Proof
    node: int


class Tape:
    """Plays the entries of one tab in order, and collects what they prove. It lives only within one `play`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.proofs: list[Proof] = []
        self.lost = 0
        """Actions on nodes that the recording does not hold."""
        self._dom: Dom | None = None
        self._page = Page()
        self._focus = -1
        self._typing: _Typing | None = None
        self._seen: dict[tuple[str, str], DomNode] = {}
        self._now = 0

    def take(self, entry: Entry) -> None:
        match entry:
            case MetaEntry():
                self._meta(entry)
            case FullEntry():
                self._full(entry)
            case MutationEntry():
                if self._dom is not None:
                    self._dom.apply(entry)
            case InputEntry():
                self._input(entry)
            case MouseEntry():
                self._mouse(entry)
            case _:
                assert_never(entry)
        self._now = entry.at_ms

    def finish(self) -> None:
        """The tab's end: what was being typed is done, and the last action has had its effect."""
        self._stop_typing()
        self._settle()

    # --- pages ---

    def _meta(self, entry: MetaEntry) -> None:
        if entry.url == self._page.url or entry.url == "about:blank":
            return
        self._stop_typing()
        self._settle()
        before = self._page
        self._page = Page(url=entry.url, width_px=entry.width_px or None, height_px=entry.height_px or None)
        self.proofs.append(Proof("spa" if entry.width_px == 0 else "load", entry.at_ms, -1, before, after=self._page))

    def _full(self, entry: FullEntry) -> None:
        """A whole page: of a new document, or of the same one again (a checkpoint), which proves nothing."""
        self._stop_typing()
        self._dom = Dom(entry)
        self._page = self._page.model_copy(update={"title": self._dom.title()[: limits.TEXT_CHARS_MAX]})
        self._focus = -1

    def _settle(self) -> None:
        """Says of the last action what the page shows now that it didn't show before."""
        if self._dom is None or not self.proofs or self._meter.empty:
            return
        view = View(self._dom, self._meter)
        now = notable(view) | self._typed_back(view)
        last = self.proofs[-1]
        new = [key for key in now if key not in self._seen]
        if last.what == "load":
            # Style sheets may hide any heading of a fresh page; the main one is there to be seen. One that the page
            # before had too (the site's name) says nothing.
            headings = [key for key in new if key[0] == "heading" and now[key].tag == "h1"]
            new = headings[:1] + [key for key in now if key[0] == _TYPED][-1:]
        elif last.what == "fill":
            # What was there before it was typed proves nothing.
            new = [key for key in new if key[0] != _TYPED]
        appeared = [Appeared(element=view.element(now[key])) for key in new[:APPEARED_MAX]]
        gone = [] if last.what == "load" else self._gone(now)
        last.changes = (*appeared, *gone)
        title = self._dom.title()[: limits.TEXT_CHARS_MAX]
        self._page = self._page.model_copy(update={"title": title})
        last.after, last.settled_ms = self._page, max(self._now, last.at_ms)
        self._seen = now

    def _typed_back(self, view: View) -> dict[tuple[str, str], DomNode]:
        """Where the page shows what the user typed before, outside of fields; never who signed in."""
        out = {}
        fills = [one for one in self.proofs if one.what == "fill"]
        secret = [one.withheld or secret_kind(facts_of(one.target), one.text) is not None for one in fills]
        sign_ins = {one.page.url for one, hide in zip(fills, secret, strict=True) if hide}
        for proof in [one for one in fills if one.page.url not in sign_ins][-_TYPED_BACK_MAX:]:
            line = _telling_line(proof.text)
            found = view.with_text(line) if line else []
            shown = [one for one in found if not hidden(one) and not is_field(one.tag, one.attributes)]
            if shown:
                out[(_TYPED, line)] = shown[0]
        return out

    def _gone(self, now: dict[tuple[str, str], DomNode]) -> list[Gone]:
        """Dialogs and alerts that are no longer there, by role and name only: their nodes are gone too."""
        left = [key for key in self._seen if key not in now and key[0] not in ("heading", _TYPED)][:APPEARED_MAX]
        return [Gone(element=_called(self._seen[key].tag, *key)) for key in left]

    # --- actions ---

    def _node(self, number: int) -> DomNode | None:
        node = self._dom.nodes.get(number) if self._dom is not None else None
        if node is None:
            self.lost += 1
        return node

    def _proof(self, what: What, at_ms: int, node: DomNode, target: DomNode) -> Proof:
        assert self._dom is not None
        attributes = node.attributes
        return Proof(
            what,
            at_ms,
            node.id,
            self._page,
            leaf=(node.tag, attributes.get("id", ""), attributes.get("name", "")),
            target=View(self._dom, self._meter).element(target),
        )

    def _mouse(self, entry: MouseEntry) -> None:
        if entry.what in ("focus", "blur"):
            if self._typing is not None and (entry.what == "blur" or entry.node != self._typing.node):
                self._stop_typing()
            self._focus = entry.node if entry.what == "focus" else -1
            return
        if self._typing is not None and self._typing.node != entry.node:
            self._stop_typing()
        node = self._node(entry.node)
        if node is None:
            return
        if entry.what == "dblclick":
            self._double(node, entry.at_ms)
            return
        self._settle()
        if not node.is_element:
            node = next((one for one in node.up() if one.is_element), node)
        proof = self._proof("click", entry.at_ms, node, interactive(node))
        proof.right = entry.what == "contextmenu"
        self.proofs.append(proof)

    def _double(self, node: DomNode, at_ms: int) -> None:
        """A double click comes after its two single ones."""
        singles = [one for one in self.proofs[-2:] if one.what == "click" and one.node == node.id]
        if singles and at_ms - singles[0].at_ms <= DOUBLE_CLICK_MS:
            singles[0].clicks = 2
            for extra in singles[1:]:
                self.proofs.remove(extra)

    def _input(self, entry: InputEntry) -> None:
        node = self._node(entry.node)
        if node is None or self._dom is None:
            return
        if is_check(node.tag, node.attributes):
            self._check(entry, node)
        elif node.tag == "select":
            self._select(entry, node)
        elif self._typing is not None and self._typing.node == node.id:
            typing = self._typing.proof
            typing.text, typing.at_ms, typing.withheld = entry.text, entry.at_ms, entry.secret
            self._dom.values[node.id] = entry.text
        else:
            self._begin_typing(entry, node)

    def _begin_typing(self, entry: InputEntry, node: DomNode) -> None:
        assert self._dom is not None
        before = self._dom.values.get(node.id, node.attributes.get("value", ""))
        self._dom.values[node.id] = entry.text
        if self._focus != node.id:
            return
        self._stop_typing()
        self._settle()
        proof = self._proof("fill", entry.at_ms, node, node)
        proof.text, proof.before, proof.withheld = entry.text, before, entry.secret
        self.proofs.append(proof)
        self._typing = _Typing(proof, node.id)

    def _stop_typing(self) -> None:
        self._typing = None

    def _check(self, entry: InputEntry, node: DomNode) -> None:
        """A checkbox that changed after a click on it or on its label; radio buttons that others switched off don't
        count."""
        assert self._dom is not None
        known = self._dom.checked.get(node.id, "checked" in node.attributes)
        self._dom.checked[node.id] = entry.checked
        if known == entry.checked or (node.attributes.get("type", "").lower() == "radio" and not entry.checked):
            return
        view = View(self._dom, self._meter)
        recent = [one for one in self.proofs[-3:] if one.what == "click" and 0 <= entry.at_ms - one.at_ms <= CHECK_MS]
        causes = [one for one in recent if one.node == node.id or self._leads_to(view, one.node, node)]
        if not causes and self._focus != node.id:
            return
        for one in causes:
            self.proofs.remove(one)
        proof = self._proof("check", causes[0].at_ms if causes else entry.at_ms, node, node)
        proof.checked = entry.checked
        self.proofs.append(proof)

    def _leads_to(self, view: View, clicked: int, node: DomNode) -> bool:
        hit = self._dom.nodes.get(clicked) if self._dom is not None else None
        return hit is not None and view.control(hit) is node

    def _select(self, entry: InputEntry, node: DomNode) -> None:
        assert self._dom is not None
        before = self._dom.values.get(node.id, node.attributes.get("value", ""))
        self._dom.values[node.id] = entry.text
        if before == entry.text and self._focus != node.id:
            return
        self._stop_typing()
        self._settle()
        proof = self._proof("select", entry.at_ms, node, node)
        proof.text, proof.choices = entry.text, (_choice(node, entry.text),)
        self.proofs.append(proof)


def _telling_line(text: str) -> str:
    """The last line of a text that is long enough to be found again, without the marks that lists begin with."""
    lines = [line.strip().lstrip("*#>-=+ ").rstrip("= ") for line in text.splitlines()]
    short = [line for line in lines if _TYPED_CHARS_MIN <= len(line) <= limits.TEXT_CHARS_MAX]
    return short[-1] if short else ""


def _choice(select: DomNode, value: str) -> Choice:
    """The chosen option with its label; an option without a value has its text for one."""
    for one in select.below():
        if one.tag == "option":
            label = text_of(one, Meter(100))
            if one.attributes.get("value", label) == value:
                return Choice(value=value, label=label[: limits.TEXT_CHARS_MAX])
    return Choice(value=value)


def play(entries: Iterable[Entry], meter: Meter) -> Tape:
    """Plays the entries of one tab, in the order of their times."""
    tape = Tape(meter)
    for entry in entries:
        tape.take(entry)
    tape.finish()
    return tape


def _called(tag: str, role: str, name: str) -> Element:
    """What is known of an element that is gone."""
    ways = (Candidate(locator=ByRole(role=role, name=name), count=0),) if name else ()
    return Element(tag=tag, role=role, name=name, text=name, candidates=ways)
