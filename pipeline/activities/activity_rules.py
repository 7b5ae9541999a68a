"""What a step did that sends something off or acts: the table of rules that makes typed activities of it.

A rule reads facts that were found once for the step (`StepFacts`); the first that says something decides, for the title
as for the flow.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.activities.activity import ACTS, CHANGED, CHOSEN, LEADS, SEND, TO_CART, Activity, ActivityKind
from pipeline.activities.activity_list import ActivityList
from pipeline.activities.facts.changed_things import changed_thing
from pipeline.activities.facts.lookups import asks_for, chose_among
from pipeline.activities.facts.responses import Answers
from pipeline.activities.forms.password_forms import PasswordForm
from pipeline.activities.rules import Rule
from pipeline.semantics.addresses import ID, singular
from pipeline.semantics.controls import asked_by, asks_to_delete, does_by_itself
from pipeline.semantics.elements import DATA, Data, in_menu, is_search
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import succeeded
from pipeline.semantics.text import caption
from pipeline.semantics.verbs import CART, CREATE, SEARCH, SIGN_OUT, object_noun
from schemas.stories import ClickStep, FillStep, Step

_SIGN: Final = re.compile(r"\w")
_SEEK: Final = WORDS["seeks"]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step that sends something off or acts, and what was filled in before it.

    `what` is the identity of the control, `place` the pattern of the page on which it began, `fields` what tells the
    fields apart, `numbers` those of all steps that it is made of, `used` these steps, `words` what is written on the
    control. `password` is the form with a password that it sent off. `before` is what was done before it, `view` what
    was opened without the address changing.
    """

    number: int
    step: Step
    what: str
    place: str
    fields: tuple[str, ...]
    numbers: tuple[int, ...]
    form: str
    used: Sequence[Step]
    words: str
    password: PasswordForm | None
    before: ActivityList
    answers: Answers
    data: Data
    view: str


def activity_of(facts: StepFacts) -> Activity:
    """The activity that a step is, by the first rule that says so."""
    for rule in RULES:
        found = rule.read(facts, rule.name)
        if found is not None:
            return found
    raise AssertionError("the last rule takes every step")


def _sign_in(facts: StepFacts, rule: str) -> Activity | None:
    if facts.password is None or facts.password.purpose not in ("sign in", "confirm"):
        return None
    outcome = facts.answers.settled(facts.password.answer.outcome)
    return Activity("sign in", "", (), "", outcome, facts.numbers, rule=rule)


def _search(facts: StepFacts, rule: str) -> Activity | None:
    """Only looked up: typed into a search field, sent off by a control that seeks, or asked for by the address."""
    if facts.password is not None or facts.what not in ("", SEND):
        return None
    asked = asks_for(facts.used, facts.step, facts.answers) and not CREATE.match(facts.words)
    named = _SEEK.search(facts.words) and not _done_by(facts)
    if not (_seeks(facts) or named or asked):
        return None
    within = not any(one.navigates for one in facts.used)
    return Activity("search", "", facts.fields if within else (), "", "", facts.numbers, rule=rule)


def _done_by(facts: StepFacts) -> bool:
    """Whether it asked for a change and the page says that it was made, or the control that led there named what one
    is to be made of what is looked for (`Add feed`, `Find a feed`): `Go` and `Find` may be the buttons of any form."""
    return facts.answers.writes(facts.step) and (succeeded(facts.step) or _makes_found(facts))


def _makes_found(facts: StepFacts) -> bool:
    at = min(facts.numbers) - 1
    opener = facts.before.steps[at] if at >= 0 else None
    one = object_noun(caption(opener.target), CREATE) if isinstance(opener, ClickStep) else ""
    return bool(one) and one == singular(one) and one in facts.words.casefold().split()


def _seeks(facts: StepFacts) -> bool:
    """Whether something was typed into a search field and sent off for that. A form that holds such a field among
    others, or has a button that says something else, and that asks for a change, is a form."""
    fills = [one for one in facts.used if isinstance(one, FillStep)]
    if not any(map(is_search, fills)) or not facts.answers.writes(facts.step):
        return any(map(is_search, fills))
    return all(map(is_search, fills)) and (not facts.words or bool(SEARCH.search(facts.words)))


def _filter(facts: StepFacts, rule: str) -> Activity | None:
    if facts.password is not None or not chose_among(facts.used, facts.step, facts.answers):
        return None
    return Activity("filter", "", (), "filter", "", facts.numbers, rule=rule)


def _sign_out(facts: StepFacts, rule: str) -> Activity | None:
    is_exit = isinstance(facts.step, ClickStep) and SIGN_OUT.search(facts.words)
    return _done(facts, "sign out", rule) if is_exit else None


def _cart(facts: StepFacts, rule: str) -> Activity | None:
    """The same from a list and from the page of the thing, however many are taken."""
    if not CART.search(facts.words):
        return None
    return replace(_done(facts, "act", rule), place="", fields=(), what=TO_CART, form="")


