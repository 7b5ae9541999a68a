"""Documents to events: tells the formats apart, and refuses one event without losing the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.intake.bodies import Bounds, BrokenLine, Opening, TooLarge
from pipeline.intake.fields import canonical, mapping
from pipeline.intake.formats import challenge, native, posthog
from pipeline.intake.rrweb import recordings
from pipeline.intake.rrweb.chunks import opened_bytes
from pipeline.intake.salvage import BrokenItem
from schemas import limits
from schemas.codecs import BadInput, to_json
from schemas.events import Event, Recording

SMALL_BYTES_MAX: Final = limits.EVENT_BYTES_MAX // 4
"""What is no longer stays within EVENT_BYTES_MAX whatever is filled in and put right."""

Admit = Callable[[str, str], None]
"""Decides whether an event comes in, by the project token that came with it ("" for none) and its app: returns, or
raises BadInput with the reason."""


def allow_all(_token: str, _app: str) -> None:
    """Lets every event in."""


@dataclass(frozen=True)
class Refused:
    """One event that could not be read: its place in the body, from 0, and what is wrong with it. `fault` is there
    where that is a bug of ours: its trace is to be logged."""

    index: int
    error: str
    fault: Exception | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Intake:
    """What a body gave. `seen` counts its events as they came; one of them can become several of ours, or none.
    `places` says of each of ours which one it was made of, `printed` has the canonical JSON of those events, by their
    identity, that came in no other form."""

    events: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()
    seen: int = 0
    places: tuple[int, ...] = ()
    printed: Mapping[int, bytes] = field(default_factory=dict, compare=False)

    @property
    def accepted(self) -> int:
        """How many of the events that came are kept."""
        return self.seen - len(self.refused)

    @property
    def faults(self) -> tuple[Exception, ...]:
        """The bugs of ours that events met."""
        return tuple(one.fault for one in self.refused if one.fault is not None)

    def usable(self, use: Callable[[tuple[Event]], object]) -> "Intake":
        """What is left without the events for which `use` fails: for the case that it failed for all of them together.

        An event that came is refused as a whole.
        """
        broken: dict[int, Refused] = {}
        for place, event in zip(self.places, self.events, strict=True):
            try:
                use((event,))
            except Exception as error:  # noqa: BLE001 - kept for the log
                broken.setdefault(place, _refused(place, f"internal error: {type(error).__name__}", error))
        kept = [(place, event) for place, event in zip(self.places, self.events, strict=True) if place not in broken]
        refused = sorted([*self.refused, *broken.values()], key=lambda one: one.index)
        return Intake(tuple(event for _, event in kept), tuple(refused), self.seen, tuple(place for place, _ in kept))


def _refused(index: int, reason: str, fault: Exception | None = None) -> Refused:
    return Refused(index, f"events[{index}]: {reason}"[: limits.CAUSE_CHARS_MAX], fault)


@dataclass
class Reading:
    """Collects the events of one body, by its documents one after the other."""

    bounds: Bounds
    opening: Opening
    """What the compressed parts of all its events may open to together."""
    small: bool
    """Whether the body is so small that no event in it can be too large."""
    query: Mapping[str, str] = field(default_factory=dict)
    admit: Admit = allow_all
    journeys_max: int | None = None
    """How many journeys may have events in it; None: any number."""
    _journeys: set[tuple[str, str]] = field(default_factory=set)
    _events: list[Event] = field(default_factory=list)
    _refused: list[Refused] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _seen: int = 0

    def result(self) -> Intake:
        return Intake(tuple(self._events), tuple(self._refused), self._seen, tuple(self._places))

    def document(self, document: Any) -> None:
        """Takes one document: an event, a list of them, or one of the envelopes."""
        if isinstance(document, BrokenLine):
            self._refuse(f"line {document.line}: {document.reason}")
        elif isinstance(document, list):
            self._list(document)
        elif isinstance(document, dict):
            self._object(document)
        else:
            self._one(document)

    def _list(self, document: list[Any]) -> None:
        recorded = [one for one in document if not isinstance(one, BrokenItem)]
        if not recorded or not all(recordings.is_rrweb(one) for one in recorded):
            self._each(document)
            return
        self._take(lambda: recordings.plain(recorded, self.opening))
        self._each(one for one in document if isinstance(one, BrokenItem))

    def _object(self, document: dict[str, Any]) -> None:
        if isinstance(document.get("events"), list):
            self.document(document["events"])
        elif isinstance(document.get("batch"), list):
            self._each(document["batch"], posthog.Sending(document.get("sent_at"), token=posthog.token(document)))
        elif _is_request(document):
            # A recorded request: what it carried, or nothing (a GET).
            if document["json"] is not None:
                self.query = mapping(document.get("query"))
                self.document(document["json"])
        else:
            self._one(document)

    def _each(self, items: Iterable[Any], sending: posthog.Sending | None = None) -> None:
        for item in items:
            self._one(item, sending)

    def _one(self, raw: Any, sending: posthog.Sending | None = None) -> None:
        if isinstance(raw, BrokenItem):
            self._refuse(raw.reason)
            return
        sending = sending or posthog.Sending(self.query.get("sent_at") or self.query.get("_"))
        self._take(lambda: self._read(raw, sending), posthog.token(raw) or sending.token)

    def _take(self, read: Callable[[], Sequence[Event]], token: str = "") -> None:
        """Reads one event, and refuses it where that fails, be it by a bug of ours: its neighbours go on."""
        self._make_room()
        try:
            events = read()
            for app in {event.app for event in events}:
                self.admit(token, app)
            self._require_few_journeys(events)
        except BadInput as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - kept for the log
            self._refuse(f"internal error: {type(error).__name__}", error)
        else:
            self._events += events
            self._places += [self._seen] * len(events)
            self._seen += 1

    def _require_few_journeys(self, events: Sequence[Event]) -> None:
        if self.journeys_max is None:
            return
        more = {(event.app, event.journey_id) for event in events} - self._journeys
        if more and len(self._journeys) + len(more) > self.journeys_max:
            raise BadInput("the body has more journeys than its few bytes may bring; send it in another one, or plain")
        self._journeys |= more

    def _make_room(self) -> None:
        if self._seen >= self.bounds.events_max:
            raise TooLarge(f"the body has more than {self.bounds.events_max} events; send them in smaller pieces")

    def _refuse(self, reason: str, fault: Exception | None = None) -> None:
        self._make_room()
        self._refused.append(_refused(self._seen, reason, fault))
        self._seen += 1

    def _read(self, raw: Any, sending: posthog.Sending) -> Sequence[Event]:
        if not isinstance(raw, dict):
            raise BadInput("should be an object")
        if posthog.is_snapshot(raw):
            # It may be as large as the body: it is pruned, and cut into events of their own.
            return posthog.posthog_events(raw, sending, self.opening)
        size = 0 if self.small else len(canonical(raw))
        _require_size(size)
        events = self._of_one(raw, sending)
        for event in events if size > SMALL_BYTES_MAX else ():
            _require_size(len(to_json(event)))  # what is put in for a secret may be longer than it
        return events

    def _of_one(self, raw: dict[str, Any], sending: posthog.Sending) -> Sequence[Event]:
        if native.is_native(raw):
            return [self._native(raw)]
        if posthog.is_kafka_record(raw):
            return posthog.kafka_record(raw, self.opening)
        if posthog.is_posthog(raw):
            return posthog.posthog_events(raw, sending, self.opening)
        if challenge.is_challenge(raw):
            return [challenge.challenge_event(raw)]
        raise BadInput("no format that we know: it has neither `kind` nor `event`")

    def _native(self, raw: dict[str, Any]) -> Event:
        event = native.native_event(raw)
        if isinstance(event, Recording) and event.chunk:
            self.opening.spend(opened_bytes(event.chunk, self.opening.left + 1))
        return event


def _require_size(size_bytes: int) -> None:
    if size_bytes > limits.EVENT_BYTES_MAX:
        raise BadInput(f"has more than {limits.EVENT_BYTES_MAX} bytes")


def _is_request(document: Mapping[str, Any]) -> bool:
    return "json" in document and isinstance(document.get("method"), str) and isinstance(document.get("path"), str)
