"""Forms: from the control that opened one to the control that sent it off; what it made or changed, and its name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.stories.addresses import last_word, pattern, query, thing_in
from pipeline.stories.draft import identity
from pipeline.stories.entries import FIELDS_NAMED_MAX, Field, entered, plainly_entered
from pipeline.stories.outcome import done, errors, headings, messages, without_quotes
from pipeline.stories.phrases import Goal, GoalKind, Phrase
from pipeline.stories.routes import ROUTE
from pipeline.stories.said import typed
from pipeline.stories.things import object_phrase, opened_before, row_of
from pipeline.stories.verbs import (
    CART,
    CHECK_OUT,
    COMMIT,
    CREATE,
    EDIT,
    PREVIEW,
    SIDE_FIELD,
    SORTING,
    TITLE_FIELD,
    is_commit,
    named_in_path,
    object_noun,
    says,
    words_on,
)
from pipeline.stories.words import caption, clean, field, is_link, listed, quoted, short
from schemas.events import CountChanged
from schemas.stories import (
    ClickStep,
    FillStep,
    HoverStep,
    PressStep,
    ScrollStep,
    Step,
    UploadStep,
)

ANSWERS: Final = re.compile(
    r"\b(comment|reply|answer|send|post|message|book|reserve|order|pay|submit|vote|rate|review)\b", re.I
)
"""Buttons of forms on the page of a thing that don't change the thing itself."""
CHANGES: Final = re.compile(r"\b(changes?|update|save)\b", re.I)
_SEEKS: Final = re.compile(r"^(search|find)\b|\bsuchen$", re.I)
FORWARD: Final = re.compile(r"^(next|continue|proceed|weiter)\b", re.I)
GENERIC_NOUNS: Final = frozenset(
    {"change", "changes", "setting", "settings", "preferences", "options", "form", "data", "answer", "answers"}
)
OBJECT_CHARS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Form:
    """The steps of one form: the control that opened it (if any), its fields, and the control that sent it off."""

    steps: Sequence[Step]
    """All steps of the story."""
    first: int
    last: int
    opener: ClickStep | None
    commit: Step | None

    @property
    def own(self) -> Sequence[Step]:
        return self.steps[self.first : self.last + 1]

    @property
    def fields(self) -> list[Field]:
        return [step for step in self.own if isinstance(step, Field)]

    @property
    def commit_words(self) -> str:
        return caption(self.commit.target) if isinstance(self.commit, ClickStep) else ""


def read_form(steps: Sequence[Step], first: int, stops: Callable[[int], bool]) -> Goal | None:
    """The form that begins at step `first`, if one does. `stops` tells where another goal begins."""
    start = steps[first]
    opener = start if isinstance(start, ClickStep) and _opens_form(start) else None
    if opener is None and not isinstance(start, Field):
        return _lone_commit(steps, first) if isinstance(start, ClickStep) else None
    last, commit, index = first, None, first + 1
    while index < len(steps) and not stops(index):
        step = steps[index]
        if is_commit(step):
            last, commit = index, step
        elif isinstance(step, Field | PressStep):
            last = index
        elif isinstance(step, ClickStep):
            if commit is not None and (step.navigates or is_link(step.target)):
                break
            if is_link(step.target) and step.navigates and opener is None:
                break
        elif not isinstance(step, HoverStep | ScrollStep):
            break
        index += 1
    form = Form(steps, first, last, opener, commit)
    return _goal(form) if form.fields or (opener is not None and (commit is not None or says(opener, CART))) else None


def _opens_form(step: ClickStep) -> bool:
    return any(says(step, verb) for verb in (CREATE, EDIT, CART, CHECK_OUT))


def _lone_commit(steps: Sequence[Step], first: int) -> Goal | None:
    """A control that does something at once, with no field before it (`Submit`, `Place order`)."""
    if not is_commit(steps[first]) or not messages(steps[first].changes):
        return None
    return _goal(Form(steps, first, first, None, steps[first]))


