"""A window's recordings and autocaptured events, joined to the actions that they prove together.

Where both tell of one action, the recording's element and value are taken (they are richer) under the autocaptured
event's id. What only one of them tells is kept as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from pipeline.intake.elements import facts_of, secret_kind, typed
from pipeline.intake.fields import Envelope
from pipeline.intake.rrweb.actions import CHECK_MS, Proof, play
from pipeline.intake.rrweb.chunks import Entry, entries_of, inflated
from pipeline.intake.rrweb.dom import Meter
from schemas import limits
from schemas.codecs import BadInput
from schemas.elements import ByAttribute, Candidate, Element
from schemas.events import Check, Click, Effect, Event, Fill, Navigation, Opaque, Press, Recording, Select, Typed

_PROOFS = UUID("c2bb3d52-7f43-5d0b-a3c3-3d6fd1c1f0b6")
_NEAR_MS = 2_000
"""How far the times of one action may differ between the recording and autocapture."""
_CHANGE_AFTER_MS = 60_000
"""A change is told when the field is left, which may be long after the typing."""
_FOLLOWS_MS = 5_000
"""A navigation this soon after an action followed from it."""
_SUBMIT_MS = 1_000
_VISITS_MAX = 3_000_000
"""Nodes that may be looked at for one window: some seconds of work; an ordinary session needs a hundredth."""
_PLAYED_BYTES_MAX = 64 * 1024 * 1024
"""What is played of one tab's recordings, as JSON; what comes later is left out."""
_SUBMIT_ROLES = {"button"}


def resolve(events: tuple[Event, ...]) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """The events of one window, in their order, with recordings replaced by the actions that they prove.

    Also ties PostHog's navigations to the actions that they followed from, and turns a form's submission into the
    Enter key where no button was clicked. The second value says in plain words what can't be rebuilt. Never raises:
    a recording that can't be read becomes a note.
    """
    if not any(isinstance(event, Recording) or event.source == "posthog" for event in events):
        return events, ()
    notes: list[str] = []
    out: list[Event] = []
    meter = Meter(_VISITS_MAX)
    tabs: dict[str, list[Event]] = {}
    for event in events:
        tabs.setdefault(event.tab_id, []).append(event)
    for tab in tabs.values():
        out += _tab(tab, notes, meter)
    if meter.empty:
        notes.append("The recording was too large to be looked at throughout; some elements were not counted.")
    out.sort(key=lambda event: (event.at_ms, event.tab_id, event.seq, event.id))
    notes += _unknown(out)
    out = [event for event in out if not isinstance(event, Select) or event.options]
    return tuple(_caused(out)), tuple(dict.fromkeys(notes))


def is_unreadable(event: Event) -> bool:
    """Whether it is a stretch of a recording that tells nothing, because it can't be read or was too large."""
    if not isinstance(event, Recording):
        return False
    try:
        return bool(event.left_out) or (bool(event.chunk) and not entries_of(inflated(event.chunk)))
    except BadInput:
        return True


def _tab(events: Sequence[Event], notes: list[str], meter: Meter) -> list[Event]:
    """One tab's events with its recordings resolved."""
    stretches = [event for event in events if isinstance(event, Recording)]
    others: list[Event] = [event for event in events if not isinstance(event, Recording)]
    if not stretches:
        return _submitted(others)
    tape = play(_entries(stretches, notes), meter)
    if tape.lost:
        notes.append(f"{tape.lost} recorded interactions were on elements that the recording does not show.")
    joined = _Joined(stretches[0], others)
    for proof in tape.proofs:
        joined.take(proof)
    return _submitted(sorted([*joined.kept, *joined.made], key=lambda event: (event.at_ms, event.seq, event.id)))


