"""Forms: from the control that opened one to the control that sent it off; what it made or changed, and its name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from pipeline.activities.activity import ACTS, LISTINGS, ActivityKind
from pipeline.activities.clicks import act_of, broader, does
from pipeline.activities.forms.fields import FIELDS_NAMED_MAX, Field, entered, narrowed_by, plainly_entered
from pipeline.activities.forms.form import Form
from pipeline.activities.forms.kinds import MOVES, SENDS, changes_thing, kind_of
from pipeline.activities.forms.names import (
    FILE,
    GENERIC_NOUNS,
    NOUN_CHARS_MIN,
    created_object,
    edited_object,
    headed_by,
    headed_noun,
    noun_of,
    thing_near,
)
from pipeline.activities.phrases import COMMENTS, CREATES, DRAGS, EDITS, LOOKS_UP, NARROWS, SETS, Goal, GoalKind, Phrase
from pipeline.semantics.addresses import ID, last_word, path_words, pattern, route, singular
from pipeline.semantics.controls import does_by_itself
from pipeline.semantics.elements import named
from pipeline.semantics.lexicon import DONE_VERBS, LISTS, WORDS
from pipeline.semantics.messages import done, headings, messages, succeeded, without_quotes
from pipeline.semantics.object_names import (
    ROW_ROLES,
    acted_on,
    begins_row,
    listed_before,
    object_phrase,
    opened_before,
)
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import caption, field, is_link, listed, quoted, short
from pipeline.semantics.verbs import (
    CART,
    CHECK_OUT,
    COMMIT,
    CREATE,
    EDIT,
    MAKING_PAGES,
    REMARK,
    is_commit,
    is_remark,
    object_noun,
    says,
)
from pipeline.semantics.wording import typed
from schemas.stories import (
    CheckStep,
    ClickStep,
    DragStep,
    FillStep,
    HoverStep,
    PressStep,
    ScrollStep,
    Step,
    UploadStep,
)

FORWARD: Final = WORDS["forward"]
_ADDING: Final = frozenset({"invite", "reply", "report", "share", "subscribe", "withdraw"})
"""What buttons of forms say that bring something new, where a control without a form changes a thing."""
_PAGE_OF_A_THING: Final = WORDS["page_of_a_thing"]
_SAID_OF: Final = re.compile(r"([^\W\d_]{3,20}) ([^\W\d_]{3,})(?:[.!]|$)")
"""What a message of two words is about: `Host disabled`"""
_ABBREVIATION: Final = re.compile(r"\b[A-Z]{2,5}\b")
_STEM_CHARS_MIN: Final = 3
"""So much of a verb begins what it says of the past, at least: `stop`, `stopped`."""
_NO_ABBREVIATIONS: Final = (LISTS["fillers"] | LISTS["no_nouns"]) - {"it"}
"""What a page writes in capitals only to say it louder."""
_OF_THE_USER: Final = LISTS["own_pages"]
"""Pages of the user's own data, which are settings as well."""


def read_form(
    steps: Sequence[Step],
    first: int,
    stops: Callable[[int], bool],
    refused: Callable[[int], bool],
    kind_at: Callable[[int], ActivityKind | None],
    sends: Callable[[int], bool],
) -> Goal | None:
    """The form that begins at step `first`, if one does. `stops` tells where another goal begins, `refused` whether
    what a step sent off was refused, `kind_at` the kind of the activity that a step is part of, `sends` whether a
    step sent off what was filled in before it."""
    start = steps[first]
    opener = start if isinstance(start, ClickStep) and _opens_form(start) else None
    if opener is None and not isinstance(start, Field):
        return _lone_commit(steps, first, refused, kind_at(first)) if isinstance(start, ClickStep) else None
    if opener is not None and _leads_to_opener(steps, first):
        return None
    if opener is not None and says(opener, CART):
        return _goal(Form(steps, first, first, opener, None), refused)
    commit: Step | None = None
    sent: int | None = None
    last, index = first, first + 1
    while index < len(steps) and not stops(index):
        step = steps[index]
        if sent is not None and (kind_at(sent) in LISTINGS or says(steps[sent], CART)):
            break
        if is_commit(step) or sends(index):
            last, sent, commit = index, index, step
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
    form = Form(steps, first, last, opener, sent, kind_at(last if sent is None else sent))
    begun = form.fields or (opener is not None and commit is not None)
    return _goal(form, refused) if begun else None


