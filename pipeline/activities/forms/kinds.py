"""What a form was for: made, changed, searched, bought something."""

from collections.abc import Callable
from typing import Final

from pipeline.activities.activity import LISTINGS
from pipeline.activities.forms.fields import Field
from pipeline.activities.forms.form import Form
from pipeline.activities.phrases import GoalKind
from pipeline.activities.rules import Rule
from pipeline.semantics.addresses import (
    page_words,
    path_words,
    pattern,
)
from pipeline.semantics.controls import does_by_itself
from pipeline.semantics.elements import ITEM_ROLES
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import done
from pipeline.semantics.text import clean
from pipeline.semantics.verbs import (
    CART,
    CHECK_OUT,
    CREATE,
    EDIT,
    MAKING_PAGES,
    SETTINGS,
    TITLE_FIELD,
    named_in_path,
    says,
    words_on,
)
from schemas.stories import CheckStep, DragStep, SelectStep, UploadStep

CHANGES: Final = WORDS["keeps_changes"]
"""What buttons say that keep what was changed in a thing."""
ANSWERS: Final = WORDS["answers"]
"""Buttons of forms on the page of a thing that don't change the thing itself."""
MOVES: Final = WORDS["moves"]
"""What buttons say of a thing that goes on under another name, whatever is made for that (`A redirect was created`)."""
SENDS: Final = WORDS["sends"]
"""What buttons say of what is made to be sent away."""
_CARD: Final = WORDS["card_field"]
"""Fields of a card that pays."""


def kind_of(form: Form) -> tuple[GoalKind, str]:
    """What a form was for, and the name of the rule that says so."""
    for rule in FORM_RULES:
        kind = rule.read(form)
        if kind is not None:
            return kind, rule.name
    return ("submit" if form.fills or not form.fields else "choose"), "sent off, and nothing more is known"


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


def _only_lists(form: Form) -> GoalKind | None:
    """Only looked up, or a list narrowed, as its activity says."""
    if form.kind not in LISTINGS:
        return None
    return "search" if form.kind == "search" and form.fills else "filter"


def _puts_into_cart(form: Form) -> GoalKind | None:
    by_opener = form.opener is not None and says(form.opener, CART)
    return "cart" if by_opener or CART.search(form.commit_words) else None


def _checks_out(form: Form) -> GoalKind | None:
    url, opener = form.own[-1].page.url, form.opener
    named = CHECK_OUT.search(form.commit_words) or (opener is not None and says(opener, CHECK_OUT))
    return "check_out" if named or named_in_path(url, "checkout", "payment") else None


def _pays(form: Form) -> GoalKind | None:
    cards = any(_CARD.search(words_on(step.target)) for step in form.fills)
    return "check_out" if cards and not SETTINGS.search(" ".join(path_words(form.own[-1].page.url))) else None


def _said_made(form: Form) -> GoalKind | None:
    success = done(form.own)
    made = success is not None and success.verb in ("create", "add", "publish")
    return "create" if made and not MOVES.match(form.commit_words) else None


def _uploads(form: Form) -> GoalKind | None:
    if not any(isinstance(step, UploadStep) for step in form.fields):
        return None
    return "create" if _by_controls(form) == "create" and _is_named(form) else "upload"


def _said_changed(form: Form) -> GoalKind | None:
    success = done(form.own)
    if success is None or success.verb != "edit" or SETTINGS.search(success.noun):
        return None
    return None if _in_settings(form.own[-1].page.url) else "edit"


def _sets(form: Form) -> GoalKind | None:
    return "settings" if _in_settings(form.own[-1].page.url) else None


def _is_named(form: Form) -> bool:
    """Whether the user gave what is made a name, so that a file with it is but an attachment."""
    return any(TITLE_FIELD.search(words_on(step.target)) for step in form.fills)


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


def _held_before(form: Form) -> GoalKind | None:
    held = any(clean(step.before) and step.before != step.value.text for step in form.fills)
    # What is sent may quote what it answers.
    return None if not held else "create" if SENDS.match(form.commit_words) else "edit"


