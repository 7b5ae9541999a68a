"""Values that differed between sessions of a flow, as parameters of its test.

A row is another session that took the same steps with other values, and in which everything held that the test
asserts: that is found out by writing the test from that session too, and comparing the two programs, each with names in
the place of its own values. What a page says whatever was typed (a text that was found by one of its words) is fixed.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.activities.facts.responses import CHANGING, changes
from pipeline.codegen.actions import Writer
from pipeline.codegen.python.expressions import Expr, flat
from pipeline.codegen.python.names import SEARCHED, variable_name
from pipeline.codegen.python.parametrize import VALUE_CHARS_MIN, bound, texts_in
from pipeline.codegen.test_writer import write_steps, writer_for
from pipeline.flows.consensus import Consensus
from pipeline.flows.trace import Session, session_of
from pipeline.semantics.elements import is_search
from pipeline.semantics.lexicon import FIELDS
from pipeline.semantics.text import caption, clean
from schemas.generated_tests import Parameter
from schemas.stories import FillStep, Step, Story

ROWS_MAX: Final = 3
"""Rows of a test with parameters, the representative's own first."""
TRIES_MAX: Final = 8
"""Sessions of which the test is written to find rows."""
OTHER: Final = "value"
"""The variable for what was typed into a field whose label says nothing that we know."""
_COUNT: Final = re.compile(r"(?<=, name=\")\d{1,9}\s+")
"""How many there are, before what the consensus says without it."""
Row = tuple[str, ...]


def with_parameters(told: Consensus) -> Consensus:
    """The consensus with what was typed after signing in as parameters, where other sessions give rows."""
    others = [story for story in told.sessions if story.id != told.story.id]
    if not others:
        return told
    own = session_of(told.story)
    start = _signed_in(own)
    places = [at for at in range(start, len(own.story.steps)) if _typed(own, at)]
    first = tuple(_typed(own, at) for at in places)
    if not places or len(set(first)) < len(first):
        return told  # the same value twice: which of the two a text echoes can't be told
    if any(_changes(own, at) for at in places) or _changed_by(told.story, own.story.steps[start : places[0]]):
        return told  # a row would find what the row before it has changed
    rows = [first]
    fixed: frozenset[Expr] | None = None
    tries = TRIES_MAX
    for other in map(session_of, others):
        if tries == 0 or len(rows) == ROWS_MAX:
            break
        row = _row(own, other, places, start)
        if row is None or row in rows or not _may_be_told(row, first, told.rare):
            continue
        tries -= 1
        same = _fixed(own, other, places, row)
        if same is not None and fixed in (None, same):
            rows.append(row)
            fixed = same
    columns = zip(places, zip(*rows, strict=True), strict=True)
    varied = [(own.story.steps[at], column) for at, column in columns if len(set(column)) > 1]
    names = _parameter_names([step for step, _ in varied])
    found = tuple(Parameter(name=name, values=column) for name, (_, column) in zip(names, varied, strict=True))
    return replace(told, parameters=found, fixed=fixed or frozenset())


def _parameter_names(steps: Iterable[Step]) -> list[str]:
    """A variable for what is typed by each step: from our own list of names, never a word of the page."""
    taken: Counter[str] = Counter()
    names = []
    for stem in map(_field_name, steps):
        taken[stem] += 1
        names.append(variable_name(stem, taken[stem]))
    return names


def _field_name(step: Step) -> str:
    if not isinstance(step, FillStep):
        return OTHER
    if is_search(step):
        return SEARCHED
    said = [clean(words).rstrip(" *:") for words in (step.target.label, caption(step.target), step.target.placeholder)]
    return next((name for words in said for name, field in FIELDS.items() if words and field.search(words)), OTHER)


def _signed_in(session: Session) -> int:
    """The place after the last sign-in, which whoever runs the test does in the same way every time."""
    ends = [form.last + 1 for form in session.passwords if form.purpose in ("sign in", "confirm")]
    return max(ends, default=0)


def _typed(session: Session, at: int) -> str:
    step = session.story.steps[at]
    return step.value.text if isinstance(step, FillStep) and not step.value.secret else ""


def _changes(session: Session, at: int) -> bool:
    """Whether the step types over what the app keeps."""
    step = session.story.steps[at]
    return isinstance(step, FillStep) and (bool(step.before) or step.target.form_holds)


