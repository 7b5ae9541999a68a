"""What a form was for: made, changed, searched, bought something."""

import re
from typing import Final

from pipeline.activities.facts.filters import shows_others
from pipeline.activities.forms.fields import Field
from pipeline.activities.forms.form import Form
from pipeline.activities.phrases import GoalKind
from pipeline.semantics.addresses import folded, newly_asked, newly_named, page_words, path_words, pattern, place
from pipeline.semantics.controls import does_by_itself
from pipeline.semantics.elements import ITEM_ROLES
from pipeline.semantics.messages import done
from pipeline.semantics.text import clean
from pipeline.semantics.verbs import (
    CART,
    CHECK_OUT,
    CREATE,
    EDIT,
    MAKING_PAGES,
    SETTINGS,
    SORTING,
    TITLE_FIELD,
    named_in_path,
    says,
    words_on,
)
from schemas.stories import CheckStep, DragStep, FillStep, SelectStep, UploadStep

CHANGES: Final = re.compile(r"\b(changes?|update|save|set|rename|assign|apply|speichern)\b", re.I)
"""What buttons say that keep what was changed in a thing."""
ANSWERS: Final = re.compile(
    r"\b(comment|reply|answer|send|post|message|book|reserve|order|pay|submit|vote|rate|review)\b", re.I
)
"""Buttons of forms on the page of a thing that don't change the thing itself."""
SEEKS: Final = re.compile(r"^(search|find)\b|\bsuchen$", re.I)
MOVES: Final = re.compile(r"(move|rename|merge)\b", re.I)
"""What buttons say of a thing that goes on under another name, whatever is made for that (`A redirect was created`)."""
SENDS: Final = re.compile(r"(send|reply)\b", re.I)
"""What buttons say of what is made to be sent away."""
_CODE: Final = re.compile(r"\b(code|number|no|id|key|nummer|nr)\b\.?", re.I)
"""Fields for what a thing is called by."""
_CARD: Final = re.compile(r"\b(card ?number|cvc|cvv|cc[ -]?(number|csc|exp)|kartennummer|prüfziffer)\b", re.I)
"""Fields of a card that pays."""


def kind_of(form: Form) -> GoalKind:
    """What a form was for: as the page said, else as its controls, its address or its fields say."""
    bought = _buys(form)
    if bought is not None:
        return bought
    success = done(form.own)
    if success is not None and success.verb in ("create", "add", "publish") and not MOVES.match(form.commit_words):
        return "create"
    if any(isinstance(step, UploadStep) for step in form.fields):
        return "create" if _by_controls(form) == "create" and _is_named(form) else "upload"
    if form.fills and form.commit is not None and SEEKS.search(form.commit_words):
        return "search"
    in_settings = _in_settings(form.own[-1].page.url)
    if success is not None and success.verb == "edit" and not in_settings and not SETTINGS.search(success.noun):
        return "edit"
    if _asks(form) and not CREATE.match(form.commit_words):
        return "search" if form.fills else "filter"
    if (kind := _by_controls(form)) is not None:
        return kind
    return "settings" if in_settings else _by_fields(form)


def _in_settings(url: str) -> bool:
    """Whether a page holds settings, and not what is kept of some person (`/users/7/settings`)."""
    if named_in_path(url, "user", "users", "member", "members", "contact", "contacts", "customer", "customers"):
        return False
    return named_in_path(url, "settings", "preferences", "prefs", "options", "configuration")


def changes_thing(form: Form) -> bool:
    """Whether a choice changes a thing: one for ticked rows, or one that nothing sent off, on a thing's page or in its
    row; or a box that says itself what is done."""
    if form.commit is None and form.fields and all(map(does_by_itself, form.fields)):
        return True
    if not any(isinstance(step, SelectStep) for step in form.fields):
        return False
    if any(isinstance(step, CheckStep) and _in_row(step) for step in form.fields):
        return True
    if form.commit is not None:
        return False
    return "{id}" in pattern(form.own[-1].page.url) or any(_in_row(step) for step in form.fields)


