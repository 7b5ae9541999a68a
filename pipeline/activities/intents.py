"""The activities of a story in words: a few goals, each with the phrases that title and sentence are made of.

What was done, and what came of it, was decided by the classifier; a goal only has words for one activity or for several
in a row (a control that opened a form, the pages of the form, what sent it off), and for pages that were looked at.
Each goal has phrases with what was on the page (for people) and a plain sentence without any value (for embedding).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pipeline.activities.classify import activities_of
from pipeline.activities.clicks import read_click
from pipeline.activities.forms import rebuild
from pipeline.activities.forms.opened import with_form
from pipeline.activities.forms.password_forms import PasswordForm, PasswordForms, password_forms
from pipeline.activities.phrases import CREATES, DELETES, LOOKS_UP, NARROWS, SMALL, Goal, Phrase
from pipeline.activities.rules import Rule
from pipeline.activities.story_activities import Activities
from pipeline.semantics.controls import asks_to_delete
from pipeline.semantics.derived import once_per_steps
from pipeline.semantics.elements import is_search
from pipeline.semantics.object_names import deleted_object, opened_name, ticked_before
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import BOX_ROLES, caption, is_button, is_name, is_text_field, quoted
from pipeline.semantics.verbs import (
    CART,
    CHECK_OUT,
    CONFIRM,
    CREATE,
    DELETE,
    EDIT,
    FILTER,
    PAGING,
    SEARCH,
    SIGN_IN,
    SIGN_OUT,
    SIGN_UP,
    is_commit,
    is_password,
    is_search_field,
    object_noun,
    says,
    words_on,
)
from pipeline.semantics.wording import typed
from schemas.elements import Element
from schemas.events import Page
from schemas.stories import CheckStep, ClickStep, FillStep, GotoStep, NetworkRequest, PressStep, SelectStep, Step


class Reader:
    """The activities of a story, and one rule after another asked for the words for what begins at a step."""

    def __init__(
        self,
        steps: Sequence[Step],
        requests: Sequence[NetworkRequest],
        passwords: PasswordForms,
        activities: Activities,
    ) -> None:
        self.steps = steps
        self._passwords = passwords
        self._verdicts = activities.verdicts
        self._at = {number: activity for activity in activities.record for number in activity.steps}
        self._kind_of = {number: activity.kind for number, activity in self._at.items()}.get
        self._searched = "search" in (activity.kind for activity in self._at.values())
        self._writing = activities.verdicts.writing
        self._silent = not any(request.cause for request in requests) and not any(
            step.changes for step in steps
        )  # the format tells no effects
        self._form_ends = _form_ends(steps)

    def goals(self) -> tuple[Goal, ...]:
        found: list[Goal] = []
        index = 0
        writing = None if self._silent else self._writing
        while index < len(self.steps):
            goal = self._goal_at(index)
            at = len(found) - 1
            while at > 0 and self._is_of_form(found[at]):
                at -= 1
            joined = with_form(found[at], goal, self.steps, writing) if found and goal is not None else None
            if joined is not None:
                found[at:] = [joined]
            elif goal is not None:
                found.append(self._once_more(found[-1], goal) if found else goal)
            index = index + 1 if goal is None else goal.last + 1
        return tuple(found)

    def _is_of_form(self, goal: Goal) -> bool:
        """Whether it was but a choice in a drawn list, or a click into a field: part of the form that these are in."""
        step = self.steps[goal.last]
        into = isinstance(step, ClickStep) and is_text_field(step.target)
        return goal.kind in SMALL and (into or goal.phrases[0].verb == "choose")

    def _goal_at(self, index: int) -> Goal | None:
        for rule in GOAL_RULES:
            goal = rule.read(self, index)
            if goal is not None:
                return goal if goal.rule else replace(goal, rule=rule.name)
        return None

    def _once_more(self, before: Goal, goal: Goal) -> Goal:
        """A form that signs up and was refused wants its passwords once more: that changes none."""
        again = before.kind == "sign_up" and goal.kind == "settings" and is_password(self.steps[goal.first])
        return replace(before, first=goal.first, last=goal.last, phrases=(Phrase("sign up"),)) if again else goal

    def _sends(self, number: int) -> bool:
        """Whether a step sent off what was typed before it, whatever is written on it."""
        activity = self._at.get(number)
        if activity is None or activity.kind != "submit" or activity.steps[-1] != number:
            return False
        return any(isinstance(self.steps[at], FillStep) for at in activity.steps if at != number)

    # --- signing in and out ---

    def sign_in(self, first: int) -> Goal | None:
        if not self._passwords.all:
            return None
        opens = says(self.steps[first], SIGN_IN) or says(self.steps[first], SIGN_UP)
        form = self._passwords.beginning(first + 1 if opens else first)
        if form is None or form.sent is None:
            return None
        last, submit = form.sent, self.steps[form.sent]
        words = caption(submit.target) if isinstance(submit, ClickStep) else ""
        verb = "log in" if "log" in words.lower() else "sign in"
        match form.purpose:
            case "keep" | "make account":
                return None
            case "sign up":
                phrase = Phrase("try", "to sign up") if form.refused else Phrase("sign up")
                return Goal("sign_up", first, last, (phrase,), "register: open a new account as a member")
            case "change password":
                plain = "change the password in the account settings"
                phrase = Phrase("try", "to change the password") if form.refused else Phrase("change", "the password")
                return Goal("settings", first, last, (phrase,), plain)
            case "confirm":
                return Goal("confirm", first, last, (Phrase("confirm", "the password"),), "confirm the password")
            case "sign in" if form.refused:
                plain = "log in with a wrong password and see a login error"
                phrase = Phrase("try", f"to {verb}") if form.answer.locked else Phrase(verb, "with a wrong password")
                return Goal("sign_in_refused", first, last, (phrase,), plain)
            case "sign in":
                return Goal("sign_in", first, last, (Phrase(verb),), "log in: sign in with user name and password")

    def sign_out(self, first: int) -> Goal | None:
        if self._kind_of(first) != "sign out":
            return None
        words = self.steps[first].said.lower()
        return Goal(
            "sign_out", first, first, (Phrase("log out" if "log" in words else "sign out"),), "log out, sign out"
        )

    # --- searching ---

    def search(self, first: int) -> Goal | None:
        if not self._searched:
            return None
        start = first
        if says(self.steps[first], SEARCH) and first + 1 < len(self.steps):
            start = first + 1
        fill = self.steps[start]
        if self._kind_of(start) != "search" or not isinstance(fill, FillStep) or not is_search(fill):
            return None
        last = start
        while last + 1 < len(self.steps) and self._searches(self.steps[last + 1]):
            last += 1
            step = self.steps[last]
            fill = step if isinstance(step, FillStep) else fill
        narrows = bool(FILTER.search(words_on(fill.target)))
        value = typed(fill.value)
        phrases = [Phrase("filter", f"by {value}") if narrows else Phrase("search", f"for {value}")]
        plain = NARROWS if narrows else LOOKS_UP
        index = last + 1
        while index < len(self.steps) and says(self.steps[index], PAGING):
            index += 1
        if index < len(self.steps) and self._opens(self.steps[index]):
            opened = self.steps[index]
            assert isinstance(opened, ClickStep)
            name = opened_name(opened)
            phrases.append(Phrase("open", f"the result {quoted(name)}" if name else "a result"))
            plain += ", open a search result" if not narrows else ""
            last = index
        return Goal("filter" if narrows else "search", first, last, tuple(phrases), plain)

    def _searches(self, step: Step) -> bool:
        """Whether the step sends the search off or refines it."""
        match step:
            case PressStep():
                return step.key == "Enter"
            case FillStep():
                return is_search_field(step.target)
            case ClickStep():
                words = words_on(step.target)
                named = SEARCH.search(words) or FILTER.search(words) or "search" in words.lower()
                return is_button(step.target) and bool(named or not caption(step.target) or words.lower() == "go")
            case _:
                return False

    def _opens(self, step: Step) -> bool:
        """Whether it opens one of the things found."""
        if not isinstance(step, ClickStep) or is_text_field(step.target) or is_commit(step):
            return False
        if step.target.role in BOX_ROLES:
            return False
        if any(says(step, verb) for verb in (DELETE, CREATE, EDIT, SIGN_OUT, CHECK_OUT, CART)):
            return False
        return not is_button(step.target) and self._is_page_part(step.target)

    def _is_page_part(self, target: Element) -> bool:
        return not any(ancestor.role in ("navigation", "banner", "menu", "menubar") for ancestor in target.ancestors)

    # --- deleting, forms, opening ---

    def delete(self, first: int) -> Goal | None:
        activity = self._at.get(first)
        if activity is None or activity.kind != "delete":
            return None
        # A reason that was typed for it belongs to it.
        last = activity.steps[-1] if isinstance(self.steps[first], FillStep | SelectStep) else first
        step = self.steps[last]
        if not asks_to_delete(step):
            return None
        while last + 1 < len(self.steps) and says(self.steps[last + 1], CONFIRM):
            last += 1
        last = self._end_of_asking(last)
        noun = object_noun(caption(step.target), DELETE) if isinstance(step, ClickStep) else ""
        named = ticked_before(self.steps, first) or deleted_object(self.steps, first, last)
        rest = named or (f"the {noun}" if noun else "an item")
        return Goal("delete", first, last, (Phrase("delete", rest),), DELETES)

    def _end_of_asking(self, last: int) -> int:
        """Where a page that asks why, and whether it is meant, was sent off; `last` where none does."""
        end = self._form_ends[last + 1]
        if not self.steps[last].navigates or end == last + 1 or end >= len(self.steps):
            return last
        sent = self.steps[end]
        return end if says(sent, DELETE) or says(sent, CONFIRM) or isinstance(sent, PressStep) else last

    def form(self, first: int) -> Goal | None:
        goal = rebuild.read_form(
            self.steps, first, self._stops(first), self._verdicts.refused, self._kind_of, self._sends
        )
        made = self._account_in(goal) if goal is not None else None
        if goal is None or made is None:
            return goal
        login = None if made.login is None else self.steps[made.login]
        name = quoted(login.value.text) if isinstance(login, FillStep) and is_name(login.value.text) else ""
        says_no_kind = goal.order == f"create {name}"
        if made.sent is not None:
            cut = goal.last < made.sent  # by what was looked for in a list of the page's own
            goal = replace(goal, last=max(goal.last, made.sent))
            if not (cut or goal.kind == "submit" or says_no_kind):
                return goal
        order = f"the account {name}".strip()
        phrase = Phrase("try", f"to create {order}") if made.refused else Phrase("create", order)
        return replace(goal, kind="create", phrases=(phrase,), plain=CREATES, also="")

    def _account_in(self, goal: Goal) -> PasswordForm | None:
        """The account that was made for somebody by the steps of a goal."""
        made = (form for form in self._passwords if form.purpose == "make account" and form.sent is not None)
        return next((form for form in made if goal.first <= form.first <= goal.last), None)

    def _stops(self, first: int) -> Callable[[int], bool]:
        """What tells where another goal begins than the form that begins at `first`: of forms with a password each is
        one of its own."""
        sent = next((form.sent for form in self._passwords if form.sent is not None and form.sent >= first), None)
        return lambda index: (
            self._is_other_goal(index)
            or (sent is not None and index > sent and self._passwords.beginning(index) is not None)
        )

    def _is_other_goal(self, index: int) -> bool:
        step = self.steps[index]
        if isinstance(step, GotoStep) or self._kind_of(index) == "sign out":
            return True
        if self._kind_of(index) == "delete" and asks_to_delete(step):
            return True
        return self.sign_in(index) is not None or self.search(index) is not None

    def click(self, first: int) -> Goal | None:
        wrote = self.steps[first].event_id in self._writing
        return read_click(self.steps, first, None if self._silent else wrote, self._kind_of(first))


GOAL_RULES: Final[tuple[Rule[Callable[[Reader, int], Goal | None]], ...]] = (
    Rule(
        "form with a password",
        "open /login; fill 'User name' with 'ada'; type password; click 'Log in'; comes /home => Log in",
        Reader.sign_in,
    ),
    Rule("sign out", "open /home; click 'Log out'; comes /bye => Log out", Reader.sign_out),
    Rule(
        "search field", "open /books; fill search 'Search' with 'Lee'; press Enter => Search for 'Lee'", Reader.search
    ),
    Rule("delete", "open /books/7; click 'Delete'; comes /books => Delete an item", Reader.delete),
    Rule(
        "form",
        "open /news; fill 'Mail' with 'ada'; click 'Go on'; asks POST /news => Fill in 'Mail' and go on",
        Reader.form,
    ),
    Rule("click", "open /books; click link 'Red sea'; comes /books/7 => Open 'Red sea'", Reader.click),
)
"""What begins at a step: the first rule that reads something there decides. Forms and clicks have more tables."""


def _form_ends(steps: Sequence[Step]) -> list[int]:
    """For each step the first one from there on that is no field of the same form. A `Next` between two fields belongs
    to the form. One more than there are steps."""
    ends = [len(steps)] * (len(steps) + 1)
    meanings = [meaning_of(step) for step in steps]
    typed = any(meaning.is_password for meaning in meanings)
    for index in range(len(steps) - 1, -1, -1):
        step, meaning = steps[index], meanings[index]
        onward = typed and (meaning.says(CONFIRM) or meaning.says(rebuild.FORWARD))
        between = onward and any(later.is_password for later in meanings[index + 1 : index + 3])
        ticked = isinstance(step, ClickStep) and step.target.role in ("checkbox", "radio")
        filled = isinstance(step, FillStep | CheckStep | SelectStep) and not meaning.is_search
        ends[index] = ends[index + 1] if filled or ticked or between else index
    return ends


def goals_of(
    steps: Sequence[Step],
    requests: Sequence[NetworkRequest] = (),
    passwords: PasswordForms | None = None,
    activities: Activities | None = None,
) -> tuple[Goal, ...]:
    """The goals of a story in their order; steps that serve none (a page opened to start from) belong to no goal.
    `requests` are what the steps asked the app for; `passwords` are the forms with a password and `activities` what the
    steps did, where they are known."""
    return _goals_of(steps, requests, passwords, activities)


@once_per_steps
def _goals_of(
    steps: Sequence[Step],
    requests: Sequence[NetworkRequest],
    passwords: PasswordForms | None,
    activities: Activities | None,
) -> tuple[Goal, ...]:
    passwords = password_forms(steps, requests) if passwords is None else passwords
    if activities is None:
        activities = activities_of(steps, requests, Page(), passwords)
    return Reader(steps, requests, passwords, activities).goals()