def _goal(form: Form) -> Goal:
    """What the form was for; one that was refused to the end was tried only."""
    goal = _meant(form)
    refused = form.commit is not None and bool(errors(form.commit.changes))
    if not refused or goal.kind in ("search", "filter", "choose", "settings"):
        return goal
    return replace(goal, phrases=(Phrase("try", f"to {goal.order}"),))


def _meant(form: Form) -> Goal:
    kind = _kind(form)
    noun = _noun(form, kind)
    match kind:
        case "check_out":
            return Goal(kind, form.first, form.last, (Phrase("check out"),), "checkout: place the order and pay")
        case "cart":
            phrase = Phrase("add", f"{_thing_near(form)} to the cart")
            return Goal(kind, form.first, form.last, (phrase,), "checkout: add a product to the shopping cart")
        case "upload":
            names = [quoted(name) for step in form.fields if isinstance(step, UploadStep) for name in step.files]
            phrase = Phrase("upload", listed(names[:FIELDS_NAMED_MAX]) or "a file")
            return Goal(kind, form.first, form.last, (phrase,), "upload a file")
        case "create":
            rest = object_phrase(noun, created_object(form))
            return Goal(kind, form.first, form.last, (Phrase("create", rest),), "create: add something new")
        case "edit":
            rest = object_phrase(noun, edited_object(form), "the")
            return Goal(kind, form.first, form.last, (Phrase("edit", rest),), "edit: change what exists already")
        case "settings":
            rest = listed([field(step.target) for step in form.fields[:FIELDS_NAMED_MAX]]) or "the settings"
            plain = "change the settings and save the preferences"
            return Goal(kind, form.first, form.last, (Phrase("change", rest + _in_settings(form)),), plain)
        case "search":
            sought = listed([typed(step.value) for step in form.fields if isinstance(step, FillStep)])
            plain = "search: type a search term and look at the results"
            return Goal(kind, form.first, form.last, (Phrase("search", f"for {sought}"),), plain)
        case _:
            return _submitted(form, kind)


def _submitted(form: Form, kind: GoalKind) -> Goal:
    """A form of which nothing more is known than its fields and its button."""
    phrases = entered(form.fields)
    said = form.commit_words
    if form.commit is not None:
        phrases.append(_sent_off(said))
    told = without_quotes(" ".join(messages([change for step in form.own for change in step.changes])[:1]))
    plain = "filter the list by a word" if kind == "filter" else plainly_entered(form.fields, form.commit is not None)
    if any(isinstance(step, FillStep) for step in form.fields):
        told = ""  # what the page answers to a text that was sent off says little of what it was sent for
    success = done(form.own)
    if kind == "choose" and success is not None and success.noun and success.noun not in GENERIC_NOUNS:
        plain = ""  # what the page says was done tells more than which boxes were ticked for it
    elif kind == "choose" and (sent := _sent_off(said)).rest and sent.rest.split()[-1] not in GENERIC_NOUNS:
        plain = without_quotes(sent.order)  # and so does a button that says it
    plain = ": ".join(filter(None, (plain, short(told))))
    return Goal(kind, form.first, form.last, tuple(phrases) or (Phrase("submit"),), plain)


def _sent_off(words: str) -> Phrase:
    """What the button says, as a verb phrase where it is one: `Submit current annotation`."""
    words = re.sub(r"^yes,?\s+(?=\w)", "", words, flags=re.I)
    verb, _, rest = words.lower().partition(" ")
    if not words or (verb == "submit" and not rest):
        return Phrase("submit")
    if rest and COMMIT.match(verb) and len(rest.split()) <= 4 and rest.replace(" ", "").isalpha():
        return Phrase(verb, rest)
    return Phrase("click", quoted(words))


def _in_settings(form: Form) -> str:
    return " in the settings" if any(isinstance(step, Field) for step in form.own) else ""