def _on_edit_page(form: Form) -> GoalKind | None:
    named = {"edit", "profile"} & page_words(form.own[-1].page.url)
    return "edit" if form.commit is not None and named else None


def _on_page_of_thing(form: Form) -> GoalKind | None:
    of_thing = form.commit is not None and form.fields and "{id}" in pattern(form.own[-1].page.url)
    return "edit" if of_thing and _changes_it(form) else None


def _keeps_changes(form: Form) -> GoalKind | None:
    return "edit" if CHANGES.search(form.commit_words) and (not form.fields or _holds(form)) else None


def _holds(form: Form) -> bool:
    """Whether the form held something when the user came, by what the recorder says of it."""
    return any(step.target.form_holds for step in form.fields if not isinstance(step, DragStep))


def _changes_it(form: Form) -> bool:
    """Whether a form on the page of a thing changes the thing itself: its button says so, or it is no form of empty
    fields, as those of comments and orders are."""
    words = form.commit_words
    return bool(CHANGES.search(words)) or (not form.fills and not ANSWERS.search(words))


def _in_row(step: Field) -> bool:
    if isinstance(step, DragStep):
        return False
    return any(ancestor.role in ITEM_ROLES for ancestor in step.target.ancestors)


FORM_RULES: Final[tuple[Rule[Callable[[Form], GoalKind | None]], ...]] = (
    Rule(
        "it only listed things",
        "open /books; fill 'Author' with 'Lee'; click 'Go on'; comes /books?author=Lee => Search for 'Lee'",
        _only_lists,
    ),
    Rule(
        "put into the cart",
        "open /shop/7; click 'Add to cart'; comes /cart => Add a product to the cart",
        _puts_into_cart,
    ),
    Rule(
        "the button or the address says checkout",
        "open /checkout; fill 'Street' with 'Quay 7'; click 'Place order'; comes /thanks => Check out",
        _checks_out,
    ),
    Rule(
        "a card that pays",
        "open /plans; fill 'Card number' with '4111'; click 'Go on'; comes /thanks => Check out",
        _pays,
    ),
    Rule(
        "the page says that it was made",
        "open /team; fill 'Who' with 'Ada'; click 'Go on'; says 'Member 'Ada' was added' => Create the member 'Ada'",
        _said_made,
    ),
    Rule("a file", "open /files; upload 'a.txt'; click 'Go on'; comes /files => Upload 'a.txt'", _uploads),
    Rule(
        "the page says that it was changed",
        "open /team; fill 'Who' with 'Ada'; click 'Go on'; says 'Member 'Ada' was updated' => Edit the member 'Ada'",
        _said_changed,
    ),
    Rule(
        "the controls or the address say so",
        "open /books; click 'New book'; fill 'Author' with 'Lee'; click 'Save'; comes /7 => Create the book 'Lee'",
        _by_controls,
    ),
    Rule(
        "a page of settings",
        "open /settings; fill 'Motto' with 'Slow'; click 'Save'; says 'Done' => Change 'Motto' in the settings",
        _sets,
    ),
    Rule(
        "a field held something before",
        "open /motto; change 'Motto' from 'Fast' to 'Slow'; click 'Go on'; comes /home => Edit the motto",
        _held_before,
    ),
    Rule(
        "an address that says edit",
        "open /motto/edit; fill 'Text' with 'Slow'; click 'Send'; comes /home => Change 'Text'",
        _on_edit_page,
    ),
    Rule(
        "a button that keeps changes, on the page of one thing",
        "open /mottos/7; fill 'Text' with 'Slow'; click 'Save'; comes /home => Edit the motto",
        _on_page_of_thing,
    ),
    Rule(
        "a button that keeps changes", "open /motto; click 'Save'; says 'All is well' => Edit the motto", _keeps_changes
    ),
)
"""What a form was for: what the page said counts before its controls, these before its address, that before its
fields."""