def _changed_by(story: Story, steps: Sequence[Step]) -> bool:
    """Whether these steps, before anything was typed, asked the app for a change."""
    own = {step.event_id for step in steps}
    return any(request.cause in own and changes(request) for request in story.network_requests)


def _makes(story: Story, start: int) -> bool:
    """Whether a step from there on asks the app for a change, or nobody recorded whether it does."""
    caused = [request for request in story.network_requests if request.cause]
    own = {step.event_id for step in story.steps[start:]}
    return not caused or any(request.cause in own and request.method in CHANGING for request in caused)


def _amasses(statement: Expr, typed: Row) -> bool:
    """Whether an assertion that is the same in each row would hold for the first row only, where each makes something:
    it looks for a text that all of them make, or tells how many there are."""
    texts = texts_in(statement)
    again = [text for text in typed if len(text) >= VALUE_CHARS_MIN]
    return any(re.search(r"\d", text) or any(one in text for one in again) for text in texts)


def _row(own: Session, other: Session, places: Sequence[int], start: int) -> Row | None:
    """What the other session typed in these places, where it took all the steps and chose nothing else otherwise."""
    taken = {place: other.places.get(own.tokens[place]) for place in range(start, len(own.story.steps))}
    values = []
    for place in places:
        at = taken[place]
        text = "" if at is None else _typed(other, at)
        if not text:
            return None
        values.append(text)
    mine = tuple(_typed(own, place) for place in places)
    for place, at in taken.items():
        if at is None:
            return None
        if place not in places and _blank(own.inputs[place], mine) != _blank(other.inputs[at], values):
            return None
    return tuple(values)


def _blank(chosen: Hashable, values: Sequence[str]) -> Hashable:
    """What was chosen, with numbers in the place of typed values: a thing is opened by the name that it was given."""
    if not isinstance(chosen, str):
        return chosen
    for number, value in sorted(enumerate(values), key=lambda pair: -len(pair[1])):
        chosen = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"{{{number}}}", chosen)
    return chosen


def _may_be_told(row: Row, first: Row, rare: frozenset[str]) -> bool:
    """Whether no value tells who somebody is, and each that differs is long enough to be told from other words."""
    other = [(text, mine) for text, mine in zip(row, first, strict=True) if text != mine]
    long = all(min(len(text), len(mine)) >= VALUE_CHARS_MIN and "\n" not in text + mine for text, mine in other)
    return bool(other) and long and not any(text in rare for text, _ in other)


def _fixed(own: Session, other: Session, places: Sequence[int], row: Row) -> frozenset[Expr] | None:
    """Whether all that the test asserts after these steps could be asserted of the other session with its values: those
    assertions which hold as they are, whatever was typed; None where one doesn't hold."""
    mine = tuple(_typed(own, place) for place in places)
    differ = [number for number, text in enumerate(row) if text != mine[number]]
    asserted = _written(own.story, [mine[number] for number in differ]).asserted
    writer = _written(other.story, [row[number] for number in differ])
    offered: dict[str, list[Expr]] = {}
    for event, statement in (*_pairs(writer.offered), *writer.asserted):
        offered.setdefault(event, []).append(statement)
    makes = _makes(own.story, places[0])
    fixed = set()
    steps = {step.event_id: place for place, step in enumerate(own.story.steps)}
    for event, statement in asserted:
        place = steps[event]
        at = other.places.get(own.tokens[place])
        if place < min(places):
            continue  # nothing has been typed yet that could matter
        named = _named(statement, mine, differ)
        if makes and _amasses(named, mine):
            return None
        theirs = [] if at is None else offered.get(other.story.steps[at].event_id, [])
        offered_then = [_named(one, row, differ) for one in theirs]
        if named in offered_then or flat(named) in (_COUNT.sub("", flat(one)) for one in offered_then):
            continue
        if statement not in theirs:
            return None
        fixed.add(statement)
    return frozenset(fixed)


def _written(story: Story, varying: Sequence[str]) -> Writer:
    writer = writer_for(story)
    writer.varying = frozenset(varying)
    write_steps(writer, story, 0, len(story.steps))
    return writer


def _pairs(offered: dict[str, list[Expr]]) -> Iterator[tuple[str, Expr]]:
    return ((event, statement) for event, statements in offered.items() for statement in statements)


def _named(statement: Expr, values: Row, differ: Sequence[int]) -> Expr:
    return bound(statement, [Parameter(name=f"value_{number}", values=(values[number],)) for number in differ])