def _opens_form(step: ClickStep) -> bool:
    control = meaning_of(step)
    if not any(map(control.says, (CREATE, EDIT, CART, CHECK_OUT))):
        return False
    rows = control.in_table_row and control.says(CREATE)
    return not (control.is_item and (step.target.role is None or rows))  # a thing that is called `New bakery`


def _leads_to_opener(steps: Sequence[Step], first: int) -> bool:
    """Whether what says `Edit` only led to where the next control opened a form for something new: to a list, with
    nothing open that may have got another part (a row of an invoice)."""
    then, field_of = (*steps[first + 1 : first + 3], None, None)[:2]
    if not (isinstance(then, ClickStep) and meaning_of(then).says(CREATE) and isinstance(field_of, Field)):
        return False
    opens = then.navigates or bool(headings(then.changes))
    is_open = any(map(_is_of_a_thing, (steps[first].page.url, then.page.url))) or opened_before(steps, first + 1)
    return opens and not is_open and not meaning_of(steps[first]).says(CREATE)


def _is_of_a_thing(url: str) -> bool:
    return ID in pattern(url) or any(map(_PAGE_OF_A_THING.match, route(url)[-1:]))


def _lone_commit(
    steps: Sequence[Step], first: int, refused: Callable[[int], bool], kind: ActivityKind | None
) -> Goal | None:
    """A control that does something at once, with no field before it (`Submit`, `Place order`)."""
    step = steps[first]
    if not is_commit(step) or not messages(step.changes):
        return None
    if says(step, FORWARD) and kind not in ACTS and not succeeded(step):
        return None  # what only leads on to the next page of a form does nothing
    return _goal(Form(steps, first, first, None, first), refused)


def _goal(form: Form, refused: Callable[[int], bool]) -> Goal:
    """What the form was for; one that was refused to the end was tried only."""
    kind, rule = kind_of(form)
    meant = _meant(form, kind)
    goal = replace(meant, rule=f"form: {rule}", phrases=_as_written(meant.phrases, form))
    tried = refused(form.last if form.sent is None else form.sent)
    if not tried or goal.kind in ("search", "filter"):
        return goal
    return replace(goal, phrases=(Phrase("try", f"to {goal.order}"),))


def _as_written(phrases: tuple[Phrase, ...], form: Form) -> tuple[Phrase, ...]:
    """The phrases with abbreviations as controls and messages of the form write them: `the SLA`, not `the sla`."""
    controls = [caption(one.target) for one in (form.opener, form.commit) if isinstance(one, ClickStep)]
    said = [*controls, *messages([change for step in form.own for change in step.changes])]
    capitals = [_ABBREVIATION.findall(text) for text in said if not text.isupper()]
    louder = [words for words in capitals if any(word.lower() in _NO_ABBREVIATIONS for word in words)]
    abbreviations = {word.lower(): word for words in capitals if words not in louder for word in words}
    if not abbreviations:
        return phrases
    return tuple(
        one if one.rest == "it" else replace(one, rest=_in_capitals(one.rest, abbreviations)) for one in phrases
    )


def _in_capitals(rest: str, abbreviations: dict[str, str]) -> str:
    """The words before the name, which is as the user wrote it."""
    start = re.split("['\u201c]", rest, maxsplit=1)[0]
    return " ".join(abbreviations.get(word, word) for word in start.split(" ")) + rest[len(start) :]


