"""How far the sessions of a flow agree with its test: who did each step, who saw what the test asserts, what varied."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.flows.consensus import HELD_SHARE, sampled
from pipeline.flows.trace import Session, session_of
from pipeline.privacy.pseudonyms import hidden, made_up, rare_texts
from schemas.events import Change, TextChanged, ValueChanged
from schemas.generated_tests import GeneratedTest
from schemas.stories import Step, Story

VARIED_MAX: Final = 12
"""Of what varied after one step, the first so many are told."""
_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.){2,})"')


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that the page showed after a step, and how many sessions saw it."""

    change: str
    role: str
    text: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Asserted:
    """An assertion of the test. `sessions` saw what it asserts, of those that did the step; None where it can't be told
    what it stands on."""

    line: int
    statement: str
    sessions: int | None


@dataclass(frozen=True, slots=True)
class StepAgreement:
    """One step: its `line` in the code (0: not in it), how many sessions did it, how many different values they gave,
    what is asserted, and what fewer than HELD_SHARE of them saw."""

    said: str
    line: int
    event_id: str
    sessions: int
    values: int
    assertions: tuple[Asserted, ...]
    varied: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The sessions that the test was written from, the one that tells its steps first, and what they say of each step;
    no steps where that one is not among them any more."""

    sessions: tuple[Story, ...]
    steps: tuple[StepAgreement, ...]


def agreement(stories: Iterable[Story], test: GeneratedTest, users_min: int) -> Agreement:
    """Lays the sessions beside the test. Pure; texts that fewer than `users_min` users typed are made up, as in the
    test."""
    drawn = sampled(stories)
    own = next((story for story in drawn if story.id == test.story_id), None)
    if own is None:
        return Agreement(drawn, ())
    rest = tuple(story for story in drawn if story is not own)
    told = hidden(own, made_up(own, rare_texts(drawn, users_min)))
    sessions = [session_of(own), *map(session_of, rest)]
    lines = [*test.step_lines, *[0] * (len(own.steps) - len(test.step_lines))]
    asserted = _asserted(test.code, sorted({line for line in lines if line}))
    steps = tuple(
        _step(place, sessions, told.steps[place], line, asserted.get(line, ()))
        for place, line in zip(range(len(own.steps)), lines, strict=False)
    )
    return Agreement((own, *rest), steps)


def _asserted(code: str, begins: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The assertions of a program by the line on which their step begins."""
    lines = code.splitlines()
    found: dict[int, list[tuple[int, str]]] = {}
    for begin, end in pairwise([*begins, len(lines) + 1]):
        numbers = [number for number in range(begin, min(end, len(lines) + 1)) if _begins(lines[number - 1])]
        found[begin] = [(number, _statement(lines, number - 1)) for number in numbers]
    return found


def _begins(line: str) -> bool:
    return line.strip().startswith("expect(")


def _statement(lines: Sequence[str], first: int) -> str:
    """A statement on one line: those that a formatter breaks end on a line that is no deeper than the first."""
    indent = len(lines[first]) - len(lines[first].lstrip())
    parts = [lines[first].strip()]
    if parts[0].endswith(("(", "[", "{")):
        for line in lines[first + 1 :]:
            parts.append(line.strip())
            if len(line) - len(line.lstrip()) <= indent:
                break
    return "".join(part if part[-1:] != "," else f"{part} " for part in parts)


def _step(
    place: int, sessions: Sequence[Session], told: Step, line: int, statements: Iterable[tuple[int, str]]
) -> StepAgreement:
    own = sessions[0]
    token = own.tokens[place]
    did = [(session, session.places[token]) for session in sessions if token in session.places]
    seen = list(_seen(own, place, told, did))
    asserted = tuple(Asserted(number, text, _saw(text, place, seen, did, own)) for number, text in statements)
    literals = {part for one in asserted for part in _literals(one.statement)}
    varied = [one for one in seen if one.text and one.text not in literals and one.sessions < HELD_SHARE * len(did)]
    values = {session.inputs[at] for session, at in did} - {None}
    event_id = own.story.steps[place].event_id
    return StepAgreement(told.said, line, event_id, len(did), len(values), asserted, tuple(varied[:VARIED_MAX]))


def _seen(own: Session, place: int, told: Step, did: Sequence[tuple[Session, int]]) -> Iterator[Seen]:
    """What the step showed, in the words that may be told, with the number of sessions that saw it."""
    for change, shown in zip(own.story.steps[place].changes, told.changes, strict=True):
        keys = own.keys_of(change)
        count = sum(any(key in session.shown(at, opened=False) for key in keys) for session, at in did)
        yield Seen(change.change, shown.element.role or "", _text_of(shown), count)


def _text_of(change: Change) -> str:
    after = change.after if isinstance(change, TextChanged | ValueChanged) else ""
    return (after or change.element.name or change.element.text or "").strip()


def _saw(
    statement: str, place: int, seen: Sequence[Seen], did: Sequence[tuple[Session, int]], own: Session
) -> int | None:
    """How many sessions saw what a statement asserts."""
    if "expect(page)" in statement:
        return sum(_came_to(session, at) == _came_to(own, place) for session, at in did)
    literals = _literals(statement)
    matches = [one.sessions for one in seen if one.text and any(_same(one.text, part) for part in literals)]
    if not matches:
        return None
    shown = [[_text_of(change) for change in session.story.steps[at].changes] for session, at in did]
    return max(*matches, sum(any(part in text for text in texts for part in literals) for texts in shown))


def _came_to(session: Session, at: int) -> str | None:
    page = session.story.steps[at].after
    return None if page is None else session.data.place(page.url)


def _literals(statement: str) -> list[str]:
    return [found.replace('\\"', '"').replace("\\\\", "\\") for found in _LITERAL.findall(statement)]


def _same(text: str, literal: str) -> bool:
    return text == literal or literal in text or (len(text) > 3 and text in literal)