def _entries(stretches: Sequence[Recording], notes: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    left = _PLAYED_BYTES_MAX
    for stretch in stretches:
        if stretch.left_out:
            notes.append(f"The recording lacks {stretch.left_out[: limits.TEXT_CHARS_MAX]}.")
        if not stretch.chunk:
            continue
        try:
            json = inflated(stretch.chunk)
            left -= len(json)
            if left < 0:
                notes.append("The recording was too long to be played to its end.")
                break
            entries += entries_of(json)
        except BadInput:
            notes.append("A stretch of the session's recording could not be read.")
    entries.sort(key=lambda entry: entry.at_ms)
    return entries


@dataclass
class _Joined:
    """Joins one tab's proofs with its other events."""

    stretch: Recording
    others: list[Event]
    made: list[Event] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    @property
    def kept(self) -> list[Event]:
        """The other events that no proof replaced."""
        return [event for event in self.others if event.id not in self._used]

    def take(self, proof: Proof) -> None:
        """Adds the event that a proof stands for, and the effect that it had."""
        if proof.what in ("load", "spa"):
            self._navigated(proof)
            return
        twin = self._twin(proof)
        base = self._base(proof, twin)
        if twin is not None:
            self._used.add(twin.id)
        assert proof.target is not None
        target = _with_link(proof.target, twin)
        match proof.what:
            case "click":
                event: Event = Click(
                    **base, target=target, clicks=proof.clicks, button="right" if proof.right else "left"
                )
            case "fill":
                event = Fill(**base, target=target, value=_typed(proof), before=_before(proof))
            case "select":
                event = Select(**base, target=target, options=proof.choices)
            case _:
                event = Check(**base, target=target, checked=proof.checked)
                self._drop_clicks(proof)
        self.made.append(event)
        self._effect(proof, event.id)

    def _base(self, proof: Proof, twin: Event | None, what: str = "") -> Envelope:
        own = str(uuid5(_PROOFS, f"{self.stretch.tab_id}|{proof.at_ms}|{proof.node}|{what or proof.what}"))
        return Envelope(
            id=twin.id if twin is not None else own,
            app=self.stretch.app,
            session_id=self.stretch.session_id,
            journey_id=self.stretch.journey_id,
            user_id=self.stretch.user_id,
            tab_id=self.stretch.tab_id,
            at_ms=proof.at_ms,
            seq=0,
            source="posthog",
            page=proof.page if proof.page.url else (twin.page if twin is not None else proof.page),
        )

    def _twin(self, proof: Proof) -> Event | None:
        """The autocaptured event of the same action: of the same kind, on an element like it, near in time."""
        for event in self.others:
            if event.id in self._used:
                continue
            late = event.at_ms - proof.at_ms
            near = -_NEAR_MS <= late <= (_NEAR_MS if proof.what == "click" else _CHANGE_AFTER_MS)
            if near and _same_kind(proof, event) and _alike(proof, event):
                return event
        return None

    def _drop_clicks(self, proof: Proof) -> None:
        """The click that switched a checkbox is told by its new state."""
        for event in self.others:
            if isinstance(event, Click) and abs(event.at_ms - proof.at_ms) <= CHECK_MS and _alike(proof, event):
                self._used.add(event.id)

    def _navigated(self, proof: Proof) -> None:
        """Adds a navigation unless a page view tells of it already; then only what the page showed is new."""
        view = next(
            (
                event
                for event in self.others
                if isinstance(event, Navigation)
                and event.url == proof.after.url
                and abs(event.at_ms - proof.at_ms) <= _FOLLOWS_MS
                and event.id not in self._used
            ),
            None,
        )
        if view is None:
            base = self._base(proof, None)
            event = Navigation(**base, url=proof.after.url, how="spa" if proof.what == "spa" else "load")
        else:
            event = view.model_copy(update={"page": proof.page if proof.page.url else view.page})
            self._used |= {view.id, f"{view.id}.shown"}
        self.made.append(event)
        self._effect(proof, None, event)

    def _effect(self, proof: Proof, cause: str | None, navigation: Navigation | None = None) -> None:
        if not proof.changes and navigation is None:
            return
        base = self._base(proof, None, f"{proof.what} effect")
        later = proof.settled_ms or proof.at_ms
        if navigation is not None:
            later = max(later, navigation.at_ms)
        at: Envelope = {**base, "at_ms": later, "seq": 1}
        self.made.append(Effect(**at, cause=cause, after=proof.after, changes=proof.changes))


def _same_kind(proof: Proof, event: Event) -> bool:
    match proof.what:
        case "click":
            return isinstance(event, Click)
        case "fill":
            return isinstance(event, Fill)
        case "select":
            return isinstance(event, Select)
        case "check":
            return (isinstance(event, Opaque) and event.name == "$autocapture change") or isinstance(event, Click)
        case _:
            return False


def _alike(proof: Proof, event: Event) -> bool:
    """Whether both are about the same element, as far as autocapture tells: tag, id and name, or the text."""
    if isinstance(event, Opaque):
        return True
    target: Any = getattr(event, "target", None)
    if not isinstance(target, Element) or proof.target is None:
        return False
    for known in (proof.leaf, (proof.target.tag, proof.target.id or "", proof.target.name_attribute or "")):
        if known[0] == target.tag and known[1] == (target.id or "") and known[2] == (target.name_attribute or ""):
            return True
    return False


def _with_link(target: Element, twin: Event | None) -> Element:
    """Adds the link's address as the page writes it; rrweb makes addresses absolute."""
    other: Any = getattr(twin, "target", None)
    if not isinstance(other, Element) or other.tag != target.tag or not other.href:
        return target
    link = Candidate(locator=ByAttribute(tag=target.tag, attribute="href", value=other.href))
    candidates = target.candidates[: limits.CANDIDATES_MAX - 1]
    return target.model_copy(update={"href": other.href, "candidates": (*candidates, link)})


def _typed(proof: Proof) -> Typed:
    facts = facts_of(proof.target)
    if proof.withheld:
        return Typed(secret=secret_kind(facts, "") or "masked")
    return typed(facts, proof.text)


def _before(proof: Proof) -> str:
    return "" if proof.withheld or secret_kind(facts_of(proof.target), proof.before) else proof.before


def _submitted(events: Sequence[Event]) -> list[Event]:
    """Forms that were sent: after a click on a button that is told already, else by Enter in the last field."""
    out: list[Event] = []
    for event in events:
        if not (isinstance(event, Press) and event.source == "posthog" and event.target.tag == "form"):
            out.append(event)
            continue
        recent = [one for one in out if abs(event.at_ms - one.at_ms) <= _SUBMIT_MS]
        if any(isinstance(one, Click) and one.target.role in _SUBMIT_ROLES for one in recent):
            continue
        last = next((one for one in reversed(out) if isinstance(one, (Fill, Select, Check))), None)
        if last is not None:
            out.append(event.model_copy(update={"target": last.target}))
    return out


def _caused(events: Sequence[Event]) -> list[Event]:
    """Ties each navigation and each effect of PostHog that has no cause to the action just before it in its tab."""
    out: list[Event] = []
    last: dict[str, Event] = {}
    followed: dict[str, str | None] = {}
    for event in events:
        if event.source != "posthog":
            out.append(event)
            continue
        if isinstance(event, (Click, Fill, Select, Check, Press)):
            last[event.tab_id] = event
        elif isinstance(event, Navigation) and event.cause is None:
            cause = last.get(event.tab_id)
            soon = cause is not None and 0 <= event.at_ms - cause.at_ms <= _FOLLOWS_MS
            followed[event.tab_id] = cause.id if cause is not None and soon else None
            event = event.model_copy(update={"cause": followed[event.tab_id]})
        elif isinstance(event, Effect) and event.cause is None:
            event = event.model_copy(update={"cause": followed.get(event.tab_id)})
        out.append(event)
    return out


def _unknown(events: Sequence[Event]) -> list[str]:
    """What the client did not send, said of each field once."""
    notes = []
    for event in events:
        if isinstance(event, Fill) and event.source == "posthog" and event.value.secret == "masked":  # noqa: S105
            notes.append(f"What was typed into {_called(event.target)} was not recorded.")
        if isinstance(event, Select) and not event.options:
            notes.append(f"What was chosen in {_called(event.target)} was not recorded; the step is left out.")
    return notes


def _called(target: Element) -> str:
    name = target.label or target.name or target.placeholder or target.name_attribute or target.id
    return f"“{name}”" if name else "a field"
