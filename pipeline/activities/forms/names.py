"""What a form made or changed is called: its kind (`page`), and its name."""

import re
from collections.abc import Sequence
from itertools import permutations
from typing import Final
from urllib.parse import unquote

from pipeline.activities.forms.form import Form
from pipeline.activities.phrases import GoalKind
from pipeline.semantics.addresses import FILE_ENDINGS, last_word, made_in, route, singular, slug, thing_in
from pipeline.semantics.controls import shows_choice
from pipeline.semantics.elements import is_item
from pipeline.semantics.lexicon import LISTS
from pipeline.semantics.messages import done, headings, shown_texts, without_quotes
from pipeline.semantics.object_names import is_about, named_in, opened_before, row_before, row_of
from pipeline.semantics.path_segments import ROUTE
from pipeline.semantics.text import caption, clean, quoted
from pipeline.semantics.verbs import (
    CREATE,
    EDIT,
    MAKING_PAGES,
    SIDE_FIELD,
    TITLE_FIELD,
    object_noun,
    words_on,
)
from pipeline.steps.draft import identity
from schemas.stories import (
    ClickStep,
    FillStep,
)

GENERIC_NOUNS: Final = LISTS["generic_nouns"]
OBJECT_CHARS_MAX: Final = 60
NOUN_CHARS_MIN: Final = 3
"""A shorter part of an address is a sign and no word: `/p/plan`."""
PARTS_MAX: Final = 6
"""Fields, two of which a page may show together as one name."""
_ACTIVITIES: Final = LISTS["activity_nouns"]
_NO_NOUNS: Final = _ACTIVITIES | LISTS["activity_pages"]
"""Last words of addresses that say what is done, not to what."""
_HAS_WORD: Final = re.compile(r"[^\W\d]{2}")
FILE: Final = "file"
"""What is called by the last part of an address that has the form of a file's name."""
_FILE: Final = re.compile(rf"[^\W_]\.(?:{FILE_ENDINGS}|html?|jsx|mjs|ods|php|properties|ps1|tar)$", re.I)
"""Others than these have addresses of servers, and names of persons, as well: `example.com`, `ana.lie`."""
_NAME: Final = re.compile(r"[A-Z][^.]*$")
"""Last parts of addresses that are the name of a page, as those of wikis."""


def noun_of(form: Form, kind: GoalKind) -> str:
    """What is made or changed, in the page's words: `page`, `project`."""
    success = done(form.own)
    typed = {clean(step.value.text).lower() for step in form.fields if isinstance(step, FillStep)}
    tells = success and (kind != "edit" or success.verb in ("edit", "save")) and success.noun not in _ACTIVITIES
    said = _without(success.noun, typed) if success and tells else ""
    if said and len(said.split()) <= 2:
        return said
    verb = CREATE if kind == "create" else EDIT
    headed = headed_by(form) if kind == "create" else ""
    for words in (caption(form.opener.target) if form.opener else "", form.commit_words, headed):
        if (noun := object_noun(without_quotes(words), verb)) and noun not in GENERIC_NOUNS:
            return noun
    url = form.own[-1].page.url
    if kind == "create" and last_word(url) in MAKING_PAGES:
        return made_in(url)
    if kind == "edit" and form.opener is None and not _picked(form):
        last = last_word(url)
        if _is_file(form):
            return FILE
        if _NAME.match("".join(route(url)[-1:])) and not ROUTE.fullmatch(last.replace(" ", "-")):
            return ""
        if _on_page_of_its_own(form):
            return ""
        if _on_own_page(form):
            list_of = singular(route(url)[-2].lower())
            return list_of if len(list_of) >= NOUN_CHARS_MIN else ""
        last = "" if last in _NO_NOUNS else last
        return last if last and not ROUTE.fullmatch(last.replace(" ", "-")) else thing_in(url)
    return ""


def headed_by(form: Form) -> str:
    """What the first heading says that came with what opened the form: `Rename facility`."""
    return next(iter(headings(form.opener.changes)), "") if form.opener is not None else ""


def headed_noun(heading: str) -> str:
    """What a heading says that is changed below it: `profile` of `Edit profile`."""
    noun = object_noun(without_quotes(heading), EDIT)
    return "" if noun in GENERIC_NOUNS or noun.rpartition(" ")[2] in GENERIC_NOUNS else noun


