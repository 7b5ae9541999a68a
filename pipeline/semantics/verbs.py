"""The words by which pages name what their controls do, and what a control's caption says apart from its verb."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.semantics.addresses import path_words
from pipeline.semantics.derived import Wording, once_per_element, once_per_text
from pipeline.semantics.lexicon import BUTTON_ACTS, LINK_ACTS, LISTS, ROW_ACTS, WORDS, Acts
from pipeline.semantics.text import caption, clean, is_button, is_text_field, spaced
from schemas.elements import Element
from schemas.stories import ClickStep, FillStep, PressStep, Step

SIGN_OUT: Final = WORDS["sign_out"]
SIGN_IN: Final = WORDS["sign_in"]
SIGN_UP: Final = WORDS["sign_up"]
KEEPS: Final = WORDS["keeps"]
"""What buttons say that let nobody in, though a password stands in the form."""
ASKS_TO_DELETE: Final = WORDS["asks_to_delete"]
SEARCH: Final = WORDS["search"]
FILTER: Final = WORDS["filter"]
SORTING: Final = WORDS["sorting"]
SORTS: Final = WORDS["sorts"]
DELETE: Final = WORDS["delete"]
CREATE: Final = WORDS["create"]
EDIT: Final = WORDS["edit"]
CART: Final = WORDS["cart"]
CHECK_OUT: Final = WORDS["check_out"]
SETTINGS: Final = WORDS["settings"]
MAKING_PAGES: Final = tuple(sorted(LISTS["making_pages"]))
"""Words in the addresses of forms that make one thing."""
SETTINGS_PAGES: Final = tuple(sorted(LISTS["settings_pages"]))
"""Words in the addresses of forms that hold what somebody prefers."""
DELETING_PAGES: Final = LISTS["deleting_pages"]
"""How the addresses of pages end that ask whether a thing is to be deleted."""
COMMIT: Final = WORDS["commit"]
ICON: Final = "check"
"""What icons of fonts call themselves that send something off."""
WITHIN: Final = WORDS["within"]
"""What buttons say that may change the page alone, until it is sent off as a whole."""
APART: Final = WORDS["apart"]
"""What buttons say that stand beside the one that only sends off."""
PREVIEW: Final = WORDS["preview"]
LOOKS: Final = WORDS["looks"]
"""Of these, what only shows what was filled in so far."""
CONFIRM: Final = WORDS["confirm"]
AGREES: Final = WORDS["agrees"]
"""What buttons say that do what the page asks, and nothing else."""
CANCEL: Final = WORDS["cancel"]
PAGING: Final = WORDS["paging"]
TITLE_FIELD: Final = WORDS["title_field"]
SIDE_FIELD: Final = WORDS["body_field"]

IDENTITY_FIELD: Final = WORDS["identity_field"]
"""Fields of what something is known by, of which an app has one each."""
LOGIN_NAME: Final = WORDS["login_name"]
"""What the field of a login name says."""
MASK: Final = re.compile(r"^[*•●·]{3,}$")
"""What stands for a text that was withheld."""
_PASSWORDS: Final = frozenset({"password"})
"""What recorders call the secrets that are passwords."""
_SECRET_NAME: Final = WORDS["secret_name"]
SWITCHES: Final = WORDS["switches"]
"""What controls say that switch a thing one way or the other."""
REMARK: Final = WORDS["remark"]
"""Fields for what somebody says of a thing."""

_AND_ANOTHER: Final = re.compile(r"\s*(?:[/,&|+]|(?:and|und|et|y)\s)", re.IGNORECASE)
"""Between two verbs of one caption: `Add / update policy`, `Rename and save`."""
_FILLERS: Final = LISTS["fillers"]
_STOP: Final = LISTS["no_nouns"]


ROW_WORDS_MAX: Final = 5
"""A longer caption that begins with a verb is the name of a thing."""


@once_per_text
def row_act(words: str) -> tuple[str, str]:
    """What a control with this caption does to the thing in whose row it stands, as it is called here, and what else
    the caption says: `row_act("Archive Cellar")` is `("archive", "Cellar")`; no verb where it is but a name."""
    return _act(words, ROW_ACTS)


@once_per_text
def button_act(words: str) -> tuple[str, str]:
    """As `row_act`, for controls that stand anywhere."""
    return _act(words, ROW_ACTS + BUTTON_ACTS)


@once_per_text
def link_act(words: str) -> tuple[str, str]:
    """As `row_act`, for links that have done something, whose captions may begin as the names of pages do."""
    return _act(words, LINK_ACTS)


def _act(words: str, every: Sequence[Acts]) -> tuple[str, str]:
    if len(words.split()) > ROW_WORDS_MAX:
        return "", words
    return next((found for acts in every if (found := acts.found_in(words))[0]), ("", words))


@once_per_element
def words_on(target: Element) -> str:
    """All that names the element, the page's words and its own attributes."""
    parts = [caption(target), clean(target.label), clean(target.placeholder), clean(target.title)]
    parts += [spaced(name) for name in (target.id, target.name_attribute, target.test_id) if name]
    return " ".join(dict.fromkeys(part for part in parts if part))


