"""Steps that do nothing by themselves: they look, point, prepare, reveal, or put away."""

from collections.abc import Sequence
from typing import Final

from pipeline.activities.activity import ACTS, Activity
from pipeline.activities.facts.responses import Answers
from pipeline.semantics.addresses import on_one_page, thing_in
from pipeline.semantics.controls import brings_menu, shows_choice
from pipeline.semantics.elements import Data, leads_nowhere
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import errors, messages, succeeded
from pipeline.semantics.step_meaning import StepMeaning, meaning_of
from pipeline.semantics.text import MENU_ITEM_ROLES, caption, clean
from pipeline.semantics.verbs import (
    APART,
    CART,
    CHECK_OUT,
    COMMIT,
    DELETE,
    FILTER,
    SEARCH,
    SIGN_OUT,
    WITHIN,
    button_act,
)
from schemas.elements import Element
from schemas.events import Appeared, Gone, StateChanged
from schemas.stories import BackStep, ClickStep, FillStep, GotoStep, HoverStep, PressStep, ReloadStep, ScrollStep, Step

NAME_WORDS_MIN: Final = 6
"""A longer caption is no name of a control."""
_CANCELLED: Final = WORDS["cancelled"]
_LISTS: Final = frozenset({"combobox", "listbox"})
_HINTS: Final = frozenset({None, "tooltip"})
_PLAIN_ROLES: Final = frozenset({"heading", "paragraph"})
_VIEWS: Final = MENU_ITEM_ROLES | {"link", "tab", "treeitem", "row", "cell", "gridcell", "listitem", "option"}
MENU_CLICKS_MAX: Final = 1
"""So many clicks may open a menu before one of its entries is clicked."""
_PLAIN_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p"})


def only_looks(click: StepMeaning, step: ClickStep, answers: Answers, filled: bool) -> bool:
    """Whether a click, `step` as `click` has it, only leads somewhere or shows something; `filled`: whether something
    waits to be sent off."""
    words, writes = click.caption, answers.writes(step)
    deletes = click.is_button and writes and not click.is_item and DELETE.search(words)
    if (
        len(words.split()) > NAME_WORDS_MIN
        and not deletes
        and not (SIGN_OUT.match(words) and not _leads_to_thing(click))
    ):
        words = ""  # all that is written in an entry of a list: no verb of a control
    if step.download is not None or SIGN_OUT.search(words) or CART.search(words):
        return False
    sends = COMMIT.match(words) or SEARCH.search(words) or FILTER.search(words)
    within_page = step.after is not None and on_one_page(step.after.url, step.page.url)  # as a tab does
    if filled and click.is_link and sends and not within_page:
        return False
    only_way = click.is_link and step.navigates and answers.asks(step) and answers.leads_on(step)
    if not only_way and (DELETE.search(words) or CHECK_OUT.search(words)):
        return False
    if step.target.role == "option" and writes:
        return False  # what was chosen was kept at once
    if step.target.role in _VIEWS or step.target.tag == "a":
        command = step.target.role in MENU_ITEM_ROLES and any(one.method != "POST" for one in answers.written(step))
        acts = command or click.messages or button_act(words)[0] or (leads_nowhere(step.target) and _does(step))
        return step.navigates or not (writes and acts)
    if click.is_button:
        notes = not words and answers.leads_on(step)  # that a thing was read, as it is opened
        return step.navigates and not filled and (notes or not writes)
    return not writes and (step.navigates or click.is_item)


def _does(step: ClickStep) -> bool:
    """Whether more came of it than what apps that look things up by such requests show: a control has another state, or
    another one stands in its place; or nothing came."""
    same = (step.target.role, caption(step.target))
    done = any(
        isinstance(one, StateChanged) or (isinstance(one, Gone) and (one.element.role, caption(one.element)) == same)
        for one in step.changes
    )
    return done or not any(isinstance(one, Appeared) for one in step.changes)


