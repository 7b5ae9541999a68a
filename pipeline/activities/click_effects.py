"""What a click does to the reading of a story: the table of rules that decides it.

A click narrows a list, fills in a box, gives up what was begun, leads on, opens a form, sends something off, or tells
nothing. The first rule that holds decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from pipeline.activities.facts.action_links import acts_by_link
from pipeline.activities.facts.filters import narrowed
from pipeline.activities.facts.passive import (
    form_of,
    only_looks,
    only_looks_elsewhere,
    only_points,
    only_prepares,
    picks,
    picks_in_form,
    puts_away,
    reveals,
)
from pipeline.activities.facts.responses import Answers
from pipeline.activities.forms.form_state import FormState
from pipeline.activities.forms.password_forms import PasswordForms
from pipeline.activities.rules import Rule
from pipeline.semantics.controls import opener
from pipeline.semantics.elements import Data, in_control, is_search
from pipeline.semantics.step_meaning import StepMeaning
from pipeline.semantics.text import BOX_ROLES
from pipeline.semantics.verbs import CANCEL, LOOKS, PAGING, SEARCH
from schemas.stories import CheckStep, ClickStep, FillStep, PressStep, SelectStep, Step


class ClickEffect(Enum):
    """What a click does to the reading."""

    NOTHING = auto()
    NARROWS = auto()
    CHOOSES = auto()
    GIVES_UP = auto()
    ACTS_BY_LINK = auto()
    LOOKS = auto()
    OPENS_FORM = auto()
    SENDS = auto()


@dataclass(frozen=True, slots=True)
class ClickFacts:
    """A click among the steps of a story, by its number, and how far the story was read before it.

    `meaning` is what it says by itself, `words` what is written on the control, `writes` whether it asked the app for a
    change, `filled` the form that is being filled in and `begun` whether anything was, `view` what was opened without
    the address changing.
    """

    number: int
    step: ClickStep
    meaning: StepMeaning
    words: str
    writes: bool
    begun: bool
    steps: Sequence[Step]
    filled: FormState
    view: str
    answers: Answers
    passwords: PasswordForms
    data: Data


def effect_of(facts: ClickFacts) -> tuple[ClickEffect, str]:
    """What a click does, and the name of the rule that says so."""
    for rule in CLICK_EFFECTS:
        effect, holds = rule.read
        if holds(facts):
            return effect, rule.name
    raise AssertionError("the last rule takes every click")


def prepares(number: int, step: ClickStep | PressStep, passwords: PasswordForms, answers: Answers, data: Data) -> bool:
    """Whether it did nothing but make ready what was sent off later; a form with a password was sent off."""
    return passwords.sent_by(number) is None and only_prepares(number, step, answers, data)


def _amidst_password(facts: ClickFacts) -> bool:
    return facts.passwords.amidst(facts.number) and facts.step.target.role not in BOX_ROLES


def _taken_back(facts: ClickFacts) -> bool:
    return bool(facts.step.dialogs) and not any(dialog.accepted for dialog in facts.step.dialogs)


def _points(facts: ClickFacts) -> bool:
    return facts.meaning.is_text_field or only_points(facts.step, facts.answers)


def _looks_elsewhere(facts: ClickFacts) -> bool:
    return only_looks_elsewhere(facts.step, facts.steps)


def _turns_page(facts: ClickFacts) -> bool:
    if facts.begun:
        return bool(LOOKS.match(facts.words))
    return bool(PAGING.match(facts.words)) and not facts.writes


def _narrows(facts: ClickFacts) -> bool:
    return not facts.begun and not facts.writes and narrowed(facts.step) is not None


def _chooses(facts: ClickFacts) -> bool:
    target = facts.step.target
    return target.role in BOX_ROLES or (target.tag == "label" and not in_control(target))


def _picks(facts: ClickFacts) -> bool:
    """A choice from a list of the page's own, within a form that is being filled in."""
    if picks_in_form(facts.step, facts.answers):
        return True
    entered = [facts.steps[at] for at in facts.filled.fields.values()]
    return facts.begun and not any(map(is_search, entered)) and picks(facts.step, facts.answers)


def _gives_up(facts: ClickFacts) -> bool:
    return bool(CANCEL.match(facts.words)) and puts_away(facts.step, facts.answers, facts.view)


def _reveals(facts: ClickFacts) -> bool:
    """A menu or a section that opens, or the box that something was searched in next."""
    if reveals(facts.step, facts.answers):
        return True
    later = facts.steps[facts.number + 1 : facts.number + 2]
    return not facts.begun and bool(SEARCH.search(facts.words)) and any(map(is_search, later))


def _acts_by_link(facts: ClickFacts) -> bool:
    return acts_by_link(facts.step)


