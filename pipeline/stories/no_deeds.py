"""Steps that do nothing by themselves: they look, point, prepare, reveal, or put away."""

from collections.abc import Sequence
from typing import Final

from pipeline.stories.answers import Answers
from pipeline.stories.likeness import Data, in_menu, is_item
from pipeline.stories.verbs import APART, CART, CHECK_OUT, COMMIT, DELETE, FILTER, SEARCH, SIGN_OUT
from pipeline.stories.words import caption, is_button, is_link
from schemas.elements import Element
from schemas.events import Gone, StateChanged
from schemas.stories import BackStep, ClickStep, FillStep, GotoStep, HoverStep, PressStep, ReloadStep, ScrollStep, Step

_PLAIN_ROLES: Final = frozenset({"heading", "paragraph"})
_VIEWS: Final = frozenset({"link", "tab", "menuitem", "treeitem", "row", "cell", "gridcell", "listitem", "option"})
_PLAIN_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p"})


def only_looks(step: ClickStep, answers: Answers, filled: bool) -> bool:
    """Whether it only leads somewhere or shows something; `filled`: whether something waits to be sent off."""
    words = caption(step.target)
    if step.download is not None or SIGN_OUT.search(words) or CART.search(words):
        return False
    sends = COMMIT.match(words) or SEARCH.search(words) or FILTER.search(words)
    if filled and is_link(step.target) and sends:
        return False
    only_way = is_link(step.target) and step.navigates and answers.asks(step)
    if not only_way and (DELETE.search(words) or CHECK_OUT.search(words)):
        return False
    if step.target.role in _VIEWS or step.target.tag == "a":
        return True
    if is_button(step.target):
        return step.navigates and not filled and not answers.writes(step)
    return not answers.writes(step) and (step.navigates or is_item(step.target))


def looks_round(step: Step) -> bool:
    """Whether it goes somewhere else by a menu or an address, or does nothing at all."""
    match step:
        case GotoStep() | ReloadStep() | BackStep() | HoverStep() | ScrollStep():
            return True
        case ClickStep():
            menu = in_menu(step.target) and step.target.role in ("link", "menuitem", "tab")
            return step.opens_tab is not None or menu
        case _:
            return False


def in_chrome(target: Element) -> bool:
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


def only_prepares(number: int, step: ClickStep | PressStep, answers: Answers, data: Data) -> bool:
    """Whether it sent nothing and led nowhere, before something on the same page that did: a choice in a list of the
    page's own, a password that was made visible, a form that the browser itself would not send off yet."""
    words = caption(step.target) if isinstance(step, ClickStep) else ""
    names_deed = any(verb.search(words) for verb in (COMMIT, APART, CART, CHECK_OUT, SIGN_OUT))
    if step.changes and (names_deed or isinstance(step, PressStep)):
        return False
    if step.navigates or step.dialogs or step.download is not None or answers.writes(step):
        return False
    return answers.writes_after(number, data.place(step.page.url))


def only_brings_fields(number: int, step: Step, steps: Sequence[Step], answers: Answers, data: Data) -> bool:
    """Whether the form that a choice belongs to was filled in further and sent off on the same page."""
    place, form = data.place(step.page.url), _form_of(step)
    kinds = FillStep | ClickStep if form else FillStep
    here = (other for other in steps[number + 1 :] if isinstance(other, kinds))
    more = any(_form_of(other) == form and data.place(other.page.url) == place for other in here)
    return more and answers.writes_after(number, place)


def _form_of(step: Step) -> str:
    target = getattr(step, "target", None)
    return "" if target is None else str(target.form)


def puts_away(step: ClickStep, answers: Answers, view: str) -> bool:
    """Whether what says `close` only puts away what was looked at (`view`), also where the page writes down what stands
    open."""
    if not answers.writes(step):
        return True
    return bool(view) and not step.navigates and all(isinstance(change, Gone) for change in step.changes)


def reveals(step: ClickStep, answers: Answers) -> bool:
    """A menu or section that opens: only a way to what is in it."""
    opens = any(isinstance(change, StateChanged) and change.state == "expanded" for change in step.changes)
    return opens and not step.navigates and not answers.writes(step)