def _leads_to_thing(click: StepMeaning) -> bool:
    """Whether it opened a thing, which may be called by any words."""
    after = click.step.after
    return click.is_item or (click.step.navigates and after is not None and bool(thing_in(after.url)))


def only_browses(steps: Sequence[Step], at: int) -> bool:
    """Whether a step goes somewhere else by a menu or an address, comes back at once, or does nothing at all."""
    step = steps[at]
    match step:
        case GotoStep() | ReloadStep() | BackStep() | HoverStep() | ScrollStep():
            return True
        case ClickStep():
            menu = meaning_of(step).in_menu and step.target.role in ("link", "menuitem", "tab")
            returns = at + 1 < len(steps) and isinstance(steps[at + 1], BackStep)
            return step.opens_tab is not None or menu or returns
        case _:
            return False


def is_one_page(steps: Sequence[Step]) -> bool:
    """Whether these steps open one page, or one part of it, by a click, and do nothing else but open its menu."""
    done = [step for step in steps if not isinstance(step, HoverStep | ScrollStep)]
    if not 0 < len(done) <= MENU_CLICKS_MAX + 1 or not isinstance(done[-1], ClickStep):
        return False
    if any(not isinstance(step, ClickStep) or step.navigates or step.opens_tab for step in done[:-1]):
        return False
    return done[-1].navigates or any(isinstance(change, Appeared) for change in done[-1].changes)


def outside_content(target: Element) -> bool:
    """Whether it stands in what is around the page's own content."""
    return any(a.role in ("navigation", "banner", "menu", "menubar", "tablist") for a in target.ancestors)


def only_looks_elsewhere(step: ClickStep, steps: Sequence[Step]) -> bool:
    """Whether it opens another tab in which nothing is done."""
    if step.opens_tab is None:
        return step.button == "middle"
    return not any(other.tab_id == step.opens_tab for other in steps)


def only_points(step: ClickStep, answers: Answers) -> bool:
    """Whether it is a click on plain text that nothing came of."""
    plain = step.target.role in _PLAIN_ROLES or (step.target.role is None and step.target.tag in _PLAIN_TAGS)
    return plain and not step.changes and not step.navigates and not answers.writes(step)


def shows_itself(step: ClickStep) -> bool:
    """Whether nothing came of a click but the name of what was clicked, as a hint beside it: what it leads to is open
    already."""
    name = caption(step.target)
    hints = [one.element for one in step.changes if isinstance(one, Appeared) and one.element.role in _HINTS]
    said = {clean(one.text or one.name) for one in hints if one.tag not in _PLAIN_TAGS}
    return bool(name) and len(hints) == len(step.changes) and not step.navigates and said == {name}


def brings_field(step: PressStep, later: Sequence[Step], answers: Answers) -> bool:
    """Whether a key only brought up the field that was filled in next, as a shortcut for a search does."""
    following = next(iter(later), None)
    if not isinstance(following, FillStep) or step.navigates or answers.writes(step):
        return False
    came = [one.element for one in step.changes if isinstance(one, Appeared)]
    return any((one.role, one.name) == (following.target.role, following.target.name) for one in came)


def only_prepares(number: int, step: ClickStep | PressStep, answers: Answers, data: Data) -> bool:
    """Whether it sent nothing and led nowhere, before something on the same page that did: a choice in a list of the
    page's own, a password that was made visible, a form that the browser itself would not send off yet."""
    words = caption(step.target) if isinstance(step, ClickStep) else ""
    if step.changes and any(verb.search(words) for verb in (WITHIN, APART, DELETE, CART, CHECK_OUT, SIGN_OUT)):
        return False
    if isinstance(step, PressStep) and step.changes and not step.target.form:
        return False
    if (errors(step.changes) or succeeded(step)) and (COMMIT.match(words) or isinstance(step, PressStep)):
        return False
    return not _does_more(step, answers) and answers.writes_after(number, data.place(step.page.url))


