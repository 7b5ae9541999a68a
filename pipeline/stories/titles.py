"""A title and one sentence for a story, made from what was on the page; the same steps always give the same words."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

from pipeline.activities.facts.passive import is_one_page
from pipeline.activities.phrases import SMALL, Goal, Phrase
from pipeline.semantics.addresses import last_word, spoken
from pipeline.semantics.generated import fixed_words, parts
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import SUCCESS, quotes
from pipeline.semantics.step_meaning import StepMeaning, meaning_of
from pipeline.semantics.text import capital, caption, listed, quoted, short
from schemas.stories import ClickStep, FillStep, GotoStep, SelectStep, Step

TITLE_CHARS_MAX: Final = 120
GOALS_IN_TITLE_MAX: Final = 2
GOALS_IN_SENTENCE_MAX: Final = 4
_FIRST_SENTENCE: Final = re.compile(r"^(.{8,}?(?:[.!?](?= )|[!?](?=[A-Z]))).*$")
"""Up to where the next one begins, which stands in an element of its own where nothing parts them."""
_FORMS: Final = frozenset({"create", "edit", "settings", "submit", "choose", "upload"})
_WAITING: Final = WORDS["waiting"]
"""What a page says while it is about something."""
_BY_NUMBER: Final = re.compile(r"#?\d+")
_PREFIX: Final = re.compile(r"^[^\W\d]+[:/] ?(?=[^\W\d])")
"""What says of a name which part of a thing it is: `Talk:Berth 4`; `12:30` is a time."""
_SHORT_NUMBER: Final = re.compile(r"\d{1,4}")
_TICKING: Final = frozenset({"choose", "submit"})
_SIGN_INS: Final = frozenset({"sign_in", "sign_in_refused"})
_PRELUDE: Final = _SIGN_INS | {"confirm"}
"""What is but the way to what is done after it."""


def title_and_sentence(steps: Sequence[Step], goals: Sequence[Goal], acting: Set[int]) -> tuple[str, str]:
    """The title and the sentence; `acting` are the numbers of the steps that asked the app to do something."""
    goals = _joined(goals, steps)
    chosen = _joined([goal for goal in goals if goal.kind not in SMALL], steps)
    titled = [goal for goal in chosen if goal.kind not in _PRELUDE]
    if not titled:
        titled = _pressed_after(goals, steps) or _opened_after(goals, steps, acting)
        chosen = [*chosen, *titled]
    if all(goal.kind == "sign_out" for goal in titled):
        titled = chosen
    if not titled:
        return _browsing(steps, goals)
    title = listed([goal.order for goal in _standing_alone(_without_ways(titled)[-GOALS_IN_TITLE_MAX:])])
    phrases = [phrase for goal in _standing_alone(chosen[-GOALS_IN_SENTENCE_MAX:]) for phrase in goal.phrases]
    told = _sentence(phrases, steps[: titled[-1].last + 1], title, _said_unasked(steps, goals, acting))
    return short(capital(title), TITLE_CHARS_MAX), told


def _said_unasked(steps: Sequence[Step], goals: Sequence[Goal], acting: Set[int]) -> frozenset[str]:
    """What pages said before the user had asked for anything but to be let in: `Our terms have been updated` sounds
    like a success, and is a notice that stands there whatever is done."""
    entering = {at for goal in goals if goal.kind in _SIGN_INS for at in range(goal.first, goal.last + 1)}
    first = min(acting - entering, default=len(steps))
    return frozenset(text for step in steps[:first] for text in meaning_of(step).messages)


def _without_ways(goals: Sequence[Goal]) -> list[Goal]:
    """The goals without a search for what one of the later ones names, or by a number, and without a list narrowed
    before something was done: that was only looked up."""
    acts = [at for at, goal in enumerate(goals) if goal.kind not in ("search", "filter", "sign_out")]
    goals = [goal for at, goal in enumerate(goals) if goal.kind != "filter" or at > max(acts, default=-1)]
    names = [{name.casefold() for name in quotes(goal.order)} for goal in goals]
    names = [found | {_PREFIX.sub("", name) for name in found} for found in names]
    return [
        goal
        for at, goal in enumerate(goals)
        if goal.kind != "search" or not any(names[at] & later or _is_number(names[at]) for later in names[at + 1 :])
    ]


def _is_number(sought: set[str]) -> bool:
    return bool(sought) and all(map(_BY_NUMBER.fullmatch, sought))


def _standing_alone(goals: Sequence[Goal]) -> list[Goal]:
    """The goals; `them` is said in full where the ticks that it speaks of aren't told right before."""
    complete = []
    for at, goal in enumerate(goals):
        if goal.kind in ("delete", "act") and (at == 0 or goals[at - 1].kind not in _TICKING):
            them = Phrase(goal.phrases[0].verb, "the ticked items")
            goal = replace(goal, phrases=tuple(them if one.rest == "them" else one for one in goal.phrases))
        complete.append(goal)
    return complete


