"""What a click was for that belongs to no form: a page opened, a list narrowed, a thing acted on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.activities.activity import ActivityKind
from pipeline.activities.facts.action_links import acts_by_link
from pipeline.activities.facts.filters import narrowed, shows_others
from pipeline.activities.phrases import (
    COMMENTS,
    CREATES,
    DELETES,
    DOWNLOADS,
    EDITS,
    NARROWS,
    SWITCHES,
    TICKS,
    Goal,
    GoalKind,
    Phrase,
)
from pipeline.activities.rules import Rule
from pipeline.semantics.controls import prompt_answers
from pipeline.semantics.elements import LIKING, in_control, in_menu, leads_nowhere
from pipeline.semantics.lexicon import ACTS, LISTS, WORDS
from pipeline.semantics.messages import headings, shown_texts, succeeded, without_quotes
from pipeline.semantics.object_names import acted_on, came_with, held_by, object_phrase, opened_before, ticked_before
from pipeline.semantics.text import BOX_ROLES, caption, is_button, is_link, quoted
from pipeline.semantics.verbs import (
    CANCEL,
    CHECK_OUT,
    CONFIRM,
    CREATE,
    DELETE,
    EDIT,
    PAGING,
    button_act,
    link_act,
    object_noun,
)
from schemas.events import Appeared
from schemas.stories import CheckStep, ClickStep, FillStep, SelectStep, Step

_OF_FORMS: Final = frozenset(ACTS["of_forms"])
"""What begins, ends or gives up a form, or has words of its own."""
_SENTENCES: Final = {
    "delete": DELETES, "comment": COMMENTS, "create": CREATES, "download": DOWNLOADS, "switch": SWITCHES, "none": "",
}  # fmt: skip
_BROADER: Final = {act: _SENTENCES[name] for name, acts in ACTS["broader"].items() for act in acts}
"""What an act is called in broader words; of the others, that they change a thing."""
_SEVERAL: Final = WORDS["several"]
"""How a control names parts of a thing: `Run All Cells`."""
_PREPOSITION: Final = WORDS["preposition"]
_TOWARDS: Final = ACTS["towards"]
"""What stands between such a verb and a thing."""
_SHELLS: Final = LISTS["shells"]
"""What is closed only to see what is behind it."""
_NO_NOUN: Final = WORDS["no_noun"]
_THIS_ONE: Final = re.compile(
    rf"(?P<to>[^\W\d]{{2,4}} )?({'|'.join(sorted(LISTS['determiners']))}) (?P<noun>[^\W\d]{{3,}})", re.I
)
"""A thing that a control speaks of without its name: `this comment`, `to this comment`."""
_ALL_AS: Final = re.compile(r"(all|everything)(?: [^\W\d]+)? (as .+)", re.I)
"""What becomes of all that a thing holds: `Mark all as read`, `Mark all items as read`."""
_DIGIT: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"[^\W\d_]")
ANSWER_WORDS_MAX: Final = 3
"""What says yes is short: `Yes`, `OK`, `Yes, lock it`."""
_ENTERED: Final = (FillStep, SelectStep, CheckStep)
_OPENED_ROLES: Final = ("tab", "menuitem", "row", "treeitem")


def read_click(steps: Sequence[Step], first: int, wrote: bool | None, kind: ActivityKind | None = None) -> Goal | None:
    """What the click at `first` was for; `wrote`: whether the app was asked to change something because of it, None
    where that was not recorded."""
    step = steps[first]
    if not isinstance(step, ClickStep):
        return None
    name = caption(step.target) or next(iter(headings(step.changes)), "")
    if not name and step.target.role == "switch":
        name = opened_before(steps, first)  # the only one on the page of a thing needs no name
    if not name and wrote:
        name = held_by(step.target)
    if step.download is None and (not name or PAGING.match(name) or _opens_list(steps, first)):
        return None
    click = Click(steps, first, step, name, wrote, kind)
    for rule in CLICK_RULES:
        goal = rule.read(click)
        if goal is not None:
            return replace(goal, rule=f"click: {rule.name}")
    return None


@dataclass(frozen=True, slots=True)
class Click:
    """A click among the steps of a story: its number, what it is called, and whether the app was asked to change
    something because of it, None where that was not recorded."""

    steps: Sequence[Step]
    first: int
    step: ClickStep
    name: str
    wrote: bool | None
    kind: ActivityKind | None


def _downloads(click: Click) -> Goal | None:
    if click.step.download is None:
        return None
    phrase = Phrase("download", quoted(click.step.download) if click.step.download else "a file")
    return Goal("download", click.first, click.first, (phrase,), DOWNLOADS)


def _narrowing(click: Click) -> Goal | None:
    """A link or a button that changes only which things of a list are shown, or their order."""
    first, verb = click.first, narrowed(click.step)
    return None if verb is None else Goal("filter", first, first, (Phrase(verb, f"by {quoted(click.name)}"),), NARROWS)


def _chosen(click: Click) -> Goal | None:
    """A box or switch, where nothing tells whether it is on or off afterwards."""
    first, step, name = click.first, click.step, click.name
    if step.target.role == "option" and click.wrote:
        return Goal("choose", first, first, (Phrase("choose", quoted(name)),), EDITS)
    if step.target.role not in BOX_ROLES:
        return None
    if shows_others(step) and not click.wrote:
        return Goal("filter", first, first, (Phrase("filter", f"by {quoted(name)}"),), NARROWS)
    verb, plain = ("switch", SWITCHES) if step.target.role == "switch" else ("choose", TICKS)
    return Goal("choose", first, first, (Phrase(verb, quoted(name)),), plain)


def _named_by_prompt(click: Click) -> Goal | None:
    """A control that makes a thing, whose name a prompt asked for. An answer without letters (how many) is no name."""
    given = prompt_answers(click.step)
    if not given or not CREATE.match(click.name) or not _LETTER.search(given[0]):
        return None
    phrase = Phrase("create", object_phrase(object_noun(click.name, CREATE), given[0]))
    return Goal("create", click.first, click.first, (phrase,), CREATES)


def _act(click: Click) -> Goal | None:
    """A control that does to a thing what it says (`Archive`, `Unpublish`), with the thing's name."""
    steps, first, step = click.steps, click.first, click.step
    words = caption(step.target)
    verb, rest = act_of(words)
    if not verb and is_link(step.target) and acts_by_link(step):
        verb, rest = link_act(words)
    is_name = bool(_DIGIT.search(rest)) or words.lower() == "close" or _leads_to_it(step, words)
    is_name = is_name or (verb == "close" and _shell_in(rest) in _SHELLS)
    answered = step.changes or step.navigates or step.dialogs or click.wrote is not False
    if not verb or is_name or not answered:
        return None
    if not (is_button(step.target) or is_link(step.target) or step.target.role == "menuitem"):
        return None
    leads = is_link(step.target) and step.navigates and not acts_by_link(step)
    if leads and in_menu(step.target) and " " in words:
        return None  # what a menu leads to may begin with a verb: `Watch groups`
    thing = ticked_before(steps, first) or acted_on(steps, first)
    if click.wrote is False and not rest and thing in ("", "it") and _asks_for_more(steps, first):
        return None
    goal = act(first, verb, rest, thing)
    return goal if click.wrote else replace(goal, last=_confirmed(steps, first))


