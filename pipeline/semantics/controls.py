"""What controls do by what is written on and around them: open a form, say yes to a dialog."""

import re
from typing import Final

from pipeline.semantics.addresses import route, singular
from pipeline.semantics.derived import once_per_step
from pipeline.semantics.elements import DATA, Data, named, stands_in_row
from pipeline.semantics.text import MENU_ITEM_ROLES, caption, clean, is_button, is_text_field
from pipeline.semantics.verbs import (
    AGREES,
    ASKS_TO_DELETE,
    CART,
    CONFIRM,
    CREATE,
    DELETE,
    DELETING_PAGES,
    EDIT,
    SETTINGS_PAGES,
    named_in_path,
    says,
)
from schemas.events import Appeared, TextChanged
from schemas.stories import CheckStep, ClickStep, DialogAnswer, PressStep, Step

ASKED_WORDS_MAX: Final = 2
"""Of the name of a dialog: what is to be done, to what."""
MENU_ITEMS_MIN: Final = 2
"""So many entries that come at once are a menu."""
_ENTRY_TAGS: Final = frozenset({"li", "option"})
_ENTRY_ROLES: Final = frozenset({"listitem", "option"})
_SHOW_CHOICES: Final = frozenset({"button", "combobox"})
"""What shows the choice that was made in a list of the page's own making."""
DELETE_BUTTON: Final = "button delete"
"""What the Delete key is, outside of a field: a button that stands everywhere."""


def deletes(step: Step) -> bool:
    """Whether it is the Delete key, pressed for a thing and not for a letter."""
    if not isinstance(step, PressStep) or step.key != "Delete":
        return False
    return not step.modifiers and not is_text_field(step.target)


@once_per_step
def asks_to_delete(step: Step) -> bool:
    """Whether it presses the Delete key, a control that says so, one upon which the page asked whether to delete
    something, and was told yes, or one that says yes on a page whose address asks that (`/books/7/delete/`)."""
    if deletes(step) or says(step, DELETE):
        return True
    return isinstance(step, ClickStep) and (any(map(_told_to, step.dialogs)) or _says_yes_to_page(step))


def _says_yes_to_page(step: ClickStep) -> bool:
    """What does as such a page asks leads away from it; a note on it that is put away does not."""
    asks = "".join(route(step.page.url)[-1:]).lower() in DELETING_PAGES
    left = step.after is not None and route(step.after.url) != route(step.page.url)
    return asks and left and is_button(step.target) and bool(AGREES.match(caption(step.target)))


def _told_to(dialog: DialogAnswer) -> bool:
    return dialog.accepted and bool(ASKS_TO_DELETE.search(dialog.message))


def prompt_answers(step: Step) -> tuple[str, ...]:
    """The texts that the user typed into dialogs of `window.prompt`, and accepted."""
    given = (one.value.strip() for one in step.dialogs if one.dialog == "prompt" and one.accepted)
    return tuple(text for text in given if text)


def brings_menu(step: Step) -> bool:
    """Whether the entries of a menu came with a step."""
    came = (change.element.role for change in step.changes if isinstance(change, Appeared))
    return sum(role in MENU_ITEM_ROLES for role in came) >= MENU_ITEMS_MIN


def shows_choice(step: ClickStep) -> bool:
    """Whether it chooses from a list that a form draws itself: an item is clicked, and the control that showed the list
    says it now. A button (`Publish`) does what it says, whatever state another one shows afterwards."""
    words = caption(step.target)
    item = step.target.tag in _ENTRY_TAGS or step.target.role in _ENTRY_ROLES
    if (
        is_button(step.target)
        or not item
        or not words
        or step.navigates
        or not any(one.tag == "form" for one in step.target.ancestors)
    ):
        return False
    told = (one for one in step.changes if isinstance(one, TextChanged) and one.element.role in _SHOW_CHOICES)
    return any(clean(one.after) == words != clean(one.before) for one in told)


def does_by_itself(step: Step) -> bool:
    """Whether a box says itself what is done to a thing where it is sent off alone (`Read`): it comes first in a form
    that has a name, and is no setting."""
    if not isinstance(step, CheckStep) or step.target.role != "checkbox" or not named(step.target):
        return False
    form, _, first = step.target.form.rpartition(" / ")
    alone = bool(form) and first in (named(step.target), step.target.name_attribute)
    return alone and not stands_in_row(step.target) and not named_in_path(step.page.url, *SETTINGS_PAGES)


def opener(step: ClickStep, words: str) -> str:
    """Whether the control opens a form, and for what. One that was answered in a prompt opens none."""
    if step.target.type == "submit" or step.navigates or CART.search(words) or prompt_answers(step):
        return ""
    return "create" if CREATE.match(words) else "edit" if EDIT.match(words) else ""


def asked_by(step: ClickStep, data: Data) -> str:
    """What a dialog asked that was said yes to, by its first words; nothing where it is no such dialog."""
    if not CONFIRM.match(caption(step.target)):
        return ""
    dialogs = (one.name for one in step.target.ancestors if one.role in ("dialog", "alertdialog") and one.name)
    words = re.findall(r"[^\W\d]+", data.without(next(dialogs, "")).replace(DATA, " "))[:ASKED_WORDS_MAX]
    return f"confirm {' '.join(map(singular, words))}" if words else ""