def _pressed_after(goals: Sequence[Goal], steps: Sequence[Step]) -> list[Goal]:
    """The last button that somebody pressed after signing in, and that the page answered: what no other goal has words
    for is still what the user came for."""
    after = next((at for at in range(len(goals) - 1, -1, -1) if goals[at].kind in _PRELUDE), len(goals))
    pressed = [goal for goal in goals[after + 1 :] if goal.kind in SMALL and _answered(steps[goal.last])]
    return [replace(goal, phrases=(Phrase("click", goal.phrases[0].rest),)) for goal in pressed[-1:]]


def _opened_after(goals: Sequence[Goal], steps: Sequence[Step], acting: Set[int]) -> list[Goal]:
    """The last thing that somebody opened or clicked after signing in and that asked the app for something; otherwise
    the last thing of the page itself that was opened, or the part of it that its menu led to; or pages of the
    menu."""
    after = next((at for at in range(len(goals) - 1, -1, -1) if goals[at].kind in _PRELUDE), len(goals))
    acted = [goal for goal in goals[after + 1 :] if goal.kind in SMALL and goal.last in acting]
    if acted:
        return acted[-1:]
    opened = [(goal, meaning_of(steps[goal.last])) for goal in goals[after + 1 :] if goal.kind == "open"]
    came = goals[after].last + 1 if after < len(goals) else len(steps)
    things = [(goal, meaning) for goal, meaning in opened if _shows_thing(meaning)]
    if things:
        (thing, shown), (part, later) = things[-1], opened[-1]
        if part is thing:
            return [thing]
        if _leads_on_below(shown, later):
            return [replace(part, phrases=(Phrase("open", f"{part.phrases[0].rest} of {thing.phrases[0].rest}"),))]
    names = list(dict.fromkeys(goal.phrases[0].rest for goal, _ in opened))
    if len(names) > 1:
        told = Phrase("open", listed(names[-GOALS_IN_SENTENCE_MAX:]))
        return [replace(opened[-1][0], first=opened[0][0].first, phrases=(told,))]
    return [goal for goal, _ in opened[-1:] if is_one_page(steps[came:])]


def _shows_thing(click: StepMeaning) -> bool:
    """Whether a click showed what it names, in the page or on one of its own."""
    if not isinstance(click.step, ClickStep) or click.in_menu or not click.caption:
        return False
    return any(click.caption in heading for heading in click.headings)


def _leads_on_below(opened: StepMeaning, later: StepMeaning) -> bool:
    """Whether the address that a later step led to lies below that of what was opened."""
    above, below = opened.after_route, later.after_route
    return bool(above) and len(below) > len(above) and below[: len(above)] == above


def _answered(step: Step) -> bool:
    meaning = meaning_of(step)
    if not isinstance(step, ClickStep) or not meaning.is_button or meaning.in_menu:
        return False
    sends = step.navigates and step.target.type == "submit"
    return bool(meaning.messages or step.dialogs or sends)


def _joined(goals: Sequence[Goal], steps: Sequence[Step]) -> list[Goal]:
    """A sign-in that was refused and then succeeded is one goal, and so is a form; the same done again counts once."""
    kept: list[Goal] = []
    for goal in goals:
        before = kept[-1] if kept else None
        if before is not None and before.kind == "sign_in_refused" and goal.kind in _SIGN_INS:
            phrase = goal.phrases[0]
            rest = "after a wrong password" if goal.kind == "sign_in" else phrase.rest
            kept[-1] = Goal(goal.kind, before.first, goal.last, (Phrase(phrase.verb, rest),), goal.plain)
        elif before is not None and _replaces(goal, before, steps):
            kept[-1] = goal
        elif before is None or before.order != goal.order:
            kept.append(goal)
    return kept


def _replaces(goal: Goal, before: Goal, steps: Sequence[Step]) -> bool:
    """Whether the goal before was but the beginning of this one, or its first try."""
    signs_up = before.kind == goal.kind == "sign_up"
    return signs_up or _only_opened(before, goal) or _tried(before, goal, steps)