def _buys(form: Form) -> GoalKind | None:
    words, url = form.commit_words, form.own[-1].page.url
    opener = form.opener
    if (opener and says(opener, CART)) or CART.search(words):
        return "cart"
    if CHECK_OUT.search(words) or (opener and says(opener, CHECK_OUT)) or named_in_path(url, "checkout", "payment"):
        return "check_out"
    cards = any(_CARD.search(words_on(step.target)) for step in form.fills)
    return "check_out" if cards and not SETTINGS.search(" ".join(path_words(url))) else None


def _asks(form: Form) -> bool:
    """Whether what was entered stands in the address of the same page afterwards, which shows what was found; or names
    the page that opened."""
    sent = form.own[-1] if form.commit is None else form.commit
    after, page = sent.after, sent.page
    if after is None:
        return False
    if place(after.url) != place(page.url):
        return _is_called(form) and bool(newly_named(page.url, after.url) & _entered(form))
    narrows = form.commit and not form.fills and any(SORTING.search(words_on(step.target)) for step in form.fields)
    return bool(narrows or newly_asked(page.url, after.url) & _entered(form))


def _is_named(form: Form) -> bool:
    """Whether the user gave what is made a name, so that a file with it is but an attachment."""
    return any(TITLE_FIELD.search(words_on(step.target)) for step in form.fills)


def _is_called(form: Form) -> bool:
    """Whether nothing was entered but what a thing is called by."""
    return len(form.fills) == len(form.fields) == 1 and bool(_CODE.search(words_on(form.fills[0].target)))


def _entered(form: Form) -> set[str]:
    """What was typed and chosen."""
    typed = {folded(step.value.text) for step in form.fills if not step.value.secret}
    chosen = {
        folded(text)
        for step in form.fields
        if isinstance(step, SelectStep)
        for option in step.options
        for text in (option.value, option.label)
    }
    return (typed | chosen) - {""}


def _by_controls(form: Form) -> GoalKind | None:
    """By what opened it and what sent it off, and by the address where these say no more than that."""
    opener, words, url = form.opener, form.commit_words, form.own[-1].page.url
    if opener and says(opener, EDIT):
        return "edit"
    if (opener and says(opener, CREATE)) or (form.fills and CREATE.match(words)):
        return "create"
    if form.fills and named_in_path(url, *MAKING_PAGES) and not named_in_path(url, "edit"):
        return "create"
    return None


def _by_fields(form: Form) -> GoalKind:
    """What a form was for of which only its fields, its button and its page tell."""
    url, words = form.own[-1].page.url, form.commit_words
    held = any(clean(step.before) and step.before != step.value.text for step in form.fills)
    if held and SENDS.match(words):
        return "create"  # what is sent may quote what it answers
    if held or (form.commit is not None and ({"edit", "profile"} & page_words(url))):
        return "edit"
    if form.commit is not None and form.fields and "{id}" in pattern(url) and _changes_it(form):
        return "edit"
    if CHANGES.search(words) and (not form.fields or _holds(form)):
        return "edit"
    if form.commit is None and form.fields and all(map(narrows, form.fields)):
        return "filter"
    return "submit" if form.fills or not form.fields else "choose"


def _holds(form: Form) -> bool:
    """Whether the form held something when the user came, by what the recorder says of it."""
    return any(step.target.form_holds for step in form.fields if not isinstance(step, DragStep))


def narrows(step: Field) -> bool:
    """Whether a choice only changes which things of a list are shown, or their order."""
    if not isinstance(step, FillStep | SelectStep | CheckStep):
        return False
    return bool(SORTING.search(words_on(step.target))) or shows_others(step)


def _changes_it(form: Form) -> bool:
    """Whether a form on the page of a thing changes the thing itself: its button says so, or it is no form of empty
    fields, as those of comments and orders are."""
    words = form.commit_words
    return bool(CHANGES.search(words)) or (not form.fills and not ANSWERS.search(words))


def _in_row(step: Field) -> bool:
    if isinstance(step, DragStep):
        return False
    return any(ancestor.role in ITEM_ROLES for ancestor in step.target.ancestors)