def _is_file(form: Form) -> bool:
    """Whether the page shows a file: its address ends as the name of a file does, and its title says that name."""
    page = form.own[-1].page
    last = unquote("".join(route(page.url)[-1:]))
    return bool(_FILE.search(last)) and last in page.title


def _without(noun: str, typed: set[str]) -> str:
    """What a message calls a thing, without the name that it was given: `shelf` of `Shelf School was created`."""
    noun = noun.removeprefix("new ")
    name = max((text for text in typed if noun.endswith(f" {text}")), key=len, default="")
    return "" if noun in typed else noun.removesuffix(name).strip()


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
            if _HAS_WORD.search(heading) and any(heading in text for text in texts):
                return heading
    together = {f"{first} {second}" for first, second in permutations(dict.fromkeys(texts[:PARTS_MAX]), 2)}
    if shown := next((text for step in form.own for _, text in shown_texts(step.changes) if text in together), ""):
        return shown
    titles = [step for step in fills if TITLE_FIELD.search(words_on(step.target))]
    plain = [step for step in fills if not SIDE_FIELD.search(words_on(step.target))]
    if not titles and _writes_text(fills, plain) and (name := _page_name(form)):
        return name
    named = [clean(step.value.text) for step in (*titles, *plain, *fills)]
    named = [text for text in named if text and len(text) <= OBJECT_CHARS_MAX]
    return next(filter(_HAS_WORD.search, named), named[0] if named else "")


def _writes_text(fills: Sequence[FillStep], plain: Sequence[FillStep]) -> bool:
    """Whether a text was written, with at most remarks beside it."""
    is_text = [step.target.tag == "textarea" for step in fills]
    return any(is_text) and all(text or step not in plain for text, step in zip(is_text, fills, strict=True))


def _page_name(form: Form) -> str:
    """What the address of the page calls it that was written, where it does, as those of wikis."""
    sent = form.own[-1]
    last = unquote("".join(route((sent.after or sent.page).url)[-1:]))
    return clean(last.replace("_", " ")) if _NAME.fullmatch(last) else ""


def edited_object(form: Form) -> str:
    """The name of what was changed: as the page says it, but that which it had before; else what was opened last."""
    success = done(form.own)
    if success and success.object:
        return _name_before(form, success.object)
    if picked := _picked(form):
        return picked
    if form.opener is None and noun_of(form, "edit") and not _on_own_page(form):
        return ""
    if form.opener is not None and (row := row_of(form.opener.target) or row_before(form.steps, form.opener_at)):
        return row
    if form.opener is not None:
        heads = headings(form.opener.changes)
        before = opened_before(form.steps, form.opener_at)
        if before and any(is_about(before, heading) for heading in heads):
            return before  # also of `Editing Berth 4 (section)`
        said = (caption(form.opener.target), *heads)
        if named := next(filter(None, map(named_in, said)), ""):
            return named
    return opened_before(form.steps, form.first)


def _name_before(form: Form, name: str) -> str:
    """What a thing was called when it was opened, where it was given this name: by that one looks for it to change it.
    What only stood in a field may be anybody's name, and is told nowhere else."""
    fills = (step for step in form.fields if isinstance(step, FillStep) and clean(step.value.text) == name)
    opened = opened_before(form.steps, form.first)
    return opened if opened and any(clean(step.before) == opened for step in fills) else name


def _on_own_page(form: Form) -> bool:
    """Whether it stands on the page of what was opened, in whose address its name follows that of its kind."""
    parts = route(form.own[-1].page.url)
    return len(parts) > 1 and slug(parts[-1]) == slug(opened_before(form.steps, form.first))


def _on_page_of_its_own(form: Form) -> bool:
    """Whether it stands on a page of what was opened: `/maps/maps-and-errors/edit`."""
    parts = route(form.own[-1].page.url)
    return len(parts) > 1 and slug(parts[-2]) == slug(opened_before(form.steps, form.first)) != ""


def _picked(form: Form) -> str:
    """The thing of a list that was clicked right before, to be changed where it stands."""
    before = form.steps[form.first - 1] if form.first > 0 and form.opener is None else None
    if not isinstance(before, ClickStep) or before.navigates or before.target.role == "option" or shows_choice(before):
        return ""
    return caption(before.target) if is_item(before.target) else ""


def thing_near(form: Form) -> str:
    controls = (step.target for step in (form.opener, form.commit) if isinstance(step, ClickStep))
    name = next(filter(None, map(row_of, controls)), "") or opened_before(form.steps, form.first)
    return quoted(name) if name else "a product"