def _tried(before: Goal, goal: Goal, steps: Sequence[Step]) -> bool:
    """Whether what was tried before is what was done in the end: the same, or in a form of the same page."""
    tried = before.phrases[0]
    if tried.verb != "try" or goal.phrases[0].verb == "try":
        return False
    if tried.rest == f"to {goal.order}":
        return True
    here, there = meaning_of(steps[before.last]), meaning_of(steps[goal.first])
    forms = _forms_of(steps[before.first : before.last + 1])
    same = before.kind == goal.kind or not forms or forms & _forms_of(steps[goal.first : goal.last + 1])
    return bool(here.step.page.url and same) and here.page_place == there.page_place and goal.kind in _FORMS


def _forms_of(steps: Sequence[Step]) -> set[str]:
    """What tells the forms that these steps filled in."""
    return {step.target.form for step in steps if isinstance(step, FillStep)}


def _only_opened(before: Goal, goal: Goal) -> bool:
    """Whether a control (`Reject`, `Start quiz`) only opened what the next goal filled in or pressed."""
    if before.kind != "act" or goal.first != before.last + 1:
        return False
    verb = before.phrases[0].verb
    return goal.phrases[0].verb == verb if goal.kind == "act" else verb == "click" and goal.kind in _FORMS


def _browsing(steps: Sequence[Step], goals: Sequence[Goal]) -> tuple[str, str]:
    """Nothing but pages opened and things clicked."""
    small = list(goals)
    if small:
        shown = small[-GOALS_IN_TITLE_MAX:]
        title = listed([goal.order for goal in shown])
        phrases = [phrase for goal in small[-GOALS_IN_SENTENCE_MAX:] for phrase in goal.phrases]
        return short(capital(title), TITLE_CHARS_MAX), _sentence(phrases, steps, title)
    phrase = Phrase("open", _page_named(steps))
    if len(steps) > 1 and not isinstance(steps[-1], GotoStep):
        last = steps[-1].said
        return short(last, TITLE_CHARS_MAX), f"The user opens {_page_named(steps)}; last step: {short(last, 120)}."
    return short(capital(phrase.order), TITLE_CHARS_MAX), _sentence([phrase], steps, phrase.order)


def _page_named(steps: Sequence[Step]) -> str:
    """The last page that was opened, by heading, title or address."""
    for step in reversed(steps):
        if found := meaning_of(step).headings:
            return f"the page {quoted(found[0])}"
        for page in (step.after, step.page):
            if page is not None and page.title:
                return f"the page {quoted(page.title)}"
    url = next((step.url for step in reversed(steps) if isinstance(step, GotoStep)), "")
    return f"the page {quoted(last_word(url))}" if last_word(url) else spoken(url)


def _sentence(phrases: list[Phrase], steps: Sequence[Step], title: str, unasked: Set[str] = frozenset()) -> str:
    message = _lasting(_last_message(steps, unasked), steps)
    # The sentence has its own full stop: a quoted one before it would be read as a slip.
    ending = f" and sees {quoted(message.removesuffix('.'), 100)}" if message and message not in title else ""
    return f"The user {listed([phrase.report for phrase in phrases])}{',' if ending else ''}{ending}."


def _last_message(steps: Sequence[Step], unasked: Set[str]) -> str:
    if not steps:
        return ""
    last = meaning_of(steps[-1])
    earlier = [meaning_of(step) for step in steps[:-1] if step.changes]
    known = {text for step in earlier for text in (*step.headings, *step.messages)}
    new = [heading for heading in last.headings if heading not in known and heading not in last.step.page.title]
    again = {text for text in last.messages if text in known and (text in unasked or not SUCCESS.search(text))}
    said = [text for text in last.messages if text not in again and not _WAITING.search(text)]
    said.sort(key=lambda text: not SUCCESS.search(text))
    wrong = () if last.succeeded else last.errors
    found = [text for text in wrong or said or new if _says_something(text)]
    return _FIRST_SENTENCE.sub(r"\1", found[0].rstrip("×✕ ") or found[0]) if found else ""


def _lasting(message: str, steps: Sequence[Step]) -> str:
    """The message with `…` for what is another one each time: numbers of orders, times, ids. What the user typed,
    chose or clicked stays, and so do short numbers, which are years and versions as well."""
    own = (text for step in steps for text in _texts_of(step))
    cut = parts(message, tuple(filter(None, own)))
    return "".join("…" if part.pattern and not _SHORT_NUMBER.fullmatch(part.text) else part.text for part in cut)


def _texts_of(step: Step) -> tuple[str, ...]:
    match step:
        case FillStep():
            return () if step.value.secret else (step.value.text,)
        case SelectStep():
            return tuple(option.label for option in step.options)
        case ClickStep():
            return (caption(step.target),)
        case _:
            return ()


def _says_something(text: str) -> bool:
    """Whether there is more in it than a date, a number or an id."""
    return bool(fixed_words(parts(text)))