def _delete(facts: StepFacts, rule: str) -> Activity | None:
    return _done(facts, "delete", rule) if asks_to_delete(facts.step) else None


def _submit(facts: StepFacts, rule: str) -> Activity | None:
    return _done(facts, "submit", rule) if facts.fields or facts.what in ("", SEND) else None


def _act(facts: StepFacts, rule: str) -> Activity:
    return _done(facts, "act", rule)


RULES: Final[tuple[Rule[Callable[[StepFacts, str], Activity | None]], ...]] = (
    Rule(
        "a form with a password lets somebody in",
        "open /login; fill 'User name' with 'ada'; type password; click 'Log in'; comes /home => sign in",
        _sign_in,
    ),
    Rule(
        "it only looked something up",
        "open /books; fill 'Author' with 'Lee'; click 'Go on'; comes /books?author=Lee => search",
        _search,
    ),
    Rule(
        "what was chosen stands in the address",
        "open /books; choose 'Price' in 'Order'; click 'Go on'; comes /books?order=price => filter",
        _filter,
    ),
    Rule("sign out", "open /home; click 'Log out'; comes /bye => sign out", _sign_out),
    Rule("put into the cart", "open /shop/7; click 'Add to cart'; comes /cart => act", _cart),
    Rule("delete", "open /books/7; click 'Delete'; comes /books => delete", _delete),
    Rule(
        "a form was sent off",
        "open /news; fill 'Mail' with 'ada'; click 'Go on'; asks POST /news => submit",
        _submit,
    ),
    Rule("a control that acts", "open /books/7; click 'Archive'; asks POST /books/7/archive => act", _act),
)
"""What was done by a step that sends something off or acts: what a form was and what came of it count before words."""


def _done(facts: StepFacts, kind: ActivityKind, rule: str) -> Activity:
    """What was done to the app: where, with which fields and by which control, and what came of it."""
    fields, what, numbers, step = facts.fields, facts.what, facts.numbers, facts.step
    if fields and facts.before.last_is("open form", "edit"):
        fields = (CHANGED,)
    named = what not in ("", SEND)
    thing = "" if facts.password is not None else changed_thing(facts.used, step, named, facts.answers, facts.data)
    if thing:
        fields, what = _apart_from_thing(thing, fields, what, facts.words)
    where = thing or _context(facts, fields)
    refused = facts.answers.refusal(step, facts.used)
    if facts.password is not None:
        outcome = facts.password.answer.outcome
        refused = facts.answers.settled(outcome and (refused or outcome))
    if not fields and isinstance(step, ClickStep) and (asked := asked_by(step, facts.data)):
        # What asked whether it is meant says less than what was said to it.
        first = taken_back(facts.before, facts.number, step, facts.answers, facts.data)
        if first is not None and first.kind == "delete":
            kind, numbers = "delete", (*first.steps, *numbers)
        where, what = "", asked
    if does_by_itself(step) and what:
        where = ""  # wherever the thing is shown
    return Activity(kind, where, fields, what, refused, numbers, facts.form, rule)


def _apart_from_thing(thing: str, fields: tuple[str, ...], what: str, words: str) -> tuple[tuple[str, ...], str]:
    """The fields and the control without what is data of the thing that was changed: what a switch of it is called,
    and which of several signs was pressed."""
    if ID in thing and fields and all(name.startswith(f"{CHOSEN}switch ") for name in fields):
        fields = (f"{CHOSEN}switch {DATA}",)
    return fields, "sign" if words and not _SIGN.search(words) else what


def _context(facts: StepFacts, fields: Sequence[str]) -> str:
    """Where it was done; what stands in a menu can be done everywhere."""
    step = facts.step
    if isinstance(step, ClickStep) and (SIGN_OUT.search(facts.words) or (not fields and in_menu(step.target))):
        return ""
    there = led_to(step, facts.data) if step.navigates else facts.place
    if fields and there not in ("", facts.place) and facts.before.last_is("open form"):
        return f"{LEADS}{there}"  # a form that opens over many pages is told by where it leads
    return f"{facts.place} {facts.view}" if facts.view and DATA not in facts.view else facts.place


def taken_back(before: ActivityList, number: int, step: ClickStep, answers: Answers, data: Data) -> Activity | None:
    """Drops what only asked whether something is meant, where `step` answers that; gives what was dropped."""
    last = before.last
    if last is None or last.kind not in ACTS or last.outcome or any(not f.startswith(CHOSEN) for f in last.fields):
        return None
    asked = before.steps[last.steps[-1]]
    led_here = asked.navigates and led_to(asked, data) == data.place(step.page.url)
    if answers.writes(asked) or not (led_here or last.steps[-1] == number - 1):
        return None
    return before.take_back()


def led_to(step: Step, data: Data) -> str:
    """The pattern of the page that a step led to."""
    return data.place(step.after.url) if step.after is not None else ""