def _meant(form: Form, kind: GoalKind) -> Goal:
    noun = noun_of(form, kind)
    match kind:
        case "check_out":
            return Goal(kind, form.first, form.last, (Phrase("check out"),), "checkout: place the order and pay")
        case "cart":
            phrase = Phrase("add", f"{thing_near(form)} to the cart")
            return Goal(kind, form.first, form.last, (phrase,), "checkout: add a product to the shopping cart")
        case "upload":
            names = [quoted(name) for step in form.fields if isinstance(step, UploadStep) for name in step.files]
            phrase = Phrase("upload", listed(names[:FIELDS_NAMED_MAX]) or "a file")
            return Goal(kind, form.first, form.last, (phrase,), "upload a file")
        case "create" if _only_remarks(form) and _on_a_thing(form):
            return _remarked(form, kind, noun)
        case "create":
            name = created_object(form)
            phrase = Phrase("create", object_phrase(noun, name))
            if sent := SENDS.match(form.commit_words):
                phrase = Phrase(sent[0].lower(), quoted(name) if name else "it")
            return Goal(kind, form.first, form.last, (phrase,), CREATES)
        case "edit" if _only_remarks(form) and form.commit is not None:
            return _remarked(form, kind, noun)
        case "edit":
            return _edited(form, noun)
        case "settings":
            rest = listed([field(step.target) for step in form.fields[:FIELDS_NAMED_MAX]]) or "the settings"
            return Goal(kind, form.first, form.last, (Phrase("change", rest + _in_settings(form)),), SETS)
        case "search":
            sought = listed([typed(step.value) for step in form.fields if isinstance(step, FillStep)])
            return Goal(kind, form.first, form.last, (Phrase("search", f"for {sought}"),), LOOKS_UP)
        case _:
            return _submitted(form, kind)


def _edited(form: Form, noun: str) -> Goal:
    """Something that was there and is another now: by its name, else by what the page or its list is called."""
    url, name = form.own[-1].page.url, edited_object(form)
    of_a_kind = any(len(part) < NOUN_CHARS_MIN for part in route(url)[-2:-1])
    if not noun and name and name.lower() == "".join(route(url)[-1:]) and not of_a_kind:
        noun, name = name.lower(), ""  # what the page itself is called
    headed = headed_by(form)
    if not noun and (not name or MOVES.match(headed)) and (noun := headed_noun(headed)):
        name = "" if noun in name.lower().split() else name  # that is what the page is called
    if noun == FILE and not name:
        name = unquote(route(url)[-1])
    opened = caption(form.opener.target) if form.opener else ""
    page = last_word(url).removeprefix("object ")
    moved = MOVES.match(form.commit_words) or MOVES.match(opened) or MOVES.fullmatch(page) or MOVES.match(headed)
    verb = moved[0].lower() if moved else "edit"
    if moved and (not noun or noun == last_word(url)):
        name = name or opened_before(form.steps, form.first)
        noun = "" if name and noun else noun or object_noun(form.commit_words, MOVES)
    one = "" if noun or name else listed_before(form.steps, form.first)
    rest = object_phrase(noun or one, name, "" if one else "the")
    if not (noun or one or name) and form.fields:
        verb, rest = "change", listed([field(step.target) for step in form.fields[:FIELDS_NAMED_MAX]])
    plain, also = (SETS, EDITS) if last_word(url) in _OF_THE_USER else (EDITS, "")
    return Goal("edit", form.first, form.last, (Phrase(verb, rest),), plain, also)


def _remarked(form: Form, kind: GoalKind, noun: str) -> Goal:
    """What somebody said of a thing."""
    noun = "" if REMARK.search(noun) or kind == "create" else noun
    name = edited_object(form) if kind == "edit" else ""
    thing = object_phrase(noun, name or opened_before(form.steps, form.first), "the")
    return Goal(kind, form.first, form.last, (Phrase("comment", f"on {thing}"),), COMMENTS)


def _on_a_thing(form: Form) -> bool:
    """Whether something is open that a remark can be of, and nothing is made for itself (`New note`)."""
    made = last_word(form.own[-1].page.url) in MAKING_PAGES or (form.opener is not None and says(form.opener, CREATE))
    return not made and bool(opened_before(form.steps, form.first))


def _only_remarks(form: Form) -> bool:
    """Whether nothing but a remark was written."""
    return bool(form.fields) and all(map(is_remark, form.fields))