def _stays_in_form(facts: ClickFacts) -> bool:
    """A control that left the user in the form: its next field is filled in right after it."""
    if not facts.begun or facts.writes or facts.step.loads or CANCEL.fullmatch(facts.words):
        return False
    entered = [facts.steps[at] for at in facts.filled.fields.values()]
    if any(map(is_search, entered)):
        return False
    fields = (entered[-1], *facts.steps[facts.number + 1 : facts.number + 2])
    if len(fields) == 1 or not all(isinstance(one, FillStep | SelectStep | CheckStep) for one in fields):
        return False
    return form_of(fields[0]) == form_of(fields[1]) != ""


def _looks(facts: ClickFacts) -> bool:
    return only_looks(facts.meaning, facts.step, facts.answers, facts.begun)


def _opens_form(facts: ClickFacts) -> bool:
    """A control that may open a form does; one that sends something off is followed by fields."""
    if facts.begun or not opener(facts.step, facts.words):
        return False
    later = facts.steps[facts.number + 1 :]
    return not facts.writes or any(isinstance(step, FillStep) for step in later)


def _prepares(facts: ClickFacts) -> bool:
    return prepares(facts.number, facts.step, facts.passwords, facts.answers, facts.data)


def _sends(_: ClickFacts) -> bool:
    return True


CLICK_EFFECTS: Final[tuple[Rule[tuple[ClickEffect, Callable[[ClickFacts], bool]]], ...]] = (
    Rule(
        "between the fields of a form with a password",
        "open /login; fill 'User name' with 'ada'; click 'Next'; type password; click 'Log in'; comes /home",
        (ClickEffect.NOTHING, _amidst_password),
    ),
    Rule(
        "its question was answered with no",
        "open /books/7; click 'Delete'; answers no 'Delete the book?'",
        (ClickEffect.NOTHING, _taken_back),
    ),
    Rule(
        "it only puts the cursor into a field or on a text",
        "open /books; click field 'Author'; says 'Type a name.'",
        (ClickEffect.NOTHING, _points),
    ),
    Rule(
        "it opens a tab in which nothing is done",
        "open /books; click link 'Help'; opens a tab",
        (ClickEffect.NOTHING, _looks_elsewhere),
    ),
    Rule("it only leads to another page of a list", "open /books; click 'Next'", (ClickEffect.NOTHING, _turns_page)),
    Rule(
        "the address only says how a list is shown",
        "open /books; click link 'Price'; comes /books?sort=price",
        (ClickEffect.NARROWS, _narrows),
    ),
    Rule("a box or its label", "open /books; click box 'Only new'", (ClickEffect.CHOOSES, _chooses)),
    Rule(
        "it stands between the fields of one form",
        "open /news; fill 'Mail' with 'ada' in 'f'; click 'No one'; fill 'Name' with 'Ada' in 'f'; click 'Go on'",
        (ClickEffect.NOTHING, _stays_in_form),
    ),
    Rule(
        "it chooses from a list of the form's own",
        "open /news; fill 'Mail' with 'ada'; click option 'Weekly'; click 'Go on'; asks POST /news",
        (ClickEffect.NOTHING, _picks),
    ),
    Rule(
        "it gives up what was begun",
        "open /news; fill 'Mail' with 'ada'; click 'Cancel'",
        (ClickEffect.GIVES_UP, _gives_up),
    ),
    Rule(
        "it only opens a menu, a section or a search box",
        "open /books; click 'Search'; fill search 'Search' with 'Lee'; press Enter",
        (ClickEffect.NOTHING, _reveals),
    ),
    Rule(
        "a link that acts",
        "open /books/7; click link 'Archive'; comes /books/7; says 'The book was archived.'",
        (ClickEffect.ACTS_BY_LINK, _acts_by_link),
    ),
    Rule(
        "it only leads on or shows something",
        "open /books; click link 'Red sea'; comes /books/7",
        (ClickEffect.LOOKS, _looks),
    ),
    Rule(
        "a control that opens a form",
        "open /books; click 'New book'; fill 'Title' with 'Red sea'; click 'Save'; asks POST /books",
        (ClickEffect.OPENS_FORM, _opens_form),
    ),
    Rule(
        "it makes ready what is sent off later",
        "open /news; click 'Weekly'; fill 'Mail' with 'ada'; click 'Go on'; asks POST /news",
        (ClickEffect.NOTHING, _prepares),
    ),
    Rule(
        "it sends something off, or acts",
        "open /news; fill 'Mail' with 'ada'; click 'Go on'; asks POST /news",
        (ClickEffect.SENDS, _sends),
    ),
)
"""What a click does: what takes it out of the story comes first, then what it led to, last what it sent."""