def _kind(form: Form) -> GoalKind:
    opener = form.opener
    words, url = form.commit_words, form.own[-1].page.url
    success = done(form.own)
    fills = [step for step in form.fields if isinstance(step, FillStep)]
    if (opener and says(opener, CART)) or CART.search(words):
        return "cart"
    if CHECK_OUT.search(words) or (opener and says(opener, CHECK_OUT)) or named_in_path(url, "checkout", "payment"):
        return "check_out"
    if success and success.verb in ("create", "add", "publish"):
        return "create"
    if any(isinstance(step, UploadStep) for step in form.fields):
        return "upload"
    if opener and says(opener, EDIT):
        return "edit"
    if (opener and says(opener, CREATE)) or (fills and CREATE.match(words)):
        return "create"
    if fills and named_in_path(url, "add", "new", "create") and not named_in_path(url, "edit"):
        return "create"
    if named_in_path(url, "settings", "preferences", "options", "configuration"):
        return "settings"
    changed = any(step.before and step.before != step.value.text for step in fills)
    if changed or (named_in_path(url, "edit", "profile") and form.commit is not None):
        return "edit"
    if form.commit is not None and form.fields and "{id}" in pattern(url) and _changes_it(words):
        return "edit"
    return _kind_of_fields(form, bool(fills))


def _kind_of_fields(form: Form, typed_some: bool) -> GoalKind:
    """What a form was for of which only its fields and its button tell."""
    if form.commit is None and form.fields and all(map(_narrows, form.fields)):
        return "filter"
    if typed_some and _SEEKS.search(form.commit_words):
        return "search"
    return "submit" if typed_some or not form.fields else "choose"


def _narrows(step: Field) -> bool:
    """Whether a choice only changes which things of a list are shown, or their order."""
    if SORTING.search(words_on(step.target)):
        return True
    asks = step.after is not None and query(step.after.url) != query(step.page.url)
    return asks or any(isinstance(change, CountChanged) for change in step.changes)


def _changes_it(words: str) -> bool:
    """Whether a button of a form on the page of a thing changes the thing itself."""
    return bool(CHANGES.search(words)) or not ANSWERS.search(words)


def _noun(form: Form, kind: GoalKind) -> str:
    """What is made or changed, in the page's words: `page`, `project`."""
    success = done(form.own)
    typed = {clean(step.value.text).lower() for step in form.fields if isinstance(step, FillStep)}
    if success and success.noun and len(success.noun.split()) <= 2 and success.noun not in typed:
        return success.noun
    verb = CREATE if kind == "create" else EDIT
    for words in (caption(form.opener.target) if form.opener else "", form.commit_words):
        if noun := object_noun(words, verb):
            return noun
    if kind == "edit" and form.opener is None:
        last = last_word(form.own[-1].page.url)
        return last if last and not ROUTE.fullmatch(last.replace(" ", "-")) else thing_in(form.own[-1].page.url)
    return ""


def created_object(form: Form) -> str:
    """The name of what was made: as the page says it, else a new heading made of typed words, else a title field."""
    success = done(form.own)
    if success and success.object:
        return success.object
    last_of = {identity(step.target): step for step in form.fields if isinstance(step, FillStep)}
    fills = [step for step in last_of.values() if not step.value.secret]
    texts = [clean(step.value.text) for step in fills]
    for step in reversed(form.own):
        for heading in headings(step.changes):
            if any(heading in text for text in texts):
                return heading
    titles = [step for step in fills if TITLE_FIELD.search(words_on(step.target))]
    plain = [step for step in fills if not SIDE_FIELD.search(words_on(step.target))]
    named = [clean(step.value.text) for step in (*titles, *plain, *fills)]
    named = [text for text in named if text and len(text) <= OBJECT_CHARS_MAX]
    return next((text for text in named if re.search(r"[^\W\d]{2}", text)), named[0] if named else "")


def edited_object(form: Form) -> str:
    """The name of what was changed: as the page says it, else what was opened last."""
    success = done(form.own)
    if success and success.object:
        return success.object
    if form.opener is None and _noun(form, "edit"):
        return ""
    if form.opener is not None and (row := row_of(form.opener.target)):
        return row
    return opened_before(form.steps, form.first)


def _thing_near(form: Form) -> str:
    name = opened_before(form.steps, form.first)
    return quoted(name) if name else "a product"


__all__ = ["CART", "CREATE", "EDIT", "FORWARD", "PREVIEW", "created_object", "read_form"]
