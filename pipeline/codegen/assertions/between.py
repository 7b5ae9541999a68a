"""What to assert after a step that others follow."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.codegen.actions import Writer
from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.entered import NOTHING, Entered, entered_in
from pipeline.codegen.assertions.lists.rows import own_words, without_others_rows
from pipeline.codegen.assertions.outcome import checks_after, lets_in, what_stayed
from pipeline.codegen.assertions.selection import chosen, covering
from pipeline.codegen.python.expressions import Attr, Call, Expr, flat
from pipeline.semantics.generated import is_volatile
from pipeline.semantics.messages import is_message as says_of_itself
from pipeline.semantics.text import caption, is_editor, is_text_field
from pipeline.semantics.verbs import is_commit
from schemas.elements import Element
from schemas.events import Appeared, Change, Gone, StateChanged
from schemas.stories import CheckStep, ClickStep, FillStep, GotoStep, HoverStep, ScrollStep, SelectStep, Step, Story

CHECKS_NAVIGATED: Final = 2
SCORE_LEAST: Final = 30
SCORE_SECOND: Final = 60
ENTERED_MOST: Final = 2
"""So many more for what was entered before and is seen now."""
_COUNTED: Final = re.compile(r"\(\d+\)\s*$")
"""How many things there are on a page that a step only led to: `Watchers (1)`."""
_OPENED: Final = frozenset({"dialog", "alertdialog"})
"""What stands over a page once it is opened."""
_PLAIN: Final = frozenset({None, "heading", "paragraph"})
"""Roles of headings and plain texts."""
_BEHIND: Final = _PLAIN | {"listitem", "article"}
"""Roles of what may be loading behind a dialog."""
_OF_FIELDS: Final = frozenset({"listbox", "option", "grid", "tree", "dialog", "alertdialog", "alert", "status"})
"""What a field opens, or answers whoever goes into it."""
SCORE_NEW: Final = 54
"""Where the best check was made before in this document, another one must say so much."""


def between(writer: Writer, story: Story, place: int, known: frozenset[str]) -> list[Check]:
    """What to assert after the step of this place, before the next one begins."""
    step, upcoming = story.steps[place], story.steps[place + 1]
    before = story.steps[place - 1] if place else None
    whole = not step.changes or (_sends(step, before) and not lets_in(story, place))
    in_time = _without_late(step)
    own = in_time if whole else without_others_rows(in_time, writer.own)
    offered = [*what_stayed(writer, story, place), *checks_after(writer, own, known)]
    checks = _that_hold(writer, offered, upcoming) if offered else []
    if _enters(step):
        checks = [check for check in checks if not _looks(check) or check.kind in _OF_FIELDS]
    if not whole:
        checks = [check for check in checks if not _COUNTED.search(check.says)]
    if isinstance(step, GotoStep):
        first = chosen([check for check in checks if check.kind in ("heading", "url")], 1)
        return [*first, *(check for check in checks if check.kind in ("kept", "removed"))]
    moved = any(check.kind == "url" for check in checks)
    new = [check for check in checks if flat(check.statement) not in writer.told]
    if not new:
        return []  # as after most steps: what was entered is not looked for
    least = SCORE_LEAST if new[:1] == checks[:1] else SCORE_NEW
    entered = _not_proven(writer, story.steps[: place + 1])
    taken = chosen([check for check in new if check.score >= least], CHECKS_NAVIGATED)
    taken = taken if moved else [check for check in taken if check.score >= SCORE_SECOND or check is taken[0]]
    taken += covering(new, taken, entered, ENTERED_MOST)
    writer.proven |= {value for check in taken for value in entered.shown_in(check.says)}
    return taken


def _without_late(step: Step) -> Step:
    """The step without headings and texts that came beside a dialog that it opened, which has none of them: these
    belong to a page that was still loading then. Where the words of the dialog are not known, the headings without a
    name tell that what is behind it is kept from screen readers: then of these roles, and of messages, only what has a
    name is in it."""
    if not isinstance(step, ClickStep):
        return step
    came = [change.element for change in step.changes if isinstance(change, Appeared)]
    dialogs = [one for one in came if one.role in _OPENED]
    opened = [] if step.navigates else [_letters(one) for one in dialogs if one.text and not one.text_cut]
    if not opened and not (dialogs and {bool(one.name) for one in came if one.role == "heading"} == {True, False}):
        return step

    def is_late(change: Change) -> bool:
        one = change.element
        says = one.live or says_of_itself(one)
        if not isinstance(change, Appeared):
            return False
        if not opened:
            return not one.name and (one.role in _BEHIND or says)
        return one.role in _PLAIN and not says and not any(_letters(one) in words for words in opened)

    return step.model_copy(update={"changes": tuple(change for change in step.changes if not is_late(change))})


def _went_by_itself(upcoming: Step) -> frozenset[str]:
    """The headings and texts that went while the next step only unfolded something, which takes none away: they belong
    to a page that was still loading. What stands in a dialog that opens, or behind it, is another matter."""
    unfolds = isinstance(upcoming, ClickStep) and not upcoming.navigates and _unfolds(upcoming)
    if not unfolds or any(change.element.role in _OPENED for change in upcoming.changes):
        return frozenset()
    gone = (one.element for one in upcoming.changes if isinstance(one, Gone) and one.element.role in _PLAIN)
    return frozenset(text for one in gone for text in (one.text, one.name) if text)


def _unfolds(step: ClickStep) -> bool:
    states = (one for one in step.changes if isinstance(one, StateChanged) and one.state == "expanded" and one.after)
    return any((one.element.role, one.element.name) == (step.target.role, step.target.name) for one in states)


def _letters(element: Element) -> str:
    """Its text without gaps: texts that stand below each other have none between them, or other ones."""
    return "".join((element.text or element.name or "").split()).casefold()


def _enters(step: Step) -> bool:
    """Whether the step only goes into a field of text: what comes meanwhile, and is no list or answer of the field, is
    a hint for whoever is in it, or belongs to a part of the page that was still loading."""
    if not isinstance(step, ClickStep) or step.navigates:
        return False
    field = step.target
    return is_text_field(field) and not is_editor(field) and field.role != "combobox"


def _sends(step: Step, before: Step | None) -> bool:
    """Whether the step may have done more than lead to another page: what that shows may be its effect."""
    if not isinstance(step, ClickStep) or not step.navigates:
        return not isinstance(step, GotoStep)
    return is_commit(step) or isinstance(before, FillStep | SelectStep | CheckStep)


def _not_proven(writer: Writer, steps: Sequence[Step]) -> Entered:
    """What was entered until now and not yet seen as an effect. While the user types, a page only repeats it."""
    if isinstance(steps[-1], FillStep | HoverStep | ScrollStep):
        return NOTHING
    entered = entered_in(steps, writer.credentials.texts)
    return Entered(tuple(value for value in entered.values if value not in writer.proven))


def _that_hold(writer: Writer, checks: list[Check], upcoming: Step) -> list[Check]:
    """The checks that say something before the next step, and still hold then."""
    if any(map(_waits_as_actions_do, checks)):
        ways = _ways_to_target(writer, upcoming)
        checks = [check for check in checks if not (_waits_as_actions_do(check) and _is_of(check, ways))]
    own = own_words((*writer.fixed, *writer.used))
    checks = [check for check in checks if not _tells_of_others(writer, check, own)]
    swept = _swept_by_typing(upcoming) | _went_by_itself(upcoming)
    checks = [check for check in checks if not (_looks(check) and check.says in swept)]
    if isinstance(upcoming, ClickStep):
        words = caption(upcoming.target)
        # What a sign without words is called shows while the pointer is on it, as a hint.
        hinted = not upcoming.target.text and upcoming.target.name_from in ("aria", "title")
        checks = [
            one for one in checks if not (one.says == words and (one.kind == "changed" or (hinted and _looks(one))))
        ]
    return checks


def _tells_of_others(writer: Writer, check: Check, own: Sequence[str]) -> bool:
    """Whether the check looks for a text with nothing of the story (`own` words) that has no word at all, as the page
    may show it at any place, and twice for a moment (`0.00`); or that has a date, an age or another generated part, and
    is no answer to a step: it says what others did before (`Created on 3 May by Ada, last changed by Bo`)."""
    said = check.says.casefold()
    if not _looks(check) or any(word in said for word in own):
        return False
    is_answer = check.kind in ("status", "alert")
    return not any(map(str.isalpha, said)) or (not is_answer and is_volatile(check.says, writer.fixed))


def _looks(check: Check) -> bool:
    """Whether the check only looks whether something is there."""
    return "to_be_visible" in flat(check.statement)


def _waits_as_actions_do(check: Check) -> bool:
    """Whether the check waits for what any action on the same element waits for."""
    return _looks(check) or "to_be_enabled" in flat(check.statement)


def _is_of(check: Check, ways: frozenset[str]) -> bool:
    """Whether what a check looks for is found in one of these ways. Of what the next step acts on that says nothing:
    the step does so itself, and what shows while the pointer is on it or it has the focus is not there yet."""
    return any(flat(subject.args[0]).removesuffix(".first") in ways for subject in chain_of(check.statement))


def _ways_to_target(writer: Writer, upcoming: Step) -> frozenset[str]:
    """The locators, as code, of what the next step acts on; none where it acts on nothing, or in a page to come."""
    target = getattr(upcoming, "target", None)
    if not isinstance(target, Element) or upcoming.tab_id not in writer.pages:
        return frozenset()
    return frozenset(flat(found.expr) for found in writer.finder(upcoming).all(target))


def chain_of(statement: Expr) -> list[Call]:
    """The `expect(…)` of a check."""
    match statement:
        case Call(function=Attr(of=Call() as subject)) if subject.args:
            return [subject]
        case _:
            return []


def _swept_by_typing(upcoming: Step) -> frozenset[str]:
    """What goes away as soon as the next step types: the suggestions of a list that opened, and their headings. Which
    they are is decided by what the app has loaded until then."""
    if not isinstance(upcoming, FillStep):
        return frozenset()
    gone = (change.element for change in upcoming.changes if isinstance(change, Gone))
    return frozenset(text for one in gone for text in (one.text, one.name) if text)