def _does_more(step: ClickStep | PressStep, answers: Answers) -> bool:
    """Whether it did more than change what the page shows."""
    return bool(step.navigates or step.dialogs or step.download is not None or answers.writes(step))


def only_brings_fields(number: int, step: Step, steps: Sequence[Step], answers: Answers, data: Data) -> bool:
    """Whether the form that a choice belongs to was filled in further and sent off on the same page."""
    place, form = data.place(step.page.url), form_of(step)
    kinds = FillStep | ClickStep if form else FillStep
    here = (other for other in steps[number + 1 :] if isinstance(other, kinds))
    more = any(form_of(other) == form and data.place(other.page.url) == place for other in here)
    return more and answers.writes_after(number, place)


def form_of(step: Step) -> str:
    """The form that the target of a step is in; nothing where it is in none, or the step has no target."""
    target = getattr(step, "target", None)
    return "" if target is None else str(target.form)


def puts_away(step: ClickStep, answers: Answers, view: str) -> bool:
    """Whether what says `close` only puts away what was looked at (`view`), also where the page writes down what stands
    open."""
    answered = [text for text in messages(step.changes) if not _CANCELLED.search(text)] or succeeded(step)
    gives_up = step.navigates and caption(step.target).lower() == "cancel" and not answered
    if gives_up or not answers.writes(step):
        return True
    return bool(view) and not step.navigates and all(isinstance(change, Gone) for change in step.changes)


def reveals(step: ClickStep, answers: Answers) -> bool:
    """A menu, a section or a list that opens: only a way to what is in it. What closes is the menu that the control
    was taken from, unless the control is its own."""
    states = [one for one in step.changes if isinstance(one, StateChanged) and one.state == "expanded"]
    own = any(clean(one.element.name) == caption(step.target) for one in states)  # the app may remember what is open
    menu = brings_menu(step)  # the app may remember what was looked at
    opens = own or menu or any(one.after for one in states) or opens_list(step)
    return opens and not step.navigates and (own or menu or not answers.writes(step))


def opens_list(step: ClickStep) -> bool:
    """Whether a list of the page's own making shows what may be chosen from it."""
    came = (change.element.role for change in step.changes if isinstance(change, Appeared))
    return step.target.role in _LISTS and "option" in came


def picks(step: ClickStep, answers: Answers) -> bool:
    """Whether it chooses from such a list, and nothing came of that yet."""
    around = {one.role for one in step.target.ancestors}
    return step.target.role == "option" and bool(around & _LISTS) and not _does_more(step, answers)


def picks_in_form(step: ClickStep, answers: Answers) -> bool:
    """Whether it chooses from a list that a form draws itself, and nothing came of that yet."""
    return shows_choice(step) and not _does_more(step, answers)


def folds(step: ClickStep) -> bool:
    """Whether it folds a panel or a menu again, and nothing is given up by that."""
    return any(isinstance(one, StateChanged) and one.state == "expanded" for one in step.changes)


def quiet_activities(done: Sequence[Activity], steps: Sequence[Step], answers: Answers) -> tuple[Activity, ...]:
    """The activities that only changed how the page looks, where another one did more."""
    acts = (activity for activity in done if activity.kind in ACTS)
    if not any(
        activity.fields or activity.outcome or any(answers.writes(steps[at]) for at in activity.steps)
        for activity in acts
    ):
        return ()
    return tuple(activity for activity in done if _only_shows(activity, steps[activity.steps[-1]], answers))


def _only_shows(activity: Activity, step: Step, answers: Answers) -> bool:
    if (
        not isinstance(step, ClickStep)
        or activity.fields
        or activity.outcome
        or activity.kind not in ACTS | {"open form"}
    ):
        return False
    if activity.kind == "open form":
        return not step.changes  # a tool of an editor (`Add bold text`)
    words = meaning_of(step).caption
    named = any(verb.search(words) for verb in (COMMIT, APART, CART, CHECK_OUT, SIGN_OUT, DELETE))
    return not named and not _does_more(step, answers)
