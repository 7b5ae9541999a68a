"""Forms that a control with a verb of its own opened (`Reply`, `Resolve`): what comes of them is what that one says."""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

from pipeline.activities.clicks import act, act_of
from pipeline.activities.facts.action_links import acts_by_link
from pipeline.activities.facts.passive import outside_content
from pipeline.activities.phrases import SMALL, Goal, Phrase
from pipeline.semantics.elements import is_item
from pipeline.semantics.lexicon import LISTS
from pipeline.semantics.messages import ANSWER_CHARS_MAX, quotes, shown_texts
from pipeline.semantics.object_names import ROW_ROLES, acted_on
from pipeline.semantics.text import caption, clean, is_link, is_text_field, quoted
from pipeline.semantics.verbs import CANCEL, is_commit
from schemas.events import Appeared, Change
from schemas.stories import ClickStep, Step

_FORMS: Final = frozenset({"create", "edit", "submit"})
_SENT_OFF: Final = frozenset({"send", "reply", "try"})
"""How a form that makes something is told where that is but sent away, or was refused."""
_GENERIC_NOUNS: Final = LISTS["generic_nouns"]
_FORM_ROLES: Final = frozenset({"dialog", "form", "heading", "combobox"})


def with_form(before: Goal, form: Goal, steps: Sequence[Step], writing: Set[str] | None) -> Goal | None:
    """The goal before with the form that it opened, where this one is but that form; one that was refused to the end
    was tried only, and of one that was given up only the form is left. `writing` are the events of the steps that asked
    the app to change something; None where the source tells no effects."""
    opened = _act_of(before, form, steps)
    if not _is_form_of(opened, form, steps, writing):
        return None
    if _called_off(opened, form, steps, writing or frozenset()):
        return replace(form, first=opened.first)
    tried = form.phrases[0].verb == "try"
    opened = _as_answered(opened, form, steps)
    return replace(opened, last=form.last, phrases=(Phrase("try", f"to {opened.order}"),) if tried else opened.phrases)


def _is_form_of(opened: Goal, form: Goal, steps: Sequence[Step], writing: Set[str] | None) -> bool:
    """Whether a goal is but the form that an act opened."""
    opener, between = steps[opened.last], steps[opened.last + 1 : form.first]
    if opened.kind != "act" or opened.phrases[0].verb == "click" or not isinstance(opener, ClickStep):
        return False
    if acts_by_link(opener):
        return False  # that did what it says at once
    sent = steps[form.last]
    confirms = isinstance(sent, ClickStep) and sent.target.type == "submit" and form.first == form.last
    if form.kind in SMALL and not (confirms and opener.navigates):
        return False
    if form.kind not in _FORMS | SMALL or (form.kind == "create" and form.phrases[0].verb not in _SENT_OFF):
        return False
    if writing is None:
        return not between
    goes_there = opener.navigates and is_link(opener.target)  # what a page asks for once it is there says nothing
    if opener.event_id in writing and not goes_there:
        return False
    if any(step.navigates or step.event_id in writing for step in between):
        return False
    return opener.navigates or _brings_fields(opener)


def _called_off(opened: Goal, form: Goal, steps: Sequence[Step], writing: Set[str]) -> bool:
    """Whether the form of an act was given up by the control that ended it, or came right after its fields: `Cancel`,
    but not of a form that is itself there to cancel or close something."""
    last = steps[form.last]
    sent = isinstance(last, ClickStep) or is_commit(last) or last.event_id in writing
    ended = last if sent else next(iter(steps[form.last + 1 : form.last + 2]), last)
    words = caption(ended.target) if isinstance(ended, ClickStep) else ""
    return bool(CANCEL.match(words)) and act_of(words)[0] != opened.phrases[0].verb


def _as_answered(opened: Goal, form: Goal, steps: Sequence[Step]) -> Goal:
    """The act with what the page's answer to its form says it was done to, where the row of its control says that as
    well, beside other things: `Jonas has been blocked`, of a row with a page that Jonas wrote."""
    opener = steps[opened.last]
    if not isinstance(opener, ClickStep):
        return opened
    verb, rest = act_of(caption(opener.target))
    named = _subject_of_answer(opener, steps[form.last].changes)
    return act(opened.first, verb, rest, quoted(named)) if verb and named else opened


def _subject_of_answer(opener: ClickStep, changes: Sequence[Change]) -> str:
    """What the page's answer says what was done to, by words of the row that it has in quotes or begins with."""
    own = caption(opener.target).casefold()
    row = next((clean(one.name) for one in opener.target.ancestors if one.role in ROW_ROLES and one.name), "").split()
    for text in (text for _, text in shown_texts(changes) if len(text) <= ANSWER_CHARS_MAX):
        if not any(word.casefold().startswith(own) for word in text.split()):
            continue
        found = (one for one in quotes(text) if f" {one} " in f" {' '.join(row)} ")
        if named := next(found, "") or _begun_with(row, text.split()):
            return named
    return ""


def _begun_with(row: Sequence[str], answer: Sequence[str]) -> str:
    """The most of a row's words that an answer begins with, where they are a name: with a capital where none begins a
    sentence, and the whole of it, as no other such word stands beside them."""
    for count in range(min(len(row), len(answer)), 0, -1):
        for at in range(1, len(row) - count + 1):
            if [*row[at : at + count]] == [*answer[:count]]:
                beside = (row[at - 1], *row[at + count : at + count + 1])
                name = " ".join(answer[:count])
                whole = not any(word[0].isupper() for word in beside) and name.casefold() not in _GENERIC_NOUNS
                return name if whole and name[0].isupper() and answer[count - 1][0].isupper() else ""
    return ""


def _act_of(goal: Goal, after: Goal, steps: Sequence[Step]) -> Goal:
    """A goal as the act that it is if what it opened was sent off: `Cancel order` leads to a page that asks whether
    that is meant. `after` is the goal that follows."""
    step = steps[goal.last]
    if goal.kind != "open" or not isinstance(step, ClickStep) or not (is_link(step.target) and step.navigates):
        return goal
    words = caption(step.target)
    verb, rest = act_of(words)
    bar = any(one.role == "toolbar" for one in step.target.ancestors)
    asks = after.first == after.last and isinstance(steps[after.last], ClickStep)  # nothing is to be filled in
    if not verb or outside_content(step.target) or not (bar or (asks and not is_item(step.target))):
        return goal  # a menu leads to pages of the app, a list to things, whatever these are called
    return act(goal.first, verb, rest, acted_on(steps, goal.first))


def _brings_fields(step: Step) -> bool:
    """Whether it made a form show that was not there."""
    came = [change.element for change in step.changes if isinstance(change, Appeared)]
    return any(element.role in _FORM_ROLES or is_text_field(element) for element in came)