def is_remark(step: Step) -> bool:
    """Whether it fills in what somebody says of a thing."""
    return isinstance(step, FillStep) and bool(REMARK.search(words_on(step.target)))


@once_per_element
def is_search_field(target: Element) -> bool:
    if not is_text_field(target):
        return False
    if target.role == "searchbox" or target.type == "search" or (target.name_attribute or "") in ("q", "query", "s"):
        return True
    if _finds_a_choice(target):
        return False
    return bool(SEARCH.search(words_on(target)) or FILTER.search(words_on(target)) or _searched(target))


def _finds_a_choice(target: Element) -> bool:
    """Whether only its hint says that one may search in it: a field amidst a form that is called by what is chosen
    there (`Groups`, with `type here to search` in it). The box that a form begins with is what that form is for."""
    hint, called = clean(target.placeholder), clean(target.label) or caption(target)
    form, _, first = target.form.rpartition(" / ")
    begins = first in (clean(target.name), clean(target.label), caption(target), target.name_attribute, hint)
    if not target.form or begins or not hint or _searched(target):
        return False
    marks = (target.id, target.name_attribute, form)
    own = " ".join([called.replace(hint, " "), *(spaced(mark) for mark in marks if mark)])
    named = bool(re.search(r"[^\W\d_]{2}", called.replace(hint, " ")))
    return named and not any(verb.search(own) for verb in (SEARCH, FILTER))


def _searched(target: Element) -> bool:
    """Ids such as `qsearch__in` run words together."""
    marks = " ".join(filter(None, (target.id, target.name_attribute, *target.classes))).lower()
    inside = any(ancestor.role == "search" for ancestor in target.ancestors)
    return "search" in marks or inside


def is_password(step: Step) -> bool:
    """Whether it types a password. A login name that happens to be the same text is withheld as one, and is none."""
    if not isinstance(step, FillStep):
        return False
    if step.target.type == "password":
        return True
    return step.value.secret in _PASSWORDS and not is_same_as_password(step)


def is_same_as_password(step: Step) -> bool:
    """Whether it types a login name that was withheld, as the password has the same text."""
    if not isinstance(step, FillStep) or step.target.type == "password":
        return False
    if step.value.secret not in _PASSWORDS and not (step.value.secret is None and MASK.match(step.value.text)):
        return False
    words = words_on(step.target)
    marked = (step.target.autocomplete or "") in ("username", "email") or step.target.type == "email"
    return (marked or bool(LOGIN_NAME.search(words))) and not _SECRET_NAME.search(words)


def says(step: Step, verb: Wording) -> bool:
    """Whether the step is a click on a control whose caption has that verb."""
    return isinstance(step, ClickStep) and bool(verb.search(caption(step.target)))


def is_commit(step: Step) -> bool:
    """Whether it sends a form off: a submit button, a button that says so, or Enter in a field that leads on."""
    match step:
        case ClickStep():
            words = caption(step.target)
            if (PREVIEW.match(words) and words.lower() != ICON) or SIGN_OUT.search(words):
                return False
            submits = step.target.type in ("submit", "image") and not is_text_field(step.target)
            control = is_button(step.target) or step.target.role in ("link", "menuitem", None)
            return submits or (control and bool(COMMIT.match(words)))
        case PressStep():
            return step.key == "Enter" and (step.navigates or bool(step.changes))
        case FillStep():
            return step.navigates
        case _:
            return False


def object_noun(words: str, verb: Wording) -> str:
    """What a caption names beside its verb: `Create Project` → `project`, `Add / update policy` → `policy`."""
    if not verb.search(words):
        return ""
    rest = verb.sub(" ", words, count=1)
    another = _AND_ANOTHER.match(rest)
    named = re.findall(r"[^\W\d_](?:[^\W\d_]|-)+", rest[another.end() :] if another else rest)
    if another:
        named = named[1:] or [word for word in named if not any(one.match(word) for one in (COMMIT, CREATE, EDIT))]
    kept = [word.lower() for word in named if word.lower() not in _FILLERS]
    if not kept or len(kept) > 3 or kept[0] in _STOP:
        return ""
    return " ".join(kept)


def named_in_path(url: str, *names: str) -> bool:
    return bool(path_words(url) & set(names))