def _submitted(form: Form, kind: GoalKind) -> Goal:
    """A form of which nothing more is known than its fields and its button."""
    said = form.commit_words
    phrases = entered(form.fields)
    if kind == "filter":
        phrases = narrowed_by(form.fields)
    elif form.commit is not None:
        phrases.append(_sent_off(said))
    answer = without_quotes(" ".join(messages([change for step in form.own for change in step.changes])[:1]))
    plain = NARROWS if kind == "filter" else plainly_entered(form.fields, form.commit is not None)
    if any(isinstance(step, FillStep) for step in form.fields):
        answer = ""  # what the page answers to a text that was sent off says little of what it was sent for
    success = done(form.own)
    if kind == "choose" and success is not None and success.noun and success.noun not in GENERIC_NOUNS:
        plain = ""  # what the page says was done tells more than which boxes were ticked for it
    elif kind == "choose" and (to_rows := _done_to_ticked(form)) is not None:
        phrases, plain = [to_rows], without_quotes(said.lower())
    elif kind == "choose" and (sent := _sent_off(said)).verb != "click" and _says_what(sent):
        plain = without_quotes(sent.order)  # and so does a button that says it
    plain = ": ".join(filter(None, (plain, short(answer))))
    also = ""
    if form.fields and all(isinstance(step, DragStep) for step in form.fields):
        plain, also = DRAGS, EDITS
    elif kind == "choose" and changes_thing(form):
        plain, also = plain if answer else EDITS, EDITS
        if all(map(does_by_itself, form.fields)) and (thing := acted_on(form.steps, form.first)):
            phrases = [replace(one, rest=f"{one.rest} on {thing}") for one in phrases]
    elif kind == "submit" and (verb := act_of(said)[0]) and verb not in _ADDING:
        plain, also = without_quotes(said.lower()), broader(verb)
        phrases = _done_to_thing(form, verb) or phrases
    return Goal(kind, form.first, form.last, tuple(phrases) or (Phrase("submit"),), plain, also)


def _done_to_ticked(form: Form) -> Phrase | None:
    """What the button of a list does to the things whose rows were ticked: `disable the host 'Crane'`; None where no
    row was, or the button names nothing that is done."""
    boxes = [step.target for step in form.fields if isinstance(step, CheckStep) and step.checked]
    in_rows = all(not named(box) and any(one.role in ROW_ROLES for one in box.ancestors) for box in boxes)
    verb, rest = act_of(form.commit_words)
    if not boxes or len(boxes) < len(form.fields) or not in_rows or not verb or rest:
        return None
    noun = _said_to_be_done_to(form, verb)
    if len(boxes) > 1:
        return Phrase(verb, f"the {noun}" if noun else "them")
    return Phrase(verb, object_phrase(noun, begins_row(boxes[0], form.own), "the"))


def _said_to_be_done_to(form: Form, verb: str) -> str:
    """What the page says that its things are, where it says that to them was done what the button says: `host` of
    `Host disabled` on the page of the hosts."""
    said = _SAID_OF.match(next(iter(messages([change for step in form.own for change in step.changes])), ""))
    if said is None:
        return ""
    noun, past, word = said[1].lower(), said[2].lower(), form.commit_words.lower().partition(" ")[0]
    was_done = DONE_VERBS.get(past) == verb or past.startswith(word[: max(_STEM_CHARS_MIN, len(word) - 3)])
    listed_there = singular(noun) in {singular(one) for one in path_words(form.own[-1].page.url)}
    return noun if was_done and listed_there else ""


def _done_to_thing(form: Form, verb: str) -> list[Phrase]:
    """What the button of a form says that it does to the thing on whose page it stands; nothing where none is known."""
    rest, thing = act_of(form.commit_words)[1], acted_on(form.steps, form.last)
    return [does(verb, rest, thing)] if rest or thing else []


def _says_what(sent: Phrase) -> bool:
    return bool(sent.rest) and sent.rest.split()[-1] not in GENERIC_NOUNS


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