def _shell_in(rest: str) -> str:
    """What a control closes: `dialog` of `this dialog`."""
    one = _THIS_ONE.fullmatch(rest)
    return (rest if one is None or one["to"] else one["noun"]).lower()


def _confirmed(steps: Sequence[Step], first: int) -> int:
    """The step that said yes to what an act was asked back before it did anything, by a control that this brought;
    `first` where nothing was."""
    asking, answer = steps[first], steps[first + 1] if first + 1 < len(steps) else None
    if not isinstance(asking, ClickStep) or not isinstance(answer, ClickStep) or asking.navigates:
        return first
    words = caption(answer.target)
    if not CONFIRM.search(words) or len(words.split()) > ANSWER_WORDS_MAX or not came_with(asking, answer.target):
        return first
    only_says_yes = CONFIRM.fullmatch(words) and not DELETE.search(words)
    return first + 1 if only_says_yes or _asks(asking) else first


def _asks_for_more(steps: Sequence[Step], first: int) -> bool:
    """Whether a control of no thing brought the field that is filled in next, and the button after that says itself
    what it makes: `Invite` with a form for whom, and `Create link`. `OK` only ends what was begun."""
    step, then = steps[first], steps[first + 1] if first + 1 < len(steps) else None
    if not isinstance(step, ClickStep) or not isinstance(then, FillStep | SelectStep):
        return False
    if not came_with(step, then.target):
        return False
    sent = next((one for one in steps[first + 1 :] if not isinstance(one, _ENTERED)), None)
    words = caption(sent.target) if isinstance(sent, ClickStep) else ""
    return any(verb.match(words) and object_noun(words, verb) for verb in (CREATE, EDIT))


def _asks(step: ClickStep) -> bool:
    """Whether a click brought a question, or a control that says no."""
    if any("?" in text for _, text in shown_texts(step.changes)):
        return True
    came = (change.element for change in step.changes if isinstance(change, Appeared))
    return any(CANCEL.match(caption(one)) for one in came if is_button(one) or is_link(one))


def act(at: int, verb: str, rest: str, thing: str) -> Goal:
    """What a control does to a thing by the step `at`, as `does` tells it."""
    phrase = does(verb, rest, thing)
    plain = verb if verb in LIKING and phrase.rest == quoted(rest) else without_quotes(f"{verb} {rest}").strip()
    return Goal("act", at, at, (phrase,), plain, broader(verb))


