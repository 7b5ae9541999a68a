"""Documents to events: tells the formats apart, and refuses one event without losing the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.intake import challenge, native, posthog, rrweb
from pipeline.intake.bodies import Bounds, BrokenLine, TooLarge
from pipeline.intake.fields import canonical, mapping
from schemas import limits
from schemas.codecs import BadInput
from schemas.events import Event

Admit = Callable[[str, str], None]
"""Decides whether an event comes in, by the project token that came with it ("" for none) and its app: returns, or
raises BadInput with the reason."""


def everybody(_token: str, _app: str) -> None:
    """Lets every event in."""


@dataclass(frozen=True)
class Refused:
    """One event that could not be read: its place in the body, from 0, and what is wrong with it."""

    index: int
    error: str


@dataclass(frozen=True)
class Intake:
    """What a body gave. `seen` counts its events as they came; one of them can become several of ours, or none."""

    events: tuple[Event, ...] = ()
    refused: tuple[Refused, ...] = ()
    seen: int = 0

    @property
    def accepted(self) -> int:
        """How many of the events that came are kept."""
        return self.seen - len(self.refused)


@dataclass
class Reading:
    """Collects the events of one body, by its documents one after the other."""

    bounds: Bounds
    small: bool
    """Whether the body is so small that no event in it can be too large."""
    query: Mapping[str, str] = field(default_factory=dict)
    admit: Admit = everybody
    _events: list[Event] = field(default_factory=list)
    _refused: list[Refused] = field(default_factory=list)
    _seen: int = 0

    def result(self) -> Intake:
        return Intake(tuple(self._events), tuple(self._refused), self._seen)

    def document(self, document: Any) -> None:
        """Takes one document: an event, a list of them, or one of the envelopes."""
        if isinstance(document, BrokenLine):
            self._refuse(f"line {document.line}: {document.reason}")
        elif isinstance(document, list):
            if document and all(rrweb.is_rrweb(one) for one in document):
                self._take(lambda: rrweb.plain(document))
            else:
                self._each(document)
        elif isinstance(document, dict):
            self._object(document)
        else:
            self._one(document)

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
        sending = sending or posthog.Sending(self.query.get("sent_at") or self.query.get("_"))
        self._take(lambda: self._read(raw, sending), posthog.token(raw) or sending.token)

    def _take(self, read: Callable[[], Sequence[Event]], token: str = "") -> None:
        if self._seen >= self.bounds.events_max:
            raise TooLarge(f"the body has more than {self.bounds.events_max} events; send them in smaller pieces")
        try:
            events = read()
            for app in {event.app for event in events}:
                self.admit(token, app)
            self._events += events
        except BadInput as error:
            self._refuse(str(error))
        else:
            self._seen += 1

    def _refuse(self, reason: str) -> None:
        self._refused.append(Refused(self._seen, f"events[{self._seen}]: {reason}"[: limits.CAUSE_CHARS_MAX]))
        self._seen += 1

    def _read(self, raw: Any, sending: posthog.Sending) -> Sequence[Event]:
        if not isinstance(raw, dict):
            raise BadInput("should be an object")
        if posthog.is_snapshot(raw):
            # It may be as large as the body: it is pruned, and cut into events of their own.
            return posthog.posthog_events(raw, sending)
        if not self.small and len(canonical(raw)) > limits.EVENT_BYTES_MAX:
            raise BadInput(f"has more than {limits.EVENT_BYTES_MAX} bytes")
        if native.is_native(raw):
            return [native.native_event(raw)]
        if posthog.is_kafka_record(raw):
            return posthog.kafka_record(raw)
        if posthog.is_posthog(raw):
            return posthog.posthog_events(raw, sending)
        if challenge.is_challenge(raw):
            return [challenge.challenge_event(raw)]
        raise BadInput("no format that we know: it has neither `kind` nor `event`")


def _is_request(document: Mapping[str, Any]) -> bool:
    return "json" in document and isinstance(document.get("method"), str) and isinstance(document.get("path"), str)
