"""One pass over the steps of a story: what was done, apart from second thoughts and from data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from pipeline.activities.activity import ACTS, LISTINGS, SEND, Activity
from pipeline.activities.activity_list import ActivityList
from pipeline.activities.activity_rules import StepFacts, activity_of, taken_back
from pipeline.activities.click_effects import ClickEffect, ClickFacts, effect_of, prepares
from pipeline.activities.facts.changed_things import saves_itself
from pipeline.activities.facts.filters import narrowed, narrowed_by_entries
from pipeline.activities.facts.passive import (
    brings_field,
    folds,
    only_brings_fields,
    outside_content,
    shows_itself,
)
from pipeline.activities.facts.responses import Answers
from pipeline.activities.forms.form_state import FieldStep, FormState
from pipeline.activities.forms.password_forms import PasswordForms
from pipeline.semantics.controls import DELETE_BUTTON, deletes, does_by_itself, opener
from pipeline.semantics.elements import DATA, Data, identity, is_item, is_search, shortcut, stands_in_row
from pipeline.semantics.messages import errors
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import caption, is_button
from pipeline.semantics.verbs import APART, COMMIT, SEARCH, SIGN_OUT, SWITCHES, words_on
from pipeline.steps.draft import same_target
from schemas.stories import (
    BackStep,
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    GotoStep,
    HoverStep,
    PressStep,
    ReloadStep,
    ScrollStep,
    SelectStep,
    Step,
    UploadStep,
)

_SAVES: Final = re.compile(r"(Control|Meta)\+(s|Enter)", re.I)
"""Key combinations that send off what was filled in."""
_SENDING: Final = re.compile(r"((Control|Meta)\+)?Enter")
"""What was pressed last in an editor that was sent off by it."""
_COLUMNS: Final = frozenset({"list", "listbox", "grid", "rowgroup"})
"""What holds things of one kind: which of several something is dragged to is data."""


@dataclass
class Classifier:
    """One pass over the steps; it lives only inside `activities_of`."""

    steps: Sequence[Step]
    data: Data
    answers: Answers
    passwords: PasswordForms
    view: str = ""
    """What was opened last without the address changing: a tab, an entry of a menu, a thing."""
    searched: bool = False

    outcomes: dict[int, str] = field(default_factory=dict)
    """What came of what a step sent off, by its number."""
    click_rules: dict[int, str] = field(default_factory=dict)
    """The rule that read a click, by its number."""

    def __post_init__(self) -> None:
        self.filled = FormState(self.data)
        self.done = ActivityList(self.steps, self.answers)

    def run(self) -> None:
        for number, step in enumerate(self.steps):
            match step:
                case GotoStep() | ReloadStep() | BackStep():
                    self._move()
                case FillStep() | SelectStep() | CheckStep() | UploadStep():
                    self._field(number, step)
                case ClickStep():
                    self._click(number, step)
                case PressStep():
                    self._press(number, step)
                case DragStep():
                    alike = (step.onto.role, step.onto.tag) == (step.target.role, step.target.tag)
                    one_of_many = alike or is_item(step.onto) or stands_in_row(step.onto) or step.onto.role in _COLUMNS
                    onto = "another" if one_of_many else identity(step.onto, self.data)
                    self._do(number, step, f"drag onto {onto}")
                case HoverStep() | ScrollStep():
                    pass
                case _:
                    assert_never(step)
        self._leave()
        if self.filled:
            place = self.filled.place
            fields, numbers, _ = self.filled.take()
            self.done.add(
                Activity("leave filled in", place, fields, "", "", numbers, rule="filled in and never sent off")
            )

    # --- what kind of step it is ---

    def _move(self) -> None:
        """Another page: what was typed and never sent off doesn't count."""
        self._leave()
        self.filled.fields.clear()
        self.view = ""

    def _field(self, number: int, step: FieldStep) -> None:
        if isinstance(step, SelectStep) and self._narrows(number, step):
            return
        if self._was_sent(number, step):
            return
        self.filled.add(number, step)
        chooses = not isinstance(step, FillStep) and len(self.filled.fields) == 1 and self.answers.writes(step)
        leads = isinstance(step, FillStep | SelectStep) and step.navigates
        at_once = chooses or leads
        if at_once and not only_brings_fields(number, step, self.steps, self.answers, self.data):
            sent = SEND if isinstance(step, FillStep) and _ends_by_sending(step) else ""
            self._do(number, step, identity(step.target, self.data) if does_by_itself(step) else sent)

    def _was_sent(self, number: int, step: FieldStep) -> bool:
        """Whether a field changed as the page was left: an editor handed over what was typed into it when that was sent
        off. It says which form that was."""
        last = self.done.last
        sent = self.steps[last.steps[-1]] if last is not None and last.kind in ACTS else None
        if last is None or sent is None or not sent.navigates or not step.page.url:
            return False
        if sent.after is None or not self.answers.leads_on(sent):
            return False
        since = (other.page.url for other in self.steps[last.steps[-1] : number + 1])
        if any(url != step.page.url for url in since):
            return False
        self.done.found[-1] = last if last.form else replace(last, form=self.data.without(step.target.form))
        return True

    def _narrows(self, number: int, step: ClickStep | SelectStep) -> bool:
        """Takes a step that only narrows what the page lists, with nothing filled in before."""
        way = None if self.filled or self.answers.writes(step) else narrowed(step)
        if way is not None:
            self.done.add(
                Activity("filter", "", (), way, "", (number,), rule="the address only says how a list is shown")
            )
        return way is not None

    def _click(self, number: int, step: ClickStep) -> None:
        meaning = meaning_of(step)
        words, writes = meaning.caption, self.answers.writes(step)
        facts = ClickFacts(
            number, step, meaning, words, writes, bool(self.filled), self.steps, self.filled, self.view,
            self.answers, self.passwords, self.data,
        )  # fmt: skip
        effect, self.click_rules[number] = effect_of(facts)
        match effect:
            case ClickEffect.NOTHING:
                pass
            case ClickEffect.NARROWS:
                self._narrows(number, step)
            case ClickEffect.CHOOSES:
                self.filled.choose(number, step)
            case ClickEffect.GIVES_UP:
                if folds(step) or not self._cancel():
                    taken_back(self.done, number, step, self.answers, self.data)
            case ClickEffect.ACTS_BY_LINK:
                self._settle_search()
                self._settle_filter()
                self.filled.fields.clear()
                self._do(number, step, identity(step.target, self.data))
            case ClickEffect.LOOKS:
                self._look(number, step)
            case ClickEffect.OPENS_FORM:
                kind, rule = opener(step, words), self.click_rules[number]
                self.done.add(Activity("open form", "", (), kind, "", (number,), rule=rule))
            case ClickEffect.SENDS:
                self._send(number, step, words)
            case _:
                assert_never(effect)

    def _send(self, number: int, step: ClickStep, words: str) -> None:
        if SIGN_OUT.search(words):
            self._move()  # nothing is sent off by that
        self.filled.sent_by(step)
        if not self.filled and COMMIT.match(words) and not APART.search(words):
            self.filled.keep(number, step)
        self._do(number, step, self._control(step, words))

    def _press(self, number: int, step: PressStep) -> None:
        if step.key == "Escape" and not step.modifiers:
            self._cancel()
        elif self.passwords.amidst(number):
            return
        elif step.key == "Enter" and (self.filled or step.navigates or self.answers.writes(step)):
            if not prepares(number, step, self.passwords, self.answers, self.data):
                self._do(number, step, SEND)
        elif deletes(step):
            refused = self.outcomes[number] = self.answers.refusal(step)
            self.done.add(Activity("delete", "", (), DELETE_BUTTON, refused, (number,), rule="the Delete key"))
        elif shortcut(step) and not brings_field(step, self.steps[number + 1 :], self.answers):
            saves = self.filled and _SAVES.fullmatch(shortcut(step))
            self._do(number, step, SEND if saves else f"press {shortcut(step)}")

    def _control(self, step: ClickStep, words: str) -> str:
        """What sends something off: Enter and the button that says no more than that are the same."""
        if self._seeks(step):
            return ""
        typed = self.filled.changes()
        if not typed and self._again(step):
            return self.done.last.what if self.done.last is not None else ""
        if (switched := SWITCHES.match(words)) and not typed:
            return f"{{switch}} {self.data.without(words[switched.end() :])}".rstrip()
        sends = not words or COMMIT.match(words) or (is_button(step.target) and typed)
        tried = typed or self.filled.is_form() or bool(errors(step.changes)) or self.answers.failed(step)
        return SEND if sends and tried and not APART.search(words) else identity(step.target, self.data)

    def _again(self, step: ClickStep) -> bool:
        """Whether it presses once more what sent the last form off."""
        before = self.steps[self.done.last.steps[-1]] if self.done.last is not None else None
        return isinstance(before, ClickStep) and same_target(before.target, step.target)

    def _leave(self) -> None:
        """What was filled in is left: it was searched for, or it saved itself."""
        self._settle_search()
        saved = max(
            (at for at in self.filled.fields.values() if saves_itself(self.steps[at], self.answers)), default=-1
        )
        if saved >= 0:
            self._do(saved, self.steps[saved], SEND)
        self._settle_filter()

    def _look(self, number: int, step: ClickStep) -> None:
        self._leave()
        self.done.record.append(Activity("browse", "", (), "", "", (number,), rule=self.click_rules[number]))
        found = self.searched and not outside_content(step.target)
        self.filled.fields.clear()
        if shows_itself(step):
            return
        self.view = "" if step.navigates else identity(step.target, self.data, found)
        if found and not step.navigates:
            self.view = f"found {DATA}"

    def _seeks(self, step: ClickStep) -> bool:
        """Whether the control sends a search off."""
        words = words_on(step.target)
        names = bool(SEARCH.search(words)) or "search" in words.lower() or not caption(step.target)
        return names and any(is_search(self.steps[number]) for number in self.filled.fields.values())

    def _cancel(self) -> bool:
        """What was begun is given up; whether that was a form that had been asked for."""
        self.filled.fields.clear()
        if self.view:
            self.view = ""
            return False
        asked = self.done.last_is("open form")
        if asked:
            self.done.take_back()
        return asked

    # --- activities ---

    def _settle_search(self) -> None:
        """Something typed into a search box has been searched for, however it was sent off."""
        if not self.filled.fields:
            return
        steps = self.steps
        seeking = {name: at for name, at in self.filled.fields.items() if meaning_of(steps[at]).is_search}
        if seeking:
            numbers = tuple(sorted(seeking.values()))
            self.done.add(
                Activity("search", "", self._sought(seeking), "", "", numbers, rule="typed into a search field")
            )
            self.searched = True
        for name in seeking:
            del self.filled.fields[name]

    def _sought(self, seeking: Mapping[str, int]) -> tuple[str, ...]:
        """The search fields, where they search within the page: a search that opens a page is the same from any."""
        within = not any(self.steps[number].navigates for number in seeking.values())
        return tuple(sorted(seeking)) if within else ()

    def _settle_filter(self) -> None:
        """What was entered and never sent off has narrowed the list, where the page shows that it did no more."""
        if not self.filled.fields:
            return
        numbers = tuple(sorted(self.filled.fields.values()))
        used = [self.steps[number] for number in numbers]
        way = narrowed_by_entries(used)
        if way is not None and not any(map(self.answers.writes, used)):
            self.done.add(Activity("filter", "", (), way, "", numbers, rule="entered, and only the list changed"))
            self.filled.fields.clear()

    def _do(self, number: int, step: Step, what: str) -> None:
        if what not in ("", SEND):
            self._settle_search()
            self._settle_filter()
        place = self.filled.place if self.filled else self._place(step)
        fields, numbers, form = self.filled.take(what)
        numbers = (*numbers, *(() if number in numbers else (number,)))
        used = [self.steps[at] for at in numbers]
        words = meaning_of(step).caption if isinstance(step, ClickStep) else ""
        entered = self.passwords.sent_by(number)
        facts = StepFacts(
            number, step, what, place, fields, numbers, form, used, words, entered,
            self.done, self.answers, self.data, self.view,
        )  # fmt: skip
        activity = activity_of(facts)
        self.searched = self.searched or activity.kind == "search"
        if activity.kind not in LISTINGS:
            self.outcomes[number] = activity.outcome
        self.done.add(activity)
        if step.navigates:
            self.view = ""

    def _place(self, step: Step) -> str:
        return self.data.place(step.page.url)


def _ends_by_sending(step: FillStep) -> bool:
    """Whether the last key in an editor sent off what had been typed there, as its button does."""
    last = step.keys[-1] if step.by_keys and step.keys else None
    return last is not None and bool(_SENDING.fullmatch("+".join((*last.modifiers, last.key))))