def does(verb: str, rest: str, thing: str) -> Phrase:
    """What a control does to a thing, which it may name itself: `does("mark", "as read", "'Old trees'")`."""
    if verb in LIKING and rest and not thing:
        return Phrase(verb, quoted(rest))  # what follows is the name of one of many
    is_name = thing.startswith(("'", "“"))
    if is_name and (one := _THIS_ONE.fullmatch(rest)):
        noun, name = one["noun"].lower(), thing[1:-1]
        name = name[len(noun) + 1 :] if name.lower().startswith(f"{noun} ") else name
        return Phrase(verb, f"{one['to'] or ''}the {noun} {quoted(name)}")
    said = "" if rest.casefold() in thing.casefold() else rest.lower() if _NO_NOUN.fullmatch(rest) else rest
    if is_name and (all_as := _ALL_AS.fullmatch(said)):
        return Phrase(verb, f"{all_as[1].lower()} of {thing} {all_as[2]}")
    if _SEVERAL.match(said) and is_name:
        several = " ".join(word if word.isupper() else word.lower() for word in said.split())
        return Phrase(verb, f"{several} of {thing}")
    if verb in _TOWARDS and is_name and not said:
        thing = f"{_TOWARDS[verb]} {thing}"
    parts = (thing, said) if _PREPOSITION.match(said) else (said, "" if said and thing in ("it", "them") else thing)
    if rest.isalpha() and rest.islower() and not thing and not _NO_NOUN.fullmatch(rest):
        parts = ("the", rest)
    return Phrase(verb, " ".join(filter(None, parts)) or "it")


def _leads_to_it(step: ClickStep, words: str) -> bool:
    """Whether a link leads to what is called so: the name of a thing, though it begins with a verb."""
    called = [*headings(step.changes), *([step.after.title] if step.after is not None else [])]
    return is_link(step.target) and step.navigates and any(words in name for name in called) and " " in words


def act_of(words: str) -> tuple[str, str]:
    """What a control with this caption does to a thing, and what else it says; no verb where it says so of forms, or
    not at all."""
    verb, rest = button_act(words)
    cancels = verb == "cancel" and bool(rest)
    return (verb, rest) if cancels or verb not in _OF_FORMS else ("", words)


def broader(verb: str) -> str:
    """What is done to a thing, in words that patterns know."""
    return _BROADER.get(verb, EDITS)


def _pressed(click: Click) -> Goal | None:
    """A button that changed something in the app, whatever it says; anything else where the page says so too."""
    steps, first, step = click.steps, click.first, click.step
    words, acts = without_quotes(caption(step.target)), acts_by_link(step)
    if click.kind != "browse" and click.wrote and not words and (holder := held_by(step.target)):
        return Goal("act", first, first, (Phrase("click", quoted(holder)),), "click a control", EDITS)
    if click.kind == "browse" or not (click.wrote or acts) or not words or CREATE.match(words) or EDIT.match(words):
        return None
    control = is_button(step.target) or leads_nowhere(step.target) or in_control(step.target) or acts
    if not control and (step.navigates or not succeeded(step)):
        return None
    if CANCEL.match(words):
        return None
    if CHECK_OUT.search(words):
        phrase = Phrase("place", "the order") if "order" in words.lower() else Phrase("check out")
        return Goal("check_out", first, first, (phrase,), "checkout: place the order and pay")
    thing = acted_on(steps, first)
    rest = quoted(caption(step.target)) + (f" on {thing}" if thing else "")
    return Goal("act", first, first, (Phrase("click", rest),), f"click {words}", EDITS)


def _opened(click: Click) -> Goal:
    first, step, name = click.first, click.step, click.name
    opens = is_link(step.target) or step.target.role in _OPENED_ROLES
    verb = "choose" if step.target.role == "option" else "open" if opens or step.navigates else "click"
    kind: GoalKind = "click" if verb == "click" else "open"
    return Goal(kind, first, first, (Phrase(verb, quoted(name)),), f"{verb} {name}")


def _opens_list(steps: Sequence[Step], first: int) -> bool:
    """Whether a click only opens the list of which a choice is clicked next: what was chosen tells it."""
    step, then = steps[first], steps[first + 1] if first + 1 < len(steps) else None
    chooses = isinstance(then, ClickStep) and then.target.role == "option"
    return chooses and isinstance(step, ClickStep) and step.target.role == "combobox" and not step.navigates


CLICK_RULES: Final[tuple[Rule[Callable[[Click], Goal | None]], ...]] = (
    Rule("a file came", "open /books; click 'Export'; file 'books.csv' => Download 'books.csv'", _downloads),
    Rule(
        "the address only says how a list is shown",
        "open /books; click link 'Price'; comes /books?sort=price => Sort by 'Price'",
        _narrowing,
    ),
    Rule("a box or a switch", "open /books; click box 'Only new' => Choose 'Only new'", _chosen),
    Rule(
        "a name was asked for what it makes",
        "open /books; click 'Add shelf'; told 'Sea' => Create the shelf 'Sea'",
        _named_by_prompt,
    ),
    Rule(
        "a verb that does something to a thing",
        "open /books/7; click 'Archive'; asks POST /books/7/archive => Archive it",
        _act,
    ),
    Rule(
        "the app was asked to change something",
        "open /books/7; click 'Frobnicate'; asks POST /books/7/frob => Click 'Frobnicate'",
        _pressed,
    ),
    Rule("opened, chosen or pressed", "open /books; click link 'Red sea'; comes /books/7 => Open 'Red sea'", _opened),
)
"""What a click was for that belongs to no form: what came of it counts before its words."""
